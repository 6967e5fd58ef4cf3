/*
 * Vectors of a Cortex-M without a runtime; each fault has its own loop, as
 * vendors' start-up code has it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
    .syntax unified
    .thumb

    .section .vectors, "a"
    .word 0x10030000
    .word Reset_Handler
    .word NMI_Handler
    .word HardFault_Handler
    .rept 12
    .word Default_Handler
    .endr

    .text
    .macro loop name
    .thumb_func
    .global \name
    .type \name, %function
\name:
    b \name
    .size \name, . - \name
    .endm

    loop NMI_Handler
    loop HardFault_Handler
    loop Default_Handler
