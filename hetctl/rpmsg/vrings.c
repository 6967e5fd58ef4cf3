/*
 * The resource table as it lies in memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "rpmsg/vrings-internal.h"

#include <stdarg.h>
#include <string.h>

#include "util/text.h"

#define TABLE_VERSION 1
#define NAME_SIZE 32
#define VENDOR_FIRST 128
#define VENDOR_LAST 512
/* Version, count, two reserved words */
#define HEADER_SIZE 16
#define OFFSET_SIZE 4
#define TYPE_SIZE 4
/* Behind the type: da, pa, len, flags, reserved; a trace: da, len, reserved */
#define MEMORY_SIZE (5 * 4 + NAME_SIZE)
#define TRACE_SIZE (3 * 4 + NAME_SIZE)
/* id, notifyid, features twice, config_len; status, vrings, reserved */
#define VDEV_SIZE (5 * 4 + 4)
#define VRING_SIZE (5 * 4)
#define VRINGS_MAX 16
#define WRONG_MAX 100

/* ---- what all of the reader uses ---- */

guint16 het_le16(const guint8 *bytes)
{
    return bytes[0] | bytes[1] << 8;
}

guint32 het_le32(const guint8 *bytes)
{
    return het_le16(bytes) | (guint32)het_le16(bytes + 2) << 16;
}

guint64 het_le64(const guint8 *bytes)
{
    return het_le32(bytes) | (guint64)het_le32(bytes + 4) << 32;
}

gboolean het_vrings_read_bytes(const HetVringsReader *r, HetSide side,
                               guint64 address, void *buf, gsize size)
{
    return size && address <= G_MAXUINT64 - (size - 1) &&
           r->memory->read(r->memory->opaque, side, address, buf, size);
}

void het_vrings_complain(const HetVringsReader *r, const char *format, ...)
{
    va_list args;

    if (r->result->wrong->len >= WRONG_MAX) {
        r->result->wrong_left++;
        return;
    }
    va_start(args, format);
    g_ptr_array_add(r->result->wrong, g_strdup_vprintf(format, args));
    va_end(args);
}

static void vdev_free(HetVdev *vdev)
{
    if (vdev) {
        g_ptr_array_unref(vdev->vrings);
        g_ptr_array_unref(vdev->names);
        g_ptr_array_unref(vdev->endpoints);
        g_free(vdev);
    }
}

static void entry_free(HetRscEntry *entry)
{
    g_free(entry->name);
    vdev_free(entry->vdev);
    g_free(entry);
}

void het_vrings_free(HetVrings *vrings)
{
    if (vrings) {
        g_ptr_array_unref(vrings->entries);
        g_ptr_array_unref(vrings->wrong);
        g_free(vrings);
    }
}

/* ---- names ---- */

const char *het_rsc_type_name(guint32 type)
{
    static const char *const names[] = {
        [HET_RSC_CARVEOUT] = "carve-out", [HET_RSC_DEVMEM] = "devmem",
        [HET_RSC_TRACE] = "trace", [HET_RSC_VDEV] = "vdev",
    };

    if (type < G_N_ELEMENTS(names)) {
        return names[type];
    }
    return type >= VENDOR_FIRST && type <= VENDOR_LAST ? "vendor" : "unknown";
}

char *het_vdev_status_text(guint8 status)
{
    static const struct {
        guint8 bit;
        const char *name;
    } bits[] = {
        { HET_VDEV_ACKNOWLEDGE, "ACKNOWLEDGE" },
        { HET_VDEV_DRIVER, "DRIVER" },
        { HET_VDEV_DRIVER_OK, "DRIVER_OK" },
        { HET_VDEV_FEATURES_OK, "FEATURES_OK" },
        { HET_VDEV_NEEDS_RESET, "NEEDS_RESET" },
        { HET_VDEV_FAILED, "FAILED" },
    };
    GString *text = g_string_new(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(bits); i++) {
        if (status & bits[i].bit) {
            g_string_append_printf(text, "%s%s", text->len ? " " : "",
                                   bits[i].name);
            status &= ~bits[i].bit;
        }
    }
    if (status) {
        g_string_append_printf(text, "%s0x%x", text->len ? " " : "", status);
    }
    return g_string_free(g_string_append(text, text->len ? "" : "none"),
                         FALSE);
}

/* ---- entries ---- */

static char *read_name(const HetVringsReader *r, const guint8 *bytes,
                       const char *what, guint index)
{
    g_autofree char *name = g_strndup((const char *)bytes, NAME_SIZE);

    if (!memchr(bytes, '\0', NAME_SIZE)) {
        het_vrings_complain(r, "entry %u: the name of the %s has no end",
                            index, what);
    }
    return het_text_printable(name);
}

/* Not that of an area for which the master is to find a place */
static void check_area(const HetVringsReader *r, const HetRscEntry *entry,
                       guint index)
{
    const char *type = het_rsc_type_name(entry->type);
    guint64 last = (guint64)entry->da + entry->length - 1;
    guint8 byte;

    if (!entry->length) {
        het_vrings_complain(r, "entry %u: %s '%s' has no bytes", index, type,
                            entry->name);
    } else if (entry->da == HET_RSC_ADDRESS_ANY) {
        het_vrings_complain(r, "entry %u: %s '%s' has no address yet: the "
                            "master has not set it up", index, type,
                            entry->name);
    } else if (entry->type != HET_RSC_DEVMEM &&
               (!het_vrings_read_bytes(r, HET_SIDE_SLAVE, entry->da, &byte,
                                       1) ||
                !het_vrings_read_bytes(r, HET_SIDE_SLAVE, last, &byte, 1))) {
        het_vrings_complain(r, "entry %u: %s '%s' at 0x%x with 0x%x bytes is "
                            "not in memory that the slave sees", index, type,
                            entry->name, entry->da, entry->length);
    }
}

static gboolean read_area(const HetVringsReader *r, HetRscEntry *entry,
                          guint64 address, guint index)
{
    gboolean is_trace = entry->type == HET_RSC_TRACE;
    gsize size = is_trace ? TRACE_SIZE : MEMORY_SIZE;
    guint8 bytes[MEMORY_SIZE];

    if (!het_vrings_read_bytes(r, HET_SIDE_SLAVE, address, bytes, size)) {
        return FALSE;
    }
    entry->da = het_le32(bytes);
    entry->pa = is_trace ? 0 : het_le32(bytes + 4);
    entry->length = het_le32(bytes + (is_trace ? 4 : 8));
    entry->flags = is_trace ? 0 : het_le32(bytes + 12);
    entry->name = read_name(r, bytes + size - NAME_SIZE,
                            het_rsc_type_name(entry->type), index);
    check_area(r, entry, index);
    return TRUE;
}

static void check_status(const HetVringsReader *r, const HetVdev *vdev)
{
    guint8 status = vdev->status;
    guint i = vdev->index;

    if (status & HET_VDEV_FAILED) {
        het_vrings_complain(r, "vdev %u: the master has given it up (FAILED)",
                            i);
    } else if (status & HET_VDEV_NEEDS_RESET) {
        het_vrings_complain(r, "vdev %u: the slave wants to be reset "
                            "(NEEDS_RESET)", i);
    } else if (!(status & HET_VDEV_ACKNOWLEDGE)) {
        het_vrings_complain(r, "vdev %u: the master has not acknowledged it, "
                            "or has reset it", i);
    } else if (!(status & HET_VDEV_DRIVER)) {
        het_vrings_complain(r, "vdev %u: the master has acknowledged it, but "
                            "no driver has it: none is there for id %u, or "
                            "it was stopped", i, vdev->id);
    } else if (!(status & HET_VDEV_DRIVER_OK)) {
        het_vrings_complain(r, "vdev %u: the slave waits for DRIVER_OK", i);
    }
    if (vdev->accepted & ~vdev->offered) {
        het_vrings_complain(r, "vdev %u: the master accepts features 0x%x, "
                            "which the slave does not offer", i,
                            vdev->accepted & ~vdev->offered);
    }
    if (vdev->id == HET_VDEV_RPMSG && vdev->vrings->len != 2) {
        het_vrings_complain(r, "vdev %u: %u vrings; rpmsg has two", i,
                            vdev->vrings->len);
    }
}

static void check_overlap(const HetVringsReader *r, const HetVdev *vdev)
{
    for (guint a = 0; a < vdev->vrings->len; a++) {
        const HetVring *x = g_ptr_array_index(vdev->vrings, a);

        for (guint b = a + 1; b < vdev->vrings->len; b++) {
            const HetVring *y = g_ptr_array_index(vdev->vrings, b);

            if (x->is_read && y->is_read && x->desc < y->desc + y->size &&
                y->desc < x->desc + x->size) {
                het_vrings_complain(r, "vdev %u: vrings %u and %u overlap",
                                    vdev->index, a, b);
            }
        }
    }
}

static HetVdev *vdev_new(const guint8 *bytes, guint index)
{
    HetVdev *vdev = g_new0(HetVdev, 1);

    vdev->index = index;
    vdev->id = het_le32(bytes);
    vdev->notifyid = het_le32(bytes + 4);
    vdev->offered = het_le32(bytes + 8);
    vdev->accepted = het_le32(bytes + 12);
    vdev->config_size = het_le32(bytes + 16);
    vdev->status = bytes[20];
    vdev->vrings =
        g_ptr_array_new_with_free_func((GDestroyNotify)het_vring_free);
    vdev->names =
        g_ptr_array_new_with_free_func((GDestroyNotify)het_rpmsg_name_free);
    vdev->endpoints = g_ptr_array_new_with_free_func(
        (GDestroyNotify)het_rpmsg_endpoint_free);
    return vdev;
}

static void add_vring(HetVdev *vdev, const guint8 *bytes)
{
    HetVring *vring = g_new0(HetVring, 1);

    vring->index = vdev->vrings->len;
    vring->da = het_le32(bytes);
    vring->align = het_le32(bytes + 4);
    vring->num = het_le32(bytes + 8);
    vring->notifyid = het_le32(bytes + 12);
    vring->pa = het_le32(bytes + 16);
    vring->messages = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(vdev->vrings, vring);
}

static gboolean read_vdev(const HetVringsReader *r, HetRscEntry *entry,
                          guint64 address, guint index)
{
    guint8 bytes[VDEV_SIZE];
    guint8 vrings[VRINGS_MAX * VRING_SIZE];
    guint count;

    if (!het_vrings_read_bytes(r, HET_SIDE_SLAVE, address, bytes,
                               VDEV_SIZE)) {
        return FALSE;
    }
    if (bytes[21] > VRINGS_MAX) {
        het_vrings_complain(r, "vdev %u says that it has %u vrings; the first "
                            "%d are shown", index, bytes[21], VRINGS_MAX);
    }
    count = MIN(bytes[21], VRINGS_MAX);
    if (count && !het_vrings_read_bytes(r, HET_SIDE_SLAVE,
                                        address + VDEV_SIZE, vrings,
                                        count * VRING_SIZE)) {
        return FALSE;
    }
    entry->vdev = vdev_new(bytes, index);
    for (guint i = 0; i < count; i++) {
        add_vring(entry->vdev, vrings + i * VRING_SIZE);
    }
    check_status(r, entry->vdev);
    for (guint i = 0; i < count; i++) {
        het_vring_read(r, entry->vdev,
                       g_ptr_array_index(entry->vdev->vrings, i));
    }
    check_overlap(r, entry->vdev);
    het_rpmsg_name_endpoints(entry->vdev);
    return TRUE;
}

static gboolean read_body(const HetVringsReader *r, HetRscEntry *entry,
                          guint64 address, guint index, guint *vdevs)
{
    switch (entry->type) {
    case HET_RSC_CARVEOUT:
    case HET_RSC_DEVMEM:
    case HET_RSC_TRACE:
        return read_area(r, entry, address, index);
    case HET_RSC_VDEV:
        return read_vdev(r, entry, address, (*vdevs)++);
    default:
        if (strcmp(het_rsc_type_name(entry->type), "vendor")) {
            het_vrings_complain(r, "entry %u: type %u is none that Linux "
                                "knows", index, entry->type);
        }
        return TRUE;
    }
}

static void read_entry(const HetVringsReader *r, guint32 offset, guint index,
                       guint *vdevs)
{
    guint64 address = r->result->address + offset;
    HetRscEntry *entry;
    guint8 type[TYPE_SIZE];

    entry = g_new0(HetRscEntry, 1);
    entry->offset = offset;
    if (address >= r->result->address &&
        het_vrings_read_bytes(r, HET_SIDE_SLAVE, address, type, TYPE_SIZE)) {
        entry->type = het_le32(type);
        if (read_body(r, entry, address + TYPE_SIZE, index, vdevs)) {
            g_ptr_array_add(r->result->entries, entry);
            return;
        }
    }
    het_vrings_complain(r, "entry %u at offset 0x%x of the table is not in "
                        "memory that the slave sees", index, offset);
    entry_free(entry);
}

/* ---- the table ---- */

static void read_entries(const HetVringsReader *r)
{
    guint8 offsets[HET_RSC_ENTRIES_MAX * OFFSET_SIZE];
    guint count = MIN(r->result->count, HET_RSC_ENTRIES_MAX);
    guint vdevs = 0;

    if (count < r->result->count) {
        het_vrings_complain(r, "the table says that it has %u entries; the "
                            "first %u are shown", r->result->count, count);
    }
    if (count && !het_vrings_read_bytes(r, HET_SIDE_SLAVE,
                                        r->result->address + HEADER_SIZE,
                                        offsets, count * OFFSET_SIZE)) {
        het_vrings_complain(r, "the table ends outside of the memory that "
                            "the slave sees");
        return;
    }
    for (guint i = 0; i < count; i++) {
        read_entry(r, het_le32(offsets + i * OFFSET_SIZE), i, &vdevs);
    }
    if (!vdevs) {
        het_vrings_complain(r, "the table has no vdev: nothing to send "
                            "messages over");
    }
}

HetVrings *het_vrings_read(const HetSharedMemory *memory, guint64 address)
{
    HetVrings *vrings = g_new0(HetVrings, 1);
    const HetVringsReader r = { .memory = memory, .result = vrings };
    guint8 header[HEADER_SIZE];

    vrings->address = address;
    vrings->entries =
        g_ptr_array_new_with_free_func((GDestroyNotify)entry_free);
    vrings->wrong = g_ptr_array_new_with_free_func(g_free);
    if (!het_vrings_read_bytes(&r, HET_SIDE_SLAVE, address, header,
                               HEADER_SIZE)) {
        het_vrings_complain(&r, "the slave sees no memory at " X64, address);
        return vrings;
    }
    vrings->version = het_le32(header);
    vrings->count = het_le32(header + 4);
    if (vrings->version != TABLE_VERSION) {
        het_vrings_complain(&r, "at " X64 " is no resource table: its version "
                            "is %u, Linux takes %d alone", address,
                            vrings->version, TABLE_VERSION);
        return vrings;
    }
    vrings->is_read = TRUE;
    if (het_le32(header + 8) || het_le32(header + 12)) {
        het_vrings_complain(&r, "reserved words of the table are not 0: "
                            "Linux refuses it");
    }
    read_entries(&r);
    return vrings;
}

/* ---- looking for one ---- */

static gboolean can_be_vdev(const guint8 *bytes, gsize size, guint32 offset)
{
    const guint8 *vdev;
    guint rings;

    if (size < TYPE_SIZE + VDEV_SIZE + VRING_SIZE ||
        offset > size - TYPE_SIZE - VDEV_SIZE - VRING_SIZE) {
        return FALSE;
    }
    vdev = bytes + offset + TYPE_SIZE;
    rings = vdev[21];
    /* Has at least one ring, of a possible size */
    return het_le32(vdev) && het_le32(vdev) < 64 && rings && rings <= 8 &&
           !vdev[22] && !vdev[23] &&
           het_le32(vdev + VDEV_SIZE + 8) <= HET_VRING_NUM_MAX;
}

static gboolean can_be_table(const guint8 *bytes, gsize size)
{
    guint32 count = het_le32(bytes + 4);
    gsize head = HEADER_SIZE + (gsize)count * OFFSET_SIZE;
    gboolean has_vdev = FALSE;

    if (het_le32(bytes) != TABLE_VERSION || !count || count > HET_RSC_ENTRIES_MAX ||
        het_le32(bytes + 8) || het_le32(bytes + 12) || head > size) {
        return FALSE;
    }
    for (guint i = 0; i < count; i++) {
        guint32 offset = het_le32(bytes + HEADER_SIZE + i * OFFSET_SIZE);
        guint32 type;

        if (offset < head || offset % 4 || offset > size - TYPE_SIZE) {
            return FALSE;
        }
        type = het_le32(bytes + offset);
        if (!strcmp(het_rsc_type_name(type), "unknown")) {
            return FALSE;
        }
        if (type == HET_RSC_VDEV) {
            has_vdev = TRUE;
            if (!can_be_vdev(bytes, size, offset)) {
                return FALSE;
            }
        }
    }
    return has_vdev;
}

gsize het_vrings_find_table(const guint8 *bytes, gsize size, gsize start)
{
    if (size < HEADER_SIZE) {
        return size;
    }
    for (gsize at = start; at <= size - HEADER_SIZE; at += 4) {
        if (bytes[at] == TABLE_VERSION &&
            can_be_table(bytes + at, MIN(size - at, 65536))) {
            return at;
        }
    }
    return size;
}
