/*
 * Where events and watch tell what happens: to whom reads it, or to journald
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/event-output.h"

#include "qmp/event-journal.h"
#include "util/error.h"

gboolean het_event_output_choose(HetCli *cli, HetEventOutput *output,
                                 GError **error)
{
    gboolean is_json = het_cli_format(cli) == HET_FORMAT_JSON;

    *output = is_json ? HET_EVENT_JSON : HET_EVENT_LINES;
    if (!het_cli_flag(cli, "journal")) {
        return TRUE;
    }
    if (is_json) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "--journal has fields, and goes not with --format json");
        return FALSE;
    }
    *output = HET_EVENT_JOURNAL;
    return het_event_journal_check(error);
}

gboolean het_event_output(const HetEvent *event, HetEventOutput output,
                          GError **error)
{
    /* What journald does not take, because it restarts say, is printed. */
    if (output == HET_EVENT_JOURNAL && het_event_journal_send(event)) {
        return TRUE;
    }
    return het_event_print(event, output == HET_EVENT_JSON, error);
}
