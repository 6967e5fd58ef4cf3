/*
 * rpmsg-upper: the answer is the request in capitals. A request that starts
 * with "LOCKUP!" is answered by going into lockup, one that starts with "DEAF!"
 * by never listening again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tty.h"
#include "cpu.h"
#include "fault.h"
#include <stdbool.h>

const char tty_banner[] = "rpmsg-upper: ANSWERS IN CAPITALS";

static bool starts_with(const uint8_t *data, uint16_t len, const char *s)
{
    while (len && *s && *data == (uint8_t)*s) {
        data++;
        s++;
        len--;
    }
    return !*s;
}

void tty_answer(uint8_t *data, uint16_t len)
{
    if (starts_with(data, len, "LOCKUP!")) {
        fault_stop();
    }
    if (starts_with(data, len, "DEAF!")) {
        irq_save();     /* for ever */
    }
    while (len--) {
        if (*data >= 'a' && *data <= 'z') {
            *data -= 'a' - 'A';
        }
        data++;
    }
}
