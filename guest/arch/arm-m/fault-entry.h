/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FAULT_ENTRY_H
#define FAULT_ENTRY_H

/* MemManage, BusFault and UsageFault get their own exceptions. */
void fault_enable(void);

void fault_handler(void);

#endif
