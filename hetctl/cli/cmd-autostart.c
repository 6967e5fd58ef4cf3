/*
 * hetctl autostart
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "domain/conn.h"
#include "domain/conn-place.h"
#include "domain/defined.h"
#include "host/autostart.h"
#include "util/error.h"

/* What runs at boot is root's. */
static gboolean require_system(virConnectPtr conn, GError **error)
{
    g_autofree char *uri = virConnectGetURI(conn);

    if (!het_conn_require_local(conn, error)) {
        return FALSE;
    }
    if (het_conn_is_system(conn)) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_LIBVIRT,
                "connection '%s' is one user's, which nobody has when the "
                "host boots; need -c qemu:///system", uri ?: "?");
    return FALSE;
}

static gboolean enable(virConnectPtr conn, const char *soc, GError **error)
{
    g_autoptr(HetDefined) defined =
        require_system(conn, error)
        ? het_defined_find_whole(conn, soc, error) : NULL;

    return defined && het_autostart_set(soc, TRUE, error);
}

/* Also of a SoC that virsh has undefined meanwhile */
static gboolean disable(virConnectPtr conn, const char *soc, GError **error)
{
    g_autoptr(GError) none = NULL;
    g_autoptr(HetDefined) defined = NULL;

    if (!require_system(conn, error)) {
        return FALSE;
    }
    defined = het_defined_find(conn, soc, &none);
    if (!defined && !het_autostart_get(soc)) {
        g_propagate_error(error, g_steal_pointer(&none));
        return FALSE;
    }
    return het_autostart_set(soc, FALSE, error);
}

static gboolean run(HetCli *cli, GError **error)
{
    const char *soc = het_cli_arg(cli, 0);
    gboolean off = het_cli_flag(cli, "disable");
    virConnectPtr conn = het_cli_connect(cli, error);

    if (!conn || !(off ? disable(conn, soc, error)
                       : enable(conn, soc, error))) {
        return FALSE;
    }
    het_cli_say(cli, off ? "soc '%s' does not start when the host boots"
                         : "soc '%s' starts when the host boots", soc);
    return TRUE;
}

static const HetCliOption options[] = {
    { "disable", 0, HET_OPTION_FLAG, NULL, "no longer" },
    { 0 }
};

const HetCommand het_cmd_autostart = {
    .name = "autostart",
    .args = "SOC",
    .min_args = 1,
    .max_args = 1,
    .summary = "Start a SoC when the host boots",
    .options = options,
    .run = run,
};
