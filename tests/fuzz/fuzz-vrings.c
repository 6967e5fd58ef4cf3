/*
 * Memory of a SoC with a resource table and vrings that a guest has made up
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "rpmsg/tap.h"
#include "rpmsg/vrings.h"

#define BASE 0x10000000u
/* What the slave does not see, the master does */
#define MASTER_BASE 0x20000000u

typedef struct {
    const uint8_t *data;
    size_t size;
} Input;

static gboolean read_input(void *opaque, HetSide side, guint64 address,
                           void *buf, gsize size)
{
    const Input *input = opaque;
    guint64 base = side == HET_SIDE_SLAVE ? BASE : MASTER_BASE;

    if (address < base || address - base >= input->size ||
        size > input->size - (address - base)) {
        return FALSE;
    }
    memcpy(buf, input->data + (address - base), size);
    return TRUE;
}

static void check_text(const char *text)
{
    fuzz_assert(!text || g_utf8_validate(text, -1, NULL));
}

static void check_vdev(const HetVdev *vdev)
{
    g_autofree char *status = het_vdev_status_text(vdev->status);

    check_text(status);
    for (guint i = 0; i < vdev->vrings->len; i++) {
        const HetVring *vring = g_ptr_array_index(vdev->vrings, i);

        fuzz_assert(vring->in_flight <= HET_VRING_NUM_MAX);
        fuzz_assert(vring->messages->len <= HET_VRING_SHOWN_MAX);
    }
    for (guint i = 0; i < vdev->names->len; i++) {
        check_text(((HetRpmsgName *)vdev->names->pdata[i])->name);
    }
    for (guint i = 0; i < vdev->endpoints->len; i++) {
        check_text(((HetRpmsgEndpoint *)vdev->endpoints->pdata[i])->name);
    }
}

static void check_tap(const HetSharedMemory *memory, guint64 table)
{
    g_autoptr(GPtrArray) passed = g_ptr_array_new_with_free_func(
        (GDestroyNotify)het_tap_message_free);
    g_autoptr(HetTap) tap = het_tap_new(memory, table, TRUE);
    guint64 lost = 0;

    het_tap_poll(tap, passed, &lost);
    for (guint i = 0; i < passed->len; i++) {
        const HetTapMessage *message = g_ptr_array_index(passed, i);
        g_autoptr(HetRpmsgName) name = het_tap_announcement(message);

        check_text(name ? name->name : NULL);
        fuzz_assert(g_bytes_get_size(message->bytes) >= 16);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input input = { data, size };
    const HetSharedMemory memory = { .read = read_input, .opaque = &input };
    gsize at = het_vrings_find_table(data, size, 0);
    g_autoptr(HetVrings) vrings = het_vrings_read(&memory, BASE +
                                                  (at < size ? at : 0));

    check_tap(&memory, BASE + (at < size ? at : 0));
    fuzz_assert(vrings->entries->len <= HET_RSC_ENTRIES_MAX);
    for (guint i = 0; i < vrings->entries->len; i++) {
        const HetRscEntry *entry = vrings->entries->pdata[i];

        check_text(entry->name);
        if (entry->vdev) {
            check_vdev(entry->vdev);
        }
    }
    for (guint i = 0; i < vrings->wrong->len; i++) {
        check_text(vrings->wrong->pdata[i]);
    }
    return 0;
}
