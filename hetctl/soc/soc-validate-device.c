/*
 * <device> and <stub>: names, places, interrupts, character devices
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "chip/device-refusal.h"
#include "soc/soc-validate.h"
#include "soc/soc-view.h"

#define WORD HET_SOC_REGISTER_SIZE
#define DEVICES_MAX 256
#define STUBS_MAX 256
#define REGIONS_MAX 32          /* of a sysbus device of QEMU */
/* Addresses go to the emulator as signed numbers. */
#define ADDRESS_END G_GUINT64_CONSTANT(0x8000000000000000)

gboolean het_soc_validate_address(guint64 address, HetXmlLocation at,
                                  const char *kind, const char *name,
                                  GError **error)
{
    if (address % WORD) {
        return FAIL(at, "%s '%s' at " X64 " is not aligned to %d", kind,
                    name, address, WORD);
    }
    if (address >= ADDRESS_END) {
        return FAIL(at, "%s '%s' at " X64 " is not below " X64, kind, name,
                    address, ADDRESS_END);
    }
    return TRUE;
}

/* How large its regions are, only the emulator knows. */
static gboolean add_addresses(HetView *v, const HetDevice *d, GError **error)
{
    if (d->addresses->len > REGIONS_MAX) {
        return FAIL(d->at, "device '%s' has %u addresses, at most %d are "
                    "allowed", d->name, d->addresses->len, REGIONS_MAX);
    }
    for (guint i = 0; i < d->addresses->len; i++) {
        guint64 address = g_array_index(d->addresses, guint64, i);

        if (!het_soc_validate_address(address, d->at, "device", d->name,
                                      error) ||
            !het_view_add_extent(v, address, WORD, d->at, "device", d->name,
                                 error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean add_irqs(HetView *v, const HetDevice *d, GError **error)
{
    for (guint i = 0; i < d->irqs->len; i++) {
        if (!het_view_add_irq(v, g_array_index(d->irqs, guint32, i), d->at,
                              "device", d->name, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean check_serial_free(const HetView *v, const HetDevice *d,
                                  GError **error)
{
    for (guint i = 0; v->proc->devices->pdata[i] != d; i++) {
        const HetDevice *o = v->proc->devices->pdata[i];

        if (o->serial == d->serial) {
            g_autofree char *there = het_xml_location_name(o->at, d->at);

            return FAIL(d->at, "device '%s' has serial %d, which device '%s' "
                        "has already (%s)", d->name, d->serial, o->name,
                        there);
        }
    }
    return TRUE;
}

static gboolean check_serial(const HetView *v, const HetDevice *d,
                             GError **error)
{
    if (d->serial < 0) {
        return TRUE;
    }
    if ((guint)d->serial >= v->proc->serials) {
        return FAIL(d->at, "device '%s' has serial %d, but <devices> of "
                    "processor '%s' has %u <serial>", d->name, d->serial,
                    v->proc->name, v->proc->serials);
    }
    if ((guint)d->serial < v->machine->uarts) {
        return FAIL(d->at, "device '%s' has serial %d, which belongs to a "
                    "UART of machine '%s'; the first that is free is %u",
                    d->name, d->serial, v->machine->name, v->machine->uarts);
    }
    return check_serial_free(v, d, error);
}

static gboolean check_property(const HetDevice *d, const HetOption *p,
                               GError **error)
{
    const char *why = het_device_property_refusal(p->name);

    return !why || FAIL(p->at, "property '%s' of device '%s' is not "
                        "possible: %s", p->name, d->name, why);
}

static gboolean check_type(const HetDevice *d, GError **error)
{
    const char *why = het_device_type_refusal(d->type);

    return !why || FAIL(d->at, "type '%s' of device '%s' is not possible: %s",
                        d->type, d->name, why);
}

static gboolean check_properties(const HetDevice *d, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    if (!het_soc_validate_count("property", d->properties->len,
                                HET_SOC_COUNT_MAX, d->at, error)) {
        return FALSE;
    }
    if (d->serial >= 0) {
        g_hash_table_insert(seen, "chardev", (gpointer)&d->at);
    }
    for (guint i = 0; i < d->properties->len; i++) {
        const HetOption *p = d->properties->pdata[i];

        if (!het_soc_validate_unique("property", seen, p->name, &p->at,
                                     error) ||
            !check_property(d, p, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean add_device(HetView *v, const HetDevice *d, GError **error)
{
    return het_view_add_id(v, d->name, d->at, "device", error) &&
           check_type(d, error) &&
           add_addresses(v, d, error) &&
           add_irqs(v, d, error) &&
           check_serial(v, d, error) &&
           check_properties(d, error);
}

gboolean het_soc_validate_devices(HetView *v, GError **error)
{
    const HetProcessor *p = v->proc;

    if (!het_soc_validate_count("device", p->devices->len, DEVICES_MAX,
                                p->at, error) ||
        !het_soc_validate_count("stub", p->stubs->len, STUBS_MAX, p->at,
                                error)) {
        return FALSE;
    }
    for (guint i = 0; i < p->devices->len; i++) {
        if (!add_device(v, p->devices->pdata[i], error)) {
            return FALSE;
        }
    }
    for (guint i = 0; i < p->stubs->len; i++) {
        if (!het_soc_validate_stub(v, p->stubs->pdata[i], error)) {
            return FALSE;
        }
    }
    return TRUE;
}
