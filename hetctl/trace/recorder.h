/*
 * The flight recorder of one processor, out of the memory that its emulator
 * writes
 *
 * A pure function of that memory, of which nothing is trusted: the emulator
 * goes on while it is read, may have ended in the middle of a record, and may
 * lie.  QEMU's docs/specs/recorder.rst has the layout.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_RECORDER_H
#define HET_RECORDER_H

#include <glib.h>

#define HET_RECORDER_HEADER 0x9000
#define HET_RECORDER_RING 0x21000
#define HET_RECORDER_RECORDS 4096
#define HET_RECORDER_NAMES 512

typedef struct {
    /* FALSE: it is not all there; @offset from the begin of the area */
    gboolean (*read)(void *opaque, guint64 offset, void *buf, gsize size);
    void *opaque;
    guint64 size;
} HetRecorderMemory;

typedef enum {
    HET_RECORD_START = 1,       /* pid, virtual ns */
    HET_RECORD_CORE = 2,        /* HetRecordCore, boots; why */
    HET_RECORD_BOOT_LINE = 3,   /* 1: released; who did it */
    HET_RECORD_BOOT = 4,        /* 1: release; the link */
    HET_RECORD_LINK = 5,        /* HetRecordLink; the link */
    HET_RECORD_RING = 6,        /* channels that were free, all; the link */
    HET_RECORD_TAKE = 7,        /* channels; the link */
    HET_RECORD_IRQ = 8,         /* line, level; the device */
    HET_RECORD_LOCK = 9,        /* number, whose it is now; the device */
    HET_RECORD_UNLOCK = 10,     /* semaphores, as a mask; the device */
    HET_RECORD_RUN = 11,        /* 1: runs, virtual ns; the run state */
    HET_RECORD_RESET = 12,
    HET_RECORD_NOTE = 13,       /* pid; what a tool is about to do */
    HET_RECORD_COMMAND = 14,    /* the QMP command */
    HET_RECORD_EXCEPTION = 32,  /* see exception.h; PC */
    HET_RECORD_RETURN = 33,     /* the same, of what is active now; PC */
    HET_RECORD_HALT = 34,
    HET_RECORD_WAKE = 35,
} HetRecordKind;

#define HET_RECORD_NO_CPU G_MAXUINT32

typedef struct {
    guint64 ticks;
    guint32 kind;
    guint32 cpu;                /* HET_RECORD_NO_CPU: of the emulator */
    guint32 name;               /* see het_recorder_name() */
    guint64 a;
    guint64 b;
} HetRecord;

/* The same moment in three clocks */
typedef struct {
    guint64 ticks;
    gint64 ns;
    gint64 virtual_ns;
} HetRecorderPair;

typedef struct HetRecorder HetRecorder;

/* Bytes for the recorder of a processor with so many CPUs */
guint64 het_recorder_size(guint cpus);

/*
 * Errors: HET_ERROR_NOT_FOUND, there is none; HET_ERROR_STATE, what is there is
 * no recorder, or one of another version
 */
HetRecorder *het_recorder_new(const HetRecorderMemory *memory,
                              GError **error);
void het_recorder_free(HetRecorder *recorder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetRecorder, het_recorder_free)

/*
 * Appends what was recorded since the last time, at first all that is there, a
 * ring after the other.  Adds to @lost what was overwritten before.
 */
gboolean het_recorder_read(HetRecorder *recorder, GArray *records,
                           guint64 *lost, GError **error);

/* Printable; "" is not known */
const char *het_recorder_name(const HetRecorder *recorder, guint32 name);
HetRecorderPair het_recorder_first_pair(const HetRecorder *recorder);
HetRecorderPair het_recorder_last_pair(const HetRecorder *recorder);

#endif
