/*
 * One debugger for all processors of a SoC: packets of GDB
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "debug/mux-internal.h"

#include <string.h>

#define INPUT_MAX (64 * 1024)

/* ---- answers ---- */

static void send_bytes(HetMux *m, const GByteArray *bytes)
{
    if (m->client) {
        het_channel_write(m->client, bytes->data, bytes->len);
    }
}

static void send_ack(HetMux *m, char ack)
{
    if (m->client && !m->no_ack) {
        het_channel_write(m->client, (const guint8 *)&ack, 1);
    }
}

static void take_input(HetMux *m);

static gboolean on_held_input(gpointer data)
{
    HetMux *m = data;

    m->input_source = 0;
    take_input(m);
    return G_SOURCE_REMOVE;
}

void het_mux_reply_bytes(HetMux *m, const char *data, gsize size)
{
    g_byte_array_set_size(m->last, 0);
    het_rsp_append_packet(m->last, data, size);
    send_bytes(m, m->last);
    m->is_busy = FALSE;
    if (m->starts_no_ack) {
        m->no_ack = TRUE;
        m->starts_no_ack = FALSE;
    }
    if (m->input->len && !m->input_source) {
        m->input_source = g_idle_add(on_held_input, m);
    }
}

void het_mux_say(HetMux *m, const char *text, gsize size)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GString) hex = g_string_new("O");

    het_rsp_append_hex(hex, text, size);
    het_rsp_append_packet(bytes, hex->str, hex->len);
    send_bytes(m, bytes);
}

void het_mux_reply(HetMux *m, const char *text)
{
    het_mux_reply_bytes(m, text, strlen(text));
}

/* ---- processors ---- */

HetMuxPart *het_mux_part(HetMux *m, gint64 pid)
{
    return pid >= 1 && pid <= m->parts->len
           ? &g_array_index(m->parts, HetMuxPart, pid - 1) : NULL;
}

static const HetTargetCore *find_core(const HetMuxPart *part, gint64 tid)
{
    const GArray *cores = het_target_cores(part->target);

    for (guint i = 0; i < cores->len; i++) {
        const HetTargetCore *core = &g_array_index(cores, HetTargetCore, i);

        if (tid <= 0 || core->tid == tid) {
            return core;
        }
    }
    return NULL;
}

HetMuxPart *het_mux_find(HetMux *m, const HetRspThread *thread,
                         const HetTargetCore **core)
{
    for (guint i = 0; i < m->parts->len; i++) {
        HetMuxPart *part = &g_array_index(m->parts, HetMuxPart, i);

        if ((thread->pid > 0 && thread->pid != part->pid) ||
            part->state != HET_PART_ATTACHED ||
            (het_target_state(part->target) != HET_TARGET_HALTED &&
             !part->is_away)) {
            continue;
        }
        *core = find_core(part, thread->tid);
        if (*core) {
            return part;
        }
    }
    return NULL;
}

HetMuxPart *het_mux_current(HetMux *m, const HetTargetCore **core)
{
    return het_mux_find(m, &m->general, core);
}

/* ---- what a processor's own stub answers ---- */

static void on_reply(HetTarget *target, const GString *reply, void *opaque)
{
    HetMux *m = opaque;

    if (!reply) {
        het_mux_answer_away(m, m->asked_part, m->asked_tid, m->asked->str);
    } else if (het_mux_note_asked(m->asked_part, m->asked_tid, m->asked,
                                  reply->str)) {
        het_mux_reply_bytes(m, reply->str, reply->len);
    } else {
        het_mux_reply(m, "E0c");
    }
}

static void on_selected(HetTarget *target, const GString *reply, void *opaque)
{
    HetMuxPart *part = opaque;

    if (!reply || strcmp(reply->str, "OK")) {
        part->selected = 0;
    }
}

/* The stub sets breakpoints for 'c' and reads registers for 'g'. */
void het_mux_select(HetMuxPart *part, const HetTargetCore *core)
{
    static const char operations[] = "gc";

    if (part->selected == core->tid) {
        return;
    }
    part->selected = core->tid;
    for (gsize i = 0; operations[i]; i++) {
        g_autofree char *packet =
            g_strdup_printf("H%cp%" G_GINT64_MODIFIER "x.%"
                            G_GINT64_MODIFIER "x", operations[i], core->pid,
                            core->tid);

        het_target_ask(part->target, packet, strlen(packet), on_selected,
                       part);
    }
}

static void forward(HetMux *m, const char *packet, gsize size)
{
    const HetTargetCore *core;
    HetMuxPart *part = het_mux_current(m, &core);

    if (!part) {
        het_mux_reply(m, "E01");
        return;
    }
    if (*packet == 'z') {
        het_mux_forget_watch(m, part, packet);
    }
    if (part->is_away) {
        het_mux_answer_away(m, part, core->tid, packet);
        return;
    }
    g_string_truncate(m->asked, 0);
    g_string_append_len(m->asked, packet, size);
    m->asked_part = part;
    m->asked_tid = core->tid;
    het_mux_select(part, core);
    het_target_ask(part->target, packet, size, on_reply, m);
}

/* ---- what is answered here ---- */

static void select_thread(HetMux *m, const char *packet)
{
    const char *p = packet + 2;
    HetRspThread thread;
    const HetTargetCore *core;

    if (!packet[1] || !het_rsp_parse_thread(&p, &thread) || *p) {
        het_mux_reply(m, "E22");
        return;
    }
    if (packet[1] == 'g') {
        if (thread.pid > 0 && !het_mux_find(m, &thread, &core)) {
            het_mux_reply(m, "E22");
            return;
        }
        m->general = thread;
    }
    het_mux_reply(m, "OK");
}

static void tell_alive(HetMux *m, const char *packet)
{
    const char *p = packet + 1;
    HetRspThread thread;
    const HetTargetCore *core;

    het_mux_reply(m, het_rsp_parse_thread(&p, &thread) && !*p &&
                  het_mux_find(m, &thread, &core) ? "OK" : "E01");
}

static gint64 parse_pid(const char *text)
{
    guint64 pid;

    return g_ascii_string_to_unsigned(text, 16, 1, G_MAXINT32, &pid, NULL)
           ? (gint64)pid : 0;
}

static void take_v_packet(HetMux *m, const char *packet)
{
    if (!strcmp(packet, "vCont?")) {
        het_mux_reply(m, "vCont;c;C;s;S");
    } else if (g_str_has_prefix(packet, "vCont;")) {
        het_mux_resume(m, packet);
    } else if (g_str_has_prefix(packet, "vAttach;")) {
        het_mux_attach(m, parse_pid(packet + strlen("vAttach;")));
    } else if (g_str_has_prefix(packet, "vKill;")) {
        /* The emulator itself is libvirt's. */
        het_mux_detach(m, parse_pid(packet + strlen("vKill;")));
    } else {
        het_mux_reply(m, "");
    }
}

static void take_packet(HetMux *m, const char *packet, gsize size)
{
    switch (*packet) {
    case '!':
        m->is_extended = TRUE;
        het_mux_reply(m, "OK");
        break;
    case '?':
        het_mux_tell_halted(m);
        break;
    case 'H':
        select_thread(m, packet);
        break;
    case 'T':
        tell_alive(m, packet);
        break;
    case 'v':
        take_v_packet(m, packet);
        break;
    case 'D':
        het_mux_detach(m, packet[1] == ';' ? parse_pid(packet + 2) : 1);
        break;
    case 'k':
        het_mux_end(m);
        break;
    case 'q':
    case 'Q':
        if (!het_mux_query(m, packet)) {
            het_mux_reply(m, "");
        }
        break;
    case 'g': case 'G': case 'm': case 'M': case 'p': case 'P':
    case 'z': case 'Z':
        forward(m, packet, size);
        break;
    default:
        het_mux_reply(m, "");
        break;
    }
}

/* ---- bytes ---- */

static void take_event(HetMux *m, HetRspEvent event)
{
    switch (event) {
    case HET_RSP_PACKET:
        send_ack(m, '+');
        m->is_busy = TRUE;
        take_packet(m, m->reader.payload->str, m->reader.payload->len);
        break;
    case HET_RSP_LONG:
        send_ack(m, '+');
        het_mux_reply(m, "E22");
        break;
    case HET_RSP_BAD:
        send_ack(m, '-');
        break;
    case HET_RSP_NACK:
        send_bytes(m, m->last);
        break;
    default:
        break;
    }
}

/*
 * One packet at a time: GDB waits for the answer before it sends the next, and
 * who does not is made to wait.  Only Ctrl+C comes in between.
 */
static void take_input(HetMux *m)
{
    guint used = 0;

    while (used < m->input->len && m->client) {
        guint8 byte = m->input->data[used];
        HetRspEvent event;

        if (m->is_busy && byte == '$') {
            break;
        }
        used++;
        event = het_rsp_reader_push(&m->reader, byte);
        if (event == HET_RSP_INTERRUPT) {
            het_mux_interrupt(m);
        } else {
            take_event(m, event);
        }
    }
    g_byte_array_remove_range(m->input, 0, used);
}

void het_mux_end(HetMux *m)
{
    g_clear_pointer(&m->client, het_channel_free);
    m->is_busy = FALSE;
    m->funcs->ended(m->opaque);
}

static void on_bytes(const guint8 *data, gsize size, void *opaque)
{
    HetMux *m = opaque;

    if (size == 0 || m->input->len + size > INPUT_MAX) {
        het_mux_end(m);
        return;
    }
    g_byte_array_append(m->input, data, size);
    take_input(m);
}

void het_mux_serve(HetMux *m, int fd)
{
    m->client = het_channel_new(fd, on_bytes, m);
}

HetMux *het_mux_new(GPtrArray *targets, const HetMuxOptions *options,
                    const HetMuxFuncs *funcs, void *opaque)
{
    HetMux *m = g_new0(HetMux, 1);

    m->options = *options;
    m->funcs = funcs;
    m->opaque = opaque;
    m->parts = g_array_sized_new(FALSE, TRUE, sizeof(HetMuxPart),
                                 targets->len);
    for (guint i = 0; i < targets->len; i++) {
        HetMuxPart part = {
            .mux = m,
            .target = g_ptr_array_index(targets, i),
            .pid = i + 1,
            .state = HET_PART_ALONG,
        };

        het_mux_part_init(&part);
        g_array_append_val(m->parts, part);
    }
    m->input = g_byte_array_new();
    m->last = g_byte_array_new();
    m->asked = g_string_new(NULL);
    m->unsaid = g_string_new(NULL);
    m->actions = g_array_new(FALSE, FALSE, sizeof(HetRspAction));
    g_queue_init(&m->events);
    het_rsp_reader_init(&m->reader, HET_TARGET_PACKET_MAX);
    het_mux_run_init(m);
    return m;
}

void het_mux_free(HetMux *m)
{
    if (!m) {
        return;
    }
    het_mux_run_clear(m);
    g_clear_handle_id(&m->input_source, g_source_remove);
    g_clear_pointer(&m->client, het_channel_free);
    het_rsp_reader_clear(&m->reader);
    g_byte_array_unref(m->input);
    g_byte_array_unref(m->last);
    g_string_free(m->asked, TRUE);
    g_string_free(m->unsaid, TRUE);
    g_array_unref(m->actions);
    for (guint i = 0; i < m->parts->len; i++) {
        het_mux_part_clear(&g_array_index(m->parts, HetMuxPart, i));
    }
    g_array_unref(m->parts);
    g_free(m);
}
