/*
 * What came out of many cycles: as a table, as JSON
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/cycle.h"

#include <stdio.h>

#include "util/output.h"

HetCycleResult *het_cycle_result_new(void)
{
    HetCycleResult *r = g_new0(HetCycleResult, 1);

    r->times = g_array_new(FALSE, FALSE, sizeof(double));
    r->reasons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return r;
}

void het_cycle_result_free(HetCycleResult *r)
{
    if (r) {
        g_array_unref(r->times);
        g_hash_table_unref(r->reasons);
        g_free(r->first);
        g_free(r);
    }
}

static int compare_times(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

/* 0: the shortest, 1: the longest */
static double quantile(HetCycleResult *r, double part)
{
    guint last = r->times->len - 1;

    g_array_sort(r->times, compare_times);
    return g_array_index(r->times, double, (guint)(last * part + 0.5));
}

static double rate(const HetCycleResult *r)
{
    return r->seconds > 0 ? (r->ok + r->failed) / r->seconds : 0;
}

static GList *reasons(const HetCycleResult *r)
{
    return g_list_sort(g_hash_table_get_keys(r->reasons),
                       (GCompareFunc)g_strcmp0);
}

static guint how_often(const HetCycleResult *r, const char *reason)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(r->reasons, reason));
}

void het_cycle_print_table(HetCycleResult *r)
{
    g_autoptr(GList) list = reasons(r);

    printf("%u cycles: %u ok, %u failed, %.2f s, %.1f/s\n",
           r->ok + r->failed, r->ok, r->failed, r->seconds, rate(r));
    if (r->times->len) {
        printf("milliseconds per cycle: min %.2f, median %.2f, max %.2f\n",
               quantile(r, 0), quantile(r, 0.5), quantile(r, 1));
    }
    if (r->first) {
        het_print_line("first failure: %s", r->first);
    }
    for (GList *l = list; l; l = l->next) {
        het_print_line("failed: %u x %s", how_often(r, l->data),
                       (char *)l->data);
    }
}

static void add_double(JsonBuilder *b, const char *name, double value)
{
    json_builder_set_member_name(b, name);
    json_builder_add_double_value(b, value);
}

static void add_times(HetCycleResult *r, JsonBuilder *b)
{
    json_builder_set_member_name(b, "milliseconds");
    if (!r->times->len) {
        json_builder_add_null_value(b);
        return;
    }
    json_builder_begin_object(b);
    add_double(b, "min", quantile(r, 0));
    add_double(b, "median", quantile(r, 0.5));
    add_double(b, "max", quantile(r, 1));
    json_builder_end_object(b);
}

static void add_failures(const HetCycleResult *r, JsonBuilder *b)
{
    g_autoptr(GList) list = reasons(r);

    json_builder_set_member_name(b, "failures");
    json_builder_begin_array(b);
    for (GList *l = list; l; l = l->next) {
        json_builder_begin_object(b);
        het_json_add_string(b, "reason", l->data);
        het_json_add_uint(b, "count", how_often(r, l->data));
        json_builder_end_object(b);
    }
    json_builder_end_array(b);
}

void het_cycle_print_json(HetCycleResult *r)
{
    g_autoptr(JsonBuilder) b = json_builder_new();

    json_builder_begin_object(b);
    het_json_add_uint(b, "count", r->ok + r->failed);
    het_json_add_uint(b, "ok", r->ok);
    het_json_add_uint(b, "failed", r->failed);
    add_double(b, "seconds", r->seconds);
    add_double(b, "cycles-per-second", rate(r));
    add_times(r, b);
    het_json_add_string(b, "first-failure", r->first);
    add_failures(r, b);
    json_builder_end_object(b);
    het_json_print(b);
}
