/*
 * Another hetctl that says anything, in pieces of any size
 *
 * The first byte is how much of it comes at a time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "fuzz.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "remote/request.h"
#include "remote/wire.h"

static void check_request(GVariant *body)
{
    g_autoptr(HetRequest) request = het_request_from_variant(body);
    g_autoptr(HetRequest) again = NULL;
    g_autoptr(GVariant) same = NULL;

    if (!request) {
        return;
    }
    fuzz_assert(het_request_path_is_clean(request->folder));
    fuzz_assert(!strstr(request->folder, "/../"));
    same = g_variant_ref_sink(het_request_to_variant(request));
    again = het_request_from_variant(same);
    fuzz_assert(again && again->argv->len == request->argv->len &&
                again->outputs->len == request->outputs->len);
}

/* FALSE: it has said something senseless. */
static gboolean take_all(HetWire *wire, gboolean *has_hello)
{
    g_autoptr(GError) error = NULL;

    if (!*has_hello) {
        *has_hello = het_wire_take_hello(wire, "h", &error);
        fuzz_assert(!*has_hello || !error);
    }
    while (*has_hello && !error) {
        g_auto(HetFrame) frame = { 0 };

        if (!het_wire_take(wire, &frame, &error)) {
            break;
        }
        fuzz_assert(frame.body && frame.type < HET_FRAME_TYPES);
        if (frame.type == HET_FRAME_RUN) {
            check_request(frame.body);
        } else if (frame.type == HET_FRAME_FILE) {
            het_request_path_is_clean(g_variant_get_bytestring(frame.body));
        }
    }
    fuzz_assert(!error || g_utf8_validate(error->message, -1, NULL));
    return !error;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gboolean has_hello = FALSE;
    HetWire *wire;
    int fds[2];

    if (size < 1) {
        return 0;
    }
    fuzz_assert(pipe(fds) == 0);
    wire = het_wire_new(fds[0], open("/dev/null", O_WRONLY | O_CLOEXEC));
    for (size_t done = 1, n; done < size; done += n) {
        n = MIN(size - done, (size_t)data[0] * 16 + 1);
        fuzz_assert(write(fds[1], data + done, n) == (ssize_t)n);
        fuzz_assert(het_wire_fill(wire));
        if (!take_all(wire, &has_hello)) {
            break;
        }
    }
    close(fds[1]);
    het_wire_free(wire);
    return 0;
}
