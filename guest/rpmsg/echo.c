/*
 * rpmsg-echo: the answer is the request
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tty.h"

const char tty_banner[] = "rpmsg-echo: answers what it is told";

void tty_answer(uint8_t *data, uint16_t len)
{
    (void)data;
    (void)len;
}
