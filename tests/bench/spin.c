/*
 * How fast CPUs compute at once: spin MILLION CPU...
 *
 * Prints, for each CPU, the nanoseconds of CPU time that so many million rounds
 * took there. What it computes keeps a core's units busy, so that two CPUs that
 * are one core show it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_CPUS    64
#define MAX_MILLION 10000

static unsigned long number(const char *text, unsigned long max)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end || n > max) {
        errx(2, "'%s' is not a number up to %lu", text, max);
    }
    return n;
}

static uint64_t mix(uint64_t x)
{
    x ^= x << 7;
    x ^= x >> 9;
    /* In registers: no two at once */
    __asm__ volatile("" : "+r"(x));
    return x;
}

static uint64_t compute(unsigned long rounds)
{
    uint64_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8;

    while (rounds--) {
        a = mix(a);
        b = mix(b);
        c = mix(c);
        d = mix(d);
        e = mix(e);
        f = mix(f);
        g = mix(g);
        h = mix(h);
    }
    return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h;
}

static int child(int go, unsigned long rounds, unsigned long cpu)
{
    struct timespec t;
    cpu_set_t set;
    char end;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set)) {
        err(1, "CPU %lu", cpu);
    }
    if (read(go, &end, 1) < 0) {
        err(1, "read");
    }
    compute(rounds);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    dprintf(STDOUT_FILENO, "%llu\n", t.tv_sec * 1000000000ull + t.tv_nsec);
    return 0;
}

int main(int argc, char **argv)
{
    unsigned long rounds;
    int i, status, failed = 0, go[2];

    if (argc < 3 || argc > 2 + MAX_CPUS) {
        errx(2, "usage: spin MILLION CPU...");
    }
    rounds = 1000000 * number(argv[1], MAX_MILLION);
    if (pipe(go)) {
        err(1, "pipe");
    }
    for (i = 2; i < argc; i++) {
        unsigned long cpu = number(argv[i], CPU_SETSIZE - 1);
        pid_t pid = fork();

        if (pid < 0) {
            err(1, "fork");
        }
        if (!pid) {
            close(go[1]);
            return child(go[0], rounds, cpu);
        }
    }
    /* All at once: the pipe ends. */
    close(go[1]);
    while (wait(&status) > 0) {
        failed |= status;
    }
    return failed != 0;
}
