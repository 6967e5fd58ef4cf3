/*
 * Text: indented XML, and what a terminal shows
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_TEXT_H
#define HET_TEXT_H

#include <glib.h>

/* Strings among the arguments are escaped, @format is not. */
void het_text_add(GString *out, int level, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* <name>text</name>, or nothing without @text. */
void het_text_add_element(GString *out, int level, const char *name,
                          const char *text);

/*
 * @text as one can look at it: what a terminal would obey (control characters,
 * line ends too) stands there as \x1b, and so does what is not UTF-8.
 */
char *het_text_printable(const char *text);

#endif
