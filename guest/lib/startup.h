/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STARTUP_H
#define STARTUP_H

int main(void);
void reset_handler(void);
void systick_handler(void);

#endif
