/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "copy.h"

/* Naked: r7 and r11 are frame pointers to the compiler. */
__attribute__((naked))
void copy_words(uintptr_t to, uintptr_t from, uint32_t size)
{
    __asm__ volatile("push {r4-r10, lr}\n\t"
                     "0:\n\t"
                     "ldmia r1!, {r3-r10}\n\t"
                     "stmia r0!, {r3-r10}\n\t"
                     "subs r2, #32\n\t"
                     "bne 0b\n\t"
                     "pop {r4-r10, pc}");
    (void)to;
    (void)from;
    (void)size;
}
