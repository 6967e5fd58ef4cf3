/*
 * hetctl: heterogeneous systems on a chip out of QEMU processes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <locale.h>

#include "cli/cli.h"

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    return het_cli_main(argc, argv);
}
