/*
 * A saved SoC: one file with its XML, its memory, and the state of each of its
 * processors
 *
 * A header of a page; the pieces of memory that are not zero, as they are or
 * compressed; the processors' states as their emulators gave them, and what
 * these have translated, always compressed; a directory of all that, a
 * GVariant. All of it has checksums, and nothing is used before
 * its own is right. They tell damage, not forgery: whoever restores a file
 * trusts who has written it, as with a program.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SAVED_H
#define HET_SAVED_H

#include <glib.h>

typedef enum {
    HET_SAVED_PLAIN,
    HET_SAVED_ZSTD,
} HetSavedCompression;

typedef struct {
    char *name;
    gboolean ran;               /* it was not suspended before */
    gboolean attached;          /* it had its memory */
    gint64 host_ns;             /* when it was stopped, the host's clock */
    gint64 guest_ns;            /* the same in its own time */
    /* The rest is set by who writes the file. */
    guint64 at;
    guint64 length;
    guint32 crc;
    struct {                    /* what its emulator has translated */
        guint64 at;
        guint64 stored;         /* bytes there; 0: there is none */
        guint64 size;           /* bytes of it */
        guint32 crc;            /* of what is there */
    } code;
} HetSavedProcessor;

typedef struct {
    char *soc;                  /* its name */
    char *xml;
    char *emulator;             /* version of QEMU */
    char *when;                 /* ISO 8601, UTC */
    guint64 memory_size;
    GPtrArray *processors;      /* HetSavedProcessor, the master first */
} HetSavedInfo;

HetSavedInfo *het_saved_info_new(void);
HetSavedProcessor *het_saved_info_add(HetSavedInfo *info, const char *name);
HetSavedProcessor *het_saved_info_find(const HetSavedInfo *info,
                                       const char *name);
void het_saved_info_free(HetSavedInfo *info);
/* From the first processor that stopped to the last */
gint64 het_saved_info_skew_ns(const HetSavedInfo *info);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetSavedInfo, het_saved_info_free)

/*
 * What an emulator has translated, packed: it is large, most of it is never
 * needed again, and much of it is alike.
 */
typedef struct {
    guint8 *data;
    gsize stored;
    gsize size;                 /* unpacked */
} HetSavedCode;

/* What is in @fd, of memfd_create(), that can be sealed.  From any thread. */
HetSavedCode *het_saved_code_pack(int fd, GError **error);
void het_saved_code_free(HetSavedCode *code);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetSavedCode, het_saved_code_free)

/* Writing, in this order: memory, states and code, finish */

typedef struct HetSavedWriter HetSavedWriter;

/* @fd: of an empty file; it stays the caller's */
HetSavedWriter *het_saved_writer_new(int fd, HetSavedCompression compression);
/* The memory of the SoC, that does not change meanwhile */
gboolean het_saved_writer_add_memory(HetSavedWriter *writer, int memory,
                                     guint64 size, GError **error);
/* What is in the file @state; fills in the rest of @processor. */
gboolean het_saved_writer_add_state(HetSavedWriter *writer,
                                    HetSavedProcessor *processor, int state,
                                    GError **error);
/* The same of what the emulator has translated */
gboolean het_saved_writer_add_code(HetSavedWriter *writer,
                                   HetSavedProcessor *processor,
                                   const HetSavedCode *code, GError **error);
/* With the directory the file becomes valid. Its size; 0 is an error */
guint64 het_saved_writer_finish(HetSavedWriter *writer,
                                const HetSavedInfo *info, GError **error);
void het_saved_writer_free(HetSavedWriter *writer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetSavedWriter, het_saved_writer_free)

/* Reading.  Errors: HET_ERROR_FAILED, and what is wrong with the file */

typedef struct HetSaved HetSaved;

HetSaved *het_saved_open(const char *path, GError **error);
const HetSavedInfo *het_saved_get_info(const HetSaved *saved);
/* Bytes of memory that are not zero */
guint64 het_saved_get_memory_used(const HetSaved *saved);
/* Is all of it there, and as it was written? */
gboolean het_saved_check(const HetSaved *saved, GError **error);
/* Makes @memory, of the same size, what it was; fully reserved if @reserve */
gboolean het_saved_load_memory(const HetSaved *saved, int memory,
                               gboolean reserve, GError **error);
/* A file without a name, at its begin; -1 is an error */
int het_saved_open_state(const HetSaved *saved,
                         const HetSavedProcessor *processor, GError **error);
/*
 * What its emulator has translated, a file that nobody can write to any more,
 * the same at each call; it is the HetSaved's.  -1 without an error: there is
 * none.  From any thread.
 */
int het_saved_get_code(const HetSaved *saved,
                       const HetSavedProcessor *processor, GError **error);
void het_saved_free(HetSaved *saved);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetSaved, het_saved_free)

#endif
