/*
 * What another host is asked for, and what somebody else may ask for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "data.h"
#include "remote/request.h"

static const struct {
    const char *path;
    gboolean is_clean;
} paths[] = {
    { "/", TRUE }, { "/a", TRUE }, { "/a/b c/*\n", TRUE }, { "/..a", TRUE },
    { "/\xff", TRUE },
    { "", FALSE }, { "a", FALSE }, { "..", FALSE }, { "/..", FALSE },
    { "/a/../b", FALSE }, { "/a/.", FALSE }, { "/./a", FALSE },
    { "/a/", FALSE }, { "//", FALSE }, { "//a", FALSE }, { "/a//b", FALSE },
    { "///a", FALSE },
};

START_TEST(test_path)
{
    ck_assert_int_eq(het_request_path_is_clean(paths[_i].path),
                     paths[_i].is_clean);
}
END_TEST

START_TEST(test_long_path)
{
    g_autofree char *path = g_strnfill(4096, 'x');

    *path = '/';
    ck_assert(!het_request_path_is_clean(path));
}
END_TEST

static const struct {
    const char *path;
    const char *name;
} names[] = {
    { "fw/x.elf", "fw/x.elf" }, { "-x", "-x" },
    { "/tmp/x", "tmp/x" }, { "../x", "x" }, { "fw/../x", "x" },
    { "//tmp//x", "tmp/x" },
};

START_TEST(test_name)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *old = g_get_current_dir();
    g_autoptr(HetRequest) request = NULL;
    g_autofree char *name = NULL;
    g_autofree char *there = NULL;
    g_autofree char *here = NULL;

    ck_assert_int_eq(chdir("/tmp"), 0);
    request = het_request_new(&error);
    ck_assert_int_eq(chdir(old), 0);
    ck_assert_ptr_nonnull(request);
    name = het_request_name(request, names[_i].path);
    ck_assert(!g_path_is_absolute(name));
    there = g_canonicalize_filename(name, "/tmp");
    here = g_canonicalize_filename(names[_i].path, "/tmp");
    ck_assert_str_eq(there, g_str_has_prefix(here, "//") ? here + 1 : here);
}
END_TEST

/* A file is sent once, by whichever name it is called. */
START_TEST(test_file_once)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HetRequest) request = het_request_new(&error);

    het_request_add_file(request, "/proc/version");
    het_request_add_file(request, "//proc/version");
    het_request_add_file(request, "/proc/../proc//version");
    het_request_add_file(request, "/proc");
    het_request_add_file(request, "/none such");
    ck_assert_uint_eq(request->files->len, 1);
    ck_assert_str_eq(request->files->pdata[0], "/proc/version");
}
END_TEST

/* As it comes there; NULL: it makes no sense */
static HetRequest *sent(HetRequest *request)
{
    g_autoptr(GVariant) body =
        g_variant_ref_sink(het_request_to_variant(request));

    return het_request_from_variant(body);
}

START_TEST(test_round)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HetRequest) request = het_request_new(&error);
    g_autoptr(HetRequest) again = NULL;

    request->uri = g_strdup("qemu:///system");
    ck_assert_ptr_nonnull(request->time_zone);
    het_request_add_arg(request, "boot");
    het_request_add_arg(request, "");
    het_request_add_arg(request, "it's $(x)\n\xff");
    het_request_add_output(request, "out");
    request->rows = 65535;
    request->terminals = 5;
    request->keeps_files = TRUE;
    again = sent(request);
    ck_assert_ptr_nonnull(again);
    ck_assert_uint_eq(again->argv->len, 3);
    ck_assert_str_eq(again->argv->pdata[1], "");
    ck_assert_str_eq(again->argv->pdata[2], "it's $(x)\n\xff");
    ck_assert_str_eq(again->folder, request->folder);
    ck_assert_str_eq(again->time_zone, request->time_zone);
    ck_assert_uint_eq(again->outputs->len, 1);
    ck_assert_int_eq(again->rows, 65535);
    ck_assert_int_eq(again->terminals, 5);
    ck_assert(again->keeps_files && !again->reads_input);
}
END_TEST

static const struct {
    const char *text;
    gboolean is_good;
} bodies[] = {
    { "{'uri': <b'u'>, 'folder': <b'/'>, 'argv': <[b'list']>}", TRUE },
    { "{'uri': <b'u'>, 'folder': <b'/'>, 'argv': <[b'list']>, 'new': <1>}",
      TRUE },
    { "@a{sv} {}", FALSE },
    { "{'uri': <b'u'>, 'folder': <b'/'>}", FALSE },
    { "{'uri': <b'u'>, 'folder': <b'/'>, 'argv': <@aay []>}", FALSE },
    { "{'uri': <b'u'>, 'folder': <b'/'>, 'argv': <['list']>}", FALSE },
    { "{'uri': <'u'>, 'folder': <b'/'>, 'argv': <[b'list']>}", FALSE },
    { "{'uri': <b'u'>, 'folder': <b'/..'>, 'argv': <[b'list']>}", FALSE },
    { "{'uri': <b'u'>, 'folder': <b'.'>, 'argv': <[b'list']>}", FALSE },
    { "{'uri': <b'u'>, 'folder': <@ay []>, 'argv': <[b'list']>}", FALSE },
    { "{'uri': <b'u'>, 'folder': <b'/'>, 'argv': <[b'list']>, "
      "'examples': <b'../x'>}", FALSE },
    { "{'uri': <b'u'>, 'folder': <b'/'>, 'argv': <[b'list']>, "
      "'outputs': <[b'/a', b'/../etc/passwd']>}", FALSE },
};

START_TEST(test_body)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) body = g_variant_parse(
        G_VARIANT_TYPE_VARDICT, bodies[_i].text, NULL, NULL, &error);
    g_autoptr(HetRequest) request = NULL;

    ck_assert_msg(body != NULL, "%s", error ? error->message : "");
    request = het_request_from_variant(body);
    ck_assert_int_eq(request != NULL, bodies[_i].is_good);
}
END_TEST

START_TEST(test_too_many_outputs)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HetRequest) request = het_request_new(&error);
    g_autoptr(HetRequest) again = NULL;

    request->uri = g_strdup("u");
    het_request_add_arg(request, "pack");
    for (guint i = 0; i <= HET_REQUEST_FILES_MAX; i++) {
        het_request_add_output(request, "/x");
    }
    again = sent(request);
    ck_assert_ptr_null(again);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("request");
    TCase *tcase = tcase_create("request");

    tcase_add_loop_test(tcase, test_path, 0, G_N_ELEMENTS(paths));
    tcase_add_test(tcase, test_long_path);
    tcase_add_loop_test(tcase, test_name, 0, G_N_ELEMENTS(names));
    tcase_add_test(tcase, test_file_once);
    tcase_add_test(tcase, test_round);
    tcase_add_loop_test(tcase, test_body, 0, G_N_ELEMENTS(bodies));
    tcase_add_test(tcase, test_too_many_outputs);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
