/*
 * The model of a SoC: what the SoC XML says, one struct per element
 *
 *   g_autoptr(HetSoc) soc = het_soc_parse_file(path, &error);
 *   if (!soc || !het_soc_validate(soc, 0, &error)) ...
 *
 * Parse, validate and format are separate. Parsing checks the schema
 * (schemas/soc.rng) and syntax of values; validation checks what a schema
 * cannot say. References between elements are names until looked up with the
 * het_soc_find_* functions; after a successful het_soc_validate() none of
 * these lookups fails for a name that the model holds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SOC_H
#define HET_SOC_H

#include <glib.h>

#include "chip/idm-model.h"
#include "chip/remoteproc-model.h"
#include "soc/soc-cputune.h"
#include "soc/xml-location.h"

#define HET_SOC_NAMESPACE "urn:hetctl:soc:1"

#define HET_SOC_NAME_MAX 32
/* Ids that every slave's emulator has for itself */
#define HET_SOC_UNASSIGNED_ID "unassigned"
#define HET_SOC_BOOT_ID "slave-boot"
#define HET_SOC_SLAVES_MAX 16
#define HET_SOC_PAGE_SIZE 0x1000
/* Bytes of a register of a stub */
#define HET_SOC_REGISTER_SIZE 4
/* Each memory starts at a multiple of this in the segment. */
#define HET_SOC_SEGMENT_ALIGN 0x200000

typedef enum {
    HET_BOOT_CONTROL_HOST,      /* hetctl boot (slave-boot) */
    HET_BOOT_CONTROL_GUEST,     /* the master's software, over an IDM */
} HetBootControl;

typedef enum {
    HET_BOOT_ATTACH_START,      /* hetctl start attaches the windows */
    HET_BOOT_ATTACH_REQUEST,    /* hetctl watch does, at each boot request */
} HetBootAttach;

/* When the slave's process is gone; by hetctl watch */
typedef enum {
    HET_ON_CRASH_RESTART,
    HET_ON_CRASH_PRESERVE,
    HET_ON_CRASH_DESTROY,       /* the whole SoC */
} HetOnCrash;

/* When the slave's software resets its machine, or powers it off */
typedef enum {
    HET_SELF_ACTION_CRASH,      /* the master is told */
    HET_SELF_ACTION_HOLD,
    HET_SELF_ACTION_RESTART,
    HET_SELF_ACTION_DESTROY,    /* its process ends */
} HetSelfAction;

/* <memory name='sram' unit='KiB' [reserve='yes']>384</memory> */
typedef struct {
    char *name;
    guint64 size;               /* bytes */
    gboolean is_reserved;       /* else it takes what is used of it */
    HetXmlLocation at;
} HetMemory;

/* <map memory='sram' address='0x10000000' [offset='0'] [size='0x60000']/> */
typedef struct {
    char *memory;
    guint64 address;            /* as the processor sees it */
    guint64 offset;             /* into the memory */
    guint64 size;               /* 0: to the end of the memory */
    HetXmlLocation at;
} HetMap;

/*
 * <option name='num-irq' value='150'/> of <os>: a property of the machine.
 * <property name= value=/> of <device>: a property of the device.
 */
typedef struct {
    char *name;
    char *value;
    HetXmlLocation at;
} HetOption;

/* <overlay>my.dtbo</overlay> of the master's <os> */
typedef struct {
    char *path;                 /* absolute */
    HetXmlLocation at;
} HetOverlayFile;

/* <firmware name='my.elf'>build/my.elf</firmware> of the master's <os> */
typedef struct {
    char *name;                 /* in Linux' /lib/firmware */
    char *path;                 /* absolute */
    HetXmlLocation at;
} HetFirmwareFile;

/* <device name='usart3' type='stm32l4x5-usart' address='0x4000f000' ...> */
typedef struct {
    char *name;
    char *type;                 /* QEMU's name of a sysbus device */
    GArray *addresses;          /* guint64: of its MMIO regions 0, 1, ... */
    GArray *irqs;               /* guint32: where its outputs 0, 1, ... go */
    gint serial;                /* n-th <serial> of the processor; -1: none */
    guint64 clock_frequency;    /* Hz; 0: what the type does by itself */
    GPtrArray *properties;      /* HetOption */
    HetXmlLocation at;
} HetDevice;

/* <follows bits='0x2' offset='0x80' source='0x1' inverted='yes'/> */
typedef struct {
    guint32 bits;
    guint64 offset;             /* of the register that has the source */
    guint32 source;
    gboolean inverted;
    HetXmlLocation at;
} HetStubFollow;

/* What a write to a register does to another one, or to itself */
typedef enum {
    HET_STUB_NO_ACTION,
    HET_STUB_SETS,
    HET_STUB_CLEARS,
    HET_STUB_SETS_CLEARS,       /* bits 0 to 15, bits 16 to 31 */
    HET_STUB_TOGGLES,
} HetStubAction;

/* <register offset='0x4' value='0x1' store='0xffffffff'/> */
typedef struct {
    guint64 offset;
    guint count;                /* registers; what @offset, @target and */
    guint64 step;               /* @follows name moves on by @step bytes */
    gboolean has_value;
    guint32 value;
    guint32 store;              /* bits that keep what is written */
    guint32 write_1_clear;      /* bits that a written 1 clears */
    HetStubAction action;
    guint64 target;             /* offset, valid with an action */
    GPtrArray *follows;         /* HetStubFollow */
    HetXmlLocation at;
} HetStubRegister;

/* One of the words that a <register> stands for */
typedef struct {
    const HetStubRegister *reg;
    guint64 offset;
    guint64 moved;              /* by which it is after the first one */
} HetStubWord;

/* <stub name='rcc' address='0x50000000' size='0x1000'> */
typedef struct {
    char *name;
    guint64 address;
    guint64 size;
    GPtrArray *registers;       /* HetStubRegister: others read 0 */
    HetXmlLocation at;
} HetStub;

/* <master> or <slave> */
typedef struct {
    char *name;
    gboolean is_master;
    char *arch;                 /* libvirt's names: armv7l, aarch64, ... */
    char *machine;
    GPtrArray *options;         /* HetOption */
    char *loader;               /* absolute, or NULL */
    char *kernel;               /* absolute, or NULL */
    gboolean keeps_kernel;      /* <kernel unpack='no'> */
    char *initrd;               /* absolute, or NULL */
    char *cmdline;              /* or NULL */
    char *dtb_file;             /* <dtb>: absolute, or NULL */
    GPtrArray *overlays;        /* HetOverlayFile: put over the <dtb> */
    GPtrArray *firmware;        /* HetFirmwareFile */
    HetXmlLocation loader_at;
    HetXmlLocation kernel_at;
    HetXmlLocation initrd_at;
    HetXmlLocation dtb_file_at;
    char *cpu_model;            /* or NULL: the machine's default */
    guint vcpus;
    HetCputune *cputune;        /* or NULL */
    char *emulator;             /* absolute, or NULL: the default */
    HetXmlLocation emulator_at;
    HetBootControl boot_control;
    HetXmlLocation boot_at;           /* <boot>, if there is one */
    HetBootAttach boot_attach;
    gboolean has_entry;
    guint64 entry;              /* <boot entry=>, valid with has_entry; see
                                   het_soc_start_address() */
    gboolean has_dtb;
    guint64 dtb;                /* <boot dtb=>, valid with has_dtb */
    guint answer_timeout;       /* ms; 0: off */
    HetOnCrash on_crash;
    HetSelfAction on_reboot;
    HetSelfAction on_poweroff;
    GPtrArray *maps;            /* HetMap */
    GPtrArray *devices;         /* HetDevice */
    GPtrArray *stubs;           /* HetStub */
    char *features_xml;         /* the content of <features>, or NULL */
    char *devices_xml;          /* the content of <devices>, or NULL */
    guint serials;              /* serial ports that libvirt makes of it */
    HetXmlLocation at;
} HetProcessor;

/* <endpoint processor='a7' address='0x0b000000' irqs='100 101'/> */
typedef struct {
    char *processor;
    guint64 address;
    GArray *irqs;               /* guint32, inputs of the irq controller */
    HetXmlLocation at;
} HetEndpoint;

/* <idm name='ipcc' model='stm32-ipcc' channels='6'> */
typedef struct {
    char *name;
    const HetIdmModel *model;
    guint channels;
    GPtrArray *endpoints;       /* HetEndpoint, XML order */
    HetXmlLocation at;
} HetIdm;

/* <region name='vdev0vring0' memory='sram' offset='0x40000' size='0x1000'/> */
typedef struct {
    char *name;
    char *memory;
    guint64 offset;
    guint64 size;
    gboolean has_address;
    guint64 address;            /* which of the master's views; optional */
    HetXmlLocation at;
} HetRegion;

/*
 * <remoteproc slave='m4' model='stm32mp1' mailbox='ipcc' address= irq=
 *             [stub='rcc'] [backup=]>
 */
typedef struct {
    char *slave;
    const HetRemoteprocModel *model;
    char *mailbox;
    guint64 address;
    gboolean has_irq;
    guint32 irq;
    char *stub;                 /* <stub> for the rest of the block; or NULL */
    gboolean has_backup;
    guint64 backup;             /* of two words: resource table, state */
    GPtrArray *regions;         /* HetRegion */
    HetXmlLocation at;
} HetRemoteproc;

/* <soc> */
typedef struct {
    gatomicrefcount refs;
    char *name;
    char *uuid;                 /* of the master's domain, or NULL */
    char *description;          /* or NULL */
    GPtrArray *memories;        /* HetMemory, in the segment's order */
    HetProcessor *master;       /* never NULL after parsing */
    GPtrArray *slaves;          /* HetProcessor */
    GPtrArray *idms;            /* HetIdm */
    GPtrArray *remoteprocs;     /* HetRemoteproc */
    GPtrArray *sources;         /* absolute paths of the files it was in */
    HetXmlLocation at;
} HetSoc;

/*
 * A piece of a memory that one processor maps, once or several times. It is
 * one backend object in that processor's QEMU:
 * slave-attach-memory(id, fdname, segment_offset, size).
 */
typedef struct {
    char *id;                   /* id of the backend object */
    const HetMemory *memory;
    guint64 offset;             /* into the memory */
    guint64 segment_offset;     /* into the segment */
    guint64 size;
    GArray *addresses;          /* guint64: where the processor sees it */
} HetWindow;

/* A link of an IDM: two endpoints. Side a makes the state page. */
typedef struct {
    const HetIdm *idm;
    const HetEndpoint *a;
    const HetEndpoint *b;
} HetLink;

typedef enum {
    /* Don't look whether kernel, initrd and emulator exist. */
    HET_SOC_VALIDATE_NO_FILES = 1 << 0,
} HetSocValidateFlags;

/*
 * @base: folder that relative paths start from (NULL: the current one).
 * @source: file name for messages. Only a file may include others.
 * Errors: HET_ERROR_XML, or HET_ERROR_NOT_FOUND when there is no such file.
 * That of a string may be shared by all who have parsed the same: it is not to
 * be changed.
 */
HetSoc *het_soc_parse_file(const char *path, GError **error);
HetSoc *het_soc_parse_string(const char *xml, gssize len, const char *base,
                             const char *source, GError **error);
gboolean het_soc_validate(const HetSoc *soc, HetSocValidateFlags flags,
                          GError **error);
/* The whole <soc> as XML text; paths are absolute. */
char *het_soc_format(const HetSoc *soc);
/*
 * The same under another name: what has to be its own, the UUID and the MAC
 * addresses, is left out, and made anew by who defines it.
 */
char *het_soc_format_other(const HetSoc *soc, const char *name);
HetSoc *het_soc_ref(HetSoc *soc);
void het_soc_free(HetSoc *soc);

const HetMemory *het_soc_find_memory(const HetSoc *soc, const char *name);
const HetIdm *het_soc_find_idm(const HetSoc *soc, const char *name);
/* Master or slave. */
const HetProcessor *het_soc_find_processor(const HetSoc *soc,
                                           const char *name);
const HetStub *het_processor_find_stub(const HetProcessor *proc,
                                       const char *name);
/* The <remoteproc> of a slave, or NULL. */
const HetRemoteproc *het_soc_find_remoteproc(const HetSoc *soc,
                                             const char *slave);
const HetEndpoint *het_idm_find_endpoint(const HetIdm *idm,
                                         const char *processor);
/* The IDM over which the master boots @slave, NULL with control='host'. */
const HetIdm *het_soc_find_boot_idm(const HetSoc *soc,
                                    const HetProcessor *slave);

/* "SOC.PROC", the name of a processor's libvirt domain. */
char *het_soc_domain_name(const HetSoc *soc, const HetProcessor *proc);

/*
 * Where the core of a slave starts, valid with has_entry. With a <loader>,
 * <boot entry=> is the kernel's, and the core starts in the page before.
 */
guint64 het_soc_start_address(const HetProcessor *slave);

/* Bytes that the shared memory segment of the SoC has. */
guint64 het_soc_segment_size(const HetSoc *soc);
/* Where @memory starts in the segment. */
guint64 het_soc_memory_offset(const HetSoc *soc, const HetMemory *memory);
/* Bytes that @map covers: its size, or what is left of its memory. */
guint64 het_soc_map_size(const HetSoc *soc, const HetMap *map);

/* HetStubWord; the counts and steps of a validated stub have been checked. */
GArray *het_stub_words(const HetStub *stub);
/* Whether a register does more than to read a value */
gboolean het_stub_has_rules(const HetStub *stub);

/* HetWindow, in the order of the processor's first map of each. */
GPtrArray *het_soc_get_windows(const HetSoc *soc, const HetProcessor *proc);
/* HetLink, in XML order; every pair of endpoints of every IDM. */
GPtrArray *het_soc_get_links(const HetSoc *soc);

const char *het_boot_control_to_string(HetBootControl control);
const char *het_boot_attach_to_string(HetBootAttach attach);
const char *het_on_crash_to_string(HetOnCrash on_crash);
const char *het_self_action_to_string(HetSelfAction action);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetSoc, het_soc_free)

#endif
