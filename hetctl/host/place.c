/*
 * Where the users of a connection to libvirt have what their SoCs share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "host/place.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/error.h"

#define SHM_FOLDER "/dev/shm"
#define SHARED_FOLDER "/run/hetctl"
#define SHARED_LINK SHARED_FOLDER "/shm"
#define SEGMENTS_PREFIX SHM_FOLDER "/" HET_PLACE_SEGMENTS "."

/* Of the segments: the emulators, which are of no group, have to get there. */
#define LOCKS_MODE 0770
#define SEGMENTS_MODE 0771
#define RECORDERS_MODE 0770

typedef struct {
    guint group;
    HetPlaceMake *make;
    void *opaque;
} Shared;

void het_place_free(HetPlace *place)
{
    if (place) {
        g_free(place->locks);
        g_free(place->segments);
        g_free(place);
    }
}

static gboolean fail(const char *what, const char *path, GError **error)
{
    int saved = errno;

    g_set_error(error, HET_ERROR, HET_ERROR_FAILED, "cannot %s '%s': %s",
                what, path, g_strerror(saved));
    return FALSE;
}

char *het_place_recorders(const char *segments)
{
    if (!g_str_has_prefix(segments, SEGMENTS_PREFIX)) {
        return g_strdup(segments);
    }
    return g_strconcat(SHM_FOLDER "/" HET_PLACE_RECORDERS ".",
                       segments + strlen(SEGMENTS_PREFIX), NULL);
}

/* ---- of one user ---- */

static gboolean is_own_folder(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
           st.st_uid == geteuid() && !(st.st_mode & 022) &&
           access(path, W_OK | X_OK) == 0;
}

static gboolean make_own_folder(const char *path)
{
    return is_own_folder(path) ||
           (mkdir(path, 0700) == 0 && is_own_folder(path));
}

static char *cache_folder(void)
{
    const struct passwd *user = getpwuid(geteuid());

    return user && user->pw_dir && *user->pw_dir
           ? g_build_filename(user->pw_dir, ".cache", NULL) : NULL;
}

static char *own_locks(GError **error)
{
    guint uid = geteuid();
    g_autofree char *run = uid ? g_strdup_printf("/run/user/%u", uid)
                               : g_strdup("/run");
    g_autofree char *cache = cache_folder();
    g_autofree char *shm = g_strdup_printf(SHM_FOLDER "/hetctl-%u", uid);

    if (is_own_folder(run)) {
        return g_steal_pointer(&run);
    }
    if (cache && make_own_folder(cache)) {
        return g_steal_pointer(&cache);
    }
    if (make_own_folder(shm)) {
        return g_steal_pointer(&shm);
    }
    g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                "no folder for locks: need one of '%s', '%s', '%s' that is "
                "yours and that nobody else may write", run,
                cache ?: "~/.cache", shm);
    return NULL;
}

HetPlace *het_place_own(GError **error)
{
    g_autofree char *locks = own_locks(error);
    HetPlace *place;

    if (!locks) {
        return NULL;
    }
    place = g_new0(HetPlace, 1);
    place->locks = g_steal_pointer(&locks);
    place->segments = g_strdup(SHM_FOLDER);
    return place;
}

/* ---- of a group ---- */

static gboolean is_roots_folder(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == 0 &&
           !(st.st_mode & 02);
}

static gboolean set_mode(const char *path, guint group, guint mode)
{
    struct stat st;

    if (lstat(path, &st) == 0 && st.st_gid == group &&
        (st.st_mode & 07777) == mode) {
        return TRUE;
    }
    return lchown(path, 0, group) == 0 && chmod(path, mode) == 0;
}

static gboolean make_shared(const Shared *s, const char *path, guint mode,
                            GError **error)
{
    if (geteuid() != 0) {
        return is_roots_folder(path) ||
               s->make(path, s->group, mode, s->opaque, error);
    }
    if (mkdir(path, 0700) < 0 && errno != EEXIST) {
        return fail("make", path, error);
    }
    return set_mode(path, s->group, mode) || fail("set up", path, error);
}

static gboolean check_shared(const char *path, guint group, GError **error)
{
    if (!is_roots_folder(path)) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "'%s' is not root's, remove it", path);
        return FALSE;
    }
    if (access(path, W_OK | X_OK) < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "you may not write '%s', which group %u shares; the "
                    "users of this connection have to be in that group",
                    path, group);
        return FALSE;
    }
    return TRUE;
}

/* Who made the link was of the group, but what it names need not be. */
static char *read_link(void)
{
    g_autofree char *path = g_file_read_link(SHARED_LINK, NULL);

    return path && g_str_has_prefix(path, SEGMENTS_PREFIX) &&
           !strchr(path + strlen(SEGMENTS_PREFIX), '/')
           ? g_steal_pointer(&path) : NULL;
}

static gboolean write_link(const char *path, GError **error)
{
    static const char temporary[] = SHARED_LINK ".new";

    unlink(temporary);
    return (symlink(path, temporary) == 0 &&
            rename(temporary, SHARED_LINK) == 0) ||
           fail("write", SHARED_LINK, error);
}

static gboolean make_both(const Shared *s, const char *segments,
                          const char *recorders, GError **error)
{
    return make_shared(s, recorders, RECORDERS_MODE, error) &&
           check_shared(recorders, s->group, error) &&
           make_shared(s, segments, SEGMENTS_MODE, error) &&
           check_shared(segments, s->group, error);
}

static char *new_segments(const Shared *s, GError **error)
{
    g_autofree char *id = g_uuid_string_random();
    g_autofree char *path = g_strconcat(SEGMENTS_PREFIX, id, NULL);
    g_autofree char *recorders = het_place_recorders(path);

    return make_both(s, path, recorders, error) && write_link(path, error)
           ? g_steal_pointer(&path) : NULL;
}

/*
 * Of a hetctl without recorders there is one folder only, whose name everybody
 * has seen: the other one may be a trap.
 */
static char *shared_segments(const Shared *s, GError **error)
{
    g_autofree char *path = read_link();
    g_autofree char *recorders = path ? het_place_recorders(path) : NULL;

    if (!path || !is_roots_folder(path) || !is_roots_folder(recorders)) {
        return new_segments(s, error);
    }
    return make_both(s, path, recorders, error) ? g_steal_pointer(&path)
                                                : NULL;
}

/* One at a time: two would make two folders. */
static char *shared_segments_locked(const Shared *s, GError **error)
{
    int fd = open(SHARED_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char *path = NULL;

    if (fd < 0 || flock(fd, LOCK_EX) < 0) {
        fail("lock", SHARED_FOLDER, error);
    } else {
        path = shared_segments(s, error);
    }
    if (fd >= 0) {
        close(fd);
    }
    return path;
}

HetPlace *het_place_shared(guint group, HetPlaceMake *make, void *opaque,
                           GError **error)
{
    const Shared s = { .group = group, .make = make, .opaque = opaque };
    g_autofree char *segments = NULL;
    HetPlace *place;

    if (!make_shared(&s, SHARED_FOLDER, LOCKS_MODE, error) ||
        !check_shared(SHARED_FOLDER, group, error)) {
        return NULL;
    }
    segments = shared_segments_locked(&s, error);
    if (!segments) {
        return NULL;
    }
    place = g_new0(HetPlace, 1);
    place->locks = g_strdup(SHARED_FOLDER);
    place->segments = g_steal_pointer(&segments);
    place->is_shared = TRUE;
    place->group = group;
    return place;
}
