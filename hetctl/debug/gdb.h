/*
 * Starting GDB, connected
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEBUG_GDB_H
#define HET_DEBUG_GDB_H

#include <glib.h>

typedef struct {
    char *name;
    char *symbols;              /* an ELF file, or NULL */
    gboolean is_master;
    gboolean is_arm;
} HetGdbInferior;

void het_gdb_inferior_free(HetGdbInferior *inferior);

/*
 * The words of the command: @chosen, else $GDB, else gdb-multiarch.  Errors:
 * HET_ERROR_NOT_FOUND, with the package
 */
char **het_gdb_find(const char *chosen, GError **error);

/* What is typed to attach all; @inferiors: HetGdbInferior */
char *het_gdb_script(const GPtrArray *inferiors, const char *address);

/*
 * On this terminal; the command's own options come after @script.  Ctrl+C is
 * GDB's alone from now on.
 */
gboolean het_gdb_start(char **words, const char *script, GPid *pid,
                       GError **error);

#endif
