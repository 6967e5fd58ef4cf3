/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rpmsg-test.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define TIMEOUT_MS 5000

static void broken(const char *what, const char *path)
{
    fprintf(stderr, "rpmsg-test: %s '%s': %s\n", what, path,
            strerror(errno));
    exit(BROKEN);
}

int tty_open(const char *path)
{
    struct termios t;
    int fd;

    if (!path) {
        path = "/dev/ttyRPMSG0";
    }
    fd = open(path, O_RDWR | O_NOCTTY);
    if (fd < 0) {
        broken("cannot open", path);
    }
    if (tcgetattr(fd, &t) < 0) {
        broken("not a terminal", path);
    }
    cfmakeraw(&t);
    if (tcsetattr(fd, TCSANOW, &t) < 0 || tcflush(fd, TCIOFLUSH) < 0) {
        broken("cannot set raw mode of", path);
    }
    return fd;
}

int tty_read(int fd, uint8_t *in, size_t len)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    size_t have = 0;
    ssize_t n;

    while (have < len) {
        n = poll(&p, 1, TIMEOUT_MS);
        if (n == 0) {
            break;
        }
        if (n > 0) {
            n = read(fd, in + have, len - have);
        }
        if (n < 0) {
            return -errno;
        }
        if (n == 0) {
            return -EIO;
        }
        have += n;
    }
    return have;
}

int tty_send(int fd, const uint8_t *out, size_t len)
{
    ssize_t n = write(fd, out, len);

    if (n < 0) {
        return -errno;
    }
    return n == (ssize_t)len ? 0 : -EIO;
}

int run_ask(int argc, char **argv)
{
    uint8_t in[PAYLOAD_MAX + 1];
    size_t len;
    int fd, n;

    len = argc == 2 ? strlen(argv[1]) : 0;
    if (!len || len > PAYLOAD_MAX) {
        fprintf(stderr, "usage: rpmsg-test ask TEXT, of 1 to %d bytes\n",
                PAYLOAD_MAX);
        return USAGE;
    }
    fd = tty_open(getenv("TTY"));
    n = tty_send(fd, (uint8_t *)argv[1], len);
    if (!n) {
        n = tty_read(fd, in, len);
    }
    if (n != (int)len) {
        fprintf(stderr, "rpmsg-test: no answer: %s\n",
                n < 0 ? strerror(-n) : "timeout");
        return BROKEN;
    }
    in[n] = 0;
    puts((char *)in);
    return OK;
}
