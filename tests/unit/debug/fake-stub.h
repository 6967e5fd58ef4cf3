/*
 * A GDB stub of an emulator for tests: it records what it is told, and answers
 * as QEMU's does, or from a script
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FAKE_STUB_H
#define FAKE_STUB_H

#include "debug/target.h"

typedef struct FakeStub FakeStub;

/*
 * @threads: "mp01.01,p02.02".  Orders to run and to halt are added to @log,
 * which all stubs of a test may share, as "NAME vCont;c" and "NAME halt".
 */
FakeStub *fake_stub_new(const char *name, const char *threads, GString *log);
void fake_stub_free(FakeStub *stub);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FakeStub, fake_stub_free)

/* The target's end */
int fake_stub_take_fd(FakeStub *stub);
/* The answer to each packet that begins so */
void fake_stub_script(FakeStub *stub, const char *packet, const char *answer);
/* Bytes that nobody has asked for; it has halted. */
void fake_stub_send(FakeStub *stub, const char *bytes);
void fake_stub_stop(FakeStub *stub, const char *packet);
/* An order to halt has no answer, as when others have halted it before. */
void fake_stub_ignore_halt(FakeStub *stub);
void fake_stub_hold(FakeStub *stub);
void fake_stub_hang_up(FakeStub *stub);
/* All packets but those of the beginning, "Hgp01.01 ? ..." */
const char *fake_stub_seen(const FakeStub *stub);

#endif
