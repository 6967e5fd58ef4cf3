/*
 * The JSON values of -device for <device>, <stub> and <remoteproc>
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/qemu-place.h"
#include "util/output.h"

static JsonBuilder *begin(const char *driver, const char *id)
{
    JsonBuilder *b = json_builder_new();

    json_builder_begin_object(b);
    het_json_add_string(b, "driver", driver);
    het_json_add_string(b, "id", id);
    return b;
}

static char *end(JsonBuilder *b)
{
    g_autoptr(JsonNode) root = NULL;

    json_builder_end_object(b);
    root = json_builder_get_root(b);
    return json_to_string(root, FALSE);
}

static void add_addresses(JsonBuilder *b, const HetDevice *device)
{
    json_builder_set_member_name(b, "addrs");
    json_builder_begin_array(b);
    for (guint i = 0; i < device->addresses->len; i++) {
        json_builder_add_int_value(b, g_array_index(device->addresses,
                                                    guint64, i));
    }
    json_builder_end_array(b);
}

static void add_irqs(JsonBuilder *b, const HetDevice *device)
{
    if (!device->irqs->len) {
        return;
    }
    json_builder_set_member_name(b, "irqs");
    json_builder_begin_array(b);
    for (guint i = 0; i < device->irqs->len; i++) {
        json_builder_add_int_value(b, g_array_index(device->irqs, guint32,
                                                    i));
    }
    json_builder_end_array(b);
}

static void add_properties(JsonBuilder *b, const HetDevice *device)
{
    if (device->serial < 0 && !device->properties->len) {
        return;
    }
    json_builder_set_member_name(b, "properties");
    json_builder_begin_object(b);
    if (device->serial >= 0) {
        g_autofree char *chardev = g_strdup_printf("charserial%d",
                                                   device->serial);

        het_json_add_string(b, "chardev", chardev);
    }
    for (guint i = 0; i < device->properties->len; i++) {
        const HetOption *property = device->properties->pdata[i];

        het_json_add_string(b, property->name, property->value);
    }
    json_builder_end_object(b);
}

char *het_qemu_place_device(const HetDevice *device)
{
    g_autoptr(JsonBuilder) b = begin("sysbus-place", device->name);

    het_json_add_string(b, "device-type", device->type);
    add_addresses(b, device);
    add_irqs(b, device);
    add_properties(b, device);
    if (device->clock_frequency) {
        het_json_add_uint(b, "clock-frequency", device->clock_frequency);
    }
    return end(b);
}

/* Without a stub below as before: domains that are defined stay as they are. */
static char *place_remoteproc_alone(const HetRemoteproc *r)
{
    GString *s = g_string_new(r->model->device);

    g_string_append_printf(s, ",idm=%s,peer=%s,addr=0x%" G_GINT64_MODIFIER
                           "x", r->mailbox, r->slave, r->address);
    if (r->has_irq) {
        g_string_append_printf(s, ",irq=%u", r->irq);
    }
    if (r->has_backup) {
        g_string_append_printf(s, ",backup-addr=0x%" G_GINT64_MODIFIER "x",
                               r->backup);
    }
    return g_string_free(s, FALSE);
}

/* What has a stub below comes after that: the JSON form is made last. */
char *het_qemu_place_remoteproc(const HetRemoteproc *r)
{
    g_autoptr(JsonBuilder) b = NULL;

    if (!r->stub) {
        return place_remoteproc_alone(r);
    }
    b = json_builder_new();
    json_builder_begin_object(b);
    het_json_add_string(b, "driver", r->model->device);
    het_json_add_string(b, "idm", r->mailbox);
    het_json_add_string(b, "peer", r->slave);
    het_json_add_uint(b, "addr", r->address);
    if (r->has_irq) {
        het_json_add_uint(b, "irq", r->irq);
    }
    het_json_add_string(b, "stub", r->stub);
    if (r->has_backup) {
        het_json_add_uint(b, "backup-addr", r->backup);
    }
    return end(b);
}

static void add_values(JsonBuilder *b, const GArray *words)
{
    json_builder_set_member_name(b, "offsets");
    json_builder_begin_array(b);
    for (guint i = 0; i < words->len; i++) {
        json_builder_add_int_value(b, g_array_index(words, HetStubWord,
                                                    i).offset);
    }
    json_builder_end_array(b);
    json_builder_set_member_name(b, "values");
    json_builder_begin_array(b);
    for (guint i = 0; i < words->len; i++) {
        json_builder_add_int_value(b, g_array_index(words, HetStubWord,
                                                    i).reg->value);
    }
    json_builder_end_array(b);
}

static void add_follows(JsonBuilder *b, const HetStubWord *word)
{
    const GPtrArray *follows = word->reg->follows;

    if (!follows->len) {
        return;
    }
    json_builder_set_member_name(b, "follows");
    json_builder_begin_array(b);
    for (guint i = 0; i < follows->len; i++) {
        const HetStubFollow *follow = follows->pdata[i];

        json_builder_begin_object(b);
        het_json_add_uint(b, "bits", follow->bits);
        het_json_add_uint(b, "offset", follow->offset + word->moved);
        het_json_add_uint(b, "source", follow->source);
        if (follow->inverted) {
            het_json_add_bool(b, "inverted", TRUE);
        }
        json_builder_end_object(b);
    }
    json_builder_end_array(b);
}

static void add_action(JsonBuilder *b, const HetStubWord *word)
{
    HetStubAction action = word->reg->action;
    guint64 target = word->reg->target + word->moved;

    if (action == HET_STUB_SETS || action == HET_STUB_SETS_CLEARS) {
        het_json_add_uint(b, "sets", target);
    }
    if (action == HET_STUB_CLEARS || action == HET_STUB_SETS_CLEARS) {
        het_json_add_uint(b, "clears", target);
    }
    if (action == HET_STUB_TOGGLES) {
        het_json_add_uint(b, "toggles", target);
    }
}

static void add_register(JsonBuilder *b, const HetStubWord *word)
{
    const HetStubRegister *reg = word->reg;

    json_builder_begin_object(b);
    het_json_add_uint(b, "offset", word->offset);
    if (reg->has_value) {
        het_json_add_uint(b, "value", reg->value);
    }
    if (reg->store) {
        het_json_add_uint(b, "store", reg->store);
    }
    if (reg->write_1_clear) {
        het_json_add_uint(b, "write-1-clear", reg->write_1_clear);
    }
    add_action(b, word);
    add_follows(b, word);
    json_builder_end_object(b);
}

static void add_rules(JsonBuilder *b, const GArray *words)
{
    json_builder_set_member_name(b, "registers");
    json_builder_begin_array(b);
    for (guint i = 0; i < words->len; i++) {
        add_register(b, &g_array_index(words, HetStubWord, i));
    }
    json_builder_end_array(b);
}

char *het_qemu_place_stub(const HetStub *stub)
{
    g_autoptr(JsonBuilder) b = begin("mmio-stub", stub->name);
    g_autoptr(GArray) words = het_stub_words(stub);

    het_json_add_uint(b, "addr", stub->address);
    het_json_add_uint(b, "size", stub->size);
    if (het_stub_has_rules(stub)) {
        add_rules(b, words);
    } else if (words->len) {
        add_values(b, words);
    }
    return end(b);
}
