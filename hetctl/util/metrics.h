/*
 * Figures in Prometheus' text format (version 0.0.4)
 *
 * A family is a name, a type and samples with labels; all samples of one
 * stand together, whatever the order in which they were added.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_METRICS_H
#define HET_METRICS_H

#include <glib.h>

typedef enum {
    HET_METRIC_GAUGE,
    HET_METRIC_COUNTER,         /* its name ends in "_total" */
} HetMetricType;

typedef struct {
    const char *name;           /* NULL ends an array */
    HetMetricType type;
    const char *help;
} HetMetricFamily;

typedef struct HetMetrics HetMetrics;

/* @families: indices into it name them; must live as long as the result */
HetMetrics *het_metrics_new(const HetMetricFamily *families);
void het_metrics_free(HetMetrics *metrics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetMetrics, het_metrics_free)

/* Names and values of labels in turn, with a NULL at the end; any values */
void het_metrics_add(HetMetrics *metrics, guint family,
                     const char *const *labels, double value);
void het_metrics_add_uint(HetMetrics *metrics, guint family,
                          const char *const *labels, guint64 value);

/* The text; families without a sample are not in it. */
char *het_metrics_to_text(const HetMetrics *metrics);

#endif
