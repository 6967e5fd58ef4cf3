/*
 * A word in a slave's memory by which its firmware shows that it runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/firmware-answer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "util/error.h"

#define WORD 4

static gboolean parse_number(const char *text, guint64 max, guint64 *value)
{
    gboolean hex = g_ascii_strncasecmp(text, "0x", 2) == 0;

    return g_ascii_string_to_unsigned(hex ? text + 2 : text, hex ? 16 : 10, 0,
                                      max, value, NULL);
}

static gboolean find_offset(const HetSoc *soc, const HetProcessor *slave,
                            guint64 address, guint64 *offset)
{
    g_autoptr(GPtrArray) windows = het_soc_get_windows(soc, slave);

    for (guint i = 0; i < windows->len; i++) {
        const HetWindow *w = g_ptr_array_index(windows, i);

        for (guint j = 0; j < w->addresses->len; j++) {
            guint64 start = g_array_index(w->addresses, guint64, j);

            if (address >= start && address - start < w->size) {
                *offset = w->segment_offset + (address - start);
                return TRUE;
            }
        }
    }
    return FALSE;
}

gboolean het_firmware_answer_parse(HetFirmwareAnswer *answer, const HetSoc *soc,
                                   const HetProcessor *slave, const char *text,
                                   GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, "=", 2);
    guint64 address, value;

    if (g_strv_length(parts) != 2 ||
        !parse_number(parts[0], G_MAXUINT64, &address) ||
        !parse_number(parts[1], G_MAXUINT32, &value) || address % WORD) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "'%s' is not ADDRESS=VALUE, the address of a 32-bit word "
                    "and what it is to become", text);
        return FALSE;
    }
    if (!find_offset(soc, slave, address, &answer->offset)) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "address %s lies in none of the windows of slave '%s'",
                    parts[0], slave->name);
        return FALSE;
    }
    answer->value = value;
    return TRUE;
}

gboolean het_firmware_answer_clear(const HetFirmwareAnswer *answer,
                                   const HetSegment *segment, GError **error)
{
    guint32 word = GUINT32_TO_LE(~answer->value);

    if (!het_segment_require(segment, answer->offset, WORD, error)) {
        return FALSE;
    }
    if (pwrite(het_segment_get_fd(segment), &word, WORD, answer->offset) !=
        WORD) {
        int saved = errno;

        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot write the platform memory: %s",
                    g_strerror(saved));
        return FALSE;
    }
    return TRUE;
}

gboolean het_firmware_answer_is_there(const HetFirmwareAnswer *answer,
                                      const HetSegment *segment)
{
    guint32 word;

    return het_segment_require(segment, answer->offset, WORD, NULL) &&
           pread(het_segment_get_fd(segment), &word, WORD, answer->offset) ==
           WORD && GUINT32_FROM_LE(word) == answer->value;
}
