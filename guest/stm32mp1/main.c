/*
 * stm32mp1-openamp: what firmware for the real board does, from the start-up
 * code of ST's and Zephyr's examples to rpmsg and the shutdown by Linux.
 *
 * The log goes to UART7 too. Both UARTs answer each line with the state.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "chip.h"
#include "clock.h"
#include "endpoint.h"
#include "gpio.h"
#include "hsem.h"
#include "mailbox.h"
#include "mpu.h"
#include "resources.h"
#include "startup.h"
#include "system.h"
#include "ticker.h"
#include "trace.h"
#include "uart.h"

#define BLINK_MS 500
#define CALIBRATION_MS 100
#define SAMPLE_MESSAGES 100

static const struct pin led = { 'H', 7, 0 };
static const struct pin button = { 'A', 14, 0 };

static bool echo(uint8_t *data, uint16_t len);
static bool sample(uint8_t *data, uint16_t len);

static struct endpoint tty = { .name = "rpmsg-tty", .receive = echo };
static struct endpoint client = {
    .name = "rpmsg-client-sample", .receive = sample,
};

static unsigned presses;

static void on_button(void)
{
    gpio_acknowledge(&button);
    presses++;
}

static bool echo(uint8_t *data, uint16_t len)
{
    (void)data;
    (void)len;
    return true;
}

/* Linux' sample client sends as many, one after each answer. */
static bool sample(uint8_t *data, uint16_t len)
{
    (void)data;
    (void)len;
    if (client.messages % SAMPLE_MESSAGES == 0) {
        trace("rpmsg-client-sample: %u messages\n", client.messages);
    }
    return true;
}

static void identify(void)
{
    uint32_t pins, id;

    REG32(RCC_MC_APB3ENSETR) = APB3_SYSCFG;
    pins = REG32(SYSCFG_BOOTR) & BOOTR_PINS;
    id = REG32(DBGMCU_IDCODE);
    trace("stm32mp1-openamp: device %03x revision %04x, boot mode %u (%s)\n",
          (unsigned)(id & 0xfff), (unsigned)(id >> 16), (unsigned)pins,
          pins == BOOTR_ENGINEERING ? "engineering" : "production");
    if (pins == BOOTR_ENGINEERING) {
        system_fail("no boot chain has set up the clocks", pins);
    }
}

/* Two clocks that know nothing of each other */
static void compare_tickers(void)
{
    uint32_t start = millis();
    uint32_t before = ticker_count();
    static const uint32_t never;

    while (millis() - start < CALIBRATION_MS) {
        system_sleep(&never);
    }
    trace("TIM2: %u ticks in %u ms\n", (unsigned)(ticker_count() - before),
          (unsigned)(millis() - start));
    if (ticker_count() == before) {
        system_fail("TIM2 does not tick", before);
    }
}

static void start(void)
{
    struct clocks clocks;

    identify();
    clock_read(&clocks);
    system_start_ticks(clocks.core);
    trace("clocks: core %u Hz, APB1 %u Hz, TIM2 %u Hz\n",
          (unsigned)clocks.core, (unsigned)clocks.apb1,
          (unsigned)clocks.tim2);
    mpu_init();
    hsem_init();
    uart_init(UART_LOG, clocks.uart7);
    uart_init(UART_SHELL, clocks.usart3);
    gpio_output(&led);
    gpio_interrupt(&button, IRQ_EXTI14, on_button);
    ticker_start(clocks.tim2);
    compare_tickers();
    mailbox_init();
    trace("ready: semaphores taken %u times\n", hsem_count());
    uart_puts(UART_SHELL, "stm32mp1-openamp: ready\n");
}

static void connect(void)
{
    endpoint_start(resources_rpmsg);
    endpoint_open(&tty);
    endpoint_open(&client);
}

static void number(enum uart uart, uint32_t n)
{
    char digits[11];
    unsigned i = sizeof(digits) - 1;

    digits[i] = 0;
    do {
        digits[--i] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    uart_puts(uart, &digits[i]);
}

static void say(enum uart uart, const char *name, uint32_t n)
{
    uart_puts(uart, name);
    number(uart, n);
}

static void answer(enum uart uart, const char *line)
{
    uart_puts(uart, line);
    say(uart, ": ms=", millis());
    say(uart, " tim2=", ticker_count());
    say(uart, " hsem=", hsem_count());
    say(uart, " tty=", tty.messages);
    say(uart, " sample=", client.messages);
    say(uart, " button=", presses);
    uart_puts(uart, "\n");
}

static void serve_consoles(void)
{
    char line[UART_LINE];
    enum uart uart;

    for (uart = 0; uart < UART_COUNT; uart++) {
        if (uart_line(uart, line)) {
            answer(uart, line);
        }
    }
}

static void shut_down(void)
{
    trace("shutdown after %u and %u messages, %u TIM2 ticks\n", tty.messages,
          client.messages, (unsigned)ticker_count());
    gpio_set(&led, false);
    REG16(TIM2 + TIM_CR1) = 0;
    uart_flush();
    mailbox_shut_down();
    system_stop();
}

int main(void)
{
    bool connected = false;

    system_init();
    start();
    for (;;) {
        if (mailbox_take() & 1u << CHANNEL_SHUTDOWN) {
            shut_down();
        }
        if (!connected && endpoint_driver_ready(resources_rpmsg)) {
            connect();
            connected = true;
        }
        if (connected) {
            endpoint_serve();
        }
        serve_consoles();
        gpio_set(&led, millis() / BLINK_MS % 2);
        system_sleep(&mailbox_news);
    }
}
