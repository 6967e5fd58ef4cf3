/*
 * A device tree: refused, or sound when hetctl has written into it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "fuzz.h"

#include <libfdt.h>
#include <string.h>

#include "image/boot-dtb.h"

/* The last byte says what is written into it. */
static HetBootDtb values_of(guint8 choice)
{
    return (HetBootDtb){
        .cmdline = choice & 1 ? "console=ttyAMA0 quiet" : NULL,
        .ram_start = choice & 2 ? 0x40000000 : 0x8000000000ull,
        .ram_size = 0x1000000,
        .has_initrd = choice & 4,
        .initrd_start = 0x41000000,
        .initrd_end = 0x41100000,
        .no_pcie = choice & 8,
    };
}

static void check_tree(GBytes *tree)
{
    gsize size;
    const void *fdt = g_bytes_get_data(tree, &size);
    g_autofree void *copy = g_memdup2(fdt, size);

    fuzz_assert(fdt_totalsize(copy) == size);
    fuzz_assert(fdt_check_full(copy, size) == 0);
    fuzz_assert(fdt_path_offset(copy, "/chosen") >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HetBootDtb values = values_of(size ? data[size - 1] : 0);
    g_autoptr(GBytes) in = g_bytes_new(data, size ? size - 1 : 0);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) out = het_boot_dtb_fill(in, &values, &error);

    fuzz_assert_either(out, error);
    if (out) {
        check_tree(out);
    }
    return 0;
}
