/*
 * The messages that pass through the vrings of a slave, seen from outside
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "rpmsg/tap.h"

#include <string.h>

#include "rpmsg/vrings-internal.h"

#define RINGS 2
#define RING_HEAD 4
#define DESC_SIZE 16
#define USED_SIZE 8
/* An index that has gone back: the device was reset between two polls. */
#define GONE_BACK 0x8000

typedef struct {
    gboolean is_known;
    guint16 seen;
} Position;

struct HetTap {
    HetSharedMemory memory;
    guint64 table;
    Position positions[RINGS];
    gboolean was_polled;
    gboolean is_up;
};

void het_tap_message_free(HetTapMessage *message)
{
    g_bytes_unref(message->bytes);
    g_free(message);
}

HetTap *het_tap_new(const HetSharedMemory *memory, guint64 table,
                    gboolean from_begin)
{
    HetTap *tap = g_new0(HetTap, 1);

    tap->was_polled = from_begin;
    tap->memory = *memory;
    tap->table = table;
    return tap;
}

void het_tap_free(HetTap *tap)
{
    g_free(tap);
}

/* Where the slave sees it, else where the master does */
static gboolean read_memory(const HetTap *tap, guint64 address, void *buf,
                            gsize size)
{
    return tap->memory.read(tap->memory.opaque, HET_SIDE_SLAVE, address, buf,
                            size) ||
           tap->memory.read(tap->memory.opaque, HET_SIDE_MASTER, address, buf,
                            size);
}

/* ---- one message ---- */

/* Header and payload; of a message that lies about its length less */
static GBytes *read_message(const HetTap *tap, guint64 address, guint32 size,
                            HetRpmsgHeader *header)
{
    guint8 bytes[HET_RPMSG_HEADER_SIZE];
    g_autofree guint8 *all = NULL;
    gsize n;

    if (size < sizeof(bytes) ||
        !read_memory(tap, address, bytes, sizeof(bytes))) {
        return NULL;
    }
    het_rpmsg_parse_header(bytes, header);
    n = MIN((gsize)header->length + sizeof(bytes), size);
    n = MIN(n, HET_TAP_PAYLOAD_MAX + sizeof(bytes));
    all = g_malloc(n);
    if (!read_memory(tap, address, all, n)) {
        return g_bytes_new(bytes, sizeof(bytes));
    }
    /* Once only: the header that was looked at is the one that is kept. */
    memcpy(all, bytes, sizeof(bytes));
    return g_bytes_new_take(g_steal_pointer(&all), n);
}

static void add_message(const HetTap *tap, const HetVring *vring, guint32 id,
                        guint32 limit, GPtrArray *messages)
{
    HetRpmsgHeader header;
    guint8 desc[DESC_SIZE];
    HetTapMessage *message;
    GBytes *bytes;

    if (id >= vring->num ||
        !read_memory(tap, vring->desc + (guint64)id * DESC_SIZE, desc,
                     sizeof(desc))) {
        return;
    }
    bytes = read_message(tap, het_le64(desc),
                         MIN(het_le32(desc + 8), limit), &header);
    if (!bytes) {
        return;
    }
    message = g_new0(HetTapMessage, 1);
    message->from = vring->index ? HET_SIDE_MASTER : HET_SIDE_SLAVE;
    message->notifyid = vring->notifyid;
    message->header = header;
    message->bytes = bytes;
    g_ptr_array_add(messages, message);
}

/* ---- a ring ---- */

/* Ring 0: what the slave has used.  Ring 1: what the master has made
   available. */
static void add_position(const HetTap *tap, const HetVring *vring,
                         guint16 position, GPtrArray *messages)
{
    guint16 slot = position % vring->num;
    guint8 entry[USED_SIZE];

    if (vring->index == 0) {
        if (read_memory(tap, vring->used + RING_HEAD +
                        (guint64)slot * USED_SIZE, entry, USED_SIZE)) {
            add_message(tap, vring, het_le32(entry), het_le32(entry + 4),
                        messages);
        }
    } else if (read_memory(tap, vring->avail + RING_HEAD + 2 * slot, entry,
                           2)) {
        add_message(tap, vring, het_le16(entry), G_MAXUINT32, messages);
    }
}

static void poll_ring(HetTap *tap, const HetVring *vring, GPtrArray *messages,
                      guint64 *lost)
{
    Position *p = &tap->positions[vring->index];
    guint16 now = vring->index ? vring->avail_index : vring->used_index;
    guint16 passed;

    if (!p->is_known) {
        /* A device that was not there before begins with 0. */
        p->seen = tap->was_polled ? 0 : now;
        p->is_known = TRUE;
    }
    passed = now - p->seen;
    if (passed >= GONE_BACK) {
        p->seen = 0;
        passed = now;
    }
    if (passed > vring->num) {
        *lost += passed - vring->num;
        p->seen = now - vring->num;
    }
    for (; p->seen != now; p->seen++) {
        add_position(tap, vring, p->seen, messages);
    }
}

static const HetVdev *find_vdev(const HetVrings *vrings)
{
    for (guint i = 0; i < vrings->entries->len; i++) {
        const HetRscEntry *entry = g_ptr_array_index(vrings->entries, i);

        if (entry->vdev && entry->vdev->id == HET_VDEV_RPMSG) {
            return entry->vdev;
        }
    }
    return NULL;
}

void het_tap_poll(HetTap *tap, GPtrArray *messages, guint64 *lost)
{
    g_autoptr(HetVrings) vrings = het_vrings_read(&tap->memory, tap->table);
    const HetVdev *vdev = find_vdev(vrings);

    tap->is_up = vdev && (vdev->status & HET_VDEV_DRIVER_OK);
    for (guint i = 0; i < RINGS; i++) {
        const HetVring *vring = tap->is_up && i < vdev->vrings->len
                                ? g_ptr_array_index(vdev->vrings, i) : NULL;

        if (vring && vring->is_read && vring->num) {
            poll_ring(tap, vring, messages, lost);
        } else {
            tap->positions[i].is_known = FALSE;
        }
    }
    tap->was_polled = TRUE;
}

gboolean het_tap_is_up(const HetTap *tap)
{
    return tap->is_up;
}

HetRpmsgName *het_tap_announcement(const HetTapMessage *message)
{
    gsize size;
    const guint8 *bytes = g_bytes_get_data(message->bytes, &size);

    return message->header.destination == HET_RPMSG_NAME_SERVICE
           ? het_rpmsg_parse_name(bytes + HET_RPMSG_HEADER_SIZE,
                                  size - HET_RPMSG_HEADER_SIZE) : NULL;
}
