/*
 * Files that other hosts have sent for SoCs that are defined here
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "host/sent-files.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "util/remove-tree.h"

char *het_sent_folder(gboolean is_system)
{
    const char *base = geteuid() == 0 ? "/var/lib" : g_get_user_data_dir();

    return g_build_filename(base, "hetctl", "sent",
                            is_system ? "system" : "session", NULL);
}

/* By its name, which is random: XML has other parts of a path escaped. */
static gboolean is_used(const char *name, const char *const *texts)
{
    g_autofree char *below = g_strconcat("/", name, "/", NULL);

    for (; *texts; texts++) {
        if (strstr(*texts, below)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Who fills it has it locked until it is used. */
static void sweep(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0) {
        return;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        het_remove_tree(path);
    }
    close(fd);
}

void het_sent_sweep(const char *folder, const char *const *texts)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (!is_used(name, texts)) {
            sweep(path);
        }
    }
}
