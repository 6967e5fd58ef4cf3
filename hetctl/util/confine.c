/*
 * Keeping a program that may do anything from changing files, by Landlock
 *
 * Documentation/userspace-api/landlock.rst of Linux. Reading and running stay
 * free: an emulator has libraries and firmware anywhere.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/confine.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of later headers than those of Debian 12 */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#define ACCESS_NET_TCP 3ULL
/* Abstract unix sockets, and signals to who is not confined with it */
#define SCOPE_ALL 3ULL

#define CHANGES (LANDLOCK_ACCESS_FS_WRITE_FILE |        \
                 LANDLOCK_ACCESS_FS_REMOVE_DIR |        \
                 LANDLOCK_ACCESS_FS_REMOVE_FILE |       \
                 LANDLOCK_ACCESS_FS_MAKE_CHAR |         \
                 LANDLOCK_ACCESS_FS_MAKE_DIR |          \
                 LANDLOCK_ACCESS_FS_MAKE_REG |          \
                 LANDLOCK_ACCESS_FS_MAKE_SOCK |         \
                 LANDLOCK_ACCESS_FS_MAKE_FIFO |         \
                 LANDLOCK_ACCESS_FS_MAKE_BLOCK |        \
                 LANDLOCK_ACCESS_FS_MAKE_SYM)

/* struct landlock_ruleset_attr as of version 6; a kernel takes zeroes. */
typedef struct {
    guint64 files;
    guint64 network;
    guint64 scoped;
} Handled;

static int make_ruleset(guint64 *changes)
{
    int version = syscall(SYS_landlock_create_ruleset, NULL, 0,
                          LANDLOCK_CREATE_RULESET_VERSION);
    Handled handled = { .files = CHANGES };

    if (version < 1) {
        return -1;
    }
    handled.files |= version >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0;
    handled.files |= version >= 3 ? LANDLOCK_ACCESS_FS_TRUNCATE : 0;
    handled.network = version >= 4 ? ACCESS_NET_TCP : 0;
    handled.scoped = version >= 6 ? SCOPE_ALL : 0;
    *changes = handled.files;
    return syscall(SYS_landlock_create_ruleset, &handled, sizeof(handled), 0);
}

static gboolean allow(int ruleset, const char *path, guint64 changes)
{
    struct landlock_path_beneath_attr rule = { .allowed_access = changes };
    gboolean ok;

    rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0) {
        return FALSE;
    }
    ok = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
                 &rule, 0) == 0;
    close(rule.parent_fd);
    return ok;
}

int het_confine_new(const char *folder)
{
    guint64 changes;
    int ruleset = make_ruleset(&changes);

    if (ruleset >= 0 &&
        allow(ruleset, folder, changes) &&
        allow(ruleset, "/dev/null", LANDLOCK_ACCESS_FS_WRITE_FILE)) {
        return ruleset;
    }
    if (ruleset >= 0) {
        close(ruleset);
    }
    return -1;
}

gboolean het_confine_enter(int confine)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_landlock_restrict_self, confine, 0) == 0;
}
