/*
 * The rpmsg messages between the slaves of a running SoC and its master
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_MESSAGES_H
#define HET_MESSAGES_H

#include <libvirt/libvirt.h>

#include "run/recordings.h"

typedef struct HetMessages HetMessages;

/*
 * @recordings must live as long as the result.  @from_before: what still lies in
 * the vrings is wanted as well, as far as the rings that went with it are
 * recorded.  @problems: gets why there are no messages to be seen
 */
HetMessages *het_messages_new(virConnectPtr conn, HetRecordings *recordings,
                              gboolean from_before, GPtrArray *problems);
void het_messages_free(HetMessages *messages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetMessages, het_messages_free)

/*
 * Adds to @trace what has passed since the last time.  A slave without a
 * resource table has none, until it has one.
 */
void het_messages_poll(HetMessages *messages, HetTrace *trace);

#endif
