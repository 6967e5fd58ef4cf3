/*
 * Control blocks of the bare pair's firmware, in the RAM that both
 * processors see. A test maps the segment and writes commands there:
 * command and arguments, a write barrier, then sequence + 1; the firmware
 * executes it, fills in status and results, then sets done = sequence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PAIR_H
#define PAIR_H

#include <stdint.h>

#define PAIR_RAM            0x20000000u /* RISC-V: 0x18000000 */
#define PAIR_RAM_SIZE       0x00100000u
#define PAIR_MASTER_OFFSET  0x0000u     /* struct pair_block of the master */
#define PAIR_SLAVE_OFFSET   0x0200u     /* and of the slave */
#define PAIR_HSEM           0x4c000000u /* stm32-hsem, where there is one:
                                           the master is processor 1 */
#define PAIR_FREE_OFFSET    0x1000u     /* the firmware uses nothing above */

#define PAIR_MAGIC          0x52494150u /* "PAIR" */
#define PAIR_MASTER         0x5254534du /* "MSTR" */
#define PAIR_SLAVE_A        0x41564c53u /* "SLVA" */
#define PAIR_SLAVE_B        0x42564c53u /* "SLVB" */

#define PAIR_TALLY_LENGTH   5           /* instructions, see PAIR_TALLY */

#define PAIR_CHANNELS       32
#define PAIR_PEERS          16

struct pair_block {
    uint32_t magic;         /* 0x00 PAIR_MAGIC once the firmware serves */
    uint32_t ident;         /* 0x04 which firmware */
    uint32_t boots;         /* 0x08 one more each time it starts */
    uint32_t ticks;         /* 0x0c milliseconds it has lived */
    uint32_t sequence;      /* 0x10 tester: command number */
    uint32_t done;          /* 0x14 number of the last finished command */
    uint32_t command;       /* 0x18 tester: enum pair_command */
    uint32_t arg[4];        /* 0x1c tester */
    uint32_t status;        /* 0x2c enum pair_status */
    uint32_t result[4];     /* 0x30 */
    uint32_t crashes;       /* 0x40 IDM events: a peer's core crashed */
    uint32_t lost;          /* 0x44 a link was lost */
    uint32_t up;            /* 0x48 a link came up */
    uint32_t reserved[13];
    uint32_t rung[PAIR_CHANNELS];       /* 0x80 times each channel was seen */
};

_Static_assert(sizeof(struct pair_block) == 0x100, "pair_block layout");

/* For each peer, behind the block: what came on the channels of PAIR_COUNT */
struct pair_stream {
    uint32_t received;
    uint32_t last;          /* highest word */
    uint32_t lost;          /* words that did not come */
    uint32_t doubled;       /* words that came again, or too late */
};

enum pair_status {
    PAIR_OK = 0,
    PAIR_FAULT = 1,         /* result: value, then exception,
                               status, address of guest/lib/fault.h */
    PAIR_TIMEOUT = 2,
    PAIR_UNKNOWN = 3,       /* no such command on this processor:
                               lockup and sysreset are Cortex-M's, an
                               add needs exclusives */
    PAIR_DROPPED = 4,       /* was waiting when the firmware started */
};

/*
 * Peers are numbered in the order in which the IDM got to know them: in the
 * bare pair it is 0. Sizes are 1, 2 or 4 bytes.
 */
enum pair_command {
    PAIR_PING = 1,          /* arg: x -> ~x */
    PAIR_LOAD = 2,          /* arg: address, size -> value */
    PAIR_STORE = 3,         /* arg: address, size, value */
    PAIR_FETCH = 4,         /* arg: address, called as a function */
    PAIR_ADD = 5,           /* arg: address, count: +1 with exclusives */
    PAIR_RING = 6,          /* arg: peer, channel, count, milliseconds:
                               rings with the words 0, 1, .. and waits for
                               an answer each time
                               -> answers; channel, word of the last one */
    PAIR_POST = 7,          /* arg: peer, channel, count: does not wait */
    PAIR_LISTEN = 8,        /* arg: peer, channels that may interrupt */
    PAIR_LOCKUP = 9,        /* done first; a fault inside HardFault */
    PAIR_STOP = 10,         /* done first; sleeps for ever */
    PAIR_SPIN = 11,         /* done first; loops for ever, deaf */
    PAIR_SYSRESET = 12,     /* done first; AIRCR.SYSRESETREQ */

    PAIR_COUNT = 13,        /* arg: channels; their rings are counted for
                               each peer from now on, and not answered */
    PAIR_STREAM = 14,       /* arg: peers, channel, count: rings each peer
                               with the words 1, 2, .. whenever its channel
                               is free */
    PAIR_SEM_ADD = 15,      /* arg: address, count, semaphore, steps: +1,
                               without exclusives, under a semaphore taken
                               in one step (RLR), two (R) or none
                               -> how often it was found taken */

    PAIR_RELEASE = 16,      /* master, arg: peer; boot line released */
    PAIR_HOLD = 17,         /* master, arg: peer; into reset */
    PAIR_PEER_STATE = 18,   /* master, arg: peer -> core state, boots,
                               IDM register STATUS */

    PAIR_TALLY = 19,        /* Arm, arg: address of a counter, of a word:
                               +1 to the counter, by a loop of
                               PAIR_TALLY_LENGTH instructions that nothing
                               interrupts, until the word is not 0 */
    PAIR_LOOK = 20,         /* Arm, arg: as PAIR_TALLY, pause: loads the
                               counter, comes to tally_seen, and again */
};

#endif
