/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STARTUP_H
#define STARTUP_H

int main(void);

/* The board's, before main() */
void board_init(void);

/* The architecture's: where the core starts */
void reset_handler(void);

/* With a stack: from there to main() */
__attribute__((noreturn)) void start_c(void);

#endif
