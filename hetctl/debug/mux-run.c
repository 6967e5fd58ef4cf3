/*
 * One debugger for all processors of a SoC: who runs, who halts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "debug/mux-internal.h"

#include <string.h>

static void event_free(HetMuxEvent *event)
{
    het_rsp_stop_clear(&event->stop);
    g_free(event);
}

static HetMuxEvent *event_new(HetMuxPart *part, const HetRspStop *stop)
{
    HetMuxEvent *event = g_new0(HetMuxEvent, 1);
    const GArray *cores = het_target_cores(part->target);

    event->stop = *stop;
    event->stop.watch = g_strdup(stop->watch);
    event->part = part;
    event->tid = stop->thread.tid > 0
                 ? stop->thread.tid
                 : g_array_index(cores, HetTargetCore, 0).tid;
    return event;
}

static void tell(HetMux *m, HetMuxEvent *event)
{
    g_autofree char *text = het_rsp_format_stop(&event->stop,
                                                event->part->pid, event->tid);

    if (!event->stop.has_ended) {
        m->general = (HetRspThread) { event->part->pid, event->tid };
    }
    event_free(event);
    het_mux_reply(m, text);
}

/* ---- halting ---- */

static gboolean runs_with_us(const HetMuxPart *part)
{
    return part->state != HET_PART_FREE &&
           het_target_state(part->target) == HET_TARGET_RUNNING;
}

static gboolean any_runs(const HetMux *m)
{
    for (guint i = 0; i < m->parts->len; i++) {
        if (runs_with_us(&g_array_index(m->parts, HetMuxPart, i))) {
            return TRUE;
        }
    }
    return FALSE;
}

static void halt_all(HetMux *m)
{
    m->phase = HET_MUX_HALTING;
    for (guint i = 0; i < m->parts->len; i++) {
        HetMuxPart *part = &g_array_index(m->parts, HetMuxPart, i);

        if (runs_with_us(part)) {
            het_target_halt(part->target);
        }
    }
}

/* Rather one that is there */
static HetMuxPart *find_present(HetMux *m, const HetTargetCore **core)
{
    for (guint i = 0; i < m->parts->len; i++) {
        const HetMuxPart *part = &g_array_index(m->parts, HetMuxPart, i);
        const HetRspThread thread = { part->pid, HET_RSP_ANY };

        if (!part->is_away && het_mux_find(m, &thread, core)) {
            return het_mux_part(m, part->pid);
        }
    }
    return NULL;
}

/*
 * For a stop that is nobody's in particular.  GDB (13) ends itself when it lets
 * a thread step over a breakpoint, and hears of another one.
 */
static HetMuxEvent *make_event(HetMux *m)
{
    const HetRspStop stop = { .signal = HET_RSP_SIGINT };
    const HetTargetCore *core;
    HetMuxPart *part = m->stepping.pid
                       ? het_mux_find(m, &m->stepping, &core) : NULL;
    HetMuxEvent *event;

    if (!part) {
        part = het_mux_current(m, &core);
        part = part && part->is_away ? NULL : part;
    }
    if (!part) {
        part = find_present(m, &core);
    }
    if (!part) {
        const HetRspThread any = { HET_RSP_ANY, HET_RSP_ANY };

        part = het_mux_find(m, &any, &core);
    }
    if (!part) {
        return NULL;
    }
    event = event_new(part, &stop);
    event->tid = core->tid;
    return event;
}

static gboolean happens_once(const HetRspStop *stop)
{
    return stop->watch || stop->is_boot;
}

/*
 * A breakpoint that another has reached meanwhile is reached again when that
 * one goes on, so that only what happens once is kept.
 */
static void note_stop(HetMux *m, HetMuxPart *part, const HetRspStop *stop)
{
    if (part->state != HET_PART_ATTACHED ||
        stop->signal == HET_RSP_SIGINT) {
        return;
    }
    if (!m->event) {
        m->event = event_new(part, stop);
    } else if (happens_once(stop)) {
        g_queue_push_tail(&m->events, event_new(part, stop));
    }
}

static void note_gone(HetMux *m, HetMuxPart *part)
{
    const HetRspStop stop = { .has_ended = TRUE };

    if (part->state == HET_PART_ATTACHED && !part->is_reported_gone) {
        part->is_reported_gone = TRUE;
        g_hash_table_remove_all(part->breakpoints);
        g_queue_push_tail(&m->events, event_new(part, &stop));
    }
}

/* Who is alone halts with nobody. */
static void count_stops(const HetMuxPart *part)
{
    if (!part->mux->options.is_single) {
        het_target_set_stop_count(part->target, TRUE);
    }
}

static void become_attached(HetMuxPart *part)
{
    part->state = HET_PART_ATTACHED;
    count_stops(part);          /* a detach has ended that */
    if (part->mux->options.stops_at_boot) {
        het_target_set_boot_stop(part->target, TRUE);
    }
}

static void finish_attach(HetMux *m)
{
    const HetRspStop stop = { .signal = HET_RSP_SIGTRAP };
    HetMuxPart *part = m->attaching;

    m->attaching = NULL;
    if (het_target_state(part->target) == HET_TARGET_GONE) {
        het_mux_reply(m, "E01");
        return;
    }
    become_attached(part);
    tell(m, event_new(part, &stop));
}

/* GDB knows of no such stop. */
static void say_boot(HetMux *m, const HetMuxPart *part)
{
    g_autofree char *text = g_strdup_printf("Processor '%s' boots.\n",
                                            het_target_name(part->target));

    het_mux_say(m, text, strlen(text));
}

static gboolean ends_step(const HetMux *m, const HetMuxEvent *event)
{
    return m->stepping.pid == event->part->pid &&
           m->stepping.tid == event->tid &&
           event->stop.signal == HET_RSP_SIGTRAP && !event->stop.is_boot;
}

/*
 * GDB may have stepped for itself, to get over a breakpoint, or may find the
 * value that it watches unchanged: it goes on without a word then.
 */
static gboolean may_pass_over(const HetMux *m, const HetMuxEvent *event)
{
    return event->stop.watch || ends_step(m, event);
}

static void tell_next(HetMux *m)
{
    if (!m->event && g_queue_is_empty(&m->events)) {
        m->event = make_event(m);
    } else if (!m->event) {
        m->event = g_queue_pop_head(&m->events);
    }
    if (m->event && m->event->stop.is_boot) {
        say_boot(m, m->event->part);
    }
    m->may_go_on = m->event && may_pass_over(m, m->event);
    m->keeps_interrupt = m->may_go_on &&
                         (m->is_interrupted || m->keeps_interrupt);
    m->is_interrupted = FALSE;
    if (m->event) {
        tell(m, g_steal_pointer(&m->event));
    } else {
        het_mux_end(m);         /* all are gone */
    }
}

static void finish_halt(HetMux *m)
{
    if (m->phase != HET_MUX_HALTING || any_runs(m)) {
        return;
    }
    het_mux_note_skew(m);
    m->phase = HET_MUX_HALTED;
    if (m->attaching) {
        finish_attach(m);
    } else {
        tell_next(m);
    }
}

static void on_stop(HetTarget *target, const HetRspStop *stop, void *opaque)
{
    HetMuxPart *part = opaque;
    HetMux *m = part->mux;

    part->selected = 0;
    if (stop) {
        het_skew_stops(&part->clock, stop);
        note_stop(m, part, stop);
    } else if (!het_mux_leave(m, part)) {
        note_gone(m, part);
    }
    if (m->phase == HET_MUX_HALTED || part->state == HET_PART_FREE) {
        return;
    }
    if (m->phase == HET_MUX_RUNNING) {
        if (!stop && (part->state == HET_PART_ALONG || part->is_away)) {
            return;
        }
        halt_all(m);
    }
    finish_halt(m);
}

/* One that comes with a stop is told at the next order, if GDB goes on. */
void het_mux_interrupt(HetMux *m)
{
    if (m->phase == HET_MUX_HALTED) {
        m->keeps_interrupt |= m->may_go_on;     /* it has not read of it yet */
        return;
    }
    m->is_interrupted = !m->attaching;
    if (m->phase == HET_MUX_RUNNING) {
        halt_all(m);
        finish_halt(m);
    }
}

static gboolean any_attached(const HetMux *m)
{
    for (guint i = 0; i < m->parts->len; i++) {
        const HetMuxPart *part = &g_array_index(m->parts, HetMuxPart, i);

        if (part->state == HET_PART_ATTACHED && !part->is_reported_gone) {
            return TRUE;
        }
    }
    return FALSE;
}

void het_mux_attach_first(HetMux *m)
{
    HetMuxPart *part = het_mux_part(m, 1);

    if (!any_attached(m) && (m->options.is_single || !m->is_extended) &&
        het_target_state(part->target) == HET_TARGET_HALTED) {
        become_attached(part);
    }
}

void het_mux_tell_halted(HetMux *m)
{
    const HetRspThread any = { HET_RSP_ANY, HET_RSP_ANY };
    const HetRspStop stop = { .signal = HET_RSP_SIGTRAP };
    const HetTargetCore *core;
    HetMuxPart *part;

    het_mux_attach_first(m);
    part = het_mux_find(m, &any, &core);
    if (part) {
        tell(m, event_new(part, &stop));
    } else {
        het_mux_reply(m, "W00");
    }
}

/* ---- running ---- */

/* NULL: none of its cores is to run */
static char *orders_of(const HetMuxPart *part, const GArray *actions,
                       gboolean others_run)
{
    const GArray *cores = het_target_cores(part->target);
    g_autoptr(GString) text = g_string_new("vCont");
    gboolean runs = FALSE;

    if (part->state == HET_PART_ALONG) {
        return others_run ? g_strdup("vCont;c") : NULL;
    }
    for (guint i = 0; i < cores->len; i++) {
        const HetTargetCore *core = &g_array_index(cores, HetTargetCore, i);
        char action = het_rsp_action_of(actions, part->pid, core->tid);

        if (action) {
            runs = TRUE;
            g_string_append_printf(text, ";%c:p%" G_GINT64_MODIFIER "x.%"
                                   G_GINT64_MODIFIER "x", action, core->pid,
                                   core->tid);
        }
    }
    return runs ? g_strdup(text->str) : NULL;
}

/* A step alone is of one core: the others stay where they are. */
static gboolean lets_go(const GArray *actions)
{
    for (guint i = 0; i < actions->len; i++) {
        if (g_array_index(actions, HetRspAction, i).action == 'c') {
            return TRUE;
        }
    }
    return FALSE;
}

static HetRspThread find_stepping(const HetMux *m, const GArray *actions)
{
    for (guint i = 0; i < m->parts->len; i++) {
        const HetMuxPart *part = &g_array_index(m->parts, HetMuxPart, i);
        const GArray *cores = het_target_cores(part->target);

        for (guint j = 0; j < cores->len; j++) {
            gint64 tid = g_array_index(cores, HetTargetCore, j).tid;

            if (part->state == HET_PART_ATTACHED &&
                het_rsp_action_of(actions, part->pid, tid) == 's') {
                return (HetRspThread) { part->pid, tid };
            }
        }
    }
    return (HetRspThread) { 0, 0 };
}

/* FALSE: it stays as it is.  Who is away is ordered as well. */
static gboolean resume_part(const HetMux *m, HetMuxPart *part)
{
    gboolean halted = het_target_state(part->target) == HET_TARGET_HALTED;
    g_autofree char *orders = NULL;

    if (part->state == HET_PART_FREE || (!halted && !part->is_away)) {
        return FALSE;
    }
    orders = orders_of(part, m->actions, lets_go(m->actions));
    if (orders && halted && !part->is_coming) {
        het_skew_goes(&part->clock);
        het_target_resume(part->target, orders);
    }
    return orders != NULL;
}

/* Slaves first: what the master sends finds them running. */
static guint resume_parts(HetMux *m)
{
    guint n = 0;

    for (guint i = m->parts->len; i-- > 0;) {
        HetMuxPart *part = &g_array_index(m->parts, HetMuxPart, i);

        n += resume_part(m, part) && part->state == HET_PART_ATTACHED;
    }
    return n;
}

void het_mux_resume_part(HetMux *m, HetMuxPart *part)
{
    if (m->phase == HET_MUX_RUNNING) {
        resume_part(m, part);
    }
}

void het_mux_resume(HetMux *m, const char *packet)
{
    g_autoptr(GArray) actions = het_rsp_parse_vcont(packet);

    if (!actions) {
        het_mux_reply(m, "E22");
        return;
    }
    if (!g_queue_is_empty(&m->events)) {
        tell_next(m);
        return;
    }
    het_mux_say_unsaid(m);
    g_array_unref(m->actions);
    m->actions = g_steal_pointer(&actions);
    m->stepping = find_stepping(m, m->actions);
    if (m->keeps_interrupt) {
        tell_next(m);
        return;
    }
    m->may_go_on = FALSE;
    m->phase = HET_MUX_RUNNING;
    if (!resume_parts(m)) {
        /* Who has gone along halts again. */
        halt_all(m);
        finish_halt(m);
    }
}

void het_mux_forget_watch(HetMux *m, const HetMuxPart *part,
                          const char *packet)
{
    GList *next;

    for (GList *item = m->events.head; item; item = next) {
        HetMuxEvent *event = item->data;
        guint64 address = 0;

        next = item->next;
        if (event->part == part && event->stop.watch_type == packet[1] &&
            packet[2] == ',') {
            address = g_ascii_strtoull(packet + 3, NULL, 16);
            if (address == event->stop.address) {
                g_queue_delete_link(&m->events, item);
                event_free(event);
            }
        }
    }
}

/* ---- attaching, detaching ---- */

static void attach(HetMux *m, HetMuxPart *part)
{
    part->state = HET_PART_ALONG;
    m->attaching = part;
    m->may_go_on = FALSE;
    m->keeps_interrupt = FALSE;
    halt_all(m);
    finish_halt(m);
}

static void drop_events(HetMux *m, const HetMuxPart *part)
{
    GList *next;

    for (GList *item = m->events.head; item; item = next) {
        HetMuxEvent *event = item->data;

        next = item->next;
        if (event->part == part) {
            g_queue_delete_link(&m->events, item);
            event_free(event);
        }
    }
}

void het_mux_attach(HetMux *m, gint64 pid)
{
    HetMuxPart *part = het_mux_part(m, pid);

    if (part && het_target_state(part->target) == HET_TARGET_GONE &&
        !part->is_away) {
        m->is_reopening = TRUE;
        m->funcs->reopen(pid - 1, m->opaque);
    } else if (part && part->state != HET_PART_ATTACHED && !part->is_away) {
        attach(m, part);
    } else {
        het_mux_reply(m, "E01");
    }
}

static void lose(HetMux *m, HetMuxPart *part)
{
    part->is_away = FALSE;
    if (part->state == HET_PART_ALONG) {
        return;
    }
    note_gone(m, part);
    if (m->phase == HET_MUX_RUNNING) {
        halt_all(m);
        finish_halt(m);
    }
}

static void take_target(HetMux *m, HetMuxPart *part, HetTarget *target)
{
    drop_events(m, part);
    part->target = target;
    part->selected = 0;
    part->is_reported_gone = FALSE;
    part->clock = (HetSkewClock) { };
    het_target_set_stop_func(target, on_stop, part);
    count_stops(part);
}

void het_mux_replace(HetMux *m, guint index, HetTarget *target)
{
    HetMuxPart *part = het_mux_part(m, (gint64)index + 1);

    if (target) {
        take_target(m, part, target);
    }
    if (part->is_away && target) {
        het_mux_come_back(m, part);
    } else if (part->is_away) {
        lose(m, part);
    } else if (target && part->state == HET_PART_FREE &&
               !m->is_reopening) {
        het_target_resume(target, "vCont;c");
    }
    if (m->is_reopening) {
        m->is_reopening = FALSE;
        if (target) {
            attach(m, part);
        } else {
            het_mux_reply(m, "E01");
        }
    }
}

/* Nobody looks at the SoC any more: it runs. */
static void let_all_go(HetMux *m)
{
    for (guint i = m->parts->len; i-- > 0;) {
        const HetMuxPart *part = &g_array_index(m->parts, HetMuxPart, i);

        het_target_resume(part->target, "vCont;c");
    }
}

static void on_cleared(HetTarget *target, const GString *reply, void *opaque)
{
    HetMuxPart *part = opaque;
    HetMux *m = part->mux;

    part->selected = 0;
    if (any_attached(m)) {
        het_target_resume(target, "vCont;c");
    } else {
        let_all_go(m);
    }
    het_mux_reply(m, "OK");
}

void het_mux_detach(HetMux *m, gint64 pid)
{
    HetMuxPart *part = het_mux_part(m, pid);

    if (!part || part->state != HET_PART_ATTACHED) {
        het_mux_reply(m, "E01");
        return;
    }
    drop_events(m, part);
    g_hash_table_remove_all(part->breakpoints);
    part->state = HET_PART_FREE;
    part->is_away = FALSE;
    part->is_coming = FALSE;
    het_target_ask_clear(part->target, on_cleared, part);
}

void het_mux_run_init(HetMux *m)
{
    for (guint i = 0; i < m->parts->len; i++) {
        HetMuxPart *part = &g_array_index(m->parts, HetMuxPart, i);

        het_target_set_stop_func(part->target, on_stop, part);
        count_stops(part);
    }
}

void het_mux_run_clear(HetMux *m)
{
    HetMuxEvent *event;

    for (guint i = 0; i < m->parts->len; i++) {
        const HetMuxPart *part = &g_array_index(m->parts, HetMuxPart, i);

        het_target_set_stop_func(part->target, NULL, NULL);
        het_target_forget_asked(part->target);
    }
    while ((event = g_queue_pop_head(&m->events))) {
        event_free(event);
    }
    g_clear_pointer(&m->event, event_free);
}
