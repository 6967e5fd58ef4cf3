/*
 * Says in plain words where a document differs from a Relax NG schema
 *
 * libxml2 decides whether a document is valid, but with interleave its
 * messages name neither the cause nor the line. This reads the same schema,
 * so that there is no second list of elements. Of Relax NG it knows what
 * schemas/soc.rng uses: element, attribute, optional, zeroOrMore, oneOrMore,
 * interleave, ref, and for values data with pattern or bounds, value, list.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SCHEMA_EXPLAIN_H
#define HET_SCHEMA_EXPLAIN_H

#include <libxml/tree.h>

#include "util/error.h"

/*
 * FALSE and an error for the first difference between @doc and the schema
 * document @rng. TRUE: found none.
 */
gboolean het_schema_explain(xmlDoc *doc, xmlDoc *rng, GError **error);

#endif
