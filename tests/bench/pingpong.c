/*
 * Two processes wake each other with eventfds: what a hop between processes
 * costs without an emulator.
 *
 * usage: pingpong read|ppoll COUNT CPU_A CPU_B
 *
 * Writes COUNT round trips in nanoseconds to stdout, 32-bit words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <err.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define WARM_UP 100
#define COUNT_MAX 1000000

static void pin(const char *cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(atoi(cpu), &set);
    if (sched_setaffinity(0, sizeof(set), &set)) {
        err(1, "cpu %s", cpu);
    }
}

static int make_eventfd(bool polled)
{
    int fd = eventfd(0, polled ? EFD_NONBLOCK : 0);

    if (fd < 0) {
        err(1, "eventfd");
    }
    return fd;
}

static void await(int fd, bool polled)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    uint64_t n;

    if (polled && ppoll(&p, 1, NULL, NULL) < 0) {
        err(1, "ppoll");
    }
    if (read(fd, &n, sizeof(n)) != sizeof(n)) {
        err(1, "read");
    }
}

static void wake(int fd)
{
    const uint64_t one = 1;

    if (write(fd, &one, sizeof(one)) != sizeof(one)) {
        err(1, "write");
    }
}

static uint64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void answer(int ping, int pong, bool polled)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        await(ping, polled);
        wake(pong);
    }
}

static uint32_t round_trip(int ping, int pong, bool polled)
{
    uint64_t start = now();

    wake(ping);
    await(pong, polled);
    return now() - start;
}

int main(int argc, char **argv)
{
    unsigned long i, count = argc == 5 ? strtoul(argv[2], NULL, 10) : 0;
    bool polled = argc == 5 && !strcmp(argv[1], "ppoll");
    uint32_t *samples;
    int ping, pong;
    pid_t child;

    if (!count || count > COUNT_MAX) {
        errx(2, "usage: pingpong read|ppoll COUNT CPU_A CPU_B");
    }
    samples = calloc(count, sizeof(*samples));
    if (!samples) {
        err(1, "memory");
    }
    ping = make_eventfd(polled);
    pong = make_eventfd(polled);
    child = fork();
    if (child < 0) {
        err(1, "fork");
    }
    if (!child) {
        pin(argv[4]);
        answer(ping, pong, polled);
    }
    pin(argv[3]);
    for (i = 0; i < WARM_UP; i++) {
        round_trip(ping, pong, polled);
    }
    for (i = 0; i < count; i++) {
        samples[i] = round_trip(ping, pong, polled);
    }
    kill(child, SIGKILL);
    return fwrite(samples, sizeof(*samples), count, stdout) != count;
}
