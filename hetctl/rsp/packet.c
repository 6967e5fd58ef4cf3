/*
 * Packets of the GDB remote protocol
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "rsp/packet.h"

#include <string.h>

#define INTERRUPT 0x03
#define ESCAPE '}'
#define ESCAPED 0x20
#define REPEAT '*'
#define REPEAT_BASE 29          /* '*' and ' ': three times more */

enum {
    STATE_IDLE,
    STATE_PAYLOAD,
    STATE_ESCAPE,
    STATE_REPEAT,
    STATE_SUM_HIGH,
    STATE_SUM_LOW,
};

void het_rsp_reader_init(HetRspReader *r, gsize limit)
{
    *r = (HetRspReader) { .limit = limit, .payload = g_string_new(NULL) };
}

void het_rsp_reader_clear(HetRspReader *r)
{
    if (r->payload) {
        g_string_free(r->payload, TRUE);
        r->payload = NULL;
    }
}

static void begin(HetRspReader *r)
{
    g_string_truncate(r->payload, 0);
    r->sum = 0;
    r->is_wrong = FALSE;
    r->is_long = FALSE;
    r->state = STATE_PAYLOAD;
}

static void add(HetRspReader *r, guint8 byte)
{
    if (r->payload->len >= r->limit) {
        r->is_long = TRUE;
    } else {
        g_string_append_c(r->payload, byte);
    }
}

static void repeat(HetRspReader *r, guint8 byte)
{
    if (byte <= REPEAT_BASE || byte > '~' || !r->payload->len) {
        r->is_wrong = TRUE;
        return;
    }
    for (int n = byte - REPEAT_BASE; n > 0 && !r->is_long; n--) {
        add(r, r->payload->str[r->payload->len - 1]);
    }
}

static HetRspEvent push_idle(HetRspReader *r, guint8 byte)
{
    switch (byte) {
    case '$':
        begin(r);
        return HET_RSP_NONE;
    case '+':
        return HET_RSP_ACK;
    case '-':
        return HET_RSP_NACK;
    case INTERRUPT:
        return HET_RSP_INTERRUPT;
    default:
        return HET_RSP_NONE;
    }
}

/* A '$' or '#' is never data: the packet before it was cut. */
static gboolean is_framing(HetRspReader *r, guint8 byte)
{
    if (byte == '$') {
        begin(r);
    } else if (byte == '#') {
        r->is_wrong |= r->state != STATE_PAYLOAD;
        r->state = STATE_SUM_HIGH;
    } else {
        return FALSE;
    }
    return TRUE;
}

static void push_payload(HetRspReader *r, guint8 byte)
{
    if (is_framing(r, byte)) {
        return;
    }
    r->sum += byte;
    if (r->state == STATE_ESCAPE) {
        add(r, byte ^ ESCAPED);
        r->state = STATE_PAYLOAD;
    } else if (r->state == STATE_REPEAT) {
        repeat(r, byte);
        r->state = STATE_PAYLOAD;
    } else if (byte == ESCAPE) {
        r->state = STATE_ESCAPE;
    } else if (byte == REPEAT) {
        r->state = STATE_REPEAT;
    } else {
        add(r, byte);
    }
}

static HetRspEvent push_sum(HetRspReader *r, guint8 byte)
{
    int digit = g_ascii_xdigit_value(byte);

    if (digit < 0) {
        r->is_wrong = TRUE;
        digit = 0;
    }
    if (r->state == STATE_SUM_HIGH) {
        r->expected = digit << 4;
        r->state = STATE_SUM_LOW;
        return HET_RSP_NONE;
    }
    r->state = STATE_IDLE;
    if (r->is_wrong || r->sum != (guint8)(r->expected | digit)) {
        return HET_RSP_BAD;
    }
    return r->is_long ? HET_RSP_LONG : HET_RSP_PACKET;
}

HetRspEvent het_rsp_reader_push(HetRspReader *r, guint8 byte)
{
    switch (r->state) {
    case STATE_IDLE:
        return push_idle(r, byte);
    case STATE_SUM_HIGH:
    case STATE_SUM_LOW:
        return push_sum(r, byte);
    default:
        push_payload(r, byte);
        return HET_RSP_NONE;
    }
}

void het_rsp_append_packet(GByteArray *out, const char *payload, gsize size)
{
    guint8 sum = 0;
    guint first;
    char tail[4];

    g_byte_array_append(out, (const guint8 *)"$", 1);
    first = out->len;
    for (gsize i = 0; i < size; i++) {
        guint8 byte = payload[i];

        if (byte == '$' || byte == '#' || byte == ESCAPE || byte == REPEAT) {
            g_byte_array_append(out, (const guint8 *)"}", 1);
            byte ^= ESCAPED;
        }
        g_byte_array_append(out, &byte, 1);
    }
    for (guint i = first; i < out->len; i++) {
        sum += out->data[i];
    }
    g_snprintf(tail, sizeof(tail), "#%02x", sum);
    g_byte_array_append(out, (const guint8 *)tail, 3);
}

void het_rsp_append_hex(GString *out, const char *data, gsize size)
{
    for (gsize i = 0; i < size; i++) {
        g_string_append_printf(out, "%02x", (guint8)data[i]);
    }
}

char *het_rsp_unhex(const char *text)
{
    gsize size = strlen(text);
    g_autofree char *data = g_malloc(size / 2 + 1);

    if (size % 2) {
        return NULL;
    }
    for (gsize i = 0; i < size / 2; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]);
        int low = g_ascii_xdigit_value(text[2 * i + 1]);

        if (high < 0 || low < 0 || (high == 0 && low == 0)) {
            return NULL;
        }
        data[i] = high << 4 | low;
    }
    data[size / 2] = 0;
    return g_steal_pointer(&data);
}
