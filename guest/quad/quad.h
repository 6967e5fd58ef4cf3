/*
 * What master and slaves of the example hetero-quad agree on
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QUAD_H
#define QUAD_H

#include <stdint.h>

#define QUAD_PAGE_SIZE  0x1000u
#define QUAD_NAME_SIZE  16

/*
 * A slave's page of the RAM. The slave sees this page and no other, the
 * master all of them.
 */
struct quad_page {
    char next[QUAD_NAME_SIZE];  /* master: who comes next in the ring */
    char cpu[QUAD_NAME_SIZE];   /* slave: CPU_NAME */
    uint32_t id;                /* slave: cpu_id() */
    uint32_t bits;              /* slave: of a pointer */
    uint32_t passed;            /* slave: tokens that it passed on */
};

/* Channels */
enum {
    QUAD_REPORT,    /* to the master: the page is filled in, QUAD_HELLO */
    QUAD_TOKEN,     /* around the ring: how many hops it has made */
};

#define QUAD_HELLO 0x21214948u

#endif
