/*
 * The memory map of a SoC as a picture
 *
 * All lengths are pixels.  There are no fonts to measure, so a text is cut by
 * a generous guess of what its characters take.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "map/memmap-print.h"

#include <string.h>

#include "util/text.h"

#define SANS "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, " \
             "Arial, sans-serif"
#define MONO "ui-monospace, SFMono-Regular, Menlo, Consolas, " \
             "'Liberation Mono', monospace"

#define MARGIN 28
#define HEAD 104                /* above the columns */
#define FOOT 44
#define LINE 17
#define PAD 10                  /* in a block, left and right */
#define STEP 8                  /* between rows */
#define GAP_STEP 30             /* with free space between two blocks */
#define CHAR 7                  /* of a sans-serif text of 12 pixels */

typedef struct {
    const char *fill;
    const char *stroke;
} Colour;

static const Colour palette[] = {
    { "#dbeafe", "#2563eb" }, { "#dcfce7", "#15803d" },
    { "#fef3c7", "#b45309" }, { "#ede9fe", "#7c3aed" },
    { "#fce7f3", "#be185d" }, { "#cffafe", "#0e7490" },
    { "#ffedd5", "#c2410c" }, { "#ecfccb", "#4d7c0f" },
    { "#fee2e2", "#b91c1c" }, { "#e0e7ff", "#4338ca" },
};

static const Colour own_memory = { "#ffffff", "#64748b" };
static const Colour own_devices = { "#fafafa", "#94a3b8" };
static const Colour own_machine = { "#eef1f5", "#b6c0cd" };

typedef struct {
    const HetMemmap *map;
    GString *out;
    int column;                 /* width of a column */
    int gutter;                 /* between two columns */
    int width;
    int *top;                   /* of each row */
    int *bottom;
} Picture;

static Colour colour_of(const HetMemmapBlock *block)
{
    if (block->shared) {
        return palette[block->colour % G_N_ELEMENTS(palette)];
    }
    return block->kind == HET_BLOCK_MACHINE ? own_machine
         : block->kind == HET_BLOCK_MEMORY ? own_memory : own_devices;
}

static int column_x(const Picture *p, guint column)
{
    return MARGIN + column * (p->column + p->gutter);
}

/* ---- how high the rows are ---- */

/* "UART, RTC, GPIO" in lines of at most @chars characters */
static GPtrArray *wrap(const GPtrArray *words, guint chars)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) line = g_string_new(NULL);

    for (guint i = 0; i < words->len; i++) {
        const char *word = words->pdata[i];

        if (line->len && line->len + 3 + strlen(word) > chars) {
            g_string_append_c(line, ',');
            g_ptr_array_add(lines, g_strdup(line->str));
            g_string_truncate(line, 0);
        }
        g_string_append_printf(line, "%s%s", line->len ? ", " : "", word);
    }
    if (line->len) {
        g_ptr_array_add(lines, g_strdup(line->str));
    }
    return lines;
}

static guint chars_in(const Picture *p)
{
    return (p->column - 2 * PAD) / CHAR;
}

static GPtrArray *elsewhere_lines(const Picture *p,
                                  const HetMemmapBlock *block)
{
    g_autoptr(GPtrArray) words = het_memmap_block_elsewhere(block);

    return wrap(words, chars_in(p));
}

/* What a machine has is context: names are enough. */
static GPtrArray *machine_lines(const Picture *p, const HetMemmapBlock *block)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    for (guint i = 0; block->kind == HET_BLOCK_MACHINE &&
         i < block->parts->len; i++) {
        g_ptr_array_add(words,
                        ((HetMemmapPart *)block->parts->pdata[i])->name);
    }
    return wrap(words, chars_in(p));
}

static gboolean has_part_lines(const HetMemmapBlock *block)
{
    return block->kind != HET_BLOCK_MACHINE &&
           het_memmap_block_has_list(block);
}

/* A larger memory is higher, by a little for each power of 2. */
static int height_for_size(const HetMemmapBlock *block)
{
    int height = 44;

    for (guint64 size = block->size; block->kind == HET_BLOCK_MEMORY &&
         size > 4096; size /= 2) {
        height += 2;
    }
    return height;
}

static int block_height(const Picture *p, const HetMemmapBlock *block)
{
    g_autoptr(GPtrArray) elsewhere = elsewhere_lines(p, block);
    g_autoptr(GPtrArray) machine = machine_lines(p, block);
    guint lines = 2 + elsewhere->len + machine->len;

    if (has_part_lines(block)) {
        lines += block->parts->len;
    }
    return MAX(height_for_size(block), (int)lines * LINE + 10);
}

static int row_height(const Picture *p, guint row)
{
    int height = 0;

    for (guint c = 0; c < p->map->columns->len; c++) {
        const HetMemmapBlock *block = het_memmap_get(p->map, c, row);

        height = MAX(height, block ? block_height(p, block) : 0);
    }
    return height;
}

static int step_below(const Picture *p, guint row)
{
    for (guint c = 0; c < p->map->columns->len; c++) {
        const HetMemmapBlock *below = het_memmap_get(p->map, c, row + 1);

        if (below && below->gap && het_memmap_filler(p->map, c, row)) {
            return GAP_STEP;
        }
    }
    return STEP;
}

static void place_rows(Picture *p)
{
    int y = HEAD + STEP;

    for (guint row = 0; row < p->map->rows; row++) {
        p->top[row] = y;
        y += row_height(p, row);
        p->bottom[row] = y;
        y += step_below(p, row);
    }
}

/* ---- bands between what is the same ---- */

/* Across a row, from the first to the last that sees it */
static void add_row_band(Picture *p, guint row)
{
    const HetMemmapBlock *block = NULL;
    guint first = 0;
    guint last = 0;

    for (guint c = 0; c < p->map->columns->len; c++) {
        const HetMemmapBlock *here = het_memmap_get(p->map, c, row);

        if (here && here->shared) {
            first = block ? first : c;
            last = c;
            block = here;
        }
    }
    if (block && first != last) {
        het_text_add(p->out, 2, "<rect x='%d' y='%d' width='%d' "
                     "height='%d' fill='%s'/>\n",
                     column_x(p, first) + p->column, p->top[row] + 3,
                     column_x(p, last) - column_x(p, first) - p->column,
                     p->bottom[row] - p->top[row] - 6,
                     colour_of(block).stroke);
    }
}

static void add_slope(Picture *p, guint left, const HetMemmapBlock *a,
                      const HetMemmapBlock *b)
{
    int x1 = column_x(p, left) + p->column;
    int x2 = column_x(p, left + 1);
    int mid = (x1 + x2) / 2;
    int top1 = p->top[a->row] + 3, bottom1 = p->bottom[a->row] - 3;
    int top2 = p->top[b->row] + 3, bottom2 = p->bottom[b->row] - 3;

    het_text_add(p->out, 2, "<path d='M %d %d C %d %d %d %d %d %d V %d "
                 "C %d %d %d %d %d %d Z' fill='%s'/>\n",
                 x1, top1, mid, top1, mid, top2, x2, top2, bottom2,
                 mid, bottom2, mid, bottom1, x1, bottom1,
                 colour_of(a).stroke);
}

/* To the first place at which the neighbour sees it, unless in this row */
static void add_slopes(Picture *p, guint column, guint neighbour)
{
    const HetMemmapColumn *here = p->map->columns->pdata[column];
    const HetMemmapColumn *there = p->map->columns->pdata[neighbour];

    for (guint i = 0; i < here->blocks->len; i++) {
        const HetMemmapBlock *block = here->blocks->pdata[i];
        const HetMemmapBlock *other = NULL;

        for (guint j = 0; j < there->blocks->len && !other; j++) {
            other = het_memmap_block_same(block, there->blocks->pdata[j])
                    ? there->blocks->pdata[j] : NULL;
        }
        if (!other || het_memmap_get(p->map, neighbour, block->row)) {
            continue;
        }
        if (column < neighbour) {
            add_slope(p, column, block, other);
        } else if (het_memmap_get(p->map, column, other->row)) {
            add_slope(p, neighbour, other, block);
        }
    }
}

static void add_bands(Picture *p)
{
    het_text_add(p->out, 1, "<g opacity='0.3'>\n");
    for (guint row = 0; row < p->map->rows; row++) {
        add_row_band(p, row);
    }
    for (guint c = 0; c + 1 < p->map->columns->len; c++) {
        add_slopes(p, c, c + 1);
        add_slopes(p, c + 1, c);
    }
    het_text_add(p->out, 1, "</g>\n");
}

/* ---- blocks ---- */

static void add_text(Picture *p, int x, int y, const char *class,
                     const char *text, guint chars)
{
    g_autofree char *cut = NULL;

    if ((guint)g_utf8_strlen(text, -1) > chars) {
        g_autofree char *start = g_utf8_substring(text, 0, chars - 1);

        cut = g_strconcat(start, "…", NULL);
    }
    het_text_add(p->out, 2, "<text x='%d' y='%d' class='%s'>%s</text>\n", x,
                 y, class, cut ?: text);
}

/* Left and right ends of a line */
static void add_pair(Picture *p, int x, int y, const char *left_class,
                     const char *left, const char *right)
{
    guint chars = chars_in(p);
    guint used = right ? strlen(right) + 2 : 0;

    add_text(p, x + PAD, y, left_class, left, chars - MIN(used, chars - 4));
    if (right) {
        add_text(p, x + p->column - PAD, y, "size", right, chars);
    }
}

static void add_lines(Picture *p, int x, int *y, const char *class,
                      const GPtrArray *lines)
{
    for (guint i = 0; i < lines->len; i++) {
        *y += LINE;
        add_text(p, x + PAD, *y, class, lines->pdata[i], chars_in(p));
    }
}

static void add_part(Picture *p, int x, int y, const HetMemmapPart *part)
{
    g_autofree char *address = het_memmap_address(part->address);
    g_autofree char *title = het_memmap_part_title(part);
    g_autofree char *size = part->size ? het_memmap_size(part->size)
                                       : g_strdup("");
    int indent = (strlen(address) + 1) * CHAR;

    add_text(p, x + PAD, y, "address", address, chars_in(p));
    add_text(p, x + PAD + indent, y, "part", title,
             chars_in(p) - MIN(strlen(address) + strlen(size) + 3,
                               chars_in(p) - 4));
    if (*size) {
        add_text(p, x + p->column - PAD, y, "size", size, chars_in(p));
    }
}

/* Down to the next block when there is no gap between them */
static int block_bottom(const Picture *p, guint column,
                        const HetMemmapBlock *block)
{
    const HetMemmapBlock *next = het_memmap_next(p->map, column, block->row);

    return next && !next->gap ? p->top[next->row] : p->bottom[block->row];
}

static void add_block_text(Picture *p, const HetMemmapBlock *block, int x)
{
    g_autofree char *title = het_memmap_block_title(block);
    g_autofree char *size = het_memmap_block_size(block);
    g_autofree char *range = het_memmap_block_range(block);
    g_autofree char *irqs = het_memmap_block_irqs(block);
    g_autoptr(GPtrArray) elsewhere = elsewhere_lines(p, block);
    g_autoptr(GPtrArray) machine = machine_lines(p, block);
    int y = p->top[block->row] + LINE + 1;

    add_pair(p, x, y, "name", title, size);
    y += LINE;
    add_pair(p, x, y, "address", range, irqs);
    add_lines(p, x, &y, "else", elsewhere);
    add_lines(p, x, &y, "part", machine);
    for (guint i = 0; has_part_lines(block) && i < block->parts->len; i++) {
        y += LINE;
        add_part(p, x, y, block->parts->pdata[i]);
    }
}

static void add_gap(Picture *p, guint column, const HetMemmapBlock *above,
                    const HetMemmapBlock *block)
{
    int start = above ? p->bottom[above->row] : HEAD;
    int end = p->top[block->row];
    g_autofree char *gap = het_memmap_gap(block);

    if (gap && end - start >= LINE) {
        het_text_add(p->out, 2, "<text x='%d' y='%d' class='gap'>%s"
                     "</text>\n", column_x(p, column) + p->column / 2,
                     (start + end) / 2 + 4, gap);
    }
}

static void add_block(Picture *p, guint column, const HetMemmapBlock *block)
{
    Colour colour = colour_of(block);
    int x = column_x(p, column);

    het_text_add(p->out, 2, "<rect x='%d' y='%d' width='%d' height='%d' "
                 "rx='4' fill='%s' stroke='%s' stroke-width='%s'/>\n", x,
                 p->top[block->row], p->column,
                 block_bottom(p, column, block) - p->top[block->row],
                 colour.fill, colour.stroke, block->shared ? "1.5" : "1");
    add_block_text(p, block, x);
}

static void add_column(Picture *p, guint column)
{
    const HetMemmapColumn *c = p->map->columns->pdata[column];
    const HetMemmapBlock *above = NULL;

    het_text_add(p->out, 1, "<g>\n");
    for (guint i = 0; i < c->blocks->len; i++) {
        add_gap(p, column, above, c->blocks->pdata[i]);
        add_block(p, column, c->blocks->pdata[i]);
        above = c->blocks->pdata[i];
    }
    het_text_add(p->out, 1, "</g>\n");
}

/* ---- the frame ---- */

/* For who cannot see the picture */
static void add_description(Picture *p)
{
    het_text_add(p->out, 1, "<title id='t'>Memory map of %s</title>\n",
                 p->map->soc->name);
    het_text_add(p->out, 1, "<desc id='d'>The address spaces side by side, "
                 "lowest address first.");
    for (guint c = 0; c < p->map->columns->len; c++) {
        const HetMemmapColumn *column = p->map->columns->pdata[c];

        het_text_add(p->out, 0, " %s sees", column->proc->name);
        for (guint i = 0; i < column->blocks->len; i++) {
            const HetMemmapBlock *block = column->blocks->pdata[i];
            g_autofree char *title = het_memmap_block_title(block);
            g_autofree char *address = het_memmap_address(block->address);

            het_text_add(p->out, 0, "%s %s at %s", i ? "," : "", title,
                         address);
        }
        g_string_append_c(p->out, '.');
    }
    g_string_append(p->out, "</desc>\n");
}

static void add_style(Picture *p)
{
    g_string_append(p->out,
        "  <style>\n"
        "    text { font-family: " SANS "; font-size: 12px; "
        "fill: #334155; }\n"
        "    .soc { font-size: 19px; font-weight: 600; fill: #0f172a; }\n"
        "    .proc { font-size: 16px; font-weight: 600; fill: #0f172a; }\n"
        "    .sub, .note { fill: #64748b; }\n"
        "    .name { font-size: 13px; font-weight: 600; fill: #0f172a; }\n"
        "    .address { font-family: " MONO "; font-size: 11.5px; }\n"
        "    .else { fill: #475569; font-style: italic; }\n"
        "    .part { fill: #475569; }\n"
        "    .size { text-anchor: end; }\n"
        "    .gap { text-anchor: middle; font-size: 11px; "
        "fill: #94a3b8; }\n"
        "  </style>\n");
}

static void add_heading(Picture *p, int height)
{
    het_text_add(p->out, 1, "<rect width='%d' height='%d' rx='8' "
                 "fill='#ffffff'/>\n", p->width, height);
    het_text_add(p->out, 1, "<text x='%d' y='36' class='soc'>Memory map of "
                 "%s</text>\n", MARGIN, p->map->soc->name);
    for (guint c = 0; c < p->map->columns->len; c++) {
        const HetMemmapColumn *column = p->map->columns->pdata[c];
        g_autofree char *subtitle = het_memmap_column_subtitle(column);

        het_text_add(p->out, 1, "<rect x='%d' y='%d' width='%d' "
                     "height='%d' rx='4' fill='#f6f8fa'/>\n",
                     column_x(p, c), HEAD, p->column, height - FOOT - HEAD);
        add_text(p, column_x(p, c), HEAD - 30, "proc", column->proc->name,
                 chars_in(p));
        add_text(p, column_x(p, c), HEAD - 12, "sub", subtitle,
                 chars_in(p) + 2);
    }
    add_text(p, MARGIN, height - 18, "note", "Addresses grow downwards, free "
             "space is cut. One colour: the same memory or mailbox.", 100);
}

char *het_memmap_to_svg(const HetMemmap *map)
{
    guint columns = map->columns->len;
    g_autofree int *top = g_new0(int, map->rows);
    g_autofree int *bottom = g_new0(int, map->rows);
    Picture p = {
        .map = map, .out = g_string_new(NULL), .top = top, .bottom = bottom,
        .column = columns > 2 ? 280 : 390, .gutter = columns > 2 ? 48 : 64,
    };
    int height;

    p.width = MAX(2 * MARGIN + (int)columns * (p.column + p.gutter) -
                  p.gutter, 560);
    place_rows(&p);
    height = bottom[map->rows - 1] + STEP + FOOT;
    het_text_add(p.out, 0, "<svg xmlns='http://www.w3.org/2000/svg' "
                 "viewBox='0 0 %d %d' width='%d' height='%d' role='img' "
                 "aria-labelledby='t d'>\n", p.width, height, p.width,
                 height);
    add_description(&p);
    add_style(&p);
    add_heading(&p, height);
    add_bands(&p);
    for (guint c = 0; c < columns; c++) {
        add_column(&p, c);
    }
    het_text_add(p.out, 0, "</svg>\n");
    return g_string_free(p.out, FALSE);
}
