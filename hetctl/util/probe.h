/*
 * Running a program that may do anything, to read what it says
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_PROBE_H
#define HET_PROBE_H

#include "util/scratch.h"

/* More on stderr is taken for nonsense. */
#define HET_PROBE_OUTPUT_MAX (64 * 1024)

typedef struct {
    gboolean wants_all;         /* set by the caller: stdout as well */
    char **env;                 /* set by the caller; NULL: hetctl's own */
    char *output;               /* of stderr, valid UTF-8 */
    gboolean exited;            /* FALSE: ended by signal @status */
    int status;                 /* exit code or signal */
} HetProbe;

void het_probe_clear(HetProbe *probe);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetProbe, het_probe_clear)

/*
 * Gives @input, which is short, to @argv's stdin and waits for its end. It
 * works in @folder, and can write nowhere else if the kernel has Landlock. The
 * program does not outlive the call. Errors: HET_ERROR_EMULATOR when it does
 * not start, HET_ERROR_TIMEOUT, or when it says too much.
 */
gboolean het_probe_run(HetProbe *probe, const char *const *argv,
                       const char *input, const HetScratch *folder,
                       guint timeout_ms, GError **error);

#endif
