/*
 * A firmware that reads where nothing is, and one that waits for a bit that
 * never comes (POLL): it looks as busy as ever.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
    .syntax unified
    .thumb

    .text
    .thumb_func
    .global Reset_Handler
    .type Reset_Handler, %function
Reset_Handler:
    bl uart_init
    b .
    .size Reset_Handler, . - Reset_Handler

    .thumb_func
    .type uart_init, %function
uart_init:
#ifdef POLL
    ldr r0, =0x48000020
1:  ldr r1, [r0]
    lsls r1, r1, #23        /* bit 8 */
    bpl 1b
#else
    ldr r0, =0x44000000
    ldr r1, [r0]
#endif
    bx lr
    .size uart_init, . - uart_init
