/*
 * Booting a slave and shutting it down, many times
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/cycle.h"

#include "domain/conn-place.h"
#include "domain/memory.h"
#include "image/firmware.h"
#include "run/firmware-answer.h"
#include "run/running-slave.h"
#include "run/slave.h"
#include "util/error.h"
#include "util/interrupt.h"

#define LOCK_MS 5000
#define POLL_US 100
#define POLLS_PER_QUERY 50
#define REASONS_MAX 20

typedef struct {
    HetRunningSlave target;
    HetSegment *segment;
    GPtrArray *images;          /* HetFirmware */
    GArray *answers;            /* HetFirmwareAnswer */
    guint timeout_ms;
} HetCycle;

static void cycle_clear(HetCycle *c)
{
    g_clear_pointer(&c->answers, g_array_unref);
    g_clear_pointer(&c->images, g_ptr_array_unref);
    g_clear_pointer(&c->segment, het_segment_free);
    het_running_slave_clear(&c->target);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetCycle, cycle_clear)

static gboolean open_image(HetCycle *c, const char *path, GError **error)
{
    HetFirmware *image = het_firmware_open(c->target.defined->soc,
                                           c->target.slave, path, error);

    if (image) {
        g_ptr_array_add(c->images, image);
    }
    return image != NULL;
}

static gboolean open_images(HetCycle *c, const HetCycleOptions *options,
                            GError **error)
{
    c->images =
        g_ptr_array_new_with_free_func((GDestroyNotify)het_firmware_free);
    if (!options->firmwares[0] && c->target.slave->kernel) {
        return open_image(c, NULL, error);
    }
    for (guint i = 0; options->firmwares[i]; i++) {
        if (!open_image(c, options->firmwares[i], error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean parse_answers(HetCycle *c, const HetCycleOptions *options,
                              GError **error)
{
    const HetRunningSlave *t = &c->target;

    c->answers = g_array_new(FALSE, TRUE, sizeof(HetFirmwareAnswer));
    for (guint i = 0; options->answers[i]; i++) {
        HetFirmwareAnswer answer = { 0 };

        if (!het_firmware_answer_parse(&answer, t->defined->soc, t->slave,
                                       options->answers[i], error)) {
            return FALSE;
        }
        g_array_append_val(c->answers, answer);
    }
    if (c->answers->len > 1 && c->answers->len != c->images->len) {
        g_set_error(error, HET_ERROR, HET_ERROR_USAGE,
                    "%u --answer for %u --firmware: give one for each, or "
                    "one for all", c->answers->len, c->images->len);
        return FALSE;
    }
    return TRUE;
}

/* Anew for each cycle: meanwhile the SoC may have been started again. */
static gboolean open_segment(HetCycle *c, GError **error)
{
    g_clear_pointer(&c->segment, het_segment_free);
    c->segment = het_memory_open(c->target.defined, error);
    return c->segment != NULL;
}

static gboolean cycle_open(HetCycle *c, virConnectPtr conn, const char *soc,
                           const char *slave, const HetCycleOptions *options,
                           GError **error)
{
    if (!het_running_slave_open(&c->target, conn, soc, slave, error) ||
        !het_running_slave_require_soc(&c->target, error) ||
        !het_slave_require_stopped(c->target.qmp, error)) {
        return FALSE;
    }
    c->timeout_ms = options->timeout_ms;
    return open_segment(c, error) && open_images(c, options, error) &&
           parse_answers(c, options, error);
}

static const HetFirmware *image_of(const HetCycle *c, guint number)
{
    return c->images->len
           ? g_ptr_array_index(c->images, number % c->images->len) : NULL;
}

static const HetFirmwareAnswer *answer_of(const HetCycle *c, guint number)
{
    return c->answers->len ? &g_array_index(c->answers, HetFirmwareAnswer,
                                            number % c->answers->len)
                           : NULL;
}

static gboolean boot(HetCycle *c, guint number, GError **error)
{
    const HetRunningSlave *t = &c->target;
    const HetFirmware *image = image_of(c, number);
    const HetFirmwareAnswer *answer = answer_of(c, number);

    return (!image || het_firmware_write(image, c->segment, error)) &&
           (!answer || het_firmware_answer_clear(answer, c->segment, error)) &&
           het_slave_boot(t->qmp, t->defined, t->slave, image, error);
}

/* Between two looks at the core, many at the memory: those are cheap. */
static gboolean see_answer(HetCycle *c, const HetFirmwareAnswer *answer)
{
    for (guint i = 0; i < POLLS_PER_QUERY; i++) {
        if (het_firmware_answer_is_there(answer, c->segment)) {
            return TRUE;
        }
        g_usleep(POLL_US);
    }
    return FALSE;
}

static gboolean wait_until_good(HetCycle *c, const HetFirmwareAnswer *answer,
                                GError **error)
{
    gint64 deadline = g_get_monotonic_time() + c->timeout_ms * 1000LL;

    for (;;) {
        gboolean answered = !answer || see_answer(c, answer);
        g_autoptr(HetSlaveInfo) info = het_qmp_query_slave(c->target.qmp,
                                                           error);

        if (!info) {
            return FALSE;
        }
        if (info->state == HET_CORE_CRASHED) {
            return het_slave_set_crashed(info, error);
        }
        if (answered && info->state == HET_CORE_RUNNING) {
            return TRUE;
        }
        if (het_interrupted(error)) {
            return FALSE;
        }
        if (g_get_monotonic_time() >= deadline) {
            g_set_error(error, HET_ERROR, HET_ERROR_TIMEOUT,
                        "no answer within %u ms, the core is in state '%s'",
                        c->timeout_ms, het_core_state_name(info->state));
            return FALSE;
        }
    }
}

static gboolean shut_down(HetCycle *c, GError **error)
{
    g_autoptr(HetSlaveInfo) info = NULL;

    if (!het_slave_hold(c->target.qmp, c->target.slave, error)) {
        return FALSE;
    }
    info = het_qmp_query_slave(c->target.qmp, error);
    if (info && info->state != HET_CORE_HELD &&
        info->state != HET_CORE_WAIT_MEMORY) {
        g_set_error(error, HET_ERROR, HET_ERROR_FAILED,
                    "after shutdown the core is in state '%s'",
                    het_core_state_name(info->state));
        return FALSE;
    }
    return info != NULL;
}

static gboolean run_one(HetCycle *c, guint number, GError **error)
{
    const char *soc = c->target.defined->name;
    virConnectPtr conn = virDomainGetConnect(c->target.domain);
    g_autoptr(HetLock) lock = het_conn_lock(conn, soc, LOCK_MS, error);
    gboolean ok;

    if (!lock || !open_segment(c, error)) {
        return FALSE;
    }
    if (!het_slave_require_stopped(c->target.qmp, error)) {
        return FALSE;
    }
    ok = boot(c, number, error) &&
         wait_until_good(c, answer_of(c, number), error);
    /* A signal does not leave the core running. */
    het_interrupt_defer();
    ok = shut_down(c, ok ? error : NULL) && ok;
    het_interrupt_heed();
    return ok;
}

static void count_failure(HetCycleResult *r, guint number,
                          const char *reason)
{
    guint n;

    if (!r->first) {
        r->first = g_strdup_printf("cycle %u: %s", number + 1, reason);
    }
    if (g_hash_table_size(r->reasons) >= REASONS_MAX &&
        !g_hash_table_contains(r->reasons, reason)) {
        reason = "other reasons";
    }
    n = GPOINTER_TO_UINT(g_hash_table_lookup(r->reasons, reason));
    g_hash_table_insert(r->reasons, g_strdup(reason),
                        GUINT_TO_POINTER(n + 1));
    r->failed++;
}

/* FALSE: the next one cannot work either */
static gboolean count_one(HetCycle *c, guint number, HetCycleResult *r,
                          GError **error)
{
    gint64 before = g_get_monotonic_time();
    g_autoptr(GError) failure = NULL;
    double ms;

    if (run_one(c, number, &failure)) {
        ms = (g_get_monotonic_time() - before) / 1e3;
        g_array_append_val(r->times, ms);
        r->ok++;
        return TRUE;
    }
    if (het_interrupted(error)) {
        return FALSE;
    }
    count_failure(r, number, failure->message);
    if (virDomainIsActive(c->target.domain) == 1) {
        return TRUE;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                "soc '%s': slave '%s' has ended in cycle %u: %s",
                c->target.defined->name, c->target.slave->name, number + 1,
                failure->message);
    return FALSE;
}

static gboolean run_all(HetCycle *c, const HetCycleOptions *options,
                        HetProgressBar *bar, HetCycleResult *r, GError **error)
{
    gint64 yielded = 0;

    for (guint i = 0; !options->count || i < options->count; i++) {
        if (het_interrupted(error) || !count_one(c, i, r, error)) {
            return FALSE;
        }
        het_progress_bar_set(bar, i + 1, r->failed);
        if (r->failed && options->until_fail) {
            break;
        }
        het_lock_yield(&yielded);
    }
    return TRUE;
}

gboolean het_cycle(virConnectPtr conn, const char *soc, const char *slave,
                   const HetCycleOptions *options, HetProgressBar *bar,
                   HetCycleResult *r, GError **error)
{
    g_auto(HetCycle) c = { 0 };
    gint64 before;
    gboolean ok;

    if (!cycle_open(&c, conn, soc, slave, options, error)) {
        g_prefix_error(error, "soc '%s': slave '%s': ", soc, slave);
        return FALSE;
    }
    g_clear_pointer(&c.target.lock, het_lock_release);
    before = g_get_monotonic_time();
    het_interrupt_catch();
    ok = run_all(&c, options, bar, r, error);
    het_interrupt_release();
    r->seconds = (g_get_monotonic_time() - before) / 1e6;
    return ok;
}
