/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RESOURCES_H
#define RESOURCES_H

#include "remoteproc.h"

extern const volatile struct rproc_vdev *const resources_rpmsg;

#endif
