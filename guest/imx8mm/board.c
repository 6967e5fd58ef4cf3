/*
 * Start-up on an i.MX8M Mini's Cortex-M4, as examples for NXP's boards have
 * it: clocks, the resource domain, a semaphore, pins, and UART4 for the log.
 * Registers and clock tree are as Linux' clk-imx8mm, pinctrl-imx8mm and imx
 * serial drivers have them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cpu.h"
#include "startup.h"
#include "trace.h"

#define OSC_HZ          24000000u

#define ANATOP          0x30360000
#define SYS_PLL1_CTL    (ANATOP + 0x94)
#define PLL_LOCK        (1u << 31)
#define SYS_PLL1_DIV    (ANATOP + 0x98)

#define CCM             0x30380000
#define CCGR_UART4      (CCM + 0x44c0)
#define CCGR_ON         3u
#define ROOT_M4         (CCM + 0x8080)
#define ROOT_UART4      (CCM + 0xb080)
#define ROOT_ON         (1u << 28)
#define ROOT_MUX_SHIFT  24
#define M4_SYS_PLL1     4u
#define UART_OSC        0u

#define IOMUXC          0x30330000
#define UART4_RXD_MUX   (IOMUXC + 0x24c)
#define UART4_TXD_MUX   (IOMUXC + 0x250)
#define UART4_RXD_PAD   (IOMUXC + 0x4b4)
#define UART4_TXD_PAD   (IOMUXC + 0x4b8)
#define PAD_UART        0x140u      /* pull-up, fast */

#define RDC_MDA_M4      0x303d0204
#define M4_DOMAIN       1u

#define SEMA4_GATE0     0x30ac0000
#define SEMA4_M4        2u          /* the processor's number and 1 */

#define UART4           0x30a60000
#define UTXD            (UART4 + 0x40)
#define UCR1            (UART4 + 0x80)
#define UCR1_UARTEN     (1u << 0)
#define UCR2            (UART4 + 0x84)
#define UCR2_SRST       (1u << 0)   /* 0 resets, reads 1 when that is done */
#define UCR2_ON         0x4027u     /* IRTS, 8 bits, TXEN, RXEN */
#define UFCR            (UART4 + 0x90)
#define UFCR_HALF       (4u << 7)   /* of the clock is the reference */
#define USR1            (UART4 + 0x94)
#define USR1_TRDY       (1u << 13)
#define UBIR            (UART4 + 0xa4)
#define UBMR            (UART4 + 0xa8)
#define BAUD            115200u

#define PATIENCE        1000000u

#define REG8(addr) (*(volatile uint8_t *)(uintptr_t)(addr))

static bool running;                /* UART4 */

/* Who listens and does not read gets no more, but does not stop the rest. */
static void put(char c)
{
    static bool waited;
    unsigned left = waited ? 1 : PATIENCE;

    while (!(REG32(USR1) & USR1_TRDY)) {
        if (!--left) {
            waited = true;
            return;
        }
    }
    waited = false;
    REG32(UTXD) = (uint8_t)c;
}

void trace_also(char c)
{
    if (!running) {
        return;
    }
    if (c == '\n') {
        put('\r');
    }
    put(c);
}

static void wait_for(uint32_t addr, uint32_t bits, const char *what)
{
    unsigned left = PATIENCE;

    while (!(REG32(addr) & bits) && left--) {
    }
    if (!(REG32(addr) & bits)) {
        trace("ERROR: %s: register %08x is %08x\n", what, (unsigned)addr,
              (unsigned)REG32(addr));
    }
}

static void keep(uint32_t addr, uint32_t value)
{
    REG32(addr) = value;
    if (REG32(addr) != value) {
        trace("ERROR: register %08x is %08x, not %08x\n", (unsigned)addr,
              (unsigned)REG32(addr), (unsigned)value);
    }
}

static uint32_t sys_pll1(void)
{
    uint32_t div = REG32(SYS_PLL1_DIV);
    uint32_t p = div >> 4 & 0x3f;

    wait_for(SYS_PLL1_CTL, PLL_LOCK, "SYS_PLL1 is not locked");
    return p ? OSC_HZ / p * (div >> 12 & 0x3ff) >> (div & 7) : 0;
}

static uint32_t divided(uint32_t hz, uint32_t root)
{
    return hz / ((root >> 16 & 7) + 1) / ((root & 0x3f) + 1);
}

static void start_uart(uint32_t hz)
{
    REG32(UCR1) = 0;
    REG32(UCR2) = 0;
    wait_for(UCR2, UCR2_SRST, "UART4 stays in reset");
    REG32(UFCR) = UFCR_HALF;
    REG32(UBIR) = 15;
    REG32(UBMR) = hz / 2 / BAUD;
    REG32(UCR2) = UCR2_ON;
    REG32(UCR1) = UCR1_UARTEN;
    running = true;
}

void board_init(void)
{
    uint32_t core, uart;

    keep(RDC_MDA_M4, M4_DOMAIN);
    keep(ROOT_M4, ROOT_ON | M4_SYS_PLL1 << ROOT_MUX_SHIFT | 1);
    core = divided(sys_pll1(), REG32(ROOT_M4));
    keep(ROOT_UART4, ROOT_ON | UART_OSC << ROOT_MUX_SHIFT);
    keep(CCGR_UART4, CCGR_ON);
    uart = divided(OSC_HZ, REG32(ROOT_UART4));

    REG8(SEMA4_GATE0) = SEMA4_M4;
    if (REG8(SEMA4_GATE0) != SEMA4_M4) {
        trace("ERROR: semaphore 0 is taken: %02x\n", REG8(SEMA4_GATE0));
    }
    keep(UART4_RXD_MUX, 0);
    keep(UART4_TXD_MUX, 0);
    keep(UART4_RXD_PAD, PAD_UART);
    keep(UART4_TXD_PAD, PAD_UART);
    REG8(SEMA4_GATE0) = 0;

    start_uart(uart);
    trace("clocks: M4 %u Hz, UART4 %u Hz\n", (unsigned)core, (unsigned)uart);
}
