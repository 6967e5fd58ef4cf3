/*
 * Vectors and reset: everything runs in supervisor mode, on its stack
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
    .equ MODE_SVC, 0x13

    .section .vectors, "ax"
    .arm
    .balign 32
    .global reset_handler
    .type reset_handler, %function
reset_handler:
vectors:
    b       start
    b       undefined
    b       .
    b       prefetch_abort
    b       data_abort
    b       .
    b       irq
    b       .

start:
#if __ARM_ARCH_PROFILE == 'R'
/* A Cortex-R starts in hypervisor mode: EL1 may use the GIC, then go there. */
    mov     r0, #0xf
    mcr     p15, 4, r0, c12, c9, 5      @ ICC_HSRE
    mov     r0, #0
    mcrr    p15, 4, r0, r0, c14         @ CNTVOFF
    mov     r0, #0xc0 | MODE_SVC
    msr     spsr_hyp, r0
    ldr     r0, =supervisor
    msr     elr_hyp, r0
    eret
supervisor:
#endif
    cpsid   aif, #MODE_SVC
    ldr     sp, =__stack_top
    ldr     r0, =vectors
    mcr     p15, 0, r0, c12, c0, 0      @ VBAR
    isb
    cpsie   ai
    bl      start_c

/* On the stack: r0-r3, r12, lr, return address, CPSR */
    .macro  enter correction
    sub     lr, lr, #\correction
    srsdb   sp!, #MODE_SVC
    cps     #MODE_SVC
    push    {r0-r3, r12, lr}
    mov     r1, sp
    and     r2, sp, #4
    sub     sp, sp, r2
    push    {r1, r2}
    .endm

    .macro  leave
    pop     {r1, r2}
    add     sp, sp, r2
    pop     {r0-r3, r12, lr}
    rfeia   sp!
    .endm

    .macro  fault name, vector, correction
\name:
    enter   \correction
    mov     r0, #\vector
    bl      fault_entry
    leave
    .endm

    fault   undefined, 1, 4
    fault   prefetch_abort, 3, 4
    fault   data_abort, 4, 8

irq:
    enter   4
    bl      gic_dispatch
    leave
