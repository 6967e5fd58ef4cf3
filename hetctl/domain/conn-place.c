/*
 * Locks and memory of the SoCs of a connection: where they are
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/conn-place.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/conn.h"
#include "util/error.h"
#include "util/text.h"

#define SOCKET "/run/libvirt/libvirt-sock"
#define GROUP "libvirt"
#define SYSTEM_LOGS "/var/log/libvirt/qemu"

static GUri *get_uri(virConnectPtr conn)
{
    g_autofree char *text = virConnectGetURI(conn);

    return text ? g_uri_parse(text, G_URI_FLAGS_NONE, NULL) : NULL;
}

static char *socket_path(GUri *uri)
{
    const char *query = uri ? g_uri_get_query(uri) : NULL;
    g_autoptr(GHashTable) params =
        query ? g_uri_parse_params(query, -1, "&", G_URI_PARAMS_NONE, NULL)
              : NULL;
    const char *path = params ? g_hash_table_lookup(params, "socket") : NULL;

    return g_strdup(path ?: SOCKET);
}

/* Who may use libvirt's socket; else (polkit decides) the group of that name */
static guint group_of(GUri *uri)
{
    g_autofree char *path = socket_path(uri);
    const struct group *group;
    struct stat st;

    if (stat(path, &st) == 0 && S_ISSOCK(st.st_mode) && st.st_gid != 0 &&
        (st.st_mode & 022) == 020) {
        return st.st_gid;
    }
    group = getgrnam(GROUP);
    return group ? group->gr_gid : 0;
}

/* A storage pool's folder is made by libvirt, as root. The pool then goes. */
static gboolean make_by_libvirt(const char *path, guint group, guint mode,
                                void *opaque, GError **error)
{
    g_autoptr(GString) xml = g_string_new(NULL);
    g_autofree char *id = g_uuid_string_random();
    virStoragePoolPtr pool;

    het_text_add(xml, 0, "<pool type='dir'><name>hetctl-%s</name>", id);
    het_text_add(xml, 0, "<target><path>%s</path><permissions>", path);
    het_text_add(xml, 0, "<mode>0%o</mode><owner>0</owner>", mode);
    het_text_add(xml, 0, "<group>%u</group></permissions></target></pool>",
                 group);
    pool = virStoragePoolCreateXML(opaque, xml->str,
                                   VIR_STORAGE_POOL_CREATE_WITH_BUILD);
    if (!pool) {
        het_conn_set_error(error, HET_ERROR_FAILED,
                           "libvirt cannot make '%s', which the users of this "
                           "connection share; let root run 'hetctl list' once",
                           path);
        return FALSE;
    }
    virStoragePoolDestroy(pool);
    virStoragePoolFree(pool);
    return TRUE;
}

static gboolean is_system(GUri *uri)
{
    return uri && strcmp(g_uri_get_path(uri), "/system") == 0;
}

gboolean het_conn_is_system(virConnectPtr conn)
{
    g_autoptr(GUri) uri = get_uri(conn);

    return is_system(uri);
}

char *het_conn_status_path(virDomainPtr domain)
{
    g_autoptr(GUri) uri = get_uri(virDomainGetConnect(domain));
    g_autofree char *name = g_strconcat(virDomainGetName(domain), ".xml", NULL);

    return is_system(uri)
           ? g_build_filename("/run/libvirt/qemu", name, NULL)
           : g_build_filename(g_get_user_runtime_dir(), "libvirt/qemu/run",
                              name, NULL);
}

char *het_conn_log_folder(virConnectPtr conn)
{
    g_autoptr(GUri) uri = conn ? get_uri(conn) : NULL;
    g_autofree char *folder = NULL;

    if (conn ? !is_system(uri) : geteuid() != 0) {
        folder = g_build_filename(g_get_user_cache_dir(), "libvirt/qemu/log",
                                  NULL);
        /* A libvirtd of the user may not have needed it yet. */
        return !conn || g_mkdir_with_parents(folder, 0700) == 0
               ? g_steal_pointer(&folder) : NULL;
    }
    /* Others than root may not be able to see it. */
    return !conn || access(SYSTEM_LOGS, F_OK) == 0 || errno != ENOENT
           ? g_strdup(SYSTEM_LOGS) : NULL;
}

HetPlace *het_conn_place(virConnectPtr conn, GError **error)
{
    g_autoptr(GUri) uri = get_uri(conn);

    if (!is_system(uri)) {
        return het_place_own(error);
    }
    return het_place_shared(group_of(uri), make_by_libvirt, conn, error);
}

HetLock *het_conn_lock(virConnectPtr conn, const char *soc, guint timeout_ms,
                       GError **error)
{
    g_autoptr(HetPlace) place = het_conn_place(conn, error);

    return place ? het_lock_acquire(place, soc, timeout_ms, error) : NULL;
}

HetLock *het_conn_take_lock(virConnectPtr conn, const char *soc, char **ended,
                            GError **error)
{
    g_autoptr(HetPlace) place = het_conn_place(conn, error);

    return place ? het_lock_take(place, soc, ended, error) : NULL;
}
