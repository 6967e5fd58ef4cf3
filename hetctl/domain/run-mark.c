/*
 * What is kept of a slave while its SoC runs, in libvirt's metadata
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/run-mark.h"

#include <string.h>

#include "soc/xpath.h"
#include "util/text.h"

static const char *const names[] = { "restarts", "reason", "firmware", "boot" };

static char *attribute(const char *xml, const char *slave, HetRunMark what)
{
    /* Names have no quotes: see the schema. */
    g_autofree char *path =
        g_strdup_printf("string(/*/*[local-name()='slave'][@name='%s']/@%s)",
                        slave, names[what]);

    return het_xpath_string(xml, path);
}

char *het_run_mark_get(const HetDefined *defined, const char *slave,
                       HetRunMark what)
{
    g_autofree char *xml = het_defined_get_mark(defined);

    return attribute(xml, slave, what);
}

/* @values: new ones of this slave, NULL: as they are */
static void add_slave(GString *out, const char *xml, const char *slave,
                      const char *const *values)
{
    het_text_add(out, 0, "<slave name='%s'", slave);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *old = attribute(xml, slave, i);
        const char *value = values && values[i] ? values[i] : old;

        if (value) {
            het_text_add(out, 0, " %s='%s'", names[i], value);
        }
    }
    g_string_append(out, "/>");
}

void het_run_mark_set(HetDefined *defined, const char *slave,
                      HetRunMark first, const char *first_value,
                      HetRunMark second, const char *second_value)
{
    g_autofree char *xml = het_defined_get_mark(defined);
    const char *values[G_N_ELEMENTS(names)] = { NULL };
    g_autoptr(GString) out = g_string_new(NULL);

    if (!xml) {
        return;
    }
    het_text_add(out, 0, "<run");
    het_defined_add_identities(out, defined);
    g_string_append(out, ">");
    values[first] = first_value;
    values[second] = second_value;
    for (guint i = 0; i < defined->soc->slaves->len; i++) {
        const HetProcessor *s = g_ptr_array_index(defined->soc->slaves, i);

        add_slave(out, xml, s->name, !strcmp(s->name, slave) ? values : NULL);
    }
    g_string_append(out, "</run>");
    het_defined_set_mark(defined, out->str, NULL);
}
