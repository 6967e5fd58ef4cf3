/*
 * A debugger and two stubs that say anything, in any order
 *
 * The input is a row of pieces: who speaks, how many bytes, the bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "fuzz.h"

#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "debug/mux.h"
#include "rsp/packet.h"
#include "rsp/stop-reply.h"

#define STUBS 2
#define SPEAKERS (STUBS + 1)

typedef struct {
    int fd;
    int answered;
} Stub;

/* A stub answers the first questions as QEMU's does; then it is the input's. */
static gboolean on_question(gint fd, GIOCondition condition, gpointer data)
{
    static const char *const answers[] = {
        "+$PacketSize=1000;multiprocess+#e1", "+$E22#a9",
        "+$mp01.01,p01.02#26", "+$l#6c",
    };
    Stub *stub = data;
    g_autoptr(GByteArray) packet = g_byte_array_new();
    char bytes[4096];
    ssize_t n = read(fd, bytes, sizeof(bytes));

    for (ssize_t i = 0; i < n; i++) {
        if (bytes[i] == '$' && stub->answered < (int)G_N_ELEMENTS(answers)) {
            const char *text = strchr(answers[stub->answered++], '$') + 1;

            het_rsp_append_packet(packet, text, strcspn(text, "#"));
        }
    }
    fuzz_assert(write(fd, packet->data, packet->len) == packet->len);
    return n > 0;
}

static HetTarget *open_target(Stub *stub)
{
    HetTarget *target;
    int fds[2];
    guint watch;

    fuzz_assert(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
    stub->fd = fds[1];
    stub->answered = 0;
    watch = g_unix_fd_add(fds[1], G_IO_IN, on_question, stub);
    target = het_target_new("m4", fds[0]);
    fuzz_assert(het_target_open(target, NULL));
    g_source_remove(watch);
    return target;
}

static void settle(void)
{
    for (int i = 0; i < 8; i++) {
        g_main_context_iteration(NULL, FALSE);
    }
}

/* Whoever was closed by the other side speaks to nobody. */
static void speak(int fd, const uint8_t *data, size_t size)
{
    char waste[4096];

    if (send(fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) {
        settle();
    }
    while (recv(fd, waste, sizeof(waste), MSG_DONTWAIT) > 0) {
    }
}

static void monitor(const char *command, void *opaque)
{
    HetMux **mux = opaque;

    het_mux_answer_monitor(*mux, command);
}

/* It has ended for good. */
static void reopen(guint index, void *opaque)
{
    HetMux **mux = opaque;

    het_mux_replace(*mux, index, NULL);
}

static void ended(void *opaque)
{
}

static void check_parsers(const char *text)
{
    g_autoptr(GArray) actions = het_rsp_parse_vcont(text);
    g_auto(HetRspStop) stop = { 0 };
    g_autofree char *plain = het_rsp_unhex(text);

    if (het_rsp_parse_stop(text, &stop)) {
        g_autofree char *again = het_rsp_format_stop(&stop, 1, 1);
        g_auto(HetRspStop) same = { 0 };

        fuzz_assert(het_rsp_parse_stop(again, &same) ||
                    g_str_has_prefix(again, "W"));
        fuzz_assert(same.address == stop.address);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const HetMuxFuncs funcs = {
        .monitor = monitor, .reopen = reopen, .ended = ended,
    };
    const HetMuxOptions options = {
        .is_single = size & 1, .stops_at_boot = size & 2,
    };
    g_autoptr(GPtrArray) targets =
        g_ptr_array_new_with_free_func((GDestroyNotify)het_target_free);
    g_autofree char *text = g_strndup((const char *)data, size);
    Stub stubs[STUBS];
    int speakers[SPEAKERS];
    int fds[2];
    HetMux *mux;

    check_parsers(text);
    for (int i = 0; i < STUBS; i++) {
        g_ptr_array_add(targets, open_target(&stubs[i]));
        speakers[i + 1] = stubs[i].fd;
    }
    fuzz_assert(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
    speakers[0] = fds[1];
    mux = het_mux_new(targets, &options, &funcs, &mux);
    het_mux_serve(mux, fds[0]);
    while (size >= 2) {
        size_t n = MIN(data[1], size - 2);

        speak(speakers[data[0] % SPEAKERS], data + 2, n);
        data += 2 + n;
        size -= 2 + n;
    }
    het_mux_free(mux);
    for (int i = 0; i < SPEAKERS; i++) {
        close(speakers[i]);
    }
    return 0;
}
