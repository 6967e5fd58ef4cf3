/*
 * What is typed as "monitor COMMAND"
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "debug/monitor-command.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "debug/channel.h"

#define PROGRAM "/proc/self/exe"
#define TEXT_MAX (1 << 20)

static const struct {
    const char *name;
    const char *command;
    const char *option;         /* or NULL */
    gboolean needs_slave;       /* the SoC as a whole is halted */
    const char *help;
} commands[] = {
    { "boot", "boot", NULL, TRUE,
      "boot SLAVE [--firmware FILE]: it starts when it goes on" },
    { "shutdown", "shutdown", NULL, TRUE,
      "shutdown SLAVE: its core into reset" },
    { "reset", "reset", NULL, FALSE,
      "reset [SLAVE]: the SoC, or a slave's core into reset" },
    { "status", "status", NULL, FALSE, "status: processors and links" },
    { "core", "status", "--core", FALSE, "core: what the cores do" },
    { "idm", "status", NULL, FALSE, "idm: as status" },
    { "stubs", "status", "--stubs", FALSE,
      "stubs: what was accessed that nothing models" },
};

struct HetMonitorCommand {
    HetChannel *channel;
    GString *text;
    HetMonitorCommandFunc *func;
    void *opaque;
};

static char *make_help(void)
{
    GString *text = g_string_new("skew: how long after the first processor "
                                 "the last one halted, in microseconds and "
                                 "instructions\n");

    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        g_string_append_printf(text, "%s\n", commands[i].help);
    }
    return g_string_free(text, FALSE);
}

/* NULL: no such command, or a word is missing */
static GPtrArray *make_argv(const char *uri, const char *soc, char **words)
{
    GPtrArray *argv = NULL;

    for (gsize i = 0; words[0] && i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(commands[i].name, words[0]) ||
            (commands[i].needs_slave && !words[1])) {
            continue;
        }
        argv = g_ptr_array_new();
        g_ptr_array_add(argv, (char *)PROGRAM);
        if (uri) {
            g_ptr_array_add(argv, (char *)"--connect");
            g_ptr_array_add(argv, (char *)uri);
        }
        g_ptr_array_add(argv, (char *)commands[i].command);
        if (commands[i].option) {
            g_ptr_array_add(argv, (char *)commands[i].option);
        }
        g_ptr_array_add(argv, (char *)soc);
        for (guint j = 1; words[j]; j++) {
            g_ptr_array_add(argv, words[j]);
        }
        g_ptr_array_add(argv, NULL);
    }
    return argv;
}

static void on_output(const guint8 *data, gsize size, void *opaque)
{
    HetMonitorCommand *c = opaque;

    if (size && c->text->len < TEXT_MAX) {
        g_string_append_len(c->text, (const char *)data, size);
    } else if (!size) {
        c->func(c->text->str, c->opaque);
    }
}

/* -1, with why in @answer */
static int start(char **argv, char **answer)
{
    g_autoptr(GError) error = NULL;
    int fds[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
        *answer = g_strdup("cannot make a socket pair\n");
        return -1;
    }
    if (!g_spawn_async_with_fds(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL,
                                NULL, -1, fds[1], fds[1], &error)) {
        *answer = g_strdup_printf("%s\n", error->message);
        close(fds[0]);
        fds[0] = -1;
    }
    close(fds[1]);
    return fds[0];
}

HetMonitorCommand *het_monitor_command_new(const char *uri, const char *soc,
                                           const char *text, char **answer,
                                           HetMonitorCommandFunc *func,
                                           void *opaque)
{
    g_auto(GStrv) words = NULL;
    g_autoptr(GPtrArray) argv =
        g_shell_parse_argv(text, NULL, &words, NULL)
        ? make_argv(uri, soc, words) : NULL;
    HetMonitorCommand *c;
    int fd;

    if (!argv) {
        *answer = make_help();
        return NULL;
    }
    fd = start((char **)argv->pdata, answer);
    if (fd < 0) {
        return NULL;
    }
    c = g_new0(HetMonitorCommand, 1);
    c->text = g_string_new(NULL);
    c->func = func;
    c->opaque = opaque;
    c->channel = het_channel_new(fd, on_output, c);
    return c;
}

void het_monitor_command_free(HetMonitorCommand *c)
{
    if (!c) {
        return;
    }
    het_channel_free(c->channel);
    g_string_free(c->text, TRUE);
    g_free(c);
}
