/*
 * Generic interrupt controller: what its versions differ in
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GIC_H
#define GIC_H

#include <stdint.h>

/* For the interrupt vector */
void gic_dispatch(void);

/* The version's */
void gic_enable(unsigned id);
void gic_disable(unsigned id);
uint32_t gic_claim(void);
void gic_end(uint32_t id);

#endif
