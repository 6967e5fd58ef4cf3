/*
 * Loading ELF files into the platform memory: what fits, what is refused
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "host/segment.h"
#include "image/firmware.h"
#include "util/error.h"

#include <elf.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define CODE_SIZE 0x40000
#define CODE_OFFSET 0x200000    /* of 'code' in the segment */
#define RAM_ADDRESS 0x20000000
#define RAM_OFFSET 0x400000
#define RAM_SIZE 0x100000

static const char soc_xml[] =
    "<soc><name>fw-%d</name>"
    "<memory name='boot' unit='KiB'>64</memory>"
    "<memory name='code' unit='KiB'>256</memory>"
    "<memory name='ram' unit='MiB'>1</memory>"
    "<master name='m33'><os><type arch='armv7l' machine='het-m'/>"
    "<kernel>/k.elf</kernel></os>"
    "<cpu><model>cortex-m33</model></cpu><map memory='boot' address='0x0'/>"
    "</master>"
    "<slave name='m4'><os><type arch='armv7l' machine='het-m'/></os>"
    "<cpu><model>cortex-m4</model></cpu><boot control='host'/>"
    "<map memory='code' address='0x0'/>"
    "<map memory='ram' address='0x20000000'/></slave>"
    "<slave name='r5'><os><type arch='riscv32' machine='virt'/></os>"
    "<boot control='host' entry='0x80000000'/>"
    "<map memory='ram' address='0x80000000'/></slave></soc>";

/* An ELF file with two loadable parts of 16 bytes */
typedef struct {
    Elf32_Ehdr header;
    Elf32_Phdr parts[2];
    char bytes[2][16];
} Image;

static HetSoc *soc;
static const HetProcessor *slave;
static HetSegment *segment;
static char *segment_path;
static char *path;
static Image image;

static void fill_part(int i, guint32 address, guint32 size)
{
    image.parts[i] = (Elf32_Phdr) {
        .p_type = PT_LOAD,
        .p_offset = G_STRUCT_OFFSET(Image, bytes) + i * 16,
        .p_vaddr = address,
        .p_paddr = address,
        .p_filesz = 16,
        .p_memsz = size,
    };
    memset(image.bytes[i], 'A' + i, 16);
}

static void setup(void)
{
    g_autofree char *xml = g_strdup_printf(soc_xml, (int)getpid());
    g_autoptr(GError) error = NULL;

    soc = het_soc_parse_string(xml, -1, "/", "soc.xml", &error);
    ck_assert_msg(soc != NULL, "%s", error ? error->message : "");
    ck_assert_msg(het_soc_validate(soc, HET_SOC_VALIDATE_NO_FILES, &error),
                  "%s", error ? error->message : "");
    slave = het_soc_find_processor(soc, "m4");
    segment_path = het_segment_any_path(soc->name);
    segment = het_segment_create(segment_path, het_soc_segment_size(soc),
                                 &(HetAccess) { 0 }, NULL);
    ck_assert_ptr_nonnull(segment);
    path = g_strdup_printf("%s/hetctl-fw-%d.elf", g_get_tmp_dir(),
                           (int)getpid());

    memset(&image, 0, sizeof(image));
    memcpy(image.header.e_ident, ELFMAG, SELFMAG);
    image.header.e_ident[EI_CLASS] = ELFCLASS32;
    image.header.e_ident[EI_DATA] = ELFDATA2LSB;
    image.header.e_ident[EI_VERSION] = EV_CURRENT;
    image.header.e_type = ET_EXEC;
    image.header.e_machine = EM_ARM;
    image.header.e_version = EV_CURRENT;
    image.header.e_entry = 0x101;
    image.header.e_phoff = G_STRUCT_OFFSET(Image, parts);
    image.header.e_ehsize = sizeof(Elf32_Ehdr);
    image.header.e_phentsize = sizeof(Elf32_Phdr);
    image.header.e_phnum = 2;
    fill_part(0, 0x100, 16);
    fill_part(1, RAM_ADDRESS + RAM_SIZE - 32, 32);
}

static void teardown(void)
{
    g_unlink(path);
    g_free(path);
    het_segment_free(segment);
    het_segment_remove(segment_path, NULL);
    g_free(segment_path);
    het_soc_free(soc);
}

static gboolean load(guint64 *entry, GError **error)
{
    g_autoptr(HetFirmware) loaded = NULL;

    ck_assert(g_file_set_contents(path, (char *)&image, sizeof(image),
                                  NULL));
    loaded = het_firmware_open(soc, slave, path, error);
    if (loaded && !het_firmware_write(loaded, segment, error)) {
        g_clear_pointer(&loaded, het_firmware_free);
    }
    *entry = loaded ? het_firmware_entry(loaded) : 0;
    return loaded != NULL;
}

static void read_segment(guint64 offset, char *data, gsize size)
{
    ck_assert_int_eq(pread(het_segment_get_fd(segment), data, size, offset),
                     size);
}

static void assert_untouched(void)
{
    gsize size = het_segment_get_size(segment);
    g_autofree char *data = g_malloc(size);
    g_autofree char *zeroes = g_malloc0(size);

    read_segment(0, data, size);
    ck_assert(!memcmp(data, zeroes, size));
}

static void assert_refused(const char *text)
{
    g_autoptr(GError) error = NULL;
    guint64 entry;

    ck_assert(!load(&entry, &error));
    ck_assert(error->domain == HET_ERROR);
    ck_assert_msg(strstr(error->message, text) != NULL, "'%s' not in '%s'",
                  text, error->message);
    ck_assert(strstr(error->message, path) != NULL);
    assert_untouched();
}

START_TEST(test_parts_go_by_physical_address)
{
    g_autoptr(GError) error = NULL;
    guint64 entry = 0;
    char data[32];

    /* The rest of a part is filled with 0, whatever was there. */
    memset(data, 0xff, sizeof(data));
    ck_assert_int_eq(pwrite(het_segment_get_fd(segment), data, 32,
                            RAM_OFFSET + RAM_SIZE - 32), 32);
    ck_assert_msg(load(&entry, &error), "%s", error ? error->message : "");
    ck_assert_uint_eq(entry, 0x101);
    read_segment(CODE_OFFSET + 0x100, data, 16);
    ck_assert_mem_eq(data, image.bytes[0], 16);
    read_segment(RAM_OFFSET + RAM_SIZE - 32, data, 32);
    ck_assert_mem_eq(data, image.bytes[1], 16);
    for (int i = 16; i < 32; i++) {
        ck_assert_int_eq(data[i], 0);
    }
}
END_TEST

static const struct {
    guint32 address;
    guint32 size;
} outside[] = {
    { CODE_SIZE - 15, 16 },
    { CODE_SIZE, 16 },
    { CODE_SIZE - 16, 17 },
    { RAM_ADDRESS - 1, 16 },
    { RAM_ADDRESS, RAM_SIZE + 1 },
    { 0xfffffff0, 16 },
    { 0x100, 0xffffffff },
};

START_TEST(test_part_outside_is_refused)
{
    fill_part(1, outside[_i].address, outside[_i].size);
    assert_refused("does not lie in the slave's windows");
}
END_TEST

START_TEST(test_damaged_headers_are_refused)
{
    image.parts[1].p_filesz = 33;
    assert_refused("damaged");
    fill_part(1, RAM_ADDRESS, 16);
    image.parts[1].p_offset = 0xfffffff0;
    assert_refused("cut short");
    fill_part(1, RAM_ADDRESS, 16);
    image.header.e_phoff = 0xfffff000;
    assert_refused(path);
    image.header.e_phoff = G_STRUCT_OFFSET(Image, parts);
    image.header.e_phnum = 0xfffe;
    assert_refused(path);
}
END_TEST

START_TEST(test_other_files_are_refused)
{
    image.parts[0].p_type = PT_NOTE;
    image.parts[1].p_type = PT_NOTE;
    assert_refused("nothing to load");
    memset(&image, 0, sizeof(image));
    assert_refused("not an ELF file");
}
END_TEST

START_TEST(test_missing_file)
{
    g_autoptr(GError) error = NULL;

    ck_assert(!het_firmware_open(soc, slave, "/nonexistent.elf", &error));
    ck_assert_int_eq(error->code, HET_ERROR_NOT_FOUND);
}
END_TEST

START_TEST(test_truncated_anywhere)
{
    for (gsize size = 0; size < sizeof(image); size++) {
        ck_assert(g_file_set_contents(path, (char *)&image, size, NULL));
        ck_assert(!het_firmware_open(soc, slave, path, NULL));
    }
    assert_untouched();
}
END_TEST

START_TEST(test_who_needs_an_entry)
{
    ck_assert(!het_firmware_needs_entry(slave));
    /* The XML's entry goes before the file's. */
    ck_assert(!het_firmware_needs_entry(het_soc_find_processor(soc, "r5")));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("firmware");
    TCase *tests = tcase_create("load");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_parts_go_by_physical_address);
    tcase_add_loop_test(tests, test_part_outside_is_refused, 0,
                        G_N_ELEMENTS(outside));
    tcase_add_test(tests, test_damaged_headers_are_refused);
    tcase_add_test(tests, test_other_files_are_refused);
    tcase_add_test(tests, test_missing_file);
    tcase_add_test(tests, test_truncated_anywhere);
    tcase_add_test(tests, test_who_needs_an_entry);
    suite_add_tcase(suite, tests);
    return test_run(suite);
}
