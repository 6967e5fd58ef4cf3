/*
 * hetctl: heterogeneous systems on a chip out of QEMU processes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "util/error.h"
#include "util/worker.h"

/*
 * Else the next socket is standard output.  What is written there, or read,
 * fails as if it were closed.
 */
static void fill_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) {
            _exit(HET_ERROR_FAILED);
        }
    }
}

int main(int argc, char **argv)
{
    int code;

    fill_standard_descriptors();
    setlocale(LC_ALL, "");
    code = het_cli_main(argc, argv);
    /* What never ends cannot be waited for, nor is anything taken from it. */
    if (het_worker_is_stuck()) {
        fflush(NULL);
        _exit(code);
    }
    return code;
}
