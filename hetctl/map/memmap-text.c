/*
 * The memory map of a SoC as text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "map/memmap-print.h"

#include <string.h>

#define COLUMN_MIN 38
#define COLUMN_MAX 50
#define GUTTER 4
#define INDENT 11               /* what an address takes */

typedef struct {
    const char *side;
    const char *line;
    const char *gap;
    const char *link;
    const char *top[2];         /* left and right end */
    const char *middle[2];
    const char *bottom[2];
} Glyphs;

static const Glyphs glyphs_utf8 = {
    "│", "─", "┄", "═", { "┌", "┐" }, { "├", "┤" }, { "└", "┘" },
};

static const Glyphs glyphs_ascii = {
    "|", "-", ".", "=", { "+", "+" }, { "+", "+" }, { "+", "+" },
};

/* Colours that are readable on light and dark terminals */
static const char *const colours[] = {
    "36", "32", "35", "33", "34", "31", "1;36", "1;32", "1;35", "1;33",
};

typedef struct {
    const HetMemmap *map;
    const HetMemmapStyle *style;
    const Glyphs *glyphs;
    guint width;                /* of a column */
    GString *out;
} Printer;

guint het_memmap_text_columns(guint width)
{
    return MAX(1, (width + GUTTER) / (COLUMN_MIN + GUTTER));
}

/* ---- what stands in a block ---- */

/* Where to break @text, which is longer than @width: at a blank if it can */
static guint break_at(const char *text, guint width, guint indent)
{
    for (guint i = width; i > indent; i--) {
        if (*g_utf8_offset_to_pointer(text, i) == ' ') {
            return i;
        }
    }
    return width;
}

/* Text at the left, broken if need be, and at the right end */
static void add_line(GPtrArray *lines, guint width, guint indent,
                     const char *left, const char *right)
{
    g_autofree char *rest = g_strdup(left);
    guint r = right ? g_utf8_strlen(right, -1) + 1 : 0;

    while ((guint)g_utf8_strlen(rest, -1) > width) {
        guint at = break_at(rest, width, indent);
        g_autofree char *tail = g_strdup(g_utf8_offset_to_pointer(rest, at));

        g_ptr_array_add(lines, g_utf8_substring(rest, 0, at));
        g_free(rest);
        rest = g_strdup_printf("%*s%s", indent, "", g_strchug(tail));
    }
    if (g_utf8_strlen(rest, -1) + r > width) {
        g_ptr_array_add(lines, g_steal_pointer(&rest));
        rest = g_strdup("");
    }
    g_ptr_array_add(lines, g_strdup_printf("%s%*s", rest,
                                           r ? (int)(width -
                                               g_utf8_strlen(rest, -1)) : 0,
                                           right ?: ""));
}

/* "word, word," and so on, in as many lines as that takes */
static void add_words(GPtrArray *lines, guint width, const GPtrArray *words)
{
    g_autoptr(GString) line = g_string_new(NULL);

    for (guint i = 0; i < words->len; i++) {
        const char *word = words->pdata[i];
        gboolean last = i + 1 == words->len;

        if (line->len && line->len + 1 + strlen(word) + !last > width) {
            add_line(lines, width, 0, line->str, NULL);
            g_string_truncate(line, 0);
        }
        g_string_append_printf(line, "%s%s%s", line->len ? " " : "", word,
                               last ? "" : ",");
    }
    if (line->len) {
        add_line(lines, width, 0, line->str, NULL);
    }
}

static void add_part(GPtrArray *lines, guint width, const HetMemmapPart *part)
{
    g_autofree char *address = het_memmap_address(part->address);
    g_autofree char *size = part->size ? het_memmap_size(part->size) : NULL;
    g_autofree char *title = het_memmap_part_title(part);
    g_autofree char *left = g_strdup_printf(" %s %s", address, title);

    add_line(lines, width, INDENT + 1, left, size);
}

static GPtrArray *block_lines(const HetMemmapBlock *block, guint width)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *title = het_memmap_block_title(block);
    g_autofree char *address = het_memmap_address(block->address);
    g_autofree char *left = g_strdup_printf("%s %s", address, title);
    g_autofree char *size = het_memmap_block_size(block);
    g_autofree char *irqs = het_memmap_block_irqs(block);
    g_autoptr(GPtrArray) elsewhere = het_memmap_block_elsewhere(block);

    add_line(lines, width, INDENT, left, size);
    if (irqs) {
        add_line(lines, width, 0, irqs, NULL);
    }
    add_words(lines, width, elsewhere);
    for (guint i = 0; het_memmap_block_has_list(block) &&
         i < block->parts->len; i++) {
        add_part(lines, width, block->parts->pdata[i]);
    }
    return lines;
}

/* ---- lines across all columns ---- */

static void repeat(GString *out, const char *glyph, guint n)
{
    while (n--) {
        g_string_append(out, glyph);
    }
}

/* @text between two stretches of @glyph, in all @width characters */
static void add_centred(GString *out, guint width, const char *glyph,
                        const char *text)
{
    guint n = text ? g_utf8_strlen(text, -1) + 2 : 0;

    if (!n || n > width) {
        repeat(out, glyph, width);
        return;
    }
    repeat(out, glyph, (width - n) / 2);
    g_string_append_printf(out, " %s ", text);
    repeat(out, glyph, width - n - (width - n) / 2);
}

static void start_colour(Printer *p, const HetMemmapBlock *block)
{
    if (!p->style->colour || !block) {
        return;
    }
    if (block->shared) {
        g_string_append_printf(p->out, "\033[%sm",
                               colours[block->colour %
                                       G_N_ELEMENTS(colours)]);
    } else if (block->kind == HET_BLOCK_MACHINE) {
        g_string_append(p->out, "\033[2m");
    }
}

static void end_colour(Printer *p, const HetMemmapBlock *block)
{
    if (p->style->colour && block &&
        (block->shared || block->kind == HET_BLOCK_MACHINE)) {
        g_string_append(p->out, "\033[0m");
    }
}

static void end_line(Printer *p)
{
    while (p->out->len && p->out->str[p->out->len - 1] == ' ') {
        g_string_truncate(p->out, p->out->len - 1);
    }
    g_string_append_c(p->out, '\n');
}

/* The line between what fills the column above and below it */
static void add_border(Printer *p, const HetMemmapBlock *above,
                       const HetMemmapBlock *below)
{
    const HetMemmapBlock *painted = below ?: above;
    g_autofree char *gap = NULL;
    const char *const *ends;
    const char *line = p->glyphs->line;

    if (above == below) {
        /* nothing, or a block that goes on */
        start_colour(p, above);
        g_string_append(p->out, above ? p->glyphs->side : " ");
        repeat(p->out, " ", p->width - 2);
        g_string_append(p->out, above ? p->glyphs->side : " ");
        end_colour(p, above);
        return;
    }
    ends = !above ? p->glyphs->top : !below ? p->glyphs->bottom
                                            : p->glyphs->middle;
    if (above && below && below->gap) {
        gap = het_memmap_gap(below);
        line = p->glyphs->gap;
    }
    start_colour(p, painted);
    g_string_append(p->out, ends[0]);
    add_centred(p->out, p->width - 2, line, gap);
    g_string_append(p->out, ends[1]);
    end_colour(p, painted);
}

/* The border above @row */
static void add_borders(Printer *p, guint row)
{
    for (guint c = 0; c < p->map->columns->len; c++) {
        const HetMemmapBlock *above =
            row ? het_memmap_filler(p->map, c, row - 1) : NULL;
        const HetMemmapBlock *below =
            row < p->map->rows ? het_memmap_filler(p->map, c, row) : NULL;

        repeat(p->out, " ", c ? GUTTER : 0);
        add_border(p, above, below);
    }
    end_line(p);
}

/* Does a shared block of @row stand at both sides of column @c's left edge? */
static const HetMemmapBlock *link_across(const HetMemmap *map, guint row,
                                         guint c)
{
    const HetMemmapBlock *left = NULL;

    for (guint i = 0; i < map->columns->len; i++) {
        const HetMemmapBlock *block = het_memmap_get(map, i, row);

        if (block && block->shared) {
            if (i >= c) {
                return left;
            }
            left = block;
        }
    }
    return NULL;
}

static void add_fill(Printer *p, guint n, const HetMemmapBlock *link)
{
    start_colour(p, link);
    repeat(p->out, link ? p->glyphs->link : " ", n);
    end_colour(p, link);
}

static void add_cell(Printer *p, const HetMemmapBlock *block,
                     const char *text)
{
    guint len = g_utf8_strlen(text, -1);

    start_colour(p, block);
    g_string_append_printf(p->out, "%s %s%*s %s", p->glyphs->side, text,
                           (int)(p->width - 4 - len), "", p->glyphs->side);
    end_colour(p, block);
}

/* A place with no block in it; its last line says how much is free. */
static void add_empty(Printer *p, guint row, guint c,
                      const HetMemmapBlock *link, gboolean last)
{
    const HetMemmapBlock *next = het_memmap_next(p->map, c, row);
    g_autofree char *gap = NULL;

    if (link) {
        add_fill(p, p->width, link);
        return;
    }
    if (last && next && next->row == row + 1) {
        gap = het_memmap_gap(next);
    }
    add_centred(p->out, p->width, " ", gap);
}

static void add_content(Printer *p, guint row, GPtrArray **lines, guint n,
                        gboolean last)
{
    for (guint c = 0; c < p->map->columns->len; c++) {
        const HetMemmapBlock *block = het_memmap_filler(p->map, c, row);
        const HetMemmapBlock *link = n ? NULL
                                       : link_across(p->map, row, c);

        if (c) {
            add_fill(p, GUTTER, link);
        }
        if (block) {
            add_cell(p, block, n < lines[c]->len ? lines[c]->pdata[n] : "");
        } else {
            add_empty(p, row, c, link, last);
        }
    }
    end_line(p);
}

static void add_row(Printer *p, guint row)
{
    guint columns = p->map->columns->len;
    g_autofree GPtrArray **lines = g_new0(GPtrArray *, columns);
    guint height = 0;

    add_borders(p, row);
    for (guint c = 0; c < columns; c++) {
        const HetMemmapBlock *block = het_memmap_get(p->map, c, row);

        lines[c] = block ? block_lines(block, p->width - 4)
                         : g_ptr_array_new();
        height = MAX(height, lines[c]->len);
    }
    for (guint n = 0; n < height; n++) {
        add_content(p, row, lines, n, n + 1 == height);
    }
    for (guint c = 0; c < columns; c++) {
        g_ptr_array_unref(lines[c]);
    }
}

static void add_heading(Printer *p, gboolean bold,
                        char *(*text)(const HetMemmapColumn *column))
{
    for (guint c = 0; c < p->map->columns->len; c++) {
        g_autofree char *whole = text(p->map->columns->pdata[c]);
        guint len = MIN(g_utf8_strlen(whole, -1), p->width);
        g_autofree char *shown = g_utf8_substring(whole, 0, len);

        repeat(p->out, " ", c ? GUTTER : 0);
        g_string_append_printf(p->out, "%s%s%s%*s",
                               bold && p->style->colour ? "\033[1m" : "",
                               shown,
                               bold && p->style->colour ? "\033[0m" : "",
                               (int)(p->width - len), "");
    }
    end_line(p);
}

static char *column_title(const HetMemmapColumn *column)
{
    return g_strdup(column->proc->name);
}

char *het_memmap_to_text(const HetMemmap *map, const HetMemmapStyle *style)
{
    guint columns = map->columns->len;
    guint gutters = (columns - 1) * GUTTER;
    guint room = style->width > gutters ? style->width - gutters : 0;
    Printer p = {
        .map = map, .style = style,
        .glyphs = style->utf8 ? &glyphs_utf8 : &glyphs_ascii,
        .width = CLAMP(room / columns, COLUMN_MIN, COLUMN_MAX),
        .out = g_string_new(NULL),
    };

    add_heading(&p, TRUE, column_title);
    add_heading(&p, FALSE, het_memmap_column_subtitle);
    for (guint row = 0; row < map->rows; row++) {
        add_row(&p, row);
    }
    add_borders(&p, map->rows);
    return g_string_free(p.out, FALSE);
}
