/*
 * How long a message takes, and how many get through
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rpmsg-test.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define COUNT_MAX   1000000
#define WARM_UP     20
#define BURST       12      /* of the 16 buffers that Linux has for sending */

/* What is written to @out comes back from @in. */
struct echo {
    int in;
    int out;
    size_t size;
    uint8_t message[PAYLOAD_MAX];
};

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void broken(const char *what, int error)
{
    fprintf(stderr, "rpmsg-test: %s: %s\n", what,
            error < 0 ? strerror(-error) : "not all in time");
    exit(BROKEN);
}

static void send_one(struct echo *e)
{
    int error = tty_send(e->out, e->message, e->size);

    if (error) {
        broken("send", error);
    }
}

static void receive_one(struct echo *e)
{
    uint8_t in[PAYLOAD_MAX];
    int n = tty_read(e->in, in, e->size);

    if (n != (int)e->size) {
        broken("receive", n);
    }
    if (memcmp(in, e->message, e->size)) {
        fprintf(stderr, "rpmsg-test: a message came back different\n");
        exit(DIFFERENT);
    }
}

static uint64_t round_trip(struct echo *e)
{
    uint64_t start = now_ns();

    send_one(e);
    receive_one(e);
    return now_ns() - start;
}

static void summary(struct echo *e, uint32_t count, uint64_t start)
{
    printf("messages=%u bytes=%llu microseconds=%llu\n", count,
           (unsigned long long)count * e->size,
           (unsigned long long)(now_ns() - start) / 1000);
}

/* Printed last: the console takes CPU time too. */
static void round_trips(struct echo *e, uint32_t count)
{
    uint32_t *samples = calloc(count, sizeof(*samples));
    uint32_t i;

    if (!samples) {
        broken("memory", -ENOMEM);
    }
    for (i = 0; i < count; i++) {
        samples[i] = round_trip(e);
    }
    printf("nanoseconds:");
    for (i = 0; i < count; i++) {
        printf("%c%u", i % 16 ? ' ' : '\n', samples[i]);
    }
    printf("\n");
    free(samples);
}

static void loop(struct echo *e, uint32_t count)
{
    uint64_t start = now_ns();
    uint32_t i;

    for (i = 0; i < count; i++) {
        round_trip(e);
    }
    summary(e, count, start);
}

static void bursts(struct echo *e, uint32_t count)
{
    uint64_t start = now_ns();
    uint32_t sent, n, i;

    for (sent = 0; sent < count; sent += n) {
        n = count - sent < BURST ? count - sent : BURST;
        for (i = 0; i < n; i++) {
            send_one(e);
        }
        for (i = 0; i < n; i++) {
            receive_one(e);
        }
    }
    summary(e, count, start);
}

static void echo_pipe(int in, int out)
{
    uint8_t buffer[PAYLOAD_MAX];
    ssize_t n;

    while ((n = read(in, buffer, sizeof(buffer))) > 0 &&
           write(out, buffer, n) == n) {
    }
    _exit(0);
}

/* A child instead of the other processor */
static pid_t open_pipe(struct echo *e)
{
    int there[2], back[2];
    pid_t child;

    if (pipe(there) || pipe(back)) {
        broken("pipe", -errno);
    }
    child = fork();
    if (child < 0) {
        broken("fork", -errno);
    }
    if (!child) {
        close(there[1]);
        echo_pipe(there[0], back[1]);
    }
    e->in = back[0];
    e->out = there[1];
    return child;
}

int run_bench(int argc, char **argv)
{
    const char *mode = argc > 3 ? argv[3] : "";
    struct echo e = { .size = argc > 1 ? number(argv[1], PAYLOAD_MAX) : 64 };
    uint32_t count = argc > 2 ? number(argv[2], COUNT_MAX) : 1000;
    pid_t child = 0;
    size_t i;
    uint32_t n;

    e.size += !e.size;
    for (i = 0; i < e.size; i++) {
        e.message[i] = i;
    }
    if (!strcmp(mode, "pipe")) {
        child = open_pipe(&e);
    } else {
        e.in = e.out = tty_open(getenv("TTY"));
    }
    for (n = 0; n < WARM_UP; n++) {
        round_trip(&e);
    }
    if (!strcmp(mode, "loop")) {
        loop(&e, count);
    } else {
        round_trips(&e, count);
        bursts(&e, count);
    }
    if (child) {
        kill(child, SIGKILL);
    }
    return OK;
}
