/*
 * XInclude of local files below one folder
 *
 * Of XInclude it has <xi:include href='FILE'/>: FILE is an XML document,
 * its path is relative and starts at the folder of the file that includes
 * it. The root element takes the place of the include; a root <fragment>
 * gives its elements instead, so that a file may hold several.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_INCLUDE_H
#define HET_INCLUDE_H

#include "soc/xml.h"

#define HET_INCLUDE_NAMESPACE "http://www.w3.org/2001/XInclude"
#define HET_INCLUDE_DEPTH_MAX 8
#define HET_INCLUDE_COUNT_MAX 256

/*
 * Replaces all includes in @doc, whose text has @size bytes, and changes what
 * they bring (see amend.h); all files together have at most HET_XML_SIZE_MAX.
 * Nothing is read outside of @folder, the top file's, and of the examples'
 * folder, where a file is looked for that @folder does not have. @paths: gets
 * the path, relative to @folder or absolute, of each file by the interned
 * name that its nodes have in messages.
 */
gboolean het_include_resolve(xmlDoc *doc, gsize size, const char *folder,
                             GHashTable *paths, GError **error);

/* The folder of hetctl's examples, HETCTL_EXAMPLES_DIR or the installed one */
char *het_include_examples(void);

#endif
