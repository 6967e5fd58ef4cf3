/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PLIC_H
#define PLIC_H

/* For the trap: the machine's external and timer interrupts */
void plic_dispatch(void);
void plic_tick(void);

#endif
