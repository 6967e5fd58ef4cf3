/*
 * The GDB stubs of a SoC's emulators, opened while it runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "debug/gdb-stubs.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "debug/target.h"
#include "domain/call.h"
#include "domain/conn-place.h"
#include "domain/conn.h"
#include "domain/defined.h"
#include "qmp/qmp.h"
#include "util/error.h"

#define LOCK_MS 5000
#define TRIES 5
#define TRY_US (G_USEC_PER_SEC / 2)

/* For the answer of a stub at the end; when somebody waits for that */
#define PATIENCE_MS 10000
#define HURRY_MS 500

typedef struct {
    char *name;
    virDomainPtr domain;
    unsigned int run;           /* libvirt's id of the emulator's process */
    gboolean is_master;
    HetQmp *qmp;
    gboolean was_paused;
    gboolean is_open;
} Stub;

struct HetStubs {
    char *soc;
    virConnectPtr conn;
    GPtrArray *stubs;           /* Stub */
    GPtrArray *targets;         /* HetTarget, one each */
    virDomainPtr master;
    unsigned int master_run;
    gboolean stops_at_boot;
};

static void stub_free(gpointer data)
{
    Stub *stub = data;

    g_free(stub->name);
    het_qmp_free(stub->qmp);
    virDomainFree(stub->domain);
    g_free(stub);
}

static Stub *stub_new(HetPart *part)
{
    Stub *stub = g_new0(Stub, 1);

    virDomainRef(part->domain);
    stub->name = g_strdup(part->name);
    stub->domain = part->domain;
    stub->run = virDomainGetID(part->domain);
    stub->is_master = part->is_master;
    stub->qmp = het_qmp_new_for_domain(part->domain);
    stub->was_paused = part->state == VIR_DOMAIN_PAUSED;
    return stub;
}

static void stubs_free(HetStubs *s)
{
    g_free(s->soc);
    g_ptr_array_unref(s->targets);
    g_ptr_array_unref(s->stubs);
    if (s->master) {
        virDomainFree(s->master);
    }
    virConnectClose(s->conn);
    g_free(s);
}

static HetStubs *stubs_new(virConnectPtr conn, const char *soc)
{
    HetStubs *s = g_new0(HetStubs, 1);

    virConnectRef(conn);
    s->conn = conn;
    s->soc = g_strdup(soc);
    s->stubs = g_ptr_array_new_with_free_func(stub_free);
    s->targets =
        g_ptr_array_new_with_free_func((GDestroyNotify)het_target_free);
    return s;
}

/* ---- who debugs already ---- */

/*
 * A stub whose other end has gone is nobody's; what it was before is in its
 * name.
 */
static gboolean look_at_stub(Stub *stub, char **label, GError **error)
{
    g_auto(HetDebugger) debugger = { 0 };

    if (!het_qmp_query_debugger(stub->qmp, &debugger, error)) {
        return FALSE;
    }
    if (debugger.label && !debugger.has_left) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "it is being debugged already, by process %"
                    G_GUINT64_FORMAT, debugger.pid);
        return FALSE;
    }
    if (debugger.label) {
        stub->was_paused = g_str_has_suffix(debugger.label,
                                            HET_QMP_DEBUGGER_PAUSED);
    }
    *label = g_steal_pointer(&debugger.label);
    return TRUE;
}

/* ---- opening ---- */

static gboolean make_pair(int fds[2], GError **error)
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot make a socket pair: %s", g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

/* Two of one name cannot be there at once: the old one may be of our pid. */
static char *make_id(const Stub *stub, const char *old)
{
    const char *paused = stub->was_paused ? HET_QMP_DEBUGGER_PAUSED : "";
    g_autofree char *id = g_strdup_printf(HET_QMP_DEBUGGER "%d%s", getpid(),
                                          paused);

    return g_strcmp0(id, old) ? g_steal_pointer(&id)
           : g_strdup_printf(HET_QMP_DEBUGGER "%d-again%s", getpid(), paused);
}

static HetTarget *open_target(Stub *stub, const char *old, GError **error)
{
    g_autofree char *id = make_id(stub, old);
    g_autoptr(HetTarget) target = NULL;
    int fds[2];

    if (!make_pair(fds, error)) {
        return NULL;
    }
    stub->is_open = het_qmp_open_stub(stub->qmp, id, fds[1], error);
    close(fds[1]);
    target = het_target_new(stub->name, fds[0]);
    return stub->is_open &&
           (!old || het_qmp_remove_left_debuggers(stub->qmp, error)) &&
           het_target_open(target, error) ? g_steal_pointer(&target) : NULL;
}

static gboolean check_target(HetTarget *target, gboolean stops_at_boot,
                             GError **error)
{
    if (stops_at_boot && !het_target_can_stop_at_boot(target)) {
        g_set_error(error, HET_ERROR, HET_ERROR_EMULATOR,
                    "its emulator cannot halt at boots: it is not hetctl's");
        return FALSE;
    }
    return TRUE;
}

static gboolean open_stub(HetStubs *s, HetPart *part, GError **error)
{
    Stub *stub = stub_new(part);
    g_autofree char *label = NULL;
    HetTarget *target;

    g_ptr_array_add(s->stubs, stub);
    if (!look_at_stub(stub, &label, error)) {
        return FALSE;
    }
    target = open_target(stub, label, error);
    if (target) {
        g_ptr_array_add(s->targets, target);
    }
    return target && check_target(target, s->stops_at_boot, error);
}

/* ---- which processors ---- */

/* HetPart of @defined */
static GPtrArray *choose(const HetDefined *defined,
                         const HetStubsOptions *options, GError **error)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new();
    gboolean takes_all = !options->processors || !options->processors[0];

    for (guint i = 0; !takes_all && options->processors[i]; i++) {
        HetPart *part = het_defined_part(defined, options->processors[i],
                                         error);

        if (!part) {
            return NULL;
        }
        if (!het_part_is_active(part)) {
            g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                        "processor '%s' of soc '%s' is not running",
                        part->name, defined->name);
            return NULL;
        }
        if (g_ptr_array_find(parts, part, NULL)) {
            g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                        "processor '%s' is there twice", part->name);
            return NULL;
        }
        g_ptr_array_add(parts, part);
    }
    for (guint i = 0; i < defined->parts->len; i++) {
        HetPart *part = g_ptr_array_index(defined->parts, i);

        if ((takes_all || !options->is_alone) && het_part_is_active(part) &&
            !g_ptr_array_find(parts, part, NULL)) {
            g_ptr_array_add(parts, part);
        }
    }
    if (!parts->len) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' is not running", defined->name);
        return NULL;
    }
    return g_steal_pointer(&parts);
}

gboolean het_stubs_check(virConnectPtr conn, const HetStubsOptions *options,
                         GError **error)
{
    g_autoptr(HetDefined) defined = het_defined_find(conn, options->soc,
                                                     error);
    g_autoptr(GPtrArray) parts = defined ? choose(defined, options, error)
                                         : NULL;

    for (guint i = 0; parts && i < parts->len; i++) {
        HetPart *part = g_ptr_array_index(parts, i);
        Stub *stub = stub_new(part);
        g_autofree char *label = NULL;
        gboolean ok = look_at_stub(stub, &label, error);

        stub_free(stub);
        if (!ok) {
            g_prefix_error(error, "processor '%s': ", part->name);
            return FALSE;
        }
    }
    return parts != NULL;
}

static gboolean open_parts(HetStubs *s, GPtrArray *parts, GError **error)
{
    for (guint i = 0; i < parts->len; i++) {
        HetPart *part = g_ptr_array_index(parts, i);

        if (!open_stub(s, part, error)) {
            g_prefix_error(error, "processor '%s': ", part->name);
            return FALSE;
        }
    }
    return TRUE;
}

/* ---- which run of a processor ---- */

#define NO_RUN ((unsigned int)-1)

/* @unknown when libvirt does not say */
static unsigned int find_run(virConnectPtr conn, virDomainPtr domain,
                             unsigned int unknown)
{
    unsigned char uuid[VIR_UUID_BUFLEN];
    g_autoptr(HetDomain) found = NULL;
    virErrorPtr why;

    if (virDomainGetUUID(domain, uuid) < 0) {
        return unknown;
    }
    found = virDomainLookupByUUID(conn, uuid);
    if (found) {
        return virDomainGetID(found);
    }
    why = virGetLastError();
    return why && why->code == VIR_ERR_NO_DOMAIN ? NO_RUN : unknown;
}

static gboolean soc_is_over(const HetStubs *s, virConnectPtr conn)
{
    return s->master && find_run(conn, s->master, s->master_run) !=
           s->master_run;
}

gboolean het_stubs_may_return(const HetStubs *s, guint index)
{
    const Stub *stub = g_ptr_array_index(s->stubs, index);

    return !stub->is_master;
}

HetStubPresence het_stubs_look(HetStubs *s, virConnectPtr conn, guint index)
{
    const Stub *stub = g_ptr_array_index(s->stubs, index);
    unsigned int run;

    if (soc_is_over(s, conn)) {
        return HET_STUB_GONE;
    }
    run = find_run(conn, stub->domain, NO_RUN);
    return run == NO_RUN || run == stub->run ? HET_STUB_AWAY : HET_STUB_BACK;
}

/* ---- closing ---- */

static gboolean was_paused(guint index, void *opaque)
{
    const HetStubs *s = opaque;
    const Stub *stub = g_ptr_array_index(s->stubs, index);

    return stub->was_paused;
}

/* A target that is gone needs nothing. */
static void let_go(HetStubs *s, guint ms)
{
    het_targets_clear(s->targets, ms);
    het_targets_resume(s->targets, was_paused, s);
    het_targets_settle(s->targets, ms);
}

/* A libvirtd that was restarted does not say: try. */
static gboolean is_active(const Stub *stub)
{
    return find_run(virDomainGetConnect(stub->domain), stub->domain,
                    stub->run) == stub->run;
}

/* libvirt hears of it a moment later than the stub. */
static gboolean has_ended(const Stub *stub)
{
    for (int i = 0; i < 10; i++) {
        if (!is_active(stub)) {
            return TRUE;
        }
        g_usleep(50000);
    }
    return FALSE;
}

/* As it does of this */
static gboolean is_paused(const Stub *stub)
{
    int state = VIR_DOMAIN_NOSTATE;

    for (int i = 0; i < 20; i++) {
        if (virDomainGetState(stub->domain, &state, NULL, 0) < 0 ||
            state != VIR_DOMAIN_PAUSED) {
            return FALSE;
        }
        g_usleep(10000);
    }
    return TRUE;
}

/* libvirtd may be on its way back. */
static gboolean close_patiently(Stub *stub, GError **error)
{
    g_autoptr(GError) cause = NULL;

    for (int i = 0; i < TRIES; i++) {
        if (i) {
            g_usleep(TRY_US);
        }
        g_clear_error(&cause);
        if (het_qmp_close_stub(stub->qmp, &cause)) {
            return TRUE;
        }
    }
    g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

/* Breakpoints that are still there need the stub to be removed. */
static gboolean close_stub(Stub *stub, gboolean is_gone, GError **error)
{
    if (!stub->is_open || !is_active(stub) || (is_gone && has_ended(stub))) {
        return TRUE;
    }
    if (is_gone) {
        g_set_error(error, HET_ERROR, HET_ERROR_TIMEOUT,
                    "its emulator does not answer: it is let go when it does");
        return FALSE;
    }
    if (!close_patiently(stub, error)) {
        return !is_active(stub);
    }
    stub->is_open = FALSE;
    return stub->was_paused || !is_paused(stub) ||
           het_call_resume(stub->domain, error) || !is_active(stub);
}

static gboolean is_gone(const HetStubs *s, guint number)
{
    return number < s->targets->len &&
           het_target_state(g_ptr_array_index(s->targets, number)) ==
           HET_TARGET_GONE;
}

static gboolean close_all(HetStubs *s, guint ms, GError **error)
{
    gboolean ok = TRUE;

    let_go(s, ms);
    for (guint i = 0; i < s->stubs->len; i++) {
        Stub *stub = g_ptr_array_index(s->stubs, i);
        g_autoptr(GError) cause = NULL;

        if (!close_stub(stub, is_gone(s, i), &cause) && ok) {
            ok = FALSE;
            g_propagate_prefixed_error(error, g_steal_pointer(&cause),
                                       "processor '%s': ", stub->name);
        }
        g_clear_error(&cause);
    }
    stubs_free(s);
    return ok;
}

gboolean het_stubs_close(HetStubs *s, gboolean hurries, GError **error)
{
    /* Whoever has the lock for so long, the SoC must not stay halted. */
    g_autoptr(HetLock) lock = het_conn_lock(s->conn, s->soc, LOCK_MS, NULL);

    /* A libvirtd that was restarted is not known by its old connections. */
    het_call_close();
    return close_all(s, hurries ? HURRY_MS : PATIENCE_MS, error);
}

static void note_master(HetStubs *s, const HetDefined *defined)
{
    virDomainPtr master = het_defined_master(defined)->domain;

    if (master) {
        virDomainRef(master);
        s->master = master;
        s->master_run = virDomainGetID(master);
    }
}

HetStubs *het_stubs_open(virConnectPtr conn, const HetStubsOptions *options,
                         GError **error)
{
    g_autoptr(HetLock) lock = het_conn_lock(conn, options->soc, LOCK_MS,
                                            error);
    g_autoptr(HetDefined) defined =
        lock ? het_defined_find(conn, options->soc, error) : NULL;
    g_autoptr(GPtrArray) parts = defined ? choose(defined, options, error)
                                         : NULL;
    HetStubs *s;

    if (!parts) {
        return NULL;
    }
    s = stubs_new(conn, options->soc);
    s->stops_at_boot = options->stops_at_boot;
    note_master(s, defined);
    if (!open_parts(s, parts, error)) {
        close_all(s, PATIENCE_MS, NULL);
        return NULL;
    }
    return s;
}

/* NULL: none that runs, which is no error */
static GPtrArray *choose_running(const HetDefined *defined)
{
    const HetStubsOptions options = { .soc = defined->name };

    return choose(defined, &options, NULL);
}

/* HetPart of the stub, which runs */
static HetPart *find_again(const HetDefined *defined, const Stub *stub,
                           GError **error)
{
    HetPart *part = het_defined_part(defined, stub->name, error);

    if (part && !het_part_is_active(part)) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE, "it is not running");
        return NULL;
    }
    return part;
}

static void use_conn(HetStubs *s, virConnectPtr conn)
{
    if (s->conn != conn) {
        virConnectRef(conn);
        virConnectClose(s->conn);
        s->conn = conn;
    }
}

/*
 * While all are halted who starts it keeps it so; at the end it goes on as the
 * one before it did.
 */
static HetTarget *open_again(HetStubs *s, Stub *stub, const Stub *old,
                             GError **error)
{
    g_autofree char *label = NULL;
    g_autoptr(HetTarget) target = NULL;

    if (!look_at_stub(stub, &label, error)) {
        return NULL;
    }
    stub->was_paused = old->was_paused;
    target = open_target(stub, label, error);
    return target && check_target(target, s->stops_at_boot, error)
           ? g_steal_pointer(&target) : NULL;
}

HetTarget *het_stubs_reopen(HetStubs *s, virConnectPtr conn, guint index,
                            guint wait_ms, GError **error)
{
    const Stub *old = g_ptr_array_index(s->stubs, index);
    g_autoptr(HetLock) lock = het_conn_lock(conn, s->soc, wait_ms, error);
    g_autoptr(HetDefined) defined =
        lock ? het_defined_find(conn, s->soc, error) : NULL;
    HetPart *part = defined ? find_again(defined, old, error) : NULL;
    Stub *stub = part ? stub_new(part) : NULL;
    HetTarget *target = stub ? open_again(s, stub, old, error) : NULL;

    use_conn(s, conn);
    if (!target) {
        g_prefix_error(error, "processor '%s': ", old->name);
        if (stub) {
            close_stub(stub, FALSE, NULL);
            stub_free(stub);
        }
        return NULL;
    }
    stub_free(s->stubs->pdata[index]);
    s->stubs->pdata[index] = stub;
    het_target_free(s->targets->pdata[index]);
    s->targets->pdata[index] = target;
    return target;
}

/* By @owner, or by us when we let them go */
static gboolean is_left_by(const HetDebugger *debugger, pid_t owner)
{
    return debugger->label && (debugger->pid == (guint64)owner ||
                               debugger->pid == (guint64)getpid());
}

/* HetPart */
static GPtrArray *choose_left(GPtrArray *parts, pid_t owner, GError **error)
{
    g_autoptr(GPtrArray) left = g_ptr_array_new();

    for (guint i = 0; i < parts->len; i++) {
        HetPart *part = g_ptr_array_index(parts, i);
        g_autoptr(HetQmp) qmp = het_qmp_new_for_domain(part->domain);
        g_auto(HetDebugger) debugger = { 0 };

        if (!het_qmp_query_debugger(qmp, &debugger, error)) {
            g_prefix_error(error, "processor '%s': ", part->name);
            return NULL;
        }
        if (is_left_by(&debugger, owner)) {
            g_ptr_array_add(left, part);
        } else if (!debugger.label) {
            het_qmp_drop_stub_fd(qmp);
        }
    }
    return g_steal_pointer(&left);
}

gboolean het_stubs_recover(virConnectPtr conn, const char *soc, pid_t owner,
                           GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(HetLock) lock = het_conn_lock(conn, soc, LOCK_MS, error);
    g_autoptr(HetDefined) defined = lock ? het_defined_find(conn, soc, &cause)
                                         : NULL;
    g_autoptr(GPtrArray) parts = defined ? choose_running(defined) : NULL;
    g_autoptr(GPtrArray) left = NULL;
    HetStubs *s;
    gboolean ok;

    if (!lock) {
        return FALSE;
    }
    if (cause && !g_error_matches(cause, HET_ERROR, HET_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return FALSE;
    }
    if (!parts) {
        return TRUE;
    }
    left = choose_left(parts, owner, error);
    if (!left) {
        return FALSE;
    }
    s = stubs_new(conn, soc);
    ok = open_parts(s, left, error);
    return close_all(s, PATIENCE_MS, ok ? error : NULL) && ok;
}

GPtrArray *het_stubs_targets(HetStubs *s)
{
    return s->targets;
}
