/*
 * The resource table of a firmware: where it is found, and what is none
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "image/resource-table.h"

#include <elf.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define ADDRESS 0x10020000

static const char names[] = "\0.resource_table\0.other\0.names";

#define TABLE_NAME 1
#define OTHER_NAME 17
#define NAMES_NAME 24

/* An ELF file with three sections: the table, another, their names */
static struct {
    Elf32_Ehdr header;
    Elf32_Shdr sections[4];
    guint32 table[8];
    char names[sizeof(names)];
} image;

static char *path;

static void setup(void)
{
    path = g_strdup_printf("%s/hetctl-rt-%d.elf", g_get_tmp_dir(),
                           (int)getpid());
    memset(&image, 0, sizeof(image));
    memcpy(image.header.e_ident, ELFMAG, SELFMAG);
    image.header.e_ident[EI_CLASS] = ELFCLASS32;
    image.header.e_ident[EI_DATA] = ELFDATA2LSB;
    image.header.e_ident[EI_VERSION] = EV_CURRENT;
    image.header.e_type = ET_EXEC;
    image.header.e_machine = EM_ARM;
    image.header.e_version = EV_CURRENT;
    image.header.e_shoff = G_STRUCT_OFFSET(typeof(image), sections);
    image.header.e_ehsize = sizeof(Elf32_Ehdr);
    image.header.e_shentsize = sizeof(Elf32_Shdr);
    image.header.e_shnum = 4;
    image.header.e_shstrndx = 3;
    image.sections[1] = (Elf32_Shdr) {
        .sh_name = OTHER_NAME, .sh_type = SHT_PROGBITS, .sh_addr = 0x100,
        .sh_offset = G_STRUCT_OFFSET(typeof(image), table), .sh_size = 32,
    };
    image.sections[2] = image.sections[1];
    image.sections[2].sh_name = TABLE_NAME;
    image.sections[2].sh_addr = ADDRESS;
    image.sections[3] = (Elf32_Shdr) {
        .sh_name = NAMES_NAME, .sh_type = SHT_STRTAB,
        .sh_offset = G_STRUCT_OFFSET(typeof(image), names),
        .sh_size = sizeof(names),
    };
    image.table[0] = GUINT32_TO_LE(1);
    memcpy(image.names, names, sizeof(names));
}

static void teardown(void)
{
    g_unlink(path);
    g_free(path);
}

static guint32 find(gsize size)
{
    guint32 address;
    FILE *file;

    ck_assert(g_file_set_contents(path, (char *)&image, size, NULL));
    file = g_fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    address = het_resource_table_find(fileno(file));
    fclose(file);
    return address;
}

START_TEST(test_found_by_name)
{
    ck_assert_uint_eq(find(sizeof(image)), ADDRESS);
    image.names[TABLE_NAME] = 'x';
    ck_assert_uint_eq(find(sizeof(image)), 0);
}
END_TEST

START_TEST(test_what_linux_takes)
{
    image.table[0] = GUINT32_TO_LE(2);
    ck_assert_uint_eq(find(sizeof(image)), 0);
    image.table[0] = GUINT32_TO_LE(1);
    image.sections[2].sh_size = 15;
    ck_assert_uint_eq(find(sizeof(image)), 0);
    image.sections[2].sh_size = 16;
    ck_assert_uint_eq(find(sizeof(image)), ADDRESS);
    image.sections[2].sh_type = SHT_NOBITS;
    ck_assert_uint_eq(find(sizeof(image)), 0);
}
END_TEST

START_TEST(test_hostile)
{
    image.sections[2].sh_offset = 0xfffffff0;
    ck_assert_uint_eq(find(sizeof(image)), 0);
    image.sections[2].sh_offset = G_STRUCT_OFFSET(typeof(image), table);
    image.sections[2].sh_size = 0xffffffff;
    ck_assert_uint_eq(find(sizeof(image)), 0);
    image.sections[2].sh_name = 0xffffffff;
    ck_assert_uint_eq(find(sizeof(image)), 0);
    image.header.e_shstrndx = 77;
    ck_assert_uint_eq(find(sizeof(image)), 0);
}
END_TEST

START_TEST(test_truncated_anywhere)
{
    for (gsize size = 0; size < G_STRUCT_OFFSET(typeof(image), names);
         size++) {
        ck_assert_uint_eq(find(size), 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("resource-table");
    TCase *tests = tcase_create("find");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_found_by_name);
    tcase_add_test(tests, test_what_linux_takes);
    tcase_add_test(tests, test_hostile);
    tcase_add_test(tests, test_truncated_anywhere);
    suite_add_tcase(suite, tests);
    return test_run(suite);
}
