/*
 * Which bit of what it loads a Thumb instruction's successors test
 *
 * What compilers make of a loop that waits for a bit: a shift that moves it
 * into the sign, an AND or TST with a constant, or UBFX.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/thumb-bit.h"

#define SUCCESSORS 3

typedef struct {
    guint32 first;              /* halfwords */
    guint32 second;
    gsize size;
} Insn;

static gboolean next_insn(const guint8 **code, gsize *size, Insn *insn)
{
    if (*size < 2) {
        return FALSE;
    }
    insn->first = (*code)[0] | (*code)[1] << 8;
    insn->size = insn->first >= 0xe800 ? 4 : 2;
    if (*size < insn->size) {
        return FALSE;
    }
    insn->second = insn->size == 4 ? (*code)[2] | (*code)[3] << 8 : 0;
    *code += insn->size;
    *size -= insn->size;
    return TRUE;
}

/* The register that a load fills, -1: it is no load */
static int loaded_register(const Insn *insn)
{
    switch (insn->first & 0xf800) {
    case 0x6800:                /* LDR, LDRB, LDRH Rt, [Rn, #imm] */
    case 0x7800:
    case 0x8800:
        return insn->first & 7;
    }
    if ((insn->first & 0xfe00) == 0x5800) {     /* LDR Rt, [Rn, Rm] */
        return insn->first & 7;
    }
    if ((insn->first & 0xff70) == 0xf850 ||     /* LDR.W Rt, [Rn, ...] */
        (insn->first & 0xff70) == 0xf810 ||
        (insn->first & 0xff70) == 0xf830) {
        return insn->second >> 12;
    }
    return -1;
}

static guint32 modified_immediate(const Insn *insn)
{
    guint32 imm = (insn->first >> 10 & 1) << 11 |
                  (insn->second >> 12 & 7) << 8 | (insn->second & 0xff);
    guint32 value = 0x80 | (imm & 0x7f);
    guint rotation = imm >> 7;

    if (imm >> 10) {
        return value >> rotation | value << (32 - rotation);
    }
    /* The other patterns repeat the byte, which is no single bit. */
    return imm >> 8 ? 0 : imm;
}

static int single_bit(guint32 value)
{
    return value && !(value & (value - 1)) ? g_bit_nth_lsf(value, -1) : -1;
}

static int tested_bit(const Insn *insn, int reg)
{
    guint shift = insn->first >> 6 & 31;

    if (insn->size == 2) {
        /* LSLS Rd, Rm, #imm */
        return (insn->first & 0xf800) == 0 && shift &&
               (int)(insn->first >> 3 & 7) == reg ? 31 - (int)shift : -1;
    }
    if ((int)(insn->first & 15) != reg || insn->second & 0x8000) {
        return -1;
    }
    if ((insn->first & 0xfbe0) == 0xf000) {     /* AND, TST #const */
        return single_bit(modified_immediate(insn));
    }
    if ((insn->first & 0xfff0) == 0xf3c0 && !(insn->second & 0x1f)) {
        /* UBFX of one bit */
        return (insn->second >> 12 & 7) << 2 | (insn->second >> 6 & 3);
    }
    return -1;
}

int het_thumb_tested_bit(const guint8 *code, gsize size)
{
    Insn insn;
    int reg;

    if (!next_insn(&code, &size, &insn)) {
        return -1;
    }
    reg = loaded_register(&insn);
    for (int i = 0; reg >= 0 && i < SUCCESSORS; i++) {
        int bit;

        if (!next_insn(&code, &size, &insn)) {
            return -1;
        }
        bit = tested_bit(&insn, reg);
        if (bit >= 0) {
            return bit;
        }
    }
    return -1;
}
