/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GIC_H
#define GIC_H

/* For the interrupt vector */
void gic_dispatch(void);

#endif
