/*
 * XInclude of local files below one folder
 *
 * libxml2 has an XInclude of its own, which can neither be kept in a folder
 * nor says afterwards which file an element came from.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/amend.h"
#include "soc/include.h"
#include "util/read-beneath.h"

#include <string.h>

typedef struct {
    const char *folder;         /* of the top file */
    const char *prefix;         /* folder of the top file, for messages */
    const char *examples;       /* the folder of hetctl's examples */
    GHashTable *paths;
    gsize left;                 /* bytes that further files may have */
    guint count;
    guint changes;
} State;

/* The files that are being included, innermost first */
typedef struct Chain {
    const struct Chain *up;
    guint depth;
    HetFileId id;
} Chain;

static gboolean is_include(const xmlNode *node)
{
    return node->ns && xmlStrEqual(node->name, BAD_CAST "include") &&
           xmlStrEqual(node->ns->href, BAD_CAST HET_INCLUDE_NAMESPACE);
}

static gboolean check_include(const xmlNode *include, GError **error)
{
    g_autofree char *href = het_xml_attr(include, "href");
    g_autofree char *parse = het_xml_attr(include, "parse");
    const xmlNode *child = xmlFirstElementChild((xmlNode *)include);

    for (const xmlAttr *a = include->properties; a; a = a->next) {
        if (!xmlStrEqual(a->name, BAD_CAST "href") &&
            !xmlStrEqual(a->name, BAD_CAST "parse")) {
            return het_xml_fail(error, include, "an include has only a href, "
                                "no '%s'", a->name);
        }
    }
    if (parse && !g_str_equal(parse, "xml")) {
        return het_xml_fail(error, include, "an include of parse='%s' is not "
                            "possible, only of XML", parse);
    }
    if (child) {
        return het_xml_fail(error, include, "an include has no <%s>: what it "
                            "names must be there", child->name);
    }
    return href || het_xml_fail(error, include, "an include has no href");
}

/* Appends the parts of @path to @parts; FALSE: it leaves the folder. */
static gboolean walk(GPtrArray *parts, const char *path)
{
    g_auto(GStrv) words = g_strsplit(path, "/", -1);

    for (char **word = words; *word; word++) {
        if (g_str_equal(*word, "..")) {
            if (!parts->len) {
                return FALSE;
            }
            g_ptr_array_set_size(parts, parts->len - 1);
        } else if (**word && !g_str_equal(*word, ".")) {
            g_ptr_array_add(parts, g_strdup(*word));
        }
    }
    return TRUE;
}

/* Is @include in a file of the examples' folder? Then its path is absolute. */
static gboolean is_example(const State *s, const xmlNode *include)
{
    return g_path_is_absolute(g_hash_table_lookup(s->paths,
                                                  include->_private));
}

/* The path of what @include names, relative to the folder of @include's kind */
static char *target_of(const State *s, const xmlNode *include, GError **error)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *href = het_xml_attr(include, "href");
    const char *own = g_hash_table_lookup(s->paths, include->_private);
    g_autofree char *base =
        g_path_get_dirname(is_example(s, include)
                           ? own + strlen(s->examples) : own);

    if (!*href || strpbrk(href, ":%?#\\")) {
        het_xml_fail(error, include, "href='%s' is no path of a local file, "
                     "which has none of : %% ? # \\", href);
        return NULL;
    }
    if (g_path_is_absolute(href)) {
        het_xml_fail(error, include, "href='%s' is an absolute path; a path "
                     "starts at the folder of the file that includes", href);
        return NULL;
    }
    if (!walk(parts, base) || !walk(parts, href) || !parts->len) {
        het_xml_fail(error, include, "href='%s' leads to no file below the "
                     "folder of the file that is read", href);
        return NULL;
    }
    g_ptr_array_add(parts, NULL);
    return g_strjoinv("/", (char **)parts->pdata);
}

static gboolean check_loop(const xmlNode *include, const char *path,
                           const Chain *chain, GError **error)
{
    for (const Chain *c = chain->up; c; c = c->up) {
        if (c->id.dev == chain->id.dev && c->id.ino == chain->id.ino) {
            return het_xml_fail(error, include, "'%s' includes itself", path);
        }
    }
    return TRUE;
}

/* A file that is read */
typedef struct {
    char *name;                 /* in messages */
    char *path;                 /* see State.paths */
    char *content;
    gsize len;
} File;

static void file_clear(File *file)
{
    g_free(file->name);
    g_free(file->path);
    g_free(file->content);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(File, file_clear)

static gboolean read_example(const State *s, const char *path, File *file,
                             HetFileId *id, GError **error)
{
    file->path = g_build_filename(s->examples, path, NULL);
    file->name = g_strdup(file->path);
    return het_read_beneath(s->examples, path, s->left, &file->content,
                            &file->len, id, error);
}

static gboolean read_own(const State *s, const char *path, File *file,
                         HetFileId *id, GError **error)
{
    g_autoptr(GError) missing = NULL;

    if (het_read_beneath(s->folder, path, s->left, &file->content,
                         &file->len, id, &missing)) {
        file->path = g_strdup(path);
        file->name = g_build_filename(s->prefix, path, NULL);
        return TRUE;
    }
    if (g_error_matches(missing, G_FILE_ERROR, G_FILE_ERROR_NOENT) &&
        read_example(s, path, file, id, NULL)) {
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&missing));
    return FALSE;
}

static xmlDoc *read_target(State *s, const xmlNode *include,
                           const char *path, Chain *chain, GError **error)
{
    g_auto(File) file = { NULL };
    g_autoptr(GError) cause = NULL;

    if (!(is_example(s, include) ? read_example : read_own)(
            s, path, &file, &chain->id, &cause)) {
        het_xml_fail(error, include, "cannot include '%s': %s", path,
                     cause->message);
        return NULL;
    }
    if (!check_loop(include, path, chain, error)) {
        return NULL;
    }
    s->left -= file.len;
    g_hash_table_insert(s->paths, (gpointer)g_intern_string(file.name),
                        g_steal_pointer(&file.path));
    return het_xml_parse(file.content, file.len, file.name, error);
}

static gboolean check_bounds(State *s, const xmlNode *include,
                             const Chain *chain, GError **error)
{
    if (!s->folder) {
        return het_xml_fail(error, include, "an include is only possible in "
                            "a file");
    }
    if (chain->depth > HET_INCLUDE_DEPTH_MAX) {
        return het_xml_fail(error, include, "includes in includes, more than "
                            "the %d levels allowed", HET_INCLUDE_DEPTH_MAX);
    }
    if (++s->count > HET_INCLUDE_COUNT_MAX) {
        return het_xml_fail(error, include, "more than the %d includes "
                            "allowed", HET_INCLUDE_COUNT_MAX);
    }
    return TRUE;
}

static gboolean check_root(const xmlNode *root, GError **error)
{
    if (het_xml_is(root, "soc")) {
        return het_xml_fail(error, root, "a whole <soc> cannot be included; "
                            "a <fragment> holds elements for it");
    }
    if (!het_xml_is(root, "fragment")) {
        return TRUE;
    }
    if (root->properties) {
        return het_xml_fail(error, root, "a <fragment> has no attribute '%s'",
                            root->properties->name);
    }
    for (const xmlNode *n = root->children; n; n = n->next) {
        if (xmlNodeIsText(n) && !xmlIsBlankNode(n)) {
            return het_xml_fail(error, n, "text in <fragment>, where only "
                                "elements may be");
        }
    }
    return TRUE;
}

static gboolean expand(State *s, xmlNode *include, const Chain *up,
                       GError **error);

static gboolean resolve_below(State *s, xmlNode *parent, const Chain *chain,
                              GError **error)
{
    xmlNode *next;

    for (xmlNode *n = xmlFirstElementChild(parent); n; n = next) {
        next = xmlNextElementSibling(n);
        if (is_include(n) ? !expand(s, n, chain, error)
                          : !resolve_below(s, n, chain, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* The root, a <fragment>, or one that is put around another root */
static xmlNode *fragment_of(xmlDoc *doc)
{
    xmlNode *root = xmlDocGetRootElement(doc);
    xmlNode *fragment;

    if (het_xml_is(root, "fragment")) {
        return root;
    }
    fragment = xmlNewDocNode(doc, NULL, BAD_CAST "fragment", NULL);
    fragment->_private = root->_private;
    fragment->line = root->line;
    xmlDocSetRootElement(doc, fragment);
    xmlAddChild(fragment, root);
    return fragment;
}

/* A file's own changes come before those of who includes it. */
static gboolean replace(State *s, xmlNode *include, xmlDoc *doc,
                        const Chain *chain, GError **error)
{
    xmlNode *fragment = fragment_of(doc);

    if (!resolve_below(s, fragment, chain, error) ||
        !het_amend_apply(fragment, &s->changes, error)) {
        return FALSE;
    }
    HET_XML_FOREACH(child, fragment) {
        xmlAddPrevSibling(include, het_xml_copy(child, include->doc));
    }
    return TRUE;
}

static gboolean expand(State *s, xmlNode *include, const Chain *up,
                       GError **error)
{
    Chain chain = { .up = up, .depth = up ? up->depth + 1 : 1 };
    g_autofree char *path = NULL;
    g_autoptr(xmlDoc) doc = NULL;

    if (!check_bounds(s, include, &chain, error) ||
        !check_include(include, error)) {
        return FALSE;
    }
    path = target_of(s, include, error);
    doc = path ? read_target(s, include, path, &chain, error) : NULL;
    if (!doc || !check_root(xmlDocGetRootElement(doc), error) ||
        !replace(s, include, doc, &chain, error)) {
        return FALSE;
    }
    xmlUnlinkNode(include);
    xmlFreeNode(include);
    return TRUE;
}

/* Canonical, so that a path below it is known by its start */
char *het_include_examples(void)
{
    const char *set = g_getenv("HETCTL_EXAMPLES_DIR");

    return g_canonicalize_filename(set && *set ? set : HETCTL_PKGDATADIR
                                   "/examples", NULL);
}

gboolean het_include_resolve(xmlDoc *doc, gsize size, const char *folder,
                             GHashTable *paths, GError **error)
{
    xmlNode *root = xmlDocGetRootElement(doc);
    const char *name = root->_private;
    g_autofree char *prefix = strchr(name, '/') ? g_path_get_dirname(name)
                                                : g_strdup("");
    g_autofree char *examples = het_include_examples();
    State s = {
        .folder = folder, .prefix = prefix, .examples = examples,
        .paths = paths,
        .left = HET_XML_SIZE_MAX - MIN(size, HET_XML_SIZE_MAX),
    };

    g_hash_table_insert(paths, (gpointer)name, g_path_get_basename(name));
    return resolve_below(&s, root, NULL, error) &&
           het_amend_apply(root, &s.changes, error) &&
           het_amend_check_done(root, error);
}
