/*
 * Pieces of an XML text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_XPATH_H
#define HET_XPATH_H

#include <glib.h>

/*
 * @path is an XPath expression, in which "het" is the namespace of the SoC
 * metadata.  NULL when @xml is NULL or not XML, or the result is empty.
 */
char *het_xpath_string(const char *xml, const char *path);

/* The first element that @path finds, with all that is in it, or NULL */
char *het_xpath_element(const char *xml, const char *path);

#endif
