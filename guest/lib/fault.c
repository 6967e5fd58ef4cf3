/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fault.h"
#include "cpu.h"
#include "trace.h"

extern char __text_start[], __text_end[];

static volatile bool guarded;
static volatile struct fault guard;

void fault_guard_begin(void)
{
    guard = (struct fault){ 0 };
    guarded = true;
    dsb();
}

struct fault fault_guard_end(void)
{
    dsb();
    guarded = false;
    return guard;
}

/* Weak: a core that knows lockup goes there. */
__attribute__((weak)) void fault_stop(void)
{
    irq_save();
    for (;;) {
        wfi();
    }
}

static void report(const struct fault *fault, uintptr_t caller)
{
    trace("exception %u: pc %08x lr %08x status %08x address %08x\n",
          (unsigned)fault->exception, (unsigned)fault->pc, (unsigned)caller,
          (unsigned)fault->status, (unsigned)fault->address);
}

uintptr_t fault_resume(const struct fault *fault, uintptr_t caller)
{
    if (!guarded || guard.exception) {
        report(fault, caller);
        fault_stop();
    }
    guard = *fault;
    if (fault->pc < (uintptr_t)__text_start ||
        fault->pc >= (uintptr_t)__text_end) {
        return caller;
    }
    return fault->pc + fault_insn_size(fault->pc);
}
