/*
 * The SoCs that libvirt knows
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/defined.h"

#include <libvirt/virterror.h>
#include <string.h>

#include "domain/call.h"
#include "domain/conn.h"
#include "domain/identity.h"
#include "soc/xpath.h"
#include "util/error.h"
#include "util/text.h"
#include "util/worker.h"

#define RUN_NAMESPACE "urn:hetctl:run:1"

static void part_free(gpointer data)
{
    HetPart *part = data;

    g_free(part->name);
    g_free(part->segment);
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
    g_free(defined->segment);
    g_free(defined->identity);
    g_free(defined->recorders);
    g_free(defined->demand);
    g_free(defined->image);
    g_free(defined->owner);
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

static void read_mark(HetDefined *defined, virDomainPtr domain)
{
    g_autofree char *mark = get_mark(domain);

    defined->started = mark != NULL;
    defined->identity = het_xpath_string(mark, "string(/*/@segment)");
    defined->recorders = het_xpath_string(mark, "string(/*/@recorders)");
    defined->demand = het_xpath_string(mark, "string(/*/@demand)");
    defined->image = het_xpath_string(mark, "string(/*/@image)");
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

char *het_defined_processor_of(virDomainPtr domain, char **soc)
{
    g_autoptr(HetIdentity) id = het_identity_of(domain);

    *soc = id ? g_steal_pointer(&id->soc) : NULL;
    return id ? g_steal_pointer(&id->processor) : NULL;
}

static void set_domain(HetPart *part, virDomainPtr domain,
                       const char *segment, gboolean is_renamed)
{
    /* Two say that they are it: the one with the name is. */
    if (part->domain) {
        if (is_renamed) {
            return;
        }
        virDomainFree(part->domain);
    }
    virDomainRef(domain);
    part->domain = domain;
    part->is_renamed = is_renamed;
    g_free(part->segment);
    part->segment = g_strdup(segment);
    if (virDomainGetState(domain, &part->state, &part->reason, 0) < 0) {
        part->state = VIR_DOMAIN_NOSTATE;
    }
}

/* @only: of no other SoC; NULL: of any */
static void add_domain(GPtrArray *list, virDomainPtr domain, const char *only)
{
    g_autoptr(HetIdentity) id = het_identity_of(domain);
    HetDefined *defined;

    if (!id || (only && strcmp(id->soc, only))) {
        return;
    }
    defined = get_defined(list, id->soc);
    if (id->is_master) {
        load_model(defined, id->soc_xml ?: "");
        read_mark(defined, domain);
    }
    set_domain(get_part(defined, id->processor, id->is_master), domain,
               id->segment, id->is_renamed);
    if (id->is_master || !defined->owner) {
        g_free(defined->owner);
        defined->owner = g_steal_pointer(&id->owner);
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

/* The master's; what its slaves say counts when it is gone. */
static void choose_segment(gpointer data, gpointer opaque)
{
    HetDefined *defined = data;
    const HetPart *master = het_defined_master(defined);

    for (guint i = 0; i < defined->parts->len && !defined->segment; i++) {
        const HetPart *part = g_ptr_array_index(defined->parts, i);

        if (part == master || !master || !master->domain) {
            defined->segment = g_strdup(part->segment);
        }
    }
}

/* In the XML; what it does not know comes last. */
static guint place_of(const HetSoc *soc, const HetPart *part)
{
    if (part->is_master) {
        return 0;
    }
    for (guint i = 0; i < soc->slaves->len; i++) {
        const HetProcessor *slave = g_ptr_array_index(soc->slaves, i);

        if (!strcmp(slave->name, part->name)) {
            return i + 1;
        }
    }
    return soc->slaves->len + 1;
}

static int compare_places(gconstpointer a, gconstpointer b, gpointer soc)
{
    guint x = place_of(soc, *(HetPart *const *)a);
    guint y = place_of(soc, *(HetPart *const *)b);

    return (x > y) - (x < y);
}

/* libvirt lists domains in any order. */
static void order_parts(gpointer data, gpointer opaque)
{
    HetDefined *defined = data;

    if (defined->soc) {
        g_ptr_array_sort_with_data(defined->parts, compare_places,
                                   defined->soc);
    }
}

static int compare_defined(gconstpointer a, gconstpointer b)
{
    const HetDefined *const *x = a;
    const HetDefined *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

typedef struct {
    virConnectPtr conn;
    char *only;                 /* the SoC that is looked for; NULL: all */
    GPtrArray *list;            /* HetDefined */
} Listing;

static void listing_clear(gpointer data)
{
    Listing *l = data;

    virConnectClose(l->conn);
    g_free(l->only);
    g_clear_pointer(&l->list, g_ptr_array_unref);
}

static gboolean has_name_of(virDomainPtr domain, const char *soc)
{
    gsize len = strlen(soc);
    const char *name = virDomainGetName(domain);

    return !strncmp(name, soc, len) && name[len] == '.';
}

/* All that its XML knows was found under its own name. */
static gboolean is_found(GPtrArray *list)
{
    const HetDefined *defined = list->len ? g_ptr_array_index(list, 0) : NULL;

    if (!defined || !defined->soc) {
        return FALSE;
    }
    for (guint i = 0; i < defined->parts->len; i++) {
        const HetPart *part = g_ptr_array_index(defined->parts, i);

        if (!part->domain || part->is_renamed) {
            return FALSE;
        }
    }
    return TRUE;
}

/*
 * What a domain says costs a call of libvirt.  Those of other names are asked
 * when those of the SoC's name are not all of it: one may have been renamed.
 */
static void add_domains(Listing *l, virDomainPtr *domains, int n)
{
    for (int i = 0; l->only && i < n; i++) {
        if (has_name_of(domains[i], l->only)) {
            add_domain(l->list, domains[i], l->only);
        }
    }
    if (is_found(l->list)) {
        return;
    }
    for (int i = 0; i < n; i++) {
        if (!l->only || !has_name_of(domains[i], l->only)) {
            add_domain(l->list, domains[i], l->only);
        }
    }
}

static gboolean list_all(gpointer data, GError **error)
{
    Listing *l = data;
    virDomainPtr *domains = NULL;
    int n = virConnectListAllDomains(l->conn, &domains, 0);

    if (n < 0) {
        het_conn_set_error(error, HET_ERROR_LIBVIRT, "cannot list domains");
        return FALSE;
    }
    l->list = g_ptr_array_new_with_free_func((GDestroyNotify)
                                             het_defined_free);
    add_domains(l, domains, n);
    for (int i = 0; i < n; i++) {
        virDomainFree(domains[i]);
    }
    g_free(domains);
    g_ptr_array_foreach(l->list, note_missing_master, NULL);
    g_ptr_array_foreach(l->list, choose_segment, NULL);
    g_ptr_array_foreach(l->list, order_parts, NULL);
    g_ptr_array_sort(l->list, compare_defined);
    return TRUE;
}

static GPtrArray *list(virConnectPtr conn, const char *only, GError **error)
{
    Listing *l = g_atomic_rc_box_new0(Listing);
    GPtrArray *found = NULL;

    virConnectRef(conn);
    l->conn = conn;
    l->only = g_strdup(only);
    if (het_worker_run(list_all, l, listing_clear, HET_CONN_LIMIT_MS, NULL,
                       error)) {
        found = g_steal_pointer(&l->list);
    }
    g_atomic_rc_box_release_full(l, listing_clear);
    return found;
}

GPtrArray *het_defined_list(virConnectPtr conn, GError **error)
{
    return list(conn, NULL, error);
}

HetDefined *het_defined_find(virConnectPtr conn, const char *name,
                             GError **error)
{
    g_autoptr(GPtrArray) found = list(conn, name, error);

    if (found && found->len) {
        return g_ptr_array_steal_index(found, 0);
    }
    if (found) {
        g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                    "no soc '%s' is defined; 'hetctl list --all' shows those "
                    "that are", name);
    }
    return NULL;
}

static gboolean check_part(const HetDefined *defined, const HetPart *part,
                           GError **error)
{
    const char *soc = defined->name;
    const char *domain;

    if (!part->domain) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' has lost the domain of '%s'; undefine and "
                    "define it again", soc, part->name);
        return FALSE;
    }
    if (part->is_renamed) {
        domain = virDomainGetName(part->domain);
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "the domain of '%s' of soc '%s' is called '%s'; 'virsh "
                    "domrename %s %s.%s' gives it its name back, 'hetctl "
                    "undefine %s' removes the soc", part->name, soc, domain,
                    domain, soc, part->name, soc);
        return FALSE;
    }
    return TRUE;
}

gboolean het_defined_check_whole(const HetDefined *defined, GError **error)
{
    if (!defined->soc) {
        if (error) {
            *error = g_error_copy(defined->error);
        }
        return FALSE;
    }
    for (guint i = 0; i < defined->parts->len; i++) {
        if (!check_part(defined, g_ptr_array_index(defined->parts, i),
                        error)) {
            return FALSE;
        }
    }
    return TRUE;
}

HetDefined *het_defined_find_whole(virConnectPtr conn, const char *name,
                                   GError **error)
{
    g_autoptr(HetDefined) defined = het_defined_find(conn, name, error);

    if (!defined) {
        return NULL;
    }
    return het_defined_check_whole(defined, error)
           ? g_steal_pointer(&defined) : NULL;
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
    if (part->is_silent) {
        return "not answering";
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

    if (!het_call_set_metadata(master->domain, xml, "het-run", RUN_NAMESPACE,
                               error)) {
        g_prefix_error(error, "cannot mark the soc as started: ");
        return FALSE;
    }
    return TRUE;
}

static void add_attribute(GString *mark, const char *name, const char *value)
{
    if (value) {
        het_text_add(mark, 0, " %s='%s'", name, value);
    }
}

void het_defined_add_identities(GString *mark, const HetDefined *defined)
{
    add_attribute(mark, "segment", defined->identity);
    add_attribute(mark, "recorders", defined->recorders);
    add_attribute(mark, "demand", defined->demand);
    add_attribute(mark, "image", defined->image);
}

gboolean het_defined_mark_started(const HetDefined *defined, GError **error)
{
    g_autoptr(GString) mark = g_string_new("<run");

    het_defined_add_identities(mark, defined);
    g_string_append(mark, "/>");
    return het_defined_set_mark(defined, mark->str, error);
}
