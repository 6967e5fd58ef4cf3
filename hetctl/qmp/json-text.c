/*
 * JSON that comes from an emulator
 *
 * json-glib takes a bit of the stack for each level, and makes of each byte
 * an object of a hundred.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "qmp/json-text.h"

#include <string.h>

/* Not comments and single quotes, which json-glib takes as well. */
static gboolean is_outside_of_strings(char c)
{
    return g_ascii_isalnum(c) || (c && strchr("[]{},:+-. \t\r\n\"", c));
}

static gboolean is_flat(const char *text)
{
    gboolean in_string = FALSE;
    guint depth = 0;

    for (; *text; text++) {
        if (in_string) {
            in_string = *text != '"';
            text += *text == '\\' && text[1];
            continue;
        }
        if (!is_outside_of_strings(*text)) {
            return FALSE;
        }
        in_string = *text == '"';
        depth += *text == '[' || *text == '{';
        depth -= depth && (*text == ']' || *text == '}');
        if (depth > HET_JSON_DEPTH_MAX) {
            return FALSE;
        }
    }
    return TRUE;
}

/*
 * The number at @text, which may have a minus before it; returns what follows.
 * json-glib before 1.10 takes the low 64 bits, later ones the nearest gint64:
 * both take the negative number of the same bits.
 */
static const char *append_number(GString *out, const char *text)
{
    gboolean is_negative = out->len && out->str[out->len - 1] == '-';
    gsize digits = strspn(text, "0123456789");
    gsize all = strspn(text, "0123456789.eE+-");
    guint64 value = g_ascii_strtoull(text, NULL, 10);

    if (digits < all || value <= G_MAXINT64) {
        g_string_append_len(out, text, all);
    } else if (is_negative) {
        g_string_append(out, "9223372036854775808");
    } else {
        g_string_append_printf(out, "%" G_GINT64_FORMAT, (gint64)value);
    }
    return text + all;
}

static char *with_numbers_wrapped(const char *text)
{
    GString *out = g_string_new(NULL);
    gboolean in_string = FALSE;

    while (*text) {
        if (!in_string && g_ascii_isdigit(*text)) {
            text = append_number(out, text);
            continue;
        }
        if (in_string && *text == '\\' && text[1]) {
            g_string_append_c(out, *text++);
        } else {
            in_string ^= *text == '"';
        }
        g_string_append_c(out, *text++);
    }
    return g_string_free(out, FALSE);
}

JsonNode *het_json_parse(const char *text)
{
    g_autofree char *wrapped = NULL;

    if (strnlen(text, HET_JSON_SIZE_MAX + 1) > HET_JSON_SIZE_MAX ||
        !is_flat(text)) {
        return NULL;
    }
    wrapped = with_numbers_wrapped(text);
    return json_from_string(wrapped, NULL);
}
