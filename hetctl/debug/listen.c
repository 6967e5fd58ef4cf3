/*
 * Where a debugger connects
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "debug/listen.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/error.h"

#define UNIX "unix:"
#define LOOPBACK "127.0.0.1"

struct HetListener {
    GSocket *socket;
    char *path;                 /* of a unix socket, to be removed */
    char *address;
};

static void set_wrong(GError **error, const char *address)
{
    g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                "'%s' is neither unix:PATH nor HOST:PORT nor :PORT",
                address);
}

static GSocketAddress *parse_unix(const char *path, GError **error)
{
    if (!*path || strlen(path) >= 108) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "the path of a socket has 1 to 107 bytes: '%s'", path);
        return NULL;
    }
    return g_unix_socket_address_new(path);
}

/* The first address of the host */
static GSocketAddress *resolve(GSocketConnectable *host, GError **error)
{
    g_autoptr(GSocketAddressEnumerator) found =
        g_socket_connectable_enumerate(host);

    return g_socket_address_enumerator_next(found, NULL, error);
}

static GSocketAddress *parse_inet(const char *address, GError **error)
{
    const char *colon = strrchr(address, ':');
    g_autofree char *host = colon ? g_strndup(address, colon - address)
                                  : NULL;
    g_autoptr(GSocketConnectable) name = NULL;
    g_autoptr(GError) cause = NULL;
    GSocketAddress *found;
    guint64 port;

    if (!colon || !g_ascii_string_to_unsigned(colon + 1, 10, 0, G_MAXUINT16,
                                              &port, NULL)) {
        set_wrong(error, address);
        return NULL;
    }
    name = g_network_address_new(*host ? host : LOOPBACK, port);
    found = resolve(name, &cause);
    if (!found) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE, "'%s': %s", address,
                    cause ? cause->message : "no such host");
    }
    return found;
}

/* A socket that nobody listens at was left by a server that was killed. */
static void remove_dead(GSocketAddress *address, const char *path)
{
    g_autoptr(GSocket) probe =
        g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, 0, NULL);
    g_autoptr(GError) error = NULL;
    struct stat info;

    if (lstat(path, &info) == 0 && S_ISSOCK(info.st_mode) && probe &&
        !g_socket_connect(probe, address, NULL, &error) &&
        g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED)) {
        unlink(path);
    }
}

static char *format_address(HetListener *l)
{
    g_autoptr(GSocketAddress) local = NULL;
    GInetSocketAddress *inet;
    g_autofree char *host = NULL;

    if (l->path) {
        return g_strdup(l->path);
    }
    local = g_socket_get_local_address(l->socket, NULL);
    inet = G_INET_SOCKET_ADDRESS(local);
    host = g_inet_address_to_string(g_inet_socket_address_get_address(inet));
    return g_strdup_printf(strchr(host, ':') ? "[%s]:%d" : "%s:%d", host,
                           g_inet_socket_address_get_port(inet));
}

static gboolean bind_and_listen(HetListener *l, GSocketAddress *address,
                                GError **error)
{
    gboolean is_bound;
    mode_t mask = umask(0077);  /* a unix socket is its owner's */

    is_bound = g_socket_bind(l->socket, address, TRUE, error);
    umask(mask);
    return is_bound && g_socket_listen(l->socket, error);
}

HetListener *het_listener_new(const char *text, GError **error)
{
    g_autoptr(HetListener) l = g_new0(HetListener, 1);
    const char *path = text && g_str_has_prefix(text, UNIX)
                       ? text + strlen(UNIX) : NULL;
    g_autoptr(GSocketAddress) address =
        path ? parse_unix(path, error) : parse_inet(text ?: ":0", error);
    g_autoptr(GError) cause = NULL;

    if (!address) {
        return NULL;
    }
    l->socket = g_socket_new(g_socket_address_get_family(address),
                             G_SOCKET_TYPE_STREAM, 0, &cause);
    if (path) {
        remove_dead(address, path);
    }
    if (!l->socket || !bind_and_listen(l, address, &cause)) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "cannot listen at '%s': %s", text ?: LOOPBACK,
                    cause->message);
        return NULL;
    }
    l->path = g_strdup(path);
    l->address = format_address(l);
    return g_steal_pointer(&l);
}

void het_listener_free(HetListener *l)
{
    if (!l) {
        return;
    }
    if (l->path) {
        unlink(l->path);
    }
    g_clear_object(&l->socket);
    g_free(l->path);
    g_free(l->address);
    g_free(l);
}

const char *het_listener_address(const HetListener *l)
{
    return l->address;
}

int het_listener_fd(const HetListener *l)
{
    return g_socket_get_fd(l->socket);
}

int het_listener_accept(HetListener *l)
{
    g_autoptr(GSocket) client = NULL;

    g_socket_set_blocking(l->socket, FALSE);
    client = g_socket_accept(l->socket, NULL, NULL);
    return client ? fcntl(g_socket_get_fd(client), F_DUPFD_CLOEXEC, 0) : -1;
}
