/*
 * One debugger for all processors of a SoC: for its parts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEBUG_MUX_INTERNAL_H
#define HET_DEBUG_MUX_INTERNAL_H

#include "debug/channel.h"
#include "debug/mux.h"
#include "debug/skew.h"
#include "rsp/packet.h"

typedef enum {
    HET_PART_ALONG,             /* not attached: halts and goes along */
    HET_PART_ATTACHED,
    HET_PART_FREE,              /* detached: does not halt */
} HetMuxPartState;

/* A processor */
typedef struct {
    HetMux *mux;
    HetTarget *target;
    gint64 pid;
    HetMuxPartState state;
    gboolean is_reported_gone;
    gboolean is_away;           /* its emulator may be started again */
    gboolean is_coming;         /* and is being prepared to go on */
    HetSkewClock clock;
    gint64 selected;            /* core that the stub has selected, or 0 */
    GHashTable *breakpoints;    /* "TYPE,ADDRESS,KIND", as GDB has set them */
    GHashTable *sizes;          /* core -> size of its registers, as sent */
} HetMuxPart;

/* A stop that GDB hears of at the next order to run */
typedef struct {
    HetRspStop stop;
    HetMuxPart *part;
    gint64 tid;
} HetMuxEvent;

typedef enum {
    HET_MUX_HALTED,
    HET_MUX_RUNNING,
    HET_MUX_HALTING,            /* some have halted, or are to */
} HetMuxPhase;

struct HetMux {
    GArray *parts;              /* HetMuxPart */
    const HetMuxFuncs *funcs;
    void *opaque;
    HetChannel *client;
    HetRspReader reader;
    GByteArray *input;          /* not looked at yet */
    guint input_source;
    GByteArray *last;           /* that was sent, for a NACK */
    HetMuxOptions options;
    gboolean is_extended;       /* "target extended-remote" */
    gboolean no_ack;
    gboolean starts_no_ack;     /* with the answer */
    gboolean asks_monitor;
    gboolean is_reopening;
    gboolean is_busy;           /* GDB waits for an answer */
    GString *asked;             /* what was passed on, and to whom */
    HetMuxPart *asked_part;
    gint64 asked_tid;
    GString *unsaid;            /* for when GDB lets them run */
    HetRspThread general;       /* of "Hg" */
    GArray *actions;            /* HetRspAction: the last order to run */
    HetRspThread stepping;      /* by the last order; pid 0: none */
    HetMuxPhase phase;
    gboolean is_interrupted;    /* by GDB, since they were let go */
    gboolean may_go_on;         /* GDB, without a word, from what it heard */
    gboolean keeps_interrupt;   /* which GDB hears of when it goes on */
    HetMuxEvent *event;         /* that GDB will hear of; NULL: none yet */
    GQueue events;              /* HetMuxEvent: later */
    HetMuxPart *attaching;      /* NULL: none */
    HetSkew skew;
    guint skew_asked;           /* who has not answered yet */
    guint64 skew_instructions;
    gboolean skew_is_known;
};

/* ---- mux.c ---- */

void het_mux_reply(HetMux *mux, const char *text);
void het_mux_reply_bytes(HetMux *mux, const char *data, gsize size);
/* Shown by GDB, before the answer */
void het_mux_say(HetMux *mux, const char *text, gsize size);
HetMuxPart *het_mux_part(HetMux *mux, gint64 pid);
/* Attached, there or away, and with that core; NULL: not */
HetMuxPart *het_mux_find(HetMux *mux, const HetRspThread *thread,
                         const HetTargetCore **core);
/* Of what GDB has selected */
HetMuxPart *het_mux_current(HetMux *mux, const HetTargetCore **core);
/* The part's next question is about that core. */
void het_mux_select(HetMuxPart *part, const HetTargetCore *core);
void het_mux_end(HetMux *mux);

/* ---- mux-query.c: what is asked of no processor ---- */

/* FALSE: it is something else */
gboolean het_mux_query(HetMux *mux, const char *packet);

/* ---- mux-skew.c: how far apart they have halted ---- */

void het_mux_note_skew(HetMux *mux);

/* ---- mux-run.c: who runs, who halts ---- */

void het_mux_run_init(HetMux *mux);
void het_mux_resume(HetMux *mux, const char *packet);
void het_mux_interrupt(HetMux *mux);
void het_mux_attach(HetMux *mux, gint64 pid);
void het_mux_detach(HetMux *mux, gint64 pid);
/* The processor of a plain session */
void het_mux_attach_first(HetMux *mux);
void het_mux_tell_halted(HetMux *mux);
/* Back from where it was away: with the others, if they run */
void het_mux_resume_part(HetMux *mux, HetMuxPart *part);
/* "z2,ADDRESS,...": forgets what it has seen */
void het_mux_forget_watch(HetMux *mux, const HetMuxPart *part,
                          const char *packet);
void het_mux_run_clear(HetMux *mux);

/* ---- mux-away.c: a processor whose emulator may be started again ---- */

void het_mux_part_init(HetMuxPart *part);
void het_mux_part_clear(HetMuxPart *part);
/* Remembers what is needed when it is away; FALSE: that is too much. */
gboolean het_mux_note_asked(HetMuxPart *part, gint64 tid, const GString *asked,
                            const char *reply);
/* As a core in reset, without memory */
void het_mux_answer_away(HetMux *mux, HetMuxPart *part, gint64 tid,
                         const char *packet);
/* TRUE: its emulator has ended, and may be started again. */
gboolean het_mux_leave(HetMux *mux, HetMuxPart *part);
/* Its new target: breakpoints are put in again. */
void het_mux_come_back(HetMux *mux, HetMuxPart *part);
/* At the next order to run */
void het_mux_say_unsaid(HetMux *mux);

#endif
