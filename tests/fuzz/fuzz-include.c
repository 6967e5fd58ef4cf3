/*
 * SoC XML of several files: included, changed, checked
 *
 * A line "%%" ends a file; the first is the top one, the others are a.xml,
 * b.xml and sub/c.xml.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "fuzz.h"

#include <glib/gstdio.h>
#include <string.h>

#include "soc/soc.h"
#include "util/scratch.h"

#define SEPARATOR "\n%%\n"

static const char *const names[] = {
    "soc.xml", "a.xml", "b.xml", "sub/c.xml",
};

static HetScratch *folder;

static void put(const char *name, const char *text, gsize size)
{
    g_autofree char *path = het_scratch_file(folder, name);

    fuzz_assert(g_file_set_contents_full(path, text, size,
                                         G_FILE_SET_CONTENTS_NONE, 0600,
                                         NULL));
}

static void put_files(const char *text, gsize size)
{
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *end = size ? memmem(text, size, SEPARATOR,
                                        strlen(SEPARATOR)) : NULL;
        gsize len = end ? (gsize)(end - text) : size;

        put(names[i], text, len);
        text += len + (end ? strlen(SEPARATOR) : 0);
        size -= len + (end ? strlen(SEPARATOR) : 0);
    }
}

static void remove_folder(void)
{
    g_clear_pointer(&folder, het_scratch_free);
}

static void make_folder(void)
{
    g_autofree char *sub = NULL;

    folder = het_scratch_new(NULL);
    fuzz_assert(folder);
    sub = het_scratch_file(folder, "sub");
    fuzz_assert(g_mkdir(sub, 0700) == 0);
    atexit(remove_folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    g_autoptr(HetSoc) soc = NULL;

    if (!folder) {
        make_folder();
    }
    put_files((const char *)data, size);
    path = het_scratch_file(folder, names[0]);
    soc = het_soc_parse_file(path, &error);
    fuzz_assert_either(soc, error);
    if (soc) {
        g_autoptr(GError) invalid = NULL;
        gboolean ok = het_soc_validate(soc, HET_SOC_VALIDATE_NO_FILES,
                                       &invalid);

        fuzz_assert_either(ok, invalid);
    }
    return 0;
}
