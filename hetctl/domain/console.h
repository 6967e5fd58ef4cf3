/*
 * The consoles of a processor: its serial ports
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_CONSOLE_H
#define HET_CONSOLE_H

#include "domain/defined.h"

typedef struct {
    guint number;               /* among the <serial>s, from 0 */
    char *type;                 /* "pty", ... */
    char *alias;                /* libvirt's; NULL: the domain does not run */
    char *device;               /* the <device> that it is; NULL: none, it is
                                   the machine's own */
    char *log;                  /* libvirt's log of it; NULL: none */
} HetConsolePort;

/* HetConsolePort; may be empty */
GPtrArray *het_console_list(const HetDefined *defined, const HetPart *part,
                            GError **error);
/*
 * One of @ports, by its number or its device; @which NULL: the first.
 * HET_ERROR_NOT_FOUND, with what there is
 */
const HetConsolePort *het_console_find(const GPtrArray *ports,
                                       const HetPart *part, const char *which,
                                       GError **error);
/* Its device, else "serial0" */
char *het_console_name(const HetConsolePort *port);

#endif
