/*
 * Giving an emulator what it fills the platform memory with when it uses it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/demand-give.h"

#include <unistd.h>

#include "domain/demand-memory.h"
#include "qmp/qmp.h"

static gboolean give(HetQmp *qmp, const HetDefined *defined, HetPart *part,
                     const HetSegment *segment, GError **error)
{
    int map, image;
    guint index;
    gboolean ok;

    if (!het_demand_memory_open_files(defined, &map, &image, error)) {
        return FALSE;
    }
    g_ptr_array_find(defined->parts, part, &index);
    ok = het_qmp_memory_demand(qmp, het_segment_get_fd(segment), map, image,
                               index, error);
    close(map);
    if (image >= 0) {
        close(image);
    }
    return ok;
}

gboolean het_demand_give(const HetDefined *defined, HetPart *part,
                         const HetSegment *segment, GError **error)
{
    g_autoptr(HetQmp) qmp = NULL;
    HetMemoryDemand demand;

    if (!defined->demand) {
        return TRUE;
    }
    qmp = het_qmp_new_for_domain(part->domain);
    if (het_qmp_query_memory_demand(qmp, &demand, error) &&
        (demand.is_enabled || give(qmp, defined, part, segment, error))) {
        return TRUE;
    }
    g_prefix_error(error, "processor '%s': memory on demand: ", part->name);
    return FALSE;
}
