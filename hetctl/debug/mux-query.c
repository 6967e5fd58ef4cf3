/*
 * One debugger for all processors of a SoC: what is asked of no processor
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "debug/mux-internal.h"

#include <string.h>

/* Of one packet with the answer */
#define SLICE_MAX (HET_TARGET_PACKET_MAX / 2)
#define SAID_MAX (HET_TARGET_PACKET_MAX / 2 - 1)

static void append_thread(GString *text, const HetMuxPart *part,
                          const HetTargetCore *core)
{
    g_string_append_printf(text, "p%" G_GINT64_MODIFIER "x.%"
                           G_GINT64_MODIFIER "x", part->pid, core->tid);
}

static gboolean is_listed(const HetMuxPart *part)
{
    return part->state == HET_PART_ATTACHED &&
           (het_target_state(part->target) != HET_TARGET_GONE ||
            part->is_away);
}

typedef void ThreadFunc(GString *text, const HetMuxPart *part,
                        const HetTargetCore *core);

static void for_each_thread(HetMux *m, GString *text, ThreadFunc *func)
{
    for (guint i = 0; i < m->parts->len; i++) {
        const HetMuxPart *part = &g_array_index(m->parts, HetMuxPart, i);
        const GArray *cores = het_target_cores(part->target);

        for (guint j = 0; is_listed(part) && j < cores->len; j++) {
            func(text, part, &g_array_index(cores, HetTargetCore, j));
        }
    }
}

/* The name of a processor with several cores has the core's number. */
static char *thread_name(const HetMuxPart *part, const HetTargetCore *core)
{
    const char *name = het_target_name(part->target);

    return het_target_cores(part->target)->len > 1
           ? g_strdup_printf("%s.%" G_GINT64_FORMAT, name, core->tid - 1)
           : g_strdup(name);
}

static void add_listed(GString *text, const HetMuxPart *part,
                       const HetTargetCore *core)
{
    g_string_append_c(text, text->len ? ',' : 'm');
    append_thread(text, part, core);
}

static void add_described(GString *text, const HetMuxPart *part,
                          const HetTargetCore *core)
{
    g_autofree char *name = thread_name(part, core);

    g_string_append(text, "<thread id=\"");
    append_thread(text, part, core);
    g_string_append_printf(text, "\" name=\"%s\">%s</thread>", name,
                           part->is_away ? "its emulator has ended" : "");
}

static void list_threads(HetMux *m)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for_each_thread(m, text, add_listed);
    het_mux_reply(m, text->len ? text->str : "l");
}

/* "OFFSET,LENGTH" of a text */
static void reply_slice(HetMux *m, const char *where, const GString *text)
{
    g_auto(GStrv) parts = g_strsplit(where, ",", 2);
    g_autoptr(GString) reply = NULL;
    guint64 offset, size;

    if (g_strv_length(parts) != 2 ||
        !g_ascii_string_to_unsigned(parts[0], 16, 0, G_MAXUINT32, &offset,
                                    NULL) ||
        !g_ascii_string_to_unsigned(parts[1], 16, 0, G_MAXUINT32, &size,
                                    NULL)) {
        het_mux_reply(m, "E22");
        return;
    }
    offset = MIN(offset, text->len);
    size = MIN(MIN(size, SLICE_MAX), text->len - offset);
    reply = g_string_new(offset + size < text->len ? "m" : "l");
    g_string_append_len(reply, text->str + offset, size);
    het_mux_reply_bytes(m, reply->str, reply->len);
}

static void describe_threads(HetMux *m, const char *where)
{
    g_autoptr(GString) text = g_string_new("<threads>");

    for_each_thread(m, text, add_described);
    g_string_append(text, "</threads>");
    reply_slice(m, where, text);
}

static void on_reply(HetTarget *target, const GString *reply, void *opaque)
{
    HetMux *m = opaque;

    if (reply) {
        het_mux_reply_bytes(m, reply->str, reply->len);
    } else {
        het_mux_reply(m, "E01");
    }
}

/* A processor describes itself, in its own terms. */
static void describe_target(HetMux *m, const char *packet)
{
    const HetTargetCore *core;
    HetMuxPart *part;

    het_mux_attach_first(m);    /* GDB asks before it says "?" */
    part = het_mux_current(m, &core);
    if (!part || part->is_away) {
        het_mux_reply(m, "E01");
        return;
    }
    het_mux_select(part, core);
    het_target_ask(part->target, packet, strlen(packet), on_reply, m);
}

static void tell_current(HetMux *m)
{
    g_autoptr(GString) text = g_string_new("QC");
    const HetTargetCore *core;
    HetMuxPart *part = het_mux_current(m, &core);

    if (!part) {
        het_mux_reply(m, "E01");
        return;
    }
    append_thread(text, part, core);
    het_mux_reply(m, text->str);
}

/* All names at once; of a core that is none of GDB's there is none. */
static void tell_extra(HetMux *m, const char *text)
{
    g_autoptr(GString) hex = g_string_new(NULL);
    g_autofree char *name = NULL;
    HetRspThread thread;
    const HetTargetCore *core;
    HetMuxPart *part = het_rsp_parse_thread(&text, &thread) && !*text
                       ? het_mux_find(m, &thread, &core) : NULL;

    if (!part) {
        het_mux_reply(m, "E01");
        return;
    }
    name = thread_name(part, core);
    het_rsp_append_hex(hex, name, strlen(name));
    het_mux_reply(m, hex->str);
}

static void run_monitor(HetMux *m, const char *hex)
{
    g_autofree char *command = het_rsp_unhex(hex);

    if (command) {
        m->asks_monitor = TRUE;
        m->funcs->monitor(command, m->opaque);
    } else {
        het_mux_reply(m, "E22");
    }
}

void het_mux_answer_monitor(HetMux *m, const char *text)
{
    gsize left = strlen(text);

    if (!m->asks_monitor) {
        return;
    }
    m->asks_monitor = FALSE;
    while (left) {
        gsize n = MIN(left, SAID_MAX);

        het_mux_say(m, text, n);
        text += n;
        left -= n;
    }
    het_mux_reply(m, "OK");
}

static void tell_supported(HetMux *m)
{
    g_autofree char *text =
        g_strdup_printf("PacketSize=%x;QStartNoAckMode+;multiprocess+;"
                        "vContSupported+;qXfer:features:read+;"
                        "qXfer:threads:read+", HET_TARGET_PACKET_MAX);

    het_mux_reply(m, text);
}

/* The rest of @packet after @name, or NULL */
static const char *after(const char *packet, const char *name)
{
    return g_str_has_prefix(packet, name) ? packet + strlen(name) : NULL;
}

gboolean het_mux_query(HetMux *m, const char *packet)
{
    const char *rest;

    if (g_str_has_prefix(packet, "qSupported")) {
        tell_supported(m);
    } else if (!strcmp(packet, "QStartNoAckMode")) {
        m->starts_no_ack = TRUE;
        het_mux_reply(m, "OK");
    } else if (!strcmp(packet, "qfThreadInfo")) {
        list_threads(m);
    } else if (!strcmp(packet, "qsThreadInfo")) {
        het_mux_reply(m, "l");
    } else if (!strcmp(packet, "qC")) {
        tell_current(m);
    } else if (g_str_has_prefix(packet, "qAttached")) {
        het_mux_reply(m, "1");
    } else if (g_str_has_prefix(packet, "qXfer:features:read:")) {
        describe_target(m, packet);
    } else if ((rest = after(packet, "qXfer:threads:read::"))) {
        describe_threads(m, rest);
    } else if ((rest = after(packet, "qThreadExtraInfo,"))) {
        tell_extra(m, rest);
    } else if ((rest = after(packet, "qRcmd,"))) {
        run_monitor(m, rest);
    } else {
        return FALSE;
    }
    return TRUE;
}
