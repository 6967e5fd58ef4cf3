/*
 * Many file descriptors as one: they arrive, in order, whatever their number
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data.h"
#include "util/error.h"
#include "util/fd-parcel.h"

#define MANY 300

static void assert_refused(int parcel, const GError *error, const char *text)
{
    ck_assert_int_eq(parcel, -1);
    ck_assert(g_error_matches(error, HET_ERROR, HET_ERROR_RESOURCE));
    ck_assert_str_eq(error->message, text);
}

/* Appends what one message has; FALSE: nothing comes any more. */
static gboolean receive(int parcel, GArray *fds)
{
    char control[CMSG_SPACE(sizeof(int) * 253)];
    char bytes[2];
    struct iovec iov = { bytes, sizeof(bytes) };
    struct msghdr msg = {
        .msg_iov = &iov, .msg_iovlen = 1,
        .msg_control = control, .msg_controllen = sizeof(control),
    };
    ssize_t n = recvmsg(parcel, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    struct cmsghdr *cmsg = n > 0 ? CMSG_FIRSTHDR(&msg) : NULL;

    ck_assert_int_ge(n, 0);
    if (!n) {
        return FALSE;
    }
    ck_assert_int_eq(n, 1);
    ck_assert(cmsg && !(msg.msg_flags & MSG_CTRUNC));
    g_array_append_vals(fds, CMSG_DATA(cmsg),
                        (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    return TRUE;
}

static void assert_same_file(int a, int b)
{
    struct stat x, y;

    ck_assert_int_eq(fstat(a, &x), 0);
    ck_assert_int_eq(fstat(b, &y), 0);
    ck_assert_uint_eq(x.st_ino, y.st_ino);
}

static const gsize numbers[] = { 0, 1, 2, 128, 129, MANY };

START_TEST(test_all_arrive_in_order)
{
    g_autoptr(GArray) got = g_array_new(FALSE, FALSE, sizeof(int));
    int fds[MANY], ends[2];
    int parcel;

    for (gsize i = 0; i < numbers[_i]; i++) {
        ck_assert_int_eq(pipe(ends), 0);
        fds[i] = ends[0];
        close(ends[1]);
    }
    parcel = het_fd_parcel_new(fds, numbers[_i], NULL);
    ck_assert_int_ge(parcel, 0);
    while (receive(parcel, got)) {
        ck_assert_uint_le(got->len, numbers[_i]);
    }
    ck_assert_uint_eq(got->len, numbers[_i]);
    for (guint i = 0; i < got->len; i++) {
        int fd = g_array_index(got, int, i);

        assert_same_file(fd, fds[i]);
        close(fd);
        close(fds[i]);
    }
    close(parcel);
}
END_TEST

START_TEST(test_a_descriptor_that_is_none)
{
    g_autoptr(GError) error = NULL;
    const int fds[] = { STDIN_FILENO, -1 };
    int parcel = het_fd_parcel_new(fds, G_N_ELEMENTS(fds), &error);

    assert_refused(parcel, error,
                   "cannot pass on descriptors: Bad file descriptor");
}
END_TEST

START_TEST(test_no_descriptors_left)
{
    g_autoptr(GError) error = NULL;
    const int fds[] = { STDIN_FILENO };
    struct rlimit old, none;
    int parcel;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
    none = (struct rlimit) { 0, old.rlim_max };
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    parcel = het_fd_parcel_new(fds, G_N_ELEMENTS(fds), &error);
    /* Check needs files itself. */
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_refused(parcel, error,
                   "cannot make a pair of sockets: Too many open files");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fd-parcel");
    TCase *tc = tcase_create("fd-parcel");

    tcase_add_loop_test(tc, test_all_arrive_in_order, 0,
                        G_N_ELEMENTS(numbers));
    tcase_add_test(tc, test_a_descriptor_that_is_none);
    tcase_add_test(tc, test_no_descriptors_left);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
