/*
 * Which properties of QEMU's machines an <option> may set
 *
 * What is checked and what is run must be the same, and looking at a SoC must
 * change nothing: so these are known by name, and what QEMU may get besides
 * in a later version is not taken unseen.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "chip/machine-option.h"

/* Of hw/core/machine.c and the boards of QEMU 10.0; accel is -accel's. */
static const struct {
    const char *name;
    const char *why;
} refused[] = {
    { "accel", "hetctl chooses the accelerator" },
    { "aia", "interrupt numbers are the PLIC's, which it would replace" },
    { "aia-guests", "interrupt numbers are the PLIC's, which goes with it" },
    { "append", "<cmdline> is for it" },
    { "audiodev", "<devices> is for it" },
    { "aux-ram-share", "only windows are shared" },
    { "boot", "what is started first, <os> says" },
    { "confidential-guest-support", "windows are shared memory" },
    { "dt-compatible", "it hides from software what the machine is" },
    { "dtb", "it names a file: the device tree is the machine's, or the "
      "<dtb> of a slave" },
    { "dtb-overlay", "it names a file: hetctl writes the overlay" },
    { "dumpdtb", "it writes a file" },
    { "firmware", "it names a file: <loader> is for it" },
    { "initrd", "it names a file: <initrd> is for it" },
    { "kernel", "it names a file: <kernel> is for it" },
    { "kernel-irqchip", "hetctl chooses the accelerator" },
    { "memory", "the <map> at the RAM's address is for it" },
    { "memory-backend", "the <map> at the RAM's address is for it" },
    { "memory-encryption", "windows are shared memory" },
    { "nvdimm", "memories are <memory> and <map>" },
    { "pflash0", "<devices> is for it" },
    { "pflash1", "<devices> is for it" },
    { "shim", "it names a file" },
    { "smp", "<vcpu> is for it" },
    { "smp-cache", "<vcpu> is for it" },
    { "type", "<type machine=> is for it" },
    { "usb", "<devices> is for it" },
};

static const char *why_refused(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        if (g_str_equal(refused[i].name, name)) {
            return refused[i].why;
        }
    }
    return NULL;
}

char *het_machine_option_refusal(const HetMachine *machine, const char *name)
{
    const char *why = why_refused(name);
    g_autofree char *known = NULL;

    if (why) {
        return g_strdup(why);
    }
    if (g_strv_contains(machine->options, name)) {
        return NULL;
    }
    known = g_strjoinv(", ", (char **)machine->options);
    return g_strdup_printf("machine '%s' of architecture '%s' takes %s",
                           machine->name, machine->arch,
                           *known ? known : "none");
}
