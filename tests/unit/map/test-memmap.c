/*
 * The memory map: what stands in which row, and how it is printed
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "map/memmap-build.h"
#include "map/memmap-print.h"
#include "util/error.h"

#include <libxml/parser.h>
#include <string.h>

#include "soc/xml.h"

static GPtrArray *valid;

static HetMemmap *map_new(const HetSoc *soc, const GPtrArray *shown)
{
    g_autoptr(GError) error = NULL;
    HetMemmap *map = het_memmap_new(soc, shown, &error);

    ck_assert_msg(map != NULL, "%s", error ? error->message : "");
    return map;
}

static HetSoc *amp(void)
{
    g_autofree char *path = test_data_path("map", "amp.xml");
    g_autoptr(GError) error = NULL;
    HetSoc *soc = het_soc_parse_file(path, &error);

    ck_assert_msg(soc && het_soc_validate(soc, HET_SOC_VALIDATE_NO_FILES,
                                          &error),
                  "%s", error ? error->message : "");
    return soc;
}

static const HetMemmapBlock *block_at(const HetMemmap *map, guint column,
                                      guint64 address)
{
    const HetMemmapColumn *c = map->columns->pdata[column];

    for (guint i = 0; i < c->blocks->len; i++) {
        const HetMemmapBlock *block = c->blocks->pdata[i];

        if (block->address == address) {
            return block;
        }
    }
    ck_abort_msg("%s has no block at 0x%" G_GINT64_MODIFIER "x",
                 c->proc->name, address);
    return NULL;
}

static void check_column(const HetMemmap *map, guint column)
{
    const HetMemmapColumn *c = map->columns->pdata[column];
    guint64 end = 0;
    guint row = 0;

    for (guint i = 0; i < c->blocks->len; i++) {
        const HetMemmapBlock *block = c->blocks->pdata[i];

        ck_assert(block->proc == c->proc);
        ck_assert_uint_gt(block->size, 0);
        ck_assert_uint_ge(block->address, end);
        ck_assert_uint_eq(block->gap, block->address - end);
        ck_assert(i == 0 || block->row > row);
        ck_assert_uint_lt(block->row, map->rows);
        ck_assert(het_memmap_get(map, column, block->row) == block);
        end = block->address + block->size;
        row = block->row;
    }
}

static void check_row(const HetMemmap *map, guint row)
{
    const HetMemmapBlock *first = NULL;

    for (guint c = 0; c < map->columns->len; c++) {
        const HetMemmapBlock *block = het_memmap_get(map, c, row);

        if (!block) {
            continue;
        }
        first = first ?: block;
        ck_assert(block == first || het_memmap_block_same(first, block) ||
                  (first->kind == HET_BLOCK_MACHINE &&
                   block->kind == HET_BLOCK_MACHINE &&
                   block->address == first->address));
        ck_assert(block->shared == first->shared);
        ck_assert(block->colour == first->colour);
    }
    ck_assert_msg(first != NULL, "row %u is empty", row);
}

/* Every byte of every <map> is in the picture, once. */
static void check_bytes(const HetSoc *soc, const HetMemmapColumn *column)
{
    guint64 mapped = 0;
    guint64 shown = 0;

    for (guint i = 0; i < column->proc->maps->len; i++) {
        mapped += het_soc_map_size(soc, column->proc->maps->pdata[i]);
    }
    for (guint i = 0; i < column->blocks->len; i++) {
        const HetMemmapBlock *block = column->blocks->pdata[i];

        shown += block->kind == HET_BLOCK_MEMORY ? block->size : 0;
    }
    ck_assert_uint_eq(mapped, shown);
}

START_TEST(test_rows_and_columns_are_in_order)
{
    g_autoptr(HetSoc) soc = test_parse_valid(valid->pdata[_i]);
    g_autoptr(HetMemmap) map = map_new(soc, NULL);

    ck_assert_uint_eq(map->columns->len, soc->slaves->len + 1);
    for (guint c = 0; c < map->columns->len; c++) {
        check_column(map, c);
        check_bytes(soc, map->columns->pdata[c]);
    }
    for (guint row = 0; row < map->rows; row++) {
        check_row(map, row);
    }
}
END_TEST

START_TEST(test_what_is_shared_stands_in_one_row)
{
    g_autoptr(HetSoc) soc = amp();
    g_autoptr(HetMemmap) map = map_new(soc, NULL);
    const HetMemmapBlock *shm = block_at(map, 0, 0x70000000);
    const HetMemmapBlock *part = block_at(map, 0, 0x42000000);

    ck_assert(shm->shared && part->shared);
    ck_assert(het_memmap_get(map, 1, shm->row) ==
              block_at(map, 1, 0x90000000));
    ck_assert(het_memmap_get(map, 2, shm->row) ==
              block_at(map, 2, 0x20000000));
    ck_assert_ptr_null(het_memmap_get(map, 3, shm->row));
    ck_assert(het_memmap_get(map, 1, part->row) ==
              block_at(map, 1, 0x80000000));
    ck_assert(!block_at(map, 0, 0x40000000)->shared);
    ck_assert_uint_eq(block_at(map, 0, 0x40000000)->size, 0x2000000);
}
END_TEST

/* Slave m0 sees the two pieces the other way round. */
START_TEST(test_what_crosses_names_the_others)
{
    g_autoptr(HetSoc) soc = amp();
    g_autoptr(HetMemmap) map = map_new(soc, NULL);
    const HetMemmapBlock *low = block_at(map, 3, 0x0);
    const HetMemmapBlock *high = block_at(map, 3, 0x60000000);

    ck_assert(het_memmap_get(map, 0, low->row) ==
              block_at(map, 0, 0x43100000));
    ck_assert_uint_eq(low->elsewhere->len, 0);
    ck_assert_ptr_null(het_memmap_get(map, 0, high->row));
    ck_assert_uint_eq(high->elsewhere->len, 2);
    ck_assert(high->elsewhere->pdata[0] == block_at(map, 0, 0x43000000));
    ck_assert(high->elsewhere->pdata[1] == block_at(map, 2, 0x0));
    ck_assert_uint_eq(high->colour, low->colour);
}
END_TEST

START_TEST(test_one_processor_names_all_others)
{
    g_autoptr(HetSoc) soc = amp();
    g_autoptr(GPtrArray) shown = g_ptr_array_new();
    g_autoptr(HetMemmap) map = NULL;
    const HetMemmapBlock *shm;

    g_ptr_array_add(shown, (gpointer)het_soc_find_processor(soc, "m7"));
    map = map_new(soc, shown);
    ck_assert_uint_eq(map->columns->len, 1);
    check_column(map, 0);
    shm = block_at(map, 0, 0x20000000);
    ck_assert(shm->shared);
    ck_assert_uint_eq(shm->elsewhere->len, 2);
    ck_assert_uint_eq(shm->parts->len, 2);
}
END_TEST

START_TEST(test_regions_are_where_both_sides_see_them)
{
    g_autoptr(HetSoc) soc = amp();
    g_autoptr(HetMemmap) map = map_new(soc, NULL);
    const GPtrArray *at_master = block_at(map, 0, 0x70000000)->parts;
    const GPtrArray *at_slave = block_at(map, 2, 0x20000000)->parts;
    const HetMemmapPart *part;

    ck_assert_uint_eq(at_master->len, 2);
    ck_assert_uint_eq(at_slave->len, 2);
    part = at_master->pdata[1];
    ck_assert_str_eq(part->kind, "region");
    ck_assert_str_eq(part->name, "vdev0vring1");
    ck_assert_uint_eq(part->address, 0x70001000);
    part = at_slave->pdata[1];
    ck_assert_uint_eq(part->address, 0x20001000);
    ck_assert_uint_eq(part->size, 0x1000);
    ck_assert_uint_eq(block_at(map, 1, 0x90000000)->parts->len, 0);
}
END_TEST

/* 64 windows each of two slaves, all cut by all: 128 pieces a window */
START_TEST(test_too_many_pieces_are_refused)
{
    GString *xml = g_string_new("<soc><name>cut</name>"
        "<memory name='ram' unit='MiB'>64</memory>"
        "<master name='a'><os><type arch='riscv64' machine='virt'/></os>"
        "<map memory='ram' address='0x80000000'/></master>");
    g_autoptr(HetSoc) soc = NULL;
    g_autoptr(GError) error = NULL;

    for (int s = 0; s < 2; s++) {
        g_string_append_printf(xml, "<slave name='s%d'><os><type "
                               "arch='riscv64' machine='virt'/></os>", s);
        for (int i = 0; i < 64; i++) {
            g_string_append_printf(xml, "<map memory='ram' offset='%d' "
                                   "size='0x1000000' "
                                   "address='0x%" G_GINT64_MODIFIER "x'/>",
                                   (s * 64 + i) * 4096, 0x80000000 +
                                   (guint64)i * 0x1000000);
        }
        g_string_append(xml, "</slave>");
    }
    g_string_append(xml, "</soc>");
    soc = het_soc_parse_string(xml->str, xml->len, "/", "cut.xml", &error);
    g_string_free(xml, TRUE);
    ck_assert_msg(soc && het_soc_validate(soc, 0, &error), "%s",
                  error ? error->message : "");
    ck_assert_ptr_null(het_memmap_new(soc, NULL, &error));
    ck_assert_int_eq(error->code, HET_ERROR_RESOURCE);
}
END_TEST

/* ---- printers ---- */

static const struct {
    const char *file;
    HetMemmapStyle style;
} texts[] = {
    { "amp.txt", { 180, TRUE, FALSE } },
    { "amp-ascii.txt", { 80, FALSE, FALSE } },
    { "amp-colour.txt", { 180, TRUE, TRUE } },
};

START_TEST(test_text_as_expected)
{
    g_autoptr(HetSoc) soc = amp();
    g_autoptr(HetMemmap) map = map_new(soc, NULL);
    g_autofree char *text = het_memmap_to_text(map, &texts[_i].style);

    test_compare(text, "map", texts[_i].file);
}
END_TEST

/* No line is longer than it may be, no glyph is beyond ASCII without UTF-8. */
START_TEST(test_text_fits_two_columns_in_80)
{
    g_autoptr(HetSoc) soc = test_parse_valid(valid->pdata[_i]);
    const HetMemmapStyle style = { 80, FALSE, FALSE };
    g_autoptr(GPtrArray) shown = g_ptr_array_new();
    g_autoptr(HetMemmap) map = NULL;
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    ck_assert_uint_eq(het_memmap_text_columns(80), 2);
    g_ptr_array_add(shown, soc->master);
    if (soc->slaves->len) {
        g_ptr_array_add(shown, soc->slaves->pdata[soc->slaves->len - 1]);
    }
    map = map_new(soc, shown);
    text = het_memmap_to_text(map, &style);
    ck_assert(g_str_is_ascii(text));
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        ck_assert_msg(strlen(*line) <= 80, "too long: '%s'", *line);
    }
}
END_TEST

START_TEST(test_json_as_expected)
{
    g_autoptr(HetSoc) soc = amp();
    g_autoptr(HetMemmap) map = map_new(soc, NULL);
    g_autoptr(JsonBuilder) b = json_builder_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *text = NULL;

    het_memmap_add_json(map, b);
    root = json_builder_get_root(b);
    text = json_to_string(root, TRUE);
    test_compare(text, "map", "amp.json");
}
END_TEST

START_TEST(test_picture_as_expected)
{
    g_autoptr(HetSoc) soc = amp();
    g_autoptr(HetMemmap) map = map_new(soc, NULL);
    g_autofree char *svg = het_memmap_to_svg(map);

    test_compare(svg, "map", "amp.svg");
}
END_TEST

static void check_element(const xmlNode *node)
{
    static const char *const harmless[] = {
        "svg", "title", "desc", "style", "g", "rect", "path", "text", NULL
    };

    ck_assert_msg(g_strv_contains(harmless, (const char *)node->name),
                  "<%s>", node->name);
    HET_XML_FOREACH(child, node) {
        check_element(child);
    }
}

START_TEST(test_picture_is_svg_without_scripts)
{
    g_autoptr(HetSoc) soc = test_parse_valid(valid->pdata[_i]);
    g_autoptr(HetMemmap) map = map_new(soc, NULL);
    g_autofree char *svg = het_memmap_to_svg(map);
    g_autoptr(xmlDoc) doc = xmlReadMemory(svg, strlen(svg), "map.svg", NULL,
                                          XML_PARSE_NONET);

    ck_assert_ptr_nonnull(doc);
    check_element(xmlDocGetRootElement(doc));
    ck_assert_ptr_null(strstr(svg, "href"));
    ck_assert_ptr_null(strstr(svg, "url("));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memmap");
    TCase *layout = tcase_create("layout");
    TCase *print = tcase_create("print");
    int status;

    valid = test_cases(FALSE);
    tcase_add_loop_test(layout, test_rows_and_columns_are_in_order, 0,
                        valid->len);
    tcase_add_test(layout, test_what_is_shared_stands_in_one_row);
    tcase_add_test(layout, test_what_crosses_names_the_others);
    tcase_add_test(layout, test_one_processor_names_all_others);
    tcase_add_test(layout, test_regions_are_where_both_sides_see_them);
    tcase_add_test(layout, test_too_many_pieces_are_refused);
    tcase_add_loop_test(print, test_text_as_expected, 0,
                        G_N_ELEMENTS(texts));
    tcase_add_loop_test(print, test_text_fits_two_columns_in_80, 0,
                        valid->len);
    tcase_add_test(print, test_json_as_expected);
    tcase_add_test(print, test_picture_as_expected);
    tcase_add_loop_test(print, test_picture_is_svg_without_scripts, 0,
                        valid->len);
    suite_add_tcase(suite, layout);
    suite_add_tcase(suite, print);
    status = test_run(suite);
    g_ptr_array_unref(valid);
    return status;
}
