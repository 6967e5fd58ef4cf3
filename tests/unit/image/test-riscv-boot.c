/*
 * A RISC-V slave's Linux: OpenSBI, kernel and what starts them in its windows
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "image/firmware.h"
#include "image/pack.h"
#include "util/error.h"
#include "slave-files.h"

#include <elf.h>
#include <glib/gstdio.h>
#include <libfdt.h>
#include <string.h>

#define RAM 0x80000000
#define RAM_SIZE 0x2000000
#define KERNEL 0x80400000
#define DTB 0x81000000
#define KERNEL_SIZE 5000        /* of the file */
#define IMAGE_SIZE 0x300000     /* what it says that it needs */
#define LOADER_SIZE 3000

static const char soc_xml[] =
    "<soc><name>riscv</name><memory name='code' unit='KiB'>64</memory>"
    "<memory name='ddr' unit='MiB'>32</memory>"
    "<master name='m33'><os><type arch='armv7l' machine='het-m'/>"
    "<kernel>m.elf</kernel></os><cpu><model>cortex-m33</model></cpu>"
    "<map memory='code' address='0x0'/></master>"
    "<slave name='rv'><os><type arch='%s' machine='virt'/>%s"
    "<kernel>kernel</kernel><initrd>initrd</initrd><dtb>dtb</dtb></os>"
    "<boot entry='0x%x' dtb='0x%x'/>"
    "<map memory='ddr' address='0x80000000'/>"
    "<map memory='code' address='0x18000000'/></slave></soc>";

static const char loader_xml[] = "<loader>loader</loader>";

static guint8 kernel[KERNEL_SIZE];

static void put_tree(void)
{
    g_autofree void *fdt = g_malloc0(4096);

    ck_assert_int_eq(fdt_create_empty_tree(fdt, 4096), 0);
    put("dtb", fdt, fdt_totalsize(fdt));
}

static void set_u64(gsize offset, guint64 value)
{
    value = GUINT64_TO_LE(value);
    memcpy(kernel + offset, &value, sizeof(value));
}

static void put_kernel(void)
{
    put("kernel", kernel, sizeof(kernel));
}

/* As Linux' arch/riscv/kernel/head.S has it */
static void make_kernel(void)
{
    memset(kernel, 'K', sizeof(kernel));
    memcpy(kernel, "MZo\x10", 4);
    set_u64(0x08, 0x200000);
    set_u64(0x10, IMAGE_SIZE);
    set_u64(0x18, 0);
    memcpy(kernel + 0x30, "RISCV\0\0\0RSC\x05", 12);
    put_kernel();
}

static void make_soc(const char *arch, const char *loader, guint entry,
                     guint dtb)
{
    g_autofree char *xml = g_strdup_printf(soc_xml, arch, loader, entry, dtb);

    parse_soc(xml, "rv");
}

static void setup(void)
{
    slave_files_begin();
    make_soc("riscv64", loader_xml, KERNEL, DTB);
    make_kernel();
    put_tree();
    put_bytes("loader", 'L', LOADER_SIZE);
    put_bytes("initrd", 'I', 6000);
}

/* ---- where it all goes ---- */

START_TEST(test_pieces_lie_where_they_should)
{
    g_autoptr(HetFirmware) image = open_valid();
    const HetLoadPiece *piece = piece_of(image, HET_LOAD_PIECE_KERNEL);

    ck_assert_uint_eq(het_load_plan_count(het_firmware_plan(image)), 5);
    ck_assert_uint_eq(piece->address, KERNEL);
    ck_assert_uint_eq(piece->size, IMAGE_SIZE);
    ck_assert_uint_eq(het_load_piece_data_size(piece), KERNEL_SIZE);
    piece = piece_of(image, HET_LOAD_PIECE_LOADER);
    ck_assert_uint_eq(piece->address, RAM);
    ck_assert_uint_ge(piece->size, LOADER_SIZE + 0x80000);
    ck_assert_uint_eq(het_load_piece_data_size(piece), LOADER_SIZE);
    ck_assert_uint_eq(piece_of(image, HET_LOAD_PIECE_STUB)->address,
                      KERNEL - 0x1000);
    ck_assert_uint_eq(het_firmware_entry(image), KERNEL - 0x1000);
    ck_assert_uint_eq(het_soc_start_address(slave), KERNEL - 0x1000);
}
END_TEST

/* A file that is longer than its header says is loaded as a whole. */
START_TEST(test_the_file_counts_when_it_is_larger)
{
    g_autoptr(HetFirmware) image = NULL;

    set_u64(0x10, 1);
    put_kernel();
    image = open_valid();
    ck_assert_uint_eq(piece_of(image, HET_LOAD_PIECE_KERNEL)->size,
                      KERNEL_SIZE);
}
END_TEST

START_TEST(test_the_firmware_may_add_to_the_tree)
{
    g_autoptr(HetFirmware) image = open_valid();
    const HetLoadPiece *tree = piece_of(image, HET_LOAD_PIECE_DTB);

    ck_assert_uint_ge(tree->size, het_load_piece_data_size(tree) + 0x4000);
}
END_TEST

static guint64 word(const guint8 *bytes, gsize size)
{
    guint64 value = 0;

    memcpy(&value, bytes, size);
    return GUINT64_FROM_LE(value);
}

/* What riscv64-unknown-elf-as makes of the comments in riscv-boot.c */
static const guint32 code[][4] = {
    { 0x00000617, 0x01062283, 0x01460613, 0x00028067 },
    { 0x00000617, 0x01063283, 0x01860613, 0x00028067 },
};

static void assert_stub(const char *arch, gboolean wide)
{
    const guint64 words[] = { RAM, 0x4942534f, 2, KERNEL, 1, 0, 0 };
    gsize size = wide ? 8 : 4;
    g_autoptr(HetFirmware) image = NULL;
    const HetLoadPiece *stub;
    const guint8 *bytes;
    gsize len;

    make_soc(arch, loader_xml, KERNEL, DTB);
    image = open_valid();
    stub = piece_of(image, HET_LOAD_PIECE_STUB);
    bytes = g_bytes_get_data(stub->data, &len);
    ck_assert_uint_eq(stub->size, 0x1000);
    ck_assert_uint_eq(len, 16 + G_N_ELEMENTS(words) * size);
    for (guint i = 0; i < G_N_ELEMENTS(code[wide]); i++) {
        ck_assert_uint_eq(word(bytes + i * 4, 4), code[wide][i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        ck_assert_uint_eq(word(bytes + 16 + i * size, size), words[i]);
    }
}

START_TEST(test_the_core_finds_firmware_and_kernel)
{
    assert_stub("riscv64", TRUE);
    assert_stub("riscv32", FALSE);
}
END_TEST

START_TEST(test_pack_starts_before_the_kernel)
{
    g_autofree char *path = file_path("elf");
    g_autoptr(GError) error = NULL;
    g_autofree char *data = NULL;
    const Elf64_Ehdr *header;

    ck_assert_msg(het_pack(soc, slave, NULL, path, &error), "%s",
                  error ? error->message : "");
    ck_assert(g_file_get_contents(path, &data, NULL, NULL));
    header = (const Elf64_Ehdr *)data;
    ck_assert_int_eq(header->e_machine, EM_RISCV);
    ck_assert_uint_eq(header->e_entry, KERNEL - 0x1000);
    ck_assert_int_eq(header->e_phnum, 5);
}
END_TEST

/* ---- what is refused ---- */

START_TEST(test_kernels_that_a_loader_does_not_start)
{
    put("kernel", ELFMAG "\2\1\1", 7);
    assert_refused("kernel'", "an ELF file, but a <loader> starts a "
                   "kernel's Image");
    put_bytes("kernel", 0, 100);
    assert_refused("kernel'", "not a Linux for RISC-V");
    /* all but the last byte of a header */
    put("kernel", kernel, 63);
    assert_refused("kernel'", "not a Linux for RISC-V");
    put("kernel", "", 0);
    assert_refused("kernel'", "not a Linux for RISC-V");
    memcpy(kernel, "\x1f\x8b", 2);
    put_kernel();
    assert_refused("kernel'", "gunzip");
    memcpy(kernel, "MZ\0\0zimg", 8);
    put_kernel();
    assert_refused("kernel'", "zboot");
}
END_TEST

START_TEST(test_headers_that_are_refused)
{
    set_u64(0x18, 1);
    put_kernel();
    assert_refused("kernel'", "big-endian");
    set_u64(0x18, 0);
    set_u64(0x10, 0);
    put_kernel();
    assert_refused("kernel'", "how much memory it needs");
    set_u64(0x10, IMAGE_SIZE);
    set_u64(0x08, 0);
    put_kernel();
    assert_refused("kernel'", "machine mode");
    set_u64(0x08, 0x400001);
    put_kernel();
    assert_refused("kernel'", "0x400001 bytes or more from the start");
    set_u64(0x08, G_MAXUINT64);
    put_kernel();
    assert_refused("kernel'", "from the start of the RAM");
}
END_TEST

/* Sizes of 64 bits, none of which may wrap */
START_TEST(test_sizes_that_do_not_fit)
{
    const guint64 sizes[] = {
        RAM + (guint64)RAM_SIZE - KERNEL + 1, 0x100000000ULL - KERNEL,
        0x100000000ULL, G_MAXINT64, -(guint64)KERNEL, G_MAXUINT64,
    };

    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        set_u64(0x10, sizes[i]);
        put_kernel();
        assert_refused("kernel'", "does not lie in the slave's windows");
    }
}
END_TEST

START_TEST(test_overlaps_are_refused)
{
    make_soc("riscv64", loader_xml, KERNEL, KERNEL + IMAGE_SIZE - 8);
    assert_refused("device tree", "overlap the kernel");
    make_soc("riscv64", loader_xml, KERNEL, RAM + 8);
    assert_refused("device tree", "overlap the loader");
    make_soc("riscv64", loader_xml, KERNEL, KERNEL - 8);
    assert_refused("device tree", "overlap the");
    make_soc("riscv64", loader_xml, KERNEL, KERNEL - 0x3000);
    assert_refused("device tree", "overlap the");
    make_soc("riscv64", loader_xml, KERNEL, DTB);
    put_bytes("loader", 'L', KERNEL - RAM - 0x80000 - 0x800);
    assert_refused("loader'", "the page before the kernel, where the core "
                   "starts");
    put_bytes("loader", 'L', KERNEL - RAM);
    assert_refused("loader'", "overlap the kernel");
}
END_TEST

START_TEST(test_the_initrd_keeps_clear_of_what_the_kernel_takes)
{
    set_u64(0x10, RAM + RAM_SIZE - KERNEL);
    put_kernel();
    make_soc("riscv64", loader_xml, KERNEL, RAM + 0x200000);
    put_bytes("initrd", 'I', 0x200000);
    assert_refused("initrd'", "no room");
}
END_TEST

START_TEST(test_kernels_elsewhere)
{
    make_soc("riscv64", loader_xml, 0x18200000, DTB);
    assert_refused("kernel'", "from the start of the RAM");
    make_soc("riscv64", loader_xml, RAM, DTB);
    assert_refused("kernel'", "from the start of the RAM");
    make_soc("riscv64", loader_xml, 0xffe00000, DTB);
    assert_refused("kernel'", "does not lie in the slave's windows");
}
END_TEST

START_TEST(test_loaders_that_are_refused)
{
    g_autofree char *path = file_path("loader");

    put("loader", "", 0);
    assert_refused("loader'", "empty");
    put("loader", ELFMAG "\2\1\1", 7);
    assert_refused("loader'", "fw_dynamic.bin");
    put_bytes("loader", 'L', RAM_SIZE);
    assert_refused("loader'", "does not lie in the slave's windows");
    g_unlink(path);
    assert_refused("loader'", "No such file");
}
END_TEST

START_TEST(test_linux_without_a_loader)
{
    make_soc("riscv64", "", KERNEL, DTB);
    assert_refused("kernel'", "<loader>");
    make_soc("riscv32", "", KERNEL, DTB);
    assert_refused("kernel'", "<loader>");
}
END_TEST

START_TEST(test_what_needs_no_loader)
{
    g_autoptr(HetFirmware) bare = NULL;
    g_autoptr(HetFirmware) other = NULL;

    make_soc("riscv64", "", KERNEL, DTB);
    set_u64(0x08, 0);           /* for machine mode */
    put_kernel();
    bare = open_valid();
    ck_assert_uint_eq(het_firmware_entry(bare), KERNEL);
    put_bytes("kernel", 'K', 10);
    other = open_valid();
    ck_assert_uint_eq(het_load_plan_count(het_firmware_plan(other)), 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("riscv-boot");
    TCase *place = tcase_create("place");
    TCase *refuse = tcase_create("refuse");

    tcase_add_checked_fixture(place, setup, slave_files_end);
    tcase_add_test(place, test_pieces_lie_where_they_should);
    tcase_add_test(place, test_the_file_counts_when_it_is_larger);
    tcase_add_test(place, test_the_firmware_may_add_to_the_tree);
    tcase_add_test(place, test_the_core_finds_firmware_and_kernel);
    tcase_add_test(place, test_pack_starts_before_the_kernel);
    tcase_add_test(place, test_what_needs_no_loader);
    tcase_add_checked_fixture(refuse, setup, slave_files_end);
    tcase_add_test(refuse, test_kernels_that_a_loader_does_not_start);
    tcase_add_test(refuse, test_headers_that_are_refused);
    tcase_add_test(refuse, test_sizes_that_do_not_fit);
    tcase_add_test(refuse, test_overlaps_are_refused);
    tcase_add_test(refuse,
                   test_the_initrd_keeps_clear_of_what_the_kernel_takes);
    tcase_add_test(refuse, test_kernels_elsewhere);
    tcase_add_test(refuse, test_loaders_that_are_refused);
    tcase_add_test(refuse, test_linux_without_a_loader);
    suite_add_tcase(suite, place);
    suite_add_tcase(suite, refuse);
    return test_run(suite);
}
