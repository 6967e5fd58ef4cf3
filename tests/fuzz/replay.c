/*
 * A fuzz target without a fuzzer: each file of its corpus once
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "fuzz.h"

#include <stdio.h>
#include <string.h>

static guint run_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    guint n = 0;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *data = NULL;
        gsize size;

        if (g_file_get_contents(path, &data, &size, NULL)) {
            printf("# %s\n", path);
            fflush(stdout);
            LLVMFuzzerTestOneInput((uint8_t *)data, size);
            n++;
        }
    }
    return n;
}

/* "replay-xml" runs corpus/xml. */
int main(int argc, char **argv)
{
    const char *corpus = g_getenv("HETCTL_FUZZ_CORPUS");
    const char *name = strrchr(argv[0], '-');
    g_autofree char *folder = g_build_filename(corpus ?: ".",
                                               name ? name + 1 : "", NULL);
    guint n = run_folder(folder);

    if (!n) {
        fprintf(stderr, "no corpus in '%s'\n", folder);
    }
    return n ? 0 : 1;
}
