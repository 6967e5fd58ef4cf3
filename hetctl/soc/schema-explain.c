/*
 * Says in plain words where a document differs from a Relax NG schema
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/schema-explain.h"
#include "soc/xml.h"

#include <libxml/xmlregexp.h>

/* An element or attribute that may or must be there. */
typedef struct {
    const xmlNode *pattern;     /* <element> or <attribute> */
    char *name;
    gboolean required;
    gboolean many;
    const xmlNode *first;       /* child that is one */
} Item;

/* What the schema says of one element. */
typedef struct {
    GPtrArray *elements;        /* Item */
    GPtrArray *attributes;      /* Item */
    const xmlNode *value;       /* pattern of its text, or NULL: no text */
    gboolean anything;
} Content;

typedef struct {
    const xmlNode *grammar;
    GHashTable *regexps;        /* xmlRegexp by its text */
    GHashTable *contents;       /* Content by its pattern */
} Explainer;

static void item_free(gpointer data)
{
    g_free(((Item *)data)->name);
    g_free(data);
}

static Content *content_new(void)
{
    Content *content = g_new0(Content, 1);

    content->elements = g_ptr_array_new_with_free_func(item_free);
    content->attributes = g_ptr_array_new_with_free_func(item_free);
    return content;
}

static void content_free(gpointer data)
{
    Content *content = data;

    g_ptr_array_unref(content->elements);
    g_ptr_array_unref(content->attributes);
    g_free(content);
}

/* Names of the schema language have a namespace, names of the SoC none. */
static gboolean is(const xmlNode *node, const char *name)
{
    return xmlStrEqual(node->name, BAD_CAST name);
}

static const xmlNode *child_of(const xmlNode *node, const char *name)
{
    HET_XML_FOREACH(child, node) {
        if (is(child, name)) {
            return child;
        }
    }
    return NULL;
}

static const xmlNode *find_define(const Explainer *x, const char *name)
{
    HET_XML_FOREACH(child, x->grammar) {
        g_autofree char *attr = het_xml_attr(child, "name");

        if (is(child, "define") && g_str_equal(attr, name)) {
            return child;
        }
    }
    return NULL;
}

static void add_item(GPtrArray *items, const xmlNode *pattern,
                     gboolean required, gboolean many)
{
    Item *item = g_new0(Item, 1);

    item->pattern = pattern;
    item->name = het_xml_attr(pattern, "name");
    item->required = required;
    item->many = many;
    g_ptr_array_add(items, item);
}

static void collect(const Explainer *x, Content *content,
                    const xmlNode *pattern, gboolean required,
                    gboolean many);

static void collect_one(const Explainer *x, Content *content,
                        const xmlNode *p, gboolean required, gboolean many)
{
    if (is(p, "element") || is(p, "attribute")) {
        if (child_of(p, "anyName")) {
            content->anything = TRUE;
            return;
        }
        add_item(is(p, "element") ? content->elements : content->attributes,
                 p, required, many);
    } else if (is(p, "ref")) {
        g_autofree char *name = het_xml_attr(p, "name");

        collect(x, content, find_define(x, name), required, many);
    } else if (is(p, "optional")) {
        collect(x, content, p, FALSE, many);
    } else if (is(p, "zeroOrMore")) {
        collect(x, content, p, FALSE, TRUE);
    } else if (is(p, "oneOrMore")) {
        collect(x, content, p, required, TRUE);
    } else if (is(p, "interleave") ||
               (is(p, "choice") && !child_of(p, "value"))) {
        collect(x, content, p, required, many);
    } else if (!is(p, "empty")) {
        content->value = p;
    }
}

static void collect(const Explainer *x, Content *content,
                    const xmlNode *pattern, gboolean required, gboolean many)
{
    HET_XML_FOREACH(p, pattern) {
        if (xmlStrEqual(p->ns->href, pattern->ns->href)) {
            collect_one(x, content, p, required, many);
        }
    }
}

/* What the schema says of @pattern; looked up once, as there are many. */
static const Content *content_of(const Explainer *x, const xmlNode *pattern)
{
    Content *content = g_hash_table_lookup(x->contents, pattern);

    if (!content) {
        content = content_new();
        collect(x, content, pattern, TRUE, FALSE);
        g_hash_table_insert(x->contents, (gpointer)pattern, content);
    }
    return content;
}

/* The same of what a <ref> names */
static const Content *content_of_ref(const Explainer *x, const xmlNode *ref)
{
    Content *content = g_hash_table_lookup(x->contents, ref);
    g_autofree char *name = NULL;

    if (!content) {
        name = het_xml_attr(ref, "name");
        content = content_new();
        collect(x, content, find_define(x, name), TRUE, FALSE);
        g_hash_table_insert(x->contents, (gpointer)ref, content);
    }
    return content;
}

/* ---- values ---- */

static xmlRegexp *find_regexp(const Explainer *x, const char *pattern)
{
    xmlRegexp *regexp = g_hash_table_lookup(x->regexps, pattern);

    if (!regexp) {
        regexp = xmlRegexpCompile(BAD_CAST pattern);
        if (regexp) {
            g_hash_table_insert(x->regexps, g_strdup(pattern), regexp);
        }
    }
    return regexp;
}

static gboolean matches_pattern(const Explainer *x, const char *pattern,
                                const char *value)
{
    xmlRegexp *regexp = find_regexp(x, pattern);

    return regexp && xmlRegexpExec(regexp, BAD_CAST value) == 1;
}

static gboolean matches_param(const Explainer *x, const xmlNode *param,
                              const char *value)
{
    g_autofree char *name = het_xml_attr(param, "name");
    g_autofree char *limit = het_xml_text(param);
    guint64 n;

    if (g_str_equal(name, "pattern")) {
        return matches_pattern(x, limit, value);
    }
    if (!g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT64, &n, NULL)) {
        return FALSE;
    }
    return g_str_equal(name, "minInclusive")
           ? n >= g_ascii_strtoull(limit, NULL, 10)
           : n <= g_ascii_strtoull(limit, NULL, 10);
}

static gboolean matches(const Explainer *x, const xmlNode *pattern,
                        const char *value);

static gboolean matches_list(const Explainer *x, const xmlNode *list,
                             const char *value)
{
    const xmlNode *many = xmlFirstElementChild((xmlNode *)list);
    const xmlNode *word = xmlFirstElementChild((xmlNode *)many);
    g_auto(GStrv) words = g_strsplit_set(value, " \t\r\n", -1);
    guint n = 0;

    for (char **w = words; *w; w++) {
        if (**w) {
            n++;
            if (!matches(x, word, *w)) {
                return FALSE;
            }
        }
    }
    return n > 0;
}

static gboolean matches_data(const Explainer *x, const xmlNode *data,
                             const char *value)
{
    g_autofree char *type = het_xml_attr(data, "type");
    g_autofree char *copy = g_strdup(value);

    if (!g_str_equal(type, "string")) {
        g_strstrip(copy);
    }
    HET_XML_FOREACH(param, data) {
        if (!matches_param(x, param, copy)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean matches_choice(const xmlNode *choice, const char *value)
{
    HET_XML_FOREACH(child, choice) {
        g_autofree char *text = het_xml_text(child);

        if (g_str_equal(text, value)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean matches(const Explainer *x, const xmlNode *pattern,
                        const char *value)
{
    if (is(pattern, "ref")) {
        return matches(x, content_of_ref(x, pattern)->value, value);
    }
    if (is(pattern, "list")) {
        return matches_list(x, pattern, value);
    }
    if (is(pattern, "data")) {
        return matches_data(x, pattern, value);
    }
    if (is(pattern, "value")) {
        g_autofree char *text = het_xml_text(pattern);

        return g_str_equal(text, value);
    }
    return !is(pattern, "choice") || matches_choice(pattern, value);
}

/* What the schema calls a value: its documentation, or the choices. */
static char *describe(const xmlNode *pattern)
{
    GString *words = g_string_new(NULL);
    const xmlNode *doc = child_of(pattern, "documentation") ?:
                         child_of(pattern->parent, "documentation");

    if (doc) {
        g_string_free(words, TRUE);
        return het_xml_text(doc);
    }
    HET_XML_FOREACH(child, is(pattern, "value") ? pattern->parent : pattern) {
        g_autofree char *text = het_xml_text(child);

        if (is(child, "value")) {
            g_string_append_printf(words, "%s%s", words->len ? ", " : "",
                                   text);
        }
    }
    g_string_prepend(words, "one of: ");
    return g_string_free(words, FALSE);
}

static gboolean check_attribute_value(const Explainer *x,
                                      const xmlNode *node, const Item *item,
                                      GError **error)
{
    g_autofree char *value = het_xml_attr(node, item->name);
    g_autofree char *wanted = NULL;
    const Content *content = content_of(x, item->pattern);

    if (!content->value || matches(x, content->value, value)) {
        return TRUE;
    }
    wanted = describe(content->value);
    return het_xml_fail(error, node, "%s='%s' of <%s> is not %s", item->name,
                        value, node->name, wanted);
}

/* ---- one element ---- */

static Item *find_item(const GPtrArray *items, const xmlChar *name)
{
    for (guint i = 0; i < items->len; i++) {
        Item *item = items->pdata[i];

        if (xmlStrEqual(BAD_CAST item->name, name)) {
            return item;
        }
    }
    return NULL;
}

static char *join_names(const GPtrArray *items)
{
    GString *names = g_string_new(NULL);

    for (guint i = 0; i < items->len; i++) {
        g_string_append_printf(names, "%s%s", i ? ", " : "",
                               ((const Item *)items->pdata[i])->name);
    }
    return g_string_free(names, FALSE);
}

static gboolean check_attributes(const Explainer *x, const Content *content,
                                 const xmlNode *node, GError **error)
{
    for (const xmlAttr *a = node->properties; a; a = a->next) {
        if (a->ns || !find_item(content->attributes, a->name)) {
            g_autofree char *known = join_names(content->attributes);

            return het_xml_fail(error, node, "unknown attribute '%s' of "
                                "<%s>, which has %s", a->name, node->name,
                                *known ? known : "none");
        }
    }
    for (guint i = 0; i < content->attributes->len; i++) {
        const Item *item = content->attributes->pdata[i];
        g_autofree char *value = het_xml_attr(node, item->name);

        if (!value && item->required) {
            return het_xml_fail(error, node, "<%s> has no attribute '%s'",
                                node->name, item->name);
        }
        if (value && !check_attribute_value(x, node, item, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean fail_unknown(const Content *content, const xmlNode *child,
                             GError **error)
{
    g_autofree char *known = join_names(content->elements);

    return het_xml_fail(error, child, "unknown element <%s> in <%s>, where "
                        "%s may be", child->name, child->parent->name,
                        *known ? known : "none");
}

static gboolean check_child(const Content *content, const xmlNode *child,
                            GError **error)
{
    Item *item = child->ns ? NULL : find_item(content->elements, child->name);

    if (!item) {
        return fail_unknown(content, child, error);
    }
    if (item->first && !item->many) {
        g_autofree char *there =
            het_xml_location_name(het_xml_location(item->first),
                                  het_xml_location(child));

        return het_xml_fail(error, child, "a second <%s> in <%s>, the first "
                            "is in %s", child->name, child->parent->name,
                            there);
    }
    item->first = item->first ?: child;
    return TRUE;
}

static void forget_children(gpointer data, gpointer opaque)
{
    ((Item *)data)->first = NULL;
}

static gboolean check_children(const Content *content, const xmlNode *node,
                               GError **error)
{
    g_ptr_array_foreach(content->elements, forget_children, NULL);
    HET_XML_FOREACH(child, node) {
        if (!check_child(content, child, error)) {
            return FALSE;
        }
    }
    for (guint i = 0; i < content->elements->len; i++) {
        const Item *item = content->elements->pdata[i];

        if (item->required && !item->first) {
            return het_xml_fail(error, node, "<%s> has no <%s>", node->name,
                                item->name);
        }
    }
    return TRUE;
}

static gboolean check_text(const Explainer *x, const Content *content,
                           const xmlNode *node, GError **error)
{
    g_autofree char *text = het_xml_text(node);
    g_autofree char *wanted = NULL;

    if (content->value && xmlFirstElementChild((xmlNode *)node) == NULL) {
        /* <type> of libvirt may hold "hvm" or nothing. */
        if (matches(x, content->value, text) ||
            (!*text && is(content->value->parent, "optional"))) {
            return TRUE;
        }
        wanted = describe(content->value);
        return het_xml_fail(error, node, "'%s' of <%s> is not %s", text,
                            node->name, wanted);
    }
    for (const xmlNode *n = node->children; n; n = n->next) {
        if (xmlNodeIsText(n) && !xmlIsBlankNode(n)) {
            g_autofree char *words = het_xml_text(n);
            g_autofree char *start = g_utf8_substring(
                words, 0, MIN(g_utf8_strlen(words, -1), 20));

            return het_xml_fail(error, n, "text '%s' in <%s>, where only "
                                "elements may be", start, node->name);
        }
    }
    return TRUE;
}

static gboolean check_element(const Explainer *x, const xmlNode *pattern,
                              const xmlNode *node, GError **error)
{
    const Content *content = content_of(x, pattern);

    if (content->anything) {
        return TRUE;
    }
    if (!check_attributes(x, content, node, error) ||
        !check_children(content, node, error) ||
        !check_text(x, content, node, error)) {
        return FALSE;
    }
    HET_XML_FOREACH(child, node) {
        if (!check_element(x, find_item(content->elements,
                                        child->name)->pattern,
                           child, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean explain(const Explainer *x, const xmlNode *root,
                        GError **error)
{
    const Content *start = content_of(x, child_of(x->grammar, "start"));

    for (guint i = 0; i < start->elements->len; i++) {
        const Item *item = start->elements->pdata[i];

        if (!root->ns && xmlStrEqual(root->name, BAD_CAST item->name)) {
            return check_element(x, item->pattern, root, error);
        }
    }
    return het_xml_fail(error, root, "the root element is <%s>, not <%s>",
                        root->name,
                        ((const Item *)start->elements->pdata[0])->name);
}

gboolean het_schema_explain(xmlDoc *doc, xmlDoc *rng, GError **error)
{
    g_autoptr(GHashTable) regexps =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                              (GDestroyNotify)xmlRegFreeRegexp);
    g_autoptr(GHashTable) contents =
        g_hash_table_new_full(NULL, NULL, NULL, content_free);
    const Explainer x = {
        .grammar = xmlDocGetRootElement(rng), .regexps = regexps,
        .contents = contents,
    };

    return explain(&x, xmlDocGetRootElement(doc), error);
}
