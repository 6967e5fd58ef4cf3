/*
 * A slave's operating system: kernel, device tree and initrd in its windows,
 * and packed into one ELF file
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/boot-dtb.h"
#include "dt/dtb-check.h"
#include "data.h"
#include "image/firmware.h"
#include "image/pack.h"
#include "util/error.h"
#include "slave-files.h"

#include <elf.h>
#include <glib/gstdio.h>
#include <libfdt.h>
#include <string.h>
#include <unistd.h>

#define RAM 0x40000000
#define RAM_SIZE 0x1000000
#define RAM_OFFSET 0x200000     /* of 'ddr' in the segment */
#define ENTRY 0x40008000
#define DTB 0x40800000
#define KERNEL_SIZE 5000
#define INITRD_SIZE 6000

static const char soc_xml[] =
    "<soc><name>os-%d</name><memory name='code' unit='KiB'>64</memory>"
    "<memory name='ddr' unit='MiB'>16</memory>"
    "<master name='m33'><os><type arch='armv7l' machine='het-m'/>"
    "<kernel>m.elf</kernel></os><cpu><model>cortex-m33</model></cpu>"
    "<map memory='code' address='0x0'/></master>"
    "<slave name='a7'><os><type arch='armv7l' machine='virt'/>"
    "<kernel>kernel</kernel><initrd>initrd</initrd>"
    "<cmdline>quiet</cmdline><dtb>dtb</dtb></os>"
    "<boot%s dtb='0x%x'/>"
    "<map memory='ddr' address='0x40000000'/>"
    "<map memory='ddr' address='0x80000000'/></slave></soc>";


/* Two memory nodes, of which one is to stay */
static void *make_tree(void)
{
    void *fdt = g_malloc0(4096);

    ck_assert_int_eq(fdt_create(fdt, 4096), 0);
    fdt_finish_reservemap(fdt);
    fdt_begin_node(fdt, "");
    fdt_property_u32(fdt, "#address-cells", 2);
    fdt_property_u32(fdt, "#size-cells", 1);
    fdt_begin_node(fdt, "memory@0");
    fdt_property_string(fdt, "device_type", "memory");
    fdt_end_node(fdt);
    fdt_begin_node(fdt, "memory@10000000");
    fdt_property_string(fdt, "device_type", "memory");
    fdt_end_node(fdt);
    fdt_end_node(fdt);
    ck_assert_int_eq(fdt_finish(fdt), 0);
    return fdt;
}

static void make_soc(const char *entry, guint dtb)
{
    g_autofree char *xml = g_strdup_printf(soc_xml, (int)getpid(), entry,
                                           dtb);

    parse_soc(xml, "a7");
}

static void setup(void)
{
    g_autofree void *tree = make_tree();

    slave_files_begin();
    make_soc(" entry='0x40008000'", DTB);
    put_bytes("kernel", 'K', KERNEL_SIZE);
    put_bytes("initrd", 'I', INITRD_SIZE);
    put("dtb", tree, fdt_totalsize(tree));
}

/* ---- where it all goes ---- */

START_TEST(test_pieces_lie_where_they_should)
{
    g_autoptr(HetFirmware) image = open_valid();
    const HetLoadPiece *kernel = piece_of(image, HET_LOAD_PIECE_KERNEL);
    const HetLoadPiece *initrd = piece_of(image, HET_LOAD_PIECE_INITRD);

    ck_assert_uint_eq(het_load_plan_count(het_firmware_plan(image)), 3);
    ck_assert_uint_eq(kernel->address, ENTRY);
    ck_assert_uint_eq(kernel->size, KERNEL_SIZE);
    ck_assert_uint_eq(het_firmware_entry(image), ENTRY);
    ck_assert_uint_eq(piece_of(image, HET_LOAD_PIECE_DTB)->address, DTB);
    ck_assert_uint_eq(initrd->address, RAM + RAM_SIZE - 0x2000);
    ck_assert_uint_eq(initrd->size, INITRD_SIZE);
}
END_TEST

static guint64 number(const void *fdt, const char *path, const char *name,
                      guint offset, guint size)
{
    int len;
    const guint8 *bytes = fdt_getprop(fdt, fdt_path_offset(fdt, path), name,
                                      &len);
    guint64 value = 0;

    ck_assert_msg(bytes && (guint)len >= offset + size, "no %s in %s", name,
                  path);
    for (guint i = 0; i < size; i++) {
        value = value << 8 | bytes[offset + i];
    }
    return value;
}

START_TEST(test_tree_tells_where_everything_is)
{
    g_autoptr(HetFirmware) image = open_valid();
    const HetLoadPiece *piece = piece_of(image, HET_LOAD_PIECE_DTB);
    const void *fdt = g_bytes_get_data(piece->data, NULL);
    guint64 start = RAM + RAM_SIZE - 0x2000;

    ck_assert_int_eq(fdt_check_full(fdt, piece->size), 0);
    ck_assert_uint_eq(fdt_totalsize(fdt), piece->size);
    ck_assert_str_eq(fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"),
                                 "bootargs", NULL), "quiet");
    ck_assert_uint_eq(number(fdt, "/chosen", "linux,initrd-start", 0, 8),
                      start);
    ck_assert_uint_eq(number(fdt, "/chosen", "linux,initrd-end", 0, 8),
                      start + INITRD_SIZE);
    ck_assert_uint_eq(number(fdt, "/memory@0", "reg", 0, 8), RAM);
    ck_assert_uint_eq(number(fdt, "/memory@0", "reg", 8, 4), RAM_SIZE);
    ck_assert_int_lt(fdt_path_offset(fdt, "/memory@10000000"), 0);
}
END_TEST

START_TEST(test_initrd_keeps_clear_of_a_tree_at_the_end)
{
    g_autoptr(HetFirmware) image = NULL;
    const HetLoadPiece *initrd;

    make_soc(" entry='0x40008000'", RAM + RAM_SIZE - 0x3000);
    image = open_valid();
    initrd = piece_of(image, HET_LOAD_PIECE_INITRD);
    ck_assert_uint_eq(initrd->address % 4096, 0);
    ck_assert_uint_eq(initrd->address, RAM + RAM_SIZE - 0x5000);
}
END_TEST

START_TEST(test_all_of_it_is_written)
{
    g_autoptr(HetFirmware) image = open_valid();
    g_autofree char *name = het_segment_any_path(soc->name);
    g_autoptr(HetSegment) segment =
        het_segment_create(name, het_soc_segment_size(soc),
                           &(HetAccess) { 0 }, NULL);
    g_autofree guint8 *ram = g_malloc(RAM_SIZE);

    ck_assert_ptr_nonnull(segment);
    het_segment_remove(name, NULL);
    ck_assert(het_firmware_write(image, segment, NULL));
    ck_assert_int_eq(pread(het_segment_get_fd(segment), ram, RAM_SIZE,
                           RAM_OFFSET), RAM_SIZE);
    ck_assert_int_eq(ram[ENTRY - RAM - 1], 0);
    ck_assert_int_eq(ram[ENTRY - RAM], 'K');
    ck_assert_int_eq(ram[ENTRY - RAM + KERNEL_SIZE - 1], 'K');
    ck_assert_int_eq(ram[ENTRY - RAM + KERNEL_SIZE], 0);
    ck_assert_int_eq(ram[RAM_SIZE - 0x2000], 'I');
    ck_assert_int_eq(ram[RAM_SIZE - 0x2000 + INITRD_SIZE], 0);
    ck_assert_uint_eq(fdt_magic(ram + DTB - RAM), FDT_MAGIC);
}
END_TEST

START_TEST(test_a_firmware_takes_the_place_of_the_kernel)
{
    g_autofree char *path = file_path("elf");
    g_autoptr(HetFirmware) image = NULL;

    put_bytes("elf", 'F', 100);
    image = het_firmware_open(soc, slave, path, NULL);
    ck_assert_ptr_nonnull(image);
    ck_assert_uint_eq(piece_of(image, HET_LOAD_PIECE_KERNEL)->size, 100);
    ck_assert_uint_eq(het_load_plan_count(het_firmware_plan(image)), 3);
}
END_TEST

/* ---- what is refused ---- */

START_TEST(test_overlaps_are_refused)
{
    make_soc(" entry='0x40008000'", ENTRY + 0x1000);
    assert_refused("device tree", "overlap the kernel");
    /* the same memory at its other address */
    make_soc(" entry='0x40008000'", 0x80008000);
    assert_refused("device tree", "overlap the kernel");
}
END_TEST

START_TEST(test_what_does_not_fit_is_refused)
{
    make_soc(" entry='0x40fff000'", DTB);
    assert_refused("kernel", "does not lie in the slave's windows");
    make_soc(" entry='0x40008000'", RAM + RAM_SIZE - 0x1000);
    assert_refused("device tree", "does not lie in the slave's windows");
    make_soc(" entry='0x40008000'", DTB + 4);
    assert_refused("device tree", "multiple of 8");
    make_soc(" entry='0x40008000'", DTB);
    put_bytes("initrd", 'I', RAM_SIZE - 0x8000);
    assert_refused("initrd'", "no room");
    put("initrd", "", 0);
    assert_refused("initrd'", "empty");
}
END_TEST

START_TEST(test_a_raw_kernel_needs_an_entry)
{
    make_soc("", DTB);
    assert_refused("kernel'", "<boot entry=>");
}
END_TEST

START_TEST(test_what_is_no_file_is_refused)
{
    g_autofree char *path = file_path("kernel");

    g_unlink(path);
    assert_refused("kernel'", "No such file");
    ck_assert_int_eq(g_mkdir(path, 0700), 0);
    assert_refused("kernel'", "not a file");
    g_rmdir(path);
    put("kernel", "", 0);
    assert_refused("kernel'", "nothing to load");
}
END_TEST

START_TEST(test_damaged_trees_are_refused)
{
    g_autofree char *tree = make_tree();
    gsize size = fdt_totalsize(tree);

    for (gsize cut = 0; cut < size; cut++) {
        put("dtb", tree, cut);
        assert_refused("device tree", "not a sound device tree");
    }
}
END_TEST

static GBytes *fill(gconstpointer tree, gsize size, GError **error)
{
    const HetBootDtb values = {
        .cmdline = "x", .ram_start = RAM, .ram_size = RAM_SIZE,
    };
    g_autoptr(GBytes) in = g_bytes_new(tree, size);

    return het_boot_dtb_fill(in, &values, error);
}

static void check_unsound(gconstpointer tree, gsize size, const char *why)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) out = fill(tree, size, &error);

    ck_assert_msg(!out, "accepted, but %s", why);
    ck_assert_msg(strstr(error->message, why) != NULL, "got: %s",
                  error->message);
}

/*
 * A tree whose memory reservations, @n of them, lie inside its strings: it is
 * larger once libfdt has moved them apart.
 */
static GByteArray *make_overlapping(guint n)
{
    g_autofree void *tree = make_tree();
    guint32 structs = fdt_size_dt_struct(tree);
    guint32 strings = fdt_size_dt_strings(tree);
    struct fdt_header header = { 0 };
    GByteArray *bytes = g_byte_array_new();
    struct fdt_reserve_entry entry = { 0 };

    fdt_set_magic(&header, FDT_MAGIC);
    fdt_set_version(&header, 17);
    fdt_set_last_comp_version(&header, 16);
    fdt_set_off_dt_struct(&header, sizeof(header));
    fdt_set_size_dt_struct(&header, structs);
    fdt_set_off_dt_strings(&header, sizeof(header) + structs);
    g_byte_array_append(bytes, (guint8 *)&header, sizeof(header));
    g_byte_array_append(bytes, (guint8 *)tree + fdt_off_dt_struct(tree),
                        structs);
    g_byte_array_append(bytes, (guint8 *)tree + fdt_off_dt_strings(tree),
                        strings);
    g_byte_array_set_size(bytes, (bytes->len + 7) & ~7u);
    fdt_set_off_mem_rsvmap(&header, bytes->len);
    for (guint i = 0; i <= n; i++) {
        entry.size = cpu_to_fdt64(i < n ? 0x1000 : 0);
        g_byte_array_append(bytes, (guint8 *)&entry, sizeof(entry));
    }
    fdt_set_totalsize(&header, bytes->len);
    fdt_set_size_dt_strings(&header, bytes->len -
                            fdt_off_dt_strings(&header));
    memcpy(bytes->data, &header, sizeof(header));
    return bytes;
}

START_TEST(test_blocks_of_a_tree_do_not_overlap)
{
    for (guint n = 0; n < 400; n += 50) {
        g_autoptr(GByteArray) tree = make_overlapping(n);

        /* It is this that fdt_check_full() does not see. */
        ck_assert_int_eq(fdt_check_full(tree->data, tree->len), 0);
        check_unsound(tree->data, tree->len, "its blocks overlap");
    }
}
END_TEST

START_TEST(test_an_old_tree_is_refused)
{
    g_autofree void *tree = make_tree();

    fdt_set_version(tree, 16);
    check_unsound(tree, fdt_totalsize(tree), "of an old version");
}
END_TEST

/* @n nodes that are all memory, with a property of a long name */
static void *make_wide(gsize size, guint n, gsize name_size)
{
    g_autofree char *name = g_strnfill(name_size, 'n');
    void *fdt = g_malloc0(size);

    ck_assert_int_eq(fdt_create(fdt, size), 0);
    fdt_finish_reservemap(fdt);
    fdt_begin_node(fdt, "");
    for (guint i = 0; i < n; i++) {
        g_autofree char *node = g_strdup_printf("m@%u", i);

        fdt_begin_node(fdt, node);
        fdt_property_string(fdt, "device_type", "memory");
        fdt_property(fdt, name, "", 0);
        fdt_end_node(fdt);
    }
    fdt_end_node(fdt);
    ck_assert_int_eq(fdt_finish(fdt), 0);
    return fdt;
}

START_TEST(test_large_trees_take_no_time)
{
    g_autofree void *nodes = make_wide(HET_DTB_MAX, 20000, 1);
    g_autofree void *names = make_wide(HET_DTB_MAX, 10, 0x100000);

    check_unsound(nodes, fdt_totalsize(nodes), "more than 64 memory nodes");
    check_unsound(names, fdt_totalsize(names), "more than 1023 characters");
}
END_TEST

/* Whatever is in a tree, it is refused or it is sound afterwards. */
START_TEST(test_hostile_trees_do_no_harm)
{
    const HetBootDtb values = {
        .cmdline = "x", .ram_start = RAM, .ram_size = RAM_SIZE,
        .has_initrd = TRUE, .no_pcie = TRUE,
    };
    g_autofree guint8 *tree = make_tree();
    gsize size = fdt_totalsize(tree);

    for (gsize i = 0; i < size; i++) {
        for (int bit = 0; bit < 8; bit++) {
            g_autoptr(GBytes) in = NULL;
            g_autoptr(GBytes) out = NULL;
            gsize len;

            tree[i] ^= 1 << bit;
            in = g_bytes_new(tree, size);
            tree[i] ^= 1 << bit;
            out = het_boot_dtb_fill(in, &values, NULL);
            if (out) {
                const void *data = g_bytes_get_data(out, &len);

                ck_assert_int_eq(fdt_check_full(data, len), 0);
            }
        }
    }
}
END_TEST

/* ---- packed ---- */

START_TEST(test_pack_writes_what_boot_would_load)
{
    g_autoptr(HetFirmware) image = open_valid();
    const HetLoadPlan *pieces = het_firmware_plan(image);
    g_autofree char *path = file_path("elf");
    g_autoptr(HetFirmware) back = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *data = NULL;
    const Elf32_Ehdr *header;
    const Elf32_Phdr *ph;
    gsize size;

    ck_assert_msg(het_pack(soc, slave, NULL, path, &error), "%s",
                  error ? error->message : "");
    ck_assert(g_file_get_contents(path, &data, &size, NULL));
    header = (const Elf32_Ehdr *)data;
    ck_assert_int_eq(header->e_type, ET_EXEC);
    ck_assert_int_eq(header->e_machine, EM_ARM);
    ck_assert_int_eq(header->e_ident[EI_CLASS], ELFCLASS32);
    ck_assert_uint_eq(header->e_entry, ENTRY);
    ck_assert_int_eq(header->e_phnum, 3);
    ph = (const Elf32_Phdr *)(data + header->e_phoff);
    for (guint i = 0; i < 3; i++) {
        const HetLoadPiece *piece = het_load_plan_get(pieces, i);

        ck_assert_uint_eq(ph[i].p_type, PT_LOAD);
        ck_assert_uint_eq(ph[i].p_paddr, piece->address);
        ck_assert_uint_eq(ph[i].p_vaddr, piece->address);
        ck_assert_uint_eq(ph[i].p_memsz, piece->size);
        ck_assert_uint_le((guint64)ph[i].p_offset + ph[i].p_filesz, size);
    }
    ck_assert_int_eq(data[ph[0].p_offset], 'K');
    ck_assert_int_eq(data[ph[2].p_offset + INITRD_SIZE - 1], 'I');
    ck_assert_mem_eq(data + ph[1].p_offset,
                     g_bytes_get_data(het_load_plan_get(pieces, 1)->data, NULL),
                     ph[1].p_filesz);
}
END_TEST

START_TEST(test_pack_leaves_nothing_behind_on_errors)
{
    g_autofree char *path = g_build_filename(folder, "none", "x", NULL);
    g_autofree char *out = file_path("elf");
    g_autoptr(GError) error = NULL;

    ck_assert(!het_pack(soc, slave, NULL, path, &error));
    ck_assert_msg(strstr(error->message, path) != NULL, "%s",
                  error->message);
    put("dtb", "nonsense", 8);
    ck_assert(!het_pack(soc, slave, NULL, out, NULL));
    ck_assert(!g_file_test(out, G_FILE_TEST_EXISTS));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("slave-os");
    TCase *place = tcase_create("place");
    TCase *refuse = tcase_create("refuse");
    TCase *pack = tcase_create("pack");

    tcase_add_checked_fixture(place, setup, slave_files_end);
    tcase_add_test(place, test_pieces_lie_where_they_should);
    tcase_add_test(place, test_tree_tells_where_everything_is);
    tcase_add_test(place, test_initrd_keeps_clear_of_a_tree_at_the_end);
    tcase_add_test(place, test_all_of_it_is_written);
    tcase_add_test(place, test_a_firmware_takes_the_place_of_the_kernel);
    tcase_add_checked_fixture(refuse, setup, slave_files_end);
    tcase_add_test(refuse, test_overlaps_are_refused);
    tcase_add_test(refuse, test_what_does_not_fit_is_refused);
    tcase_add_test(refuse, test_a_raw_kernel_needs_an_entry);
    tcase_add_test(refuse, test_what_is_no_file_is_refused);
    tcase_add_test(refuse, test_damaged_trees_are_refused);
    tcase_add_test(refuse, test_blocks_of_a_tree_do_not_overlap);
    tcase_add_test(refuse, test_an_old_tree_is_refused);
    tcase_add_test(refuse, test_large_trees_take_no_time);
    tcase_add_test(refuse, test_hostile_trees_do_no_harm);
    tcase_add_checked_fixture(pack, setup, slave_files_end);
    tcase_add_test(pack, test_pack_writes_what_boot_would_load);
    tcase_add_test(pack, test_pack_leaves_nothing_behind_on_errors);
    suite_add_tcase(suite, place);
    suite_add_tcase(suite, refuse);
    suite_add_tcase(suite, pack);
    return test_run(suite);
}
