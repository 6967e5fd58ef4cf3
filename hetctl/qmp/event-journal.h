/*
 * Something that happened in a SoC, with fields for journald
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_EVENT_JOURNAL_H
#define HET_EVENT_JOURNAL_H

#include <glib.h>

#include "qmp/event.h"

/*
 * GLogField: MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, HETCTL_SOC,
 * HETCTL_PROCESSOR, HETCTL_EVENT, and HETCTL_DATA_ with the name of each datum
 */
typedef struct HetEventFields HetEventFields;

HetEventFields *het_event_fields_new(const HetEvent *event);
void het_event_fields_free(HetEventFields *fields);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetEventFields, het_event_fields_free)

const GLogField *het_event_fields_get(const HetEventFields *fields,
                                      gsize *count);

/* Is there a journald? */
gboolean het_event_journal_check(GError **error);
/* FALSE: it has not taken it. */
gboolean het_event_journal_send(const HetEvent *event);

#endif
