/*
 * Trace buffer: text for the debugger, or for Linux' remoteproc
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TRACE_H
#define TRACE_H

#define TRACE_SIZE 4096

/* Always ends in a NUL. When it is full, writing goes on at its start. */
extern char trace_buffer[TRACE_SIZE];

/* Formats: see format.h */
__attribute__((format(printf, 1, 2))) void trace(const char *format, ...);

/* Weak: a firmware that has a console as well defines its own. */
void trace_also(char c);

#endif
