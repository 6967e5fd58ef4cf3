/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RPMSG_TEST_H
#define RPMSG_TEST_H

#include <stddef.h>
#include <stdint.h>

#define PAYLOAD_MAX 496

/* Exit codes of the program */
enum { OK = 0, DIFFERENT = 1, USAGE = 2, BROKEN = 3 };

/* A number as an argument; anything else ends the program with USAGE. */
uint32_t number(const char *text, uint32_t max);

/* Opens the tty in raw mode; ends the program with BROKEN when it cannot. */
int tty_open(const char *path);

/* Sends one message. Returns 0 or a negative errno. */
int tty_send(int fd, const uint8_t *out, size_t len);

/* Reads @len bytes. Returns how many came in time, or a negative errno. */
int tty_read(int fd, uint8_t *in, size_t len);

int run_echo(int argc, char **argv);
int run_sample(int argc, char **argv);
int run_ask(int argc, char **argv);
int run_atomics(int argc, char **argv);
int run_bench(int argc, char **argv);

#endif
