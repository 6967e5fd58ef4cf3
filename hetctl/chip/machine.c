/*
 * What hetctl knows of QEMU's machines
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "chip/machine.h"

#include <string.h>

#define ARM_VIRT_RAM 0x40000000ULL
#define RISCV_VIRT_RAM 0x80000000ULL
#define MPS3R_RAM 0x20000000ULL
#define FOUR_GIB 0x100000000ULL

static const HetMachineRange het_m_used[] = {
    { 0xe0000000, 0x100000, "private peripheral bus (NVIC, SysTick, SCB)" },
    { 0, 0, NULL },
};

/* hw/arm/virt.c: base_memmap and a15irqmap of QEMU 10.0 */
static const HetMachineRange arm_virt_used[] = {
    { 0x00000000, 0x08000000, "flash" },
    { 0x08000000, 0x01000000, "interrupt controller" },
    { 0x09000000, 0x00001000, "UART" },
    { 0x09010000, 0x00001000, "RTC" },
    { 0x09020000, 0x00000018, "fw_cfg" },
    { 0x09030000, 0x00001000, "GPIO" },
    { 0x09040000, 0x00001000, "secure UART" },
    { 0x09050000, 0x00020000, "SMMU" },
    { 0x09070000, 0x00040000, "ACPI and paravirtualised time" },
    { 0x090b0000, 0x00001000, "secure GPIO" },
    { 0x0a000000, 0x00004000, "virtio transports" },
    { 0x0c000000, 0x02000000, "platform bus" },
    { 0x0e000000, 0x01000000, "secure memory" },
    { 0, 0, NULL },
};

static const HetMachineRange arm_virt_used_irqs[] = {
    { 1, 2, "UART and RTC" },
    { 3, 4, "PCI Express" },
    { 7, 3, "GPIO, secure UART and ACPI" },
    { 16, 32, "virtio transports" },
    { 74, 4, "SMMU" },
    { 112, 64, "platform bus" },
    { 0, 0, NULL },
};

/* hw/riscv/virt.c: virt_memmap and the enum of interrupts of QEMU 10.0 */
static const HetMachineRange riscv_virt_used[] = {
    { 0x00000000, 0x00010000, "debug and boot ROM" },
    { 0x00100000, 0x00002000, "test device and RTC" },
    { 0x02000000, 0x00010000, "CLINT" },
    { 0x02f00000, 0x00004000, "ACLINT" },
    { 0x03000000, 0x00011000, "PCI Express I/O and IOMMU" },
    { 0x04000000, 0x02000000, "platform bus" },
    { 0x0c000000, 0x04000000, "interrupt controller" },
    { 0x10000000, 0x00009000, "UART and virtio transports" },
    { 0x10100000, 0x00000018, "fw_cfg" },
    { 0x20000000, 0x04000000, "flash" },
    { 0x24000000, 0x08000000, "IMSIC" },
    { 0x30000000, 0x50000000, "PCI Express" },
    { 0, 0, NULL },
};

static const HetMachineRange riscv_virt_used_irqs[] = {
    { 1, 8, "virtio transports" },
    { 10, 2, "UART and RTC" },
    { 32, 8, "PCI Express and IOMMU" },
    { 64, 32, "platform bus" },
    { 0, 0, NULL },
};

/* hw/arm/mps3r.c of QEMU 10.0 */
static const HetMachineRange mps3r_used[] = {
    { 0xe0000000, 0x01000000, "devices" },
    { 0xe7c00000, 0x00002000, "core's UART and RAM" },
    { 0xf0000000, 0x00200000, "interrupt controller" },
    { 0, 0, NULL },
};

static const HetMachineRange mps3r_used_irqs[] = {
    { 0, 48, "devices" },
    { 0, 0, NULL },
};

/* hw/arm/het-a.c of the series */
static const HetMachinePlace het_a_places[] = {
    { "gic-dist", 0x08000000, 0x1000, FALSE, 2, "interrupt controller" },
    { "gic-cpu", 0x08010000, 0x2000, FALSE, 2, "interrupt controller" },
    { "gic-hyp", HET_MACHINE_NOWHERE, 0x1000, FALSE, 2,
      "interrupt controller" },
    { "gic-vcpu", HET_MACHINE_NOWHERE, 0x2000, FALSE, 2,
      "interrupt controller" },
    { "gic-dist", 0x08000000, 0x10000, FALSE, 3, "interrupt controller" },
    { "gic-redist", 0x080a0000, 0x20000, TRUE, 3, "interrupt controller" },
    { 0 },
};

static const HetMachineRange nothing_used[] = { { 0, 0, NULL } };

/*
 * Properties of the boards that change neither what is checked here nor a
 * file: see machine-option.c.
 */
#define OF_ALL_MACHINES "dump-guest-core", "mem-merge"

static const char *const het_m_options[] = {
    "num-irq", "num-prio-bits", "sysclk-frequency", "systick-calib",
    "vector-table", OF_ALL_MACHINES, NULL,
};

static const char *const arm_virt_options[] = {
    "acpi", "compact-highmem", "default-bus-bypass-iommu", "dtb-randomness",
    "gic-version", "highmem", "highmem-ecam", "highmem-mmio",
    "highmem-mmio-size", "highmem-redists", "iommu", "its", "mte", "ras",
    "secure", "virtualization", OF_ALL_MACHINES, NULL,
};

static const char *const riscv_virt_options[] = {
    "aclint", "acpi", "iommu-sys", OF_ALL_MACHINES, NULL,
};

static const char *const het_a_options[] = {
    "cntfrq", "gic-cpu", "gic-dist", "gic-hyp", "gic-redist", "gic-vcpu",
    "gic-version", "num-irq", "psci-conduit", "ram-base", "secure",
    "virtio-base", "virtio-count", "virtio-irq", "virtualization",
    OF_ALL_MACHINES, NULL,
};

static const char *const mps3r_options[] = { OF_ALL_MACHINES, NULL };

#define ARM_VIRT                                                    \
    .name = "virt", .cpu_prefix = "!cortex-m", .has_ram = TRUE,     \
    .ram_base = ARM_VIRT_RAM, .uarts = 2, .has_gic = TRUE,          \
    .has_overlay = TRUE, .takes_firmware = TRUE,                    \
    .options = arm_virt_options,                                    \
    .irq_input = "GIC SPI", .irq_count = 256,                       \
    .used = arm_virt_used, .used_irqs = arm_virt_used_irqs

#define RISCV_VIRT                                                  \
    .name = "virt", .cpu_prefix = "!cortex-", .has_ram = TRUE,      \
    .ram_base = RISCV_VIRT_RAM, .uarts = 1,                         \
    .has_overlay = TRUE, .takes_firmware = TRUE,                    \
    .wants_firmware = TRUE, .options = riscv_virt_options,          \
    .libvirt_has_no_cpus = TRUE,                                    \
    .irq_input = "PLIC source", .irq_first = 1, .irq_count = 96,    \
    .used = riscv_virt_used, .used_irqs = riscv_virt_used_irqs

#define HET_A                                                       \
    .name = "het-a", .cpu_prefix = "!cortex-m", .has_ram = TRUE,    \
    .ram_base = ARM_VIRT_RAM, .ram_option = "ram-base",             \
    .cpu_default = "cortex-a7", .has_gic = TRUE, .takes_dtb = TRUE, \
    .needs_kernel = TRUE, .options = het_a_options,                 \
    .irq_input = "GIC SPI", .irq_count = 256,                       \
    .irq_option = "num-irq", .irq_option_max = 960,                 \
    .used = nothing_used, .places = het_a_places

static const HetMachine machines[] = {
    {
        .arch = "armv7l", .name = "het-m", .cpu_prefix = "cortex-m",
        .needs_kernel = TRUE, .irq_input = "NVIC input", .irq_count = 240,
        .irq_option = "num-irq", .irq_option_max = 496,
        .options = het_m_options,
        .address_end = FOUR_GIB, .used = het_m_used,
    },
    { .arch = "armv7l", HET_A, .address_end = FOUR_GIB },
    { .arch = "armv7l", ARM_VIRT, .address_end = FOUR_GIB },
    {
        .arch = "armv7l", .name = "mps3-an536", .cpu_prefix = "cortex-r52",
        .has_ram = TRUE, .ram_base = MPS3R_RAM, .uarts = 6,
        .needs_kernel = TRUE, .irq_input = "GIC SPI", .irq_count = 96,
        .options = mps3r_options,
        .address_end = FOUR_GIB, .used = mps3r_used,
        .used_irqs = mps3r_used_irqs,
    },
    { .arch = "aarch64", HET_A, .capability_gone = "no-acpi" },
    { .arch = "aarch64", ARM_VIRT, .capability_gone = "no-acpi" },
    {
        .arch = "riscv32", RISCV_VIRT, .address_end = FOUR_GIB,
        .loader_align = 0x400000,
    },
    { .arch = "riscv64", RISCV_VIRT, .loader_align = 0x200000 },
};

const HetMachine *het_machine_find(const char *arch, const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(machines); i++) {
        if (g_str_equal(machines[i].arch, arch) &&
            g_str_equal(machines[i].name, name)) {
            return &machines[i];
        }
    }
    return NULL;
}

char *het_machine_list(void)
{
    GString *list = g_string_new(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(machines); i++) {
        g_string_append_printf(list, "%s%s/%s", i ? ", " : "",
                               machines[i].arch, machines[i].name);
    }
    return g_string_free(list, FALSE);
}

const HetMachineRange *het_machine_range_hit(const HetMachineRange *ranges,
                                             guint64 start, guint64 size)
{
    for (const HetMachineRange *r = ranges; r && r->what; r++) {
        if (start < r->start ? size > r->start - start
                             : start - r->start < r->size) {
            return r;
        }
    }
    return NULL;
}

gboolean het_machine_takes_cpu(const HetMachine *machine, const char *model)
{
    const char *prefix = machine->cpu_prefix;

    if (prefix[0] == '!') {
        return !g_str_has_prefix(model, prefix + 1);
    }
    return g_str_has_prefix(model, prefix);
}
