/*
 * Starting a SoC when the host boots: the systemd unit hetctl@SOC.service
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "host/autostart.h"

#include <signal.h>

#include "util/error.h"

/* Where systemctl makes the links of what an administrator enables */
#define WANTS "/etc/systemd/system/multi-user.target.wants"

/* A SoC's name has only characters that a unit's may have. */
static char *unit_name(const char *soc)
{
    return g_strdup_printf("hetctl@%s.service", soc);
}

gboolean het_autostart_get(const char *soc)
{
    g_autofree char *unit = unit_name(soc);
    g_autofree char *path = g_build_filename(WANTS, unit, NULL);

    return g_file_test(path, G_FILE_TEST_IS_SYMLINK);
}

static void set_default_signals(gpointer data)
{
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
}

gboolean het_autostart_set(const char *soc, gboolean on, GError **error)
{
    const char *verb = on ? "enable" : "disable";
    g_autofree char *unit = unit_name(soc);
    const char *argv[] = { "systemctl", "--quiet", verb, "--", unit, NULL };
    g_autofree char *said = NULL;
    g_autoptr(GError) cause = NULL;
    int status;

    /* It may ask the user at the terminal for a password. */
    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH |
                      G_SPAWN_CHILD_INHERITS_STDIN, set_default_signals,
                      NULL, NULL, &said, &status, &cause)) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot %s '%s', which systemd does: %s", verb, unit,
                    cause->message);
        return FALSE;
    }
    if (!g_spawn_check_wait_status(status, &cause)) {
        g_strstrip(said);
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "cannot %s '%s': %s", verb, unit,
                    *said ? said : cause->message);
        return FALSE;
    }
    return TRUE;
}
