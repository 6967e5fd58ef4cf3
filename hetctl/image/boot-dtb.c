/*
 * The device tree of a slave's operating system
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/boot-dtb.h"

#include <libfdt.h>
#include <string.h>

#include "chip/machine.h"
#include "domain/machine-dtb.h"
#include "dt/dtb-check.h"
#include "util/error.h"
#include "util/read-beneath.h"

/* For what hetctl writes, the command line apart */
#define ROOM 1024
/* For what a boot loader or the kernel wants to add */
#define PADDING 4096

static gboolean fail(GError **error, int err, const char *what)
{
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED, "%s: %s", what,
                fdt_strerror(err));
    return FALSE;
}

static GBytes *read_file(const char *path, GError **error)
{
    g_autoptr(GError) failure = NULL;
    HetFileId id;
    char *data;
    gsize size;

    if (het_read_beneath("/", path, HET_DTB_MAX, &data, &size, &id,
                         &failure)) {
        return g_bytes_new_take(data, size);
    }
    g_set_error(error, HET_ERROR,
                g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT)
                ? HET_ERROR_NOT_FOUND : HET_ERROR_FAILED, "%s",
                failure->message);
    return NULL;
}

GBytes *het_boot_dtb_open(const HetProcessor *slave, guint64 ram,
                          GError **error)
{
    GBytes *tree;

    if (!slave->dtb_file) {
        return het_machine_dtb(slave, ram, error);
    }
    tree = read_file(slave->dtb_file, error);
    if (!tree) {
        g_prefix_error(error, "device tree '%s': ", slave->dtb_file);
    }
    return tree;
}

/* ---- what is written into it; each returns 0 or an error of libfdt ---- */

static int chosen_node(void *fdt)
{
    int node = fdt_path_offset(fdt, "/chosen");

    return node == -FDT_ERR_NOTFOUND ? fdt_add_subnode(fdt, 0, "chosen")
                                     : node;
}

static int set_chosen(void *fdt, const HetBootDtb *v)
{
    int node = chosen_node(fdt);
    int err = MIN(node, 0);

    if (!err && v->cmdline) {
        err = fdt_setprop_string(fdt, node, "bootargs", v->cmdline);
    }
    if (!err && v->has_initrd) {
        err = fdt_setprop_u64(fdt, node, "linux,initrd-start",
                              v->initrd_start) ?:
              fdt_setprop_u64(fdt, node, "linux,initrd-end", v->initrd_end);
    }
    return err;
}

static int find_memory(const void *fdt, int after)
{
    return fdt_node_offset_by_prop_value(fdt, after, "device_type", "memory",
                                         sizeof("memory"));
}

static int add_memory(void *fdt, guint64 start)
{
    g_autofree char *name = g_strdup_printf("memory@%" G_GINT64_MODIFIER "x",
                                            start);
    int node = fdt_add_subnode(fdt, 0, name);

    return node < 0 ? node
                    : fdt_setprop_string(fdt, node, "device_type",
                                         "memory") ?: node;
}

/* One memory node, which is the RAM window; others are not there. */
static int set_memory(void *fdt, const HetBootDtb *v)
{
    int node = find_memory(fdt, -1);
    int other;

    if (node == -FDT_ERR_NOTFOUND) {
        node = add_memory(fdt, v->ram_start);
    }
    if (node < 0) {
        return node;
    }
    while ((other = find_memory(fdt, node)) >= 0) {
        int err = fdt_del_node(fdt, other);

        if (err) {
            return err;
        }
    }
    fdt_delprop(fdt, node, "reg");
    return fdt_appendprop_addrrange(fdt, 0, node, "reg", v->ram_start,
                                    v->ram_size);
}

static int set_pcie(void *fdt, const HetBootDtb *v)
{
    int node = v->no_pcie ? fdt_path_offset(fdt, HET_ARM_VIRT_PCIE_NODE)
                          : -FDT_ERR_NOTFOUND;

    return node < 0 ? 0 : fdt_setprop_string(fdt, node, "status", "disabled");
}

/* Bytes that it has with all that is written into it */
static gsize room_for(const void *tree, const HetBootDtb *values)
{
    return fdt_totalsize(tree) + ROOM + PADDING +
           (values->cmdline ? strlen(values->cmdline) : 0);
}

static int fill(void *fdt, gsize size, const void *tree,
                const HetBootDtb *values)
{
    /* Memory nodes that go may be called "chosen@0". */
    return fdt_open_into(tree, fdt, size) ?: set_memory(fdt, values) ?:
           set_chosen(fdt, values) ?: set_pcie(fdt, values) ?:
           fdt_pack(fdt);
}

GBytes *het_boot_dtb_fill(GBytes *tree, const HetBootDtb *values,
                          GError **error)
{
    gsize size;
    const void *data = g_bytes_get_data(tree, &size);
    g_autofree void *fdt = NULL;
    gsize room;
    int err;

    if (!het_dtb_check(data, size, error)) {
        return NULL;
    }
    room = room_for(data, values);
    fdt = g_malloc0(room);
    err = fill(fdt, room, data, values);
    if (!err) {
        size = fdt_totalsize(fdt) + PADDING;
        err = size <= room ? fdt_open_into(fdt, fdt, size)
                           : -FDT_ERR_NOSPACE;
    }
    if (err) {
        fail(error, err, "cannot write into the device tree");
        return NULL;
    }
    return g_bytes_new_take(g_steal_pointer(&fdt), size);
}
