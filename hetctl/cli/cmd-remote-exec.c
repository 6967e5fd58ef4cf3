/*
 * hetctl remote-exec, which another host's hetctl starts over ssh
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include <unistd.h>

#include "remote/serve.h"
#include "util/error.h"

static gboolean run(HetCli *cli, GError **error)
{
    if (isatty(STDIN_FILENO) || isatty(STDOUT_FILENO)) {
        g_set_error_literal(error, HET_ERROR, HET_ERROR_USAGE,
                            "'remote-exec' is for the hetctl of another host: "
                            "hetctl -c qemu+ssh://HOST/system COMMAND");
        return FALSE;
    }
    het_remote_serve();
    return TRUE;
}

const HetCommand het_cmd_remote_exec = {
    .name = "remote-exec",
    .args = "",
    .min_args = 0,
    .max_args = 0,
    .summary = "Serve the hetctl of another host, which starts this over ssh",
    .run = run,
    .place = HET_HERE,
    .is_hidden = TRUE,
};
