/*
 * A slave and the files that go into its windows, for tests of these
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "slave-files.h"

#include <glib/gstdio.h>
#include <string.h>

#include "data.h"
#include "util/error.h"

char *folder;
HetSoc *soc;
const HetProcessor *slave;

void slave_files_begin(void)
{
    folder = g_dir_make_tmp("hetctl-files-XXXXXX", NULL);
    ck_assert_ptr_nonnull(folder);
}

void slave_files_end(void)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    ck_assert_ptr_nonnull(dir);
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = file_path(name);

        g_unlink(path);
    }
    g_dir_close(dir);
    ck_assert_int_eq(g_rmdir(folder), 0);
    g_free(folder);
    g_clear_pointer(&soc, het_soc_free);
}

char *file_path(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

void put(const char *name, const void *data, gsize size)
{
    g_autofree char *path = file_path(name);

    ck_assert(g_file_set_contents(path, data, size, NULL));
}

void put_bytes(const char *name, char value, gsize size)
{
    g_autofree char *data = g_malloc(size);

    memset(data, value, size);
    put(name, data, size);
}

void parse_soc(const char *xml, const char *slave_name)
{
    g_autoptr(GError) error = NULL;

    het_soc_free(soc);
    soc = het_soc_parse_string(xml, -1, folder, "soc.xml", &error);
    ck_assert_msg(soc && het_soc_validate(soc, HET_SOC_VALIDATE_NO_FILES,
                                          &error),
                  "%s", error ? error->message : "");
    slave = het_soc_find_processor(soc, slave_name);
}

HetFirmware *open_valid(void)
{
    g_autoptr(GError) error = NULL;
    HetFirmware *image = het_firmware_open(soc, slave, NULL, &error);

    ck_assert_msg(image != NULL, "%s", error ? error->message : "");
    return image;
}

void assert_refused(const char *file, const char *why)
{
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(het_firmware_open(soc, slave, NULL, &error));
    ck_assert(error->domain == HET_ERROR);
    ck_assert_msg(strstr(error->message, file) != NULL, "'%s' not in '%s'",
                  file, error->message);
    ck_assert_msg(strstr(error->message, why) != NULL, "'%s' not in '%s'",
                  why, error->message);
}

const HetLoadPiece *piece_of(const HetFirmware *image, HetLoadPieceKind kind)
{
    const HetLoadPlan *pieces = het_firmware_plan(image);

    for (guint i = 0; i < het_load_plan_count(pieces); i++) {
        if (het_load_plan_get(pieces, i)->kind == kind) {
            return het_load_plan_get(pieces, i);
        }
    }
    ck_abort_msg("no such piece");
    return NULL;
}
