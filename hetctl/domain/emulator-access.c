/*
 * May the user that libvirt runs emulators as use the files of a SoC?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/emulator-access.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "domain/emulator.h"
#include "util/error.h"

/* Also the exit code that tells the entry: more than any path has */
#define MAX_ENTRIES 200

typedef struct {
    char *path;
    int mode;                   /* of access() */
} HetNeed;

static void need_free(gpointer data)
{
    HetNeed *need = data;

    g_free(need->path);
    g_free(need);
}

static void add_need(GPtrArray *needs, const char *path, int mode)
{
    HetNeed *need = g_new0(HetNeed, 1);

    need->path = g_strdup(path);
    need->mode = mode;
    g_ptr_array_add(needs, need);
}

/* The folders from the root on, then the file itself */
static void add_path(GPtrArray *needs, const char *path, int mode)
{
    for (const char *p = path; (p = strchr(p, '/')); p++) {
        g_autofree char *folder = g_strndup(path, MAX(p - path, 1));

        add_need(needs, folder, X_OK);
    }
    add_need(needs, path, mode);
}

/*
 * libvirt makes kernels readable, but it cannot open folders, and does not
 * know of a master's loader. What slaves boot from, and an initrd that firmware
 * is appended to, are read by hetctl.
 */
static GPtrArray *needs_of(const HetProcessor *proc)
{
    GPtrArray *needs = g_ptr_array_new_with_free_func(need_free);
    g_autofree char *emulator = het_emulator_path(proc);

    add_path(needs, emulator, R_OK | X_OK);
    if (proc->is_master && proc->kernel) {
        add_path(needs, proc->kernel, F_OK);
    }
    if (proc->is_master && proc->loader) {
        add_path(needs, proc->loader, R_OK);
    }
    if (proc->is_master && proc->initrd && !proc->firmware->len) {
        add_path(needs, proc->initrd, F_OK);
    }
    return needs;
}

/* In a child: becomes the user. ACLs and the like are the kernel's matter. */
static int first_refused(GPtrArray *needs, const char *user, guint uid,
                         guint gid)
{
    int groups = user ? initgroups(user, gid) : setgroups(0, NULL);

    if (groups < 0 || setgid(gid) < 0 || setuid(uid) < 0) {
        return 0;
    }
    for (guint i = 0; i < MIN(needs->len, MAX_ENTRIES); i++) {
        const HetNeed *need = g_ptr_array_index(needs, i);

        if (access(need->path, need->mode) < 0 && errno == EACCES) {
            return i + 1;
        }
    }
    return 0;
}

static const HetNeed *find_refused(GPtrArray *needs, guint uid, guint gid)
{
    struct passwd *entry = getpwuid(uid);
    g_autofree char *user = entry ? g_strdup(entry->pw_name) : NULL;
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        _exit(first_refused(needs, user, uid, gid));
    }
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (child < 0 || !WIFEXITED(status) || !WEXITSTATUS(status)) {
        return NULL;
    }
    return g_ptr_array_index(needs, WEXITSTATUS(status) - 1);
}

static gboolean check_processor(const HetProcessor *proc, guint uid,
                                guint gid, GError **error)
{
    g_autoptr(GPtrArray) needs = needs_of(proc);
    const HetNeed *refused = find_refused(needs, uid, gid);

    if (!refused) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_EMULATOR,
                "processor '%s': user %u, whom libvirt runs emulators as, "
                "may not use '%s'; change its mode, move it, or define with "
                "--run-as", proc->name, uid, refused->path);
    return FALSE;
}

gboolean het_emulator_access_check(const HetSoc *soc, guint uid, guint gid,
                                   GError **error)
{
    if (!check_processor(soc->master, uid, gid, error)) {
        return FALSE;
    }
    for (guint i = 0; i < soc->slaves->len; i++) {
        if (!check_processor(g_ptr_array_index(soc->slaves, i), uid, gid,
                             error)) {
            return FALSE;
        }
    }
    return TRUE;
}
