/*
 * One emulator to be debugged: the client of its GDB stub
 *
 * The stub takes any byte as an order to halt while the emulator runs, so that
 * nothing may be asked then.  It does not answer the order when it had halted
 * before; and who lets the emulator run behind its back makes it lose the next
 * packet.  Both are found out here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEBUG_TARGET_H
#define HET_DEBUG_TARGET_H

#include "rsp/stop-reply.h"

/* A packet of QEMU's stub, its own limit */
#define HET_TARGET_PACKET_MAX 4096

typedef struct HetTarget HetTarget;

typedef enum {
    HET_TARGET_HALTED,
    HET_TARGET_RUNNING,
    HET_TARGET_GONE,            /* ended, or it does not answer */
} HetTargetState;

typedef struct {
    gint64 pid;                 /* of the stub, a cluster of cores */
    gint64 tid;
} HetTargetCore;

/* @reply NULL: the target is gone */
typedef void HetTargetReplyFunc(HetTarget *target, const GString *reply,
                                void *opaque);
/* It has halted, or is gone: @stop NULL */
typedef void HetTargetStopFunc(HetTarget *target, const HetRspStop *stop,
                               void *opaque);

/* Takes @fd, whose other end the stub has: it has halted. */
HetTarget *het_target_new(const char *name, int fd);
void het_target_free(HetTarget *target);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetTarget, het_target_free)

/*
 * First of all; waits in the event loop.  Errors: HET_ERROR_TIMEOUT,
 * HET_ERROR_FAILED.
 */
gboolean het_target_open(HetTarget *target, GError **error);
/* Can it halt at each boot?  Waits in the event loop. */
gboolean het_target_can_stop_at_boot(HetTarget *target);
void het_target_set_stop_func(HetTarget *target, HetTargetStopFunc *func,
                              void *opaque);

const char *het_target_name(const HetTarget *target);
HetTargetState het_target_state(const HetTarget *target);
/* Has its emulator ended, or let go of hetctl?  Else it does not answer. */
gboolean het_target_has_ended(const HetTarget *target);
/* HetTargetCore */
const GArray *het_target_cores(const HetTarget *target);

/* One after the other.  Only of one that has halted. */
void het_target_ask(HetTarget *target, const char *packet, gsize size,
                    HetTargetReplyFunc *func, void *opaque);
/* Halt before the first instruction of each boot, or not */
void het_target_set_boot_stop(HetTarget *target, gboolean stops);
/* Tell at each stop what was executed, and when that ended, or do not */
void het_target_set_stop_count(HetTarget *target, gboolean counts);
/* Removes all breakpoints, and what makes it halt at boots; no counts. */
void het_target_ask_clear(HetTarget *target, HetTargetReplyFunc *func,
                          void *opaque);
/* The answers to what was asked are nobody's any more. */
void het_target_forget_asked(HetTarget *target);
/* "vCont;..." */
void het_target_resume(HetTarget *target, const char *packet);
/* It tells when it has. */
void het_target_halt(HetTarget *target);

/*
 * At the end: halts them (HetTarget), without telling, and removes all
 * breakpoints; waits in the event loop.  Who takes longer than @ms is gone.
 */
void het_targets_clear(GPtrArray *targets, guint ms);
/*
 * Lets go who has halted, slaves first: what the master sends finds them
 * running.  The target at @index stays halted where @stays says so.
 */
typedef gboolean HetTargetStaysFunc(guint index, void *opaque);
void het_targets_resume(GPtrArray *targets, HetTargetStaysFunc *stays,
                        void *opaque);
/* Waits until the stubs have taken the last orders, as long. */
void het_targets_settle(GPtrArray *targets, guint ms);

#endif
