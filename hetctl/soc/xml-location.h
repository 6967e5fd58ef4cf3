/*
 * Where something stands in the XML
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_PLACE_H
#define HET_PLACE_H

#include "util/error.h"

typedef struct {
    const char *file;           /* interned, see g_intern_string() */
    int line;
} HetPlace;

/* @code "message (file:line)"; always returns FALSE. */
gboolean het_place_set_error(GError **error, int code, HetPlace at,
                             const char *format, ...) G_GNUC_PRINTF(4, 5);

/* The same with HET_ERROR_XML */
#define het_place_fail(error, at, ...) \
    het_place_set_error(error, HET_ERROR_XML, at, __VA_ARGS__)

/*
 * How a message about @at names @other: "line 12", or "chip.xml:12" when
 * that is in another file.
 */
char *het_place_name(HetPlace other, HetPlace at);

#endif
