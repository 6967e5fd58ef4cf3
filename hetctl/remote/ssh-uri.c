/*
 * A connection over ssh: libvirt's URI, and what ssh makes of it
 *
 * The command for the other host goes through a shell there, so nothing of it
 * is free but a path of plain letters. Host and user may be in a command of
 * the user's ssh_config, so they are plain as well.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "remote/ssh-uri.h"

#include <string.h>

#include "util/error.h"

#define SCHEME "qemu+ssh"
#define PLAIN "abcdefghijklmnopqrstuvwxyz" \
              "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

typedef struct {
    const char *uri;
    GHashTable *params;
    GPtrArray *argv;
    GString *query;             /* for there */
} Parsing;

static gboolean fail(const Parsing *p, GError **error, const char *format,
                     ...) G_GNUC_PRINTF(3, 4);

static gboolean fail(const Parsing *p, GError **error, const char *format,
                     ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, format);
    text = g_strdup_vprintf(format, ap);
    va_end(ap);
    g_set_error(error, HET_ERROR, HET_ERROR_USAGE, "connection '%s': %s",
                p->uri, text);
    return FALSE;
}

gboolean het_ssh_uri_is(const char *uri)
{
    const char *text = uri ?: g_getenv("LIBVIRT_DEFAULT_URI");

    return text && g_str_has_prefix(text, SCHEME "://");
}

static void add(Parsing *p, const char *word)
{
    g_ptr_array_add(p->argv, g_strdup(word));
}

static void add_option(Parsing *p, const char *option)
{
    add(p, "-o");
    add(p, option);
}

static gboolean is_plain(const char *text, const char *more)
{
    g_autofree char *all = g_strconcat(PLAIN, more, NULL);

    return *text && *text != '-' && text[strspn(text, all)] == '\0';
}

/* ---- parameters ---- */

typedef gboolean AddParam(Parsing *p, const char *value, GError **error);

static gboolean add_keyfile(Parsing *p, const char *value, GError **error)
{
    add(p, "-i");
    add(p, value);
    return TRUE;
}

/* ssh splits the value into words, and replaces %x and ${x} in it. */
static gboolean add_known_hosts(Parsing *p, const char *value, GError **error)
{
    g_autoptr(GString) path = g_string_new(value);
    g_autofree char *option = NULL;

    if (strpbrk(value, "\"\\$\n\r")) {
        return fail(p, error, "known_hosts has a character that ssh cannot "
                    "take");
    }
    g_string_replace(path, "%", "%%", 0);
    option = g_strdup_printf("UserKnownHostsFile=\"%s\"", path->str);
    add_option(p, option);
    return TRUE;
}

static gboolean add_verify(Parsing *p, const char *value, GError **error)
{
    if (!strcmp(value, "ignore")) {
        add_option(p, "StrictHostKeyChecking=no");
    } else if (!strcmp(value, "auto")) {
        add_option(p, "StrictHostKeyChecking=accept-new");
    } else if (strcmp(value, "normal")) {
        return fail(p, error, "known_hosts_verify is 'normal', 'auto' or "
                    "'ignore'");
    }
    return TRUE;
}

static gboolean add_no_verify(Parsing *p, const char *value, GError **error)
{
    if (strcmp(value, "0")) {
        add_option(p, "StrictHostKeyChecking=no");
    }
    return TRUE;
}

static gboolean add_no_tty(Parsing *p, const char *value, GError **error)
{
    if (strcmp(value, "0")) {
        add_option(p, "BatchMode=yes");
    }
    return TRUE;
}

/* Of libvirt there */
static gboolean add_query(Parsing *p, const char *name, const char *value)
{
    g_autofree char *escaped = g_uri_escape_string(value, "/", FALSE);

    g_string_append_printf(p->query, "%c%s=%s", p->query->len ? '&' : '?',
                           name, escaped);
    return TRUE;
}

static gboolean add_socket(Parsing *p, const char *value, GError **error)
{
    return add_query(p, "socket", value);
}

static gboolean add_mode(Parsing *p, const char *value, GError **error)
{
    return add_query(p, "mode", value);
}

/* libvirt's own stream to there, for which hetctl has another way */
static gboolean add_nothing(Parsing *p, const char *value, GError **error)
{
    return TRUE;
}

static const struct {
    const char *name;
    AddParam *add;
} params[] = {
    { "keyfile", add_keyfile },
    { "known_hosts", add_known_hosts },
    { "known_hosts_verify", add_verify },
    { "no_verify", add_no_verify },
    { "no_tty", add_no_tty },
    { "socket", add_socket },
    { "mode", add_mode },
    { "netcat", add_nothing },
    { "proxy", add_nothing },
    { "command", add_nothing },     /* these two: see the words of argv */
    { "hetctl", add_nothing },
};

static AddParam *find_param(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(params); i++) {
        if (!strcmp(params[i].name, name)) {
            return params[i].add;
        }
    }
    return NULL;
}

static gboolean add_params(Parsing *p, GError **error)
{
    GHashTableIter iter;
    gpointer name, value;

    g_hash_table_iter_init(&iter, p->params);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        AddParam *func = find_param(name);

        if (!func) {
            return fail(p, error, "parameter '%s' is not known for ssh",
                        (char *)name);
        }
        if (!func(p, value, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* ---- the whole ---- */

static gboolean check(const Parsing *p, GUri *uri, GError **error)
{
    const char *host = g_uri_get_host(uri);
    const char *user = g_uri_get_user(uri);
    const char *path = g_uri_get_path(uri);
    const char *there = g_hash_table_lookup(p->params, "hetctl");

    if (!host || !*host) {
        return fail(p, error, "it names no host");
    }
    if (!is_plain(host, "._-:%")) {
        return fail(p, error, "'%s' is no name of a host", host);
    }
    if (user && !is_plain(user, "._-@\\+")) {
        return fail(p, error, "'%s' is no name of a user", user);
    }
    if (strcmp(path, "/system") && strcmp(path, "/session")) {
        return fail(p, error, "it ends in neither /system nor /session");
    }
    if (there && !is_plain(there, "./_-+")) {
        return fail(p, error, "hetctl='%s' is no path of letters, digits and "
                    ". / _ - +", there);
    }
    return TRUE;
}

static void add_address(Parsing *p, GUri *uri)
{
    if (g_uri_get_port(uri) > 0) {
        g_autofree char *port = g_strdup_printf("%d", g_uri_get_port(uri));

        add(p, "-p");
        add(p, port);
    }
    if (g_uri_get_user(uri)) {
        add(p, "-l");
        add(p, g_uri_get_user(uri));
    }
}

static gboolean add_words(Parsing *p, GUri *uri, GError **error)
{
    const char *hetctl = g_hash_table_lookup(p->params, "hetctl");
    g_autofree char *command = g_strconcat(hetctl ?: "hetctl",
                                           " remote-exec", NULL);

    add(p, g_hash_table_lookup(p->params, "command") ?: "ssh");
    add(p, "-T");
    add(p, "-e");
    add(p, "none");
    add_option(p, "ClearAllForwardings=yes");
    add_option(p, "RemoteCommand=none");
    add_address(p, uri);
    if (!add_params(p, error)) {
        return FALSE;
    }
    add(p, "--");
    add(p, g_uri_get_host(uri));
    add(p, command);
    g_ptr_array_add(p->argv, NULL);
    return TRUE;
}

HetSshUri *het_ssh_uri_parse(const char *text, GError **error)
{
    const char *name = text ?: g_getenv("LIBVIRT_DEFAULT_URI");
    g_autoptr(GError) why = NULL;
    g_autoptr(GUri) uri = g_uri_parse(name, G_URI_FLAGS_NONE, &why);
    g_autoptr(GHashTable) table =
        uri ? g_uri_parse_params(g_uri_get_query(uri) ?: "", -1, "&",
                                 G_URI_PARAMS_NONE, &why) : NULL;
    g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) query = g_string_new(NULL);
    Parsing p = { .uri = name, .params = table, .argv = argv,
                  .query = query };
    HetSshUri *made;

    if (!table) {
        fail(&p, error, "%s", why->message);
        return NULL;
    }
    if (!check(&p, uri, error) || !add_words(&p, uri, error)) {
        return NULL;
    }
    made = g_new0(HetSshUri, 1);
    made->host = g_strdup(g_uri_get_host(uri));
    made->program = g_strdup(argv->pdata[0]);
    made->there = g_strconcat("qemu://", g_uri_get_path(uri), query->str,
                              NULL);
    made->argv = (char **)g_ptr_array_steal(argv, NULL);
    return made;
}

void het_ssh_uri_free(HetSshUri *uri)
{
    if (uri) {
        g_free(uri->host);
        g_free(uri->there);
        g_free(uri->program);
        g_strfreev(uri->argv);
        g_free(uri);
    }
}
