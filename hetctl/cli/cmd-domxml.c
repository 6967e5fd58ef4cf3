/*
 * hetctl domxml
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include "cli/soc-argument.h"
#include "domain/call.h"
#include "domain/define.h"
#include "host/segment.h"
#include "util/error.h"

/* What libvirt has, or what it would get */
static char *domain_xml(const HetSocArgument *source, const HetProcessor *proc,
                        const char *segment, GError **error)
{
    HetPart *part;
    char *xml;

    if (!source->defined) {
        return het_define_xml(NULL, source->soc, proc, segment, NULL, error);
    }
    part = het_defined_part(source->defined, proc->name, error);
    if (!part) {
        return NULL;
    }
    xml = het_call_get_xml(part->domain, VIR_DOMAIN_XML_INACTIVE, error);
    if (!xml) {
        g_prefix_error(error, "cannot read the domain of '%s': ",
                       proc->name);
    }
    return xml;
}

static char *all_domains(const HetSocArgument *source, const char *segment,
                         GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const HetSoc *soc = source->soc;

    for (guint i = 0; i <= soc->slaves->len; i++) {
        const HetProcessor *proc = i ? g_ptr_array_index(soc->slaves, i - 1)
                                     : soc->master;
        g_autofree char *xml = domain_xml(source, proc, segment, error);

        if (!xml) {
            return NULL;
        }
        g_string_append(text, xml);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean run(HetCli *cli, GError **error)
{
    const char *name = het_cli_arg(cli, 1);
    const HetProcessor *proc = NULL;
    g_auto(HetSocArgument) source = { 0 };
    g_autofree char *segment = NULL;
    g_autofree char *xml = NULL;

    if (!het_soc_argument_open(&source, cli, het_cli_arg(cli, 0), error)) {
        return FALSE;
    }
    if (name) {
        proc = het_soc_find_processor(source.soc, name);
        if (!proc) {
            g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                        "soc '%s' has no processor '%s'", source.soc->name,
                        name);
            return FALSE;
        }
    }
    segment = het_segment_any_path(source.soc->name);
    xml = proc ? domain_xml(&source, proc, segment, error)
               : all_domains(&source, segment, error);
    if (xml) {
        het_soc_argument_print(cli, name ?: source.soc->name, xml);
    }
    return xml != NULL;
}

const HetCommand het_cmd_domxml = {
    .name = "domxml",
    .args = "FILE|SOC [PROCESSOR]",
    .min_args = 1,
    .max_args = 2,
    .summary = "Print the domain XML that a SoC's processors get",
    .run = run,
    .place = HET_THERE_SOC,
};
