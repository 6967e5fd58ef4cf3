/*
 * rpmsg-upper: the answer is the request in capitals. A request that starts
 * with "LOCKUP!" is answered by going into lockup, "DEAF!" by never listening
 * again, "BITE!" by waiting for the watchdog, "RESET!" by SYSRESETREQ.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tty.h"
#include "cpu.h"
#include "fault.h"
#include <stdbool.h>

/* Arm's APB watchdog, clocked with 1 MHz */
#define WATCHDOG_LOAD       0x40030000
#define WATCHDOG_CONTROL    0x40030008
#define WATCHDOG_LOCK       0x40030c00
#define WATCHDOG_KEY        0x1acce551
#define WATCHDOG_BITES      3       /* at the second timeout */
#define BITE_US             1000

#define AIRCR               0xe000ed0c
#define SYSRESETREQ         0x05fa0004

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

static void be_bitten(void)
{
    irq_save();
    REG32(WATCHDOG_LOCK) = WATCHDOG_KEY;
    REG32(WATCHDOG_LOAD) = BITE_US;
    REG32(WATCHDOG_CONTROL) = WATCHDOG_BITES;
    for (;;) {
    }
}

void tty_answer(uint8_t *data, uint16_t len)
{
    if (starts_with(data, len, "LOCKUP!")) {
        fault_stop();
    }
    if (starts_with(data, len, "DEAF!")) {
        irq_save();     /* for ever */
    }
    if (starts_with(data, len, "BITE!")) {
        be_bitten();
    }
    if (starts_with(data, len, "RESET!")) {
        REG32(AIRCR) = SYSRESETREQ;
    }
    while (len--) {
        if (*data >= 'a' && *data <= 'z') {
            *data -= 'a' - 'A';
        }
        data++;
    }
}
