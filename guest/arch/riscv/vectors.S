/*
 * Reset and trap: everything runs in machine mode, on one stack
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#if __riscv_xlen == 64
#define STORE sd
#define LOAD ld
#define WORD 8
#else
#define STORE sw
#define LOAD lw
#define WORD 4
#endif

    .section .vectors, "ax"
    .global reset_handler
    .type reset_handler, @function
reset_handler:
    la      sp, __stack_top
    la      t0, trap
    csrw    mtvec, t0
    csrw    mie, zero
    csrsi   mstatus, 8                  /* MIE */
    call    start_c

/* On the stack: ra, mepc, t0-t6, a0-a7 */
    .balign 4
trap:
    addi    sp, sp, -20 * WORD
    STORE   ra, 0 * WORD(sp)
    STORE   t0, 2 * WORD(sp)
    STORE   t1, 3 * WORD(sp)
    STORE   t2, 4 * WORD(sp)
    STORE   t3, 5 * WORD(sp)
    STORE   t4, 6 * WORD(sp)
    STORE   t5, 7 * WORD(sp)
    STORE   t6, 8 * WORD(sp)
    STORE   a0, 9 * WORD(sp)
    STORE   a1, 10 * WORD(sp)
    STORE   a2, 11 * WORD(sp)
    STORE   a3, 12 * WORD(sp)
    STORE   a4, 13 * WORD(sp)
    STORE   a5, 14 * WORD(sp)
    STORE   a6, 15 * WORD(sp)
    STORE   a7, 16 * WORD(sp)
    csrr    t0, mepc
    STORE   t0, 1 * WORD(sp)
    csrr    a0, mcause
    mv      a1, sp
    call    trap_entry
    LOAD    t0, 1 * WORD(sp)
    csrw    mepc, t0
    LOAD    ra, 0 * WORD(sp)
    LOAD    t0, 2 * WORD(sp)
    LOAD    t1, 3 * WORD(sp)
    LOAD    t2, 4 * WORD(sp)
    LOAD    t3, 5 * WORD(sp)
    LOAD    t4, 6 * WORD(sp)
    LOAD    t5, 7 * WORD(sp)
    LOAD    t6, 8 * WORD(sp)
    LOAD    a0, 9 * WORD(sp)
    LOAD    a1, 10 * WORD(sp)
    LOAD    a2, 11 * WORD(sp)
    LOAD    a3, 12 * WORD(sp)
    LOAD    a4, 13 * WORD(sp)
    LOAD    a5, 14 * WORD(sp)
    LOAD    a6, 15 * WORD(sp)
    LOAD    a7, 16 * WORD(sp)
    addi    sp, sp, 20 * WORD
    mret
