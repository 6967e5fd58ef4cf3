/*
 * libvirt's calls that reach an emulator, with an end
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/call.h"

#include <errno.h>
#include <fcntl.h>
#include <libvirt/libvirt-qemu.h>
#include <libvirt/virterror.h>
#include <string.h>
#include <unistd.h>

#include "domain/conn-place.h"
#include "util/error.h"
#include "util/interrupt.h"
#include "util/worker.h"

#define START_MS 30000
#define DESTROY_MS 25000        /* libvirt takes 10 s until it kills */
#define LOOK_MS 1000
#define XML_MS 2000
#define MS_MIN 1000
#define LONG_MS 1000            /* for one answer */
#define LOOK_OWES_US 20000
#define FRESH_US G_USEC_PER_SEC /* it has just answered: it will again */

/* A connection; a call has it for itself, as long as it takes */
typedef struct {
    char *uri;
    virConnectPtr conn;
    virDomainPtr domain;        /* the last one that was called, or NULL */
} Lane;

typedef struct {
    unsigned char uuid[VIR_UUID_BUFLEN];
    gint64 time;
} Answer;

typedef struct Call Call;

struct Call {
    char *lane_uri;
    char *name;
    unsigned char uuid[VIR_UUID_BUFLEN];
    int (*func)(Call *call, virDomainPtr domain);
    char *text;                 /* QMP command, or the metadata */
    const char *prefix;
    const char *uri;
    int fd;
    guint flags;
    char *reply;
    char *failure;              /* NULL: libvirt's last error */
    gboolean asks;              /* not an emulator that owes an answer */
    gboolean proves_nothing;    /* that is done may be without the emulator */
    gboolean is_starting;
};

static guint limit_ms = HET_CALL_ANSWER_MS;

/* All under the lock */
static GMutex lock;
static GPtrArray *idle_lanes;   /* Lane */
static GPtrArray *given_up;     /* Call, not ours */
static GArray *answers;         /* Answer, of each domain the last */

void het_call_set_limit(guint ms)
{
    limit_ms = CLAMP(ms, MS_MIN, HET_CALL_ANSWER_MS);
}

/* ---- lanes ---- */

static void lane_free(Lane *lane)
{
    g_clear_pointer(&lane->domain, virDomainFree);
    g_clear_pointer(&lane->conn, virConnectClose);
    g_free(lane->uri);
    g_free(lane);
}

static gboolean is_of(virDomainPtr domain, const Call *call)
{
    unsigned char uuid[VIR_UUID_BUFLEN];

    return domain && virDomainGetUUID(domain, uuid) == 0 &&
           memcmp(uuid, call->uuid, sizeof(uuid)) == 0;
}

/* Best one that knows the domain already */
static Lane *find_idle(const Call *call)
{
    Lane *found = NULL;

    g_mutex_lock(&lock);
    for (guint i = 0; idle_lanes && i < idle_lanes->len; i++) {
        Lane *lane = g_ptr_array_index(idle_lanes, i);

        if (!strcmp(lane->uri, call->lane_uri) &&
            (!found || is_of(lane->domain, call))) {
            found = lane;
        }
    }
    if (found) {
        g_ptr_array_remove_fast(idle_lanes, found);
    }
    g_mutex_unlock(&lock);
    return found;
}

/* NULL with libvirt's error */
static Lane *take_lane(const Call *call)
{
    Lane *lane = find_idle(call);

    if (lane && virConnectIsAlive(lane->conn) == 1) {
        return lane;
    }
    g_clear_pointer(&lane, lane_free);
    lane = g_new0(Lane, 1);
    lane->uri = g_strdup(call->lane_uri);
    lane->conn = virConnectOpenAuth(lane->uri, virConnectAuthPtrDefault, 0);
    if (!lane->conn) {
        g_clear_pointer(&lane, lane_free);
    }
    return lane;
}

static void give_lane(Lane *lane)
{
    if (virConnectIsAlive(lane->conn) != 1) {
        lane_free(lane);
        return;
    }
    g_mutex_lock(&lock);
    if (!idle_lanes) {
        idle_lanes = g_ptr_array_new();
    }
    g_ptr_array_add(idle_lanes, lane);
    g_mutex_unlock(&lock);
}

/* NULL with libvirt's error; owned by @lane */
static virDomainPtr lane_domain(Lane *lane, const Call *call)
{
    if (is_of(lane->domain, call)) {
        return lane->domain;
    }
    g_clear_pointer(&lane->domain, virDomainFree);
    lane->domain = virDomainLookupByUUID(lane->conn, call->uuid);
    return lane->domain;
}

void het_call_close(void)
{
    g_mutex_lock(&lock);
    for (guint i = 0; idle_lanes && i < idle_lanes->len; i++) {
        lane_free(g_ptr_array_index(idle_lanes, i));
    }
    g_clear_pointer(&idle_lanes, g_ptr_array_unref);
    g_mutex_unlock(&lock);
}

/* ---- calls that were given up ---- */

static gboolean owes_us(const Call *call)
{
    gboolean owes = FALSE;

    g_mutex_lock(&lock);
    for (guint i = 0; given_up && i < given_up->len; i++) {
        const Call *other = g_ptr_array_index(given_up, i);

        owes |= memcmp(call->uuid, other->uuid, sizeof(call->uuid)) == 0;
    }
    g_mutex_unlock(&lock);
    return owes;
}

static void note_given_up(Call *call)
{
    g_mutex_lock(&lock);
    if (!given_up) {
        given_up = g_ptr_array_new();
    }
    g_ptr_array_add(given_up, call);
    g_mutex_unlock(&lock);
}

static void forget(Call *call)
{
    g_mutex_lock(&lock);
    if (given_up) {
        g_ptr_array_remove_fast(given_up, call);
    }
    g_mutex_unlock(&lock);
}

/* ---- one call ---- */

static void call_clear(gpointer data)
{
    Call *call = data;

    forget(call);
    g_free(call->lane_uri);
    g_free(call->name);
    g_free(call->text);
    g_free(call->reply);
    g_free(call->failure);
    if (call->fd >= 0) {
        close(call->fd);
    }
}

static void call_unref(Call *call)
{
    g_atomic_rc_box_release_full(call, call_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Call, call_unref)

static Call *call_new(virDomainPtr domain,
                      int (*func)(Call *call, virDomainPtr domain))
{
    Call *call = g_atomic_rc_box_new0(Call);

    call->lane_uri = virConnectGetURI(virDomainGetConnect(domain));
    call->name = g_strdup(virDomainGetName(domain));
    virDomainGetUUID(domain, call->uuid);
    call->func = func;
    call->fd = -1;
    return call;
}

static void set_silent(const Call *call, GError **error)
{
    g_set_error(error, HET_ERROR, HET_ERROR_TIMEOUT,
                "domain '%s': its emulator does not answer (for %.3g s); "
                "'hetctl destroy' ends it", call->name, limit_ms / 1e3);
}

static void set_late(const Call *call, guint ms, GError **error)
{
    if (call->asks) {
        set_silent(call, error);
        return;
    }
    g_set_error(error, HET_ERROR, HET_ERROR_TIMEOUT,
                "domain '%s': libvirt has not done it within %.3g s",
                call->name, ms / 1e3);
}

/* Under the lock.  NULL: it has not answered for a while. */
static Answer *find_answer(const Call *call)
{
    gint64 now = g_get_monotonic_time();

    for (guint i = answers ? answers->len : 0; i-- > 0; ) {
        Answer *answer = &g_array_index(answers, Answer, i);

        if (now - answer->time >= FRESH_US) {
            g_array_remove_index_fast(answers, i);
        } else if (!memcmp(answer->uuid, call->uuid, sizeof(call->uuid))) {
            return answer;
        }
    }
    return NULL;
}

static gboolean has_just_answered(const Call *call)
{
    gboolean fresh;

    g_mutex_lock(&lock);
    fresh = find_answer(call) != NULL;
    g_mutex_unlock(&lock);
    return fresh;
}

static void note_answer(const Call *call)
{
    Answer *answer;

    g_mutex_lock(&lock);
    answer = find_answer(call);
    if (!answer) {
        if (!answers) {
            answers = g_array_new(FALSE, FALSE, sizeof(Answer));
        }
        g_array_set_size(answers, answers->len + 1);
        answer = &g_array_index(answers, Answer, answers->len - 1);
        memcpy(answer->uuid, call->uuid, sizeof(call->uuid));
    }
    answer->time = g_get_monotonic_time();
    g_mutex_unlock(&lock);
}

/*
 * Does somebody wait for its answer?  libvirt knows that without asking the
 * emulator.  A driver that does not know it has no emulators.  One that owes it
 * for long gets the rest of its time, not all of it once more.
 */
static gboolean owes_others(const Call *call, virDomainPtr domain)
{
    virDomainControlInfo info;
    guint before = LONG_MS;

    if (has_just_answered(call)) {
        return FALSE;
    }
    while (virDomainGetControlInfo(domain, &info, 0) == 0 &&
           info.state == VIR_DOMAIN_CONTROL_OCCUPIED &&
           info.stateTime >= before) {
        if (info.stateTime >= limit_ms) {
            return TRUE;
        }
        before = info.stateTime;
        g_usleep(LOOK_OWES_US);
    }
    return FALSE;
}

static void set_failure(const Call *call, GError **error)
{
    g_set_error(error, HET_ERROR,
                virGetLastErrorCode() == VIR_ERR_OPERATION_TIMEOUT
                ? HET_ERROR_TIMEOUT : HET_ERROR_FAILED, "%s",
                call->failure ?: virGetLastErrorMessage());
}

static gboolean call_in_lane(Call *call, Lane *lane, GError **error)
{
    virDomainPtr domain = lane_domain(lane, call);

    if (domain && call->asks && owes_others(call, domain)) {
        set_silent(call, error);
        return FALSE;
    }
    if (!domain || call->func(call, domain) < 0) {
        set_failure(call, error);
        return FALSE;
    }
    if (!call->proves_nothing) {
        note_answer(call);
    }
    return TRUE;
}

static gboolean work(gpointer data, GError **error)
{
    Call *call = data;
    Lane *lane = take_lane(call);
    gboolean ok;

    if (!lane) {
        set_failure(call, error);
        return FALSE;
    }
    ok = call_in_lane(call, lane, error);
    give_lane(lane);
    return ok;
}

static gboolean run(Call *call, guint ms, GError **error)
{
    g_autoptr(GError) cause = NULL;
    gboolean was_given_up = FALSE;

    if (het_worker_run(work, call, call_clear, ms, &was_given_up, &cause)) {
        return TRUE;
    }
    if (was_given_up) {
        note_given_up(call);
        if (g_error_matches(cause, HET_ERROR, HET_ERROR_TIMEOUT)) {
            g_clear_error(&cause);
            set_late(call, ms, &cause);
        }
    }
    g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

static gboolean ask(Call *call, GError **error)
{
    call->asks = TRUE;
    if (owes_us(call)) {
        set_silent(call, error);
        return FALSE;
    }
    return run(call, limit_ms, error);
}

static gboolean ask_for(virDomainPtr domain,
                        int (*func)(Call *call, virDomainPtr domain),
                        GError **error)
{
    g_autoptr(Call) call = call_new(domain, func);

    return ask(call, error);
}

/* ---- the calls ---- */

static int do_suspend(Call *call, virDomainPtr domain)
{
    return virDomainSuspend(domain);
}

static int do_resume(Call *call, virDomainPtr domain)
{
    return virDomainResume(domain);
}

static int do_reset(Call *call, virDomainPtr domain)
{
    return virDomainReset(domain, 0);
}

static int do_reboot(Call *call, virDomainPtr domain)
{
    return virDomainReboot(domain, 0);
}

static int do_shutdown(Call *call, virDomainPtr domain)
{
    return virDomainShutdown(domain);
}

static int do_start(Call *call, virDomainPtr domain)
{
    return virDomainCreateWithFlags(domain, VIR_DOMAIN_START_PAUSED |
                                    VIR_DOMAIN_START_FORCE_BOOT);
}

/* It may have ended by itself meanwhile. */
static int do_destroy(Call *call, virDomainPtr domain)
{
    if (virDomainDestroy(domain) == 0) {
        return 0;
    }
    call->failure = g_strdup(virGetLastErrorMessage());
    return virDomainIsActive(domain) == 0 ? 0 : -1;
}

/* libvirt tells that without asking an emulator. */
static int do_look(Call *call, virDomainPtr domain)
{
    int state, reason;

    if (virDomainGetState(domain, &state, &reason, 0) < 0) {
        return -1;
    }
    call->is_starting = state == VIR_DOMAIN_PAUSED &&
                        reason == VIR_DOMAIN_PAUSED_STARTING_UP;
    return 0;
}

static int do_set_metadata(Call *call, virDomainPtr domain)
{
    return virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT,
                                call->text, call->prefix, call->uri,
                                VIR_DOMAIN_AFFECT_LIVE);
}

static int do_qmp(Call *call, virDomainPtr domain)
{
    if (call->fd < 0) {
        return virDomainQemuMonitorCommand(domain, call->text,
                                           &call->reply, 0);
    }
    return virDomainQemuMonitorCommandWithFiles(domain, call->text, 1,
                                                &call->fd, NULL, NULL,
                                                &call->reply, 0);
}

gboolean het_call_suspend(virDomainPtr domain, GError **error)
{
    return ask_for(domain, do_suspend, error);
}

gboolean het_call_resume(virDomainPtr domain, GError **error)
{
    return ask_for(domain, do_resume, error);
}

gboolean het_call_reset(virDomainPtr domain, GError **error)
{
    return ask_for(domain, do_reset, error);
}

gboolean het_call_reboot(virDomainPtr domain, GError **error)
{
    return ask_for(domain, do_reboot, error);
}

gboolean het_call_shutdown(virDomainPtr domain, GError **error)
{
    return ask_for(domain, do_shutdown, error);
}

gboolean het_call_set_metadata(virDomainPtr domain, const char *xml,
                               const char *prefix, const char *uri,
                               GError **error)
{
    g_autoptr(Call) call = call_new(domain, do_set_metadata);

    call->text = g_strdup(xml);
    call->prefix = prefix;
    call->uri = uri;
    return ask(call, error);
}

static int do_get_xml(Call *call, virDomainPtr domain)
{
    call->reply = virDomainGetXMLDesc(domain, call->flags);
    return call->reply ? 0 : -1;
}

char *het_call_get_xml(virDomainPtr domain, guint flags, GError **error)
{
    g_autoptr(Call) call = call_new(domain, do_get_xml);

    call->flags = flags;
    call->proves_nothing = TRUE;
    return run(call, XML_MS, error) ? g_steal_pointer(&call->reply) : NULL;
}

/* The caller's may be closed while a call that was given up goes on. */
static gboolean copy_fd(Call *call, int fd, GError **error)
{
    call->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (call->fd < 0) {
        int saved = errno;

        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot copy a descriptor: %s", g_strerror(saved));
    }
    return call->fd >= 0;
}

char *het_call_qmp(virDomainPtr domain, const char *command, int fd,
                   GError **error)
{
    g_autoptr(Call) call = call_new(domain, do_qmp);

    call->text = g_strdup(command);
    if (fd >= 0 && !copy_fd(call, fd, error)) {
        return NULL;
    }
    return ask(call, error) ? g_steal_pointer(&call->reply) : NULL;
}

gboolean het_call_start(virDomainPtr domain, GError **error)
{
    g_autoptr(Call) call = call_new(domain, do_start);

    return run(call, START_MS, error);
}

static gboolean is_starting(virDomainPtr domain)
{
    g_autoptr(Call) call = call_new(domain, do_look);

    return run(call, LOOK_MS, NULL) && call->is_starting;
}

/*
 * A libvirtd that was killed between the first line of a domain's status and
 * the emulator's process reads that status when it comes back, and waits for
 * the start to end, for ever (libvirt 9.0, 11.3): no process belongs to it.
 */
static void set_lost(virDomainPtr domain, GError **error)
{
    g_autofree char *path = het_conn_status_path(domain);

    g_set_error(error, HET_ERROR, HET_ERROR_LIBVIRT,
                "domain '%s': libvirtd was killed while it started the domain, "
                "and takes no orders for it since; remove '%s' and restart "
                "libvirtd", virDomainGetName(domain), path);
}

gboolean het_call_destroy(virDomainPtr domain, GError **error)
{
    g_autoptr(Call) call = call_new(domain, do_destroy);
    g_autoptr(GError) cause = NULL;

    het_worker_do_without();
    if (run(call, DESTROY_MS, &cause)) {
        return TRUE;
    }
    if (!het_interrupted(NULL) && is_starting(domain)) {
        set_lost(domain, error);
    } else {
        g_propagate_error(error, g_steal_pointer(&cause));
    }
    return FALSE;
}

gboolean het_call_ping(virDomainPtr domain, GError **error)
{
    g_autofree char *reply =
        het_call_qmp(domain, "{\"execute\": \"query-name\"}", -1, error);

    return reply != NULL;
}
