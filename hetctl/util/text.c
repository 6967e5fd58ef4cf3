/*
 * Writing indented XML text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/text.h"

static void add_indent(GString *out, int level)
{
    g_string_append_printf(out, "%*s", level * 2, "");
}

void het_text_add(GString *out, int level, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_markup_vprintf_escaped(format, args);
    va_end(args);
    add_indent(out, level);
    g_string_append(out, text);
}

void het_text_add_element(GString *out, int level, const char *name,
                          const char *text)
{
    if (text) {
        het_text_add(out, level, "<%s>%s</%s>\n", name, text, name);
    }
}
