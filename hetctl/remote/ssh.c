/*
 * The ssh that a connection goes through
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "remote/ssh.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/error.h"

/* What is kept of what ssh says */
#define ERRORS_MAX 2000
/* ssh's own exit code, and a shell's for what is not there */
#define CODE_SSH 255
#define CODE_NOT_FOUND 127
#define CODE_NOT_RUN 126

struct HetSsh {
    const HetSshUri *uri;
    HetWire *wire;
    GPid pid;                   /* 0: it has ended */
    int status;
    int errors;
    GString *said;
};

/* Ctrl+C is hetctl's: ssh goes on until hetctl there has ended. */
static void set_up_child(gpointer opaque)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    /* It may be at a host that does not answer, or ask for a password. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
}

HetSsh *het_ssh_new(const HetSshUri *uri, GError **error)
{
    g_autoptr(GError) cause = NULL;
    HetSsh *ssh;
    GPid pid;
    int in, out, errors;

    if (!g_spawn_async_with_pipes(NULL, uri->argv, NULL,
                                  G_SPAWN_SEARCH_PATH |
                                  G_SPAWN_DO_NOT_REAP_CHILD,
                                  set_up_child, NULL, &pid, &in, &out,
                                  &errors, &cause)) {
        g_set_error(error, HET_ERROR, HET_ERROR_LIBVIRT,
                    "cannot reach host '%s': ssh does not start: %s; it is in "
                    "Debian's package openssh-client", uri->host,
                    cause->message);
        return NULL;
    }
    ssh = g_new0(HetSsh, 1);
    ssh->uri = uri;
    ssh->pid = pid;
    ssh->errors = errors;
    ssh->said = g_string_new(NULL);
    ssh->wire = het_wire_new(out, in);
    g_unix_set_fd_nonblocking(errors, TRUE, NULL);
    return ssh;
}

HetWire *het_ssh_wire(const HetSsh *ssh)
{
    return ssh->wire;
}

int het_ssh_errors(const HetSsh *ssh)
{
    return ssh->errors;
}

void het_ssh_read_errors(HetSsh *ssh)
{
    char data[512];
    ssize_t n;

    while (ssh->errors >= 0 &&
           (n = read(ssh->errors, data, sizeof(data))) >= 0) {
        if (n == 0) {
            close(ssh->errors);
            ssh->errors = -1;
            break;
        }
        g_string_append_len(ssh->said, data, n);
        if (ssh->said->len > ERRORS_MAX) {
            g_string_erase(ssh->said, 0, ssh->said->len - ERRORS_MAX);
        }
    }
}

static gboolean wait_for_end(HetSsh *ssh, guint limit_ms)
{
    for (guint i = 0; ssh->pid && i <= limit_ms; i += 10) {
        int status;

        het_ssh_read_errors(ssh);
        if (waitpid(ssh->pid, &status, WNOHANG) == ssh->pid) {
            ssh->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
            ssh->pid = 0;
        } else if (i < limit_ms) {
            g_usleep(10 * 1000);
        }
    }
    het_ssh_read_errors(ssh);
    return !ssh->pid;
}

static void kill_ssh(HetSsh *ssh)
{
    if (!wait_for_end(ssh, 0)) {
        kill(ssh->pid, SIGTERM);
    }
    if (!wait_for_end(ssh, 1000)) {
        kill(ssh->pid, SIGKILL);
        waitpid(ssh->pid, NULL, 0);
        ssh->pid = 0;
    }
}

/* ssh's lines end in CR LF. */
static char *said(const HetSsh *ssh)
{
    g_autoptr(GString) text = g_string_new(ssh->said->str);
    char *valid;

    g_string_replace(text, "\r", "", 0);
    valid = g_utf8_make_valid(text->str, -1);
    return *g_strstrip(valid) ? valid
                              : (g_free(valid), g_strdup("it says nothing"));
}

gboolean het_ssh_set_error(HetSsh *ssh, gboolean is_early, GError **error)
{
    const char *host = ssh->uri->host;
    g_autofree char *why = NULL;

    wait_for_end(ssh, 2000);
    why = said(ssh);
    if (!is_early) {
        g_set_error(error, HET_ERROR, HET_ERROR_LIBVIRT,
                    "the connection to host '%s' was lost: %s", host, why);
    } else if (ssh->status == CODE_NOT_FOUND || ssh->status == CODE_NOT_RUN) {
        g_set_error(error, HET_ERROR, HET_ERROR_LIBVIRT,
                    "host '%s' has no hetctl in its PATH: %s; install it "
                    "there, or say hetctl=PATH in the URI", host, why);
    } else if (ssh->status == CODE_SSH) {
        g_set_error(error, HET_ERROR, HET_ERROR_LIBVIRT,
                    "cannot reach host '%s' by ssh: %s", host, why);
    } else {
        g_set_error(error, HET_ERROR, HET_ERROR_LIBVIRT,
                    "hetctl of host '%s' is not one that can be asked: %s; "
                    "install " PACKAGE_VERSION " there", host, why);
    }
    return FALSE;
}

void het_ssh_free(HetSsh *ssh)
{
    if (ssh) {
        het_wire_free(ssh->wire);
        wait_for_end(ssh, 1000);
        kill_ssh(ssh);
        if (ssh->errors >= 0) {
            close(ssh->errors);
        }
        g_string_free(ssh->said, TRUE);
        g_free(ssh);
    }
}
