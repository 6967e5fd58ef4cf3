/*
 * Firmware of the slaves, as it lies in their code memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
    .section .rodata.images, "a"

    .macro  image core
    .global image_\core, image_\core\()_end
    .balign 8
image_\core:
    .incbin "quad-\core\().bin"
image_\core\()_end:
    .endm

    image   rv32
    image   rv64
    image   m0
    image   m33
