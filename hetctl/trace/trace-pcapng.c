/*
 * The rpmsg messages of a trace as pcapng, for Wireshark
 *
 * An interface for each direction between two processors, "a7-m4", of link type
 * USER0; a packet is a message with its header.  Times are of the day, in
 * nanoseconds.  The dissector is rpmsg.lua.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "trace/trace.h"

#include <string.h>

#define SECTION_HEADER 0x0a0d0d0au
#define INTERFACE_DESCRIPTION 1
#define ENHANCED_PACKET 6
#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define LINKTYPE_USER0 147
#define OPTION_END 0
#define OPTION_IF_NAME 2
#define OPTION_IF_TSRESOL 9
#define TSRESOL_NS 9

static void add16(GString *out, guint16 value)
{
    g_string_append_len(out, (const char *)&value, sizeof(value));
}

static void add32(GString *out, guint32 value)
{
    g_string_append_len(out, (const char *)&value, sizeof(value));
}

static void add_padded(GString *out, gconstpointer data, gsize size)
{
    static const char zeros[4];

    g_string_append_len(out, data, size);
    g_string_append_len(out, zeros, (4 - size % 4) % 4);
}

static void add_option(GString *out, guint16 code, gconstpointer data,
                       guint16 size)
{
    add16(out, code);
    add16(out, size);
    add_padded(out, data, size);
}

/* Its length stands before its body and behind it. */
static void add_block(GString *out, guint32 type, const GString *body)
{
    guint32 size = body->len + 12;

    add32(out, type);
    add32(out, size);
    g_string_append_len(out, body->str, body->len);
    add32(out, size);
}

static void add_section(GString *out)
{
    g_autoptr(GString) body = g_string_new(NULL);

    add32(body, BYTE_ORDER_MAGIC);
    add16(body, 1);
    add16(body, 0);
    /* The length of the section is not known. */
    add32(body, G_MAXUINT32);
    add32(body, G_MAXUINT32);
    add_block(out, SECTION_HEADER, body);
}

static void add_interface(GString *out, const char *name)
{
    g_autoptr(GString) body = g_string_new(NULL);
    const guint8 resolution = TSRESOL_NS;

    add16(body, LINKTYPE_USER0);
    add16(body, 0);
    add32(body, 0);
    add_option(body, OPTION_IF_NAME, name, strlen(name));
    add_option(body, OPTION_IF_TSRESOL, &resolution, 1);
    add_option(body, OPTION_END, NULL, 0);
    add_block(out, INTERFACE_DESCRIPTION, body);
}

static guint32 get_interface(GString *out, GHashTable *interfaces,
                             const HetTrace *trace,
                             const HetTraceEvent *event)
{
    const HetTraceProcessor *from =
        g_ptr_array_index(trace->processors, event->processor);
    const HetTraceProcessor *to =
        g_ptr_array_index(trace->processors, event->peer);
    char *name = g_strdup_printf("%s-%s", from->name, to->name);
    gpointer number;

    if (g_hash_table_lookup_extended(interfaces, name, NULL, &number)) {
        g_free(name);
        return GPOINTER_TO_UINT(number);
    }
    add_interface(out, name);
    number = GUINT_TO_POINTER(g_hash_table_size(interfaces));
    g_hash_table_insert(interfaces, name, number);
    return GPOINTER_TO_UINT(number);
}

static void add_packet(GString *out, guint32 interface, guint64 ns,
                       GBytes *bytes)
{
    g_autoptr(GString) body = g_string_new(NULL);
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);
    guint32 whole = size;

    if (size >= HET_TRACE_MESSAGE_HEADER) {
        /* As the header says; of a long one not all was read. */
        whole = MAX(whole, HET_TRACE_MESSAGE_HEADER +
                    (guint32)(data[12] | data[13] << 8));
    }
    add32(body, interface);
    add32(body, ns >> 32);
    add32(body, ns);
    add32(body, size);
    add32(body, whole);
    add_padded(body, data, size);
    add_block(out, ENHANCED_PACKET, body);
}

GString *het_trace_format_pcapng(const HetTrace *trace)
{
    g_autoptr(GHashTable) interfaces =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GString *out = g_string_new(NULL);

    add_section(out);
    for (guint i = 0; i < trace->events->len; i++) {
        const HetTraceEvent *event = het_trace_event(trace, i);

        if (event->bytes) {
            guint32 interface = get_interface(out, interfaces, trace, event);

            add_packet(out, interface, event->ns + trace->epoch_ns,
                       event->bytes);
        }
    }
    return out;
}
