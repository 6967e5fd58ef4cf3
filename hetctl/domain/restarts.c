/*
 * How often the process of a slave was started again, in libvirt's metadata
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/restarts.h"

#include <string.h>

#include "soc/xpath.h"
#include "util/text.h"

static char *attribute(const char *xml, const char *slave, const char *name)
{
    /* Names have no quotes: see the schema. */
    g_autofree char *path =
        g_strdup_printf("string(/*/*[local-name()='slave'][@name='%s']/@%s)",
                        slave, name);

    return het_xpath_string(xml, path);
}

static guint count_of(const char *xml, const char *slave)
{
    g_autofree char *text = attribute(xml, slave, "restarts");

    return text ? g_ascii_strtoull(text, NULL, 10) : 0;
}

guint het_restarts_get(const HetDefined *defined, const char *slave,
                       char **reason)
{
    g_autofree char *xml = het_defined_get_mark(defined);

    *reason = attribute(xml, slave, "reason");
    return count_of(xml, slave);
}

static void add_slave(GString *out, const char *xml, const char *slave,
                      guint more, const char *new_reason)
{
    g_autofree char *reason = attribute(xml, slave, "reason");
    guint n = count_of(xml, slave) + more;

    if (n) {
        het_text_add(out, 0, "<slave name='%s' restarts='%u' reason='%s'/>",
                     slave, n, new_reason ?: reason ?: "");
    }
}

void het_restarts_add(HetDefined *defined, const char *slave,
                      const char *reason)
{
    g_autofree char *xml = het_defined_get_mark(defined);
    g_autoptr(GString) out = g_string_new("<run>");

    for (guint i = 0; i < defined->soc->slaves->len; i++) {
        const HetProcessor *s = g_ptr_array_index(defined->soc->slaves, i);
        gboolean is_it = !strcmp(s->name, slave);

        add_slave(out, xml, s->name, is_it, is_it ? reason : NULL);
    }
    g_string_append(out, "</run>");
    het_defined_set_mark(defined, out->str, NULL);
}
