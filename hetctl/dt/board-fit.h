/*
 * Is a board's device tree one for this master?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_BOARD_FIT_H
#define HET_BOARD_FIT_H

#include "soc/soc.h"

/*
 * Compares what @tree says of RAM, cores and interrupt controller with what
 * the XML says of the master. @tree has passed het_dtb_check(). Errors:
 * HET_ERROR_XML, at the <dtb>
 */
gboolean het_board_fit(const HetSoc *soc, const void *tree, GError **error);

#endif
