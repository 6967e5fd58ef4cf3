/*
 * The register blocks that a CMSIS-SVD file describes
 *
 * CMSIS-SVD description format 1.3: peripherals, address blocks, registers and
 * clusters with dim, derivedFrom, and what is inherited from outside (size,
 * resetValue).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "blocks/blocks-internal.h"

#include <libxml/parser.h>
#include <string.h>

#include "soc/xml.h"

#define DERIVED_MAX 16
/* A register has some ten, and a field of it as many. */
#define ELEMENTS_MAX 1000000

/* What an element inherits from those around it */
typedef struct {
    guint64 size;               /* bits */
    guint64 reset;
} Inherited;

typedef struct {
    HetBlocks *blocks;
    const char *source;
    GHashTable *peripherals;    /* name -> xmlNode */
    guint registers;
} Reader;

/* ---- elements ---- */

static char *child_text(const xmlNode *node, const char *name)
{
    const xmlNode *child = het_xml_child(node, name);

    return child ? het_xml_text(child) : NULL;
}

/* scaledNonNegativeInteger: 12, 0xc, #1100, with x for a bit that is open */
static gboolean parse_number(const char *text, guint64 *value)
{
    const char *p = *text == '+' ? text + 1 : text;
    g_autofree char *bits = NULL;

    if (*p == '#' || g_str_has_prefix(p, "0b")) {
        bits = g_strdup(p + (*p == '#' ? 1 : 2));
        g_strcanon(bits, "01", '0');
        return g_ascii_string_to_unsigned(bits, 2, 0, G_MAXUINT64, value,
                                          NULL);
    }
    return het_xml_number(p, G_MAXUINT64, value);
}

static guint64 child_number(const xmlNode *node, const char *name,
                            guint64 otherwise)
{
    g_autofree char *text = child_text(node, name);
    guint64 value;

    return text && parse_number(text, &value) ? value : otherwise;
}

static Inherited inherit(Inherited from, const xmlNode *node)
{
    return (Inherited) {
        .size = child_number(node, "size", from.size),
        .reset = child_number(node, "resetValue", from.reset),
    };
}

static xmlNode *find_named(const xmlNode *parent, const char *name)
{
    HET_XML_FOREACH(child, parent) {
        g_autofree char *text = child_text(child, "name");

        if (!g_strcmp0(text, name)) {
            return child;
        }
    }
    return NULL;
}

/* ---- registers ---- */

static gboolean add_registers(Reader *r, HetBlock *block,
                              const xmlNode *parent, Inherited from,
                              guint64 base, GError **error);

static gboolean add_one(Reader *r, HetBlock *block, const xmlNode *node,
                        Inherited from, guint64 offset, GError **error)
{
    g_autofree char *name = child_text(node, "name");

    if (++r->registers > HET_BLOCKS_REGISTERS_MAX) {
        return het_blocks_fail(error, r->source, "more than %d registers",
                               HET_BLOCKS_REGISTERS_MAX);
    }
    if (het_xml_is(node, "cluster")) {
        return add_registers(r, block, node, from, offset, error);
    }
    for (guint64 bit = 0; bit < from.size && bit < 64; bit += 32) {
        het_block_add_register(block, name, offset + bit / 8,
                               from.size - bit, from.reset >> bit);
    }
    return TRUE;
}

/* A register or cluster, which may be an array */
static gboolean add_array(Reader *r, HetBlock *block, const xmlNode *node,
                          Inherited from, guint64 base, GError **error)
{
    guint64 offset = base + child_number(node, "addressOffset", 0);
    guint64 count = child_number(node, "dim", 1);
    guint64 step = child_number(node, "dimIncrement", 4);

    for (guint64 i = 0; i < count; i++) {
        if (!add_one(r, block, node, from, offset + i * step, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* @parent: <registers> or <cluster> */
static gboolean add_registers(Reader *r, HetBlock *block,
                              const xmlNode *parent, Inherited from,
                              guint64 base, GError **error)
{
    HET_XML_FOREACH(child, parent) {
        g_autofree char *derived = het_xml_attr(child, "derivedFrom");
        const xmlNode *original = derived ? find_named(parent, derived)
                                          : NULL;
        Inherited own;

        if (!het_xml_is(child, "register") && !het_xml_is(child, "cluster")) {
            continue;
        }
        own = inherit(original ? inherit(from, original) : from, child);
        if (!add_array(r, block, child, own, base, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* ---- peripherals ---- */

static const xmlNode *original_of(const Reader *r, const xmlNode *peripheral)
{
    g_autofree char *name = het_xml_attr(peripheral, "derivedFrom");

    return name ? g_hash_table_lookup(r->peripherals, name) : NULL;
}

/* @name of @peripheral, or of what that is derived from */
static const xmlNode *find_child(const Reader *r, const xmlNode *peripheral,
                                 const char *name)
{
    for (int i = 0; peripheral && i < DERIVED_MAX; i++) {
        const xmlNode *child = het_xml_child(peripheral, name);

        if (child) {
            return child;
        }
        peripheral = original_of(r, peripheral);
    }
    return NULL;
}

/* From the first address block's start to the last one's end */
static guint64 block_size(const Reader *r, const xmlNode *peripheral)
{
    const xmlNode *first = find_child(r, peripheral, "addressBlock");
    guint64 size = 0;

    for (const xmlNode *node = first; node;
         node = xmlNextElementSibling((xmlNode *)node)) {
        if (het_xml_is(node, "addressBlock")) {
            guint64 offset = child_number(node, "offset", 0);
            guint64 end = offset + child_number(node, "size", 0);

            size = MAX(size, end >= offset ? end : 0);
        }
    }
    return size;
}

static void add_interrupts(HetBlock *block, const xmlNode *peripheral)
{
    HET_XML_FOREACH(child, peripheral) {
        g_autofree char *name = NULL;
        guint64 number;

        if (!het_xml_is(child, "interrupt")) {
            continue;
        }
        name = child_text(child, "name");
        number = child_number(child, "value", G_MAXUINT64);
        if (number != G_MAXUINT64) {
            het_block_note(block, "irq %" G_GUINT64_FORMAT " %s", number,
                           name ?: "");
        }
    }
}

/* The private peripheral bus of a Cortex-M is the core's. */
static gboolean is_of_core(guint64 address)
{
    return address >= 0xe0000000 && address < 0xe0100000;
}

static gboolean add_peripheral(Reader *r, const xmlNode *node,
                               Inherited from, GError **error)
{
    g_autofree char *name = child_text(node, "name");
    guint64 address = child_number(node, "baseAddress", G_MAXUINT64);
    const xmlNode *registers = find_child(r, node, "registers");
    HetBlock *block;

    if (!name || address == G_MAXUINT64) {
        return TRUE;
    }
    block = het_blocks_add(r->blocks, name, address, block_size(r, node));
    if (!block) {
        return het_blocks_fail(error, r->source, "more than %d blocks",
                               HET_BLOCKS_MAX);
    }
    if (is_of_core(address)) {
        block->left_out = g_strdup("it is the core's own");
    }
    add_interrupts(block, node);
    return !registers || block->left_out ||
           add_registers(r, block, registers, inherit(from, node), 0, error);
}

/* ---- the file ---- */

static const struct {
    const char *svd;
    const char *qemu;
} cpus[] = {
    { "CM0", "cortex-m0" }, { "CM0PLUS", "cortex-m0" },
    { "CM0+", "cortex-m0" }, { "CM3", "cortex-m3" },
    { "CM4", "cortex-m4" }, { "CM7", "cortex-m7" },
    { "CM33", "cortex-m33" }, { "CM55", "cortex-m55" },
    { "CA7", "cortex-a7" }, { "CA9", "cortex-a9" }, { "CA15", "cortex-a15" },
    { "CA53", "cortex-a53" }, { "CA57", "cortex-a57" },
    { "CA72", "cortex-a72" },
};

static void read_cpu(Reader *r, const xmlNode *device)
{
    const xmlNode *cpu = het_xml_child(device, "cpu");
    g_autofree char *name = cpu ? child_text(cpu, "name") : NULL;

    for (gsize i = 0; name && i < G_N_ELEMENTS(cpus); i++) {
        if (!strcmp(name, cpus[i].svd)) {
            r->blocks->cpu = g_strdup(cpus[i].qemu);
        }
    }
    if (cpu) {
        r->blocks->prio_bits = MIN(child_number(cpu, "nvicPrioBits", 0), 8);
        r->blocks->irqs = MIN(child_number(cpu, "deviceNumInterrupts", 0),
                              480);
    }
}

static gboolean read_device(Reader *r, const xmlNode *device, GError **error)
{
    const xmlNode *peripherals = het_xml_child(device, "peripherals");
    Inherited from = inherit((Inherited) { .size = 32 }, device);

    if (!het_xml_is(device, "device") || !peripherals) {
        return het_blocks_fail(error, r->source, "neither a flattened device "
                               "tree nor a CMSIS-SVD file");
    }
    r->blocks->title = child_text(device, "name");
    read_cpu(r, device);
    HET_XML_FOREACH(child, peripherals) {
        char *name = child_text(child, "name");

        if (name) {
            g_hash_table_insert(r->peripherals, name, child);
        }
    }
    HET_XML_FOREACH(child, peripherals) {
        if (het_xml_is(child, "peripheral") &&
            !add_peripheral(r, child, from, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean het_blocks_parse_svd(HetBlocks *blocks, const char *data, gsize len,
                              const char *source, GError **error)
{
    g_autoptr(GHashTable) peripherals =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Reader r = {
        .blocks = blocks, .source = source, .peripherals = peripherals,
    };
    g_autoptr(xmlDoc) doc = het_xml_parse_other(data, len, HET_BLOCKS_SIZE_MAX,
                                                ELEMENTS_MAX, source, error);

    return doc && read_device(&r, xmlDocGetRootElement(doc), error);
}
