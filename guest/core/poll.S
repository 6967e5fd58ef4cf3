/* SPDX-License-Identifier: GPL-2.0-or-later */
#define POLL
#include "faulty.S"
