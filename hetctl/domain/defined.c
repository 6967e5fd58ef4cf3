/*
 * The SoCs that libvirt knows
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/defined.h"

#include <libvirt/virterror.h>
#include <string.h>

#include "domain/conn.h"
#include "soc/xpath.h"
#include "util/error.h"

#define RUN_NAMESPACE "urn:hetctl:run:1"

static void part_free(gpointer data)
{
    HetPart *part = data;

    g_free(part->name);
    g_clear_pointer(&part->domain, virDomainFree);
    g_free(part);
}

void het_defined_free(HetDefined *defined)
{
    if (!defined) {
        return;
    }
    g_free(defined->name);
    g_clear_pointer(&defined->soc, het_soc_free);
    g_clear_error(&defined->error);
    g_ptr_array_unref(defined->parts);
    g_free(defined);
}

static HetDefined *get_defined(GPtrArray *list, const char *name)
{
    HetDefined *defined;

    for (guint i = 0; i < list->len; i++) {
        defined = g_ptr_array_index(list, i);
        if (!strcmp(defined->name, name)) {
            return defined;
        }
    }
    defined = g_new0(HetDefined, 1);
    defined->name = g_strdup(name);
    defined->parts = g_ptr_array_new_with_free_func(part_free);
    g_ptr_array_add(list, defined);
    return defined;
}

static HetPart *find_part(const HetDefined *defined, const char *name)
{
    for (guint i = 0; i < defined->parts->len; i++) {
        HetPart *part = g_ptr_array_index(defined->parts, i);

        if (!strcmp(part->name, name)) {
            return part;
        }
    }
    return NULL;
}

static HetPart *get_part(HetDefined *defined, const char *name,
                         gboolean is_master)
{
    HetPart *part = find_part(defined, name);

    if (!part) {
        part = g_new0(HetPart, 1);
        part->name = g_strdup(name);
        part->state = VIR_DOMAIN_SHUTOFF;
        g_ptr_array_insert(defined->parts, is_master ? 0 : -1, part);
    }
    part->is_master = is_master;
    return part;
}

static char *get_mark(virDomainPtr domain)
{
    return virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT,
                                RUN_NAMESPACE, VIR_DOMAIN_AFFECT_LIVE);
}

static gboolean has_mark(virDomainPtr domain)
{
    g_autofree char *mark = get_mark(domain);

    return mark != NULL;
}

static void load_model(HetDefined *defined, const char *xml)
{
    g_autofree char *source = g_strdup_printf("soc '%s'", defined->name);
    g_autoptr(HetSoc) soc = het_soc_parse_string(xml, -1, "/", source,
                                                 &defined->error);

    if (!soc || !het_soc_validate(soc, HET_SOC_VALIDATE_NO_FILES,
                                  &defined->error)) {
        g_prefix_error(&defined->error, "stored XML of soc '%s': ",
                       defined->name);
        return;
    }
    get_part(defined, soc->master->name, TRUE);
    for (guint i = 0; i < soc->slaves->len; i++) {
        HetProcessor *slave = g_ptr_array_index(soc->slaves, i);

        get_part(defined, slave->name, FALSE);
    }
    defined->soc = g_steal_pointer(&soc);
}

/* The processor, or NULL when the domain does not have the SoC's name. */
static const char *processor_of(virDomainPtr domain, const char *soc)
{
    const char *name = virDomainGetName(domain);
    gsize len = strlen(soc);

    if (strncmp(name, soc, len) || name[len] != '.' || !name[len + 1]) {
        return NULL;
    }
    return name + len + 1;
}

char *het_defined_processor_of(virDomainPtr domain, char **soc)
{
    g_autofree char *xml =
        virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT,
                             HET_SOC_NAMESPACE, VIR_DOMAIN_AFFECT_CURRENT);

    *soc = het_xpath_string(xml, "string(/*/@soc)");
    return *soc ? g_strdup(processor_of(domain, *soc)) : NULL;
}

static void add_domain(GPtrArray *list, virDomainPtr domain)
{
    g_autofree char *xml =
        virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT,
                             HET_SOC_NAMESPACE, VIR_DOMAIN_AFFECT_CURRENT);
    g_autofree char *kind = het_xpath_string(xml, "local-name(/*)");
    g_autofree char *soc = het_xpath_string(xml, "string(/*/@soc)");
    const char *processor = soc ? processor_of(domain, soc) : NULL;
    gboolean is_master = !g_strcmp0(kind, "master");
    g_autofree char *model = NULL;
    HetDefined *defined;
    HetPart *part;

    /* A copy of a domain under another name is no part of a SoC. */
    if (!processor) {
        return;
    }
    defined = get_defined(list, soc);
    if (is_master) {
        model = het_xpath_element(xml, "/*/*[local-name()='soc']");
        load_model(defined, model ?: "");
        defined->started = has_mark(domain);
    }
    part = get_part(defined, processor, is_master);
    virDomainRef(domain);
    part->domain = domain;
    if (virDomainGetState(domain, &part->state, NULL, 0) < 0) {
        part->state = VIR_DOMAIN_NOSTATE;
    }
}

static void note_missing_master(gpointer data, gpointer opaque)
{
    HetDefined *defined = data;

    if (!defined->soc && !defined->error) {
        g_set_error(&defined->error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' has no master; 'hetctl undefine %s' removes "
                    "what is left of it", defined->name, defined->name);
    }
}

static int compare_defined(gconstpointer a, gconstpointer b)
{
    const HetDefined *const *x = a;
    const HetDefined *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

GPtrArray *het_defined_list(virConnectPtr conn, GError **error)
{
    GPtrArray *list;
    virDomainPtr *domains = NULL;
    int n = virConnectListAllDomains(conn, &domains, 0);

    if (n < 0) {
        het_conn_set_error(error, HET_ERROR_LIBVIRT, "cannot list domains");
        return NULL;
    }
    list = g_ptr_array_new_with_free_func((GDestroyNotify)het_defined_free);
    for (int i = 0; i < n; i++) {
        add_domain(list, domains[i]);
        virDomainFree(domains[i]);
    }
    g_free(domains);
    g_ptr_array_foreach(list, note_missing_master, NULL);
    g_ptr_array_sort(list, compare_defined);
    return list;
}

HetDefined *het_defined_find(virConnectPtr conn, const char *name,
                             GError **error)
{
    g_autoptr(GPtrArray) list = het_defined_list(conn, error);

    for (guint i = 0; list && i < list->len; i++) {
        HetDefined *defined = g_ptr_array_index(list, i);

        if (!strcmp(defined->name, name)) {
            return g_ptr_array_steal_index(list, i);
        }
    }
    if (list) {
        g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                    "no soc '%s' is defined; 'hetctl list --all' shows those "
                    "that are", name);
    }
    return NULL;
}

HetDefined *het_defined_find_whole(virConnectPtr conn, const char *name,
                                   GError **error)
{
    g_autoptr(HetDefined) defined = het_defined_find(conn, name, error);

    if (!defined) {
        return NULL;
    }
    if (!defined->soc) {
        g_propagate_error(error, g_steal_pointer(&defined->error));
        return NULL;
    }
    for (guint i = 0; i < defined->parts->len; i++) {
        HetPart *part = g_ptr_array_index(defined->parts, i);

        if (!part->domain) {
            g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                        "soc '%s' has lost the domain of '%s'; undefine and "
                        "define it again", name, part->name);
            return NULL;
        }
    }
    return g_steal_pointer(&defined);
}

HetPart *het_defined_master(const HetDefined *defined)
{
    HetPart *part = defined->parts->len
                    ? g_ptr_array_index(defined->parts, 0) : NULL;

    return part && part->is_master ? part : NULL;
}

GPtrArray *het_defined_slaves(const HetDefined *defined)
{
    GPtrArray *slaves = g_ptr_array_new();

    for (guint i = 0; i < defined->parts->len; i++) {
        HetPart *part = g_ptr_array_index(defined->parts, i);

        if (!part->is_master) {
            g_ptr_array_add(slaves, part);
        }
    }
    return slaves;
}

HetPart *het_defined_part(const HetDefined *defined, const char *name,
                          GError **error)
{
    HetPart *part = find_part(defined, name);

    if (!part || !part->domain) {
        g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                    "soc '%s' has no processor '%s'", defined->name, name);
        return NULL;
    }
    return part;
}

HetPart *het_defined_slave(const HetDefined *defined, const char *name,
                           GError **error)
{
    HetPart *part = het_defined_part(defined, name, error);

    if (part && part->is_master) {
        g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                    "'%s' is the master of soc '%s', need a slave", name,
                    defined->name);
        return NULL;
    }
    return part;
}

gboolean het_part_is_active(const HetPart *part)
{
    return part->domain && part->state != VIR_DOMAIN_SHUTOFF;
}

const char *het_part_state_name(const HetPart *part)
{
    static const char *const names[] = {
        [VIR_DOMAIN_NOSTATE] = "unknown",
        [VIR_DOMAIN_RUNNING] = "running",
        [VIR_DOMAIN_BLOCKED] = "blocked",
        [VIR_DOMAIN_PAUSED] = "paused",
        [VIR_DOMAIN_SHUTDOWN] = "in shutdown",
        [VIR_DOMAIN_SHUTOFF] = "shut off",
        [VIR_DOMAIN_CRASHED] = "crashed",
        [VIR_DOMAIN_PMSUSPENDED] = "pmsuspended",
    };

    if (!part->domain) {
        return "not defined";
    }
    if (part->state < 0 || (gsize)part->state >= G_N_ELEMENTS(names)) {
        return "unknown";
    }
    return names[part->state];
}

HetRunState het_defined_state(const HetDefined *defined)
{
    guint active = 0;
    guint paused = 0;

    for (guint i = 0; i < defined->parts->len; i++) {
        const HetPart *part = g_ptr_array_index(defined->parts, i);

        active += het_part_is_active(part);
        paused += part->domain && part->state == VIR_DOMAIN_PAUSED;
    }
    if (active == 0) {
        return HET_RUN_OFF;
    }
    if (active < defined->parts->len || !defined->started) {
        return HET_RUN_PARTIAL;
    }
    return paused == active ? HET_RUN_SUSPENDED : HET_RUN_RUNNING;
}

const char *het_run_state_name(HetRunState state)
{
    static const char *const names[] = {
        "shut off", "partial", "running", "suspended"
    };

    return names[state];
}

char *het_defined_get_mark(const HetDefined *defined)
{
    HetPart *master = het_defined_master(defined);

    return master && het_part_is_active(master) ? get_mark(master->domain)
                                                : NULL;
}

gboolean het_defined_set_mark(const HetDefined *defined, const char *xml,
                              GError **error)
{
    HetPart *master = het_defined_master(defined);

    if (virDomainSetMetadata(master->domain, VIR_DOMAIN_METADATA_ELEMENT,
                             xml, "het-run", RUN_NAMESPACE,
                             VIR_DOMAIN_AFFECT_LIVE) < 0) {
        het_conn_set_error(error, HET_ERROR_FAILED,
                           "cannot mark the soc as started");
        return FALSE;
    }
    return TRUE;
}

gboolean het_defined_mark_started(const HetDefined *defined, GError **error)
{
    return het_defined_set_mark(defined, "<run/>", error);
}
