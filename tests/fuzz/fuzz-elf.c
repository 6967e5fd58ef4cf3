/*
 * A firmware: loaded, packed, loaded again, looked into for symbols
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "fuzz.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "image/elf-symbol.h"
#include "image/elf-write.h"
#include "image/firmware.h"
#include "image/resource-table.h"
#include "util/write-all.h"

/* A Cortex-M, and a RISC-V that a loader starts */
static const char soc_xml[] =
    "<soc><name>fuzz</name><memory name='a'>64</memory>"
    "<memory name='b'>64</memory><memory name='m' unit='MiB'>64</memory>"
    "<master name='p'><os><type arch='armv7l' machine='het-m'/>"
    "<kernel>k</kernel></os><map memory='a' address='0'/></master>"
    "<slave name='m4'><os><type arch='armv7l' machine='het-m'/></os>"
    "<map memory='a' address='0'/><map memory='b' address='0x10000'/>"
    "<map memory='b' address='0x20000000'/></slave>"
    "<slave name='a53'><os><type arch='aarch64' machine='virt'/></os>"
    "<map memory='m' address='0x40000000'/></slave>"
    "<slave name='rv'><os><type arch='riscv64' machine='virt'/></os>"
    "<boot entry='0x80200000'/>"
    "<map memory='m' address='0x80000000'/></slave></soc>";

static HetSoc *soc;

static char *path_of(int fd)
{
    return g_strdup_printf("/proc/self/fd/%d", fd);
}

static int make_file(const void *data, gsize size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    fuzz_assert(fd >= 0 && het_write_all(fd, data, size, NULL));
    return fd;
}

/* What pack writes, boot loads. */
static void check_pack(const HetFirmware *image, const HetProcessor *slave)
{
    int fd = make_file("", 0);
    g_autofree char *path = path_of(fd);
    g_autoptr(GError) error = NULL;
    g_autoptr(HetFirmware) again = NULL;
    gboolean ok = het_elf_write(het_firmware_plan(image), slave,
                                het_firmware_entry(image),
                                het_firmware_elf(image), fd, &error);

    fuzz_assert_either(ok, error);
    if (ok) {
        again = het_firmware_open(soc, slave, path, &error);
        fuzz_assert_either(again, error);
        fuzz_assert(again);
        fuzz_assert(het_load_plan_count(het_firmware_plan(again)) ==
                    het_load_plan_count(het_firmware_plan(image)));
    }
    close(fd);
}

static void check_slave(const HetProcessor *slave, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HetFirmware) image = het_firmware_open(soc, slave, path,
                                                     &error);

    fuzz_assert_either(image, error);
    if (image) {
        check_pack(image, slave);
    }
}

static void check_symbols(const char *path)
{
    static const guint64 addresses[] = { 0, 0x100, 0x10001, G_MAXUINT64 };

    for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++) {
        g_autofree char *text = het_elf_symbol(path, addresses[i]);
        guint8 bytes[64];

        fuzz_assert(!text || g_str_is_ascii(text));
        fuzz_assert(het_elf_read(path, addresses[i], bytes,
                                 sizeof(bytes)) <= sizeof(bytes));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = make_file(data, size);
    g_autofree char *path = path_of(fd);

    if (!soc) {
        soc = het_soc_parse_string(soc_xml, -1, "/", "fuzz.xml", NULL);
        fuzz_assert(soc && het_soc_validate(soc, HET_SOC_VALIDATE_NO_FILES,
                                            NULL));
    }
    for (guint i = 0; i < soc->slaves->len; i++) {
        check_slave(soc->slaves->pdata[i], path);
    }
    het_resource_table_find(fd);
    check_symbols(path);
    close(fd);
    return 0;
}
