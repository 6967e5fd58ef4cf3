/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "uart.h"
#include "chip.h"
#include "gpio.h"
#include "irq.h"
#include "string.h"
#include "system.h"
#include "trace.h"

#define BAUD 115200u
#define BUFFER 2048u        /* a power of two */

struct port {
    const char *name;
    uint32_t base;
    unsigned irq;
    uint32_t clock;         /* bit of MC_APB1ENSETR */
    struct pin tx, rx;
    void (*handler)(void);
};

struct state {
    bool running;
    char buffer[BUFFER];
    uint32_t head, tail;    /* both run on; tail <= head */
    char line[UART_LINE];
    unsigned len;
    volatile bool complete;
};

static void on_uart7(void);
static void on_usart3(void);

static const struct port ports[UART_COUNT] = {
    [UART_LOG] = {
        .name = "UART7", .base = UART7, .irq = IRQ_UART7, .clock = APB1_UART7,
        .tx = { 'E', 8, 7 }, .rx = { 'E', 7, 7 }, .handler = on_uart7,
    },
    [UART_SHELL] = {
        .name = "USART3", .base = USART3, .irq = IRQ_USART3,
        .clock = APB1_USART3, .tx = { 'B', 10, 7 }, .rx = { 'B', 12, 8 },
        .handler = on_usart3,
    },
};

static struct state states[UART_COUNT];

static void send_next(enum uart uart)
{
    struct state *s = &states[uart];
    uint32_t base = ports[uart].base;

    if (s->tail == s->head) {
        REG32(base + USART_CR1) &= ~USART_CR1_TXEIE;
        return;
    }
    REG16(base + USART_TDR) = (uint8_t)s->buffer[s->tail % BUFFER];
    s->tail++;
}

static void received(enum uart uart, char c)
{
    struct state *s = &states[uart];

    if (s->complete) {
        return;             /* who types faster than we read */
    }
    if (c == '\r' || c == '\n') {
        uart_put(uart, '\n');
        s->line[s->len] = 0;
        s->complete = s->len > 0;
    } else if (s->len < UART_LINE - 1) {
        uart_put(uart, c);
        s->line[s->len++] = c;
    }
}

static void interrupt(enum uart uart)
{
    uint32_t base = ports[uart].base;
    uint32_t status = REG32(base + USART_ISR);

    if (status & USART_ISR_ORE) {
        REG32(base + USART_ICR) = USART_ISR_ORE;
    }
    if (status & USART_ISR_RXNE) {
        received(uart, (char)REG16(base + USART_RDR));
    }
    if (status & USART_ISR_TXE &&
        REG32(base + USART_CR1) & USART_CR1_TXEIE) {
        send_next(uart);
    }
}

static void on_uart7(void)
{
    interrupt(UART_LOG);
}

static void on_usart3(void)
{
    interrupt(UART_SHELL);
}

static void set_up(const struct port *port, uint32_t divider)
{
    uint32_t base = port->base;

    REG32(base + USART_CR1) &= ~USART_CR1_UE;
    REG32(base + USART_CR1) = USART_CR1_TE | USART_CR1_RE;
    REG32(base + USART_CR2) = 0;
    REG32(base + USART_CR3) = 0;
    REG32(base + USART_PRESC) &= ~0xfu;
    REG32(base + USART_BRR) = divider;
    REG32(base + USART_CR1) |= USART_CR1_UE;
    wait_for(base + USART_ISR, USART_ISR_TEACK, USART_ISR_TEACK,
             "UART: transmitter enabled");
    wait_for(base + USART_ISR, USART_ISR_REACK, USART_ISR_REACK,
             "UART: receiver enabled");
    REG32(base + USART_ICR) = USART_ICR_ALL;
    REG16(base + USART_RQR) = USART_RQR_RXFRQ;
}

void uart_init(enum uart uart, uint32_t hz)
{
    const struct port *port = &ports[uart];
    uint32_t divider = (hz + BAUD / 2) / BAUD;

    if (divider < 16 || divider > 0xffff) {
        system_fail("UART: clock", hz);
    }
    REG32(RCC_MC_APB1ENSETR) = port->clock;
    gpio_alternate(&port->tx);
    gpio_alternate(&port->rx);
    set_up(port, divider);
    irq_enable(port->irq, port->handler);
    states[uart].running = true;
    REG32(port->base + USART_CR1) |= USART_CR1_RXNEIE | USART_CR1_TXEIE;
    trace("%s: %u Hz, BRR %u\n", port->name, (unsigned)hz, (unsigned)divider);
}

static void buffer(enum uart uart, char c)
{
    struct state *s = &states[uart];

    if (s->head - s->tail < BUFFER) {
        s->buffer[s->head % BUFFER] = c;
        s->head++;
    }
}

void uart_put(enum uart uart, char c)
{
    uint32_t mask = irq_save();

    if (c == '\n') {
        buffer(uart, '\r');
    }
    buffer(uart, c);
    if (states[uart].running) {
        REG32(ports[uart].base + USART_CR1) |= USART_CR1_TXEIE;
    }
    irq_restore(mask);
}

void uart_puts(enum uart uart, const char *s)
{
    while (*s) {
        uart_put(uart, *s++);
    }
}

/* The log of this firmware goes to a console as well. */
void trace_also(char c)
{
    uart_put(UART_LOG, c);
}

void uart_flush(void)
{
    enum uart uart;

    for (uart = 0; uart < UART_COUNT; uart++) {
        if (!states[uart].running) {
            continue;
        }
        REG32(ports[uart].base + USART_CR1) &= ~USART_CR1_TXEIE;
        while (states[uart].tail != states[uart].head) {
            wait_for(ports[uart].base + USART_ISR, USART_ISR_TXE,
                     USART_ISR_TXE, "UART: transmit register empty");
            send_next(uart);
        }
        wait_for(ports[uart].base + USART_ISR, USART_ISR_TC, USART_ISR_TC,
                 "UART: transmission complete");
    }
}

bool uart_line(enum uart uart, char line[UART_LINE])
{
    struct state *s = &states[uart];

    if (!s->complete) {
        return false;
    }
    memcpy(line, s->line, UART_LINE);
    s->len = 0;
    dmb();
    s->complete = false;
    return true;
}
