/*
 * What another host's hetctl is asked for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "remote/request.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "soc/include.h"
#include "util/error.h"

static void output_free(gpointer data)
{
    HetRequestOutput *output = data;

    g_free(output->path);
    g_free(output->name);
    g_free(output);
}

static HetRequest *request_new(void)
{
    HetRequest *request = g_new0(HetRequest, 1);

    request->argv = g_ptr_array_new_with_free_func(g_free);
    request->files = g_ptr_array_new_with_free_func(g_free);
    request->outputs = g_ptr_array_new_with_free_func(output_free);
    return request;
}

static char *time_zone(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();

    return g_strdup(g_getenv("TZ") ?: g_time_zone_get_identifier(zone));
}

HetRequest *het_request_new(GError **error)
{
    g_autofree char *folder = g_get_current_dir();
    HetRequest *request;

    if (!het_request_path_is_clean(folder)) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "the current folder '%s' is not there, or its path is "
                    "too long", folder);
        return NULL;
    }
    request = request_new();
    request->folder = g_steal_pointer(&folder);
    request->term = g_strdup(g_getenv("TERM"));
    request->no_color = g_strdup(g_getenv("NO_COLOR"));
    request->time_zone = time_zone();
    return request;
}

void het_request_free(HetRequest *request)
{
    if (request) {
        g_free(request->uri);
        g_free(request->folder);
        g_free(request->examples);
        g_free(request->term);
        g_free(request->no_color);
        g_free(request->time_zone);
        g_ptr_array_unref(request->argv);
        g_ptr_array_unref(request->files);
        g_ptr_array_unref(request->outputs);
        g_free(request);
    }
}

void het_request_add_arg(HetRequest *request, const char *arg)
{
    g_ptr_array_add(request->argv, g_strdup(arg));
}

/* GLib leaves two slashes at the start, which POSIX gives no meaning here. */
static char *canonical(const char *path, const char *folder)
{
    char *absolute = g_canonicalize_filename(path, folder);

    if (g_str_has_prefix(absolute, "//")) {
        memmove(absolute, absolute + 1, strlen(absolute));
    }
    return absolute;
}

/* Out of each part of the folder, and into the path: '../../tmp/x.elf' */
static char *relative(const char *folder, const char *absolute)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (const char *p = folder; *p; p++) {
        if (*p == '/' && p[1]) {
            g_string_append(text, "../");
        }
    }
    g_string_append(text, absolute + 1);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* A name that has nothing to be resolved stays as it is, for messages. */
char *het_request_name(const HetRequest *request, const char *path)
{
    g_autofree char *absolute = canonical(path, request->folder);
    g_autofree char *plain = g_build_filename(request->folder, path, NULL);

    return g_path_is_absolute(path) || strcmp(absolute, plain)
           ? relative(request->folder, absolute) : g_strdup(path);
}

void het_request_add_file(HetRequest *request, const char *path)
{
    char *absolute = canonical(path, request->folder);

    if (!g_file_test(path, G_FILE_TEST_EXISTS) ||
        g_file_test(path, G_FILE_TEST_IS_DIR) ||
        g_ptr_array_find_with_equal_func(request->files, absolute,
                                         g_str_equal, NULL)) {
        g_free(absolute);
        return;
    }
    g_ptr_array_add(request->files, absolute);
}

static void add_output(HetRequest *request, const char *path,
                       const char *name)
{
    HetRequestOutput *output = g_new0(HetRequestOutput, 1);

    output->path = g_strdup(path);
    output->name = g_strdup(name);
    g_ptr_array_add(request->outputs, output);
}

void het_request_add_output(HetRequest *request, const char *path)
{
    g_autofree char *absolute = canonical(path, request->folder);

    add_output(request, absolute, path);
}

static void add_processor(HetRequest *request, const HetProcessor *proc)
{
    const char *paths[] = { proc->loader, proc->kernel, proc->initrd,
                            proc->dtb_file };

    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        if (paths[i]) {
            het_request_add_file(request, paths[i]);
        }
    }
    for (guint i = 0; i < proc->overlays->len; i++) {
        HetOverlayFile *file = proc->overlays->pdata[i];

        het_request_add_file(request, file->path);
    }
    for (guint i = 0; i < proc->firmware->len; i++) {
        HetFirmwareFile *file = proc->firmware->pdata[i];

        het_request_add_file(request, file->path);
    }
}

void het_request_add_soc(HetRequest *request, const HetSoc *soc)
{
    g_autofree char *examples = het_include_examples();
    g_autofree char *below = g_strconcat(examples, "/", NULL);

    for (guint i = 0; i < soc->sources->len; i++) {
        const char *path = soc->sources->pdata[i];

        het_request_add_file(request, path);
        if (i && g_str_has_prefix(path, below)) {
            g_free(request->examples);
            request->examples = g_strdup(examples);
        }
    }
    add_processor(request, soc->master);
    for (guint i = 0; i < soc->slaves->len; i++) {
        add_processor(request, soc->slaves->pdata[i]);
    }
}

/* ---- as a frame ---- */

static GVariant *strings(GPtrArray *list)
{
    return g_variant_new_bytestring_array(
        (const char *const *)list->pdata, list->len);
}

static void add_bytes(GVariantBuilder *b, const char *name, const char *value)
{
    if (value) {
        g_variant_builder_add(b, "{sv}", name,
                              g_variant_new_bytestring(value));
    }
}

GVariant *het_request_to_variant(const HetRequest *r)
{
    g_auto(GVariantBuilder) b =
        G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);
    g_autoptr(GPtrArray) outputs = g_ptr_array_new();

    for (guint i = 0; i < r->outputs->len; i++) {
        HetRequestOutput *output = r->outputs->pdata[i];

        g_ptr_array_add(outputs, output->path);
    }
    add_bytes(&b, "uri", r->uri);
    add_bytes(&b, "folder", r->folder);
    add_bytes(&b, "examples", r->examples);
    add_bytes(&b, "term", r->term);
    add_bytes(&b, "no-color", r->no_color);
    add_bytes(&b, "time-zone", r->time_zone);
    g_variant_builder_add(&b, "{sv}", "argv", strings(r->argv));
    g_variant_builder_add(&b, "{sv}", "outputs", strings(outputs));
    g_variant_builder_add(&b, "{sv}", "keeps",
                          g_variant_new_boolean(r->keeps_files));
    g_variant_builder_add(&b, "{sv}", "input",
                          g_variant_new_boolean(r->reads_input));
    g_variant_builder_add(&b, "{sv}", "terminals",
                          g_variant_new_byte(r->terminals));
    g_variant_builder_add(&b, "{sv}", "rows", g_variant_new_uint16(r->rows));
    g_variant_builder_add(&b, "{sv}", "columns",
                          g_variant_new_uint16(r->columns));
    return g_variant_builder_end(&b);
}

static char *take_bytes(GVariant *body, const char *name)
{
    char *value = NULL;

    g_variant_lookup(body, name, "^ay", &value);
    return value;
}

static void take_strings(GVariant *body, const char *name, GPtrArray *list)
{
    g_auto(GStrv) values = NULL;

    g_variant_lookup(body, name, "^aay", &values);
    for (guint i = 0; values && values[i]; i++) {
        g_ptr_array_add(list, g_strdup(values[i]));
    }
}

gboolean het_request_path_is_clean(const char *path)
{
    g_autofree char *clean = g_path_is_absolute(path)
                             ? canonical(path, "/") : NULL;

    return clean && !strcmp(clean, path) && strlen(path) < PATH_MAX / 2;
}

static gboolean take_outputs(HetRequest *r, GVariant *body)
{
    g_autoptr(GPtrArray) outputs = g_ptr_array_new_with_free_func(g_free);

    take_strings(body, "outputs", outputs);
    for (guint i = 0; i < outputs->len; i++) {
        if (!het_request_path_is_clean(outputs->pdata[i]) ||
            i == HET_REQUEST_FILES_MAX) {
            return FALSE;
        }
        add_output(r, outputs->pdata[i], outputs->pdata[i]);
    }
    return TRUE;
}

HetRequest *het_request_from_variant(GVariant *body)
{
    g_autoptr(HetRequest) r = request_new();

    r->uri = take_bytes(body, "uri");
    r->folder = take_bytes(body, "folder");
    r->examples = take_bytes(body, "examples");
    r->term = take_bytes(body, "term");
    r->no_color = take_bytes(body, "no-color");
    r->time_zone = take_bytes(body, "time-zone");
    take_strings(body, "argv", r->argv);
    g_variant_lookup(body, "keeps", "b", &r->keeps_files);
    g_variant_lookup(body, "input", "b", &r->reads_input);
    g_variant_lookup(body, "terminals", "y", &r->terminals);
    g_variant_lookup(body, "rows", "q", &r->rows);
    g_variant_lookup(body, "columns", "q", &r->columns);
    return r->uri && r->folder && r->argv->len &&
           het_request_path_is_clean(r->folder) &&
           (!r->examples || het_request_path_is_clean(r->examples)) &&
           take_outputs(r, body) ? g_steal_pointer(&r) : NULL;
}
