/*
 * A QMP peer for tests: it checks what is sent, and answers from a script
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FAKE_PEER_H
#define FAKE_PEER_H

#include "qmp/qmp.h"

typedef struct FakePeer FakePeer;

FakePeer *fake_peer_new(void);
/* Fails the test when a scripted exchange did not take place. */
void fake_peer_free(FakePeer *peer);

/*
 * The next command must be @command, compared as JSON, with a descriptor or
 * without.  @reply NULL: the transport fails.
 */
void fake_peer_expect(FakePeer *peer, const char *command, gboolean with_fd,
                      const char *reply);

HetQmp *fake_peer_connect(FakePeer *peer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FakePeer, fake_peer_free)

#endif
