/*
 * A descriptor that another process passes to this one, and who that is
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/passed-fd.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

gboolean het_passed_fd_open(int ends[2])
{
    int on = 1;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        return FALSE;
    }
    if (setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0) {
        close(ends[0]);
        close(ends[1]);
        return FALSE;
    }
    return TRUE;
}

/* One is kept, of several none. */
static int take_one(const struct cmsghdr *cmsg)
{
    gsize n = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    int fd = -1;

    for (gsize i = 0; i < n; i++) {
        memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(int), sizeof(fd));
        if (n > 1) {
            close(fd);
        }
    }
    return n == 1 ? fd : -1;
}

int het_passed_fd_take(int from, pid_t *pid)
{
    union {
        struct cmsghdr align;
        char buf[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
    } control = { 0 };
    char byte;
    struct iovec iov = { &byte, sizeof(byte) };
    struct msghdr msg = {
        .msg_iov = &iov, .msg_iovlen = 1,
        .msg_control = &control, .msg_controllen = sizeof(control),
    };
    struct ucred who;
    int fd = -1;

    *pid = 0;
    if (recvmsg(from, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0) {
        return -1;
    }
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
        if (c->cmsg_level != SOL_SOCKET) {
            continue;
        }
        if (c->cmsg_type == SCM_RIGHTS && fd < 0) {
            fd = take_one(c);
        } else if (c->cmsg_type == SCM_CREDENTIALS) {
            memcpy(&who, CMSG_DATA(c), sizeof(who));
            *pid = who.pid;
        }
    }
    return fd;
}
