/*
 * Start-up as examples of NXP's SDK and Zephyr for the i.MX8M Mini's
 * Cortex-M4 do it, in their order, with a look at what each register answers:
 * caches, FPU, RDC, clock gates and roots, PLLs, MPU, GPC, SEMA4, a GPT and a
 * GPIO that interrupt. board.c has done the rest before main().
 *
 * The registers are those of Linux' and Zephyr's drivers, what start-up code
 * waits for is the table of docs/imx8mm.md.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cpu.h"
#include "irq.h"
#include "startup.h"
#include "trace.h"

#define LMEM            0xe0082000
#define LMEM_CODE       (LMEM + 0x000)
#define LMEM_SYSTEM     (LMEM + 0x800)
#define CACHE_INVALIDATE (1u << 24 | 1u << 26)
#define CACHE_GO        (1u << 31)
#define CACHE_ON        3u

#define SCB_CPACR       0xe000ed88
#define CPACR_FPU       (0xfu << 20)

#define MPU_TYPE        0xe000ed90
#define MPU_CTRL        0xe000ed94
#define MPU_CTRL_ON     5u          /* default map for the rest */
#define MPU_RBAR        0xe000ed9c
#define MPU_VALID       (1u << 4)
#define MPU_RASR        0xe000eda0
#define MPU_ENABLE      1u
#define MPU_SIZE(log2)  (((log2) - 1u) << 1)
#define MPU_FULL        (3u << 24)
#define MPU_XN          (1u << 28)
#define MPU_SHARED_DEVICE (1u << 16)
#define MPU_DEVICE      (2u << 19)
#define MPU_LOWEST_QUARTER_OFF (3u << 8)

#define NVIC_ISPR       0xe000e200

#define ANATOP          0x30360000
#define AUDIO_PLL1      (ANATOP + 0x00)
#define AUDIO_PLL2      (ANATOP + 0x14)
#define PLL_BYPASS      (1u << 4)
#define PLL_RUNS        (1u << 9)
#define PLL_CLOCK       (1u << 13)
#define PLL_LOCK        (1u << 31)

#define CCM             0x30380000
#define PLL_GATE(n)     (CCM + 0x800 + 0x10 * (n))
#define PLL_GATES       39u
#define CCGR(n)         (CCM + 0x4000 + 0x10 * (n))
#define CCGR_RDC        49u
#define GATE_ALL        0x3333u
#define ROOT(n)         (CCM + 0x8000 + 0x80 * (n))
#define ROOT_M4         1u
#define ROOT_AHB        32u
#define ROOT_GPT1       107u
#define ROOT_ON         (1u << 28)
#define ROOT_MUX(n)     ((n) << 24)
#define SET             4u
#define CLEAR           8u
#define TOGGLE          12u

#define GPC             0x303a0000
#define GPC_LPCR_M4     (GPC + 0x08)
#define GPC_IMR_M4(n)   (GPC + 0x50 + 4 * (n))
#define GPC_PUP_REQ     (GPC + 0xf8)

#define RDC_STAT        0x303d0024
#define RDC_PDAP_RDC    0x303d0474
#define CSU_SA          0x303e0218
#define CSU_SA_M4       (1u << 2)
#define GPV5_INCR       0x32504044
#define SEMA4_GATE(n)   (0x30ac0000 + (n))
#define SEMA4_M4        2u
#define SEMA4_RSTGT     0x30ac0100

#define GPT1            0x302d0000
#define GPT_CR          (GPT1 + 0x00)
#define GPT_EN          3u              /* from 0 on */
#define GPT_PERIPHERAL  (1u << 6)
#define GPT_RESET       (1u << 15)
#define GPT_PR          (GPT1 + 0x04)
#define GPT_SR          (GPT1 + 0x08)
#define GPT_IR          (GPT1 + 0x0c)
#define GPT_OCR1        (GPT1 + 0x10)
#define GPT_CNT         (GPT1 + 0x24)
#define GPT_COMPARE1    1u
#define GPT1_IRQ        55
#define GPT_HZ          24000000u
#define GPT_PERIODS     20u

#define GPIO5           0x30240000
#define GPIO_DR         (GPIO5 + 0x00)
#define GPIO_GDIR       (GPIO5 + 0x04)
#define GPIO_ICR2       (GPIO5 + 0x10)
#define GPIO_IMR        (GPIO5 + 0x14)
#define GPIO_ISR        (GPIO5 + 0x18)
#define GPIO5_LOW_IRQ   72
#define GPIO5_HIGH_IRQ  73
#define PIN             20u

#define SYST_CSR        0xe000e010
#define SYST_CSR_ON     5u              /* core clock, no interrupt */
#define SYST_RVR        0xe000e014
#define SYST_CVR        0xe000e018
#define SYST_MASK       0xffffffu
#define CORE_HZ         400000000u

#define OSC_HZ          24000000u
#define PATIENCE        1000000u

#define REG8(addr)  (*(volatile uint8_t *)(uintptr_t)(addr))
#define REG16(addr) (*(volatile uint16_t *)(uintptr_t)(addr))

static unsigned done, wrong;
static volatile uint32_t periods;

static void is(const char *what, uint32_t got, uint32_t want)
{
    done++;
    if (got != want) {
        wrong++;
        trace("ERROR: %s is %08x, not %08x\n", what, (unsigned)got,
              (unsigned)want);
    }
}

/* Start-up code waits for ever, this one tells what for. */
static void comes(const char *what, uint32_t reg, uint32_t bit, uint32_t want)
{
    unsigned left = PATIENCE;

    while ((REG32(reg) & bit) != want && --left) {
    }
    is(what, REG32(reg) & bit, want);
}

static void cache(const char *what, uint32_t reg)
{
    REG32(reg) |= CACHE_INVALIDATE;
    REG32(reg) |= CACHE_GO;
    comes(what, reg, CACHE_GO, 0);
    REG32(reg) |= CACHE_ON;
}

static void caches(void)
{
    cache("code cache", LMEM_CODE);
    cache("system cache", LMEM_SYSTEM);
}

static void fpu_on(void)
{
    REG32(SCB_CPACR) |= CPACR_FPU;
    dsb();
    isb();
}

/* Apart from where it is switched on: the compiler may use it at once. */
__attribute__((noinline))
static void fpu(void)
{
    volatile float third = 3.0f;

    third = 1.0f / third;
    is("FPU: 3 * 1/3", (uint32_t)(3.0f * third + 0.5f), 1);
}

static void domain(void)
{
    is("RDC: domain of the M4", REG32(RDC_STAT) & 0xf, 1);
    is("RDC: the M4 may write", REG32(RDC_PDAP_RDC) >> 2 & 3, 3);
}

static void gates(void)
{
    unsigned n;

    for (n = 0; n < PLL_GATES; n++) {
        REG32(PLL_GATE(n)) = GATE_ALL;
        is("PLL gate", REG32(PLL_GATE(n)), GATE_ALL);
    }
    REG32(CCGR(CCGR_RDC)) = 0;
    REG32(CCGR(CCGR_RDC) + SET) = GATE_ALL;
    is("gate of the RDC", REG32(CCGR(CCGR_RDC)), GATE_ALL);
    REG32(CCGR(CCGR_RDC) + CLEAR) = 0x3000;
    is("gate, cleared", REG32(CCGR(CCGR_RDC)), 0x0333);
    REG32(CCGR(CCGR_RDC) + TOGGLE) = 0x3300;
    is("gate, toggled", REG32(CCGR(CCGR_RDC)), 0x3033);
    REG32(CCGR(CCGR_RDC)) = GATE_ALL;
}

static void set_root(unsigned n, uint32_t mux, uint32_t pre, uint32_t post)
{
    REG32(ROOT(n)) = (REG32(ROOT(n)) & ~ROOT_MUX(7u)) | ROOT_MUX(mux);
    REG32(ROOT(n)) = (REG32(ROOT(n)) & ~0x7003fu) | (pre - 1) << 16 |
                     (post - 1);
    is("clock root", REG32(ROOT(n)),
       ROOT_ON | ROOT_MUX(mux) | (pre - 1) << 16 | (post - 1));
}

static void roots(void)
{
    set_root(ROOT_AHB, 0, 1, 1);
    set_root(ROOT_M4, 0, 1, 1);
    set_root(ROOT_M4, 4, 1, 2);         /* SYS_PLL1 / 2 */
    set_root(ROOT_AHB, 1, 1, 1);        /* SYS_PLL1 / 6 */
    set_root(ROOT_GPT1, 0, 1, 1);       /* oscillator */
    REG32(ROOT(ROOT_GPT1) + CLEAR) = ROOT_ON;
    is("root, off", REG32(ROOT(ROOT_GPT1)) & ROOT_ON, 0);
    REG32(ROOT(ROOT_GPT1) + SET) = ROOT_ON;
    is("root, on", REG32(ROOT(ROOT_GPT1)) & ROOT_ON, ROOT_ON);
    is("root, read at SET", REG32(ROOT(ROOT_GPT1) + SET),
       REG32(ROOT(ROOT_GPT1)));
}

/* In kHz */
static uint32_t pll_khz(uint32_t pll)
{
    uint32_t div = REG32(pll + 4), dsm = REG32(pll + 8) & 0xffff;
    uint64_t hz = (uint64_t)OSC_HZ * ((div >> 12 & 0x3ff) * 65536u + dsm);

    return (uint32_t)(hz / 65536 / (div >> 4 & 0x3f) >> (div & 7)) / 1000;
}

static void audio_pll(uint32_t pll, uint32_t main, uint32_t pre,
                      uint32_t post, uint32_t dsm, uint32_t khz)
{
    REG32(pll) &= ~PLL_BYPASS;
    REG32(pll) &= ~PLL_RUNS;
    is("PLL in reset is not locked", REG32(pll) & PLL_LOCK, 0);
    REG32(pll + 4) = main << 12 | pre << 4 | post;
    REG32(pll + 8) = dsm;
    REG32(pll) |= PLL_RUNS;
    REG32(pll) |= PLL_CLOCK;
    comes("PLL is locked", pll, PLL_LOCK, PLL_LOCK);
    is("PLL, kHz", pll_khz(pll), khz);
}

static void mpu_region(unsigned n, uint32_t base, uint32_t attributes)
{
    REG32(MPU_RBAR) = base | MPU_VALID | n;
    REG32(MPU_RASR) = attributes | MPU_ENABLE;
}

/* The smart subsystems are devices, DDR is not cached. */
static void mpu(void)
{
    is("MPU: regions", REG32(MPU_TYPE) >> 8 & 0xff, 8);
    dmb();
    REG32(MPU_CTRL) = 0;
    mpu_region(0, 0x20000000, MPU_XN | MPU_FULL | MPU_DEVICE |
               MPU_LOWEST_QUARTER_OFF | MPU_SIZE(29));
    mpu_region(1, 0x40000000, MPU_FULL | MPU_SHARED_DEVICE | MPU_SIZE(30));
    mpu_region(2, 0x80000000, MPU_FULL | MPU_SHARED_DEVICE | MPU_SIZE(30));
    REG32(MPU_CTRL) = MPU_CTRL_ON;
    dsb();
    isb();
    is("MPU is on", REG32(MPU_CTRL), MPU_CTRL_ON);
    is("CSU: the M4 is secure", REG32(CSU_SA) & CSU_SA_M4, 0);
    REG32(GPV5_INCR) |= 2;
    is("GPV5: incr", REG32(GPV5_INCR), 2);
}

static void gpc(void)
{
    unsigned n;

    for (n = 0; n < 4; n++) {
        REG32(GPC_IMR_M4(n)) |= 0xffffffff;
    }
    REG32(GPC_IMR_M4(3)) &= ~2u;        /* the messaging unit: 97 */
    is("GPC: what wakes the M4", REG32(GPC_IMR_M4(3)), 0xfffffffd);
    REG32(GPC_LPCR_M4) = (REG32(GPC_LPCR_M4) & ~3u) | 1u << 14;
    is("GPC: run mode", REG32(GPC_LPCR_M4), 1u << 14);
    REG32(GPC_PUP_REQ) = 1;
    comes("GPC: powered up", GPC_PUP_REQ, 1, 0);
}

static void semaphores(void)
{
    unsigned n;

    is("SEMA4: no reset under way", REG16(SEMA4_RSTGT) & 0x30, 0);
    for (n = 0; n < 16; n++) {
        REG8(SEMA4_GATE(n)) = SEMA4_M4;
        is("SEMA4: gate", REG8(SEMA4_GATE(n)), SEMA4_M4);
        REG8(SEMA4_GATE(n)) = 0;
        is("SEMA4: gate, free", REG8(SEMA4_GATE(n)), 0);
    }
}

static void gpt_interrupt(void)
{
    REG32(GPT_SR) = GPT_COMPARE1;
    if (++periods == GPT_PERIODS) {
        REG32(GPT_IR) = 0;
    }
}

/* Each millisecond. It is no faster than the core's clock says. */
static void gpt(void)
{
    uint32_t begin, cycles;

    REG32(GPT_CR) = 0;
    REG32(GPT_CR) |= GPT_RESET;
    comes("GPT: reset", GPT_CR, GPT_RESET, 0);
    REG32(GPT_CR) = (GPT_EN & ~1u) | GPT_PERIPHERAL;
    REG32(GPT_PR) = GPT_HZ / 1000000 - 1;
    REG32(GPT_OCR1) = 1000;
    REG32(GPT_IR) = GPT_COMPARE1;
    irq_enable(GPT1_IRQ, gpt_interrupt);

    REG32(SYST_RVR) = SYST_MASK;
    REG32(SYST_CVR) = 0;
    REG32(SYST_CSR) = SYST_CSR_ON;
    begin = REG32(SYST_CVR);
    REG32(GPT_CR) |= 1;
    while (periods < GPT_PERIODS / 2) {
        wfi_unless(&periods, periods);
    }
    cycles = (begin - REG32(SYST_CVR)) & SYST_MASK;
    while (periods < GPT_PERIODS) {
        wfi_unless(&periods, periods);
    }
    is("GPT: its interrupts", periods, GPT_PERIODS);
    comes("GPT: a compare that is polled", GPT_SR, GPT_COMPARE1, GPT_COMPARE1);
    is("GPT: 10 ms are not less",
       cycles < CORE_HZ / 1000 * (GPT_PERIODS / 2) / 100 * 99, 0);
    begin = REG32(GPT_CNT);
    while (REG32(GPT_CNT) == begin) {
    }
    trace("GPT: %u interrupts\n", (unsigned)periods);
}

static uint32_t pending(unsigned irq)
{
    return REG32(NVIC_ISPR + irq / 32 * 4) >> irq % 32 & 1;
}

static void gpio(void)
{
    REG32(GPIO_IMR) = 0;
    REG32(GPIO_GDIR) |= 1u << PIN;
    REG32(GPIO_DR) |= 1u << PIN;
    is("GPIO: output", REG32(GPIO_DR) >> PIN & 1, 1);
    REG32(GPIO_DR) &= ~(1u << PIN);
    is("GPIO: output", REG32(GPIO_DR) >> PIN & 1, 0);
    REG32(GPIO_GDIR) &= ~(1u << PIN);
    REG32(GPIO_ICR2) &= ~(3u << (PIN - 16) * 2);    /* as long as it is low */
    REG32(GPIO_ISR) = 1u << PIN;
    REG32(GPIO_IMR) = 1u << PIN;
    is("GPIO: flag", REG32(GPIO_ISR) >> PIN & 1, 1);
    is("GPIO: interrupt of pins 16 to 31", pending(GPIO5_HIGH_IRQ), 1);
    is("GPIO: interrupt of pins 0 to 15", pending(GPIO5_LOW_IRQ), 0);
    REG32(GPIO_IMR) = 0;
}

int main(void)
{
    caches();
    fpu_on();
    fpu();
    domain();
    gates();
    roots();
    audio_pll(AUDIO_PLL1, 262, 2, 3, 9437, 393215);
    audio_pll(AUDIO_PLL2, 361, 3, 3, 17511, 361267);
    mpu();
    gpc();
    semaphores();
    gpt();
    gpio();
    trace("start-up: %u checks, %u wrong\n", done, wrong);
    return 0;
}
