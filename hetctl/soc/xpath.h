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

/* The same for several paths in one text, which is parsed once */
typedef struct HetXpath HetXpath;

/* NULL, of which all results are NULL, when @xml is NULL or not XML */
HetXpath *het_xpath_new(const char *xml);
char *het_xpath_get_string(HetXpath *x, const char *path);
char *het_xpath_get_element(HetXpath *x, const char *path);
void het_xpath_free(HetXpath *x);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetXpath, het_xpath_free)

#endif
