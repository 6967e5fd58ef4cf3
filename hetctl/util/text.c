/*
 * Text: indented XML, and what a terminal shows
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/text.h"

#include <string.h>

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

static void add_escaped(GString *out, const char *bytes, gsize size)
{
    for (gsize i = 0; i < size; i++) {
        g_string_append_printf(out, "\\x%02x", (guchar)bytes[i]);
    }
}

char *het_text_printable(const char *text)
{
    GString *out = g_string_new(NULL);
    gsize left = strlen(text);

    while (left) {
        gunichar c = g_utf8_get_char_validated(text, left);
        gboolean valid = c < (gunichar)-2;
        gsize size = valid ? g_unichar_to_utf8(c, NULL) : 1;

        /* Formats turn the direction of what follows, for instance. */
        if (!valid || g_unichar_iscntrl(c) ||
            g_unichar_type(c) == G_UNICODE_FORMAT) {
            add_escaped(out, text, size);
        } else {
            g_string_append_len(out, text, size);
        }
        text += size;
        left -= size;
    }
    return g_string_free(out, FALSE);
}
