/*
 * The folder for what another host has sent
 *
 * A process of its own removes it when hetctl is killed, and after the command
 * that uses it has ended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_INBOX_H
#define HET_INBOX_H

#include <glib.h>

typedef struct HetInbox HetInbox;

/*
 * Nothing is made yet: it may be kept, and only files say so.  @keep_in: the
 * folder for one that is kept, else NULL
 */
HetInbox *het_inbox_new(const char *keep_in, GError **error);
/* Where paths start from, absolute and without links */
const char *het_inbox_root(const HetInbox *inbox);
/* A descriptor: as long as a process has it, the folder stays. */
int het_inbox_held(const HetInbox *inbox);

/* Folders of @path, which is clean */
gboolean het_inbox_make_folder(HetInbox *inbox, const char *path,
                               GError **error);
/* A new file, to be written; -1 on error */
int het_inbox_make_file(HetInbox *inbox, const char *path, GError **error);
/* One that the command has written, to be read; -1: there is none */
int het_inbox_open(const HetInbox *inbox, const char *path);

/* From now on it stays, unless it is dropped. */
void het_inbox_keep(HetInbox *inbox);
void het_inbox_drop(HetInbox *inbox);
/* Returns when it is removed, if it is. */
void het_inbox_free(HetInbox *inbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetInbox, het_inbox_free)

#endif
