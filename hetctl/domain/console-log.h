/*
 * libvirt's logs of the serial ports of a processor
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_CONSOLE_LOG_H
#define HET_CONSOLE_LOG_H

#include <glib.h>

/*
 * @devices: what is in <devices>, or NULL. Each serial port that has no <log>
 * gets one in @folder, named after @domain and the port.
 */
char *het_console_log_add(const char *devices, const char *folder,
                          const char *domain);

#endif
