/*
 * Firmware of the slaves, as it lies in their code memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef IMAGES_H
#define IMAGES_H

extern const char image_rv32[], image_rv32_end[];
extern const char image_rv64[], image_rv64_end[];
extern const char image_m0[], image_m0_end[];
extern const char image_m33[], image_m33_end[];

#endif
