/*
 * A firmware whose start-up code reads a table that lies in flash behind
 * heaps without bytes; tells what it has found
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdint.h>

#define MAGIC 0xb007ed01

struct copy {
    const uint32_t *from;
    uint32_t *to;
    uint32_t words;
};

extern uint32_t __stack_top;
extern const struct copy __table[], __table_end[];

void reset(void);

__attribute__((section(".vectors"), used))
static const uintptr_t vectors[] = { (uintptr_t)&__stack_top,
                                     (uintptr_t)reset };

static volatile uint32_t data_word = 0x12345678;
static volatile uint32_t fast_word
    __attribute__((section(".fast"))) = 0x9abcdef0;
__attribute__((section(".heap"), used)) static uint8_t heap[0x1a000];
__attribute__((section(".fastheap"), used)) static uint8_t fast_heap[0xff00];
/* Magic, then what the test knows the values of */
__attribute__((section(".answer"), used)) static volatile uint32_t answer[3];

void reset(void)
{
    for (const struct copy *copy = __table; copy < __table_end; copy++) {
        for (uint32_t i = 0; i < copy->words; i++) {
            copy->to[i] = copy->from[i];
        }
    }
    answer[1] = data_word;
    answer[2] = fast_word;
    answer[0] = MAGIC;
    for (;;) {
        __asm__ volatile("wfi");
    }
}
