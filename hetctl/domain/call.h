/*
 * libvirt's calls that reach an emulator, with an end
 *
 * libvirt waits for the answer of an emulator without end.  Here a caller gives
 * up after its limit, or soon after a signal; what it has asked for may still
 * happen later.  Each call has a connection for itself: while one waits, calls
 * of other threads over the same connection may wait as well (libvirt 9.0 loses
 * wake-ups then), and libvirtd works on few calls of a connection at once.  An
 * emulator that owes an answer is not asked again, not even by another process:
 * libvirt tells since when it owes it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_CALL_H
#define HET_CALL_H

#include <glib.h>
#include <libvirt/libvirt.h>

/* How long an emulator may take to answer, unless there is a --timeout */
#define HET_CALL_ANSWER_MS 5000

/* For all calls from now on; at most HET_CALL_ANSWER_MS, at least a second */
void het_call_set_limit(guint ms);

/*
 * These set libvirt's error, or HET_ERROR_TIMEOUT: the emulator (of a start or
 * destroy: libvirt) does not answer.
 */
gboolean het_call_suspend(virDomainPtr domain, GError **error);
gboolean het_call_resume(virDomainPtr domain, GError **error);
gboolean het_call_reset(virDomainPtr domain, GError **error);
gboolean het_call_reboot(virDomainPtr domain, GError **error);
gboolean het_call_shutdown(virDomainPtr domain, GError **error);
gboolean het_call_set_metadata(virDomainPtr domain, const char *xml,
                               const char *prefix, const char *uri,
                               GError **error);
/*
 * As virDomainGetXMLDesc().  libvirt 11.3, not 9.0, waits there for who else
 * asks the emulator: HET_ERROR_TIMEOUT soon then.
 */
char *het_call_get_xml(virDomainPtr domain, guint flags, GError **error);
/* The reply; @fd travels with the command, -1: none */
char *het_call_qmp(virDomainPtr domain, const char *command, int fd,
                   GError **error);

/* Paused, and without an image that 'virsh managedsave' has kept */
gboolean het_call_start(virDomainPtr domain, GError **error);

/*
 * Whatever the emulator does; libvirt kills one that does not end by itself
 * after 10 s.  That it does not run is no error.  HET_ERROR_LIBVIRT: libvirtd
 * itself has lost it, and what to do.
 */
gboolean het_call_destroy(virDomainPtr domain, GError **error);

/* Does its emulator answer?  Waits for that. */
gboolean het_call_ping(virDomainPtr domain, GError **error);

/* The connections that no call has, at the end of the program */
void het_call_close(void);

#endif
