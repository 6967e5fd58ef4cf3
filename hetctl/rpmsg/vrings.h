/*
 * What a slave and its master share for rpmsg: the resource table as it lies
 * in memory, its virtio devices, their rings, and the messages in them
 *
 * A pure function of the memory, of which nothing is trusted.  Each piece is
 * read once, and what was read is what is looked at: the guests go on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_VRINGS_H
#define HET_VRINGS_H

#include <glib.h>

typedef enum {
    HET_SIDE_SLAVE,             /* addresses as the slave sees them */
    HET_SIDE_MASTER,
} HetSide;

typedef struct {
    /* FALSE: not all of it is memory that this side sees */
    gboolean (*read)(void *opaque, HetSide side, guint64 address, void *buf,
                     gsize size);
    void *opaque;
} HetSharedMemory;

/* Of a resource table, and of the master's Linux */
#define HET_RSC_CARVEOUT 0
#define HET_RSC_DEVMEM 1
#define HET_RSC_TRACE 2
#define HET_RSC_VDEV 3
#define HET_RSC_ADDRESS_ANY 0xffffffffu
#define HET_VDEV_RPMSG 7
#define HET_RPMSG_NAME_SERVICE 53

/* Bits of the status of a virtio device */
#define HET_VDEV_ACKNOWLEDGE 0x01
#define HET_VDEV_DRIVER 0x02
#define HET_VDEV_DRIVER_OK 0x04
#define HET_VDEV_FEATURES_OK 0x08
#define HET_VDEV_NEEDS_RESET 0x40
#define HET_VDEV_FAILED 0x80

/* Of which more would be a mistake; what is above is told, not shown */
#define HET_RSC_ENTRIES_MAX 64
#define HET_VRING_SHOWN_MAX 1024
#define HET_VRING_NUM_MAX 32768

typedef struct {
    guint32 source;
    guint32 destination;
    guint16 length;
    guint16 flags;
} HetRpmsgHeader;

/* A buffer that one side has filled, and the other has not given back */
typedef struct {
    guint16 descriptor;
    guint64 address;
    guint32 size;               /* of the buffer; used bytes of ring 0 */
    gboolean has_header;        /* it could be read */
    HetRpmsgHeader header;
} HetRpmsgMessage;

typedef struct {
    guint index;                /* 0: to the master, 1: to the slave */
    guint32 da;
    guint32 align;
    guint32 num;
    guint32 notifyid;
    guint32 pa;
    gboolean is_read;           /* what follows is there */
    guint64 size;
    guint64 desc;
    guint64 avail;
    guint64 used;
    guint16 avail_index;
    guint16 used_index;
    guint16 avail_flags;
    guint16 used_flags;
    guint in_flight;            /* 0 too when it cannot be told */
    GPtrArray *messages;        /* HetRpmsgMessage, the oldest first */
} HetVring;

typedef struct {
    guint index;                /* among the devices of the table */
    guint32 id;
    guint32 notifyid;
    guint32 offered;
    guint32 accepted;
    guint32 config_size;
    guint8 status;
    GPtrArray *vrings;          /* HetVring */
    GPtrArray *names;           /* HetRpmsgName: announced by the slave */
    GPtrArray *endpoints;       /* HetRpmsgEndpoint: seen in messages */
} HetVdev;

typedef struct {
    char *name;                 /* printable */
    guint32 address;
    guint32 flags;
    gboolean is_gone;           /* the announcement takes it back */
} HetRpmsgName;

void het_rpmsg_name_free(HetRpmsgName *name);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetRpmsgName, het_rpmsg_name_free)

typedef struct {
    guint32 address;
    HetSide side;
    char *name;                 /* NULL: no announcement is seen */
} HetRpmsgEndpoint;

typedef struct {
    guint32 type;
    guint32 offset;             /* in the table */
    guint32 da;                 /* of a carve-out, devmem, trace */
    guint32 pa;                 /* not of a trace */
    guint32 length;
    guint32 flags;
    char *name;                 /* printable; NULL: a vdev, or unknown */
    HetVdev *vdev;              /* or NULL */
} HetRscEntry;

typedef struct {
    guint64 address;
    gboolean is_read;           /* what follows is there */
    guint32 version;
    guint32 count;              /* as it says */
    GPtrArray *entries;         /* HetRscEntry: those that could be read */
    GPtrArray *wrong;           /* char *: what is wrong, in words */
    guint wrong_left;           /* more of those */
} HetVrings;

/* Never NULL: what cannot be read is said in @wrong. */
HetVrings *het_vrings_read(const HetSharedMemory *memory, guint64 address);
void het_vrings_free(HetVrings *vrings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetVrings, het_vrings_free)

/* "carve-out", "trace", ...; "vendor", "unknown" */
const char *het_rsc_type_name(guint32 type);
/* "ACKNOWLEDGE DRIVER", "none" */
char *het_vdev_status_text(guint8 status);

/*
 * Bytes that can be a resource table with a virtio device in it, at a multiple
 * of 4 from @start. Returns the offset, or @size: there is none.
 */
gsize het_vrings_find_table(const guint8 *bytes, gsize size, gsize start);

#endif
