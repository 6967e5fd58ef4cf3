/*
 * A board's device tree: does it fit, what goes over it, what is refused
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "dt/board-tree.h"
#include "util/fdt-read.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#define RAM "0x10000000"
#define OPTIONS \
    "<option name='ram-base' value='0xc0000000'/>" \
    "<option name='gic-dist' value='0xa0021000'/>" \
    "<option name='gic-cpu' value='0xa0022000'/>"

/* A board of a chip with one address cell, as the STM32MP157's */
#define MEMORY(base, size) \
    "memory@c0000000 { device_type = \"memory\"; " \
    "reg = <" base " " size ">; };"
#define CPU(n, core) \
    "cpu@" n " { device_type = \"cpu\"; compatible = \"" core "\"; " \
    "reg = <" n ">; };"
#define CPUS(cores) \
    "cpus { #address-cells = <1>; #size-cells = <0>; " cores " };"
#define TWO CPU("0", "arm,cortex-a7") CPU("1", "arm,cortex-a7")
#define GIC(dist, cpu) \
    "gic: gic@a0021000 { compatible = \"arm,cortex-a7-gic\"; " \
    "#interrupt-cells = <3>; interrupt-controller; " \
    "reg = <" dist " 0x1000>, <" cpu " 0x2000>; };"
#define SOC \
    "soc { compatible = \"simple-bus\"; #address-cells = <1>; " \
    "#size-cells = <1>; ranges = <0x0 0x40000000 0x20000000>; " \
    "ipcc: mailbox@c001000 { reg = <0xc001000 0x400>; }; " \
    "rcc@10000000 { reg = <0x10000000 0x1000>; status = \"disabled\"; }; };"
#define TREE(nodes) \
    "/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; " \
    "interrupt-parent = <&gic>; " nodes " };"
#define GOOD_NODES \
    CPUS(TWO) MEMORY("0xc0000000", RAM) GIC("0xa0021000", "0xa0022000") SOC
#define GOOD TREE(GOOD_NODES)

static char *folder;

static void setup(void)
{
    g_autoptr(GError) error = NULL;

    folder = g_dir_make_tmp("test-board-tree-XXXXXX", &error);
    ck_assert_msg(folder != NULL, "%s", error ? error->message : "");
}

static void teardown(void)
{
    static const char *const names[] = {
        "board.dtb", "first.dtbo", "second.dtbo",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);

        g_remove(path);
    }
    ck_assert_int_eq(g_rmdir(folder), 0);
    g_free(folder);
}

static GBytes *run_dtc(const char *source, const char *option)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) in = g_bytes_new_static(source, strlen(source));
    GBytes *out = NULL;
    g_autoptr(GSubprocess) dtc = g_subprocess_new(
        G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
        &error, "dtc", "-q", "-I", "dts", "-O", "dtb", option, NULL);

    ck_assert_msg(dtc != NULL, "%s", error ? error->message : "");
    ck_assert(g_subprocess_communicate(dtc, in, NULL, &out, NULL, &error));
    ck_assert_msg(g_subprocess_get_successful(dtc), "dtc: %s", source);
    return out;
}

static void put(const char *name, const char *data, gsize size)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    ck_assert(g_file_set_contents(path, data, size, NULL));
}

/* @option: "-@" makes labels that overlays can use */
static void compile(const char *name, const char *source, const char *option)
{
    g_autoptr(GBytes) blob = run_dtc(source, option);
    gsize size;
    const char *data = g_bytes_get_data(blob, &size);

    put(name, data, size);
}

/* Where IDMs and remoteproc lie, and what else the master has */
typedef struct {
    const char *options;
    const char *overlays;
    const char *vcpus;
    const char *ipcc;
    const char *rcc;
} Parts;

static HetSoc *make_soc(const Parts *parts)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *xml = g_strdup_printf(
        "<soc><name>s</name><memory name='ddr' unit='MiB'>256</memory>\n"
        "<memory name='sram' unit='KiB'>64</memory>\n"
        "<master name='a7'><os><type arch='armv7l' machine='het-a'/>"
        OPTIONS "%s<kernel>k</kernel>\n<dtb>board.dtb</dtb>\n%s</os>"
        "<vcpu>%s</vcpu><map memory='ddr' address='0xc0000000'/>"
        "<map memory='sram' address='0x30000000'/></master>\n"
        "<slave name='m4'><os><type arch='armv7l' machine='het-m'/></os>"
        "<map memory='sram' address='0x0'/><boot control='guest'/></slave>\n"
        "<idm name='ipcc' model='stm32-ipcc'>"
        "<endpoint processor='a7' address='%s' irqs='100 101'/>"
        "<endpoint processor='m4' address='0x4c001000' irqs='103 104'/>"
        "</idm>\n<remoteproc slave='m4' model='stm32mp1' mailbox='ipcc' "
        "address='%s' irq='143'>"
        "<region name='vdev0vring0' memory='sram' size='0x1000'/>"
        "</remoteproc></soc>", parts->options ?: "", parts->overlays ?: "",
        parts->vcpus ?: "2", parts->ipcc ?: "0x4c001000",
        parts->rcc ?: "0x50000000");
    HetSoc *soc = het_soc_parse_string(xml, -1, folder, "soc.xml", &error);

    ck_assert_msg(soc && het_soc_validate(soc, HET_SOC_VALIDATE_NO_FILES,
                                          &error),
                  "%s", error ? error->message : "");
    return soc;
}

static GBytes *build(const Parts *parts)
{
    g_autoptr(HetSoc) soc = make_soc(parts);
    g_autoptr(GError) error = NULL;
    GBytes *tree = het_board_tree_build(soc, &error);

    ck_assert_msg(tree != NULL, "%s", error ? error->message : "");
    ck_assert(het_board_tree_check(soc, NULL));
    return tree;
}

static void check_refused(const Parts *parts, const char *message)
{
    g_autoptr(HetSoc) soc = make_soc(parts);
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(het_board_tree_build(soc, &error));
    ck_assert_int_eq(error->code, HET_ERROR_XML);
    ck_assert_msg(strstr(error->message, message) != NULL, "'%s' is not in "
                  "'%s'", message, error->message);
    ck_assert_ptr_nonnull(strstr(error->message, "(soc.xml:"));
    ck_assert(!het_board_tree_check(soc, NULL));
}

START_TEST(test_as_it_is)
{
    const Parts parts = { 0 };
    g_autoptr(GBytes) tree = NULL;
    g_autofree char *path = g_build_filename(folder, "board.dtb", NULL);
    g_autofree char *data = NULL;
    gsize size;

    compile("board.dtb", GOOD, "-q");
    tree = build(&parts);
    ck_assert(g_file_get_contents(path, &data, &size, NULL));
    ck_assert_uint_eq(size, g_bytes_get_size(tree));
    ck_assert_mem_eq(data, g_bytes_get_data(tree, NULL), size);
}
END_TEST

static const struct {
    const char *tree;
    const char *message;
} unfit[] = {
    { TREE(CPUS(TWO) MEMORY("0x40000000", RAM)
           GIC("0xa0021000", "0xa0022000")),
      "has its memory at 0x40000000, master 'a7' at 0xc0000000" },
    { TREE(CPUS(TWO) MEMORY("0xc0000000", "0x10001000")
           GIC("0xa0021000", "0xa0022000")),
      "has 0x10001000 bytes of memory at 0xc0000000, the map of master 'a7' "
      "there has 0x10000000" },
    { TREE(CPUS(CPU("0", "arm,cortex-a53")) MEMORY("0xc0000000", RAM)
           GIC("0xa0021000", "0xa0022000")),
      "has no core 'arm,cortex-a7', which master 'a7' is; it has "
      "'arm,cortex-a53'" },
    { TREE(MEMORY("0xc0000000", RAM) GIC("0xa0021000", "0xa0022000")),
      "has no core 'arm,cortex-a7', which master 'a7' is: " },
    { TREE(CPUS(CPU("0", "arm,cortex-a7")) MEMORY("0xc0000000", RAM)
           GIC("0xa0021000", "0xa0022000")),
      "has 1 core 'arm,cortex-a7', master 'a7' has <vcpu>2" },
    { TREE(CPUS(TWO) MEMORY("0xc0000000", RAM)
           GIC("0xa0011000", "0xa0022000")),
      "interrupt controller at 0xa0011000, master 'a7' at 0xa0021000 (option "
      "'gic-dist')" },
    { TREE(CPUS(TWO) MEMORY("0xc0000000", RAM)
           GIC("0xa0021000", "0xa0012000")),
      "interrupt controller at 0xa0012000, master 'a7' at 0xa0022000 (option "
      "'gic-cpu')" },
    { "/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; "
      CPUS(TWO) MEMORY("0xc0000000", RAM) "};",
      "has no interrupt controller GICv2, which master 'a7' has" },
};

START_TEST(test_of_another_chip)
{
    const Parts parts = { 0 };

    compile("board.dtb", unfit[_i].tree, "-q");
    check_refused(&parts, unfit[_i].message);
}
END_TEST

START_TEST(test_no_tree)
{
    const Parts parts = { 0 };
    g_autofree char *large = g_malloc0(0x200001);

    put("board.dtb", GOOD, strlen(GOOD));
    check_refused(&parts, "'dtc -@ -I dts -O dtb' makes one of a source file");
    put("board.dtb", "", 0);
    check_refused(&parts, "not a sound device tree");
    put("board.dtb", large, 0x200001);
    check_refused(&parts, "it has more than 2 MiB");
}
END_TEST

/* Cut anywhere, and any byte wrong: refused, or built within its buffer. */
START_TEST(test_damaged)
{
    const Parts parts = { .options = "<option name='virtio-count' "
                          "value='1'/><option name='virtio-base' "
                          "value='0x70000000'/>" };
    g_autoptr(GBytes) blob = run_dtc(GOOD, "-@");
    g_autoptr(HetSoc) soc = make_soc(&parts);
    gsize size;
    const char *data = g_bytes_get_data(blob, &size);

    for (gsize i = 0; i < size; i++) {
        g_autofree char *copy = g_memdup2(data, size);
        g_autoptr(GBytes) tree = NULL;

        copy[i] ^= 1 << i % 8;
        put("board.dtb", copy, size);
        tree = het_board_tree_build(soc, NULL);
        put("board.dtb", data, i);
        ck_assert_ptr_null(het_board_tree_build(soc, NULL));
    }
}
END_TEST

#define OVER(what) "/dts-v1/; /plugin/; / { fragment@0 { " what \
    " __overlay__ { status = \"disabled\"; first = <1>; }; }; };"

START_TEST(test_overlays_go_over_it)
{
    const Parts parts = { .overlays = "<overlay>first.dtbo</overlay>"
                                      "<overlay>second.dtbo</overlay>" };
    g_autoptr(GBytes) tree = NULL;
    const void *fdt;
    int node;

    compile("board.dtb", GOOD, "-@");
    compile("first.dtbo", OVER("target-path = \"/soc/mailbox@c001000\";"),
            "-q");
    compile("second.dtbo", "/dts-v1/; /plugin/; &ipcc { first = <2>; "
            "second = <3>; };", "-@");
    tree = build(&parts);
    fdt = g_bytes_get_data(tree, NULL);
    node = fdt_path_offset(fdt, "/soc/mailbox@c001000");
    ck_assert_str_eq(het_fdt_string(fdt, node, "status"), "disabled");
    ck_assert_uint_eq(het_fdt_u32(fdt, node, "first", 0), 2);
    ck_assert_uint_eq(het_fdt_u32(fdt, node, "second", 0), 3);
}
END_TEST

START_TEST(test_overlay_that_does_not_apply)
{
    const Parts parts = { .overlays = "<overlay>first.dtbo</overlay>" };

    compile("board.dtb", GOOD, "-q");
    compile("first.dtbo", OVER("target = <&ipcc>;"), "-@");
    check_refused(&parts, "the tree has no label 'ipcc', nor any other: it "
                  "was made without dtc's -@");
    compile("board.dtb", GOOD, "-@");
    compile("first.dtbo", OVER("target = <&usart9>;"), "-@");
    check_refused(&parts, "the tree has no label 'usart9'");
    compile("first.dtbo", OVER("target-path = \"/soc/none\";"), "-q");
    check_refused(&parts, "the tree has no node '/soc/none'");
    put("first.dtbo", "x", 1);
    check_refused(&parts, "overlay '");
}
END_TEST

static int node_by_compatible(const void *fdt, const char *name)
{
    return fdt_node_offset_by_compatible(fdt, -1, name);
}

START_TEST(test_what_the_tree_does_not_have)
{
    const Parts parts = { .ipcc = "0x4c002000", .rcc = "0x50010000" };
    g_autoptr(GBytes) tree = NULL;
    const void *fdt;
    int node;

    compile("board.dtb", GOOD, "-@");
    tree = build(&parts);
    fdt = g_bytes_get_data(tree, NULL);
    node = fdt_path_offset(fdt, "/het-soc");
    ck_assert_uint_eq(het_fdt_u32(fdt, node, "interrupt-parent", 0),
                      fdt_get_phandle(fdt, fdt_path_offset(fdt,
                                                           "/gic@a0021000")));
    ck_assert_int_ge(node_by_compatible(fdt, "st,stm32mp1-ipcc"), 0);
    ck_assert_int_ge(node_by_compatible(fdt, "st,stm32mp1-m4"), 0);
    node = fdt_path_offset(fdt, "/reserved-memory");
    ck_assert_uint_eq(het_fdt_u32(fdt, node, "#address-cells", 0), 1);
    node = fdt_first_subnode(fdt, node);
    ck_assert_int_eq(fdt_getprop_w((void *)fdt, node, "reg", NULL) != NULL,
                     TRUE);
}
END_TEST

START_TEST(test_mailbox_without_core)
{
    const Parts parts = { .rcc = "0x50010000" };

    compile("board.dtb", GOOD, "-@");
    check_refused(&parts, "has a node for mailbox 'ipcc' but none at "
                  "0x50010000");
}
END_TEST

/* A board of an i.MX8M: it has what starts a core, and the mailbox */
#define IMX(core) \
    "/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; " \
    "interrupt-parent = <&gic>; " \
    CPUS(CPU("0", "arm,cortex-a53")) \
    "memory@40000000 { device_type = \"memory\"; " \
    "reg = <0 0x40000000 0 " RAM ">; }; " \
    "soc { compatible = \"simple-bus\"; #address-cells = <1>; " \
    "#size-cells = <1>; ranges = <0x0 0x0 0x0 0x3e000000>; " \
    "gic: gic@38800000 { compatible = \"arm,gic-v3\"; " \
    "#interrupt-cells = <3>; interrupt-controller; " \
    "reg = <0x38800000 0x10000>, <0x38880000 0xc0000>; }; " \
    "src@30390000 { reg = <0x30390000 0x10000>; }; " \
    "mu@30aa0000 { reg = <0x30aa0000 0x10000>; }; };" core " };"

static const char imx_soc[] =
    "<soc><name>s</name><memory name='ddr' unit='MiB'>256</memory>\n"
    "<memory name='rpmsg' unit='KiB'>64</memory>\n"
    "<master name='a53'><os><type arch='aarch64' machine='het-a'/>"
    "<option name='gic-version' value='3'/>"
    "<option name='gic-dist' value='0x38800000'/>"
    "<option name='gic-redist' value='0x38880000'/>"
    "<kernel>k</kernel>\n<dtb>board.dtb</dtb>\n</os>"
    "<cpu><model>cortex-a53</model></cpu>"
    "<map memory='ddr' address='0x40000000'/>"
    "<map memory='rpmsg' address='0x80000000'/></master>\n"
    "<slave name='m4'><os><type arch='armv7l' machine='het-m'/></os>"
    "<map memory='rpmsg' address='0x80000000'/>"
    "<boot control='guest'/></slave>\n"
    "<idm name='mu' model='imx-mu'>"
    "<endpoint processor='a53' address='0x30aa0000' irqs='88'/>"
    "<endpoint processor='m4' address='0x30ab0000' irqs='97'/></idm>\n"
    "<remoteproc slave='m4' model='imx8mm' mailbox='mu' "
    "address='0x30390000'>"
    "<region name='vdev0buffer' memory='rpmsg' size='0x1000'/>"
    "</remoteproc></soc>";

static GBytes *build_imx(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HetSoc) soc = het_soc_parse_string(imx_soc, -1, folder,
                                                 "soc.xml", &error);
    GBytes *tree;

    ck_assert_msg(soc && het_soc_validate(soc, HET_SOC_VALIDATE_NO_FILES,
                                          &error),
                  "%s", error ? error->message : "");
    tree = het_board_tree_build(soc, &error);
    ck_assert_msg(tree != NULL, "%s", error ? error->message : "");
    return tree;
}

static void check_refers(const void *fdt, int node, const char *name,
                         const char *path)
{
    const fdt32_t *first = fdt_getprop(fdt, node, name, NULL);

    ck_assert_ptr_nonnull(first);
    ck_assert_int_eq(fdt_node_offset_by_phandle(fdt, fdt32_ld(first)),
                     fdt_path_offset(fdt, path));
}

START_TEST(test_core_of_what_the_tree_has)
{
    g_autoptr(GBytes) tree = NULL;
    const void *fdt;
    int node;

    /* Only what has a label and is referred to has a phandle. */
    compile("board.dtb", IMX(""), "-q");
    tree = build_imx();
    fdt = g_bytes_get_data(tree, NULL);
    node = node_by_compatible(fdt, "fsl,imx8mm-cm4");
    ck_assert_int_ge(node, 0);
    check_refers(fdt, node, "syscon", "/soc/src@30390000");
    check_refers(fdt, node, "mboxes", "/soc/mu@30aa0000");
    check_refers(fdt, node, "memory-region",
                 "/reserved-memory/vdev0buffer@80000000");
    check_refers(fdt, fdt_path_offset(fdt, "/"), "interrupt-parent",
                 "/soc/gic@38800000");
    ck_assert_int_lt(node_by_compatible(fdt, "fsl,imx8mm-mu"), 0);
    ck_assert_int_lt(node_by_compatible(fdt, "fsl,imx8mq-src"), 0);
}
END_TEST

START_TEST(test_core_that_the_tree_has)
{
    g_autoptr(GBytes) tree = NULL;

    compile("board.dtb", IMX("cm4 { compatible = \"fsl,imx8mm-cm4\"; };"),
            "-q");
    tree = build_imx();
    ck_assert_int_lt(fdt_path_offset(g_bytes_get_data(tree, NULL), "/het-soc"),
                     0);
}
END_TEST

START_TEST(test_virtio)
{
    const Parts parts = {
        .options = "<option name='virtio-count' value='2'/>"
                   "<option name='virtio-base' value='0x70000000'/>"
                   "<option name='virtio-irq' value='200'/>",
    };
    g_autoptr(GBytes) tree = NULL;
    const fdt32_t *irq;
    const void *fdt;
    int node;

    compile("board.dtb", GOOD, "-q");
    tree = build(&parts);
    fdt = g_bytes_get_data(tree, NULL);
    node = fdt_path_offset(fdt, "/het-soc/virtio_mmio@70000200");
    ck_assert_int_eq(fdt_node_check_compatible(fdt, node, "virtio,mmio"), 0);
    irq = fdt_getprop(fdt, node, "interrupts", NULL);
    ck_assert_uint_eq(fdt32_ld(irq + 1), 201);
    ck_assert_int_lt(node_by_compatible(fdt, "st,stm32mp1-ipcc"), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("board-tree");
    TCase *tc = tcase_create("board-tree");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, test_as_it_is);
    tcase_add_loop_test(tc, test_of_another_chip, 0, G_N_ELEMENTS(unfit));
    tcase_add_test(tc, test_no_tree);
    tcase_add_test(tc, test_damaged);
    tcase_add_test(tc, test_overlays_go_over_it);
    tcase_add_test(tc, test_overlay_that_does_not_apply);
    tcase_add_test(tc, test_what_the_tree_does_not_have);
    tcase_add_test(tc, test_mailbox_without_core);
    tcase_add_test(tc, test_core_of_what_the_tree_has);
    tcase_add_test(tc, test_core_that_the_tree_has);
    tcase_add_test(tc, test_virtio);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
