/*
 * What the hetctl here and the one of another host say to each other
 *
 * Each says hello with a line. After it come frames: a byte that is a
 * HetFrameType, four bytes with the size of the rest, big endian, and a
 * GVariant of the type of the frame, little endian. Nothing that comes in is
 * trusted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_WIRE_H
#define HET_WIRE_H

#include <glib.h>

/* Raised when older hetctl would take something for something else */
#define HET_WIRE_PROTOCOL 1
/* Bytes of data in a frame, as hetctl sends them */
#define HET_WIRE_CHUNK (32 * 1024)
/* Bytes of a frame, of which an argument vector is the largest */
#define HET_WIRE_FRAME_MAX (4 * 1024 * 1024)
/* When more is queued, nothing is added but what must be. */
#define HET_WIRE_QUEUE_MAX (256 * 1024)
/* Bytes of input that may be on their way without a HET_FRAME_CREDIT */
#define HET_WIRE_CREDIT (64 * 1024)

typedef enum {
    /* from here to there */
    HET_FRAME_KEEP,             /* s: the files stay, for this connection */
    HET_FRAME_FILE,             /* ay: a file of this path begins */
    HET_FRAME_RUN,              /* a{sv}: what is done, see request.h */
    HET_FRAME_SIGNAL,           /* y: a HetWireSignal for it */
    HET_FRAME_SIZE,             /* (qq): rows and columns of the terminal */
    /* either way */
    HET_FRAME_DATA,             /* (yay): a HetStream and its bytes */
    HET_FRAME_END,              /* y: of a HetStream */
    /* from there to here */
    HET_FRAME_CREDIT,           /* u: bytes of input that were taken */
    HET_FRAME_OUTPUT,           /* ay: a file that was written begins */
    HET_FRAME_EXIT,             /* (by): by a signal?, code or number */
    HET_FRAME_ERROR,            /* (ys): a HetError and its text */
    HET_FRAME_BEAT,             /* (): still there */
    HET_FRAME_TYPES
} HetFrameType;

typedef enum {
    HET_STREAM_INPUT,
    HET_STREAM_OUTPUT,
    HET_STREAM_ERRORS,
    HET_STREAM_TERMINAL,        /* what goes to the terminal */
    HET_STREAM_FILE,
    HET_STREAMS
} HetStream;

typedef enum {
    HET_WIRE_INTERRUPT,
    HET_WIRE_TERMINATE,
    HET_WIRE_HANGUP,
} HetWireSignal;

typedef struct {
    HetFrameType type;
    GVariant *body;
} HetFrame;

void het_frame_clear(HetFrame *frame);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetFrame, het_frame_clear)

typedef struct HetWire HetWire;

/* Both become non-blocking, and the wire's. */
HetWire *het_wire_new(int in, int out);
void het_wire_free(HetWire *wire);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetWire, het_wire_free)

int het_wire_in(const HetWire *wire);
int het_wire_out(const HetWire *wire);

/* Queues; @body may be floating. */
void het_wire_hello(HetWire *wire);
void het_wire_send(HetWire *wire, HetFrameType type, GVariant *body);
void het_wire_send_data(HetWire *wire, HetStream stream, gconstpointer data,
                        gsize size);
gsize het_wire_queued(const HetWire *wire);
/* Writes what can be written now.  FALSE: nobody reads it. */
gboolean het_wire_flush(HetWire *wire);
/* Until all is written, or for @limit_ms */
gboolean het_wire_finish(HetWire *wire, guint limit_ms);

/* Reads what is there.  FALSE: that was the end. */
gboolean het_wire_fill(HetWire *wire);

/*
 * The hello of the other one, after anything that a shell may have said before.
 * FALSE without an error: it has not come yet.  Errors: HET_ERROR_LIBVIRT when
 * there is none, or of a version that does not fit; @host is for them.
 */
gboolean het_wire_take_hello(HetWire *wire, const char *host, GError **error);

/* FALSE without an error: none is whole.  Errors: HET_ERROR_LIBVIRT */
gboolean het_wire_take(HetWire *wire, HetFrame *frame, GError **error);

#endif
