/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "probe.h"
#include "cpu.h"

struct fault probe_load(uint32_t addr, uint32_t size, uint32_t *value)
{
    volatile void *p = (volatile void *)(uintptr_t)addr;
    struct fault fault;

    fault_guard_begin();
    switch (size) {
    case 1:
        *value = *(volatile uint8_t *)p;
        break;
    case 2:
        *value = *(volatile uint16_t *)p;
        break;
    default:
        *value = *(volatile uint32_t *)p;
        break;
    }
    fault = fault_guard_end();
    if (fault.exception) {
        *value = 0;
    }
    return fault;
}

struct fault probe_store(uint32_t addr, uint32_t size, uint32_t value)
{
    volatile void *p = (volatile void *)(uintptr_t)addr;

    fault_guard_begin();
    switch (size) {
    case 1:
        *(volatile uint8_t *)p = value;
        break;
    case 2:
        *(volatile uint16_t *)p = value;
        break;
    default:
        *(volatile uint32_t *)p = value;
        break;
    }
    return fault_guard_end();
}

struct fault probe_fetch(uint32_t addr)
{
    void (*code)(void) = (void (*)(void))code_address(addr);

    fault_guard_begin();
    code();
    return fault_guard_end();
}
