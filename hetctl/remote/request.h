/*
 * What another host's hetctl is asked for
 *
 * Files keep their paths: those of here are sent, and lie there below a folder
 * as they do here below /, and hetctl works there in the folder of the same
 * name. So paths mean the same, also those in a SoC XML.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_REQUEST_H
#define HET_REQUEST_H

#include <glib.h>

#include "soc/soc.h"

/* Of files, and of bytes in them */
#define HET_REQUEST_FILES_MAX 4096
#define HET_REQUEST_BYTES_MAX (G_GUINT64_CONSTANT(16) << 30)

/* Where the files are that another host's hetctl has sent */
#define HET_REQUEST_ROOT_ENV "HETCTL_SENT_ROOT"

typedef struct {
    char *uri;                  /* as it is there */
    char *folder;               /* in which it works, absolute */
    GPtrArray *argv;            /* without the program, and the connection */
    GPtrArray *files;           /* absolute paths here, to be sent */
    GPtrArray *outputs;         /* HetRequestOutput */
    char *examples;             /* the folder of examples, if one was used */
    char *term;                 /* variables that say how to write to a */
    char *no_color;             /* terminal, or NULL */
    char *time_zone;            /* as TZ has it, or NULL */
    gboolean keeps_files;       /* they are used after the end */
    gboolean reads_input;
    guint8 terminals;           /* bit 0 to 2: the stream is a terminal */
    guint16 rows;
    guint16 columns;
} HetRequest;

typedef struct {
    char *path;                 /* absolute: there, and in messages */
    char *name;                 /* as the user has named it */
    gboolean is_brought;        /* it has begun to come back */
} HetRequestOutput;

/* Works in the current folder. */
HetRequest *het_request_new(GError **error);
void het_request_free(HetRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetRequest, het_request_free)

void het_request_add_arg(HetRequest *request, const char *arg);
/* How a file is called there; free with g_free(). */
char *het_request_name(const HetRequest *request, const char *path);
/* One that is not here is not sent, which hetctl there will tell. */
void het_request_add_file(HetRequest *request, const char *path);
void het_request_add_output(HetRequest *request, const char *path);
/* It, and all that it names.  A file that is not here is that host's. */
void het_request_add_soc(HetRequest *request, const HetSoc *soc);

/* As the body of a HET_FRAME_RUN, and out of one; NULL: it makes no sense */
GVariant *het_request_to_variant(const HetRequest *request);
HetRequest *het_request_from_variant(GVariant *body);

/* Is it absolute, without '.', '..' and empty parts? */
gboolean het_request_path_is_clean(const char *path);

#endif
