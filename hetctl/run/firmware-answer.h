/*
 * A word in a slave's memory by which its firmware shows that it runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_FIRMWARE_ANSWER_H
#define HET_FIRMWARE_ANSWER_H

#include "host/segment.h"
#include "soc/soc.h"

typedef struct {
    guint64 offset;             /* into the segment */
    guint32 value;
} HetFirmwareAnswer;

/* @text "ADDRESS=VALUE", the address as @slave sees it; HET_ERROR_USAGE */
gboolean het_firmware_answer_parse(HetFirmwareAnswer *answer, const HetSoc *soc,
                                   const HetProcessor *slave, const char *text,
                                   GError **error);

/* Makes the word another one than the answer. */
gboolean het_firmware_answer_clear(const HetFirmwareAnswer *answer,
                                   const HetSegment *segment, GError **error);
gboolean het_firmware_answer_is_there(const HetFirmwareAnswer *answer,
                                      const HetSegment *segment);

#endif
