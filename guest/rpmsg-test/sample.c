/*
 * What Linux' sample client does (samples/rpmsg): the same message again and
 * again, after each answer, here over the channel's character device
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rpmsg-test.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEVICE "/dev/rpmsg0"
#define MESSAGES 100

static const char message[] = "hello world!";

/* False: no answer, or another one. */
static int ask(int fd)
{
    uint8_t in[sizeof(message)];
    size_t len = strlen(message);
    int n = tty_send(fd, (const uint8_t *)message, len);

    if (!n) {
        n = tty_read(fd, in, len);
    }
    if (n < 0) {
        fprintf(stderr, "rpmsg-test: %s: %s\n", DEVICE, strerror(-n));
    }
    return n == (int)len && !memcmp(in, message, len);
}

int run_sample(int argc, char **argv)
{
    uint32_t count = argc > 1 ? number(argv[1], UINT32_MAX) : MESSAGES;
    uint32_t i;
    int fd = open(DEVICE, O_RDWR);

    if (fd < 0) {
        fprintf(stderr, "rpmsg-test: cannot open '%s': %s\n", DEVICE,
                strerror(errno));
        return BROKEN;
    }
    for (i = 0; i < count && ask(fd); i++) {
    }
    printf("messages=%u expected=%u\n", i, count);
    return i == count ? OK : DIFFERENT;
}
