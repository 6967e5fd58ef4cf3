/*
 * The device tree of a master that is a board's: the <dtb> as it is, the
 * user's overlays over it, and nodes for what it does not have
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_BOARD_TREE_H
#define HET_BOARD_TREE_H

#include "soc/soc.h"

/*
 * What the master's emulator gets; byte for byte the <dtb> where nothing goes
 * over it. @soc is valid, and its master has a <dtb>. Errors: HET_ERROR_XML,
 * at the <dtb> or <overlay>
 */
GBytes *het_board_tree_build(const HetSoc *soc, GError **error);

/* Can it be built? TRUE as well for a master without a <dtb> */
gboolean het_board_tree_check(const HetSoc *soc, GError **error);

#endif
