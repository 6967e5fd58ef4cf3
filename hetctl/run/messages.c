/*
 * The rpmsg messages between the slaves of a running SoC and its master
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/messages.h"

#include "domain/memory.h"
#include "rpmsg/tap.h"
#include "run/slave-memory.h"
#include "run/slave-vrings.h"

/*
 * Looking for a resource table takes milliseconds: seldom, and at once when
 * something has happened between the slave and its master.
 */
#define SEARCH_US (G_USEC_PER_SEC / 2)
#define SEARCH_AT_ONCE_US (G_USEC_PER_SEC / 20)

typedef struct {
    const char *name;
    guint index;                /* among the processors of the trace */
    HetSlaveMemory memory;
    HetTap *tap;                /* NULL: no table is known */
    guint64 table;
    gboolean was_searched;
    gint64 last_search;
    gboolean is_past;           /* what the next poll finds */
} Slave;

struct HetMessages {
    virConnectPtr conn;
    const HetDefined *defined;
    HetSegment *segment;        /* NULL: it cannot be read */
    GPtrArray *slaves;
    gboolean from_before;
    gint64 last_poll;
    guint64 last_ticks;         /* of the events that were looked at */
};

static void slave_free(gpointer data)
{
    Slave *slave = data;

    g_clear_pointer(&slave->tap, het_tap_free);
    het_slave_memory_clear(&slave->memory);
    g_free(slave);
}

HetMessages *het_messages_new(virConnectPtr conn, HetRecordings *recordings,
                              gboolean from_before, GPtrArray *problems)
{
    g_autoptr(GError) error = NULL;
    const HetDefined *defined = het_recordings_get_defined(recordings);
    HetMessages *messages = g_new0(HetMessages, 1);

    messages->conn = conn;
    messages->from_before = from_before;
    messages->defined = defined;
    messages->slaves = g_ptr_array_new_with_free_func(slave_free);
    messages->segment = het_memory_open(defined, &error);
    if (!messages->segment) {
        g_ptr_array_add(problems, g_strdup(error->message));
        return messages;
    }
    for (guint i = 0; i < defined->parts->len; i++) {
        const HetPart *part = g_ptr_array_index(defined->parts, i);
        Slave *slave;

        if (part->is_master) {
            continue;
        }
        slave = g_new0(Slave, 1);
        slave->name = part->name;
        slave->index = i;
        het_slave_memory_init(&slave->memory, defined->soc,
                              het_soc_find_processor(defined->soc,
                                                     part->name),
                              messages->segment);
        g_ptr_array_add(messages->slaves, slave);
    }
    return messages;
}

void het_messages_free(HetMessages *messages)
{
    if (messages) {
        g_ptr_array_unref(messages->slaves);
        g_clear_pointer(&messages->segment, het_segment_free);
        g_free(messages);
    }
}

/* One that comes later is that of a boot which is seen from its begin. */
static void search(HetMessages *messages, Slave *slave)
{
    const HetVringsOptions options = {
        .may_have_ended = messages->from_before,
    };
    gboolean is_past = messages->from_before && !slave->was_searched;
    const HetSharedMemory memory = het_slave_memory_shared(&slave->memory);
    g_autoptr(HetSlaveVrings) found =
        het_slave_vrings_read(messages->conn, messages->defined->name,
                              slave->name, &options, NULL);

    if (found && (!slave->tap || found->vrings->address != slave->table)) {
        g_clear_pointer(&slave->tap, het_tap_free);
        slave->table = found->vrings->address;
        slave->tap = het_tap_new(&memory, slave->table,
                                 slave->was_searched || is_past);
        slave->is_past = is_past;
    }
    slave->was_searched = TRUE;
    slave->last_search = g_get_monotonic_time();
}

/* Of one that has no table yet, or whose master has no driver for it */
static gboolean is_search_due(const Slave *slave, gboolean is_busy)
{
    return (!slave->tap || !het_tap_is_up(slave->tap)) &&
           g_get_monotonic_time() - slave->last_search >=
           (is_busy ? SEARCH_AT_ONCE_US : SEARCH_US);
}

/* Has somebody rung since the last poll? */
static gboolean look_for_rings(HetMessages *messages, const HetTrace *trace)
{
    guint64 last = messages->last_ticks;

    for (guint i = trace->events->len; i-- > 0; ) {
        const HetTraceEvent *event = het_trace_event(trace, i);

        if (event->kind == HET_RECORD_RING && event->ticks > last) {
            messages->last_ticks = MAX(messages->last_ticks, event->ticks);
        } else if (event->ticks && event->ticks <= last) {
            break;
        }
    }
    return messages->last_ticks > last;
}

static void add(HetTrace *trace, const Slave *slave, const HetTapMessage *m,
                gint64 not_before, gint64 seen)
{
    g_autoptr(HetRpmsgName) name = het_tap_announcement(m);
    g_autofree char *text = name
        ? g_strdup_printf("%s '%s' at 0x%x", name->is_gone ? "takes back"
                          : "announces", name->name, name->address) : NULL;
    gboolean from_slave = m->from == HET_SIDE_SLAVE;
    /* The master is the first. */
    const HetTraceMessage message = {
        .from = from_slave ? slave->index : 0,
        .to = from_slave ? 0 : slave->index,
        .channel = m->notifyid,
        .source = m->header.source,
        .destination = m->header.destination,
        .name = text,
        .bytes = m->bytes,
        .not_before = not_before,
        .seen = seen,
        .needs_ring = slave->is_past,
    };

    het_trace_add_message(trace, &message);
}

void het_messages_poll(HetMessages *messages, HetTrace *trace)
{
    g_autoptr(GPtrArray) passed =
        g_ptr_array_new_with_free_func((GDestroyNotify)het_tap_message_free);
    gboolean is_busy = look_for_rings(messages, trace);
    gint64 before = messages->last_poll ?: 1;

    messages->last_poll = g_get_monotonic_time() * 1000;
    for (guint i = 0; i < messages->slaves->len; i++) {
        Slave *slave = g_ptr_array_index(messages->slaves, i);

        if (is_search_due(slave, is_busy)) {
            search(messages, slave);
        }
        if (slave->tap) {
            guint64 lost = 0;

            het_tap_poll(slave->tap, passed, &lost);
            trace->lost_messages += slave->is_past ? 0 : lost;
        }
        for (guint m = 0; m < passed->len; m++) {
            add(trace, slave, g_ptr_array_index(passed, m), before,
                g_get_monotonic_time() * 1000);
        }
        g_ptr_array_set_size(passed, 0);
        slave->is_past = FALSE;
    }
}
