/*
 * A ring of a virtio device that the master drives: a split virtqueue
 *
 * Ring 0 goes to the master, which fills it with empty buffers. Ring 1 goes to
 * the slave.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "rpmsg/vrings-internal.h"

#define DESC_SIZE 16
#define DESC_F_NEXT 1
#define DESC_F_WRITE 2
#define DESC_F_INDIRECT 4
/* Flags and index before the entries, an index behind them */
#define RING_HEAD 4
#define RING_TAIL 2
#define USED_SIZE 8
#define ALIGN_MAX 65536

typedef struct {
    const HetVringsReader *r;
    HetVdev *vdev;
    HetVring *vring;
    guint8 *bytes;              /* of the whole ring, read at once */
    gboolean is_ordered;        /* buffers were given back in their order */
} Ring;

typedef struct {
    guint64 address;
    guint32 size;
    guint16 flags;
} Descriptor;

void het_vring_free(HetVring *vring)
{
    g_ptr_array_unref(vring->messages);
    g_free(vring);
}

static guint16 avail_entry(const Ring *ring, guint16 position)
{
    return het_le16(ring->bytes + (ring->vring->avail - ring->vring->desc) +
                    RING_HEAD + 2 * (position % ring->vring->num));
}

static const guint8 *used_entry(const Ring *ring, guint16 position)
{
    return ring->bytes + (ring->vring->used - ring->vring->desc) + RING_HEAD +
           USED_SIZE * (gsize)(position % ring->vring->num);
}

static gboolean is_power_of_two(guint32 number)
{
    return number && !(number & (number - 1));
}

/* What the table says of it is possible. */
static gboolean lay_out(const HetVringsReader *r, HetVring *v,
                        const char *name)
{
    if (v->da == HET_RSC_ADDRESS_ANY || (v->da == 0 && v->num == 0)) {
        het_vrings_complain(r, "%s has no address yet: the master has not set "
                            "it up", name);
        return FALSE;
    }
    if (!is_power_of_two(v->num) || v->num > HET_VRING_NUM_MAX) {
        het_vrings_complain(r, "%s: %u buffers; it must be a power of two, "
                            "at most %d", name, v->num, HET_VRING_NUM_MAX);
        return FALSE;
    }
    if (!is_power_of_two(v->align) || v->align > ALIGN_MAX) {
        het_vrings_complain(r, "%s: alignment 0x%x; it must be a power of "
                            "two, at most 0x%x", name, v->align, ALIGN_MAX);
        return FALSE;
    }
    v->desc = v->da;
    v->avail = v->desc + (guint64)v->num * DESC_SIZE;
    v->used = v->avail + RING_HEAD + 2 * (guint64)v->num + RING_TAIL;
    /* Linux aligns the distance, not the address. */
    v->used = v->desc + ((v->used - v->desc + v->align - 1) &
                         ~((guint64)v->align - 1));
    v->size = v->used + RING_HEAD + (guint64)v->num * USED_SIZE + RING_TAIL -
              v->desc;
    return TRUE;
}

static gboolean read_ring(Ring *ring, const char *name)
{
    HetVring *v = ring->vring;
    gboolean is_masters;

    ring->bytes = g_malloc(v->size);
    if (het_vrings_read_bytes(ring->r, HET_SIDE_SLAVE, v->desc, ring->bytes,
                              v->size)) {
        return TRUE;
    }
    is_masters = het_vrings_read_bytes(ring->r, HET_SIDE_MASTER, v->desc,
                                       ring->bytes, v->size);
    het_vrings_complain(ring->r, "%s at " X64 " with " X64 " bytes is not in "
                        "memory that the slave sees%s", name, v->desc,
                        v->size, is_masters ? ", only the master" : "");
    return is_masters;
}

static gboolean get_descriptor(const Ring *ring, guint16 id, Descriptor *d)
{
    const guint8 *bytes = ring->bytes + (gsize)id * DESC_SIZE;

    if (id >= ring->vring->num) {
        return FALSE;
    }
    d->address = het_le64(bytes);
    d->size = het_le32(bytes + 8);
    d->flags = het_le16(bytes + 12);
    return TRUE;
}

/* The header in a buffer, and which side sees the buffer there */
static gboolean read_header(const HetVringsReader *r, guint64 address,
                            HetRpmsgHeader *header, HetSide *side)
{
    guint8 bytes[HET_RPMSG_HEADER_SIZE];

    for (*side = HET_SIDE_SLAVE; *side <= HET_SIDE_MASTER; (*side)++) {
        if (het_vrings_read_bytes(r, *side, address, bytes, sizeof(bytes))) {
            het_rpmsg_parse_header(bytes, header);
            return TRUE;
        }
    }
    return FALSE;
}

/* A buffer whose start the slave sees may still end outside. */
static gboolean check_buffer(const Ring *ring, const Descriptor *d,
                             guint16 id, HetSide side, gboolean is_seen)
{
    guint8 last;

    if (is_seen && side == HET_SIDE_SLAVE && d->size &&
        d->address <= G_MAXUINT64 - (d->size - 1) &&
        het_vrings_read_bytes(ring->r, side, d->address + d->size - 1, &last,
                              1)) {
        return TRUE;
    }
    het_vrings_complain(ring->r, "vdev %u, vring %u: buffer %u is at an "
                        "address that the slave does not see: " X64 " with "
                        "%u bytes%s", ring->vdev->index, ring->vring->index,
                        id, d->address, d->size, is_seen &&
                        side == HET_SIDE_MASTER ? " (the master sees it)"
                        : "");
    return FALSE;
}

static void check_descriptor(const Ring *ring, const Descriptor *d,
                             guint16 id)
{
    gboolean is_for_writing = ring->vring->index == 0;
    gboolean is_writable = (d->flags & DESC_F_WRITE) != 0;

    if (d->flags & (DESC_F_NEXT | DESC_F_INDIRECT)) {
        het_vrings_complain(ring->r, "vdev %u, vring %u: buffer %u is a "
                            "chain of descriptors, of which rpmsg has none",
                            ring->vdev->index, ring->vring->index, id);
    } else if (is_writable != is_for_writing) {
        het_vrings_complain(ring->r, "vdev %u, vring %u: buffer %u is for the "
                            "slave to %s, the ring is for the slave to %s",
                            ring->vdev->index, ring->vring->index, id,
                            is_for_writing ? "read" : "write",
                            is_for_writing ? "write" : "read");
    }
}

static void check_length(const Ring *ring, const HetRpmsgMessage *m,
                         guint32 room)
{
    guint64 need = (guint64)m->header.length + HET_RPMSG_HEADER_SIZE;

    if (need > room) {
        het_vrings_complain(ring->r, "vdev %u, vring %u: the message in "
                            "buffer %u says %u bytes, its buffer has room "
                            "for %u", ring->vdev->index, ring->vring->index,
                            m->descriptor, m->header.length,
                            room > HET_RPMSG_HEADER_SIZE
                            ? room - HET_RPMSG_HEADER_SIZE : 0);
    }
}

/* @used: bytes that the slave has written, of ring 0 */
static void add_message(Ring *ring, guint16 id, const guint32 *used)
{
    HetRpmsgMessage *m;
    HetSide side = HET_SIDE_SLAVE;
    Descriptor d;

    if (!get_descriptor(ring, id, &d)) {
        het_vrings_complain(ring->r, "vdev %u, vring %u: buffer %u is in the "
                            "ring, which has %u", ring->vdev->index,
                            ring->vring->index, id, ring->vring->num);
        return;
    }
    m = g_new0(HetRpmsgMessage, 1);
    m->descriptor = id;
    m->address = d.address;
    m->size = used ? *used : d.size;
    m->has_header = read_header(ring->r, d.address, &m->header, &side);
    g_ptr_array_add(ring->vring->messages, m);
    check_descriptor(ring, &d, id);
    if (check_buffer(ring, &d, id, side, m->has_header)) {
        check_length(ring, m, d.size);
    }
    if (used && *used > d.size) {
        het_vrings_complain(ring->r, "vdev %u, vring %u: buffer %u has %u "
                            "bytes, the slave says that it wrote %u",
                            ring->vdev->index, ring->vring->index, id, d.size,
                            *used);
    }
    if (m->has_header) {
        het_rpmsg_add_endpoints(ring->vdev, ring->vring, &m->header);
    }
}

/* Full of what the slave has not given back, or of what the master has not */
static void complain_of_full(const Ring *ring, guint buffers)
{
    const HetVring *v = ring->vring;

    if (!v->in_flight || v->in_flight < buffers) {
        return;
    }
    if (v->index == 0) {
        het_vrings_complain(ring->r, "vdev %u, vring 0: %u buffers filled by "
                            "the slave, none given back by the master: the "
                            "slave has no buffer for a message",
                            ring->vdev->index, v->in_flight);
    } else {
        het_vrings_complain(ring->r, "vdev %u, vring %u: %u buffers used, "
                            "none given back: the slave does not answer, the "
                            "master waits", ring->vdev->index, v->index,
                            v->in_flight);
    }
}

/* How many different buffers have ever been in the ring */
static guint count_buffers(const Ring *ring)
{
    guint num = ring->vring->num;
    g_autofree guint8 *seen = g_malloc0(num);
    guint count = 0;

    for (guint i = 0; i < num; i++) {
        guint16 avail = avail_entry(ring, i);
        guint32 used = het_le32(used_entry(ring, i));

        if (avail < num) {
            seen[avail] = 1;
        }
        if (used < num) {
            seen[used] = 1;
        }
    }
    for (guint i = 0; i < num; i++) {
        count += seen[i];
    }
    return count;
}

/* Only then are entries that were not given back the newest ones. */
static void check_order(Ring *ring, guint waiting)
{
    const HetVring *v = ring->vring;
    guint known = MIN(v->num - waiting, v->used_index);

    ring->is_ordered = TRUE;
    for (guint i = 1; i <= known && ring->is_ordered; i++) {
        guint16 position = v->used_index - i;

        ring->is_ordered = het_le32(used_entry(ring, position)) ==
                           avail_entry(ring, position);
    }
    if (!ring->is_ordered && waiting && v->index == 1) {
        het_vrings_complain(ring->r, "vdev %u, vring %u: the slave gives "
                            "buffers back out of order; which of them are in "
                            "flight is not certain", ring->vdev->index,
                            v->index);
    }
}

static void list_to_slave(Ring *ring)
{
    HetVring *v = ring->vring;
    guint shown = MIN(v->in_flight, HET_VRING_SHOWN_MAX);

    for (guint i = 0; i < shown; i++) {
        add_message(ring, avail_entry(ring, v->used_index + i), NULL);
    }
}

static void list_to_master(Ring *ring)
{
    HetVring *v = ring->vring;
    guint shown = MIN(v->in_flight, HET_VRING_SHOWN_MAX);

    for (guint i = 0; i < shown; i++) {
        const guint8 *entry =
            used_entry(ring, v->used_index - v->in_flight + i);
        guint32 id = het_le32(entry);
        guint32 size = het_le32(entry + 4);

        if (id >= v->num) {
            het_vrings_complain(ring->r, "vdev %u, vring %u: the slave gave "
                                "back buffer %u, of %u", ring->vdev->index,
                                v->index, id, v->num);
        } else {
            add_message(ring, id, &size);
        }
    }
}

static void look_for_names(Ring *ring)
{
    HetVring *v = ring->vring;
    guint shown = MIN(v->num, HET_VRING_SHOWN_MAX);

    for (guint i = 0; i < shown; i++) {
        HetRpmsgHeader header;
        HetSide side;
        Descriptor d;

        if (get_descriptor(ring, i, &d) && d.size &&
            read_header(ring->r, d.address, &header, &side)) {
            het_rpmsg_look_for_name(ring->r, ring->vdev, side, d.address,
                                    d.size);
        }
    }
}

/* Waiting: made available, not used. That is what the other side can take. */
static void look_at_indices(Ring *ring)
{
    HetVring *v = ring->vring;
    guint waiting = (guint16)(v->avail_index - v->used_index);
    guint buffers;

    if (waiting > v->num) {
        het_vrings_complain(ring->r, "vdev %u, vring %u: index of used "
                            "buffers %u, of available ones %u: that is no "
                            "state of a ring of %u", ring->vdev->index,
                            v->index, v->used_index, v->avail_index, v->num);
        return;
    }
    if (!(ring->vdev->status & HET_VDEV_DRIVER_OK) ||
        (!v->avail_index && !v->used_index)) {
        return;
    }
    buffers = count_buffers(ring);
    check_order(ring, waiting);
    if (v->index == 0) {
        v->in_flight = buffers > waiting ? buffers - waiting : 0;
        list_to_master(ring);
        complain_of_full(ring, buffers);
    } else {
        v->in_flight = waiting;
        list_to_slave(ring);
        complain_of_full(ring, v->num);
    }
}

/* Of the ring to the master, that the slave can write into its buffers */
static void check_free_buffers(Ring *ring)
{
    HetVring *v = ring->vring;
    guint waiting = (guint16)(v->avail_index - v->used_index);

    for (guint i = 0; i < MIN(waiting, v->num) && i < HET_VRING_SHOWN_MAX;
         i++) {
        guint16 id = avail_entry(ring, v->used_index + i);
        HetRpmsgHeader header;
        HetSide side = HET_SIDE_SLAVE;
        Descriptor d;

        if (!get_descriptor(ring, id, &d)) {
            het_vrings_complain(ring->r, "vdev %u, vring %u: buffer %u is in "
                                "the ring, which has %u", ring->vdev->index,
                                v->index, id, v->num);
            return;
        }
        check_descriptor(ring, &d, id);
        if (!check_buffer(ring, &d, id, side,
                          read_header(ring->r, d.address, &header, &side))) {
            return;
        }
    }
}

void het_vring_read(const HetVringsReader *r, HetVdev *vdev, HetVring *v)
{
    g_autofree char *name = g_strdup_printf("vdev %u, vring %u", vdev->index,
                                            v->index);
    Ring ring = { .r = r, .vdev = vdev, .vring = v };

    if (!lay_out(r, v, name)) {
        return;
    }
    v->is_read = read_ring(&ring, name);
    if (v->is_read) {
        const guint8 *avail = ring.bytes + (v->avail - v->desc);
        const guint8 *used = ring.bytes + (v->used - v->desc);

        v->avail_flags = het_le16(avail);
        v->avail_index = het_le16(avail + 2);
        v->used_flags = het_le16(used);
        v->used_index = het_le16(used + 2);
        if (vdev->id == HET_VDEV_RPMSG && v->index < 2) {
            look_at_indices(&ring);
        }
        /* After a stop they are what is left over. */
        if (vdev->id == HET_VDEV_RPMSG && v->index == 0 &&
            (vdev->status & HET_VDEV_DRIVER)) {
            check_free_buffers(&ring);
            look_for_names(&ring);
        }
    }
    g_free(ring.bytes);
}
