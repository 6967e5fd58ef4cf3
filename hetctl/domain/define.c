/*
 * Defining the domains of a SoC, all or none, and undefining them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/define.h"

#include <libvirt/virterror.h>
#include <string.h>
#include <unistd.h>

#include "domain/conn.h"
#include "domain/conn-place.h"
#include "domain/defined.h"
#include "domain/domxml.h"
#include "domain/dry-run.h"
#include "domain/emulator-access.h"
#include "domain/emulator.h"
#include "domain/identity.h"
#include "domain/memory.h"
#include "dt/board-tree.h"
#include "util/error.h"
#include "util/interrupt.h"

#define LOCK_MS 3000

char *het_define_uuid(const HetSoc *soc, const HetProcessor *proc)
{
    return proc->is_master && soc->uuid
           ? g_strdup(soc->uuid) : het_identity_uuid(soc->name, proc->name);
}

static char *parse_run_as(const char *run_as, GError **error)
{
    guint uid, gid;

    if (!het_conn_parse_dac_label(run_as, &uid, &gid)) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "'%s' is not UID:GID, two numbers", run_as);
        return NULL;
    }
    return g_strdup_printf("+%u:+%u", uid, gid);
}

char *het_define_xml(virConnectPtr conn, const HetSoc *soc,
                     const HetProcessor *proc, const char *segment,
                     const char *run_as, GError **error)
{
    const HetStartFiles files = { .soc = soc->name, .segment = segment };
    g_auto(GStrv) models = conn ? het_conn_get_confining_models(conn) : NULL;
    g_autofree char *label = NULL;
    g_autofree char *overlay = het_start_file_path(&files,
                                                   HET_START_FILE_OVERLAY);
    g_autofree char *dtb = het_start_file_path(&files, HET_START_FILE_DTB);
    g_autofree char *initrd = het_start_file_path(&files,
                                                  HET_START_FILE_INITRD);
    g_autofree char *kernel = het_start_file_path(&files,
                                                  HET_START_FILE_KERNEL);
    g_autofree char *ticket =
        het_start_file_path(&files, proc->is_master
                            ? HET_START_FILE_TICKET
                            : HET_START_FILE_SLAVE_TICKET);
    g_autofree char *owner = conn ? g_strdup_printf("%u", (guint)geteuid())
                                  : NULL;
    g_autofree char *emulator = het_emulator_path(proc);
    g_autofree char *uuid = het_define_uuid(soc, proc);
    g_autofree char *logs = het_conn_log_folder(conn);
    HetDomxmlParams params = {
        .files = {
            .segment = segment, .overlay = overlay, .dtb = dtb,
            .initrd = initrd, .kernel = kernel, .ticket = ticket,
        },
        .emulator = emulator,
        .uuid = uuid,
        .log_folder = logs,
        .owner = owner,
        .seclabel_none = (const char *const *)models,
    };

    if (run_as) {
        label = parse_run_as(run_as, error);
        if (!label) {
            return NULL;
        }
        params.dac_label = label;
    }
    return het_domxml_format(soc, proc, &params);
}

static gboolean undefine_domain(virDomainPtr domain, GError **error)
{
    if (virDomainUndefineFlags(domain, VIR_DOMAIN_UNDEFINE_MANAGED_SAVE |
                               VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
                               VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA |
                               VIR_DOMAIN_UNDEFINE_NVRAM) < 0) {
        het_conn_set_error(error, HET_ERROR_FAILED,
                           "cannot undefine domain '%s'",
                           virDomainGetName(domain));
        return FALSE;
    }
    return TRUE;
}

/* The master goes last: until then the SoC can be found. */
static gboolean undefine_parts(const HetDefined *defined, GError **error)
{
    for (guint i = defined->parts->len; i-- > 0; ) {
        HetPart *part = g_ptr_array_index(defined->parts, i);

        if (part->domain && !undefine_domain(part->domain, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean require_off(const HetDefined *defined, GError **error)
{
    if (het_defined_state(defined) == HET_RUN_OFF) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                "soc '%s' is not shut off; 'hetctl destroy %s' ends it",
                defined->name, defined->name);
    return FALSE;
}

gboolean het_undefine(virConnectPtr conn, const char *name, GError **error)
{
    g_autoptr(HetLock) lock = het_conn_lock(conn, name, LOCK_MS, error);
    g_autoptr(HetDefined) defined = lock ? het_defined_find(conn, name, error)
                                         : NULL;

    return defined && require_off(defined, error) &&
           het_memory_remove(defined, error) &&
           undefine_parts(defined, error);
}

/* A define that was cut, or 'virsh undefine', leaves slaves alone. */
static gboolean clear_leftovers(virConnectPtr conn, const HetSoc *soc,
                                GError **error)
{
    g_autoptr(GError) none = NULL;
    g_autoptr(HetDefined) defined = het_defined_find(conn, soc->name, &none);

    if (!defined) {
        if (!g_error_matches(none, HET_ERROR, HET_ERROR_NOT_FOUND)) {
            g_propagate_error(error, g_steal_pointer(&none));
            return FALSE;
        }
        return TRUE;
    }
    if (het_defined_master(defined)) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' is already defined; 'hetctl undefine %s' "
                    "removes it", soc->name, soc->name);
        return FALSE;
    }
    return require_off(defined, error) && undefine_parts(defined, error);
}

static gboolean check_owner(virConnectPtr conn, const HetSoc *soc,
                            const char *run_as, GError **error)
{
    guint uid, gid;

    if (geteuid() != 0) {
        return TRUE;
    }
    if (run_as ? het_conn_parse_dac_label(run_as, &uid, &gid)
               : het_conn_get_emulator_owner(conn, &uid, &gid)) {
        return het_emulator_access_check(soc, uid, gid, error);
    }
    return TRUE;
}

static int define_error_code(void)
{
    switch (virGetLastErrorCode()) {
    case VIR_ERR_XML_ERROR:
    case VIR_ERR_XML_DETAIL:
    case VIR_ERR_XML_INVALID_SCHEMA:
    case VIR_ERR_CONFIG_UNSUPPORTED:
        return HET_ERROR_XML;
    case VIR_ERR_OPERATION_FAILED:
        /* Of this kind here: another domain has the name or the UUID. */
        return HET_ERROR_STATE;
    default:
        return HET_ERROR_FAILED;
    }
}

/* 'a.b' with 'c' and 'a' with 'b.c' want the same name. */
static void fail_taken(virDomainPtr old, GError **error)
{
    g_autoptr(HetIdentity) id = het_identity_of(old);
    const char *name = virDomainGetName(old);

    if (id) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "the domain '%s' is processor '%s' of soc '%s'; choose "
                    "another name for soc or processor", name, id->processor,
                    id->soc);
    } else {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "there is a domain '%s' that is no part of a soc; "
                    "undefine it with virsh or choose another name", name);
    }
}

/* @flags: of virDomainDefineXMLFlags() */
static virDomainPtr define_one(virConnectPtr conn, const HetSoc *soc,
                               const HetProcessor *proc, const char *segment,
                               const char *run_as, guint flags,
                               GError **error)
{
    g_autofree char *xml = het_define_xml(conn, soc, proc, segment, run_as,
                                          error);
    g_autofree char *name = het_soc_domain_name(soc, proc);
    g_autoptr(HetDomain) old = NULL;
    virDomainPtr domain;

    if (!xml) {
        return NULL;
    }
    old = virDomainLookupByName(conn, name);
    if (old) {
        fail_taken(old, error);
        return NULL;
    }
    domain = virDomainDefineXMLFlags(conn, xml, flags);
    if (!domain) {
        het_conn_set_error(error, define_error_code(),
                           "cannot define domain '%s'", name);
    }
    return domain;
}

/* Slaves first: with its master a SoC is there. */
static gboolean define_all(virConnectPtr conn, const HetSoc *soc,
                           const char *segment, const char *run_as,
                           guint flags, GPtrArray *made, GError **error)
{
    for (guint i = 0; i <= soc->slaves->len; i++) {
        const HetProcessor *proc = i < soc->slaves->len
                                   ? g_ptr_array_index(soc->slaves, i)
                                   : soc->master;
        virDomainPtr domain = het_interrupted(error)
                              ? NULL : define_one(conn, soc, proc, segment,
                                                  run_as, flags, error);

        if (!domain) {
            g_prefix_error(error, "processor '%s': ", proc->name);
            return FALSE;
        }
        g_ptr_array_add(made, domain);
    }
    return TRUE;
}

static gboolean define_or_undo(virConnectPtr conn, const HetSoc *soc,
                               const char *segment, const char *run_as,
                               guint flags, GError **error)
{
    g_autoptr(GPtrArray) made =
        g_ptr_array_new_with_free_func((GDestroyNotify)het_domain_unref);
    gboolean ok;

    het_interrupt_catch();
    ok = define_all(conn, soc, segment, run_as, flags, made, error);
    for (guint i = 0; !ok && i < made->len; i++) {
        undefine_domain(g_ptr_array_index(made, i), NULL);
    }
    het_interrupt_release();
    return ok;
}

/* Which asks the emulators */
static gboolean check(const HetSoc *soc, GError **error)
{
    return het_board_tree_check(soc, error) &&
           het_emulator_check(soc, error) &&
           het_dry_run(soc, HET_DRY_RUN_OWN_EMULATOR, NULL, error);
}

static gboolean define(virConnectPtr conn, const HetSoc *soc,
                       const char *run_as, gboolean is_checked,
                       GError **error)
{
    g_autoptr(HetPlace) place = het_conn_place(conn, error);
    g_autoptr(HetLock) lock =
        place ? het_lock_acquire(place, soc->name, LOCK_MS, error) : NULL;
    g_autofree char *segment =
        place ? het_segment_new_path(place, soc->name) : NULL;
    /* libvirt compiles its schema for each domain. */
    guint flags = is_checked ? 0 : VIR_DOMAIN_DEFINE_VALIDATE;

    if (!lock || !clear_leftovers(conn, soc, error)) {
        return FALSE;
    }
    if ((is_checked || check(soc, error)) &&
        check_owner(conn, soc, run_as, error) &&
        define_or_undo(conn, soc, segment, run_as, flags, error)) {
        return TRUE;
    }
    g_prefix_error(error, "soc '%s': ", soc->name);
    return FALSE;
}

gboolean het_define(virConnectPtr conn, const HetSoc *soc, const char *run_as,
                    GError **error)
{
    return define(conn, soc, run_as, FALSE, error);
}

gboolean het_define_like_another(virConnectPtr conn, const HetSoc *soc,
                                 const char *run_as, GError **error)
{
    return define(conn, soc, run_as, TRUE, error);
}
