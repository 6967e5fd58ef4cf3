/*
 * Talks to the firmware over /dev/ttyRPMSG0 or /dev/rpmsg0, or shares a
 * counter with it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rpmsg-test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    { "echo", run_echo, "echo [COUNT [BURST [SEED]]]  random messages" },
    { "ask", run_ask, "ask TEXT  prints the answer" },
    { "sample", run_sample, "sample [COUNT]  Linux' sample client" },
    { "atomics", run_atomics, "atomics [COUNT]  adds with the firmware" },
    { "bench", run_bench, "bench [SIZE [COUNT [pipe|loop]]]  their times" },
};

#define N_COMMANDS (sizeof(commands) / sizeof(*commands))

uint32_t number(const char *text, uint32_t max)
{
    char *end;
    unsigned long n = strtoul(text, &end, 0);

    if (*text < '0' || *text > '9' || *end || n > max) {
        fprintf(stderr, "rpmsg-test: '%s' is not a number up to %u\n", text,
                max);
        exit(USAGE);
    }
    return n;
}

static int usage(FILE *to, int rc)
{
    size_t i;

    fprintf(to, "usage: rpmsg-test COMMAND\n"
            "TTY=/dev/ttyRPMSG0 names the device\n");
    for (i = 0; i < N_COMMANDS; i++) {
        fprintf(to, "  %s\n", commands[i].help);
    }
    return rc;
}

int main(int argc, char **argv)
{
    size_t i;

    if (argc < 2) {
        return usage(stderr, USAGE);
    }
    if (!strcmp(argv[1], "--help")) {
        return usage(stdout, OK);
    }
    for (i = 0; i < N_COMMANDS; i++) {
        if (!strcmp(argv[1], commands[i].name)) {
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    return usage(stderr, USAGE);
}
