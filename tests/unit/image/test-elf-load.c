/*
 * Where the parts of an ELF file go: bytes before zeroes, windows side by side
 *
 * The addresses of the first cases are those of reports about real firmware.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <string.h>

#include "data.h"
#include "elf-soc.h"
#include "image/pack.h"

#define LOAD(run, at, bytes, size, seed) \
    { PT_LOAD, (run), (at), (bytes), (size), (seed) }

/* renode/renode#315: what has no bytes lies where the next bytes do. */
static const ElfImagePart nobits_over_table[] = {
    LOAD(FLASH, FLASH, 0x20d4, 0x20d4, 1),
    LOAD(0x20000c00, 0x080020d4, 0x70, 0x70, 2),
    LOAD(CCM, 0x08002144, 8, 8, 3),
    LOAD(0x20000c70, 0x08002144, 0, 0xda4, 0),
    LOAD(0x20001a14, 0x08002144, 0, 0x1a5ec, 0),
    LOAD(0x2001c000, 0x08002144, 0, 0x4000, 0),
    LOAD(0x20020000, 0x08002144, 0, 0x10000, 0),
    LOAD(BACKUP, 0x08002144, 0, 0x1000, 0),
    LOAD(0x0800214c, 0x0800214c, 0xc4, 0xc4, 4),
    LOAD(0x10000008, 0x0800214c, 0, 0xfff8, 0),
    LOAD(SRAM, SRAM, 0, 0xc00, 0),
    { PT_NOTE, 0x080020b0, 0x080020b0, 0, 0x24, 0 },
};

/* OpenAMP/open-amp#550, lowRISC/opentitan#8075: .data and .bss come last. */
static const ElfImagePart data_last[] = {
    LOAD(FLASH, FLASH, 0x108, 0x108, 1),
    LOAD(CCM, 0x08008000, 0x400, 0x400, 5),
    LOAD(SRAM, 0x08000200, 0x100, 0x9000, 6),
};

/* Toradex 28047: only its zeroes, which are for elsewhere, do not fit. */
static const ElfImagePart ends_behind_itcm[] = {
    LOAD(0, 0, 0x108, 0x108, 1),
    LOAD(SRAM, 0x1de78, 0x1000, 0xd5a0, 7),
};

/* OpenAMP/open-amp#552, agra-uni-bremen/riscv-vp#10 */
static const ElfImagePart not_all_load[] = {
    { PT_ARM_EXIDX, 0x08000108, 0x08000108, 0, 8, 0 },
    LOAD(FLASH, FLASH, 0x108, 0x108, 1),
    { PT_TLS, 0, 0, 0, 0, 0 },
    LOAD(0, 0, 0, 0, 0),
    LOAD(0x20000b10, 0x20000b10, 0, 0xcb0, 0),
    LOAD(0x08001200, 0x08001200, 0x100, 0x100, 8),
    { PT_NULL, 0x80000000, 0x80000000, 0, 0x400, 0 },
};

/* arm/arm-toolchain#481: .bss has a load address where there is nothing. */
static const ElfImagePart nobits_nowhere[] = {
    LOAD(FLASH, FLASH, 0x108, 0x108, 1),
    LOAD(SRAM, 0x80000000, 0, 0x400, 0),
};

/* Zeroes where they run, over bytes of others before and behind them */
static const ElfImagePart zeroes_over_bytes[] = {
    LOAD(SRAM + 0x80, SRAM + 0x80, 0x40, 0x40, 1),
    LOAD(SRAM, SRAM, 0x10, 0x200, 2),
    LOAD(SRAM + 0x100, SRAM + 0x100, 0x40, 0x40, 3),
};

/* The same memory at its other address */
static const ElfImagePart zeroes_over_alias[] = {
    LOAD(SRAM + 0x80, SRAM + 0x80, 0x40, 0x40, 1),
    LOAD(ALIAS, ALIAS, 0x10, 0x200, 2),
};

static const ElfImagePart two_windows[] = {
    LOAD(LOW + 0xff00, LOW + 0xff00, 0x200, 0x400, 1),
    LOAD(HIGH + 0xfff0, HIGH + 0xfff0, 0, 0x10, 0),
    LOAD(LOW + 0x8000, LOW + 0x8000, 0, 0x10000, 0),
};

/* What two linkers' parts have in common */
static const ElfImagePart same_bytes[] = {
    LOAD(FLASH, FLASH, 0x200, 0x200, 1),
    LOAD(FLASH, FLASH, 0x200, 0x200, 1),
    /* 255 steps of 7 are a round: the same bytes from 0xff on */
    LOAD(FLASH + 0xff, FLASH + 0xff, 0x200, 0x200, 1),
    LOAD(FLASH, FLASH, 0x80, 0x80, 1),
};

typedef struct {
    const char *name;
    const ElfImagePart *parts;
    guint count;
} Case;

#define CASE(parts) { #parts, parts, G_N_ELEMENTS(parts) }

static const Case cases[] = {
    CASE(nobits_over_table),
    CASE(data_last),
    CASE(ends_behind_itcm),
    CASE(not_all_load),
    CASE(nobits_nowhere),
    CASE(zeroes_over_bytes),
    CASE(zeroes_over_alias),
    CASE(two_windows),
    CASE(same_bytes),
};

static void put_parts(const char *name, const ElfImagePart *parts,
                      guint count)
{
    g_autoptr(GByteArray) image = elf_image_new(parts, count, NULL, 0);

    elf_soc_put(name, image);
}

#define put_case(parts) put_parts("elf", parts, G_N_ELEMENTS(parts))

/* ---- each case ---- */

START_TEST(test_bytes_of_the_file_are_all_there)
{
    const Case *c = &cases[_i];

    put_parts("elf", c->parts, c->count);
    elf_soc_load_valid("elf");
    for (guint i = 0; i < c->count; i++) {
        elf_soc_assert_bytes(&c->parts[i]);
    }
}
END_TEST

/* Whatever loads the packed file, and in the order of its parts */
START_TEST(test_packed_it_is_the_same)
{
    const Case *c = &cases[_i];
    g_autofree char *elf = file_path("elf");
    g_autofree char *packed = file_path("packed");
    g_autofree guint8 *want = NULL;
    g_autofree guint8 *got = NULL;
    g_autofree guint8 *linux_got = NULL;
    g_autoptr(GError) error = NULL;

    put_parts("elf", c->parts, c->count);
    elf_soc_load_valid("elf");
    want = elf_soc_copy();
    ck_assert_msg(het_pack(soc, slave, elf, packed, &error), "%s: %s",
                  c->name, error ? error->message : "");
    elf_soc_load_valid("packed");
    got = elf_soc_copy();
    ck_assert_msg(!memcmp(got, want, elf_soc_size()), "%s", c->name);
    elf_soc_load_as_linux("packed");
    linux_got = elf_soc_copy();
    ck_assert_msg(!memcmp(linux_got, want, elf_soc_size()), "%s", c->name);
}
END_TEST

/* ---- zeroes ---- */

START_TEST(test_zeroes_are_only_where_a_part_runs)
{
    put_case(nobits_over_table);
    elf_soc_load_valid("elf");
    elf_soc_assert_filled(0x08002210, 0x10000, OLD);
    elf_soc_assert_filled(SRAM, 0xc00, 0);
    elf_soc_assert_filled(SRAM + 0xc00, 0x10000, OLD);
    elf_soc_assert_filled(CCM, 0x10000, OLD);
    elf_soc_assert_filled(BACKUP, 0x1000, OLD);
    put_case(data_last);
    elf_soc_load_valid("elf");
    elf_soc_assert_filled(0x08000300, 0x7d00, OLD);
}
END_TEST

START_TEST(test_zeroes_fill_up_between_bytes)
{
    put_case(zeroes_over_bytes);
    elf_soc_load_valid("elf");
    elf_soc_assert_filled(SRAM + 0x10, 0x70, 0);
    elf_soc_assert_filled(SRAM + 0xc0, 0x40, 0);
    elf_soc_assert_filled(SRAM + 0x140, 0xc0, 0);
    elf_soc_assert_filled(SRAM + 0x200, 0x100, OLD);
}
END_TEST

static void assert_parts_refused(const ElfImagePart *parts, guint count,
                                 const char *why)
{
    g_autoptr(GByteArray) image = elf_image_new(parts, count, NULL, 0);

    elf_soc_assert_refused(image, why);
}

START_TEST(test_zeroes_that_do_not_fit_are_told)
{
    const ElfImagePart behind[] = {
        LOAD(FLASH, FLASH, 0x100, 0x100, 1),
        LOAD(0x1de78, 0x1de78, 0x1000, 0xd5a0, 7),
    };
    const ElfImagePart alone[] = {
        LOAD(0x80000000, 0x80000000, 0, 0x400, 0),
    };
    const ElfImagePart bytes_too[] = {
        LOAD(0x1f800, 0x1f800, 0x1000, 0x2000, 7),
    };

    assert_parts_refused(behind, 2, "program header 1: its 0x1000 bytes in "
                         "the file fit at 0x1de78, the 0xc5a0 zeroes behind "
                         "them ('.bss') do not");
    assert_parts_refused(behind, 2, "nothing is mapped at 0x20000");
    assert_parts_refused(alone, 1, "program header 0: it has no bytes in "
                         "the file, only zeroes ('.bss'), and these do not "
                         "fit");
    assert_parts_refused(bytes_too, 1, "program header 0: its part at");
}
END_TEST

/* ---- windows side by side ---- */

START_TEST(test_a_part_spans_windows_side_by_side)
{
    put_case(two_windows);
    elf_soc_load_valid("elf");
    elf_soc_assert_bytes(&two_windows[0]);
    elf_soc_assert_filled(LOW + 0x7fff, 1, OLD);
    elf_soc_assert_filled(LOW + 0x8000, 0x7f00, 0);
    elf_soc_assert_filled(HIGH + 0x100, 0x7f00, 0);
    elf_soc_assert_filled(HIGH + 0x8000, 0x7ff0, OLD);
}
END_TEST

START_TEST(test_a_gap_between_windows_is_refused)
{
    const ElfImagePart behind[] = {
        LOAD(HIGH + 0xff00, HIGH + 0xff00, 0x200, 0x200, 1),
    };
    const ElfImagePart before[] = {
        LOAD(LOW - 0x10, LOW - 0x10, 0x200, 0x200, 1),
    };
    /* Side by side in the segment only */
    const ElfImagePart segment[] = {
        LOAD(CCM + 0xff00, CCM + 0xff00, 0x200, 0x200, 1),
    };

    assert_parts_refused(behind, 1, "nothing is mapped at 0x30020000");
    assert_parts_refused(before, 1, "nothing is mapped at 0x2ffffff0");
    assert_parts_refused(segment, 1, "nothing is mapped at 0x10010000");
}
END_TEST

/* ---- bytes over bytes ---- */

START_TEST(test_different_bytes_name_both_headers)
{
    const ElfImagePart other[] = {
        LOAD(FLASH, FLASH, 0x100, 0x100, 1),
        { PT_NOTE, 0, 0, 0, 4, 0 },
        LOAD(SRAM, FLASH + 0xf0, 0x100, 0x100, 2),
    };
    const ElfImagePart alias[] = {
        LOAD(ALIAS + 0x20, ALIAS + 0x20, 0x20, 0x20, 1),
        LOAD(SRAM, SRAM, 0x30, 0x30, 2),
    };
    const ElfImagePart split[] = {
        LOAD(LOW + 0xff00, LOW + 0xff00, 0x200, 0x200, 1),
        LOAD(HIGH + 0xf0, HIGH + 0xf0, 0x20, 0x20, 1),
    };
    /* The one in between reaches less far. */
    const ElfImagePart far[] = {
        LOAD(FLASH, FLASH, 0x400, 0x400, 1),
        LOAD(FLASH, FLASH, 0x10, 0x10, 1),
        LOAD(FLASH + 0x100, FLASH + 0x100, 0x10, 0x10, 9),
    };

    assert_parts_refused(other, 3, "its program headers 0 (0x8000000-"
                         "0x80000ff) and 2 (0x80000f0-0x80001ef) have "
                         "different bytes for 0x80000f0");
    assert_parts_refused(alias, 2, "its program headers 0 (0x60000020-"
                         "0x6000003f) and 1 (0x20000000-0x2000002f)");
    assert_parts_refused(split, 2, "its program headers 0 (0x3000ff00-"
                         "0x300100ff) and 1 (0x300100f0-0x3001010f)");
    assert_parts_refused(far, 3, "its program headers 0 (0x8000000-"
                         "0x80003ff) and 2 (0x8000100-0x800010f)");
}
END_TEST

/* ---- whatever the parts are ---- */

#define TRIES 100
#define PARTS 6

/* In the order of the reference: zeroes, then bytes; FALSE: refused */
static gboolean model(const ElfImagePart *parts, guint8 *ram, gboolean *taken)
{
    for (guint i = 0; i < PARTS; i++) {
        const ElfImagePart *p = &parts[i];

        if (p->address == p->run_address) {
            memset(ram + p->address - SRAM + p->file_size, 0,
                   p->size - p->file_size);
        }
    }
    for (guint i = 0; i < PARTS; i++) {
        for (guint32 j = 0; j < parts[i].file_size; j++) {
            guint32 at = parts[i].address - SRAM + j;

            if (taken[at] && ram[at] != elf_image_byte(&parts[i], j)) {
                return FALSE;
            }
            taken[at] = TRUE;
            ram[at] = elf_image_byte(&parts[i], j);
        }
    }
    return TRUE;
}

static void make_parts(GRand *rand, ElfImagePart *parts)
{
    for (guint i = 0; i < PARTS; i++) {
        guint32 bytes = g_rand_boolean(rand) ? g_rand_int_range(rand, 0, 40)
                                             : 0;
        guint32 address = SRAM + g_rand_int_range(rand, 0, 200);

        parts[i] = (ElfImagePart) {
            PT_LOAD, g_rand_boolean(rand) ? address : FLASH, address, bytes,
            bytes + g_rand_int_range(rand, 0, 50), 0,
        };
        /* Bytes that overlap are the same, most often. */
        parts[i].seed = (address - SRAM) * 7 % 255 +
                        !g_rand_int_range(rand, 0, 12);
    }
}

/* Other bytes at the same place: chance alone may make none that is refused. */
static void make_conflict(ElfImagePart *parts)
{
    for (guint i = 0; i < 2; i++) {
        parts[i] = (ElfImagePart) { PT_LOAD, SRAM, SRAM, 8, 8, 1 + i };
    }
}

START_TEST(test_random_parts_are_loaded_as_the_reference_says)
{
    guint32 seed = g_random_int();
    GRand *rand = g_rand_new_with_seed(seed);
    guint loaded = 0;

    for (guint i = 0; i < TRIES; i++) {
        ElfImagePart parts[PARTS];
        guint8 ram[0x200];
        gboolean taken[sizeof(ram)] = { FALSE };
        gboolean want;

        make_parts(rand, parts);
        if (i == 0) {
            make_conflict(parts);
        }
        put_parts("elf", parts, PARTS);
        memset(ram, OLD, sizeof(ram));
        want = model(parts, ram, taken);
        if (!want) {
            ck_assert_msg(!elf_soc_load("elf", NULL), "seed %u", seed);
        } else if (elf_soc_load("elf", NULL)) {
            loaded++;
            for (guint j = 0; j < sizeof(ram); j++) {
                elf_soc_assert_filled(SRAM + j, 1, ram[j]);
            }
        } else {
            for (guint j = 0; j < PARTS; j++) {
                ck_assert_msg(!parts[j].file_size &&
                              (parts[j].address != parts[j].run_address ||
                               !parts[j].size), "seed %u", seed);
            }
        }
    }
    g_rand_free(rand);
    ck_assert_msg(loaded > TRIES / 10, "only %u loaded", loaded);
    ck_assert_msg(loaded < TRIES, "nothing refused");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("elf-load");
    TCase *tests = tcase_create("load");

    tcase_add_checked_fixture(tests, elf_soc_begin, elf_soc_end);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, test_bytes_of_the_file_are_all_there, 0,
                        G_N_ELEMENTS(cases));
    tcase_add_loop_test(tests, test_packed_it_is_the_same, 0,
                        G_N_ELEMENTS(cases));
    tcase_add_test(tests, test_zeroes_are_only_where_a_part_runs);
    tcase_add_test(tests, test_zeroes_fill_up_between_bytes);
    tcase_add_test(tests, test_zeroes_that_do_not_fit_are_told);
    tcase_add_test(tests, test_a_part_spans_windows_side_by_side);
    tcase_add_test(tests, test_a_gap_between_windows_is_refused);
    tcase_add_test(tests, test_different_bytes_name_both_headers);
    tcase_add_test(tests,
                   test_random_parts_are_loaded_as_the_reference_says);
    suite_add_tcase(suite, tests);
    return test_run(suite);
}
