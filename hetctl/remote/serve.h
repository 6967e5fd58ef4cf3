/*
 * hetctl that another host's hetctl has started, over ssh
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_SERVE_H
#define HET_SERVE_H

#include <glib.h>

/*
 * Speaks on standard input and output, until the other end has what it asked
 * for or is gone.  What goes wrong is told to it.
 */
void het_remote_serve(void);

#endif
