/*
 * Which ELF files are loaded, and as what the others are refused
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "data.h"
#include "elf-soc.h"
#include "image/pack.h"

static const ElfImagePart parts[] = {
    { PT_LOAD, FLASH, FLASH, 0x100, 0x100, 1 },
    { PT_LOAD, SRAM, FLASH + 0x100, 0x20, 0x40, 2 },
};

static GByteArray *new_image(void)
{
    return elf_image_new(parts, G_N_ELEMENTS(parts), "a resource table",
                         FLASH);
}

/* ---- fields of the header ---- */

#define FIELD(field, value, why) \
    { G_STRUCT_OFFSET(Elf32_Ehdr, field), \
      sizeof(((Elf32_Ehdr *)0)->field), value, why }
#define IDENT(index, value, why) { index, 1, value, why }

static const struct {
    gsize offset;
    gsize size;
    guint32 value;
    const char *why;
} fields[] = {
    IDENT(EI_CLASS, ELFCLASSNONE, "class 0 is neither 32 nor 64 bits"),
    IDENT(EI_CLASS, 3, "class 3 is neither 32 nor 64 bits"),
    IDENT(EI_DATA, ELFDATA2MSB, "it is big-endian, but the core is "
          "little-endian"),
    IDENT(EI_DATA, ELFDATANONE, "byte order 0"),
    IDENT(EI_VERSION, 2, "version 2"),
    FIELD(e_type, ET_NONE, "no executable, but an ELF file of type 0"),
    FIELD(e_type, ET_REL, "relocatable object file (ET_REL)"),
    FIELD(e_type, ET_CORE, "core file (ET_CORE)"),
    FIELD(e_type, 0xfe00, "no executable, but an ELF file of type 65024"),
    FIELD(e_machine, EM_RISCV, "it is for 32-bit RISC-V, not for a "
          "processor of architecture 'armv7l'"),
    FIELD(e_machine, EM_AARCH64, "it is for 32-bit Arm"),
    FIELD(e_machine, EM_386, "it is for 32-bit x86"),
    FIELD(e_machine, 0x1234, "it is for 32-bit machine 4660"),
    FIELD(e_phentsize, 56, "program headers of 56 bytes each"),
    FIELD(e_phentsize, 0, "program headers of 0 bytes each"),
    FIELD(e_phnum, PN_XNUM, "65535 program headers, more than the 1024 "
          "allowed"),
    FIELD(e_phnum, 0, "nothing to load"),
    FIELD(e_phnum, 1024, "the ELF file is cut short: its program headers"),
    FIELD(e_phoff, 0xfffffff0, "cut short: its program headers"),
    FIELD(e_shoff, 0xfffffff0, "cut short: its section headers"),
    FIELD(e_shnum, 0xffff, "cut short: its section headers"),
};

START_TEST(test_header_is_checked)
{
    g_autoptr(GByteArray) image = new_image();

    /* Both are little-endian. */
    memcpy(image->data + fields[_i].offset, &fields[_i].value,
           fields[_i].size);
    elf_soc_assert_refused(image, fields[_i].why);
}
END_TEST

START_TEST(test_64_bits_are_refused_by_a_core_of_32)
{
    g_autoptr(GByteArray) image = g_byte_array_new();
    Elf64_Ehdr header = {
        .e_ident = {
            ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
            EV_CURRENT,
        },
        .e_type = ET_EXEC, .e_machine = EM_AARCH64, .e_version = EV_CURRENT,
        .e_ehsize = sizeof(header), .e_phentsize = sizeof(Elf64_Phdr),
    };

    g_byte_array_append(image, (const guint8 *)&header, sizeof(header));
    elf_soc_assert_refused(image, "it is for 64-bit Arm, not for a processor "
                           "of architecture 'armv7l'");
    g_byte_array_set_size(image, sizeof(header) - 1);
    elf_soc_assert_refused(image, "the ELF file is cut short");
}
END_TEST

/* U-Boot and OpenSBI are, and relocate themselves. */
START_TEST(test_position_independent_goes_where_it_is_linked_for)
{
    g_autoptr(GByteArray) image = new_image();

    elf_image_header(image)->e_type = ET_DYN;
    elf_soc_put("elf", image);
    elf_soc_load_valid("elf");
    elf_soc_assert_bytes(&parts[0]);
    elf_image_part(image, 1)->p_type = PT_INTERP;
    elf_soc_assert_refused(image, "program header 1: it is a program of an "
                           "operating system");
    elf_image_header(image)->e_type = ET_EXEC;
    elf_soc_assert_refused(image, "it is a program of an operating system");
}
END_TEST

/* ---- program headers ---- */

START_TEST(test_program_headers_are_checked)
{
    g_autoptr(GByteArray) image = new_image();
    Elf32_Phdr *ph = elf_image_part(image, 1);
    const Elf32_Phdr sound = *ph;

    ph->p_filesz = ph->p_memsz + 1;
    elf_soc_assert_refused(image, "program header 1: damaged: 0x41 bytes in "
                           "the file for 0x40 bytes of memory");
    ph->p_memsz = 0;
    elf_soc_assert_refused(image, "program header 1: damaged");
    *ph = sound;
    ph->p_offset = image->len - 0x1f;
    elf_soc_assert_refused(image, "program header 1: the ELF file is cut "
                           "short: its bytes, 0x20 bytes at offset");
    ph->p_offset = G_MAXUINT32;
    elf_soc_assert_refused(image, "cut short");
    *ph = sound;
    ph->p_paddr = 0xffffffff;
    elf_soc_assert_refused(image, "program header 1: its part at 0xffffffff");
    *ph = sound;
    ph->p_memsz = 0xffffffff;
    ph->p_vaddr = ph->p_paddr;
    elf_soc_assert_refused(image, "zeroes behind them ('.bss') do not");
}
END_TEST

/* ---- files that are not all there ---- */

START_TEST(test_cut_short_says_so)
{
    g_autoptr(GByteArray) image = new_image();
    g_autofree char *path = file_path("elf");
    guint len = image->len;

    elf_soc_put("elf", image);
    for (guint size = len - 1; size >= SELFMAG; size--) {
        g_autoptr(GError) error = NULL;

        ck_assert_int_eq(truncate(path, size), 0);
        ck_assert(!het_firmware_open(soc, slave, path, &error));
        if (!strstr(error->message, "the ELF file is cut short: ")) {
            ck_abort_msg("%u of %u bytes: %s", size, len, error->message);
        }
    }
}
END_TEST

/* Each bit turned: it is refused, or loaded and packed, and does no harm. */
START_TEST(test_hostile_files_do_no_harm)
{
    g_autoptr(GByteArray) image = new_image();
    g_autofree char *path = file_path("elf");
    g_autofree char *out = file_path("packed");
    guint packed = 0;
    int fd;

    elf_soc_put("elf", image);
    fd = open(path, O_WRONLY);
    for (guint bit = 0; bit < image->len * 8; bit++) {
        guint8 *byte = &image->data[bit / 8];
        guint8 turned = *byte ^ 1 << bit % 8;

        ck_assert_int_eq(pwrite(fd, &turned, 1, bit / 8), 1);
        packed += het_pack(soc, slave, path, out, NULL);
        ck_assert_int_eq(pwrite(fd, byte, 1, bit / 8), 1);
    }
    close(fd);
    ck_assert_uint_gt(packed, 0);
    ck_assert_uint_lt(packed, image->len * 8);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("elf-header");
    TCase *tests = tcase_create("header");

    tcase_add_checked_fixture(tests, elf_soc_begin, elf_soc_end);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, test_header_is_checked, 0,
                        G_N_ELEMENTS(fields));
    tcase_add_test(tests, test_64_bits_are_refused_by_a_core_of_32);
    tcase_add_test(tests,
                   test_position_independent_goes_where_it_is_linked_for);
    tcase_add_test(tests, test_program_headers_are_checked);
    tcase_add_test(tests, test_cut_short_says_so);
    tcase_add_test(tests, test_hostile_files_do_no_harm);
    suite_add_tcase(suite, tests);
    return test_run(suite);
}
