/*
 * Threads as the GDB remote protocol names them, and what is to become of them
 *
 * A process is a processor, a thread one of its cores.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_RSP_THREAD_H
#define HET_RSP_THREAD_H

#include <glib.h>

#define HET_RSP_ANY 0
#define HET_RSP_ALL (-1)

typedef struct {
    gint64 pid;                 /* 1 to G_MAXINT32, or one of the above */
    gint64 tid;
} HetRspThread;

/*
 * "p1.2", "p1", "2", "-1"; @text goes behind it.  Without a process it is any.
 */
gboolean het_rsp_parse_thread(const char **text, HetRspThread *thread);

gboolean het_rsp_thread_matches(const HetRspThread *thread, gint64 pid,
                                gint64 tid);

/* One of vCont's actions */
typedef struct {
    char action;                /* 'c' or 's' */
    HetRspThread thread;
} HetRspAction;

/* HetRspAction of "vCont;..."; NULL: it is malformed */
GArray *het_rsp_parse_vcont(const char *text);

/* 'c', 's', or 0: the thread stays as it is */
char het_rsp_action_of(const GArray *actions, gint64 pid, gint64 tid);

#endif
