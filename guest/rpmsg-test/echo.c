/*
 * Random messages, each compared with its echo
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rpmsg-test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Fewer than the 16 buffers that Linux has for sending */
#define BURST_MAX 12

struct run {
    int fd;
    uint32_t count;
    uint32_t burst;
    uint32_t random;
    uint32_t messages;
    uint32_t bytes;
    uint32_t errors;
};

/* xorshift32: the seed alone repeats a run. */
static uint32_t next(struct run *r)
{
    r->random ^= r->random << 13;
    r->random ^= r->random >> 17;
    r->random ^= r->random << 5;
    return r->random;
}

static uint64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000ull + t.tv_nsec / 1000;
}

static int failed(struct run *r, size_t len, int error)
{
    r->errors++;
    fprintf(stderr, "message %u of %zu bytes: %s\n", r->messages, len,
            error ? strerror(-error) : "no answer in time");
    return 0;
}

static int receive(struct run *r, const uint8_t *out, size_t len)
{
    uint8_t in[PAYLOAD_MAX];
    int n = tty_read(r->fd, in, len);

    r->messages++;
    r->bytes += len;
    if (n != (int)len) {
        return failed(r, len, n < 0 ? n : 0);
    }
    if (memcmp(out, in, len)) {
        r->errors++;
        fprintf(stderr, "message %u of %zu bytes came back different\n",
                r->messages, len);
    }
    return 1;
}

/* False: what comes next would not belong to what is sent next. */
static int burst(struct run *r)
{
    uint8_t out[BURST_MAX][PAYLOAD_MAX];
    size_t len[BURST_MAX], j;
    uint32_t i, n = r->count - r->messages;
    int error;

    if (n > r->burst) {
        n = r->burst;
    }
    for (i = 0; i < n; i++) {
        len[i] = 1 + next(r) % PAYLOAD_MAX;
        for (j = 0; j < len[i]; j++) {
            out[i][j] = next(r) >> 16;
        }
        error = tty_send(r->fd, out[i], len[i]);
        if (error) {
            return failed(r, len[i], error);
        }
    }
    for (i = 0; i < n; i++) {
        if (!receive(r, out[i], len[i])) {
            return 0;
        }
    }
    return 1;
}

int run_echo(int argc, char **argv)
{
    struct run r = {
        .count = argc > 1 ? number(argv[1], UINT32_MAX) : 1000,
        .burst = argc > 2 ? number(argv[2], BURST_MAX) : 1,
        .random = argc > 3 ? number(argv[3], UINT32_MAX) : now_us(),
    };
    uint64_t start;

    r.burst += !r.burst;
    r.random += !r.random;
    printf("seed=%u\n", r.random);
    r.fd = tty_open(getenv("TTY"));
    start = now_us();
    while (r.messages < r.count && burst(&r)) {
    }
    printf("messages=%u bytes=%u errors=%u milliseconds=%u\n", r.messages,
           r.bytes, r.errors, (unsigned)((now_us() - start) / 1000));
    return r.errors ? DIFFERENT : OK;
}
