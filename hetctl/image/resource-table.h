/*
 * Where a firmware has its resource table, which tells a master that attaches
 * to it what the two share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_RESOURCE_TABLE_H
#define HET_RESOURCE_TABLE_H

#include <glib.h>

/*
 * The address, as the core sees it, of the section that Linux looks for; 0:
 * the file has none, or none that Linux would take.
 */
guint32 het_resource_table_find(int fd);

#endif
