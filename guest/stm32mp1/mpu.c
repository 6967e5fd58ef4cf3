/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mpu.h"
#include "chip.h"
#include "fault.h"
#include "system.h"
#include "trace.h"

extern uint32_t __stack_limit[];

#define MPU_TYPE        0xe000ed90
#define MPU_CTRL        0xe000ed94
#define MPU_CTRL_ENABLE 1
#define MPU_RNR         0xe000ed98
#define MPU_RBAR        0xe000ed9c
#define MPU_RASR        0xe000eda0

#define RASR_ENABLE     (1u << 0)
#define RASR_SIZE(log2) (((log2) - 1u) << 1)
#define RASR_CACHED     (0xbu << 16)    /* TEX 1, C, B */
#define RASR_SHARED     (0xcu << 16)    /* TEX 1, S: not cached */
#define RASR_DEVICE     (0x5u << 16)    /* S, B */
#define RASR_NONE       (0u << 24)
#define RASR_RW         (3u << 24)
#define RASR_RO         (6u << 24)
#define RASR_XN         (1u << 28)

#define EXCEPTION_MEMMANAGE 4
#define STACK_GUARD     32u

static void region(unsigned n, uint32_t base, unsigned log2, uint32_t flags)
{
    REG32(MPU_RNR) = n;
    REG32(MPU_RBAR) = base;
    REG32(MPU_RASR) = flags | RASR_SIZE(log2) | RASR_ENABLE;
}

static void expect_refused(volatile uint32_t *p, const char *what)
{
    struct fault fault;

    fault_guard_begin();
    *p = 0;
    fault = fault_guard_end();
    if (fault.exception != EXCEPTION_MEMMANAGE) {
        system_fail(what, fault.exception);
    }
}

void mpu_init(void)
{
    unsigned regions = REG32(MPU_TYPE) >> 8 & 0xff;
    volatile uint32_t *code = (volatile uint32_t *)SRAM_CODE;

    if (regions < 8) {
        system_fail("no MPU of 8 regions", regions);
    }
    REG32(MPU_CTRL) = 0;
    region(0, RETRAM, 16, RASR_RO | RASR_CACHED);
    region(1, SRAM_CODE, 17, RASR_RO | RASR_CACHED);
    region(2, SRAM_DATA, 17, RASR_RW | RASR_CACHED | RASR_XN);
    region(3, SRAM_SHARED, 16, RASR_RW | RASR_SHARED | RASR_XN);
    region(4, SRAM_ALIAS, 18, RASR_RO | RASR_CACHED | RASR_XN);
    region(5, 0x40000000, 29, RASR_RW | RASR_DEVICE | RASR_XN);
    region(6, (uint32_t)__stack_limit, 5, RASR_NONE | RASR_XN);
    REG32(MPU_RNR) = 7;
    REG32(MPU_RASR) = 0;
    dmb();
    REG32(MPU_CTRL) = MPU_CTRL_ENABLE;
    dsb();
    isb();

    expect_refused(code, "code can be written");
    expect_refused(__stack_limit, "the stack has no guard");
    if (*code != REG32(SRAM_ALIAS)) {
        system_fail("SRAM and its alias differ", REG32(SRAM_ALIAS));
    }
    trace("mpu: %u regions, writes to code and below the stack are refused\n",
          regions);
}
