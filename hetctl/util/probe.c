/*
 * Running a program that may do anything, to read what it says
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/confine.h"
#include "util/error.h"

#define POLL_US 2000

typedef struct {
    const char *name;
    GPid pid;
    int in[2];                  /* stays open: the program sees no end */
    int err;
    int confine;
    gint64 deadline;
} Child;

void het_probe_clear(HetProbe *probe)
{
    g_clear_pointer(&probe->output, g_free);
}

/* Between fork and exec */
static void prepare(gpointer opaque)
{
    const Child *c = opaque;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (c->confine >= 0 && !het_confine_enter(c->confine)) {
        _exit(EXIT_FAILURE);
    }
}

static gboolean make_input(Child *c, const char *input, GError **error)
{
    gssize len = strlen(input);

    return g_unix_open_pipe(c->in, FD_CLOEXEC, error) &&
           write(c->in[1], input, len) == len;
}

static gboolean start(Child *c, const char *const *argv, const char *input,
                      const HetScratch *folder, const HetProbe *probe,
                      GError **error)
{
    g_autoptr(GError) cause = NULL;
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    int err[2] = { -1, -1 };
    gboolean ok = make_input(c, input, &cause) &&
                  g_unix_open_pipe(err, FD_CLOEXEC, &cause) &&
                  g_spawn_async_with_fds(het_scratch_path(folder),
                                         (char **)argv, probe->env,
                                         G_SPAWN_DO_NOT_REAP_CHILD,
                                         prepare, c, &c->pid,
                                         c->in[0],
                                         probe->wants_all ? err[1] : null,
                                         err[1], &cause);

    c->err = err[0];
    close(err[1]);
    close(null);
    if (!ok) {
        g_set_error(error, HET_ERROR, HET_ERROR_EMULATOR,
                    "'%s' does not start: %s", c->name,
                    cause ? cause->message : g_strerror(errno));
    }
    return ok;
}

static gboolean late(const Child *c, GError **error)
{
    if (g_get_monotonic_time() < c->deadline) {
        return FALSE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_TIMEOUT,
                "'%s' did not end in time", c->name);
    return TRUE;
}

/* FALSE without an error: the program has closed its stderr. */
static gboolean read_some(Child *c, GString *output, GError **error)
{
    struct pollfd pfd = { .fd = c->err, .events = POLLIN };
    gint64 left = (c->deadline - g_get_monotonic_time()) / 1000;
    char buffer[4096];
    ssize_t n;

    if (late(c, error)) {
        return FALSE;
    }
    if (poll(&pfd, 1, MAX(left, 0) + 1) <= 0) {
        return TRUE;
    }
    n = read(c->err, buffer, sizeof(buffer));
    if (n > 0) {
        g_string_append_len(output, buffer, n);
    }
    if (output->len > HET_PROBE_OUTPUT_MAX) {
        g_set_error(error, HET_ERROR, HET_ERROR_EMULATOR,
                    "'%s' says more than %d bytes", c->name,
                    HET_PROBE_OUTPUT_MAX);
        return FALSE;
    }
    return n > 0 || (n < 0 && errno == EINTR);
}

static gboolean wait_end(Child *c, HetProbe *probe, GError **error)
{
    int status;

    while (waitpid(c->pid, &status, WNOHANG) == 0) {
        if (late(c, error)) {
            return FALSE;
        }
        g_usleep(POLL_US);
    }
    c->pid = 0;
    probe->exited = WIFEXITED(status);
    probe->status = probe->exited ? WEXITSTATUS(status) : WTERMSIG(status);
    return TRUE;
}

static gboolean watch(Child *c, HetProbe *probe, GError **error)
{
    g_autoptr(GString) output = g_string_new(NULL);
    GError *failure = NULL;

    while (read_some(c, output, &failure)) {
    }
    probe->output = g_utf8_make_valid(output->str, output->len);
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    return wait_end(c, probe, error);
}

static void end(Child *c)
{
    if (c->pid) {
        kill(c->pid, SIGKILL);
        waitpid(c->pid, NULL, 0);
    }
    for (int i = 0; i < 2; i++) {
        if (c->in[i] >= 0) {
            close(c->in[i]);
        }
    }
    if (c->err >= 0) {
        close(c->err);
    }
    if (c->confine >= 0) {
        close(c->confine);
    }
}

gboolean het_probe_run(HetProbe *probe, const char *const *argv,
                       const char *input, const HetScratch *folder,
                       guint timeout_ms, GError **error)
{
    Child c = {
        .name = argv[0], .in = { -1, -1 }, .err = -1,
        .confine = het_confine_new(het_scratch_path(folder)),
        .deadline = g_get_monotonic_time() + timeout_ms * (gint64)1000,
    };
    gboolean ok = start(&c, argv, input, folder, probe, error) &&
                  watch(&c, probe, error);

    end(&c);
    return ok;
}
