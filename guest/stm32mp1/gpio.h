/*
 * Pins, and their interrupts by way of the EXTI; under semaphores, because
 * Linux has pins of the same ports
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GPIO_H
#define GPIO_H

#include <stdbool.h>
#include <stdint.h>

struct pin {
    char port;              /* 'A' to 'K' */
    uint8_t number;
    uint8_t function;       /* alternate function */
};

void gpio_alternate(const struct pin *pin);
void gpio_output(const struct pin *pin);
void gpio_set(const struct pin *pin, bool on);

/* An input with pull-up; @handler runs on each falling edge. */
void gpio_interrupt(const struct pin *pin, unsigned irq,
                    void (*handler)(void));
/* For the handler: the edge was seen. */
void gpio_acknowledge(const struct pin *pin);

#endif
