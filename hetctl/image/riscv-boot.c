/*
 * How a Linux for RISC-V starts: in supervisor mode, by an SBI firmware
 *
 * The kernel's header and what it expects: Linux,
 * Documentation/arch/riscv/boot-image-header.rst and boot.rst. What the
 * firmware expects: OpenSBI, docs/firmware/fw_dynamic.md and
 * include/sbi/fw_dynamic.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/riscv-boot.h"

#include <string.h>
#include <unistd.h>

#include "soc/soc-machine.h"
#include "image/elf-file.h"

#define X64 "0x%" G_GINT64_MODIFIER "x"

/* The header of an Image, little-endian */
#define HEADER_SIZE 64
#define TEXT_OFFSET 0x08
#define IMAGE_SIZE 0x10
#define FLAGS 0x18
#define FLAG_BIG_ENDIAN 1
#define MAGIC2 0x38

/*
 * What fw_dynamic.bin has not in it but takes behind it: its bss, and heap and
 * stacks for as many cores as there may be; with that it rounds up to a power
 * of 2 what it protects.
 */
#define LOADER_ROOM 0x80000

#define INFO_MAGIC 0x4942534f   /* "OSBI" */
#define INFO_VERSION 2
#define INFO_MODE_S 1

G_GNUC_PRINTF(2, 3)
static gboolean fail(GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_propagate_error(error, g_error_new_valist(HET_ERROR, HET_ERROR_FAILED,
                                                format, args));
    va_end(args);
    return FALSE;
}

/* ---- the kernel ---- */

typedef struct {
    guint8 bytes[HEADER_SIZE];  /* what the file does not have is 0 */
} Header;

static void header_read(Header *header, int fd)
{
    memset(header, 0, sizeof(*header));
    if (pread(fd, header->bytes, HEADER_SIZE, 0) != HEADER_SIZE) {
        memset(header, 0, sizeof(*header));
    }
}

static gboolean header_has(const Header *header, gsize offset,
                           const char *bytes, gsize size)
{
    return !memcmp(header->bytes + offset, bytes, size);
}

static guint64 header_u64(const Header *header, gsize offset)
{
    guint64 value;

    memcpy(&value, header->bytes + offset, sizeof(value));
    return GUINT64_FROM_LE(value);
}

static gboolean header_is_image(const Header *header)
{
    return header_has(header, MAGIC2, "RSC\x05", 4);
}

gboolean het_riscv_needs_loader(int fd)
{
    Header header;

    header_read(&header, fd);
    /* One for machine mode, which calls no SBI, begins at offset 0. */
    return header_is_image(&header) && header_u64(&header, TEXT_OFFSET);
}

static gboolean check_format(const Header *header, int fd, GError **error)
{
    if (het_elf_is_elf(fd)) {
        return fail(error, "an ELF file, but a <loader> starts a kernel's "
                    "Image; take arch/riscv/boot/Image of its build");
    }
    if (header_has(header, 0, "\x1f\x8b", 2)) {
        return fail(error, "compressed with gzip; unpack it with gunzip");
    }
    if (header_has(header, 0, "MZ\0\0zimg", 8)) {
        return fail(error, "an EFI program with the kernel compressed in it "
                    "(zboot); take arch/riscv/boot/Image of its build");
    }
    if (!header_is_image(header)) {
        return fail(error, "not a Linux for RISC-V, which has 'RSC' and a "
                    "byte 5 at 0x%x; a <loader> starts nothing else", MAGIC2);
    }
    return TRUE;
}

static gboolean check_header(const Header *header, const HetProcessor *slave,
                             GError **error)
{
    guint64 ram = het_processor_ram_base(slave);
    guint64 offset = header_u64(header, TEXT_OFFSET);

    if (header_u64(header, FLAGS) & FLAG_BIG_ENDIAN) {
        return fail(error, "big-endian, but the core is little-endian; take "
                    "a little-endian kernel");
    }
    if (!header_u64(header, IMAGE_SIZE)) {
        return fail(error, "its header does not say how much memory it "
                    "needs; take arch/riscv/boot/Image of its build");
    }
    if (!offset) {
        return fail(error, "for machine mode, without SBI; remove the "
                    "<loader>");
    }
    if (slave->entry < ram || slave->entry - ram < offset) {
        return fail(error, "it must be " X64 " bytes or more from the start "
                    "of the RAM at " X64 "; <boot entry=> is " X64, offset,
                    ram, slave->entry);
    }
    return TRUE;
}

gboolean het_riscv_add_kernel(HetLoadPlan *pieces, const HetProcessor *slave,
                              int fd, guint64 file_size, GError **error)
{
    HetLoadPiece piece = {
        .kind = HET_LOAD_PIECE_KERNEL, .address = slave->entry, .fd = fd,
        .file_size = file_size,
    };
    Header header;

    header_read(&header, fd);
    piece.size = MAX(header_u64(&header, IMAGE_SIZE), file_size);
    return check_format(&header, fd, error) &&
           check_header(&header, slave, error) &&
           het_load_plan_add(pieces, &piece, error);
}

/* ---- the firmware ---- */

static void add_u32(GByteArray *bytes, guint32 value)
{
    value = GUINT32_TO_LE(value);
    g_byte_array_append(bytes, (const guint8 *)&value, sizeof(value));
}

/* A word of the core: unsigned long */
static void add_word(GByteArray *bytes, gboolean wide, guint64 value)
{
    add_u32(bytes, value);
    if (wide) {
        add_u32(bytes, value >> 32);
    }
}

/*
 * Where the first core starts in machine mode, with its number in a0 and the
 * device tree in a1: the firmware wants a struct fw_dynamic_info in a2 besides.
 */
static GBytes *make_stub(gboolean wide, guint64 loader, guint64 kernel)
{
    GByteArray *stub = g_byte_array_new();

    add_u32(stub, 0x00000617);          /* auipc a2, 0 */
    add_u32(stub, wide ? 0x01063283     /* ld t0, 16(a2) */
                       : 0x01062283);   /* lw t0, 16(a2) */
    add_u32(stub, wide ? 0x01860613     /* addi a2, a2, 24 */
                       : 0x01460613);   /* addi a2, a2, 20 */
    add_u32(stub, 0x00028067);          /* jr t0 */
    add_word(stub, wide, loader);
    add_word(stub, wide, INFO_MAGIC);
    add_word(stub, wide, INFO_VERSION);
    add_word(stub, wide, kernel);       /* next_addr */
    add_word(stub, wide, INFO_MODE_S);  /* next_mode */
    add_word(stub, wide, 0);            /* options */
    add_word(stub, wide, 0);            /* boot_hart */
    return g_byte_array_free_to_bytes(stub);
}

static gboolean add_stub(HetLoadPlan *pieces, const HetProcessor *slave,
                         guint64 loader, GError **error)
{
    g_autoptr(GBytes) stub = make_stub(!strcmp(slave->arch, "riscv64"),
                                       loader, slave->entry);
    const HetLoadPiece piece = {
        .kind = HET_LOAD_PIECE_STUB, .address = het_soc_start_address(slave),
        .size = HET_SOC_PAGE_SIZE, .data = stub,
    };

    if (het_load_plan_add(pieces, &piece, error)) {
        return TRUE;
    }
    g_prefix_error(error, "the page before the kernel, where the core "
                   "starts: ");
    return FALSE;
}

gboolean het_riscv_add_loader(HetLoadPlan *pieces, const HetProcessor *slave,
                              int fd, guint64 file_size, GError **error)
{
    /* There the machine's ROM sends the other cores, which wait in it. */
    const HetLoadPiece piece = {
        .kind = HET_LOAD_PIECE_LOADER,
        .address = het_processor_ram_base(slave),
        .size = file_size + LOADER_ROOM, .fd = fd, .file_size = file_size,
    };

    if (!file_size) {
        return fail(error, "it is empty");
    }
    if (het_elf_is_elf(fd)) {
        return fail(error, "an ELF file; take OpenSBI's fw_dynamic.bin");
    }
    return het_load_plan_add(pieces, &piece, error) &&
           add_stub(pieces, slave, piece.address, error);
}
