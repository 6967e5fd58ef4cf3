/*
 * The command line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_CLI_H
#define HET_CLI_H

/* Runs the whole program; the exit code */
int het_cli_main(int argc, char **argv);

#endif
