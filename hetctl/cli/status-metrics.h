/*
 * What the processors of SoCs do, as figures for Prometheus
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_STATUS_METRICS_H
#define HET_STATUS_METRICS_H

#include "run/status.h"
#include "util/metrics.h"

HetMetrics *het_status_metrics_new(void);
void het_status_metrics_add(HetMetrics *metrics, const HetStatus *status);

#endif
