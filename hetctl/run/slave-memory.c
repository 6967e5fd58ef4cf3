/*
 * The memory of a running SoC as a slave and its master see it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/slave-memory.h"

#include "util/write-all.h"

void het_slave_memory_init(HetSlaveMemory *memory, const HetSoc *soc,
                           const HetProcessor *slave,
                           const HetSegment *segment)
{
    memory->segment = segment;
    memory->windows[HET_SIDE_SLAVE] = het_soc_get_windows(soc, slave);
    memory->windows[HET_SIDE_MASTER] = het_soc_get_windows(soc, soc->master);
}

void het_slave_memory_clear(HetSlaveMemory *memory)
{
    g_clear_pointer(&memory->windows[HET_SIDE_SLAVE], g_ptr_array_unref);
    g_clear_pointer(&memory->windows[HET_SIDE_MASTER], g_ptr_array_unref);
}

/* The file may have been cut, a mapping would end hetctl then. */
gboolean het_slave_memory_read_segment(const HetSlaveMemory *memory,
                                       guint64 offset, void *buf, gsize size)
{
    return het_segment_require(memory->segment, offset, size, NULL) &&
           !het_read_at(het_segment_get_fd(memory->segment), buf, size,
                        offset);
}

/* Where @address is in the segment, and how much follows there */
static gboolean translate(GPtrArray *windows, guint64 address,
                          guint64 *offset, guint64 *size)
{
    for (guint i = 0; i < windows->len; i++) {
        const HetWindow *w = g_ptr_array_index(windows, i);

        for (guint a = 0; a < w->addresses->len; a++) {
            guint64 start = g_array_index(w->addresses, guint64, a);

            if (address >= start && address - start < w->size) {
                *offset = w->segment_offset + (address - start);
                *size = w->size - (address - start);
                return TRUE;
            }
        }
    }
    return FALSE;
}

static gboolean read_side(void *opaque, HetSide side, guint64 address,
                          void *buf, gsize size)
{
    const HetSlaveMemory *memory = opaque;
    guint8 *to = buf;

    while (size) {
        guint64 offset, left;
        gsize n;

        if (!translate(memory->windows[side], address, &offset, &left)) {
            return FALSE;
        }
        n = MIN(size, left);
        if (!het_slave_memory_read_segment(memory, offset, to, n)) {
            return FALSE;
        }
        to += n;
        address += n;
        size -= n;
    }
    return TRUE;
}

HetSharedMemory het_slave_memory_shared(HetSlaveMemory *memory)
{
    return (HetSharedMemory) { .read = read_side, .opaque = memory };
}
