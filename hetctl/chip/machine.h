/*
 * What hetctl knows of QEMU's machines. A new machine is a row of the table
 * in machine.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_MACHINE_H
#define HET_MACHINE_H

#include <glib.h>

/* Addresses or interrupt inputs that the machine itself uses. */
typedef struct {
    guint64 start;
    guint64 size;
    const char *what;
} HetMachineRange;

/* Registers that lie where a property of the machine says */
typedef struct {
    const char *option;
    guint64 otherwise;          /* without the option; or HET_MACHINE_NOWHERE */
    guint64 size;
    gboolean per_core;          /* @size is of each core's */
    guint gic_version;          /* of which it is a part */
    const char *what;
} HetMachinePlace;

#define HET_MACHINE_NOWHERE G_MAXUINT64

typedef struct {
    const char *arch;           /* libvirt's name */
    const char *name;
    const char *cpu_prefix;     /* models start with it, or not with '!' */
    gboolean has_ram;
    guint64 ram_base;           /* with has_ram, unless ram_option says */
    const char *ram_option;     /* machine property that moves the RAM */
    const char *cpu_default;    /* with takes_dtb: the model without <cpu> */
    guint uarts;                /* that take the first serials */
    gboolean has_gic;           /* interrupts in its device tree: 0 n type */
    gboolean has_overlay;       /* makes a device tree, takes dtb-overlay= */
    gboolean takes_dtb;         /* as master: that of a board */
    const char *capability_gone;    /* libvirt 9 believes in it, QEMU 10
                                       does not have it; NULL: none */
    gboolean libvirt_has_no_cpus;   /* knows no CPU model of the
                                       architecture */
    gboolean takes_firmware;    /* as master: the <loader> */
    gboolean wants_firmware;    /* unless told otherwise: we have none */
    gboolean needs_kernel;      /* as master: nothing else to boot from */
    guint64 loader_align;       /* of a kernel behind a <loader>; 0: a slave
                                   takes none */
    const char *irq_input;      /* what an interrupt number counts */
    guint irq_first;
    guint irq_count;            /* first number past the last input */
    const char *irq_option;     /* machine property that changes irq_count */
    guint irq_option_max;
    const char *const *options; /* properties that an <option> may set */
    guint64 address_end;        /* 0: 64 bits */
    const HetMachineRange *used;        /* ends with what == NULL */
    const HetMachinePlace *places;      /* ends with option == NULL */
    const HetMachineRange *used_irqs;   /* ends with what == NULL */
} HetMachine;

/* What all of QEMU's machines have without saying so */
#define HET_MACHINE_GIC_VERSION 2

/* NULL if hetctl does not know the pair. */
const HetMachine *het_machine_find(const char *arch, const char *name);

/* "armv7l/het-m, armv7l/virt, ..." for error messages. */
char *het_machine_list(void);

/* The first of @ranges that [start, start + size) touches, or NULL. */
const HetMachineRange *het_machine_range_hit(const HetMachineRange *ranges,
                                             guint64 start, guint64 size);

/* Is @model a CPU that @machine can have? */
gboolean het_machine_takes_cpu(const HetMachine *machine, const char *model);

/*
 * The PCI Express host bridge of arm virt. Its windows are free for maps and
 * devices; the overlay then disables the bridge.
 */
#define HET_ARM_VIRT_PCIE_NODE "/pcie@10000000"
#define HET_ARM_VIRT_PCIE_START 0x10000000ULL
#define HET_ARM_VIRT_PCIE_SIZE 0x30000000ULL

#endif
