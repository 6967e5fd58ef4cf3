/*
 * Errors of hetctl
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/error.h"

G_DEFINE_QUARK(het-error-quark, het_error)

int het_error_exit_code(const GError *error)
{
    if (!error) {
        return 0;
    }
    if (error->domain == HET_ERROR) {
        return error->code;
    }
    if (error->domain == G_OPTION_ERROR) {
        return HET_ERROR_USAGE;
    }
    return HET_ERROR_FAILED;
}
