/*
 * JSON that comes from an emulator
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_JSON_TEXT_H
#define HET_JSON_TEXT_H

#include <json-glib/json-glib.h>

#define HET_JSON_SIZE_MAX (4 << 20)
#define HET_JSON_DEPTH_MAX 32

/*
 * NULL: it is not JSON, or more or deeper than it may be. Whole numbers past
 * G_MAXINT64 are the negative ones of the same 64 bits.
 */
JsonNode *het_json_parse(const char *text);

#endif
