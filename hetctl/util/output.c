/*
 * What hetctl prints: tables, JSON, notes, progress
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/output.h"
#include "util/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct HetTable {
    guint columns;
    GPtrArray *cells;           /* row by row, the header first */
};

struct HetProgress {
    char *title;
    guint steps;
    guint done;
};

gboolean het_output_has_colour(void)
{
    const char *off = g_getenv("NO_COLOR");

    return isatty(STDOUT_FILENO) && (!off || !*off) &&
           g_strcmp0(g_getenv("TERM"), "dumb");
}

static void print_line(const char *format, va_list args)
{
    g_autofree char *text = g_strdup_vprintf(format, args);
    g_autofree char *printable = het_text_printable(text);

    puts(printable);
}

void het_print_line(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_line(format, args);
    va_end(args);
}

HetTable *het_table_new(const char *column, ...)
{
    HetTable *table = g_new0(HetTable, 1);
    va_list ap;

    table->cells = g_ptr_array_new_with_free_func(g_free);
    va_start(ap, column);
    for (const char *c = column; c; c = va_arg(ap, const char *)) {
        g_ptr_array_add(table->cells, g_strdup(c));
        table->columns++;
    }
    va_end(ap);
    return table;
}

void het_table_add(HetTable *table, const char *const *cells)
{
    for (guint i = 0; i < table->columns; i++) {
        g_ptr_array_add(table->cells, het_text_printable(cells[i] ?: "-"));
    }
}

static guint column_width(const HetTable *table, guint column)
{
    glong width = 0;

    for (guint i = column; i < table->cells->len; i += table->columns) {
        width = MAX(width, g_utf8_strlen(g_ptr_array_index(table->cells, i),
                                         -1));
    }
    return width;
}

static void print_row(const HetTable *table, guint first,
                      const guint *widths)
{
    for (guint i = 0; i < table->columns; i++) {
        const char *cell = g_ptr_array_index(table->cells, first + i);
        int pad = widths[i] - g_utf8_strlen(cell, -1);

        if (i == table->columns - 1) {
            printf("%s", cell);
        } else {
            printf("%s%*s", cell, pad + 2, "");
        }
    }
}

void het_table_print(const HetTable *table)
{
    g_autofree guint *widths = g_new0(guint, table->columns);
    gboolean colour = het_output_has_colour();

    for (guint i = 0; i < table->columns; i++) {
        widths[i] = column_width(table, i);
    }
    for (guint i = 0; i < table->cells->len; i += table->columns) {
        gboolean bold = colour && i == 0;

        fputs(bold ? "\033[1m" : "", stdout);
        print_row(table, i, widths);
        puts(bold ? "\033[0m" : "");
    }
}

void het_table_free(HetTable *table)
{
    if (table) {
        g_ptr_array_unref(table->cells);
        g_free(table);
    }
}

void het_json_print(JsonBuilder *builder)
{
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autofree char *text = json_to_string(root, TRUE);

    puts(text);
}

void het_json_add_string(JsonBuilder *builder, const char *name,
                         const char *value)
{
    json_builder_set_member_name(builder, name);
    if (value) {
        json_builder_add_string_value(builder, value);
    } else {
        json_builder_add_null_value(builder);
    }
}

void het_json_add_uint(JsonBuilder *builder, const char *name, guint64 value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, value);
}

void het_json_add_hex(JsonBuilder *builder, const char *name, guint64 value)
{
    g_autofree char *text = g_strdup_printf("0x%" G_GINT64_MODIFIER "x",
                                            value);

    het_json_add_string(builder, name, text);
}

void het_json_add_bool(JsonBuilder *builder, const char *name,
                       gboolean value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_boolean_value(builder, value);
}

HetProgress *het_progress_new(const char *title, guint steps, gboolean quiet)
{
    HetProgress *progress;

    if (quiet || !isatty(STDERR_FILENO)) {
        return NULL;
    }
    progress = g_new0(HetProgress, 1);
    progress->title = g_strdup(title);
    progress->steps = steps;
    return progress;
}

void het_progress_step(HetProgress *progress, const char *what)
{
    if (progress) {
        g_autofree char *printable = het_text_printable(what);

        progress->done++;
        fprintf(stderr, "\r\033[K%s: [%u/%u] %s", progress->title,
                progress->done, progress->steps, printable);
    }
}

void het_progress_free(HetProgress *progress)
{
    if (progress) {
        fputs("\r\033[K", stderr);
        g_free(progress->title);
        g_free(progress);
    }
}
