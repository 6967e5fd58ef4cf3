/*
 * Many file descriptors as one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/fd-parcel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/error.h"

/* In a message; the kernel takes 253. */
#define AT_ONCE 128

static gboolean set_error(const char *what, GError **error)
{
    int saved = errno;

    g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE, "%s: %s", what,
                g_strerror(saved));
    return FALSE;
}

static gboolean put(int to, const int *fds, gsize n, GError **error)
{
    union {
        struct cmsghdr align;
        char buf[CMSG_SPACE(sizeof(int) * AT_ONCE)];
    } control = { 0 };
    char byte = 0;
    struct iovec iov = { &byte, sizeof(byte) };
    struct msghdr msg = {
        .msg_iov = &iov, .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = CMSG_SPACE(sizeof(int) * n),
    };
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

    cmsg->cmsg_level = SOL_SOCKET;
    cmsg->cmsg_type = SCM_RIGHTS;
    cmsg->cmsg_len = CMSG_LEN(sizeof(int) * n);
    memcpy(CMSG_DATA(cmsg), fds, sizeof(int) * n);
    /* Who cannot hold them all is not waited for: nobody reads yet. */
    return sendmsg(to, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) == sizeof(byte) ||
           set_error("cannot pass on descriptors", error);
}

int het_fd_parcel_new(const int *fds, gsize n, GError **error)
{
    gboolean ok = TRUE;
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        set_error("cannot make a pair of sockets", error);
        return -1;
    }
    for (gsize i = 0; ok && i < n; i += AT_ONCE) {
        ok = put(ends[0], fds + i, MIN(n - i, AT_ONCE), error);
    }
    close(ends[0]);
    if (!ok) {
        close(ends[1]);
        return -1;
    }
    return ends[1];
}
