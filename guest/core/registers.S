/*
 * Stores what firmware finds in the registers of its core: what FreeRTOS'
 * xPortStartScheduler, ST's HAL and delay loops read. Words from 0x10020000,
 * see tests/system/test-core.py.
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
    ldr r4, =0x10020000
    ldr r0, =0xe000e400     /* NVIC_IPR0 */
    movs r1, #0xff
    strb r1, [r0]
    ldrb r1, [r0]
    str r1, [r4, #0]
    ldr r0, =0xe000edfc     /* DEMCR.TRCENA */
    ldr r1, [r0]
    orr r1, #0x01000000
    str r1, [r0]
    ldr r1, [r0]
    str r1, [r4, #4]
    ldr r0, =0xe0001000     /* DWT: CYCCNT, then CTRL.CYCCNTENA */
    movs r1, #0
    str r1, [r0, #4]
    ldr r1, [r0]
    orr r1, #1
    str r1, [r0]
    ldr r1, [r0]
    str r1, [r4, #8]
    nop
    nop
    ldr r1, [r0, #4]
    str r1, [r4, #12]
    ldr r0, =0x50020020     /* SYSCFG_CMPCR: compensation cell ready */
    ldr r1, [r0]
    str r1, [r4, #16]
    ldr r0, =0xe000ed00     /* CPUID */
    ldr r1, [r0]
    str r1, [r4, #20]
    ldr r0, =0xe000e004     /* ICTR */
    ldr r1, [r0]
    str r1, [r4, #24]
    ldr r0, =0xe000ed90     /* MPU_TYPE */
    ldr r1, [r0]
    str r1, [r4, #28]
    ldr r0, =0xe000e01c     /* SYST_CALIB */
    ldr r1, [r0]
    str r1, [r4, #32]
    movs r1, #0x0f          /* BASEPRI, in bits that are not there */
    msr BASEPRI, r1
    mrs r1, BASEPRI
    str r1, [r4, #36]
    ldr r0, =0xe0000e80     /* ITM_TCR, not modelled */
    ldr r1, [r0]
    str r1, [r4, #40]

    /* A delay of 1 ms, as many write it: it hangs when nothing counts. */
    ldr r0, =0xe0001000
    ldr r2, =208877
    ldr r3, [r0, #4]
1:  ldr r1, [r0, #4]
    subs r1, r1, r3
    cmp r1, r2
    blo 1b
    str r1, [r4, #44]
    ldr r1, =0x600d
    str r1, [r4, #60]
2:  b 2b
    .size Reset_Handler, . - Reset_Handler
