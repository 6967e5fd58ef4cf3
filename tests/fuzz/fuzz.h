/*
 * A fuzz target: libFuzzer calls it, or replay.c with each file of a corpus
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_FUZZ_H
#define HET_FUZZ_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold, whatever the input is */
#define fuzz_assert(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, \
                    #condition); \
            abort(); \
        } \
    } while (0)

/* An answer is a result or an error with a message in UTF-8. */
#define fuzz_assert_either(result, error) \
    fuzz_assert(!(result) != !(error) && \
                (!(error) || g_utf8_validate((error)->message, -1, NULL)))

#endif
