/*
 * What happened in a SoC: the records of all its processors on one time line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_TRACE_H
#define HET_TRACE_H

#include "trace/recorder.h"

#define HET_TRACE_NONE G_MAXUINT

typedef struct {
    guint processor;            /* index in HetTrace.processors */
    gint64 ns;                  /* CLOCK_MONOTONIC of the host */
    gint64 virtual_ns;          /* of the processor; it stands still while the
                                   processor is stopped */
    guint32 kind;               /* HetRecordKind, or another one */
    guint32 cpu;                /* HET_RECORD_NO_CPU: of the emulator */
    char *name;                 /* of the link, the device, the reason */
    guint peer;                 /* of a link: the processor at its other end,
                                   or HET_TRACE_NONE */
    guint64 a;
    guint64 b;
    guint64 ticks;
    guint order;                /* in its ring */
} HetTraceEvent;

/*
 * A channel that was rung, and what has become of that.  Indices of events;
 * @irq and @take are HET_TRACE_NONE when it was not seen.
 */
typedef struct {
    guint ring;
    guint irq;
    guint take;
    guint channel;
} HetTraceFlow;

typedef struct {
    char *name;
    char *problem;              /* why nothing is known of it, or NULL */
    guint64 lost;               /* records overwritten before they were read */
    HetRecorder *recorder;      /* not ours */
} HetTraceProcessor;

typedef struct {
    char *soc;
    GPtrArray *processors;      /* HetTraceProcessor */
    GPtrArray *events;          /* HetTraceEvent, by time */
    GArray *flows;              /* HetTraceFlow, by @ring */
} HetTrace;

HetTrace *het_trace_new(const char *soc);
void het_trace_free(HetTrace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetTrace, het_trace_free)

/* @recorder NULL: @problem says why */
void het_trace_add_processor(HetTrace *trace, const char *name,
                             HetRecorder *recorder, const char *problem);
/* What the recorders have that was not read before */
gboolean het_trace_read(HetTrace *trace, GError **error);
/*
 * After it the events are in order, and the flows are there.  Events of before
 * @from are dropped.
 */
void het_trace_finish(HetTrace *trace, gint64 from);
/*
 * The events of before @until as a trace of their own, with the same
 * processors; the others stay.
 */
HetTrace *het_trace_split(HetTrace *trace, gint64 until);

guint64 het_trace_lost(const HetTrace *trace);
const HetTraceEvent *het_trace_event(const HetTrace *trace, guint i);

/* "rings channel 0 of ipcc at m4" */
char *het_trace_event_text(const HetTrace *trace, const HetTraceEvent *event);
/* "held", "running"; of a link "connected" */
const char *het_trace_core_name(guint64 state);
const char *het_trace_link_name(guint64 state);
/* "m4:ipcc" has the device "ipcc" */
const char *het_trace_device(const HetTraceEvent *event);

/* Writers; the text ends with a newline. */
char *het_trace_format_text(const HetTrace *trace);
char *het_trace_format_perfetto(const HetTrace *trace);
char *het_trace_format_vcd(const HetTrace *trace);

#endif
