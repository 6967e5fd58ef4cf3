/*
 * Which symbol an address is, and what is said of a core that sits in a fault
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "image/elf-symbol.h"
#include "image/thumb-bit.h"
#include "run/core-note.h"

#include <elf.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static const char names[] = "\0main\0uart_init\0data\0$t\0bad\nname\0label";

enum { MAIN = 1, UART = 6, DATA = 16, MARK = 21, BAD = 24, LABEL = 33 };

#define SYM(n, v, s, t) { .st_name = n, .st_value = v, .st_size = s, \
                          .st_info = ELF32_ST_INFO(STB_GLOBAL, t), \
                          .st_shndx = 1 }

typedef struct {
    Elf32_Ehdr header;
    Elf32_Shdr sections[3];
    Elf32_Sym symbols[7];
    char names[sizeof(names)];
} Image;

static char *path;
static Image image;

static void setup(void)
{
    image = (Image) {
        .header = {
            .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32,
                         ELFDATA2LSB, EV_CURRENT },
            .e_type = ET_EXEC, .e_machine = EM_ARM, .e_version = EV_CURRENT,
            .e_shoff = G_STRUCT_OFFSET(Image, sections),
            .e_ehsize = sizeof(Elf32_Ehdr),
            .e_shentsize = sizeof(Elf32_Shdr), .e_shnum = 3,
        },
        .sections = {
            { 0 },
            { .sh_type = SHT_SYMTAB, .sh_link = 2,
              .sh_offset = G_STRUCT_OFFSET(Image, symbols),
              .sh_size = sizeof(image.symbols),
              .sh_entsize = sizeof(Elf32_Sym) },
            { .sh_type = SHT_STRTAB,
              .sh_offset = G_STRUCT_OFFSET(Image, names),
              .sh_size = sizeof(names) },
        },
        .symbols = {
            { 0 },
            /* Thumb: the lowest bit is no part of the address. */
            SYM(MAIN, 0x1001, 0x20, STT_FUNC),
            SYM(UART, 0x1021, 0x10, STT_FUNC),
            SYM(MARK, 0x1010, 0, STT_NOTYPE),
            SYM(DATA, 0x1024, 4, STT_OBJECT),
            SYM(BAD, 0x1028, 4, STT_FUNC),
            SYM(LABEL, 0x2000, 0, STT_NOTYPE),
        },
    };
    memcpy(image.names, names, sizeof(names));
    path = g_strdup_printf("%s/hetctl-core-%d.elf", g_get_tmp_dir(),
                           (int)getpid());
}

static void teardown(void)
{
    g_unlink(path);
    g_clear_pointer(&path, g_free);
}

static void write_image(gsize size)
{
    ck_assert(g_file_set_contents(path, (const char *)&image, size, NULL));
}

static void assert_symbol(guint64 address, const char *want)
{
    g_autofree char *text = het_elf_symbol(path, address);

    if (want) {
        ck_assert_pstr_eq(text, want);
    } else {
        ck_assert_ptr_null(text);
    }
}

START_TEST(test_nearest_symbol)
{
    write_image(sizeof(image));
    assert_symbol(0xfff, NULL);
    assert_symbol(0x1000, "main+0x0");
    assert_symbol(0x1012, "main+0x12");
    assert_symbol(0x1020, "uart_init+0x0");
    assert_symbol(0x102a, "uart_init+0xa");
    assert_symbol(0x1030, NULL);
    assert_symbol(0x2004, "label+0x4");
    assert_symbol(0x20000000, NULL);
    assert_symbol(G_MAXUINT64, NULL);
}
END_TEST

START_TEST(test_hostile_elf)
{
    assert_symbol(0x1000, NULL);
    for (gsize size = 0; size < sizeof(image); size++) {
        g_autofree char *text = NULL;

        write_image(size);
        text = het_elf_symbol(path, 0x1000);
    }
    image.symbols[1].st_name = G_MAXUINT32;
    image.symbols[2].st_size = G_MAXUINT32;
    write_image(sizeof(image));
    assert_symbol(0x1000, NULL);
    image.sections[1].sh_link = 77;
    write_image(sizeof(image));
    assert_symbol(0x1022, NULL);
    image.sections[1].sh_size = G_MAXUINT32;
    write_image(sizeof(image));
    assert_symbol(0x1022, NULL);
}
END_TEST

START_TEST(test_not_a_file)
{
    ck_assert_ptr_null(het_elf_symbol("/dev/null", 0));
    ck_assert_ptr_null(het_elf_symbol("/", 0));
    ck_assert_ptr_null(het_elf_symbol("/nonexistent/file", 0));
}
END_TEST

static const struct {
    guint16 code[6];
    int halfwords;
    int bit;
} bits[] = {
    { { 0x6801, 0x05c9, 0xd5fc }, 3, 8 },           /* ldr; lsls r1, #23 */
    { { 0x6803, 0xf413, 0x7f80 }, 3, 8 },           /* tst.w r3, #256 */
    { { 0x6803, 0xf013, 0x0f02 }, 3, 1 },           /* tst.w r3, #2 */
    { { 0x6803, 0xf003, 0x4300 }, 3, 31 },          /* and r3, #1 << 31 */
    { { 0xf8d4, 0x5020, 0xf3c5, 0x0540 }, 4, 1 },   /* ldr.w; ubfx r5, 1, 1 */
    { { 0x6803, 0xbf00, 0xf013, 0x0f10 }, 4, 4 },   /* with a nop */
    { { 0x6803, 0xf013, 0x0f03 }, 3, -1 },          /* two bits */
    { { 0x6803, 0x05d1, 0xd5fc }, 3, -1 },          /* another register */
    { { 0xbf00, 0x05c9 }, 2, -1 },                  /* no load */
    { { 0x6801 }, 1, -1 },
    { { 0x6803, 0xf413 }, 2, -1 },                  /* half an instruction */
    { { 0 }, 0, -1 },
};

START_TEST(test_tested_bit)
{
    guint8 code[12];

    for (int i = 0; i < bits[_i].halfwords; i++) {
        code[2 * i] = bits[_i].code[i];
        code[2 * i + 1] = bits[_i].code[i] >> 8;
    }
    ck_assert_int_eq(het_thumb_tested_bit(code, 2 * bits[_i].halfwords),
                     bits[_i].bit);
}
END_TEST

/* ---- notes ---- */

static HetStubInfo rcc = { .id = (char *)"rcc", .type = HET_STUB_STUB,
                           .address = 0x50000000, .size = 0x1000 };
static HetStubInfo nothing = { .id = (char *)"unassigned",
                               .type = HET_STUB_UNASSIGNED };

static void add_access(HetStubInfo *stub, guint64 address, guint64 reads,
                       guint64 order)
{
    const HetStubAccess access = {
        .address = address, .reads = reads, .has_pc = TRUE, .pc = 0x1022,
        .order = order,
    };

    g_array_append_val(stub->accesses, access);
}

static HetCores *make_cores(HetCoreFault *fault)
{
    HetCores *cores = g_new0(HetCores, 1);
    HetCoreInfo *core = g_new0(HetCoreInfo, 1);

    cores->firmware = g_strdup(path);
    cores->cores = g_ptr_array_new_with_free_func(g_free);
    cores->stubs = g_ptr_array_new();
    core->fault = fault;
    g_ptr_array_add(cores->cores, core);
    rcc.accesses = g_array_new(FALSE, TRUE, sizeof(HetStubAccess));
    nothing.accesses = g_array_new(FALSE, TRUE, sizeof(HetStubAccess));
    g_ptr_array_add(cores->stubs, &rcc);
    g_ptr_array_add(cores->stubs, &nothing);
    return cores;
}

static void free_cores(HetCores *cores)
{
    het_cores_free(cores);
    g_array_unref(rcc.accesses);
    g_array_unref(nothing.accesses);
}

static void assert_notes(const HetCores *cores, const char *want)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *text = NULL;

    het_core_note_add(cores, texts);
    g_ptr_array_add(texts, NULL);
    text = g_strjoinv("; ", (char **)texts->pdata);
    ck_assert_str_eq(text, want);
}

START_TEST(test_note_of_fault)
{
    g_autoptr(GPtrArray) causes = g_ptr_array_new();
    HetCoreFault fault = {
        .exception = (char *)"HardFault", .pc = 0x1022, .lr = 0x1005,
        .has_address = TRUE, .address = 0x44000000, .repeats = 1,
        .causes = causes,
    };
    HetCores *cores = make_cores(&fault);

    write_image(sizeof(image));
    g_ptr_array_add(causes, (char *)"escalated to HardFault");
    g_ptr_array_add(causes, (char *)"precise data bus error");
    add_access(&rcc, 0x50000020, 1, 1);
    /* Handlers that lead on are no matter. */
    assert_notes(cores, "");
    fault.stuck = TRUE;
    assert_notes(cores, "HardFault at PC 0x00001022 (uart_init+0x2), LR "
                 "0x00001005 (main+0x5): escalated to HardFault, precise data "
                 "bus error, address 0x44000000, first unmodelled access "
                 "rcc+0x20 at PC 0x00001022 (uart_init+0x2)");

    /* What has nothing behind it is worth more than a stub. */
    add_access(&nothing, 0x44000000, 1, 2);
    g_ptr_array_set_size(causes, 0);
    fault.repeats = 1000;
    g_clear_pointer(&cores->firmware, g_free);
    assert_notes(cores, "HardFault at PC 0x00001022, LR 0x00001005, 1000 "
                 "times: address 0x44000000, first unmodelled access "
                 "0x44000000 at PC 0x00001022");
    free_cores(cores);
}
END_TEST

START_TEST(test_note_of_poll)
{
    HetCores *cores = make_cores(NULL);

    write_image(sizeof(image));
    add_access(&rcc, 0x50000020, HET_POLL_READS, 1);
    assert_notes(cores, "");
    add_access(&rcc, 0x50000024, HET_POLL_READS + 1, 2);
    assert_notes(cores, "polls rcc+0x24: 1000001 reads, the first at PC "
                 "0x00001022 (uart_init+0x2)");
    free_cores(cores);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core");
    TCase *tests = tcase_create("symbols and notes");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_nearest_symbol);
    tcase_add_test(tests, test_hostile_elf);
    tcase_add_test(tests, test_not_a_file);
    tcase_add_loop_test(tests, test_tested_bit, 0, G_N_ELEMENTS(bits));
    tcase_add_test(tests, test_note_of_fault);
    tcase_add_test(tests, test_note_of_poll);
    suite_add_tcase(suite, tests);
    return test_run(suite);
}
