/*
 * The part of an rpmsg-tty firmware that makes it this one and not another
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TTY_H
#define TTY_H

#include <stdint.h>

extern const char tty_banner[];

/* Turns the request, in place, into the answer; the length stays. */
void tty_answer(uint8_t *data, uint16_t len);

#endif
