/*
 * The hetctl that does what another host asked for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "remote/job.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "util/error.h"

/* What the child gets, and what is kept; -1: nothing */
typedef struct {
    int child[3];
    int terminal;
    int held;
} Ends;

static gboolean fail(GError **error, const char *what)
{
    g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE, "cannot %s: %s", what,
                g_strerror(errno));
    return FALSE;
}

/*
 * Bytes of a command that reads no keys go to the other terminal as they are,
 * and that one makes what it does of line ends.
 */
static void set_up_terminal(int fd, const HetRequest *request)
{
    struct termios mode;

    if (!request->reads_input && tcgetattr(fd, &mode) == 0) {
        mode.c_oflag &= ~OPOST;
        mode.c_lflag &= ~(ECHO | ECHONL);
        tcsetattr(fd, TCSANOW, &mode);
    }
}

static gboolean open_terminal(HetJob *job, Ends *ends,
                              const HetRequest *request, GError **error)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    char name[64];

    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 ||
        ptsname_r(master, name, sizeof(name)) != 0) {
        return fail(error, "make a pseudo terminal");
    }
    job->from[HET_STREAM_TERMINAL] = master;
    ends->terminal = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (ends->terminal < 0) {
        return fail(error, "open a pseudo terminal");
    }
    set_up_terminal(ends->terminal, request);
    het_job_resize(job, request->rows, request->columns);
    return TRUE;
}

static gboolean open_pipe(int *read_end, int *write_end, GError **error)
{
    int fds[2];

    if (!g_unix_open_pipe(fds, FD_CLOEXEC, NULL)) {
        return fail(error, "make a pipe");
    }
    *read_end = fds[0];
    *write_end = fds[1];
    return TRUE;
}

/* The command must not have the other side of its terminal. */
static int copy_of(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

static gboolean open_input(HetJob *job, Ends *ends,
                           const HetRequest *request, GError **error)
{
    if (request->terminals & 1) {
        ends->child[0] = copy_of(ends->terminal);
        job->input = request->reads_input
                     ? copy_of(job->from[HET_STREAM_TERMINAL]) : -1;
        return TRUE;
    }
    if (request->reads_input) {
        return open_pipe(&ends->child[0], &job->input, error);
    }
    ends->child[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return TRUE;
}

static gboolean open_ends(HetJob *job, Ends *ends, const HetRequest *request,
                          GError **error)
{
    if ((request->terminals && !open_terminal(job, ends, request, error)) ||
        !open_input(job, ends, request, error)) {
        return FALSE;
    }
    for (int i = 1; i <= 2; i++) {
        if (request->terminals & (1 << i)) {
            ends->child[i] = copy_of(ends->terminal);
        } else if (!open_pipe(&job->from[i], &ends->child[i], error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static void close_ends(Ends *ends)
{
    for (int i = 0; i < 3; i++) {
        if (ends->child[i] >= 0) {
            close(ends->child[i]);
        }
    }
    if (ends->terminal >= 0) {
        close(ends->terminal);
    }
}

/* In the child. Its descriptors are above those that they become. */
static void become(Ends *ends, char **argv, char **env, const char *folder,
                   pid_t parent)
{
    static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ,
                                   SIGQUIT };
    sigset_t none;

    setsid();
    prctl(PR_SET_PDEATHSIG, SIGHUP);
    if (getppid() != parent) {
        _exit(HET_ERROR_FAILED);
    }
    if (ends->terminal >= 0) {
        ioctl(ends->terminal, TIOCSCTTY, 0);
    }
    for (int i = 0; i < 3; i++) {
        dup2(ends->child[i], i);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
        signal(signals[i], SIG_DFL);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    fcntl(ends->held, F_SETFD, 0);
    if (chdir(folder) == 0) {
        execve("/proc/self/exe", argv, env);
    }
    dprintf(STDERR_FILENO, "error: hetctl does not start: %s\n",
            g_strerror(errno));
    _exit(HET_ERROR_FAILED);
}

static char **make_argv(const HetRequest *request)
{
    g_autoptr(GStrvBuilder) b = g_strv_builder_new();

    g_strv_builder_add_many(b, "hetctl", "--connect", request->uri, NULL);
    for (guint i = 0; i < request->argv->len; i++) {
        g_strv_builder_add(b, request->argv->pdata[i]);
    }
    return g_strv_builder_end(b);
}

static char **make_env(const HetRequest *request, const char *root)
{
    char **env = g_environ_setenv(g_get_environ(), HET_REQUEST_ROOT_ENV, root,
                                  TRUE);

    if (request->examples) {
        g_autofree char *path = g_strconcat(root, request->examples, NULL);

        env = g_environ_setenv(env, "HETCTL_EXAMPLES_DIR", path, TRUE);
    }
    env = g_environ_unsetenv(env, "NO_COLOR");
    if (request->term) {
        env = g_environ_setenv(env, "TERM", request->term, TRUE);
    }
    if (request->no_color) {
        env = g_environ_setenv(env, "NO_COLOR", request->no_color, TRUE);
    }
    if (request->time_zone) {
        env = g_environ_setenv(env, "TZ", request->time_zone, TRUE);
    }
    return env;
}

static gboolean start(HetJob *job, Ends *ends, const HetRequest *request,
                      const char *root, GError **error)
{
    g_auto(GStrv) argv = make_argv(request);
    g_auto(GStrv) env = make_env(request, root);
    g_autofree char *folder = g_strconcat(root, request->folder, NULL);
    pid_t parent = getpid();
    sigset_t all, old;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    job->pid = fork();
    if (job->pid == 0) {
        become(ends, argv, env, folder, parent);
    }
    sigprocmask(SIG_SETMASK, &old, NULL);
    if (job->pid < 0) {
        job->pid = 0;
        return fail(error, "start a process");
    }
    job->ended = syscall(SYS_pidfd_open, job->pid, 0);
    return TRUE;
}

HetJob *het_job_new(const HetRequest *request, const char *root, int held,
                    GError **error)
{
    g_autoptr(HetJob) job = g_new0(HetJob, 1);
    Ends ends = { .child = { -1, -1, -1 }, .terminal = -1, .held = held };
    gboolean ok;

    job->input = job->ended = -1;
    for (int i = 0; i < HET_STREAMS; i++) {
        job->from[i] = -1;
    }
    ok = open_ends(job, &ends, request, error) &&
         start(job, &ends, request, root, error);
    close_ends(&ends);
    if (!ok) {
        return NULL;
    }
    for (int i = 0; i < HET_STREAMS; i++) {
        if (job->from[i] >= 0) {
            g_unix_set_fd_nonblocking(job->from[i], TRUE, NULL);
        }
    }
    if (job->input >= 0) {
        g_unix_set_fd_nonblocking(job->input, TRUE, NULL);
    }
    return g_steal_pointer(&job);
}

void het_job_signal(HetJob *job, int number)
{
    /* It may be about to become the first of its group. */
    if (job->pid && kill(-job->pid, number) < 0) {
        kill(job->pid, number);
    }
}

void het_job_resize(HetJob *job, guint16 rows, guint16 columns)
{
    struct winsize size = { .ws_row = rows, .ws_col = columns };

    if (job->from[HET_STREAM_TERMINAL] >= 0) {
        ioctl(job->from[HET_STREAM_TERMINAL], TIOCSWINSZ, &size);
    }
}

void het_job_end_input(HetJob *job)
{
    if (job->input >= 0) {
        close(job->input);
        job->input = -1;
    }
}

void het_job_close(HetJob *job, HetStream stream)
{
    if (job->from[stream] >= 0) {
        close(job->from[stream]);
        job->from[stream] = -1;
    }
}

gboolean het_job_check(HetJob *job)
{
    if (job->pid && waitpid(job->pid, &job->status, WNOHANG) == job->pid) {
        job->pid = 0;
    }
    return !job->pid;
}

void het_job_free(HetJob *job)
{
    if (!job) {
        return;
    }
    for (int i = 0; i < HET_STREAMS; i++) {
        het_job_close(job, i);
    }
    het_job_end_input(job);
    if (job->ended >= 0) {
        close(job->ended);
    }
    if (job->pid) {
        kill(-job->pid, SIGKILL);
        waitpid(job->pid, NULL, 0);
    }
    g_free(job);
}
