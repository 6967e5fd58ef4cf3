/*
 * One emulator to be debugged: the client of its GDB stub
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "debug/target.h"

#include <string.h>

#include "debug/channel.h"
#include "rsp/packet.h"
#include "util/error.h"

#define DOUBT_MS 1000
#define GIVE_UP_MS 10000
#define CORES_MAX 512
#define CLUSTERS_MAX 16

/* Asked in doubt: no other answer looks like this one. */
#define PROBE "qC"
#define PROBE_ANSWER "QC"

typedef struct {
    char *packet;
    gsize size;
    HetTargetReplyFunc *func;
    void *opaque;
} Request;

struct HetTarget {
    char *name;
    HetChannel *channel;
    HetRspReader reader;
    HetTargetState state;
    GQueue requests;            /* Request; the first is on its way */
    char *order;                /* to run, behind what is asked; or NULL */
    gboolean is_halting;        /* an order to halt is on its way */
    gboolean has_ended;
    gboolean has_probed;
    guint unacked;              /* packets */
    guint timer;
    gint64 asked_at;
    GArray *cores;
    HetTargetStopFunc *stop_func;
    void *stop_opaque;
};

static void request_free(gpointer data)
{
    Request *request = data;

    g_free(request->packet);
    g_free(request);
}

const char *het_target_name(const HetTarget *t)
{
    return t->name;
}

HetTargetState het_target_state(const HetTarget *t)
{
    return t->state;
}

gboolean het_target_has_ended(const HetTarget *t)
{
    return t->has_ended;
}

const GArray *het_target_cores(const HetTarget *t)
{
    return t->cores;
}

void het_target_set_stop_func(HetTarget *t, HetTargetStopFunc *func,
                              void *opaque)
{
    t->stop_func = func;
    t->stop_opaque = opaque;
}

static void send_packet(HetTarget *t, const char *packet, gsize size)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    het_rsp_append_packet(bytes, packet, size);
    het_channel_write(t->channel, bytes->data, bytes->len);
    t->unacked++;
}

static void send_byte(HetTarget *t, guint8 byte)
{
    het_channel_write(t->channel, &byte, 1);
}

static void become_gone(HetTarget *t)
{
    Request *request;

    if (t->state == HET_TARGET_GONE) {
        return;
    }
    t->state = HET_TARGET_GONE;
    t->is_halting = FALSE;
    g_clear_pointer(&t->order, g_free);
    g_clear_handle_id(&t->timer, g_source_remove);
    while ((request = g_queue_pop_head(&t->requests))) {
        if (request->func) {
            request->func(t, NULL, request->opaque);
        }
        request_free(request);
    }
    if (t->stop_func) {
        t->stop_func(t, NULL, t->stop_opaque);
    }
}

/* ---- doubts ---- */

static gboolean on_timer(gpointer data)
{
    HetTarget *t = data;
    gint64 ms = (g_get_monotonic_time() - t->asked_at) / 1000;

    if (ms >= GIVE_UP_MS) {
        t->timer = 0;
        become_gone(t);
        return G_SOURCE_REMOVE;
    }
    if (!t->has_probed) {
        t->has_probed = TRUE;
        send_packet(t, PROBE, strlen(PROBE));
    }
    return G_SOURCE_CONTINUE;
}

static void expect_answer(HetTarget *t)
{
    g_clear_handle_id(&t->timer, g_source_remove);
    t->asked_at = g_get_monotonic_time();
    t->has_probed = FALSE;
    t->timer = g_timeout_add(DOUBT_MS, on_timer, t);
}

static void expect_nothing(HetTarget *t)
{
    g_clear_handle_id(&t->timer, g_source_remove);
}

/* ---- requests ---- */

static void send_first(HetTarget *t)
{
    const Request *request = g_queue_peek_head(&t->requests);

    if (request) {
        send_packet(t, request->packet, request->size);
        expect_answer(t);
    }
}

void het_target_ask(HetTarget *t, const char *packet, gsize size,
                    HetTargetReplyFunc *func, void *opaque)
{
    Request *request;

    if (t->state != HET_TARGET_HALTED) {
        func(t, NULL, opaque);
        return;
    }
    request = g_new0(Request, 1);
    request->packet = g_memdup2(packet, size);
    request->size = size;
    request->func = func;
    request->opaque = opaque;
    g_queue_push_tail(&t->requests, request);
    if (g_queue_get_length(&t->requests) == 1) {
        send_first(t);
    }
}

static void on_nothing(HetTarget *target, const GString *reply, void *opaque)
{
}

void het_target_forget_asked(HetTarget *t)
{
    for (GList *item = t->requests.head; item; item = item->next) {
        Request *request = item->data;

        request->func = on_nothing;
    }
}

static void send_halt(HetTarget *t)
{
    send_byte(t, 0x03);
    expect_answer(t);
}

static void send_order(HetTarget *t)
{
    g_autofree char *order = g_steal_pointer(&t->order);

    send_packet(t, order, strlen(order));
    if (t->is_halting) {
        send_halt(t);
    }
}

/* What is still asked would be answered while it runs, and stop it. */
void het_target_resume(HetTarget *t, const char *packet)
{
    if (t->state == HET_TARGET_HALTED) {
        t->state = HET_TARGET_RUNNING;
        t->order = g_strdup(packet);
        if (g_queue_is_empty(&t->requests)) {
            send_order(t);
        }
    }
}

void het_target_halt(HetTarget *t)
{
    if (t->state == HET_TARGET_RUNNING && !t->is_halting) {
        t->is_halting = TRUE;
        if (!t->order) {
            send_halt(t);
        }
    }
}

/* ---- what it says ---- */

static void take_stop(HetTarget *t, const HetRspStop *stop)
{
    if (stop->has_ended) {
        t->has_ended = TRUE;
        become_gone(t);
        return;
    }
    t->state = HET_TARGET_HALTED;
    t->is_halting = FALSE;
    expect_nothing(t);
    if (t->stop_func) {
        t->stop_func(t, stop, t->stop_opaque);
    }
}

/* It has halted, or has not been told yet to go on. */
static gboolean still_answers(const HetTarget *t)
{
    return t->state == HET_TARGET_HALTED || t->order;
}

static void take_reply(HetTarget *t, const GString *reply)
{
    Request *request = g_queue_pop_head(&t->requests);

    if (!request) {
        return;
    }
    expect_nothing(t);
    request->func(t, reply, request->opaque);
    request_free(request);
    if (t->order && g_queue_is_empty(&t->requests)) {
        send_order(t);
    } else if (still_answers(t) && !t->timer) {
        send_first(t);
    }
}

/* The packet before it was lost, or it had halted without a word. */
static void take_probe_answer(HetTarget *t)
{
    const HetRspStop stop = { .signal = HET_RSP_SIGINT };

    if (still_answers(t)) {
        send_first(t);
    } else if (t->state == HET_TARGET_RUNNING && t->is_halting) {
        take_stop(t, &stop);
    }
}

static void take_packet(HetTarget *t)
{
    const GString *packet = t->reader.payload;
    g_auto(HetRspStop) stop = { 0 };

    if (g_str_has_prefix(packet->str, PROBE_ANSWER)) {
        take_probe_answer(t);
    } else if (still_answers(t)) {
        take_reply(t, packet);
    } else {
        /* What is no stop reply refuses the order to run. */
        if (*packet->str == 'O' && strcmp(packet->str, "OK")) {
            return;
        }
        if (!het_rsp_parse_stop(packet->str, &stop)) {
            stop = (HetRspStop) { .signal = HET_RSP_SIGTRAP };
        }
        take_stop(t, &stop);
    }
}

static void on_bytes(const guint8 *data, gsize size, void *opaque)
{
    HetTarget *t = opaque;

    if (size == 0) {
        t->has_ended = TRUE;
        become_gone(t);
        return;
    }
    for (gsize i = 0; i < size && t->state != HET_TARGET_GONE; i++) {
        switch (het_rsp_reader_push(&t->reader, data[i])) {
        case HET_RSP_ACK:
            t->unacked -= MIN(t->unacked, 1);
            break;
        case HET_RSP_PACKET:
            t->unacked = 0;
            send_byte(t, '+');
            take_packet(t);
            break;
        case HET_RSP_BAD:
        case HET_RSP_LONG:
            /* A socket loses nothing: this is no stub. */
            become_gone(t);
            break;
        default:
            break;
        }
    }
}

/* ---- waiting ---- */

typedef struct {
    gboolean is_done;
    char *text;                 /* NULL: it is gone */
} Answer;

static void on_answer(HetTarget *t, const GString *reply, void *opaque)
{
    Answer *answer = opaque;

    answer->is_done = TRUE;
    answer->text = reply ? g_strdup(reply->str) : NULL;
}

/* NULL: it is gone */
static char *ask_and_wait(HetTarget *t, const char *packet)
{
    Answer answer = { 0 };

    het_target_ask(t, packet, strlen(packet), on_answer, &answer);
    while (!answer.is_done) {
        g_main_context_iteration(NULL, TRUE);
    }
    return answer.text;
}

static void add_cores(HetTarget *t, const char *text)
{
    const char *p = text;

    while (*p && t->cores->len < CORES_MAX) {
        HetRspThread thread;
        HetTargetCore core;

        p++;
        if (!het_rsp_parse_thread(&p, &thread) || thread.tid <= 0) {
            return;
        }
        core = (HetTargetCore) { MAX(thread.pid, 1), thread.tid };
        g_array_append_val(t->cores, core);
        if (*p && *p != ',') {
            return;
        }
    }
}

/* All its clusters, of which the first is attached already */
static void attach_clusters(HetTarget *t)
{
    gboolean is_there = TRUE;

    for (int pid = 2; is_there && pid <= CLUSTERS_MAX; pid++) {
        g_autofree char *packet = g_strdup_printf("vAttach;%x", pid);
        g_autofree char *reply = ask_and_wait(t, packet);

        is_there = reply && *reply == 'T';
    }
}

static void find_cores(HetTarget *t)
{
    const char *packet = "qfThreadInfo";

    for (int i = 0; i < CORES_MAX; i++) {
        g_autofree char *reply = ask_and_wait(t, packet);

        if (!reply || *reply != 'm') {
            return;
        }
        add_cores(t, reply);
        packet = "qsThreadInfo";
    }
}

gboolean het_target_open(HetTarget *t, GError **error)
{
    g_autofree char *supported =
        ask_and_wait(t, "qSupported:multiprocess+;vContSupported+");

    if (supported) {
        attach_clusters(t);
        find_cores(t);
    }
    if (!t->cores->len) {
        g_set_error(error, HET_ERROR, t->state == HET_TARGET_GONE
                    ? HET_ERROR_TIMEOUT : HET_ERROR_FAILED,
                    "processor '%s': the debug stub of its emulator does not "
                    "answer, or names no core", t->name);
        return FALSE;
    }
    return TRUE;
}

gboolean het_target_can_stop_at_boot(HetTarget *t)
{
    g_autofree char *reply = ask_and_wait(t, "qqemu.StopAtBoot");

    return reply && *reply;
}

void het_target_set_boot_stop(HetTarget *t, gboolean stops)
{
    g_autofree char *packet = g_strdup_printf("Qqemu.StopAtBoot:%d", !!stops);

    het_target_ask(t, packet, strlen(packet), on_nothing, NULL);
}

void het_target_set_stop_count(HetTarget *t, gboolean counts)
{
    g_autofree char *packet = g_strdup_printf("Qqemu.StopCount:%d", !!counts);

    het_target_ask(t, packet, strlen(packet), on_nothing, NULL);
}

/* '?' removes the breakpoints of the core that is to go on. */
void het_target_ask_clear(HetTarget *t, HetTargetReplyFunc *func,
                          void *opaque)
{
    het_target_set_boot_stop(t, FALSE);
    het_target_set_stop_count(t, FALSE);
    for (guint i = 0; i < t->cores->len; i++) {
        const HetTargetCore *core =
            &g_array_index(t->cores, HetTargetCore, i);
        gboolean is_last = i + 1 == t->cores->len;
        g_autofree char *select =
            g_strdup_printf("Hcp%" G_GINT64_MODIFIER "x.%"
                            G_GINT64_MODIFIER "x", core->pid, core->tid);

        het_target_ask(t, select, strlen(select), on_nothing, NULL);
        het_target_ask(t, "?", 1, is_last ? func : on_nothing, opaque);
    }
}

/* ---- the end, of all at once: one that does not answer holds up nobody ---- */

typedef gboolean IsAwaited(const HetTarget *t);

static gboolean on_late(gpointer data)
{
    gboolean *is_late = data;

    *is_late = TRUE;
    return G_SOURCE_REMOVE;
}

static gboolean any_awaited(const GPtrArray *targets, IsAwaited *is_awaited)
{
    for (guint i = 0; i < targets->len; i++) {
        if (is_awaited(g_ptr_array_index(targets, i))) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Who is awaited longer than @ms is gone. */
static void await(const GPtrArray *targets, IsAwaited *is_awaited, guint ms)
{
    gboolean is_late = FALSE;
    guint timer = g_timeout_add(ms, on_late, &is_late);

    while (!is_late && any_awaited(targets, is_awaited)) {
        g_main_context_iteration(NULL, TRUE);
    }
    if (!is_late) {
        g_source_remove(timer);
    }
    for (guint i = 0; i < targets->len; i++) {
        HetTarget *t = g_ptr_array_index(targets, i);

        if (is_awaited(t)) {
            become_gone(t);
        }
    }
}

static gboolean is_running(const HetTarget *t)
{
    return t->state == HET_TARGET_RUNNING;
}

static gboolean is_asked(const HetTarget *t)
{
    return t->state == HET_TARGET_HALTED && t->requests.length;
}

static gboolean is_unacked(const HetTarget *t)
{
    return t->state != HET_TARGET_GONE && t->unacked;
}

void het_targets_clear(GPtrArray *targets, guint ms)
{
    for (guint i = 0; i < targets->len; i++) {
        HetTarget *t = g_ptr_array_index(targets, i);

        t->stop_func = NULL;
        het_target_halt(t);
    }
    await(targets, is_running, ms);
    for (guint i = 0; i < targets->len; i++) {
        het_target_ask_clear(g_ptr_array_index(targets, i), on_nothing, NULL);
    }
    await(targets, is_asked, ms);
}

void het_targets_resume(GPtrArray *targets, HetTargetStaysFunc *stays,
                        void *opaque)
{
    for (guint i = targets->len; i-- > 0;) {
        if (!stays(i, opaque)) {
            het_target_resume(g_ptr_array_index(targets, i), "vCont;c");
        }
    }
}

void het_targets_settle(GPtrArray *targets, guint ms)
{
    await(targets, is_unacked, ms);
}

HetTarget *het_target_new(const char *name, int fd)
{
    HetTarget *t = g_new0(HetTarget, 1);

    t->name = g_strdup(name);
    het_rsp_reader_init(&t->reader, HET_TARGET_PACKET_MAX * 2);
    g_queue_init(&t->requests);
    t->cores = g_array_new(FALSE, TRUE, sizeof(HetTargetCore));
    t->channel = het_channel_new(fd, on_bytes, t);
    return t;
}

void het_target_free(HetTarget *t)
{
    if (!t) {
        return;
    }
    g_clear_handle_id(&t->timer, g_source_remove);
    het_channel_free(t->channel);
    het_rsp_reader_clear(&t->reader);
    g_queue_clear_full(&t->requests, request_free);
    g_free(t->order);
    g_array_unref(t->cores);
    g_free(t->name);
    g_free(t);
}
