/*
 * A file that a command writes its result to, where the user wants it
 *
 * The result is made in a file of its own, without a name where the file system
 * can do that: nothing is left of a hetctl that is killed. Beside a regular file
 * that one takes its place; elsewhere it is copied.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/out-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/error.h"
#include "util/write-all.h"

#define CHUNK (256 * 1024)

struct HetOutFile {
    char *path;                 /* as the user has named it */
    char *target;               /* regular file that is replaced, or NULL */
    gboolean is_beside;         /* in the folder of @target, without a name */
    char *made;                 /* what will replace it, or NULL */
    int fd;
};

static gboolean fail(const HetOutFile *out, GError **error)
{
    int saved = errno;

    g_set_error(error, HET_ERROR, saved == ENOSPC ? HET_ERROR_RESOURCE
                                                  : HET_ERROR_FAILED,
                "cannot write '%s': %s", out->path, g_strerror(saved));
    return FALSE;
}

static gboolean is_stdout(const HetOutFile *out)
{
    return !strcmp(out->path, "-");
}

/* ---- where the result is made ---- */

static mode_t new_mode(void)
{
    mode_t mask = umask(0);

    umask(mask);
    return 0666 & ~mask;
}

static gboolean make_in_folder(HetOutFile *out)
{
    g_autofree char *folder = g_path_get_dirname(out->target);

    out->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (out->fd >= 0) {
        out->is_beside = TRUE;
        return TRUE;
    }
    out->made = g_strconcat(out->target, ".XXXXXX", NULL);
    out->fd = g_mkstemp_full(out->made, O_RDWR | O_CLOEXEC, 0600);
    if (out->fd < 0) {
        g_clear_pointer(&out->made, g_free);
    }
    return out->fd >= 0;
}

/* As the file that it replaces; its owner as far as one may. */
static gboolean make_beside(HetOutFile *out, const struct stat *old)
{
    if (!make_in_folder(out)) {
        return FALSE;
    }
    if (old && fchown(out->fd, old->st_uid, old->st_gid) < 0 &&
        errno != EPERM) {
        return FALSE;
    }
    return fchmod(out->fd, old ? old->st_mode & 0777 : new_mode()) == 0;
}

static gboolean make_nameless(HetOutFile *out)
{
    g_autofree char *path = NULL;

    out->fd = open(g_get_tmp_dir(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (out->fd < 0) {
        path = g_build_filename(g_get_tmp_dir(), "hetctl-XXXXXX", NULL);
        out->fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
        if (out->fd >= 0) {
            g_unlink(path);
        }
    }
    return out->fd >= 0;
}

/* In a folder that nobody may write to, the file itself can be written. */
static gboolean make_for_regular(HetOutFile *out, const struct stat *old)
{
    char *target = realpath(out->path, NULL);

    if (target && access(target, W_OK) < 0) {
        free(target);
        return FALSE;
    }
    out->target = g_strdup(target);
    free(target);
    return (out->target && make_beside(out, old)) || make_nameless(out);
}

static gboolean make(HetOutFile *out)
{
    struct stat st;

    if (is_stdout(out)) {
        return make_nameless(out);
    }
    if (stat(out->path, &st) == 0) {
        if (S_ISDIR(st.st_mode)) {
            errno = EISDIR;
            return FALSE;
        }
        return S_ISREG(st.st_mode) ? make_for_regular(out, &st)
                                   : make_nameless(out);
    }
    if (errno != ENOENT) {
        return FALSE;
    }
    if (lstat(out->path, &st) == 0) {
        /* A link to nothing */
        errno = ENOENT;
        return FALSE;
    }
    out->target = g_strdup(out->path);
    return make_beside(out, NULL);
}

HetOutFile *het_out_file_open(const char *path, GError **error)
{
    g_autoptr(HetOutFile) out = g_new0(HetOutFile, 1);

    out->path = g_strdup(path);
    out->fd = -1;
    if (!make(out)) {
        fail(out, error);
        return NULL;
    }
    return g_steal_pointer(&out);
}

int het_out_file_get_fd(const HetOutFile *out)
{
    return out->fd;
}

/* ---- where it goes ---- */

static gboolean copy(const HetOutFile *out, int to, GError **error)
{
    g_autofree char *buffer = g_malloc(CHUNK);
    off_t done = 0;
    ssize_t n;

    while ((n = pread(out->fd, buffer, CHUNK, done)) != 0) {
        if (n < 0 && errno != EINTR) {
            return fail(out, error);
        }
        n = MAX(n, 0);
        if (!het_write_all(to, buffer, n, error)) {
            g_prefix_error(error, "cannot write '%s': ", out->path);
            return FALSE;
        }
        done += n;
    }
    return TRUE;
}

/* Errors of a file that is far away may come when it is closed. */
static gboolean copy_to_path(const HetOutFile *out, GError **error)
{
    int to = open(out->path, O_WRONLY | O_TRUNC | O_NOCTTY | O_CLOEXEC);
    gboolean ok = to >= 0 ? copy(out, to, error) : fail(out, error);

    if (to >= 0 && close(to) < 0 && ok) {
        return fail(out, error);
    }
    return ok;
}

/* Only a file with a name can take the place of another one. */
static gboolean give_name(HetOutFile *out)
{
    g_autofree char *self = g_strdup_printf("/proc/self/fd/%d", out->fd);

    for (;;) {
        g_autofree char *name = g_strdup_printf("%s.%06x", out->target,
                                                g_random_int() & 0xffffff);

        if (linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0) {
            out->made = g_steal_pointer(&name);
            return TRUE;
        }
        if (errno != EEXIST) {
            return FALSE;
        }
    }
}

gboolean het_out_file_commit(HetOutFile *out, GError **error)
{
    if (is_stdout(out)) {
        return fflush(stdout) == 0 ? copy(out, STDOUT_FILENO, error)
                                   : fail(out, error);
    }
    if (!out->made && !out->is_beside) {
        return copy_to_path(out, error);
    }
    if (!out->made && !give_name(out)) {
        return fail(out, error);
    }
    if (g_rename(out->made, out->target) < 0) {
        return fail(out, error);
    }
    g_clear_pointer(&out->made, g_free);
    return TRUE;
}

void het_out_file_free(HetOutFile *out)
{
    if (!out) {
        return;
    }
    if (out->fd >= 0) {
        close(out->fd);
    }
    if (out->made) {
        g_unlink(out->made);
    }
    g_free(out->path);
    g_free(out->target);
    g_free(out->made);
    g_free(out);
}

gboolean het_out_file_write(const char *path, gconstpointer data, gsize size,
                            GError **error)
{
    g_autoptr(HetOutFile) out = het_out_file_open(path, error);

    if (!out) {
        return FALSE;
    }
    if (!het_write_all(out->fd, data, size, error)) {
        g_prefix_error(error, "cannot write '%s': ", path);
        return FALSE;
    }
    return het_out_file_commit(out, error);
}
