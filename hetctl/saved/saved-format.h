/*
 * What the file of a saved SoC looks like
 *
 * Little endian.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SAVED_FORMAT_H
#define HET_SAVED_FORMAT_H

#include <glib.h>

#define SAVED_MAGIC "hetsaved"
#define SAVED_VERSION 2
/* Without the code of processors; still read */
#define SAVED_VERSION_1 1
#define SAVED_PAGE 4096
/* Memory goes in pieces of at most so many bytes. */
#define SAVED_PIECE_MAX (1 << 20)
#define SAVED_DIRECTORY_MAX (256u << 20)

typedef struct {
    char magic[8];
    guint32 version;
    guint32 directory_crc;
    guint64 directory_at;
    guint64 directory_length;
    guint32 compression;        /* HetSavedCompression */
    guint32 crc;                /* of all before it */
} SavedHeader;

G_STATIC_ASSERT(sizeof(SavedHeader) == 40);

/* A piece of memory that is not zero */
typedef struct {
    guint64 offset;             /* in the memory */
    guint64 length;
    guint64 at;                 /* in the file */
    guint32 stored;             /* bytes there */
    guint32 crc;                /* of these */
} SavedPiece;

/*
 * SoC, XML, emulator, when, size of the memory; of each processor: name, ran,
 * attached, host's and own time, at, length, checksum, and of its code: at,
 * bytes there, bytes unpacked, checksum; of each piece: as in SavedPiece
 */
#define SAVED_PROCESSOR_1 "(sbbxxttu)"
#define SAVED_PROCESSOR "(sbbxxttutttu)"
#define SAVED_PIECE "(tttuu)"
#define SAVED_DIRECTORY_OF(processor) \
    "(sssst" "a" processor "a" SAVED_PIECE ")"
#define SAVED_DIRECTORY_1 SAVED_DIRECTORY_OF(SAVED_PROCESSOR_1)
#define SAVED_DIRECTORY SAVED_DIRECTORY_OF(SAVED_PROCESSOR)

guint32 het_saved_crc(gconstpointer data, gsize size);

#endif
