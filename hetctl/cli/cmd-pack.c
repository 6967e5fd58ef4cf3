/*
 * hetctl pack
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include <string.h>

#include "cli/soc-argument.h"
#include "domain/emulator.h"
#include "image/firmware.h"
#include "image/pack.h"
#include "util/error.h"

/* A defined SoC's emulator was run by define. */
static gboolean check_emulator(HetCli *cli, const HetSocArgument *source,
                               const HetProcessor *slave, GError **error)
{
    if (source->defined || het_cli_flag(cli, "run-emulator") ||
        het_emulator_is_default(slave) ||
        !het_firmware_runs_emulator(slave)) {
        return TRUE;
    }
    return het_xml_location_set_error(
        error, HET_ERROR_EMULATOR, slave->emulator_at, "the device tree of "
        "slave '%s' is made by emulator '%s', which only the XML names; "
        "--run-emulator runs it, a <dtb> makes it unnecessary", slave->name,
        slave->emulator);
}

static gboolean run(HetCli *cli, GError **error)
{
    const char *name = het_cli_arg(cli, 1);
    const char *output = het_cli_string(cli, "output");
    g_auto(HetSocArgument) source = { 0 };
    const HetProcessor *slave;

    if (!output) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "'pack' needs --output FILE");
        return FALSE;
    }
    if (!het_soc_argument_open(&source, cli, het_cli_arg(cli, 0), error)) {
        return FALSE;
    }
    slave = het_soc_find_processor(source.soc, name);
    if (!slave || slave->is_master) {
        g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                    "soc '%s' has no slave '%s'", source.soc->name, name);
        return FALSE;
    }
    if (!check_emulator(cli, &source, slave, error)) {
        return FALSE;
    }
    if (!het_pack(source.soc, slave, het_cli_string(cli, "firmware"), output,
                  error)) {
        g_prefix_error(error, "soc '%s': slave '%s': ", source.soc->name,
                       name);
        return FALSE;
    }
    if (strcmp(output, "-")) {
        het_cli_say(cli, "'%s' written", output);
    }
    return TRUE;
}

static const HetCliOption options[] = {
    { "output", 'o', HET_OPTION_OUTPUT, "FILE",
      "the ELF file to write ('-': to standard output)" },
    { "firmware", 0, HET_OPTION_FILE, "FILE",
      "in place of the XML's <kernel>" },
    { "run-emulator", 0, HET_OPTION_FLAG, NULL,
      "run an <emulator> that the FILE names, for its device tree" },
    { 0 }
};

const HetCommand het_cmd_pack = {
    .name = "pack",
    .args = "FILE|SOC SLAVE",
    .min_args = 2,
    .max_args = 2,
    .summary = "Write what a slave boots from as one ELF file, for remoteproc",
    .options = options,
    .run = run,
    .place = HET_THERE_SOC,
};
