/*
 * Something that happened in a SoC, as a line for people or as JSON
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_EVENT_H
#define HET_EVENT_H

#include <json-glib/json-glib.h>

typedef struct {
    gint64 time_us;             /* since 1970 */
    const char *soc;
    const char *processor;      /* NULL: the whole SoC */
    const char *name;           /* "SLAVE_CRASHED" */
    JsonObject *data;           /* or NULL */
} HetEvent;

/*
 * "2026-11-22T15:00:00.123456Z m4 SLAVE_CRASHED reason=lockup", or an object.
 * One line; not ended.
 */
char *het_event_to_text(const HetEvent *event);
char *het_event_to_json(const HetEvent *event);

/* Writes the line at once; FALSE when nobody reads it any more. */
gboolean het_event_print(const HetEvent *event, gboolean json,
                         GError **error);

#endif
