/*
 * Ending a SoC, and removing what a cut start has left
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/stop.h"

#include <errno.h>
#include <unistd.h>

#include "chip/machine.h"
#include "domain/call.h"
#include "domain/conn.h"
#include "domain/conn-place.h"
#include "domain/memory.h"
#include "run/beside.h"
#include "run/parallel.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/interrupt.h"

#define LOCK_MS 5000
#define POLL_US 20000
#define QUIT_POLL_US 3000
#define QUIT_MS 500

static gboolean destroy_part(HetPart *part, void *opaque, GError **error)
{
    if (!het_part_is_active(part)) {
        return TRUE;
    }
    if (!het_call_destroy(part->domain, error)) {
        g_prefix_error(error, "cannot end '%s': ", part->name);
        return FALSE;
    }
    part->state = VIR_DOMAIN_SHUTOFF;
    return TRUE;
}

gboolean het_stop_needed(const HetDefined *defined)
{
    return het_defined_state(defined) != HET_RUN_OFF ||
           het_memory_exists(defined);
}

gboolean het_stop(HetDefined *defined, GError **error)
{
    g_autoptr(GError) first = NULL;

    het_parallel_run(defined->parts, destroy_part, NULL, &first);
    /* Without its name the memory of an emulator that stays is not lost. */
    het_memory_remove(defined, first ? NULL : &first);
    defined->started = FALSE;
    if (first) {
        g_propagate_error(error, g_steal_pointer(&first));
        return FALSE;
    }
    return TRUE;
}

typedef struct {
    HetHolds *holds;
    gboolean was_told;          /* those that know it quit by the leash */
} HetStopping;

static gboolean quit_part(HetPart *part, void *opaque, GError **error)
{
    const HetStopping *s = opaque;
    g_autofree char *reply = NULL;

    if (!het_part_is_active(part) ||
        (s->was_told && het_holds_is_known(s->holds, part))) {
        return TRUE;
    }
    reply = het_call_qmp(part->domain, "{\"execute\": \"quit\"}", -1, error);
    return reply != NULL;
}

/* What does not come to its end by itself is killed. */
static gboolean wait_for_part(HetPart *part, void *opaque, GError **error)
{
    const HetStopping *s = opaque;
    gint64 deadline;

    het_holds_wait(s->holds, part, QUIT_MS);
    deadline = g_get_monotonic_time() + QUIT_MS * G_TIME_SPAN_MILLISECOND;
    while (het_part_is_active(part) && g_get_monotonic_time() < deadline) {
        if (virDomainIsActive(part->domain) == 0) {
            part->state = VIR_DOMAIN_SHUTOFF;
        } else {
            g_usleep(QUIT_POLL_US);
        }
    }
    return destroy_part(part, NULL, error);
}

static gboolean remove_memory(void *opaque, GError **error)
{
    return het_memory_remove(opaque, error);
}

static gboolean tell(int leash)
{
    return leash >= 0 && TEMP_FAILURE_RETRY(write(leash, "", 1)) == 1;
}

static gboolean stop_told(HetDefined *defined, HetStopping *s, GError **error)
{
    HetBeside *removing;
    gboolean ok;

    ok = !(s->was_told && het_fault("save-wait", NULL)) &&
         het_parallel_run(defined->parts, quit_part, s, NULL);
    if (!ok) {
        return het_stop(defined, error);
    }
    /* They are about to end: none of them stays with memory without a name. */
    removing = het_beside_begin(remove_memory, defined);
    ok = het_parallel_run(defined->parts, wait_for_part, s, error);
    defined->started = FALSE;
    return het_beside_end(removing, ok, error);
}

gboolean het_stop_answering(HetDefined *defined, HetHolds *held, int leash,
                            GError **error)
{
    g_autoptr(HetHolds) own = held ? NULL : het_holds_take(defined);
    HetStopping s = { .holds = held ?: own };

    s.was_told = tell(leash);
    return stop_told(defined, &s, error);
}

static gboolean destroy_slave(HetDefined *defined, const char *name,
                              GError **error)
{
    HetPart *slave = het_defined_slave(defined, name, error);

    return slave && destroy_part(slave, NULL, error);
}

gboolean het_destroy_answering(virConnectPtr conn, const char *name,
                               char **ended, GError **error)
{
    g_autoptr(HetLock) lock = het_conn_take_lock(conn, name, ended, error);
    g_autoptr(HetDefined) defined = lock ? het_defined_find(conn, name, error)
                                         : NULL;

    if (!defined || het_stop_answering(defined, NULL, -1, error)) {
        return defined != NULL;
    }
    g_prefix_error(error, "soc '%s': ", name);
    return FALSE;
}

gboolean het_destroy(virConnectPtr conn, const char *name, const char *slave,
                     char **ended, GError **error)
{
    g_autoptr(HetLock) lock = het_conn_take_lock(conn, name, ended, error);
    g_autoptr(HetDefined) defined = lock ? het_defined_find(conn, name, error)
                                         : NULL;

    if (!defined) {
        return FALSE;
    }
    if (slave) {
        return destroy_slave(defined, slave, error);
    }
    if (!het_stop(defined, error)) {
        g_prefix_error(error, "soc '%s': ", name);
        return FALSE;
    }
    return TRUE;
}

/* A bare machine has no power button that its software could see. */
gboolean het_stop_has_power_button(const HetDefined *defined)
{
    const HetProcessor *master = defined->soc ? defined->soc->master : NULL;
    const HetMachine *machine =
        master ? het_machine_find(master->arch, master->machine) : NULL;

    return machine && machine->has_overlay;
}

static gboolean wait_until_off(virDomainPtr domain, guint timeout_s,
                               GError **error)
{
    gint64 deadline = g_get_monotonic_time() + timeout_s * G_USEC_PER_SEC;

    for (;;) {
        int active = virDomainIsActive(domain);

        if (active < 0) {
            het_conn_set_error(error, HET_ERROR_LIBVIRT,
                               "cannot ask for the master's state");
            return FALSE;
        }
        if (!active || het_interrupted(error)) {
            return !active;
        }
        if (g_get_monotonic_time() >= deadline) {
            g_set_error(error, HET_ERROR, HET_ERROR_TIMEOUT,
                        "the master did not shut down within %u s; 'hetctl "
                        "destroy' ends it", timeout_s);
            return FALSE;
        }
        g_usleep(POLL_US);
    }
}

static gboolean press_power_button(const HetDefined *defined,
                                   guint timeout_s, GError **error)
{
    HetPart *master = het_defined_master(defined);
    gboolean ok;

    if (!master || !het_part_is_active(master) ||
        !het_stop_has_power_button(defined)) {
        return TRUE;
    }
    het_interrupt_catch();
    ok = het_call_shutdown(master->domain, error);
    if (!ok) {
        g_prefix_error(error, "cannot shut the master down: ");
    }
    ok = ok && wait_until_off(master->domain, timeout_s, error);
    het_interrupt_release();
    return ok;
}

/* The lock is not held while the master takes its time. */
gboolean het_shutdown(virConnectPtr conn, const char *name, guint timeout_s,
                      GError **error)
{
    g_autoptr(HetDefined) before = het_defined_find(conn, name, error);
    g_autoptr(HetLock) lock = NULL;
    g_autoptr(HetDefined) defined = NULL;

    if (!before) {
        return FALSE;
    }
    if (het_defined_state(before) == HET_RUN_OFF) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' is not running", name);
        return FALSE;
    }
    if (!press_power_button(before, timeout_s, error)) {
        g_prefix_error(error, "soc '%s': ", name);
        return FALSE;
    }
    lock = het_conn_lock(conn, name, LOCK_MS, error);
    defined = lock ? het_defined_find(conn, name, error) : NULL;
    if (!defined) {
        return FALSE;
    }
    if (het_stop_has_power_button(before) && defined->started) {
        return TRUE;            /* started again by somebody else */
    }
    return het_stop(defined, error);
}
