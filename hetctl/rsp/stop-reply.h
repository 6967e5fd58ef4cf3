/*
 * Stop replies of the GDB remote protocol
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_RSP_STOP_REPLY_H
#define HET_RSP_STOP_REPLY_H

#include "rsp/thread.h"

/* As GDB numbers them */
#define HET_RSP_SIGINT 2
#define HET_RSP_SIGTRAP 5

typedef struct {
    gboolean has_ended;         /* "W" or "X": the emulator is gone */
    guint signal;
    HetRspThread thread;        /* HET_RSP_ANY when not told */
    gboolean is_boot;           /* it has executed nothing since its reset */
    char *watch;                /* "watch:ADDRESS;" and its kin, or NULL */
    guint64 address;            /* of @watch */
    char watch_type;            /* as in "z2", 0: none */
    guint64 executed;           /* instructions of all cores */
    gint64 stopped_ns;          /* CLOCK_MONOTONIC; 0: it does not tell */
} HetRspStop;

void het_rsp_stop_clear(HetRspStop *stop);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetRspStop, het_rsp_stop_clear)

/* FALSE: @text is no stop reply */
gboolean het_rsp_parse_stop(const char *text, HetRspStop *stop);

/* As a reply, of that thread */
char *het_rsp_format_stop(const HetRspStop *stop, gint64 pid, gint64 tid);

#endif
