/*
 * Giving an emulator the memory for its recorder
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/recorder-give.h"

#include "domain/recorder-area.h"
#include "qmp/qmp.h"
#include "util/error.h"

#define FDNAME "het-recorder"

static gboolean attach(HetQmp *qmp, const HetRecorderArea *area, int fd,
                       GError **error)
{
    g_autoptr(GError) reason = NULL;

    if (!het_qmp_getfd(qmp, FDNAME, fd, error)) {
        return FALSE;
    }
    if (het_qmp_recorder_attach(qmp, FDNAME, area->offset, area->size,
                                &reason)) {
        return TRUE;
    }
    /* Nothing may keep the segment open; most failures have closed it. */
    het_qmp_closefd(qmp, FDNAME, NULL);
    if (g_error_matches(reason, HET_ERROR, HET_ERROR_EMULATOR)) {
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
}

gboolean het_recorder_give(const HetDefined *defined, const HetPart *part,
                           const HetSegment *segment, GError **error)
{
    const HetProcessor *proc = het_soc_find_processor(defined->soc,
                                                      part->name);
    HetRecorderArea area = het_recorder_area(defined->soc, proc);
    g_autoptr(HetQmp) qmp = NULL;

    if (het_segment_get_size(segment) < area.offset + area.size) {
        return TRUE;
    }
    qmp = het_qmp_new_for_domain(part->domain);
    if (!attach(qmp, &area, het_segment_get_fd(segment), error)) {
        g_prefix_error(error, "processor '%s': recorder: ", part->name);
        return FALSE;
    }
    return TRUE;
}
