/*
 * Is a device tree that comes from anywhere sound?
 *
 * fdt_check_full() looks into each block of a tree, and not how these lie to
 * each other. Where two overlap, the tree grows when libfdt moves it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "dt/dtb-check.h"

#include <libfdt.h>
#include <string.h>

#include "util/error.h"

#define FDT_VERSION 17          /* since 2007 */
/* The specification has 31; libfdt looks for the end of each again. */
#define NAME_MAX_LEN 1024
/* hetctl removes all but one, and each removal moves what is behind it. */
#define MEMORY_NODES_MAX 64

typedef struct {
    guint64 start;
    guint64 size;
} Block;

static gboolean fail(GError **error, const char *why)
{
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                "not a sound device tree: %s", why);
    return FALSE;
}

static gboolean check_header(const void *tree, gsize size, GError **error)
{
    int err = size < sizeof(struct fdt_header) || size > HET_DTB_MAX
              ? -FDT_ERR_TRUNCATED : fdt_check_header(tree);

    if (!err && fdt_totalsize(tree) > size) {
        err = -FDT_ERR_TRUNCATED;
    }
    if (err) {
        return fail(error, fdt_strerror(err));
    }
    return fdt_version(tree) >= FDT_VERSION ||
           fail(error, "it is of an old version; dtc makes version 17");
}

static gboolean overlap(const Block *a, const Block *b)
{
    return a->start < b->start + b->size && b->start < a->start + a->size;
}

static gboolean check_blocks(const void *tree, GError **error)
{
    int reserved = fdt_num_mem_rsv(tree);
    const Block blocks[] = {
        { 0, fdt_header_size(tree) },
        { fdt_off_mem_rsvmap(tree),
          (MAX(reserved, 0) + 1ULL) * sizeof(struct fdt_reserve_entry) },
        { fdt_off_dt_struct(tree), fdt_size_dt_struct(tree) },
        { fdt_off_dt_strings(tree), fdt_size_dt_strings(tree) },
    };

    if (reserved < 0) {
        return fail(error, fdt_strerror(reserved));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(blocks); i++) {
        if (blocks[i].start + blocks[i].size > fdt_totalsize(tree)) {
            return fail(error, "a block goes past its end");
        }
        for (gsize j = 0; j < i; j++) {
            if (overlap(&blocks[i], &blocks[j])) {
                return fail(error, "its blocks overlap");
            }
        }
    }
    return TRUE;
}

static gboolean check_names(const void *tree, GError **error)
{
    const char *next = (const char *)tree + fdt_off_dt_strings(tree);
    gsize left = fdt_size_dt_strings(tree);

    while (left) {
        gsize len = strnlen(next, MIN(left, NAME_MAX_LEN));

        if (len == NAME_MAX_LEN) {
            return fail(error, "it has a name of more than 1023 characters");
        }
        len += len < left;
        next += len;
        left -= len;
    }
    return TRUE;
}

static gboolean check_memory_nodes(const void *tree, GError **error)
{
    int node = -1;
    guint n = 0;

    while ((node = fdt_node_offset_by_prop_value(tree, node, "device_type",
                                                 "memory",
                                                 sizeof("memory"))) >= 0) {
        if (++n > MEMORY_NODES_MAX) {
            return fail(error, "it has more than 64 memory nodes");
        }
    }
    return TRUE;
}

gboolean het_dtb_check(const void *tree, gsize size, GError **error)
{
    int err;

    if (!check_header(tree, size, error) || !check_blocks(tree, error) ||
        !check_names(tree, error)) {
        return FALSE;
    }
    err = fdt_check_full(tree, size);
    if (err) {
        return fail(error, fdt_strerror(err));
    }
    return check_memory_nodes(tree, error);
}
