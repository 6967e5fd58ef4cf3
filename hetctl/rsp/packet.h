/*
 * Packets of the GDB remote protocol: "$payload#checksum"
 *
 * Both ends are foreign: a reader takes any bytes, in pieces of any size, and
 * a packet is never longer than its limit.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_RSP_PACKET_H
#define HET_RSP_PACKET_H

#include <glib.h>

/* What a byte has completed */
typedef enum {
    HET_RSP_NONE,
    HET_RSP_PACKET,             /* the payload is there */
    HET_RSP_ACK,
    HET_RSP_NACK,
    HET_RSP_INTERRUPT,          /* Ctrl+C, outside of packets */
    HET_RSP_BAD,                /* a packet with a wrong checksum */
    HET_RSP_LONG,               /* a packet past the limit */
} HetRspEvent;

typedef struct {
    int state;
    gsize limit;                /* bytes of a payload */
    GString *payload;           /* may contain NUL; valid at HET_RSP_PACKET */
    guint8 sum;
    guint8 expected;
    gboolean is_wrong;
    gboolean is_long;
} HetRspReader;

void het_rsp_reader_init(HetRspReader *reader, gsize limit);
void het_rsp_reader_clear(HetRspReader *reader);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetRspReader, het_rsp_reader_clear)

/* Escapes and run lengths in the payload are undone. */
HetRspEvent het_rsp_reader_push(HetRspReader *reader, guint8 byte);

/* Appends a packet. */
void het_rsp_append_packet(GByteArray *out, const char *payload, gsize size);

/* Two digits for each byte */
void het_rsp_append_hex(GString *out, const char *data, gsize size);
/* NULL: @text is not that, or has a NUL in it */
char *het_rsp_unhex(const char *text);

#endif
