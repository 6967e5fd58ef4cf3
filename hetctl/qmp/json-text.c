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

JsonNode *het_json_parse(const char *text)
{
    if (strnlen(text, HET_JSON_SIZE_MAX + 1) > HET_JSON_SIZE_MAX ||
        !is_flat(text)) {
        return NULL;
    }
    return json_from_string(text, NULL);
}
