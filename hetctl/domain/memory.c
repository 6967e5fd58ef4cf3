/*
 * The platform memory of a defined SoC: its segment, and what lies beside it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/memory.h"

#include <string.h>
#include <unistd.h>

#include "domain/conn.h"
#include "domain/demand-memory.h"
#include "soc/xpath.h"
#include "util/error.h"

gboolean het_memory_require_path(const HetDefined *defined, GError **error)
{
    if (defined->segment) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                "soc '%s' does not say where its platform memory is, it was "
                "defined by another hetctl; undefine and define it again",
                defined->name);
    return FALSE;
}

HetSegment *het_memory_open(const HetDefined *defined, GError **error)
{
    g_autoptr(GError) reason = NULL;
    HetSegment *segment;

    if (!het_memory_require_path(defined, error)) {
        return NULL;
    }
    segment = het_segment_open(defined->segment,
                               het_soc_segment_size(defined->soc),
                               defined->identity, &reason);
    if (segment && !het_demand_memory_open(defined, segment, &reason)) {
        g_clear_pointer(&segment, het_segment_free);
    }
    if (!segment) {
        g_set_error(error, HET_ERROR, reason->code,
                    "%s; 'hetctl destroy %s' ends the soc", reason->message,
                    defined->name);
    }
    return segment;
}

HetStartFiles het_memory_start_files(const HetDefined *defined)
{
    return (HetStartFiles) {
        .soc = defined->name, .segment = defined->segment,
    };
}

gboolean het_memory_exists(const HetDefined *defined)
{
    HetStartFiles files = het_memory_start_files(defined);

    return defined->segment && (het_segment_exists(defined->segment) ||
                                het_beside_files_exist(defined->segment) ||
                                het_start_files_exist(&files));
}

gboolean het_memory_remove_start_files(const HetDefined *defined,
                                       GError **error)
{
    HetStartFiles files = het_memory_start_files(defined);

    return !defined->segment || het_start_files_remove(&files, error);
}

gboolean het_memory_remove(const HetDefined *defined, GError **error)
{
    HetStartFiles files = het_memory_start_files(defined);
    gboolean ok = !defined->segment ||
                  het_start_files_remove_all(&files, error);

    if (defined->segment) {
        ok = het_beside_files_remove(defined->segment,
                                     ok ? error : NULL) && ok;
        ok = het_segment_remove(defined->segment, ok ? error : NULL) && ok;
    }
    return ok;
}

static gboolean find_emulator(virConnectPtr conn, const HetDefined *defined,
                              HetAccess *access)
{
    const HetPart *master = het_defined_master(defined);
    g_autofree char *xml =
        virDomainGetXMLDesc(master->domain, VIR_DOMAIN_XML_INACTIVE);
    g_autofree char *label =
        het_xpath_string(xml, "string(/domain/seclabel[@model='dac']"
                         "/label)");

    return label
           ? het_conn_parse_dac_label(label, &access->uid, &access->gid)
           : het_conn_get_emulator_owner(conn, &access->uid, &access->gid);
}

HetAccess het_memory_access(virConnectPtr conn, const HetPlace *place,
                            const HetDefined *defined)
{
    HetAccess access = {
        .has_group = place->is_shared, .group = place->group,
    };

    /* Of a session they are the user's own processes. */
    access.has_emulator = (place->is_shared || geteuid() == 0) &&
                          find_emulator(conn, defined, &access);
    return access;
}

/* ---- another path ---- */

static gboolean is_fit(const HetDefined *defined, const HetPlace *place)
{
    g_autofree char *folder = g_path_get_dirname(defined->segment);

    return !strcmp(folder, place->segments) &&
           het_segment_is_free(defined->segment) &&
           het_beside_files_are_free(defined->segment);
}

static gboolean redefine(virConnectPtr conn, HetPart *part, const char *path,
                         GError **error)
{
    g_autofree char *old =
        virDomainGetXMLDesc(part->domain, VIR_DOMAIN_XML_INACTIVE |
                            VIR_DOMAIN_XML_SECURE);
    g_autoptr(GString) xml = g_string_new(old);
    virDomainPtr domain;

    g_string_replace(xml, part->segment, path, 0);
    domain = old ? virDomainDefineXML(conn, xml->str) : NULL;
    if (!domain) {
        het_conn_set_error(error, HET_ERROR_FAILED,
                           "processor '%s': cannot give it other platform "
                           "memory", part->name);
        return FALSE;
    }
    virDomainFree(part->domain);
    part->domain = domain;
    g_free(part->segment);
    part->segment = g_strdup(path);
    return TRUE;
}

/* The master last: until then the old path is what counts. */
gboolean het_memory_find_room(virConnectPtr conn, HetDefined *defined,
                              const HetPlace *place, GError **error)
{
    g_autofree char *path = NULL;

    if (is_fit(defined, place)) {
        return TRUE;
    }
    path = het_segment_new_path(place, defined->name);
    for (guint i = defined->parts->len; i-- > 0; ) {
        if (!redefine(conn, g_ptr_array_index(defined->parts, i), path,
                      error)) {
            return FALSE;
        }
    }
    g_free(defined->segment);
    defined->segment = g_steal_pointer(&path);
    return TRUE;
}
