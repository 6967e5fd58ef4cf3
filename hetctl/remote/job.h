/*
 * The hetctl that does what another host asked for
 *
 * It has a terminal where the other one has: a pseudo terminal, which is what
 * Ctrl+C, sizes and colours are about. Streams that are none are pipes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_JOB_H
#define HET_JOB_H

#include "remote/request.h"
#include "remote/wire.h"

typedef struct {
    pid_t pid;                  /* 0: it has ended */
    int ended;                  /* a pidfd: readable at its end */
    int status;
    int input;                  /* to its stdin; -1: none, or closed */
    int from[HET_STREAMS];      /* of OUTPUT, ERRORS, TERMINAL; -1: closed */
} HetJob;

/*
 * @root: where the files lie; @held: a descriptor that it keeps open as long as
 * it lives.  Errors: HET_ERROR_RESOURCE
 */
HetJob *het_job_new(const HetRequest *request, const char *root, int held,
                    GError **error);
/* It and what it has started gets a signal. */
void het_job_signal(HetJob *job, int number);
void het_job_resize(HetJob *job, guint16 rows, guint16 columns);
/* The end of its input */
void het_job_end_input(HetJob *job);
void het_job_close(HetJob *job, HetStream stream);
/* Has it ended? Then pid is 0 and status is what waitpid() says. */
gboolean het_job_check(HetJob *job);
void het_job_free(HetJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetJob, het_job_free)

#endif
