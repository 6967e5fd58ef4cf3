/*
 * The GDB stubs of a SoC's emulators, opened while it runs
 *
 * Each has one end of a socket pair, so that nobody else can use it, and it is
 * known to be over when hetctl has ended.  The stub's name says who debugs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEBUG_GDB_STUBS_H
#define HET_DEBUG_GDB_STUBS_H

#include <glib.h>
#include <libvirt/libvirt.h>
#include <sys/types.h>

#include "debug/target.h"

typedef struct HetStubs HetStubs;

typedef struct {
    const char *soc;
    const char *const *processors;  /* they come first; none: all */
    gboolean is_alone;          /* the others are left out */
    gboolean stops_at_boot;     /* their emulators can do that */
} HetStubsOptions;

/*
 * All processors that run halt.  Errors: HET_ERROR_STATE: it does not run, or
 * is being debugged
 */
HetStubs *het_stubs_open(virConnectPtr conn, const HetStubsOptions *options,
                         GError **error);

/* HetTarget, in the order of the processors */
GPtrArray *het_stubs_targets(HetStubs *stubs);

/* The emulator of the target at @index has ended: can another one follow? */
gboolean het_stubs_may_return(const HetStubs *stubs, guint index);

typedef enum {
    HET_STUB_GONE,              /* for good: so is the SoC */
    HET_STUB_AWAY,              /* it does not run, or is being started */
    HET_STUB_BACK,              /* another emulator runs */
} HetStubPresence;

/* @conn: libvirtd may have been restarted meanwhile. */
HetStubPresence het_stubs_look(HetStubs *stubs, virConnectPtr conn,
                               guint index);

/*
 * The emulator of the target at @index has ended, and another one runs.  The
 * target is replaced; NULL: it stays.  @wait_ms: for who works on the SoC
 */
HetTarget *het_stubs_reopen(HetStubs *stubs, virConnectPtr conn, guint index,
                            guint wait_ms, GError **error);

/*
 * Removes breakpoints, lets go who ran before, closes the stubs.  What has
 * gone wrong is in @error, all else is done.  @hurries: an emulator that does
 * not answer at once is left to het_stubs_recover().
 */
gboolean het_stubs_close(HetStubs *stubs, gboolean hurries, GError **error);

/*
 * Does this of the processors that process @owner has left, or could not close.
 * Errors: HET_ERROR_STATE: that is not known to be over yet; that the SoC is
 * not there, or does not run, is none.
 */
gboolean het_stubs_recover(virConnectPtr conn, const char *soc, pid_t owner,
                           GError **error);

/* Are these processors there, do they run, and does nobody debug them? */
gboolean het_stubs_check(virConnectPtr conn, const HetStubsOptions *options,
                         GError **error);

#endif
