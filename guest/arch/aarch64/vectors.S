/*
 * Vectors and reset: everything runs in EL1, on its own stack
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
    .section .vectors, "ax"
    .balign 2048
    .global reset_handler
    .type reset_handler, %function
reset_handler:
vectors:
    b       start

/* A vector: 16 of them, 128 bytes each; the second four are ours. */
    .macro  vector number, target
    .org    vectors + \number * 128
    b       \target
    .endm

    vector  4, synchronous
    vector  5, irq
    vector  6, .
    vector  7, .
    .org    vectors + 2048

start:
    msr     daifset, #15
    ldr     x0, =__stack_top
    mov     sp, x0
    adr     x0, vectors
    msr     vbar_el1, x0
    isb
    msr     daifclr, #6                 /* IRQ, SError */
    bl      start_c

/* On the stack: x0 to x18, x30, ELR, SPSR */
    .macro  enter
    sub     sp, sp, #176
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x30, [sp, #144]
    mrs     x0, elr_el1
    mrs     x1, spsr_el1
    stp     x0, x1, [sp, #160]
    .endm

    .macro  leave
    ldp     x0, x1, [sp, #160]
    msr     elr_el1, x0
    msr     spsr_el1, x1
    ldp     x0, x1, [sp, #0]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x30, [sp, #144]
    add     sp, sp, #176
    eret
    .endm

synchronous:
    enter
    mov     x0, sp
    bl      fault_entry
    leave

irq:
    enter
    bl      gic_dispatch
    leave
