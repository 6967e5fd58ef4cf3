/*
 * What hetctl prints: tables, JSON, notes, progress
 *
 * Results go to stdout.  Notes and progress go to stderr, progress only to a
 * terminal.  Colours only on a terminal, and without NO_COLOR.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_OUTPUT_H
#define HET_OUTPUT_H

#include <glib.h>
#include <json-glib/json-glib.h>

/* Is standard output a terminal that shall have colours? */
gboolean het_output_has_colour(void);

/* A line on stdout, of what a terminal shows: see het_text_printable(). */
void het_print_line(const char *format, ...) G_GNUC_PRINTF(1, 2);

typedef struct HetTable HetTable;

/* Names of the columns, the last one NULL */
HetTable *het_table_new(const char *column, ...) G_GNUC_NULL_TERMINATED;
/* As many cells as columns; a NULL cell is printed as "-" */
void het_table_add(HetTable *table, const char *const *cells);
void het_table_print(const HetTable *table);
void het_table_free(HetTable *table);

/* Ends the document that @builder has made, and prints it */
void het_json_print(JsonBuilder *builder);
void het_json_add_string(JsonBuilder *builder, const char *name,
                         const char *value);
void het_json_add_uint(JsonBuilder *builder, const char *name, guint64 value);
/* As text: a number of json-glib has 63 bits, a kernel's PC has 64. */
void het_json_add_hex(JsonBuilder *builder, const char *name, guint64 value);
void het_json_add_bool(JsonBuilder *builder, const char *name,
                       gboolean value);

typedef struct HetProgress HetProgress;

/* Prints nothing when @quiet, or when stderr is no terminal */
HetProgress *het_progress_new(const char *title, guint steps, gboolean quiet);
void het_progress_step(HetProgress *progress, const char *what);
/* Clears its line */
void het_progress_free(HetProgress *progress);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetTable, het_table_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetProgress, het_progress_free)

#endif
