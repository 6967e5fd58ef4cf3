/*
 * Device tree overlays: each valid data file against tests/data/dt/overlay, and
 * applied to a tree like the one that QEMU's machine makes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "dt/overlay.h"

#include <gio/gio.h>
#include <libfdt.h>

#define BASE_SIZE 65536
#define GIC_PHANDLE 0x8002

static GPtrArray *valid;

static GBytes *build(const HetSoc *soc)
{
    g_autoptr(GError) error = NULL;
    GBytes *overlay = het_overlay_build(soc, &error);

    ck_assert_msg(overlay != NULL, "%s", error ? error->message : "");
    return overlay;
}

START_TEST(test_overlay_as_expected)
{
    const TestCase *test = valid->pdata[_i];
    g_autoptr(HetSoc) soc = test_parse_valid(test);
    g_autofree char *file = g_strconcat(test->name, ".dts", NULL);
    g_autoptr(GBytes) overlay = NULL;
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;

    if (!het_overlay_needed(soc)) {
        ck_assert_ptr_null(het_overlay_build(soc, &error));
        ck_assert_int_eq(error->code, HET_ERROR_NOT_FOUND);
        return;
    }
    overlay = build(soc);
    text = het_overlay_dump(overlay, &error);
    ck_assert_msg(text != NULL, "%s", error ? error->message : "");
    test_compare(text, "dt/overlay", file);
}
END_TEST

/* The part of machine virt's tree that the overlay builds on. */
static void *base_tree(void)
{
    void *fdt = g_malloc0(BASE_SIZE);

    ck_assert_int_eq(fdt_create(fdt, BASE_SIZE), 0);
    fdt_finish_reservemap(fdt);
    fdt_begin_node(fdt, "");
    fdt_property_u32(fdt, "#address-cells", 2);
    fdt_property_u32(fdt, "#size-cells", 2);
    fdt_property_u32(fdt, "interrupt-parent", GIC_PHANDLE);
    fdt_begin_node(fdt, "intc@8000000");
    fdt_property_u32(fdt, "phandle", GIC_PHANDLE);
    fdt_end_node(fdt);
    fdt_begin_node(fdt, "pcie@10000000");
    fdt_end_node(fdt);
    fdt_end_node(fdt);
    ck_assert_int_eq(fdt_finish(fdt), 0);
    ck_assert_int_eq(fdt_open_into(fdt, fdt, BASE_SIZE), 0);
    return fdt;
}

static void *applied_tree(const HetSoc *soc)
{
    g_autoptr(GBytes) overlay = build(soc);
    gsize len;
    const void *data = g_bytes_get_data(overlay, &len);
    g_autofree void *copy = g_memdup2(data, len);
    void *fdt = base_tree();

    ck_assert_int_eq(fdt_overlay_apply(fdt, copy), 0);
    ck_assert_int_eq(fdt_check_full(fdt, BASE_SIZE), 0);
    return fdt;
}

static int node_at(const void *fdt, const char *path)
{
    int node = fdt_path_offset(fdt, path);

    ck_assert_msg(node >= 0, "no node %s", path);
    return node;
}

static guint32 cell_at(const void *fdt, int node, const char *name, int index)
{
    int len;
    const fdt32_t *cells = fdt_getprop(fdt, node, name, &len);

    ck_assert_msg(cells && len >= (index + 1) * 4, "no cell %d of %s", index,
                  name);
    return fdt32_to_cpu(cells[index]);
}

/* The cell is the phandle of the node at @path. */
static void check_reference(const void *fdt, int node, const char *name,
                            int index, const char *path)
{
    guint32 phandle = cell_at(fdt, node, name, index);

    ck_assert_uint_gt(phandle, GIC_PHANDLE);
    ck_assert_int_eq(fdt_node_offset_by_phandle(fdt, phandle),
                     node_at(fdt, path));
}

static const TestCase *find_valid(const char *name)
{
    for (guint i = 0; i < valid->len; i++) {
        const TestCase *test = valid->pdata[i];

        if (g_str_equal(test->name, name)) {
            return test;
        }
    }
    ck_abort_msg("no test case %s", name);
    return NULL;
}

START_TEST(test_applied_references)
{
    static const char *const regions[] = {
        "/reserved-memory/retram@38000000",
        "/reserved-memory/mcuram@30000000",
        "/reserved-memory/mcuram2@10000000",
        "/reserved-memory/vdev0vring0@10040000",
        "/reserved-memory/vdev0vring1@10041000",
        "/reserved-memory/vdev0buffer@10042000",
    };
    g_autoptr(HetSoc) soc = test_parse_valid(find_valid("stm32mp157-virt"));
    g_autofree void *fdt = applied_tree(soc);
    int m4 = node_at(fdt, "/het-bus/ahb@40000000/m4@10000000");

    check_reference(fdt, m4, "resets", 0, "/rcc@b001000");
    check_reference(fdt, m4, "st,syscfg-holdboot", 0, "/rcc@b001000");
    check_reference(fdt, m4, "st,syscfg-tz", 0, "/rcc@b001000");
    for (int i = 0; i < 4; i++) {
        check_reference(fdt, m4, "mboxes", i * 2, "/mailbox@b000000");
        ck_assert_uint_eq(cell_at(fdt, m4, "mboxes", i * 2 + 1), i);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(regions); i++) {
        check_reference(fdt, m4, "memory-region", i, regions[i]);
    }
    check_reference(fdt, node_at(fdt, "/mailbox@b000000"), "clocks", 0,
                    "/het-clock");
}
END_TEST

START_TEST(test_applied_bridge_is_disabled)
{
    g_autoptr(HetSoc) soc = test_parse_valid(find_valid("stm32mp157-virt"));
    g_autofree void *fdt = applied_tree(soc);

    ck_assert_str_eq(fdt_getprop(fdt, node_at(fdt, "/pcie@10000000"),
                                 "status", NULL), "disabled");
}
END_TEST

START_TEST(test_bridge_stays_without_overlap)
{
    g_autoptr(HetSoc) soc = test_parse_valid(find_valid("native"));
    g_autofree void *fdt = applied_tree(soc);

    ck_assert_ptr_null(fdt_getprop(fdt, node_at(fdt, "/pcie@10000000"),
                                   "status", NULL));
    ck_assert_int_ge(fdt_path_offset(fdt, "/idm@b000000"), 0);
}
END_TEST

static char *run_dtc(const char *input, gssize len, const char *from,
                     const char *to)
{
    g_autoptr(GSubprocess) dtc = NULL;
    g_autoptr(GBytes) in = g_bytes_new(input, len);
    g_autoptr(GBytes) out = NULL;
    g_autoptr(GError) error = NULL;
    gsize size;
    const char *data;

    dtc = g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE |
                           G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                           &error, "dtc", "-q", "-I", from, "-O", to, "-",
                           NULL);
    ck_assert_msg(dtc && g_subprocess_communicate(dtc, in, NULL, &out, NULL,
                                                  &error) &&
                  g_subprocess_get_successful(dtc), "dtc: %s",
                  error ? error->message : "failed");
    data = g_bytes_get_data(out, &size);
    return to[2] == 's' ? g_strndup(data, size) : g_memdup2(data, size);
}

/* dtc reads the text as the same tree that it reads in the blob. */
START_TEST(test_dump_is_what_dtc_reads)
{
    g_autoptr(HetSoc) soc = test_parse_valid(valid->pdata[_i]);
    g_autofree char *dtc = g_find_program_in_path("dtc");
    g_autoptr(GBytes) overlay = NULL;
    g_autofree char *text = NULL;
    g_autofree char *blob = NULL;
    g_autofree char *from_text = NULL;
    g_autofree char *from_blob = NULL;
    gsize len;
    const void *data;

    if (!dtc || !het_overlay_needed(soc)) {
        return;
    }
    overlay = build(soc);
    data = g_bytes_get_data(overlay, &len);
    from_blob = run_dtc(data, len, "dtb", "dts");
    text = het_overlay_dump(overlay, NULL);
    blob = run_dtc(text, strlen(text), "dts", "dtb");
    from_text = run_dtc(blob, fdt_totalsize(blob), "dtb", "dts");
    ck_assert_str_eq(from_text, from_blob);
}
END_TEST

START_TEST(test_dump_refuses_garbage)
{
    g_autoptr(HetSoc) soc = test_parse_valid(find_valid("stm32mp157-virt"));
    g_autoptr(GBytes) overlay = build(soc);
    gsize len;
    const guint8 *data = g_bytes_get_data(overlay, &len);

    for (gsize cut = 0; cut < len; cut += 7) {
        g_autoptr(GBytes) part = g_bytes_new(data, cut);
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(het_overlay_dump(part, &error));
        ck_assert_int_eq(error->code, HET_ERROR_FAILED);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("overlay");
    TCase *tc = tcase_create("overlay");
    int status;

    valid = test_cases(FALSE);
    tcase_set_timeout(tc, 30);
    tcase_add_loop_test(tc, test_overlay_as_expected, 0, valid->len);
    tcase_add_loop_test(tc, test_dump_is_what_dtc_reads, 0, valid->len);
    tcase_add_test(tc, test_applied_references);
    tcase_add_test(tc, test_applied_bridge_is_disabled);
    tcase_add_test(tc, test_bridge_stays_without_overlap);
    tcase_add_test(tc, test_dump_refuses_garbage);
    suite_add_tcase(suite, tc);
    status = test_run(suite);
    g_ptr_array_unref(valid);
    return status;
}
