/*
 * The machine of a processor, as its <option>s make it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SOC_MACHINE_H
#define HET_SOC_MACHINE_H

#include "chip/machine.h"
#include "soc/soc.h"

/* NULL if hetctl does not know it, which validation finds. */
const HetMachine *het_processor_machine(const HetProcessor *proc);

/* FALSE: there is no such <option>, or it is no number. */
gboolean het_processor_option(const HetProcessor *proc, const char *name,
                              guint64 *value);

/* Where the machine has its RAM: G_MAXUINT64 if it has none. */
guint64 het_processor_ram_base(const HetProcessor *proc);

/* Bytes of the window that is its RAM; 0: none is. */
guint64 het_processor_ram_size(const HetSoc *soc, const HetProcessor *proc);

/*
 * Is there something to say about accesses that find nothing? On the machines
 * that come with a board of their own that is QEMU's affair.
 */
gboolean het_processor_has_unassigned(const HetProcessor *proc);

/*
 * Is a kernel that unpacks itself, a zImage, unpacked before it is started?
 * Its own code takes the beginning of the 128 MiB that it is in for that of the
 * RAM (Linux, arch/arm/boot/compressed/head.S).
 */
#define HET_ZIMAGE_ALIGN (128 << 20)
gboolean het_processor_unpacks_kernel(const HetProcessor *proc);

/* HetMachineRange: addresses that the machine itself uses. */
GArray *het_processor_used(const HetProcessor *proc);

/*
 * Virtio transports of machine het-a: @n of them, each of
 * HET_VIRTIO_SIZE bytes from @address on, with interrupts from @irq on.
 */
#define HET_VIRTIO_SIZE 0x200
#define HET_VIRTIO_MAX 32

typedef struct {
    guint64 n;
    guint64 address;
    guint64 irq;
} HetVirtio;

HetVirtio het_processor_virtio(const HetProcessor *proc);

#endif
