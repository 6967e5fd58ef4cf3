/*
 * The connection to libvirt, and libvirt's errors as GErrors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/conn.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <string.h>

#include "soc/xpath.h"
#include "util/error.h"
#include "util/worker.h"

/* virDomainQemuMonitorCommandWithFiles() */
#define LIBVIRT_MIN 8002000

static void silent(void *opaque G_GNUC_UNUSED,
                   virErrorPtr error G_GNUC_UNUSED)
{
}

void het_conn_set_error(GError **error, int code, const char *format, ...)
{
    const char *reason = virGetLastErrorMessage();
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, format);
    text = g_strdup_vprintf(format, ap);
    va_end(ap);
    g_set_error(error, HET_ERROR, code, "%s: %s", text, reason);
}

static gboolean is_qemu(virConnectPtr conn, GError **error)
{
    const char *type = virConnectGetType(conn);
    g_autofree char *uri = NULL;

    if (!g_strcmp0(type, "QEMU")) {
        return TRUE;
    }
    uri = virConnectGetURI(conn);
    g_set_error(error, HET_ERROR, HET_ERROR_LIBVIRT,
                "connection '%s' is of libvirt's driver '%s', need QEMU; "
                "choose with -c, for example -c qemu:///system",
                uri ?: "?", type ?: "?");
    return FALSE;
}

static gboolean is_new_enough(virConnectPtr conn, GError **error)
{
    unsigned long version = 0;

    if (virConnectGetLibVersion(conn, &version) < 0) {
        het_conn_set_error(error, HET_ERROR_LIBVIRT,
                           "cannot ask libvirt for its version");
        return FALSE;
    }
    if (version < LIBVIRT_MIN) {
        g_set_error(error, HET_ERROR, HET_ERROR_LIBVIRT,
                    "libvirt %lu.%lu.%lu is too old, need 8.2.0 or later",
                    version / 1000000, version / 1000 % 1000, version % 1000);
        return FALSE;
    }
    return TRUE;
}

typedef struct {
    char *uri;
    virConnectPtr conn;
} Opening;

static void opening_clear(gpointer data)
{
    Opening *o = data;

    g_free(o->uri);
    if (o->conn) {
        virConnectClose(o->conn);
    }
}

/* By the mode of libvirt's socket, or by polkit */
static gboolean is_refused(const virError *reason)
{
    switch (reason ? reason->code : VIR_ERR_OK) {
    case VIR_ERR_SYSTEM_ERROR:
        return reason->int1 == EACCES || reason->int1 == EPERM;
    case VIR_ERR_ACCESS_DENIED:
    case VIR_ERR_AUTH_CANCELLED:
    case VIR_ERR_AUTH_FAILED:
    case VIR_ERR_AUTH_UNAVAILABLE:
        return TRUE;
    default:
        return FALSE;
    }
}

static void fail_to_open(const char *uri, GError **error)
{
    const char *name = uri ?: g_getenv("LIBVIRT_DEFAULT_URI");
    const char *what_to_do =
        name && strstr(name, "/system") && is_refused(virGetLastError())
        ? "members of the group 'libvirt' may use it, everybody has a "
          "qemu:///session of their own"
        : "is libvirtd running, and is this the right URI (-c URI)?";

    g_set_error(error, HET_ERROR, HET_ERROR_LIBVIRT,
                "cannot connect to libvirt at '%s': %s; %s",
                name ?: "the default URI", virGetLastErrorMessage(),
                what_to_do);
}

static gboolean try_open(gpointer data, GError **error)
{
    Opening *o = data;
    g_autoptr(HetConn) conn =
        virConnectOpenAuth(o->uri, virConnectAuthPtrDefault, 0);

    if (!conn) {
        fail_to_open(o->uri, error);
        return FALSE;
    }
    if (is_qemu(conn, error) && is_new_enough(conn, error)) {
        o->conn = g_steal_pointer(&conn);
    }
    return o->conn != NULL;
}

virConnectPtr het_conn_open(const char *uri, GError **error)
{
    Opening *o = g_atomic_rc_box_new0(Opening);
    virConnectPtr conn = NULL;

    virSetErrorFunc(NULL, silent);
    o->uri = g_strdup(uri);
    if (het_worker_run(try_open, o, opening_clear, HET_CONN_LIMIT_MS, NULL,
                       error)) {
        conn = g_steal_pointer(&o->conn);
    } else if (error && g_error_matches(*error, HET_ERROR,
                                        HET_ERROR_TIMEOUT)) {
        g_prefix_error(error, "connecting to libvirt: ");
    }
    g_atomic_rc_box_release_full(o, opening_clear);
    return conn;
}

gboolean het_conn_require_local(virConnectPtr conn, GError **error)
{
    g_autofree char *text = virConnectGetURI(conn);
    g_autoptr(GUri) uri = text ? g_uri_parse(text, G_URI_FLAGS_NONE, NULL)
                               : NULL;
    const char *host = uri ? g_uri_get_host(uri) : NULL;
    const char *scheme = uri ? g_uri_get_scheme(uri) : "";

    if ((!host || !*host) && (!strchr(scheme, '+') ||
                              g_str_has_suffix(scheme, "+unix"))) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_LIBVIRT,
                "connection '%s' is not local: the processors share memory "
                "with this host, run hetctl there", text);
    return FALSE;
}

gboolean het_conn_parse_dac_label(const char *label, guint *uid, guint *gid)
{
    g_auto(GStrv) parts = g_strsplit(label, ":", 2);
    guint *values[] = { uid, gid };

    for (int i = 0; i < 2; i++) {
        guint64 n;

        if (!parts[0] || !parts[i] ||
            !g_ascii_string_to_unsigned(parts[i] + (*parts[i] == '+'), 10, 0,
                                        G_MAXUINT32 - 1, &n, NULL)) {
            return FALSE;
        }
        *values[i] = n;
    }
    return TRUE;
}

gboolean het_conn_get_emulator_owner(virConnectPtr conn, guint *uid,
                                     guint *gid)
{
    g_autofree char *caps = virConnectGetCapabilities(conn);
    g_autofree char *label =
        het_xpath_string(caps, "string(/capabilities/host/secmodel"
                           "[model='dac']/baselabel[@type='qemu'])");

    return label && het_conn_parse_dac_label(label, uid, gid);
}

char **het_conn_get_confining_models(virConnectPtr conn)
{
    static const char *const models[] = { "apparmor", "selinux" };
    g_autofree char *caps = virConnectGetCapabilities(conn);
    g_autoptr(GStrvBuilder) found = g_strv_builder_new();

    for (gsize i = 0; i < G_N_ELEMENTS(models); i++) {
        g_autofree char *path =
            g_strdup_printf("string(/capabilities/host/secmodel/model"
                            "[.='%s'])", models[i]);
        g_autofree char *name = het_xpath_string(caps, path);

        if (name) {
            g_strv_builder_add(found, name);
        }
    }
    return g_strv_builder_end(found);
}
