/*
 * Changing what an include has brought, by elements beside it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/amend.h"
#include "soc/xml-limits.h"

#define CHANGE "change"

typedef enum { EDIT, REPLACE, DROP } Change;

static const char *const changes[] = { "edit", "replace", "drop" };

/* What tells an element from others of its kind beside it; NULL: it is one */
static const struct {
    const char *element;
    const char *key;
} keys[] = {
    { "boot", NULL },
    { "cmdline", NULL },
    { "cpu", NULL },
    { "cputune", NULL },
    { "description", NULL },
    { "device", "name" },
    { "devices", NULL },
    { "dtb", NULL },
    { "emulator", NULL },
    { "emulatorpin", NULL },
    { "emulatorsched", NULL },
    { "endpoint", "processor" },
    { "features", NULL },
    { "firmware", "name" },
    { "follows", "bits" },
    { "idm", "name" },
    { "initrd", NULL },
    { "kernel", NULL },
    { "loader", NULL },
    { "map", "address" },
    { "master", "name" },
    { "memory", "name" },
    { "model", NULL },
    { "name", NULL },
    { "on_crash", NULL },
    { "on_poweroff", NULL },
    { "on_reboot", NULL },
    { "option", "name" },
    { "os", NULL },
    { "overlay", NULL },
    { "property", "name" },
    { "region", "name" },
    { "register", "offset" },
    { "remoteproc", "slave" },
    { "shares", NULL },
    { "slave", "name" },
    { "stub", "name" },
    { "type", NULL },
    { "uuid", NULL },
    { "vcpu", NULL },
    { "vcpupin", "vcpu" },
    { "vcpusched", "vcpus" },
};

/* What is below is libvirt's. */
static gboolean is_foreign(const xmlNode *node)
{
    return het_xml_is(node, "devices") || het_xml_is(node, "features");
}

static int find_name(const char *element)
{
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (g_str_equal(element, keys[i].element)) {
            return i;
        }
    }
    return -1;
}

static int find_key(const xmlNode *node)
{
    return node->ns ? -1 : find_name((const char *)node->name);
}

gboolean het_amend_knows(const char *element)
{
    return find_name(element) >= 0;
}

/* Not a copy: there are no entities that would split the text. */
static const char *attr(const xmlNode *node, const char *name)
{
    const xmlAttr *a = xmlHasNsProp((xmlNode *)node, BAD_CAST name, NULL);

    return a && a->children && a->children->content
           ? (const char *)a->children->content : NULL;
}

static gboolean has_change(const xmlNode *node)
{
    return xmlHasNsProp((xmlNode *)node, BAD_CAST CHANGE, NULL) != NULL;
}

/* Numbers may be written in several ways. */
static gboolean is_same_key(const char *a, const char *b)
{
    guint64 x, y;

    return a && b && (g_str_equal(a, b) ||
                      (het_xml_number(a, G_MAXUINT64, &x) &&
                       het_xml_number(b, G_MAXUINT64, &y) && x == y));
}

static xmlNode *find_in(const xmlNode *parent, const xmlNode *like)
{
    int i = find_key(like);
    const char *key = i >= 0 && keys[i].key ? attr(like, keys[i].key) : NULL;

    if (i < 0) {
        return NULL;
    }
    HET_XML_FOREACH(child, parent) {
        if (child != like && het_xml_is(child, (const char *)like->name) &&
            !has_change(child) &&
            (!keys[i].key || is_same_key(key, attr(child, keys[i].key)))) {
            return child;
        }
    }
    return NULL;
}

static gboolean parse_change(const xmlNode *node, Change *change,
                             GError **error)
{
    const char *text = attr(node, CHANGE);

    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        if (!g_strcmp0(text, changes[i])) {
            *change = i;
            return TRUE;
        }
    }
    return het_xml_fail(error, node, "change='%s' of <%s> is none of edit, "
                        "replace, drop", text ?: "", node->name);
}

static void remove_node(xmlNode *node)
{
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

/* @node goes where @target was. */
static void replace(xmlNode *target, xmlNode *node)
{
    xmlUnsetNsProp(node, NULL, BAD_CAST CHANGE);
    xmlUnlinkNode(node);
    xmlAddPrevSibling(target, node);
    remove_node(target);
}

static gboolean check_attribute_count(const xmlNode *target,
                                      const xmlNode *node, GError **error)
{
    guint n = 0;

    for (const xmlAttr *a = target->properties; a; a = a->next) {
        n++;
    }
    return n <= HET_XML_ATTRIBUTES_MAX ||
           het_xml_fail(error, node, "<%s> gets more than the %d attributes "
                        "allowed", node->name, HET_XML_ATTRIBUTES_MAX);
}

/* Messages about an element are about what has set its attributes. */
static gboolean set_attributes(xmlNode *target, const xmlNode *node,
                               GError **error)
{
    int i = find_key(node);

    for (const xmlAttr *a = node->properties; a; a = a->next) {
        const char *name = (const char *)a->name;

        if (a->ns) {
            return het_xml_fail(error, node, "attribute '%s:%s' of <%s> is "
                                "of a namespace", a->ns->prefix, a->name,
                                node->name);
        }
        if (g_str_equal(name, CHANGE) || !g_strcmp0(name, keys[i].key)) {
            continue;
        }
        xmlSetProp(target, a->name, BAD_CAST (attr(node, name) ?: ""));
        target->_private = node->_private;
        target->line = node->line;
    }
    return check_attribute_count(target, node, error);
}

static gboolean check_no_text(const xmlNode *node, GError **error)
{
    for (const xmlNode *n = node->children; n; n = n->next) {
        if (xmlNodeIsText(n) && !xmlIsBlankNode(n)) {
            return het_xml_fail(error, node, "<%s change='edit'> has a text; "
                                "change='replace' takes it", node->name);
        }
    }
    return TRUE;
}

static gboolean apply(xmlNode *parent, xmlNode *node, guint *count,
                      GError **error);

static gboolean edit(xmlNode *target, xmlNode *node, guint *count,
                     GError **error)
{
    xmlNode *next;

    if (!check_no_text(node, error) || !set_attributes(target, node, error)) {
        return FALSE;
    }
    for (xmlNode *n = xmlFirstElementChild(node); n; n = next) {
        next = xmlNextElementSibling(n);
        if (!apply(target, n, count, error)) {
            return FALSE;
        }
    }
    remove_node(node);
    return TRUE;
}

static gboolean drop(xmlNode *target, xmlNode *node, GError **error)
{
    if (xmlFirstElementChild(node)) {
        return het_xml_fail(error, node, "<%s change='drop'> has elements, "
                            "but nothing is left that could have them",
                            node->name);
    }
    remove_node(target);
    remove_node(node);
    return TRUE;
}

static gboolean count_change(const xmlNode *node, guint *count,
                             GError **error)
{
    return ++*count <= HET_AMEND_MAX ||
           het_xml_fail(error, node, "more than the %d changes allowed",
                        HET_AMEND_MAX);
}

static gboolean change(xmlNode *target, xmlNode *node, guint *count,
                       GError **error)
{
    Change change;

    if (!parse_change(node, &change, error)) {
        return FALSE;
    }
    switch (change) {
    case EDIT:
        return edit(target, node, count, error);
    case REPLACE:
        replace(target, node);
        return TRUE;
    default:
        return drop(target, node, error);
    }
}

static void append(xmlNode *parent, xmlNode *node)
{
    xmlUnlinkNode(node);
    xmlAddChild(parent, node);
}

static gboolean fail_missing(const xmlNode *node, const xmlNode *parent,
                             GError **error)
{
    int i = find_key(node);
    const char *key = i >= 0 ? keys[i].key : NULL;

    g_autofree char *name = key
        ? g_strdup_printf("%s %s='%s'", node->name, key,
                          attr(node, key) ?: "")
        : g_strdup((const char *)node->name);

    if (i < 0) {
        return het_xml_fail(error, node, "<%s> cannot have a 'change'",
                            node->name);
    }
    return het_xml_fail(error, node, "there is no <%s> in <%s> that could be "
                        "changed: no include has brought it", name,
                        parent->name);
}

/* A child of an element that is edited: @parent is what it is edited into. */
static gboolean apply(xmlNode *parent, xmlNode *node, guint *count,
                      GError **error)
{
    xmlNode *target;

    if (!count_change(node, count, error)) {
        return FALSE;
    }
    target = find_in(parent, node);
    if (has_change(node)) {
        return target ? change(target, node, count, error)
                      : fail_missing(node, parent, error);
    }
    if (target) {
        replace(target, node);
    } else {
        append(parent, node);
    }
    return TRUE;
}

gboolean het_amend_apply(xmlNode *root, guint *count, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();

    HET_XML_FOREACH(child, root) {
        if (has_change(child)) {
            g_ptr_array_add(found, child);
        } else if (!is_foreign(child) &&
                   !het_amend_apply(child, count, error)) {
            return FALSE;
        }
    }
    for (guint i = 0; i < found->len; i++) {
        xmlNode *node = found->pdata[i];
        xmlNode *target = find_in(root, node);

        if (!count_change(node, count, error) ||
            (target && !change(target, node, count, error))) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean het_amend_check_done(const xmlNode *root, GError **error)
{
    Change change;

    HET_XML_FOREACH(child, root) {
        if (has_change(child)) {
            return parse_change(child, &change, error) &&
                   fail_missing(child, root, error);
        }
        if (!is_foreign(child) && !het_amend_check_done(child, error)) {
            return FALSE;
        }
    }
    return TRUE;
}
