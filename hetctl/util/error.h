/*
 * Errors of hetctl: the code of a GError is the exit code of the program
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_ERROR_H
#define HET_ERROR_H

#include <glib.h>

#define HET_ERROR (het_error_quark())

/*
 * The numbers are the documented exit codes of hetctl. 0 is success, so that
 * no error has it.
 */
typedef enum {
    HET_ERROR_FAILED = 1,       /* the operation failed */
    HET_ERROR_USAGE = 2,        /* wrong command line */
    HET_ERROR_XML = 3,          /* XML not well-formed, invalid, senseless */
    HET_ERROR_NOT_FOUND = 4,    /* no such SoC, processor, device */
    HET_ERROR_STATE = 5,        /* defined, running, not running, busy */
    HET_ERROR_LIBVIRT = 6,      /* libvirt unreachable or too old */
    HET_ERROR_EMULATOR = 7,     /* emulator missing or not the patched one */
    HET_ERROR_RESOURCE = 8,     /* no space, no memory, no descriptors */
    HET_ERROR_TIMEOUT = 9,      /* something did not happen in time */
} HetError;

GQuark het_error_quark(void);

/* Exit code for @error: its code in the HET_ERROR domain, else 1. */
int het_error_exit_code(const GError *error);

#endif
