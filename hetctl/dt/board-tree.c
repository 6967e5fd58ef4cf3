/*
 * The device tree of a master that is a board's
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "dt/board-tree.h"

#include "dt/board-fit.h"
#include "dt/dtb-check.h"
#include "dt/overlay.h"
#include "soc/soc-complain.h"
#include "util/fdt-read.h"
#include "util/read-beneath.h"

/* What fdt_overlay_apply() writes besides both trees */
#define ROOM 4096

/* ---- files ---- */

static const char *hint(const char *data, gsize size)
{
    return size >= sizeof(fdt32_t) &&
           fdt32_ld((const fdt32_t *)data) == FDT_MAGIC
           ? "" : "; 'dtc -@ -I dts -O dtb' makes one of a source file";
}

static GBytes *open_tree(const char *what, const char *path,
                         HetXmlLocation at, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autofree char *data = NULL;
    HetFileId id;
    gsize size;

    if (!het_read_beneath("/", path, HET_DTB_MAX, &data, &size, &id,
                          &reason)) {
        FAIL(at, "%s '%s': %s", what, path,
             g_error_matches(reason, G_FILE_ERROR, G_FILE_ERROR_NOSPC)
             ? "it has more than 2 MiB" : reason->message);
        return NULL;
    }
    if (!het_dtb_check(data, size, &reason)) {
        FAIL(at, "%s '%s': %s%s", what, path, reason->message,
             hint(data, size));
        return NULL;
    }
    return g_bytes_new_take(g_steal_pointer(&data), size);
}

/* ---- overlays ---- */

/* A label that the overlay refers to and the tree does not have, or NULL */
static const char *missing_label(const void *tree, const void *overlay)
{
    int fixups = fdt_path_offset(overlay, "/__fixups__");
    int symbols = fdt_path_offset(tree, "/__symbols__");
    int property;

    if (fixups < 0) {
        return NULL;
    }
    fdt_for_each_property_offset(property, overlay, fixups) {
        const char *label;

        fdt_getprop_by_offset(overlay, property, &label, NULL);
        if (label && (symbols < 0 ||
                      !fdt_getprop(tree, symbols, label, NULL))) {
            return label;
        }
    }
    return NULL;
}

/* The path of a fragment that the tree does not have, or NULL */
static const char *missing_path(const void *tree, const void *overlay)
{
    int fragment;

    fdt_for_each_subnode(fragment, overlay, 0) {
        const char *path = het_fdt_string(overlay, fragment, "target-path");

        if (path && fdt_path_offset(tree, path) < 0) {
            return path;
        }
    }
    return NULL;
}

static char *explain(const void *tree, const void *overlay, int err)
{
    const char *label = missing_label(tree, overlay);
    const char *path = missing_path(tree, overlay);

    if (label) {
        return g_strdup_printf("the tree has no label '%.64s'%s", label,
                               fdt_path_offset(tree, "/__symbols__") < 0
                               ? ", nor any other: it was made without dtc's "
                                 "-@; use target-path" : "");
    }
    if (path) {
        return g_strdup_printf("the tree has no node '%.128s'", path);
    }
    return g_strdup(fdt_strerror(err));
}

/* Both are changed by it, so it gets copies. NULL: @err says why. */
static GBytes *apply(GBytes *tree, GBytes *overlay, int *err)
{
    gsize tree_size, overlay_size;
    const void *base = g_bytes_get_data(tree, &tree_size);
    const void *over = g_bytes_get_data(overlay, &overlay_size);
    gsize room = tree_size + 2 * overlay_size + ROOM;
    g_autofree char *copy = g_memdup2(over, overlay_size);
    g_autofree char *result = g_malloc0(room);

    *err = fdt_open_into(base, result, room) ?:
           fdt_overlay_apply(result, copy) ?: fdt_pack(result);
    if (*err) {
        return NULL;
    }
    room = fdt_totalsize(result);
    return g_bytes_new_take(g_steal_pointer(&result), room);
}

/* Replaces @tree. */
static gboolean apply_file(GBytes **tree, const HetOverlayFile *file,
                           GError **error)
{
    g_autoptr(GBytes) overlay = open_tree("overlay", file->path, file->at,
                                          error);
    g_autoptr(GBytes) result = NULL;
    g_autofree char *why = NULL;
    int err;

    if (!overlay) {
        return FALSE;
    }
    result = apply(*tree, overlay, &err);
    if (!result) {
        why = explain(g_bytes_get_data(*tree, NULL),
                      g_bytes_get_data(overlay, NULL), err);
        return FAIL(file->at, "overlay '%s' does not apply to the device "
                    "tree: %s", file->path, why);
    }
    g_bytes_unref(*tree);
    *tree = g_steal_pointer(&result);
    return TRUE;
}

static gboolean apply_files(GBytes **tree, const HetProcessor *master,
                            GError **error)
{
    for (guint i = 0; i < master->overlays->len; i++) {
        if (!apply_file(tree, master->overlays->pdata[i], error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* ---- nodes of ours ---- */

static gboolean node_address(const HetFdtPath *path, guint64 *address)
{
    guint64 size;

    return het_fdt_reg(path, 0, address, &size) &&
           het_fdt_translate(path, address);
}

static void note_registers(GHashTable *addresses, const HetFdtPath *path)
{
    guint32 phandle = fdt_get_phandle(path->fdt, het_fdt_path_node(path));
    guint64 address;

    if (node_address(path, &address) &&
        !g_hash_table_lookup(addresses, &address)) {
        g_hash_table_insert(addresses, g_memdup2(&address, sizeof(address)),
                            GUINT_TO_POINTER(phandle));
    }
}

static void look_at(HetOverlayBoard *board, const void *tree)
{
    HetFdtPath path;

    board->tree = tree;
    board->address_cells = CLAMP(het_fdt_u32(tree, 0, "#address-cells", 2),
                                 1, 2);
    board->size_cells = CLAMP(het_fdt_u32(tree, 0, "#size-cells", 1), 1, 2);
    het_fdt_path_init(&path, tree);
    while (het_fdt_path_next(&path)) {
        note_registers(board->addresses, &path);
        if (!board->gic &&
            het_fdt_gic_version(tree, het_fdt_path_node(&path))) {
            board->gic = fdt_get_phandle(tree, het_fdt_path_node(&path));
        }
    }
}

/* A remote processor whose core the tree has not */
static const HetRemoteproc *next_of_ours(const HetSoc *soc,
                                         const HetOverlayBoard *board,
                                         guint *i)
{
    while (*i < soc->remoteprocs->len) {
        const HetRemoteproc *r = soc->remoteprocs->pdata[(*i)++];

        if (!het_overlay_has_core(r, board->tree, board->addresses)) {
            return r;
        }
    }
    return NULL;
}

/* Is it of a mailbox or boot control to which a core of ours will refer? */
static gboolean is_referred(const HetSoc *soc, const HetOverlayBoard *board,
                            guint64 address)
{
    const HetRemoteproc *r;
    guint i = 0;

    while ((r = next_of_ours(soc, board, &i)) != NULL) {
        const HetEndpoint *e = het_idm_find_endpoint(
            het_soc_find_idm(soc, r->mailbox), soc->master->name);

        if (address == r->address || address == e->address) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Nodes that nothing in the tree refers to have no phandle. */
static int add_phandles(void *tree, const HetSoc *soc,
                        const HetOverlayBoard *board)
{
    HetFdtPath path;
    guint32 last;
    int err = fdt_find_max_phandle(tree, &last);

    het_fdt_path_init(&path, tree);
    while (!err && het_fdt_path_next(&path)) {
        int node = het_fdt_path_node(&path);
        guint64 address;

        if (!fdt_get_phandle(tree, node) && node_address(&path, &address) &&
            is_referred(soc, board, address)) {
            err = fdt_setprop_u32(tree, node, "phandle", ++last);
        }
    }
    return err;
}

/* Replaces @tree when a core of ours wants to refer to nodes of it. */
static int prepare(GBytes **tree, const HetSoc *soc, HetOverlayBoard *board)
{
    gsize room = g_bytes_get_size(*tree) + ROOM;
    g_autofree char *result = NULL;
    guint i = 0;
    int err;

    look_at(board, g_bytes_get_data(*tree, NULL));
    if (!next_of_ours(soc, board, &i)) {
        return 0;
    }
    result = g_malloc0(room);
    err = fdt_open_into(board->tree, result, room) ?:
          add_phandles(result, soc, board) ?: fdt_pack(result);
    if (err) {
        return err;
    }
    room = fdt_totalsize(result);
    g_bytes_unref(*tree);
    *tree = g_bytes_new_take(g_steal_pointer(&result), room);
    g_hash_table_remove_all(board->addresses);
    look_at(board, g_bytes_get_data(*tree, NULL));
    return 0;
}

static gboolean takes_no_nodes(const HetSoc *soc, int err, GError **error)
{
    return FAIL(soc->master->dtb_file_at, "device tree '%s' takes no nodes "
                "for the soc: %s", soc->master->dtb_file, fdt_strerror(err));
}

static gboolean apply_ours(GBytes **tree, const HetSoc *soc, GError **error)
{
    g_autoptr(GHashTable) addresses =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    HetOverlayBoard board = { .addresses = addresses };
    g_autoptr(GBytes) overlay = NULL;
    GBytes *result;
    int err = prepare(tree, soc, &board);

    if (err) {
        return takes_no_nodes(soc, err, error);
    }
    if (!het_overlay_build_for_board(soc, &board, &overlay, error)) {
        return FALSE;
    }
    if (!overlay) {
        return TRUE;
    }
    result = apply(*tree, overlay, &err);
    if (!result) {
        return takes_no_nodes(soc, err, error);
    }
    g_bytes_unref(*tree);
    *tree = result;
    return TRUE;
}

GBytes *het_board_tree_build(const HetSoc *soc, GError **error)
{
    const HetProcessor *master = soc->master;
    g_autoptr(GBytes) tree = open_tree("device tree", master->dtb_file,
                                       master->dtb_file_at, error);

    if (!tree || !apply_files(&tree, master, error) ||
        !het_board_fit(soc, g_bytes_get_data(tree, NULL), error) ||
        !apply_ours(&tree, soc, error)) {
        return NULL;
    }
    return g_steal_pointer(&tree);
}

gboolean het_board_tree_check(const HetSoc *soc, GError **error)
{
    g_autoptr(GBytes) tree = NULL;

    if (!soc->master->dtb_file) {
        return TRUE;
    }
    tree = het_board_tree_build(soc, error);
    return tree != NULL;
}
