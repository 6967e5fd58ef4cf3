/*
 * Which symbols belong to what a processor runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEBUG_SYMBOLS_H
#define HET_DEBUG_SYMBOLS_H

#include <glib.h>
#include <libvirt/libvirt.h>

/*
 * HetGdbInferior for @processors, or all that run if there are none.  @chosen:
 * "PROCESSOR=FILE", NULL at the end; otherwise what 'hetctl boot' has loaded,
 * or what the XML names, as <kernel> or as a <firmware> of Linux, and is the
 * code in the slave's memory.  @note is called for one without symbols.
 */
typedef void HetSymbolsNote(const char *text, void *opaque);

GPtrArray *het_symbols_find(virConnectPtr conn, const char *soc,
                            const char *const *processors,
                            const char *const *chosen, HetSymbolsNote *note,
                            void *opaque, GError **error);

#endif
