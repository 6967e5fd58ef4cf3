/*
 * The folder for what another host has sent
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "remote/inbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/error.h"
#include "util/remove-tree.h"

#define KEEP 'k'
#define DROP 'd'

struct HetInbox {
    char *root;
    gboolean is_kept;
    int lock;                   /* the folder, locked: nobody sweeps it */
    int pipe;                   /* its end tells the process */
    pid_t keeper;
};

/* Only the emulators' user has to get through one that is kept. */
static mode_t folder_mode(const HetInbox *inbox)
{
    return inbox->is_kept ? 0711 : 0700;
}

/* The user's own is the command's. */
static gboolean make_folders(const HetInbox *inbox, const char *path)
{
    mode_t mask = umask(0022);
    gboolean ok = g_mkdir_with_parents(path, folder_mode(inbox)) == 0;

    umask(mask);
    return ok;
}

/* ---- the process ---- */

/* It keeps nothing open that ssh waits for. */
static void leave(int fd)
{
    int null = open("/dev/null", O_RDWR);

    setsid();
    signal(SIGHUP, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    for (int i = 0; i <= STDERR_FILENO; i++) {
        dup2(null, i);
    }
    if (null > STDERR_FILENO && null != fd) {
        close(null);
    }
}

static void keep_until_end(int fd, const char *root)
{
    char last = DROP, byte;
    ssize_t n;

    leave(fd);
    while ((n = read(fd, &byte, 1)) > 0 || (n < 0 && errno == EINTR)) {
        last = n > 0 ? byte : last;
    }
    if (last == DROP) {
        het_remove_tree(root);
    }
    _exit(0);
}

static gboolean start_keeper(HetInbox *inbox, GError **error)
{
    int fds[2];

    if (pipe2(fds, O_CLOEXEC) == 0) {
        inbox->keeper = fork();
        if (inbox->keeper == 0) {
            close(fds[1]);
            close(inbox->lock);
            keep_until_end(fds[0], inbox->root);
        }
        close(fds[0]);
        inbox->pipe = fds[1];
    }
    if (inbox->pipe < 0 || inbox->keeper < 0) {
        inbox->keeper = 0;
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot start a process: %s", g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

static void tell(HetInbox *inbox, char byte)
{
    ssize_t n G_GNUC_UNUSED;

    n = write(inbox->pipe, &byte, 1);
}

/* ---- the folder ---- */

/* FALSE: another hetctl has swept it before. */
static gboolean lock_root(HetInbox *inbox)
{
    struct stat st;

    inbox->lock = open(inbox->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return inbox->lock >= 0 && flock(inbox->lock, LOCK_SH) == 0 &&
           fstat(inbox->lock, &st) == 0 && st.st_nlink > 0;
}

static gboolean make_root(HetInbox *inbox, const char *keep_in,
                          GError **error)
{
    g_autofree char *path = g_build_filename(keep_in ?: g_get_tmp_dir(),
                                             "hetctl-XXXXXX", NULL);
    char *real;

    if ((keep_in && !make_folders(inbox, keep_in)) ||
        !g_mkdtemp_full(path, folder_mode(inbox))) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot make a folder in '%s': %s",
                    keep_in ?: g_get_tmp_dir(), g_strerror(errno));
        return FALSE;
    }
    chmod(path, folder_mode(inbox));
    real = realpath(path, NULL);
    inbox->root = g_strdup(real ?: path);
    free(real);
    if (!lock_root(inbox)) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot lock the folder '%s' for what was sent; try again",
                    inbox->root);
        return FALSE;
    }
    return TRUE;
}

HetInbox *het_inbox_new(const char *keep_in, GError **error)
{
    g_autoptr(HetInbox) inbox = g_new0(HetInbox, 1);

    inbox->lock = inbox->pipe = -1;
    inbox->is_kept = keep_in != NULL;
    if (!make_root(inbox, keep_in, error) || !start_keeper(inbox, error)) {
        return NULL;
    }
    return g_steal_pointer(&inbox);
}

const char *het_inbox_root(const HetInbox *inbox)
{
    return inbox->root;
}

int het_inbox_held(const HetInbox *inbox)
{
    return inbox->pipe;
}

static gboolean fail(const char *path, GError **error)
{
    g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                "cannot keep '%s' that was sent: %s", path,
                g_strerror(errno));
    return FALSE;
}

gboolean het_inbox_make_folder(HetInbox *inbox, const char *path,
                               GError **error)
{
    g_autofree char *folder = g_strconcat(inbox->root, path, NULL);

    return make_folders(inbox, folder) || fail(path, error);
}

int het_inbox_make_file(HetInbox *inbox, const char *path, GError **error)
{
    g_autofree char *file = g_strconcat(inbox->root, path, NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    int fd;

    if (!het_inbox_make_folder(inbox, folder, error)) {
        return -1;
    }
    fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
              0600);
    if (fd < 0) {
        fail(path, error);
    } else if (inbox->is_kept && fchmod(fd, 0644) < 0) {
        fail(path, error);
        close(fd);
        fd = -1;
    }
    return fd;
}

int het_inbox_open(const HetInbox *inbox, const char *path)
{
    g_autofree char *file = g_strconcat(inbox->root, path, NULL);

    return open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

void het_inbox_keep(HetInbox *inbox)
{
    tell(inbox, KEEP);
}

void het_inbox_drop(HetInbox *inbox)
{
    tell(inbox, DROP);
}

void het_inbox_free(HetInbox *inbox)
{
    if (!inbox) {
        return;
    }
    if (inbox->pipe >= 0) {
        close(inbox->pipe);
    }
    if (inbox->keeper) {
        waitpid(inbox->keeper, NULL, 0);
    } else if (inbox->root) {
        het_remove_tree(inbox->root);
    }
    if (inbox->lock >= 0) {
        close(inbox->lock);
    }
    g_free(inbox->root);
    g_free(inbox);
}
