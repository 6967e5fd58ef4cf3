/*
 * <cputune>: how the host schedules the threads of a processor's emulator
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/soc-cputune.h"

#include "soc/soc-complain.h"
#include "util/text.h"

#include <string.h>

/* More than libvirt's own lists can name */
#define HOST_CPUS_MAX 16384

static void sched_free(gpointer data)
{
    HetCpuSched *sched = data;

    g_free(sched->vcpus);
    g_free(sched->scheduler);
    g_free(sched);
}

static void pin_free(gpointer data)
{
    HetCpuPin *pin = data;

    g_free(pin->cpuset);
    g_free(pin);
}

void het_cputune_free(HetCputune *tune)
{
    if (!tune) {
        return;
    }
    g_ptr_array_unref(tune->pins);
    g_ptr_array_unref(tune->scheds);
    g_free(tune);
}

static guint64 number_of(char *text)
{
    guint64 n = 0;

    /* The schema has looked at it. */
    if (text) {
        het_xml_number(text, G_MAXUINT, &n);
    }
    g_free(text);
    return n;
}

static void parse_pin(HetCputune *tune, const xmlNode *node)
{
    HetCpuPin *pin = g_new0(HetCpuPin, 1);

    pin->is_vcpu = het_xml_is(node, "vcpupin");
    pin->vcpu = number_of(het_xml_attr(node, "vcpu"));
    pin->cpuset = het_xml_attr(node, "cpuset");
    pin->at = het_xml_location(node);
    g_ptr_array_add(tune->pins, pin);
}

static void parse_sched(HetCputune *tune, const xmlNode *node)
{
    HetCpuSched *sched = g_new0(HetCpuSched, 1);

    sched->vcpus = het_xml_attr(node, "vcpus");
    sched->scheduler = het_xml_attr(node, "scheduler");
    sched->priority = number_of(het_xml_attr(node, "priority"));
    sched->at = het_xml_location(node);
    g_ptr_array_add(tune->scheds, sched);
}

HetCputune *het_cputune_parse(const xmlNode *node)
{
    HetCputune *tune = g_new0(HetCputune, 1);

    tune->pins = g_ptr_array_new_with_free_func(pin_free);
    tune->scheds = g_ptr_array_new_with_free_func(sched_free);
    HET_XML_FOREACH(child, node) {
        if (het_xml_is(child, "shares")) {
            tune->shares = number_of(het_xml_text(child));
        } else if (het_xml_is(child, "vcpupin") ||
                   het_xml_is(child, "emulatorpin")) {
            parse_pin(tune, child);
        } else {
            parse_sched(tune, child);
        }
    }
    return tune;
}

/* "0-3,^2", in order: @in gets a byte for each number below @max. */
static gboolean list_item(const char *item, guint8 *in, guint64 max)
{
    gboolean out = *item == '^';
    g_auto(GStrv) ends = g_strsplit(item + out, "-", 2);
    guint64 first, last;

    if (!ends[0] || !g_ascii_string_to_unsigned(ends[0], 10, 0, max - 1,
                                                &first, NULL)) {
        return FALSE;
    }
    last = first;
    if (ends[1] && (out ||
                    !g_ascii_string_to_unsigned(ends[1], 10, first, max - 1,
                                               &last, NULL))) {
        return FALSE;
    }
    memset(in + first, !out, last - first + 1);
    return TRUE;
}

/* Returns what the list names, or NULL when it is none, or names nothing. */
static guint8 *list_parse(const char *text, guint max)
{
    g_auto(GStrv) items = g_strsplit(text, ",", -1);
    g_autofree guint8 *in = g_malloc0(max);

    for (char **item = items; *item; item++) {
        if (!list_item(*item, in, max)) {
            return NULL;
        }
    }
    return memchr(in, 1, max) ? g_steal_pointer(&in) : NULL;
}

static gboolean check_pin(const HetCpuPin *pin, const char *name, guint vcpus,
                          gboolean *pinned, GError **error)
{
    g_autofree guint8 *cpus = list_parse(pin->cpuset, HOST_CPUS_MAX);

    if (pin->is_vcpu && pin->vcpu >= vcpus) {
        return FAIL(pin->at, "processor '%s' has no vcpu %u to pin, it has "
                    "%u: 0 to %u", name, pin->vcpu, vcpus, vcpus - 1);
    }
    if (pin->is_vcpu && pinned[pin->vcpu]) {
        return FAIL(pin->at, "vcpu %u of processor '%s' is pinned twice",
                    pin->vcpu, name);
    }
    if (!cpus) {
        return FAIL(pin->at, "cpuset='%s' names no CPUs of a host; it is a "
                    "list as '0-3,^2,8'", pin->cpuset);
    }
    if (pin->is_vcpu) {
        pinned[pin->vcpu] = TRUE;
    }
    return TRUE;
}

static gboolean is_realtime(const HetCpuSched *sched)
{
    return g_str_equal(sched->scheduler, "fifo") ||
           g_str_equal(sched->scheduler, "rr");
}

static gboolean check_priority(const HetCpuSched *sched, GError **error)
{
    if (is_realtime(sched) && !sched->priority) {
        return FAIL(sched->at, "scheduler='%s' needs a priority, from 1 to 99",
                    sched->scheduler);
    }
    if (!is_realtime(sched) && sched->priority) {
        return FAIL(sched->at, "scheduler='%s' has no priority, only 'fifo' "
                    "and 'rr' have; remove the attribute", sched->scheduler);
    }
    return TRUE;
}

static gboolean check_vcpus(const HetCpuSched *sched, const char *name,
                            guint vcpus, guint8 *scheduled, GError **error)
{
    g_autofree guint8 *in = list_parse(sched->vcpus, vcpus);

    if (!in) {
        return FAIL(sched->at, "vcpus='%s' is no list of vcpus of processor "
                    "'%s', which has %u: 0 to %u", sched->vcpus, name, vcpus,
                    vcpus - 1);
    }
    for (guint i = 0; i < vcpus; i++) {
        if (in[i] && scheduled[i]) {
            return FAIL(sched->at, "vcpu %u of processor '%s' has two "
                        "<vcpusched>", i, name);
        }
        scheduled[i] |= in[i];
    }
    return TRUE;
}

gboolean het_cputune_validate(const HetCputune *tune, const char *name,
                              guint vcpus, GError **error)
{
    g_autofree gboolean *pinned = g_new0(gboolean, vcpus);
    g_autofree guint8 *scheduled = g_malloc0(vcpus);

    for (guint i = 0; tune && i < tune->pins->len; i++) {
        if (!check_pin(tune->pins->pdata[i], name, vcpus, pinned, error)) {
            return FALSE;
        }
    }
    for (guint i = 0; tune && i < tune->scheds->len; i++) {
        const HetCpuSched *sched = tune->scheds->pdata[i];

        if (!check_priority(sched, error) ||
            (sched->vcpus &&
             !check_vcpus(sched, name, vcpus, scheduled, error))) {
            return FALSE;
        }
    }
    return TRUE;
}

static void format_pin(GString *out, int level, const HetCpuPin *pin)
{
    if (pin->is_vcpu) {
        het_text_add(out, level, "<vcpupin vcpu='%u' cpuset='%s'/>\n",
                     pin->vcpu, pin->cpuset);
    } else {
        het_text_add(out, level, "<emulatorpin cpuset='%s'/>\n", pin->cpuset);
    }
}

static void format_sched(GString *out, int level, const HetCpuSched *sched)
{
    if (sched->vcpus) {
        het_text_add(out, level, "<vcpusched vcpus='%s' scheduler='%s'",
                     sched->vcpus, sched->scheduler);
    } else {
        het_text_add(out, level, "<emulatorsched scheduler='%s'",
                     sched->scheduler);
    }
    if (sched->priority) {
        het_text_add(out, 0, " priority='%u'", sched->priority);
    }
    g_string_append(out, "/>\n");
}

void het_cputune_format(GString *out, int level, const HetCputune *tune)
{
    if (!tune) {
        return;
    }
    het_text_add(out, level, "<cputune>\n");
    if (tune->shares) {
        het_text_add(out, level + 1, "<shares>%u</shares>\n", tune->shares);
    }
    for (guint i = 0; i < tune->pins->len; i++) {
        format_pin(out, level + 1, tune->pins->pdata[i]);
    }
    for (guint i = 0; i < tune->scheds->len; i++) {
        format_sched(out, level + 1, tune->scheds->pdata[i]);
    }
    het_text_add(out, level, "</cputune>\n");
}
