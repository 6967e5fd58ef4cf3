/*
 * What 'hetctl pack' keeps of an ELF file: its resource table
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <string.h>

#include "data.h"
#include "elf-soc.h"
#include "image/pack.h"

#define TABLE "a table of resources, of 33 bytes"
#define TABLE_ADDRESS (FLASH + 0x40)

static const ElfImagePart parts[] = {
    { PT_LOAD, FLASH, FLASH, 0x100, 0x100, 1 },
    { PT_LOAD, SRAM, SRAM, 0x20, 0x40, 2 },
};

static GByteArray *new_image(const char *table)
{
    return elf_image_new(parts, G_N_ELEMENTS(parts), table, TABLE_ADDRESS);
}

static gboolean pack(GByteArray *image, char **data, gsize *size,
                     GError **error)
{
    g_autofree char *path = file_path("elf");
    g_autofree char *packed = file_path("packed");

    elf_soc_put("elf", image);
    if (!het_pack(soc, slave, path, packed, error)) {
        ck_assert(!g_file_test(packed, G_FILE_TEST_EXISTS));
        return FALSE;
    }
    ck_assert(g_file_get_contents(packed, data, size, NULL));
    return TRUE;
}

/* As Linux' remoteproc looks for it; NULL: there is none */
static const Elf32_Shdr *find_table(const char *data, gsize size)
{
    const Elf32_Ehdr *header = (const Elf32_Ehdr *)data;
    const Elf32_Shdr *sections = (const Elf32_Shdr *)(data + header->e_shoff);
    const char *names;

    ck_assert_uint_ge(size, header->e_shoff + sizeof(Elf32_Shdr));
    names = header->e_shnum ? data + sections[header->e_shstrndx].sh_offset
                            : NULL;
    for (guint i = 0; i < header->e_shnum; i++) {
        if (!strcmp(names + sections[i].sh_name, ".resource_table")) {
            ck_assert_uint_le((guint64)sections[i].sh_offset +
                              sections[i].sh_size, size);
            return &sections[i];
        }
    }
    return NULL;
}

START_TEST(test_resource_table_is_kept)
{
    g_autoptr(GByteArray) image = new_image(TABLE);
    g_autofree char *data = NULL;
    g_autoptr(GError) error = NULL;
    const Elf32_Shdr *table;
    gsize size;

    ck_assert_msg(pack(image, &data, &size, &error), "%s",
                  error ? error->message : "");
    table = find_table(data, size);
    ck_assert_ptr_nonnull(table);
    ck_assert_uint_eq(table->sh_type, SHT_PROGBITS);
    ck_assert_uint_eq(table->sh_addr, TABLE_ADDRESS);
    ck_assert_uint_eq(table->sh_size, strlen(TABLE));
    ck_assert_mem_eq(data + table->sh_offset, TABLE, strlen(TABLE));
    ck_assert_uint_eq(elf_image_header(image)->e_flags,
                      ((const Elf32_Ehdr *)data)->e_flags);
}
END_TEST

START_TEST(test_packed_again_it_is_still_there)
{
    g_autoptr(GByteArray) image = new_image(TABLE);
    g_autoptr(GByteArray) again = g_byte_array_new();
    g_autofree char *once = NULL;
    g_autofree char *twice = NULL;
    gsize size, size_again;

    ck_assert(pack(image, &once, &size, NULL));
    g_byte_array_append(again, (const guint8 *)once, size);
    ck_assert(pack(again, &twice, &size_again, NULL));
    ck_assert_uint_eq(size, size_again);
    ck_assert_mem_eq(once, twice, size);
}
END_TEST

START_TEST(test_none_is_made_up)
{
    g_autoptr(GByteArray) image = new_image(NULL);
    g_autofree char *data = NULL;
    gsize size;

    ck_assert(pack(image, &data, &size, NULL));
    ck_assert_uint_eq(((const Elf32_Ehdr *)data)->e_shnum, 0);
    ck_assert_ptr_null(find_table(data, size));
}
END_TEST

static void assert_pack_refused(GByteArray *image, const char *why)
{
    g_autofree char *data = NULL;
    g_autoptr(GError) error = NULL;
    gsize size;

    ck_assert(!pack(image, &data, &size, &error));
    ck_assert_msg(strstr(error->message, "section '.resource_table': ") !=
                  NULL, "%s", error->message);
    ck_assert_msg(strstr(error->message, why) != NULL, "'%s' not in '%s'",
                  why, error->message);
}

START_TEST(test_damaged_tables_are_refused)
{
    g_autoptr(GByteArray) image = new_image(TABLE);
    Elf32_Shdr *table = (Elf32_Shdr *)
        find_table((const char *)image->data, image->len);
    const Elf32_Shdr sound = *table;

    table->sh_offset = image->len - strlen(TABLE) + 1;
    assert_pack_refused(image, "cut short");
    table->sh_offset = G_MAXUINT32;
    assert_pack_refused(image, "cut short");
    *table = sound;
    table->sh_size = G_MAXUINT32;
    assert_pack_refused(image, "too many");
    *table = sound;
    table->sh_type = SHT_NOBITS;
    assert_pack_refused(image, "no bytes in the file");
    *table = sound;
    table->sh_size = 0;
    assert_pack_refused(image, "no bytes in the file");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("elf-pack");
    TCase *tests = tcase_create("pack");

    tcase_add_checked_fixture(tests, elf_soc_begin, elf_soc_end);
    tcase_add_test(tests, test_resource_table_is_kept);
    tcase_add_test(tests, test_packed_again_it_is_still_there);
    tcase_add_test(tests, test_none_is_made_up);
    tcase_add_test(tests, test_damaged_tables_are_refused);
    suite_add_tcase(suite, tests);
    return test_run(suite);
}
