/*
 * What the processors of a SoC do: as tables, as JSON
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <stdio.h>

#include "domain/memory.h"
#include "run/core-json.h"
#include "run/core-note.h"
#include "run/status.h"
#include "util/output.h"

static char *number(guint64 n)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT, n);
}

/* "retram, sram (not attached)" */
static char *window_list(const HetSlaveInfo *slave)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < slave->windows->len; i++) {
        const HetSlaveWindow *w = g_ptr_array_index(slave->windows, i);

        g_string_append_printf(text, "%s%s%s", i ? ", " : "", w->id,
                               w->attached ? "" : " (not attached)");
    }
    return g_string_free(text, FALSE);
}

/* What the master has stands in the XML: it never changes. */
static char *master_window_list(const HetDefined *defined)
{
    g_autoptr(GPtrArray) windows = NULL;
    GString *text = g_string_new(NULL);

    if (defined->soc) {
        windows = het_soc_get_windows(defined->soc, defined->soc->master);
    }
    for (guint i = 0; windows && i < windows->len; i++) {
        const HetWindow *window = g_ptr_array_index(windows, i);

        g_string_append_printf(text, "%s%s", i ? ", " : "", window->id);
    }
    return g_string_free(text, FALSE);
}

static char *stop_reason(const HetPartStatus *p)
{
    const HetSlaveInfo *slave = p->slave;

    if (p->error) {
        return g_strdup(p->error);
    }
    if (!slave || slave->state == HET_CORE_RUNNING || !slave->reason) {
        return NULL;
    }
    return slave->message && slave->state == HET_CORE_CRASHED
           ? g_strdup_printf("%s: %s", slave->reason, slave->message)
           : g_strdup(slave->reason);
}

/* Its master has loaded over the running core, and released it. */
static void add_ignored_boots(GPtrArray *texts, const HetPartStatus *p)
{
    for (guint i = 0; p->idms && i < p->idms->len; i++) {
        const HetIdmInfo *idm = g_ptr_array_index(p->idms, i);

        for (guint j = 0; j < idm->links->len; j++) {
            const HetIdmLink *link = g_ptr_array_index(idm->links, j);

            if (link->boot_ignored) {
                g_ptr_array_add(texts, g_strdup_printf(
                    "booted '%s' while it ran already", link->peer));
            }
        }
    }
}

static char *debugger_text(const HetPartStatus *p)
{
    const char *what =
        p->debugger.has_left
        ? "left by the debugger of process %" G_GUINT64_FORMAT
          ", 'hetctl gdb' lets it go"
        : p->part->state == VIR_DOMAIN_PAUSED
        ? "halted by the debugger of process %" G_GUINT64_FORMAT
        : "debugged by process %" G_GUINT64_FORMAT;

    return g_strdup_printf(what, p->debugger.pid);
}

/* Its core has crashed, or its emulator has ended unasked. */
static gboolean is_crash(const HetPartStatus *p)
{
    return p->ended || (p->slave && p->slave->state == HET_CORE_CRASHED);
}

/* "lockup: Lockup at ...; crashes: 3; restarts: 2 (crashed)" */
static char *note(const HetStatus *status, const HetPartStatus *p)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    char *reason = stop_reason(p);

    if (reason) {
        g_ptr_array_add(texts, reason);
    }
    if (p->ended) {
        g_ptr_array_add(texts, g_strdup(p->ended));
    }
    if (p->has_no_memory) {
        g_ptr_array_add(texts, g_strdup("no-memory: the host has none left; "
                                        "when it has, 'hetctl resume' lets "
                                        "it go on"));
    }
    if (p->debugger.label) {
        g_ptr_array_add(texts, debugger_text(p));
    }
    if (p->part->is_renamed) {
        g_ptr_array_add(texts, g_strdup_printf("domain '%s'",
                                               virDomainGetName(
                                                   p->part->domain)));
    }
    if (p->is_transient) {
        g_ptr_array_add(texts, g_strdup("undefined, gone when it ends"));
    }
    if (p->is_autostart) {
        g_ptr_array_add(texts, g_strdup("virsh autostart has no effect: "
                                        "'hetctl autostart'"));
    }
    if (p->is_saved) {
        g_ptr_array_add(texts, g_strdup("saved image, the next start "
                                        "discards it"));
    }
    if (p->slave && p->slave->crashes) {
        g_ptr_array_add(texts, g_strdup_printf("crashes: %"
                                               G_GUINT64_FORMAT,
                                               p->slave->crashes));
    }
    if (p->restarts) {
        g_ptr_array_add(texts, g_strdup_printf("restarts: %u (%s)",
                                               p->restarts,
                                               p->restart_reason ?: "?"));
    }
    if (p->cores) {
        het_core_note_add(p->cores, texts);
    }
    add_ignored_boots(texts, p);
    if (status->has_recorders && is_crash(p)) {
        g_ptr_array_add(texts, g_strdup_printf(
            "'hetctl trace %s --last' shows what came before",
            status->defined->name));
    }
    if (!texts->len) {
        return NULL;
    }
    g_ptr_array_add(texts, NULL);
    return g_strjoinv("; ", (char **)texts->pdata);
}

static void add_part(HetTable *table, const HetStatus *status,
                     const HetPartStatus *p)
{
    g_autofree char *pid = p->pid ? number(p->pid) : NULL;
    g_autofree char *boots = p->slave ? number(p->slave->boots) : NULL;
    g_autofree char *text = note(status, p);
    g_autofree char *windows =
        p->part->is_master ? master_window_list(status->defined)
                           : p->slave ? window_list(p->slave) : NULL;
    const char *cells[] = {
        p->part->name, p->part->is_master ? "master" : "slave",
        het_part_state_name(p->part), pid,
        p->slave ? het_core_state_name(p->slave->state) : NULL, boots,
        windows, text,
    };

    het_table_add(table, cells);
}

static void add_link(HetTable *table, const char *processor,
                     const HetIdmInfo *idm, const HetIdmLink *link)
{
    g_autofree char *sent = number(link->sent);
    g_autofree char *received = number(link->received);
    g_autofree char *coalesced = number(link->coalesced);
    g_autofree char *in = g_strdup_printf("0x%x", link->pending_in);
    g_autofree char *out = g_strdup_printf("0x%x", link->pending_out);
    const char *cells[] = {
        idm->id, processor, link->peer, het_link_state_name(link->state),
        sent, received, coalesced, in, out, link->error,
    };

    het_table_add(table, cells);
}

static guint add_links(HetTable *table, const HetPartStatus *p)
{
    guint n = 0;

    for (guint i = 0; p->idms && i < p->idms->len; i++) {
        const HetIdmInfo *idm = g_ptr_array_index(p->idms, i);

        for (guint j = 0; j < idm->links->len; j++, n++) {
            add_link(table, p->part->name, idm,
                     g_ptr_array_index(idm->links, j));
        }
    }
    return n;
}

void het_status_print_table(const HetStatus *status)
{
    g_autoptr(HetTable) parts =
        het_table_new("PROCESSOR", "ROLE", "STATE", "PID", "CORE", "BOOTS",
                      "WINDOWS", "NOTE", NULL);
    g_autoptr(HetTable) links =
        het_table_new("IDM", "AT", "PEER", "LINK", "SENT", "RECEIVED",
                      "COALESCED", "IN", "OUT", "NOTE", NULL);
    g_autoptr(GError) problem = NULL;
    guint nr_links = 0;

    het_print_line("soc %s: %s", status->defined->name,
                   het_run_state_name(het_defined_state(status->defined)));
    if (!het_defined_check_whole(status->defined, &problem)) {
        het_print_line("%s", problem->message);
    }
    if (status->memory_error) {
        printf("%s\n", status->memory_error);
    }
    puts("");
    for (guint i = 0; i < status->parts->len; i++) {
        const HetPartStatus *p = g_ptr_array_index(status->parts, i);

        add_part(parts, status, p);
        nr_links += add_links(links, p);
    }
    het_table_print(parts);
    if (nr_links) {
        puts("");
        het_table_print(links);
    }
}

static char *core_text(const HetPartStatus *p, const HetCoreInfo *core)
{
    return core->fault ? het_core_note_fault(p->cores, core->fault) : NULL;
}

static void add_core(HetTable *table, const HetPartStatus *p,
                     const HetCoreInfo *core)
{
    g_autofree char *index = number(core->index);
    g_autofree char *pc = het_core_note_place(p->cores, core->pc);
    g_autofree char *lr = het_core_note_place(p->cores, core->lr);
    g_autofree char *sp = g_strdup_printf("0x%08" G_GINT64_MODIFIER "x",
                                          core->sp);
    g_autofree char *text = core_text(p, core);
    const char *cells[] = {
        p->part->name, index,
        p->slave ? het_core_state_name(p->slave->state) : NULL,
        core->exception, core->halted ? "yes" : "no", pc, lr, sp, text,
    };

    het_table_add(table, cells);
}

static void add_registers(HetTable *table, const HetPartStatus *p,
                          const HetCoreInfo *core)
{
    g_autofree char *index = number(core->index);

    for (guint i = 0; core->fault && i < core->fault->registers->len; i++) {
        const HetCoreRegister *reg =
            &g_array_index(core->fault->registers, HetCoreRegister, i);
        g_autofree char *value = g_strdup_printf("0x%08" G_GINT64_MODIFIER
                                                 "x", reg->value);
        const char *cells[] = { p->part->name, index, reg->name, value };

        het_table_add(table, cells);
    }
}

void het_status_print_cores(const HetStatus *status)
{
    g_autoptr(HetTable) cores =
        het_table_new("PROCESSOR", "INDEX", "CORE", "EXCEPTION", "HALTED",
                      "PC", "LR", "SP", "FAULT", NULL);
    g_autoptr(HetTable) registers =
        het_table_new("PROCESSOR", "INDEX", "REGISTER", "VALUE", NULL);
    gboolean has_fault = FALSE;

    for (guint i = 0; i < status->parts->len; i++) {
        const HetPartStatus *p = g_ptr_array_index(status->parts, i);
        const char *cells[] = { p->part->name, NULL, NULL, NULL, NULL, NULL,
                                NULL, NULL, p->error };

        if (!p->cores) {
            het_table_add(cores, cells);
        }
        for (guint j = 0; p->cores && j < p->cores->cores->len; j++) {
            const HetCoreInfo *core = g_ptr_array_index(p->cores->cores, j);

            add_core(cores, p, core);
            add_registers(registers, p, core);
            has_fault |= core->fault != NULL;
        }
    }
    het_table_print(cores);
    if (has_fault) {
        puts("");
        het_table_print(registers);
    }
}

static void add_window_json(const HetSlaveWindow *w, JsonBuilder *b)
{
    json_builder_begin_object(b);
    het_json_add_string(b, "id", w->id);
    het_json_add_uint(b, "size", w->size);
    het_json_add_bool(b, "attached", w->attached);
    if (w->attached) {
        het_json_add_uint(b, "offset", w->offset);
    }
    json_builder_end_object(b);
}

static void add_stops_json(const GPtrArray *stops, JsonBuilder *b)
{
    json_builder_set_member_name(b, "stops");
    json_builder_begin_array(b);
    for (guint i = 0; i < stops->len; i++) {
        const HetSlaveStop *stop = g_ptr_array_index(stops, i);

        json_builder_begin_object(b);
        het_json_add_string(b, "reason", stop->reason);
        het_json_add_uint(b, "count", stop->count);
        json_builder_end_object(b);
    }
    json_builder_end_array(b);
}

static void add_slave_json(const HetSlaveInfo *slave, JsonBuilder *b)
{
    het_json_add_string(b, "core", het_core_state_name(slave->state));
    het_json_add_bool(b, "released", slave->released);
    het_json_add_uint(b, "boots", slave->boots);
    het_json_add_uint(b, "crashes", slave->crashes);
    if (slave->has_entry) {
        het_json_add_uint(b, "entry", slave->entry);
    }
    het_json_add_string(b, "reason", slave->reason);
    het_json_add_string(b, "message", slave->message);
    if (slave->resource_table) {
        het_json_add_uint(b, "resource-table", slave->resource_table);
    }
    add_stops_json(slave->stops, b);
    json_builder_set_member_name(b, "windows");
    json_builder_begin_array(b);
    for (guint i = 0; i < slave->windows->len; i++) {
        add_window_json(g_ptr_array_index(slave->windows, i), b);
    }
    json_builder_end_array(b);
}

static void add_link_json(const HetIdmInfo *idm, const HetIdmLink *link,
                          JsonBuilder *b)
{
    json_builder_begin_object(b);
    het_json_add_string(b, "idm", idm->id);
    het_json_add_string(b, "model", idm->model);
    het_json_add_uint(b, "channels", idm->channels);
    het_json_add_string(b, "peer", link->peer);
    het_json_add_string(b, "state", het_link_state_name(link->state));
    het_json_add_string(b, "error", link->error);
    het_json_add_uint(b, "sent", link->sent);
    het_json_add_uint(b, "received", link->received);
    het_json_add_uint(b, "coalesced", link->coalesced);
    het_json_add_uint(b, "pending-in", link->pending_in);
    het_json_add_uint(b, "pending-out", link->pending_out);
    het_json_add_string(b, "peer-core", link->peer_core);
    het_json_add_uint(b, "peer-boots", link->peer_boots);
    het_json_add_bool(b, "boot-ignored", link->boot_ignored);
    json_builder_end_object(b);
}

static void add_links_json(const GPtrArray *idms, JsonBuilder *b)
{
    json_builder_set_member_name(b, "links");
    json_builder_begin_array(b);
    for (guint i = 0; idms && i < idms->len; i++) {
        const HetIdmInfo *idm = g_ptr_array_index(idms, i);

        for (guint j = 0; j < idm->links->len; j++) {
            add_link_json(idm, g_ptr_array_index(idm->links, j), b);
        }
    }
    json_builder_end_array(b);
}

static void add_part_json(const HetPartStatus *p, JsonBuilder *b)
{
    json_builder_begin_object(b);
    het_json_add_string(b, "name", p->part->name);
    het_json_add_string(b, "role", p->part->is_master ? "master" : "slave");
    het_json_add_string(b, "domain", p->part->domain
                        ? virDomainGetName(p->part->domain) : NULL);
    het_json_add_string(b, "state", het_part_state_name(p->part));
    het_json_add_bool(b, "transient", p->is_transient);
    het_json_add_bool(b, "saved", p->is_saved);
    het_json_add_bool(b, "virsh-autostart", p->is_autostart);
    if (p->pid) {
        het_json_add_uint(b, "pid", p->pid);
    } else {
        het_json_add_string(b, "pid", NULL);
    }
    if (p->slave) {
        add_slave_json(p->slave, b);
    }
    if (!p->part->is_master) {
        het_json_add_uint(b, "restarts", p->restarts);
        het_json_add_string(b, "restart-reason", p->restart_reason);
    }
    add_links_json(p->idms, b);
    if (p->cores) {
        het_core_json_add(p->cores, b);
    }
    het_json_add_string(b, "error", p->error);
    het_json_add_string(b, "ended", p->ended);
    if (p->has_no_memory) {
        het_json_add_bool(b, "no-memory", TRUE);
    }
    if (p->debugger.label) {
        het_json_add_uint(b, "debugger", p->debugger.pid);
    } else {
        het_json_add_string(b, "debugger", NULL);
    }
    json_builder_end_object(b);
}

void het_status_add_json(const HetStatus *status, JsonBuilder *b)
{
    const HetDefined *defined = status->defined;
    g_autoptr(GError) problem = NULL;

    het_defined_check_whole(defined, &problem);
    json_builder_begin_object(b);
    het_json_add_string(b, "name", defined->name);
    het_json_add_string(b, "state",
                        het_run_state_name(het_defined_state(defined)));
    het_json_add_string(b, "error",
                        problem ? problem->message : NULL);
    het_json_add_string(b, "owner", defined->owner);
    het_json_add_string(b, "segment", het_memory_exists(defined)
                        ? defined->segment : NULL);
    het_json_add_string(b, "memory-error", status->memory_error);
    het_json_add_bool(b, "recorders", status->has_recorders);
    json_builder_set_member_name(b, "processors");
    json_builder_begin_array(b);
    for (guint i = 0; i < status->parts->len; i++) {
        add_part_json(g_ptr_array_index(status->parts, i), b);
    }
    json_builder_end_array(b);
    json_builder_end_object(b);
}
