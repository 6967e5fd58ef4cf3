/*
 * A descriptor that is passed, and the end of who passed it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "data.h"
#include "util/passed-fd.h"
#include "util/process-end.h"

static int ends[2];

static void setup(void)
{
    ck_assert(het_passed_fd_open(ends));
}

static void teardown(void)
{
    close(ends[0]);
    close(ends[1]);
}

static void pass(const int *fds, gsize n)
{
    char control[CMSG_SPACE(sizeof(int) * 8)] = { 0 };
    char byte = 0;
    struct iovec iov = { &byte, sizeof(byte) };
    struct msghdr msg = {
        .msg_iov = &iov, .msg_iovlen = 1,
        .msg_control = n ? control : NULL,
        .msg_controllen = n ? CMSG_SPACE(sizeof(int) * n) : 0,
    };
    struct cmsghdr *cmsg = n ? CMSG_FIRSTHDR(&msg) : NULL;

    if (cmsg) {
        cmsg->cmsg_level = SOL_SOCKET;
        cmsg->cmsg_type = SCM_RIGHTS;
        cmsg->cmsg_len = CMSG_LEN(sizeof(int) * n);
        memcpy(CMSG_DATA(cmsg), fds, sizeof(int) * n);
    }
    ck_assert_int_eq(sendmsg(ends[1], &msg, 0), 1);
}

/* The number that the next descriptor will have: none is left open. */
static int next_fd(void)
{
    int fd = dup(STDIN_FILENO);

    close(fd);
    return fd;
}

START_TEST(test_one_comes_with_its_sender)
{
    int pipes[2], fd;
    struct stat a, b;
    pid_t pid, child;

    ck_assert_int_eq(pipe(pipes), 0);
    child = fork();
    if (child == 0) {
        pass(pipes, 1);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    fd = het_passed_fd_take(ends[0], &pid);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(pid, child);
    ck_assert_int_eq(fstat(fd, &a), 0);
    ck_assert_int_eq(fstat(pipes[0], &b), 0);
    ck_assert_uint_eq(a.st_ino, b.st_ino);
    close(fd);
    close(pipes[0]);
    close(pipes[1]);
}
END_TEST

static const gsize wrong_numbers[] = { 0, 2, 3, 8 };

START_TEST(test_other_numbers_are_none)
{
    const int fds[] = { 0, 1, 2, 0, 1, 2, 0, 1 };
    int before = next_fd();
    pid_t pid;

    pass(fds, wrong_numbers[_i]);
    ck_assert_int_eq(het_passed_fd_take(ends[0], &pid), -1);
    ck_assert_int_eq(pid, getpid());
    ck_assert_int_eq(next_fd(), before);
}
END_TEST

START_TEST(test_nothing_is_not_waited_for)
{
    pid_t pid = 1;

    ck_assert_int_eq(het_passed_fd_take(ends[0], &pid), -1);
    ck_assert_int_eq(pid, 0);
    shutdown(ends[1], SHUT_WR);
    ck_assert_int_eq(het_passed_fd_take(ends[0], &pid), -1);
    ck_assert_int_eq(pid, 0);
}
END_TEST

/* A child that ends when it is told to; @to_end: by closing it */
static pid_t begin_child(int *to_end)
{
    int pipes[2];
    char byte;
    pid_t child;

    ck_assert_int_eq(pipe(pipes), 0);
    child = fork();
    if (child == 0) {
        close(pipes[1]);
        _exit(read(pipes[0], &byte, 1) == 0 ? 0 : 1);
    }
    close(pipes[0]);
    *to_end = pipes[1];
    return child;
}

START_TEST(test_end_and_reaping_are_waited_for)
{
    int to_end;
    pid_t child = begin_child(&to_end);
    int watch = het_process_end_watch(child);

    ck_assert_int_ge(watch, 0);
    ck_assert(!het_process_end_wait(watch, child, 20));
    close(to_end);
    /* A zombie is one that libvirt would find. */
    ck_assert(!het_process_end_wait(watch, child, 2000));
    ck_assert_int_eq(kill(child, 0), 0);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert(het_process_end_wait(watch, child, 2000));
    close(watch);
}
END_TEST

START_TEST(test_zombie_is_not_waited_for_long)
{
    int to_end;
    pid_t child = begin_child(&to_end);
    int watch = het_process_end_watch(child);
    gint64 begin = g_get_monotonic_time();

    close(to_end);
    ck_assert(!het_process_end_wait(watch, child, 10000));
    ck_assert_int_lt(g_get_monotonic_time() - begin, 5 * G_USEC_PER_SEC);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    close(watch);
}
END_TEST

START_TEST(test_no_process)
{
    int to_end;
    pid_t child = begin_child(&to_end);

    close(to_end);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert_int_eq(het_process_end_watch(child), -1);
    ck_assert_int_eq(het_process_end_watch(0), -1);
    ck_assert_int_eq(het_process_end_watch(-1), -1);
    ck_assert(!het_process_end_wait(-1, child, 0));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("passed-fd");
    TCase *tc = tcase_create("passed-fd");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, test_one_comes_with_its_sender);
    tcase_add_loop_test(tc, test_other_numbers_are_none, 0,
                        G_N_ELEMENTS(wrong_numbers));
    tcase_add_test(tc, test_nothing_is_not_waited_for);
    tcase_add_test(tc, test_end_and_reaping_are_waited_for);
    tcase_add_test(tc, test_zombie_is_not_waited_for_long);
    tcase_add_test(tc, test_no_process);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
