/*
 * Figures in Prometheus' text format (version 0.0.4)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/metrics.h"

#include <string.h>

struct HetMetrics {
    const HetMetricFamily *families;
    guint count;
    GString **samples;
};

HetMetrics *het_metrics_new(const HetMetricFamily *families)
{
    HetMetrics *m = g_new0(HetMetrics, 1);

    m->families = families;
    while (families[m->count].name) {
        m->count++;
    }
    m->samples = g_new0(GString *, m->count);
    for (guint i = 0; i < m->count; i++) {
        m->samples[i] = g_string_new(NULL);
    }
    return m;
}

void het_metrics_free(HetMetrics *m)
{
    if (m) {
        for (guint i = 0; i < m->count; i++) {
            g_string_free(m->samples[i], TRUE);
        }
        g_free(m->samples);
        g_free(m);
    }
}

/* A text is UTF-8; these characters and no others are escaped. */
static void add_escaped(GString *out, const char *text, const char *escaped)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    for (const char *c = valid; *c; c++) {
        if (!strchr(escaped, *c)) {
            g_string_append_c(out, *c);
        } else {
            g_string_append_c(out, '\\');
            g_string_append_c(out, *c == '\n' ? 'n' : *c);
        }
    }
}

static void add_sample(HetMetrics *m, guint family,
                       const char *const *labels, const char *value)
{
    GString *out;

    g_return_if_fail(family < m->count);
    out = m->samples[family];
    g_string_append(out, m->families[family].name);
    for (guint i = 0; labels[i]; i += 2) {
        g_string_append_printf(out, "%s%s=\"", i ? "," : "{", labels[i]);
        add_escaped(out, labels[i + 1], "\\\"\n");
        g_string_append_c(out, '"');
    }
    g_string_append_printf(out, "%s %s\n", labels[0] ? "}" : "", value);
}

void het_metrics_add(HetMetrics *m, guint family, const char *const *labels,
                     double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    /* Not of the locale, and without a loss */
    g_ascii_dtostr(text, sizeof(text), value);
    add_sample(m, family, labels, text);
}

void het_metrics_add_uint(HetMetrics *m, guint family,
                          const char *const *labels, guint64 value)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, value);

    add_sample(m, family, labels, text);
}

char *het_metrics_to_text(const HetMetrics *m)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < m->count; i++) {
        const HetMetricFamily *family = &m->families[i];

        if (!m->samples[i]->len) {
            continue;
        }
        g_string_append_printf(out, "# HELP %s ", family->name);
        add_escaped(out, family->help, "\\\n");
        g_string_append_printf(out, "\n# TYPE %s %s\n%s", family->name,
                               family->type == HET_METRIC_COUNTER
                               ? "counter" : "gauge",
                               m->samples[i]->str);
    }
    return g_string_free(out, FALSE);
}
