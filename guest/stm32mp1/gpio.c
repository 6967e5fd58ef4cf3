/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gpio.h"
#include "chip.h"
#include "hsem.h"
#include "irq.h"

enum mode { INPUT, OUTPUT, ALTERNATE };
enum pull { NO_PULL, PULL_UP };

#define SPEED_HIGH 2

static uint32_t base(const struct pin *pin)
{
    return GPIO((uint32_t)(pin->port - 'A'));
}

/* A field of 1, 2, 4 or 8 bits for each pin or line */
static void set_field(uint32_t addr, unsigned index, unsigned width,
                      uint32_t value)
{
    unsigned shift = index * width % 32;
    uint32_t mask = (1u << width) - 1;

    REG32(addr) = (REG32(addr) & ~(mask << shift)) | value << shift;
}

static void set_up(const struct pin *pin, enum mode mode, enum pull pull)
{
    uint32_t port = base(pin);

    REG32(RCC_MC_AHB4ENSETR) = 1u << (pin->port - 'A');
    hsem_take(HSEM_GPIO);
    set_field(port + GPIO_OSPEEDR, pin->number, 2, SPEED_HIGH);
    set_field(port + GPIO_OTYPER, pin->number, 1, 0);
    set_field(port + GPIO_PUPDR, pin->number, 2, pull);
    if (mode == ALTERNATE) {
        set_field(port + GPIO_AFR + pin->number / 8 * 4, pin->number, 4,
                  pin->function);
    }
    set_field(port + GPIO_MODER, pin->number, 2, mode);
    hsem_release(HSEM_GPIO);
}

void gpio_alternate(const struct pin *pin)
{
    set_up(pin, ALTERNATE, PULL_UP);
}

void gpio_output(const struct pin *pin)
{
    set_up(pin, OUTPUT, PULL_UP);
}

void gpio_set(const struct pin *pin, bool on)
{
    REG32(base(pin) + GPIO_BSRR) = 1u << (pin->number + (on ? 0 : 16));
}

void gpio_interrupt(const struct pin *pin, unsigned irq,
                    void (*handler)(void))
{
    uint32_t line = 1u << pin->number;

    set_up(pin, INPUT, PULL_UP);
    hsem_take(HSEM_EXTI);
    set_field(EXTI_CR(pin->number), pin->number, 8,
              (uint32_t)(pin->port - 'A'));
    REG32(EXTI_RTSR1) &= ~line;
    REG32(EXTI_FTSR1) |= line;
    REG32(EXTI_C2IMR(1)) |= line;
    hsem_release(HSEM_EXTI);
    irq_enable(irq, handler);
}

void gpio_acknowledge(const struct pin *pin)
{
    REG32(EXTI_FPR1) = 1u << pin->number;
}
