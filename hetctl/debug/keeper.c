/*
 * A process that undoes what a debugger has done when hetctl is killed
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "debug/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "debug/gdb-stubs.h"
#include "domain/call.h"
#include "domain/conn.h"
#include "util/error.h"
#include "util/fault.h"

/* libvirtd may be killed along with hetctl, and be started again. */
#define TRIES 30
#define TRY_US G_USEC_PER_SEC
#define LOOKS 2

struct HetKeeper {
    pid_t pid;
    int fd;                     /* its end tells the process */
};

static gboolean recover(const char *uri, const char *soc, pid_t owner)
{
    g_autoptr(HetConn) conn = het_conn_open(uri, NULL);

    return conn && het_stubs_recover(conn, soc, owner, NULL);
}

/* It belongs to no terminal and keeps nothing of hetctl's open. */
static void leave(int fd)
{
    int null = open("/dev/null", O_RDWR);

    setsid();
    for (int i = 0; null >= 0 && i <= STDERR_FILENO; i++) {
        dup2(null, i);
    }
    if (null > STDERR_FILENO && null != fd) {
        close(null);
    }
}

/* TRUE: hetctl has said that it is done */
static gboolean wait_for_end(int fd)
{
    char byte;
    ssize_t n;

    do {
        n = read(fd, &byte, 1);
    } while (n < 0 && errno == EINTR);
    return n == 1;
}

/*
 * What hetctl asked libvirt for last may be done after it was killed, and after
 * a first look.
 */
static gboolean recover_for_good(const char *uri, const char *soc,
                                 pid_t owner)
{
    int looks = 0;

    for (int i = 0; looks < LOOKS && i < TRIES; i++) {
        if (i) {
            g_usleep(TRY_US);
        }
        looks = recover(uri, soc, owner) ? looks + 1 : 0;
    }
    return looks == LOOKS;
}

static void keep(int fd, const char *uri, const char *soc, pid_t owner)
{
    gboolean is_done;

    leave(fd);
    het_fault_forget();
    is_done = wait_for_end(fd) || recover_for_good(uri, soc, owner);
    het_call_close();
    _exit(is_done ? 0 : HET_ERROR_FAILED);
}

HetKeeper *het_keeper_new(const char *uri, const char *soc, GError **error)
{
    const pid_t owner = getpid();
    HetKeeper *keeper;
    int fds[2];
    pid_t pid = -1;

    if (pipe2(fds, O_CLOEXEC) == 0) {
        pid = fork();
        if (pid < 0) {
            close(fds[0]);
            close(fds[1]);
        }
    }
    if (pid < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot start a process: %s", g_strerror(errno));
        return NULL;
    }
    if (pid == 0) {
        close(fds[1]);
        keep(fds[0], uri, soc, owner);
    }
    close(fds[0]);
    keeper = g_new0(HetKeeper, 1);
    keeper->pid = pid;
    keeper->fd = fds[1];
    return keeper;
}

pid_t het_keeper_take_over(HetKeeper *keeper)
{
    close(keeper->fd);
    keeper->fd = -1;
    return keeper->pid;
}

void het_keeper_free(HetKeeper *keeper)
{
    ssize_t n G_GNUC_UNUSED;

    if (!keeper) {
        return;
    }
    if (keeper->fd >= 0) {
        n = write(keeper->fd, "", 1);
        close(keeper->fd);
        waitpid(keeper->pid, NULL, 0);
    }
    g_free(keeper);
}
