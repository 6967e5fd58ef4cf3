/*
 * Is a document as a schema wants it?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/schema.h"

#include <libxml/relaxng.h>
#include <string.h>

#include "soc/schema-explain.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlRelaxNG, xmlRelaxNGFree)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlRelaxNGParserCtxt,
                              xmlRelaxNGFreeParserCtxt)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlRelaxNGValidCtxt, xmlRelaxNGFreeValidCtxt)

/* The last resort when the plain words fail. */
static void collect_schema_error(void *opaque, xmlErrorPtr e)
{
    char **first = opaque;

    if (!*first) {
        *first = g_utf8_make_valid(e->message ?: "invalid document", -1);
        g_strstrip(*first);
    }
}

static void ignore_error(void *opaque, xmlErrorPtr e)
{
}

/*
 * What an element may have in it, when that is anything: the schema language
 * has no quick way to say so, and validating takes time and memory with the
 * square of it. It is put aside meanwhile.
 */
typedef struct {
    xmlNode *node;
    xmlNode *children;
    xmlAttr *properties;
} Foreign;

static void put_aside(GArray *all, xmlNode *node)
{
    const Foreign foreign = { node, node->children, node->properties };

    g_array_append_val(all, foreign);
    node->children = NULL;
    node->properties = NULL;
}

static void put_back(GArray *all)
{
    for (guint i = 0; i < all->len; i++) {
        const Foreign *foreign = &g_array_index(all, Foreign, i);

        foreign->node->children = foreign->children;
        foreign->node->properties = foreign->properties;
    }
}

static GArray *put_foreign_aside(xmlDoc *doc)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(Foreign));

    HET_XML_FOREACH(processor, xmlDocGetRootElement(doc)) {
        HET_XML_FOREACH(child, processor) {
            if (het_xml_is(child, "devices") ||
                het_xml_is(child, "features")) {
                put_aside(all, child);
            }
        }
    }
    return all;
}

static gboolean is_valid(xmlRelaxNGValidCtxt *ctxt, xmlDoc *doc)
{
    g_autoptr(GArray) foreign = put_foreign_aside(doc);
    gboolean valid = xmlRelaxNGValidateDoc(ctxt, doc) == 0;

    put_back(foreign);
    return valid;
}

/*
 * libxml2 compiles the expression of a pattern for each value anew, which is
 * half of the time.  het_schema_explain() has matched all of them.
 */
static void drop_patterns(xmlNode *node)
{
    xmlNode *next;

    for (xmlNode *child = xmlFirstElementChild(node); child; child = next) {
        g_autofree char *name = het_xml_attr(child, "name");

        next = xmlNextElementSibling(child);
        if (xmlStrEqual(child->name, BAD_CAST "param") &&
            !g_strcmp0(name, "pattern")) {
            xmlUnlinkNode(child);
            xmlFreeNode(child);
        } else {
            drop_patterns(child);
        }
    }
}

/* What het_schema_explain() does not look at.  Changes @rng. */
static gboolean matches_schema(xmlDoc *doc, xmlDoc *rng, GError **error)
{
    g_autoptr(xmlRelaxNGParserCtxt) parser = NULL;
    g_autoptr(xmlRelaxNG) schema = NULL;
    g_autoptr(xmlRelaxNGValidCtxt) ctxt = NULL;
    g_autofree char *message = NULL;

    drop_patterns(xmlDocGetRootElement(rng));
    parser = xmlRelaxNGNewDocParserCtxt(rng);
    xmlRelaxNGSetParserStructuredErrors(parser, ignore_error, NULL);
    schema = xmlRelaxNGParse(parser);
    if (!schema) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "the built-in schema does not compile");
        return FALSE;
    }
    ctxt = xmlRelaxNGNewValidCtxt(schema);
    xmlRelaxNGSetValidStructuredErrors(ctxt, collect_schema_error, &message);
    if (is_valid(ctxt, doc)) {
        return TRUE;
    }
    return het_xml_fail(error, xmlDocGetRootElement(doc),
                        "does not match the schema: %s",
                        message ?: "invalid document");
}

gboolean het_schema_check(xmlDoc *doc, const char *rng, GError **error)
{
    g_autoptr(xmlDoc) schema = het_xml_parse(rng, strlen(rng), "schema",
                                             error);

    return schema && het_schema_explain(doc, schema, error) &&
           matches_schema(doc, schema, error);
}
