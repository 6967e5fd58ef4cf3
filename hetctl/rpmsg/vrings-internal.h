/*
 * Of the reader of vrings alone
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_VRINGS_INTERNAL_H
#define HET_VRINGS_INTERNAL_H

#include "rpmsg/vrings.h"

#define X64 "0x%" G_GINT64_MODIFIER "x"

typedef struct {
    const HetSharedMemory *memory;
    HetVrings *result;
} HetVringsReader;

gboolean het_vrings_read_bytes(const HetVringsReader *r, HetSide side,
                               guint64 address, void *buf, gsize size);
/* Further ones are counted only: a hostile guest makes thousands. */
void het_vrings_complain(const HetVringsReader *r, const char *format, ...)
    G_GNUC_PRINTF(2, 3);

guint16 het_le16(const guint8 *bytes);
guint32 het_le32(const guint8 *bytes);
guint64 het_le64(const guint8 *bytes);

/* Reads the ring, what is in it, and what is announced. */
void het_vring_read(const HetVringsReader *r, HetVdev *vdev, HetVring *vring);
void het_vring_free(HetVring *vring);

/* Of a message to the name service; NULL: it is none */
HetRpmsgName *het_rpmsg_parse_name(const guint8 *bytes, gsize size);
void het_rpmsg_endpoint_free(HetRpmsgEndpoint *endpoint);
/* Of a buffer of the ring to the master, which may be an old one */
void het_rpmsg_look_for_name(const HetVringsReader *r, HetVdev *vdev,
                             HetSide side, guint64 address, guint32 size);
void het_rpmsg_add_endpoints(HetVdev *vdev, const HetVring *vring,
                             const HetRpmsgHeader *header);
/* @bytes: HET_RPMSG_HEADER_SIZE of them */
#define HET_RPMSG_HEADER_SIZE 16
void het_rpmsg_parse_header(const guint8 *bytes, HetRpmsgHeader *header);
/* Once all announcements are known */
void het_rpmsg_name_endpoints(HetVdev *vdev);

#endif
