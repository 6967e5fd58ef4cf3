/*
 * What a slave boots from: a firmware, or a kernel with its device tree and
 * initrd
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/firmware.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chip/machine.h"
#include "dt/overlay.h"
#include "image/boot-dtb.h"
#include "image/elf-file.h"
#include "image/elf-load.h"
#include "image/resource-table.h"
#include "image/riscv-boot.h"
#include "soc/soc-machine.h"
#include "util/error.h"

#define PAGE 4096
#define DTB_ALIGN 8

struct HetFirmware {
    const HetSoc *soc;
    const HetProcessor *slave;
    char *path;
    int kernel_fd;
    int initrd_fd;
    int loader_fd;
    HetElfFile *elf;            /* what the kernel is, or NULL */
    guint64 entry;
    guint32 resource_table;
    HetLoadPlan *pieces;
};

void het_firmware_free(HetFirmware *image)
{
    if (!image) {
        return;
    }
    het_elf_file_free(image->elf);
    if (image->kernel_fd >= 0) {
        close(image->kernel_fd);
    }
    if (image->initrd_fd >= 0) {
        close(image->initrd_fd);
    }
    if (image->loader_fd >= 0) {
        close(image->loader_fd);
    }
    het_load_plan_free(image->pieces);
    g_free(image->path);
    g_free(image);
}

static int open_file(const char *path, guint64 *size, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;

    if (fd < 0) {
        int saved = errno;

        g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND, "%s",
                    g_strerror(saved));
        return -1;
    }
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED, "not a file");
        close(fd);
        return -1;
    }
    *size = st.st_size;
    return fd;
}

/* ---- the kernel ---- */

static gboolean add_raw(HetFirmware *image, guint64 size, GError **error)
{
    const HetLoadPiece piece = {
        .kind = HET_LOAD_PIECE_KERNEL, .address = image->slave->entry,
        .size = size, .fd = image->kernel_fd, .file_size = size,
    };

    if (!size) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "there is nothing to load in it");
        return FALSE;
    }
    image->entry = image->slave->entry;
    return het_load_plan_add(image->pieces, &piece, error);
}

static gboolean check_loader(const HetFirmware *image,
                             const HetMachine *machine, GError **error)
{
    if (machine->loader_align && het_riscv_needs_loader(image->kernel_fd)) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "a Linux for RISC-V does not run without SBI; name "
                    "OpenSBI's fw_dynamic.bin as <loader> in its <os>");
        return FALSE;
    }
    return TRUE;
}

static gboolean add_elf(HetFirmware *image, GError **error)
{
    image->elf = het_elf_file_open(image->kernel_fd, image->slave, error);
    if (!image->elf) {
        return FALSE;
    }
    image->entry = het_elf_file_get_entry(image->elf);
    return het_elf_load(image->pieces, image->elf, error);
}

/* What is no ELF file, does not say where it wants to be. */
static gboolean add_kernel(HetFirmware *image, GError **error)
{
    const HetProcessor *slave = image->slave;
    const HetMachine *machine = het_machine_find(slave->arch,
                                                 slave->machine);
    guint64 size;

    image->kernel_fd = open_file(image->path, &size, error);
    if (image->kernel_fd < 0) {
        return FALSE;
    }
    if (slave->loader) {
        image->entry = het_soc_start_address(slave);
        return het_riscv_add_kernel(image->pieces, slave, image->kernel_fd,
                                    size, error);
    }
    if (het_elf_is_elf(image->kernel_fd)) {
        image->resource_table = het_resource_table_find(image->kernel_fd);
        return add_elf(image, error);
    }
    if (machine->has_ram && slave->has_entry) {
        return check_loader(image, machine, error) &&
               add_raw(image, size, error);
    }
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED, "not an ELF file%s",
                strcmp(slave->machine, "het-m")
                ? "; another one needs <boot entry=>, where it is put" : "");
    return FALSE;
}

/* ---- what a kernel wants besides ---- */

static gboolean add_loader(HetFirmware *image, GError **error)
{
    const char *path = image->slave->loader;
    guint64 size;

    if (!path) {
        return TRUE;
    }
    image->loader_fd = open_file(path, &size, error);
    if (image->loader_fd < 0 ||
        !het_riscv_add_loader(image->pieces, image->slave, image->loader_fd,
                              size, error)) {
        g_prefix_error(error, "loader '%s': ", path);
        return FALSE;
    }
    return TRUE;
}

static gboolean place_initrd(HetFirmware *image, HetBootDtb *values,
                             guint64 size, GError **error)
{
    HetLoadPiece piece = {
        .kind = HET_LOAD_PIECE_INITRD, .size = size, .fd = image->initrd_fd,
        .file_size = size,
    };

    if (!size) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED, "it is empty");
        return FALSE;
    }
    if (!het_load_plan_find_place(image->pieces, values->ram_start,
                                  values->ram_start + values->ram_size, size,
                                  PAGE, &piece.address)) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "there is no room for its 0x%" G_GINT64_MODIFIER "x "
                    "bytes in the RAM beside kernel and device tree", size);
        return FALSE;
    }
    values->initrd_start = piece.address;
    values->initrd_end = piece.address + size;
    return het_load_plan_add(image->pieces, &piece, error);
}

static gboolean add_initrd(HetFirmware *image, HetBootDtb *values,
                           GError **error)
{
    const char *path = image->slave->initrd;
    guint64 size;

    if (!path) {
        return TRUE;
    }
    image->initrd_fd = open_file(path, &size, error);
    if (image->initrd_fd < 0 || !place_initrd(image, values, size, error)) {
        g_prefix_error(error, "initrd '%s': ", path);
        return FALSE;
    }
    return TRUE;
}

static gboolean add_tree(HetFirmware *image, GBytes *tree, GError **error)
{
    const HetLoadPiece piece = {
        .kind = HET_LOAD_PIECE_DTB, .address = image->slave->dtb, .data = tree,
        .size = g_bytes_get_size(tree) +
                (image->slave->loader ? HET_RISCV_DTB_ROOM : 0),
    };

    if (piece.address % DTB_ALIGN) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "<boot dtb=> is not a multiple of %d", DTB_ALIGN);
        return FALSE;
    }
    return het_load_plan_add(image->pieces, &piece, error);
}

/*
 * The tree is filled twice, to the same size: the initrd is placed beside it,
 * and the tree says where that is.
 */
static gboolean add_tree_and_initrd(HetFirmware *image, GBytes *source,
                                    HetBootDtb *values, GError **error)
{
    g_autoptr(GBytes) draft = het_boot_dtb_fill(source, values, error);
    g_autoptr(GBytes) tree = NULL;

    if (!draft || !add_tree(image, draft, error)) {
        g_prefix_error(error, "device tree: ");
        return FALSE;
    }
    if (!add_initrd(image, values, error)) {
        return FALSE;
    }
    tree = het_boot_dtb_fill(source, values, error);
    if (tree) {
        het_load_plan_replace_data(image->pieces, HET_LOAD_PIECE_DTB, tree);
    }
    return tree != NULL;
}

static gboolean add_rest(HetFirmware *image, GError **error)
{
    const HetProcessor *slave = image->slave;
    HetBootDtb values = {
        .cmdline = slave->cmdline, .has_initrd = slave->initrd != NULL,
    };
    g_autoptr(GBytes) source = NULL;

    if (!slave->kernel || !slave->has_dtb) {
        return TRUE;
    }
    values.ram_size = het_processor_ram_size(image->soc, slave);
    values.ram_start = values.ram_size ? het_processor_ram_base(slave) : 0;
    values.no_pcie = !slave->dtb_file &&
                     het_overlay_hides_pcie(image->soc, slave);
    source = het_boot_dtb_open(slave, values.ram_size, error);
    return source && add_tree_and_initrd(image, source, &values, error);
}

static gboolean open_all(HetFirmware *image, gboolean is_kernel,
                         GError **error)
{
    if (!add_kernel(image, error)) {
        g_prefix_error(error, "%s '%s': ", is_kernel ? "kernel" : "firmware",
                       image->path);
        return FALSE;
    }
    return add_loader(image, error) && add_rest(image, error);
}

HetFirmware *het_firmware_open(const HetSoc *soc, const HetProcessor *slave,
                               const char *path, GError **error)
{
    g_autoptr(HetFirmware) image = g_new0(HetFirmware, 1);

    image->soc = soc;
    image->slave = slave;
    image->kernel_fd = image->initrd_fd = image->loader_fd = -1;
    image->pieces = het_load_plan_new(soc, slave);
    image->path = g_strdup(path ?: slave->kernel);
    if (!image->path) {
        g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                    "its XML has no <kernel>; --firmware names a file");
        return NULL;
    }
    return open_all(image, !path, error) ? g_steal_pointer(&image) : NULL;
}

gboolean het_firmware_write(const HetFirmware *image,
                            const HetSegment *segment, GError **error)
{
    if (het_load_plan_write(image->pieces, segment, error)) {
        return TRUE;
    }
    g_prefix_error(error, "firmware '%s': ", image->path);
    return FALSE;
}

const char *het_firmware_path(const HetFirmware *image)
{
    return image->path;
}

guint64 het_firmware_entry(const HetFirmware *image)
{
    return image->entry;
}

guint32 het_firmware_resource_table(const HetFirmware *image)
{
    return image->resource_table;
}

const HetElfFile *het_firmware_elf(const HetFirmware *image)
{
    return image->elf;
}

const HetLoadPlan *het_firmware_plan(const HetFirmware *image)
{
    return image->pieces;
}

gboolean het_firmware_runs_emulator(const HetProcessor *slave)
{
    return slave->kernel && slave->has_dtb && !slave->dtb_file;
}

gboolean het_firmware_needs_entry(const HetProcessor *slave)
{
    return !slave->has_entry && strcmp(slave->machine, "het-m");
}
