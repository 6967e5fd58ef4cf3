/*
 * Who may use the files that hetctl makes for a SoC, besides the user himself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "host/access.h"

#include <errno.h>
#include <sys/acl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/error.h"

static gboolean fail(const char *what, guint id, GError **error)
{
    int saved = errno;

    g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                "cannot let %s %u use it: %s", what, id, g_strerror(saved));
    return FALSE;
}

static gboolean give_to_emulator(int fd, const HetAccess *access,
                                 GError **error)
{
    guint gid = access->has_group ? access->group : access->gid;

    return fchown(fd, access->uid, gid) == 0 ||
           fail("the emulators' user", access->uid, error);
}

static gboolean add_emulator(int fd, const HetAccess *access, GError **error)
{
    g_autofree char *text =
        g_strdup_printf("u::rw,u:%u:rw,g::%s,m::rw,o::-", access->uid,
                        access->has_group ? "rw" : "-");
    acl_t acl = acl_from_text(text);
    int ret = acl ? acl_set_fd(fd, acl) : -1;
    gboolean ok = ret == 0 || fail("the emulators' user", access->uid, error);

    if (acl) {
        acl_free(acl);
    }
    return ok;
}

gboolean het_access_grant(int fd, const HetAccess *access, GError **error)
{
    gboolean is_root = geteuid() == 0;

    if (access->has_emulator && is_root &&
        !give_to_emulator(fd, access, error)) {
        return FALSE;
    }
    if (access->has_group && (!is_root || !access->has_emulator) &&
        fchown(fd, -1, access->group) < 0) {
        return fail("group", access->group, error);
    }
    if (access->has_emulator && !is_root && access->uid != geteuid()) {
        return add_emulator(fd, access, error);
    }
    return fchmod(fd, access->has_group ? 0660 : 0600) == 0 ||
           fail("group", access->group, error);
}
