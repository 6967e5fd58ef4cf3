/*
 * The links of a SoC that runs: making them, and making them again
 *
 * What is to be done at the ends is done at all processors at once, at each
 * for its links in the order of the SoC XML, which is the order of the IDM's
 * peers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/links.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "qmp/qmp.h"
#include "run/link.h"
#include "run/parallel.h"
#include "util/error.h"
#include "util/interrupt.h"

#define POLL_US 2000

/* Links for which the sockets are open at the same time */
#define AT_ONCE 256

/* A link whose two ends run */
typedef struct {
    HetLinkEnd a;
    HetLinkEnd b;
} HetJoint;

typedef struct {
    GArray *joints;             /* HetJoint */
    GPtrArray *parts;           /* HetPart that have an end, not ours */
    gint64 deadline;
    guint timeout_s;
} HetJoints;

static void joints_clear(HetJoints *j)
{
    g_clear_pointer(&j->joints, g_array_unref);
    g_clear_pointer(&j->parts, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetJoints, joints_clear)

static HetJoint *joint_at(const HetJoints *j, guint i)
{
    return &g_array_index(j->joints, HetJoint, i);
}

static HetPart *active_part(const HetDefined *defined, const HetEndpoint *end)
{
    HetPart *part = het_defined_part(defined, end->processor, NULL);

    return part && het_part_is_active(part) && !part->is_silent ? part
                                                                : NULL;
}

static gboolean is_of(const HetLink *link, const char *processor)
{
    return !processor || !strcmp(link->a->processor, processor) ||
           !strcmp(link->b->processor, processor);
}

static void add_part(HetJoints *j, HetPart *part)
{
    if (!g_ptr_array_find(j->parts, part, NULL)) {
        g_ptr_array_add(j->parts, part);
    }
}

static void add_joint(HetJoints *j, const HetLink *link)
{
    const char *a = link->a->processor;
    const char *b = link->b->processor;
    HetJoint joint = {
        .a = { link, a, b, 'a', -1, HET_LINK_DISCONNECTED },
        .b = { link, b, a, 'b', -1, HET_LINK_DISCONNECTED },
    };

    g_array_append_val(j->joints, joint);
}

/* @links has to live as long as @j. */
static void joints_init(HetJoints *j, const HetDefined *defined,
                        GPtrArray *links, const char *processor)
{
    j->joints = g_array_new(FALSE, FALSE, sizeof(HetJoint));
    j->parts = g_ptr_array_new();
    for (guint i = 0; i < links->len; i++) {
        const HetLink *link = g_ptr_array_index(links, i);
        HetPart *a = active_part(defined, link->a);
        HetPart *b = active_part(defined, link->b);

        if (a && b && is_of(link, processor)) {
            add_part(j, a);
            add_part(j, b);
            add_joint(j, link);
        }
    }
}

/* NULL: none of the ends of @joint is there. */
static HetLinkEnd *end_at(HetJoint *joint, const HetPart *part)
{
    return !strcmp(joint->a.processor, part->name) ? &joint->a
           : !strcmp(joint->b.processor, part->name) ? &joint->b : NULL;
}

static void prefix_link(const HetLink *link, GError **error)
{
    g_prefix_error(error, "idm '%s': link of '%s' and '%s': ",
                   link->idm->name, link->a->processor, link->b->processor);
}

/* ---- looking ---- */

static GPtrArray *query(const HetPart *part, GError **error)
{
    g_autoptr(HetQmp) qmp = het_qmp_new_for_domain(part->domain);
    GPtrArray *infos = het_qmp_query_idm(qmp, error);

    if (!infos) {
        g_prefix_error(error, "processor '%s': ", part->name);
    }
    return infos;
}

static gboolean look(HetPart *part, void *opaque, GError **error)
{
    const HetJoints *j = opaque;
    g_autoptr(GPtrArray) infos = query(part, error);

    for (guint i = 0; infos && i < j->joints->len; i++) {
        HetLinkEnd *end = end_at(joint_at(j, i), part);

        if (end) {
            het_link_end_look(end, infos);
        }
    }
    return infos != NULL;
}

static gboolean is_up(const HetJoint *joint)
{
    return joint->a.state == HET_LINK_CONNECTED &&
           joint->b.state == HET_LINK_CONNECTED;
}

gboolean het_links_are_up(const HetDefined *defined, const char *processor,
                          gboolean *up, GError **error)
{
    g_autoptr(GPtrArray) links = het_soc_get_links(defined->soc);
    g_auto(HetJoints) j = { 0 };

    *up = TRUE;
    joints_init(&j, defined, links, processor);
    if (!het_parallel_run(j.parts, look, &j, error)) {
        return FALSE;
    }
    for (guint i = 0; i < j.joints->len; i++) {
        *up &= is_up(joint_at(&j, i));
    }
    return TRUE;
}

/* ---- making ---- */

/* HetLinkEnd, not ours: the ends at @part of the links that have sockets */
static GPtrArray *ends_of(const HetPart *part, const HetJoints *j)
{
    GPtrArray *ends = g_ptr_array_new();

    for (guint i = 0; i < j->joints->len; i++) {
        HetLinkEnd *end = end_at(joint_at(j, i), part);

        if (end && end->fd >= 0) {
            g_ptr_array_add(ends, end);
        }
    }
    return ends;
}

static gboolean drop_part(HetPart *part, void *opaque, GError **error)
{
    g_autoptr(HetQmp) qmp = het_qmp_new_for_domain(part->domain);
    g_autoptr(GPtrArray) ends = ends_of(part, opaque);

    for (guint i = 0; i < ends->len; i++) {
        HetLinkEnd *end = g_ptr_array_index(ends, i);

        if (!het_link_end_drop(end, qmp, error)) {
            prefix_link(end->link, error);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean connect_part(HetPart *part, void *opaque, GError **error)
{
    g_autoptr(HetQmp) qmp = het_qmp_new_for_domain(part->domain);
    g_autoptr(GPtrArray) ends = ends_of(part, opaque);

    if (het_link_ends_connect(ends, qmp, error)) {
        return TRUE;
    }
    g_prefix_error(error, "processor '%s': making its links: ", part->name);
    return FALSE;
}

static gboolean open_sockets(HetJoint *joint, GError **error)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        int saved = errno;

        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot make a pair of sockets: %s", g_strerror(saved));
        prefix_link(joint->a.link, error);
        return FALSE;
    }
    joint->a.fd = ends[0];
    joint->b.fd = ends[1];
    return TRUE;
}

static void close_sockets(HetJoint *joint)
{
    if (joint->a.fd >= 0) {
        close(joint->a.fd);
        close(joint->b.fd);
        joint->a.fd = joint->b.fd = -1;
    }
}

static gboolean make_some(HetJoints *j, guint from, guint to, guint *made,
                          GError **error)
{
    gboolean ok = TRUE;

    for (guint i = from; ok && i < to; i++) {
        if (!is_up(joint_at(j, i))) {
            ok = open_sockets(joint_at(j, i), error);
            ++*made;
        }
    }
    ok = ok && het_parallel_run(j->parts, drop_part, j, error) &&
         het_parallel_run(j->parts, connect_part, j, error);
    for (guint i = from; i < to; i++) {
        close_sockets(joint_at(j, i));
    }
    return ok;
}

static gboolean make_all(HetJoints *j, guint *made, GError **error)
{
    gboolean ok = TRUE;

    for (guint i = 0; ok && i < j->joints->len; i += AT_ONCE) {
        ok = make_some(j, i, MIN(i + AT_ONCE, j->joints->len), made, error);
    }
    return ok;
}

gboolean het_links_connect(const HetDefined *defined, const char *processor,
                           guint *made, GError **error)
{
    g_autoptr(GPtrArray) links = het_soc_get_links(defined->soc);
    g_auto(HetJoints) j = { 0 };

    *made = 0;
    joints_init(&j, defined, links, processor);
    return het_parallel_run(j.parts, look, &j, error) &&
           make_all(&j, made, error);
}

gboolean het_links_connect_new(const HetDefined *defined, GError **error)
{
    g_autoptr(GPtrArray) links = het_soc_get_links(defined->soc);
    g_auto(HetJoints) j = { 0 };
    guint made = 0;

    joints_init(&j, defined, links, NULL);
    return make_all(&j, &made, error);
}

/* ---- waiting ---- */

/* @waits_for: a link of @part that is not connected yet, or NULL */
static gboolean check_part(const HetPart *part, const HetJoints *j,
                           const HetLink **waits_for, GError **error)
{
    g_autoptr(GPtrArray) infos = query(part, error);
    gboolean connected;

    *waits_for = NULL;
    for (guint i = 0; infos && i < j->joints->len; i++) {
        const HetLinkEnd *end = end_at(joint_at(j, i), part);

        if (!end) {
            continue;
        }
        if (!het_link_end_check(end, infos, &connected, error)) {
            prefix_link(end->link, error);
            return FALSE;
        }
        if (!connected) {
            *waits_for = end->link;
        }
    }
    return infos != NULL;
}

static gboolean wait_part(HetPart *part, void *opaque, GError **error)
{
    const HetJoints *j = opaque;
    const HetLink *waits_for;

    while (check_part(part, j, &waits_for, error)) {
        if (!waits_for) {
            return TRUE;
        }
        if (het_interrupted(error)) {
            return FALSE;
        }
        if (g_get_monotonic_time() >= j->deadline) {
            g_set_error(error, HET_ERROR, HET_ERROR_TIMEOUT,
                        "not connected after %u s", j->timeout_s);
            prefix_link(waits_for, error);
            return FALSE;
        }
        g_usleep(POLL_US);
    }
    return FALSE;
}

gboolean het_links_wait(const HetDefined *defined, const char *processor,
                        guint timeout_s, GError **error)
{
    g_autoptr(GPtrArray) links = het_soc_get_links(defined->soc);
    g_auto(HetJoints) j = {
        .deadline = g_get_monotonic_time() + timeout_s * G_USEC_PER_SEC,
        .timeout_s = timeout_s,
    };

    joints_init(&j, defined, links, processor);
    return het_parallel_run(j.parts, wait_part, &j, error);
}
