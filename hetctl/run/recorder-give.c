/*
 * Giving an emulator the memory for its recorder
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/recorder-give.h"

#include "domain/recorder-memory.h"
#include "qmp/qmp.h"
#include "run/host-note.h"
#include "util/error.h"

#define FDNAME "het-recorder"

static gboolean attach(HetQmp *qmp, const HetSegment *memory, GError **error)
{
    g_autoptr(GError) reason = NULL;

    if (!het_qmp_getfd(qmp, FDNAME, het_segment_get_fd(memory), error)) {
        return FALSE;
    }
    if (het_qmp_recorder_attach(qmp, FDNAME, 0, het_segment_get_size(memory),
                                &reason)) {
        return TRUE;
    }
    /* Nothing may keep it open; most failures have closed it. */
    het_qmp_closefd(qmp, FDNAME, NULL);
    if (g_error_matches(reason, HET_ERROR, HET_ERROR_EMULATOR)) {
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
}

gboolean het_recorder_give(const HetPart *part, const HetSegment *memory,
                           GError **error)
{
    g_autoptr(HetQmp) qmp = het_qmp_new_for_domain(part->domain);

    if (!attach(qmp, memory, error)) {
        g_prefix_error(error, "processor '%s': recorder: ", part->name);
        return FALSE;
    }
    het_host_note(qmp);
    return TRUE;
}

gboolean het_recorder_give_again(const HetDefined *defined,
                                 const HetPart *part, GError **error)
{
    g_autoptr(HetSegment) memory = NULL;

    if (!het_recorder_memory_is_used(defined)) {
        return TRUE;
    }
    memory = het_recorder_memory_open(defined, part, error);
    if (!memory) {
        g_prefix_error(error, "processor '%s': ", part->name);
        return FALSE;
    }
    return het_recorder_give(part, memory, error);
}
