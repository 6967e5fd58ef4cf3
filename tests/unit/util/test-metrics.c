/*
 * Prometheus' text format: order, escapes, numbers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "util/metrics.h"

#include <locale.h>

static const HetMetricFamily families[] = {
    { "a_bytes", HET_METRIC_GAUGE, "back\\slash, \"quotes\"\nand a line" },
    { "b_total", HET_METRIC_COUNTER, "unused" },
    { "c_total", HET_METRIC_COUNTER, "used" },
    { 0 }
};

static const char *const none[] = { NULL };

static void assert_text(HetMetrics *m, const char *want)
{
    g_autofree char *text = het_metrics_to_text(m);

    ck_assert_str_eq(text, want);
}

START_TEST(test_families_stand_together)
{
    g_autoptr(HetMetrics) m = het_metrics_new(families);
    const char *const labels[] = { "soc", "x", "processor", "y", NULL };

    assert_text(m, "");
    het_metrics_add_uint(m, 2, none, 1);
    het_metrics_add_uint(m, 0, none, G_MAXUINT64);
    het_metrics_add_uint(m, 2, labels, 0);
    assert_text(m,
                "# HELP a_bytes back\\\\slash, \"quotes\"\\nand a line\n"
                "# TYPE a_bytes gauge\n"
                "a_bytes 18446744073709551615\n"
                "# HELP c_total used\n"
                "# TYPE c_total counter\n"
                "c_total 1\n"
                "c_total{soc=\"x\",processor=\"y\"} 0\n");
}
END_TEST

START_TEST(test_values_are_escaped)
{
    g_autoptr(HetMetrics) m = het_metrics_new(families);
    const char *const labels[] = { "soc", "a\\b\"c\nd}\xff\xc3\xa4", NULL };

    het_metrics_add_uint(m, 1, labels, 1);
    assert_text(m,
                "# HELP b_total unused\n"
                "# TYPE b_total counter\n"
                "b_total{soc=\"a\\\\b\\\"c\\nd}\xef\xbf\xbd\xc3\xa4\"} 1\n");
}
END_TEST

START_TEST(test_numbers_are_of_no_locale)
{
    g_autoptr(HetMetrics) m = het_metrics_new(families);

    setlocale(LC_ALL, "de_DE.UTF-8");
    het_metrics_add(m, 1, none, 1234567.25);
    het_metrics_add(m, 1, none, 0.000000001);
    setlocale(LC_ALL, "C");
    assert_text(m,
                "# HELP b_total unused\n"
                "# TYPE b_total counter\n"
                "b_total 1234567.25\n"
                "b_total 1.0000000000000001e-09\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("metrics");
    TCase *tc = tcase_create("metrics");

    tcase_add_test(tc, test_families_stand_together);
    tcase_add_test(tc, test_values_are_escaped);
    tcase_add_test(tc, test_numbers_are_of_no_locale);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
