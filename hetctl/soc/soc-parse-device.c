/*
 * <device> and <stub> -> model
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/soc-parse.h"

static gboolean parse_numbers(const HetSocParser *p, HetDevice *device,
                              const xmlNode *node, GError **error)
{
    g_autofree char *serial = het_xml_attr(node, "serial");
    g_autofree char *clock = het_xml_attr(node, "clock-frequency");

    if (serial) {
        device->serial = g_ascii_strtoull(serial, NULL, 10);
    }
    if (clock) {
        device->clock_frequency = g_ascii_strtoull(clock, NULL, 10);
    }
    return het_xml_attr_u64_list(node, "address", device->addresses, error) &&
           het_xml_attr_u32_list(node, "irq", device->irqs, error);
}

static gboolean parse_device(const HetSocParser *p, HetProcessor *proc,
                             const xmlNode *node, GError **error)
{
    HetDevice *device = het_device_new(proc);

    device->name = het_xml_attr(node, "name");
    device->type = het_xml_attr(node, "type");
    device->at = het_xml_location(node);
    HET_XML_FOREACH(child, node) {
        HetOption *property = het_device_property_new(device);

        property->name = het_xml_attr(child, "name");
        property->value = het_xml_attr(child, "value");
        property->at = het_xml_location(child);
    }
    return parse_numbers(p, device, node, error);
}

static gboolean parse_follow(HetStubRegister *reg, const xmlNode *node,
                             GError **error)
{
    HetStubFollow *follow = het_stub_follow_new(reg);
    g_autofree char *inverted = het_xml_attr(node, "inverted");

    follow->at = het_xml_location(node);
    follow->inverted = !g_strcmp0(inverted, "yes");
    return het_xml_attr_u32(node, "bits", &follow->bits, NULL, error) &&
           het_xml_attr_u64(node, "offset", &follow->offset, NULL, error) &&
           het_xml_attr_u32(node, "source", &follow->source, NULL, error);
}

static gboolean parse_target(HetStubRegister *reg, const xmlNode *node,
                             const char *name, HetStubAction action,
                             GError **error)
{
    gboolean present = FALSE;
    guint64 target = 0;

    if (!het_xml_attr_u64(node, name, &target, &present, error)) {
        return FALSE;
    }
    if (!present) {
        return TRUE;
    }
    if (reg->action == HET_STUB_SETS && action == HET_STUB_CLEARS &&
        reg->target == target) {
        action = HET_STUB_SETS_CLEARS;
    } else if (reg->action != HET_STUB_NO_ACTION) {
        return het_xml_fail(error, node, "<register> can have one of 'sets', "
                            "'clears' and 'toggles', or 'sets' and 'clears' "
                            "of the same register");
    }
    reg->action = action;
    reg->target = target;
    return TRUE;
}

static gboolean parse_row(HetStubRegister *reg, const xmlNode *node,
                          GError **error)
{
    reg->count = 1;
    reg->step = HET_SOC_REGISTER_SIZE;
    return het_xml_attr_u64(node, "offset", &reg->offset, NULL, error) &&
           het_xml_attr_u32(node, "count", &reg->count, NULL, error) &&
           het_xml_attr_u64(node, "step", &reg->step, NULL, error);
}

static gboolean parse_register(const HetSocParser *p, HetStub *stub,
                               const xmlNode *node, GError **error)
{
    HetStubRegister *reg = het_stub_register_new(stub);

    reg->at = het_xml_location(node);
    if (!parse_row(reg, node, error) ||
        !het_xml_attr_u32(node, "value", &reg->value, &reg->has_value,
                          error) ||
        !het_xml_attr_u32(node, "store", &reg->store, NULL, error) ||
        !het_xml_attr_u32(node, "write-1-clear", &reg->write_1_clear, NULL,
                          error) ||
        !parse_target(reg, node, "sets", HET_STUB_SETS, error) ||
        !parse_target(reg, node, "clears", HET_STUB_CLEARS, error) ||
        !parse_target(reg, node, "toggles", HET_STUB_TOGGLES, error)) {
        return FALSE;
    }
    HET_XML_FOREACH(child, node) {
        if (!parse_follow(reg, child, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean parse_stub(const HetSocParser *p, HetProcessor *proc,
                           const xmlNode *node, GError **error)
{
    HetStub *stub = het_stub_new(proc);

    stub->name = het_xml_attr(node, "name");
    stub->at = het_xml_location(node);
    if (!het_xml_attr_u64(node, "address", &stub->address, NULL, error) ||
        !het_xml_attr_u64(node, "size", &stub->size, NULL, error)) {
        return FALSE;
    }
    HET_XML_FOREACH(child, node) {
        if (!parse_register(p, stub, child, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean het_soc_parse_devices(const HetSocParser *p, HetProcessor *proc,
                               const xmlNode *node, GError **error)
{
    HET_XML_FOREACH(child, node) {
        if ((het_xml_is(child, "device") &&
             !parse_device(p, proc, child, error)) ||
            (het_xml_is(child, "stub") &&
             !parse_stub(p, proc, child, error))) {
            return FALSE;
        }
    }
    return TRUE;
}
