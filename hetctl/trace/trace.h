/*
 * What happened in a SoC: the records of all its processors on one time line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_TRACE_H
#define HET_TRACE_H

#include "trace/recorder.h"

#define HET_TRACE_NONE G_MAXUINT

/*
 * Besides HetRecordKind, of what hetctl has seen (is_seen): an rpmsg message,
 * source and destination; a line on a console
 */
#define HET_TRACE_MESSAGE 64
#define HET_TRACE_LINE 65
#define HET_TRACE_MESSAGE_HEADER 16

typedef struct {
    guint processor;            /* index in HetTrace.processors */
    gint64 ns;                  /* CLOCK_MONOTONIC of the host */
    gint64 virtual_ns;          /* of the processor; it stands still while the
                                   processor is stopped */
    guint32 kind;               /* HetRecordKind, or another one */
    guint32 cpu;                /* HET_RECORD_NO_CPU: of the emulator */
    const char *name;           /* of the link, the device, the reason */
    guint peer;                 /* of a link: the processor at its other end,
                                   or HET_TRACE_NONE */
    guint64 a;
    guint64 b;
    guint64 ticks;
    guint order;                /* in its ring */
    gboolean is_seen;           /* it is no record */
    GBytes *bytes;              /* of a message: its header, its payload */
    char *line;                 /* of a console, which is @name; what a message
                                   announces; or NULL */
    guint channel;              /* that rings for it */
    gint64 not_before;          /* the message was not there yet */
    gboolean needs_ring;        /* else it is dropped: it is too old */
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
    gint64 epoch_ns;            /* from CLOCK_MONOTONIC to the time of day */
    gboolean has_payloads;      /* the text shows them */
    guint64 lost_messages;
    GPtrArray *processors;      /* HetTraceProcessor */
    GPtrArray *events;          /* HetTraceEvent, by time */
    GArray *flows;              /* HetTraceFlow, by @ring */
    GStringChunk *names;        /* of the events */
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
 * A message, seen in memory at @seen and not at @not_before, both nanoseconds
 * of CLOCK_MONOTONIC.  It gets the time of the ring of @channel that went with
 * it, as far as that can be told; with @needs_ring it is dropped if there is
 * none.  @name: that it announces, or NULL
 */
typedef struct {
    guint from;
    guint to;
    guint channel;
    guint32 source;
    guint32 destination;
    const char *name;
    GBytes *bytes;
    gint64 not_before;
    gint64 seen;
    gboolean needs_ring;
} HetTraceMessage;

void het_trace_add_message(HetTrace *trace, const HetTraceMessage *message);

/* A line on a console, seen at @ns; @line is printable */
void het_trace_add_line(HetTrace *trace, guint processor, const char *console,
                        const char *line, gint64 ns);

/*
 * After it the events are in order, and the flows are there.  Events of before
 * @from are dropped.
 */
void het_trace_finish(HetTrace *trace, gint64 from);
/*
 * The events of before @until as a trace of their own, with the same
 * processors; the others stay.  @trace must live as long as the result.
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

/* Writers; text ends with a newline. */
GString *het_trace_format_text(const HetTrace *trace);
GString *het_trace_format_perfetto(const HetTrace *trace);
GString *het_trace_format_vcd(const HetTrace *trace);
/* Of the messages alone, for Wireshark */
GString *het_trace_format_pcapng(const HetTrace *trace);

#endif
