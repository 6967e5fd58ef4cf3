/*
 * Stop replies of the GDB remote protocol
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "rsp/stop-reply.h"

#include <string.h>

static const struct {
    const char *name;
    char type;
} watches[] = {
    { "watch:", '2' },
    { "rwatch:", '3' },
    { "awatch:", '4' },
};

void het_rsp_stop_clear(HetRspStop *stop)
{
    g_clear_pointer(&stop->watch, g_free);
}

static gboolean parse_watch(const char *field, HetRspStop *stop)
{
    for (gsize i = 0; i < G_N_ELEMENTS(watches); i++) {
        const char *value = field + strlen(watches[i].name);

        if (g_str_has_prefix(field, watches[i].name)) {
            if (!g_ascii_string_to_unsigned(value, 16, 0, G_MAXUINT64,
                                            &stop->address, NULL)) {
                return FALSE;
            }
            stop->watch_type = watches[i].type;
            g_free(stop->watch);
            stop->watch = g_strconcat(field, ";", NULL);
        }
    }
    return TRUE;
}

/* QEMU's docs/system/gdb.rst: what it tells when it counts instructions */
static gboolean parse_count(const char *field, HetRspStop *stop)
{
    const char *value = strchr(field, ':');
    guint64 number;

    if (!value || !(g_str_has_prefix(field, "executed:") ||
                    g_str_has_prefix(field, "stopped:"))) {
        return TRUE;
    }
    if (!g_ascii_string_to_unsigned(value + 1, 16, 0, G_MAXINT64, &number,
                                    NULL)) {
        return FALSE;
    }
    if (*field == 'e') {
        stop->executed = number;
    } else {
        stop->stopped_ns = number;
    }
    return TRUE;
}

/* Registers and what else there may be is left out: GDB asks for it. */
static gboolean parse_field(const char *field, HetRspStop *stop)
{
    const char *thread = field + strlen("thread:");

    stop->is_boot |= g_str_has_prefix(field, "boot:");
    if (!g_str_has_prefix(field, "thread:")) {
        return parse_watch(field, stop) && parse_count(field, stop);
    }
    return het_rsp_parse_thread(&thread, &stop->thread) && !*thread;
}

gboolean het_rsp_parse_stop(const char *text, HetRspStop *stop)
{
    g_auto(GStrv) fields = NULL;

    *stop = (HetRspStop) { .thread = { HET_RSP_ANY, HET_RSP_ANY } };
    if (!*text || !strchr("STWX", *text) || !g_ascii_isxdigit(text[1]) ||
        !g_ascii_isxdigit(text[2])) {
        return FALSE;
    }
    stop->signal = g_ascii_xdigit_value(text[1]) << 4 |
                   g_ascii_xdigit_value(text[2]);
    stop->has_ended = *text == 'W' || *text == 'X';
    if (*text != 'T') {
        return TRUE;
    }
    fields = g_strsplit(text + 3, ";", -1);
    for (guint i = 0; fields[i]; i++) {
        if (!parse_field(fields[i], stop)) {
            het_rsp_stop_clear(stop);
            return FALSE;
        }
    }
    return TRUE;
}

char *het_rsp_format_stop(const HetRspStop *stop, gint64 pid, gint64 tid)
{
    if (stop->has_ended) {
        return g_strdup_printf("W%02x;process:%" G_GINT64_MODIFIER "x",
                               stop->signal, pid);
    }
    return g_strdup_printf("T%02xthread:p%" G_GINT64_MODIFIER "x.%"
                           G_GINT64_MODIFIER "x;%s", stop->signal, pid, tid,
                           stop->watch ?: "");
}
