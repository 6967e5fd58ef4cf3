/*
 * The links of a SoC that runs: making them, and making them again
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "links.h"

#include <string.h>

#include "error.h"
#include "interrupt.h"
#include "link.h"
#include "qmp.h"

#define POLL_US 2000

/* Both ends of a link */
typedef struct {
    const HetLink *link;
    HetQmp *a;
    HetQmp *b;
} HetEnds;

typedef gboolean HetEndsFunc(HetEnds *ends, void *opaque, GError **error);

static void ends_clear(HetEnds *ends)
{
    g_clear_pointer(&ends->a, het_qmp_free);
    g_clear_pointer(&ends->b, het_qmp_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetEnds, ends_clear)

static HetQmp *qmp_of(const HetDefined *defined, const HetEndpoint *end)
{
    HetPart *part = het_defined_part(defined, end->processor, NULL);

    return part && het_part_is_active(part)
           ? het_qmp_new_for_domain(part->domain) : NULL;
}

static gboolean is_of(const HetLink *link, const char *processor)
{
    return !processor || !strcmp(link->a->processor, processor) ||
           !strcmp(link->b->processor, processor);
}

/* Calls @func for each link whose two ends run. */
static gboolean for_each(const HetDefined *defined, const char *processor,
                         HetEndsFunc *func, void *opaque, GError **error)
{
    g_autoptr(GPtrArray) links = het_soc_get_links(defined->soc);

    for (guint i = 0; i < links->len; i++) {
        const HetLink *link = g_ptr_array_index(links, i);
        g_auto(HetEnds) ends = { .link = link };

        if (!is_of(link, processor)) {
            continue;
        }
        ends.a = qmp_of(defined, link->a);
        ends.b = qmp_of(defined, link->b);
        if (ends.a && ends.b && !func(&ends, opaque, error)) {
            g_prefix_error(error, "idm '%s': link of '%s' and '%s': ",
                           link->idm->name, link->a->processor,
                           link->b->processor);
            return FALSE;
        }
    }
    return TRUE;
}

/* A link that was never made is as good as one that was dropped. */
static gboolean get_state(const HetLink *link, HetQmp *qmp, const char *peer,
                          HetLinkState *state, GError **error)
{
    g_autoptr(GPtrArray) infos = het_qmp_query_idm(qmp, error);
    const HetIdmLink *found =
        infos ? het_idm_infos_find_link(infos, link->idm->name, peer) : NULL;

    *state = found ? found->state : HET_LINK_DISCONNECTED;
    return infos != NULL;
}

static gboolean drop(const HetLink *link, HetQmp *qmp, const char *peer,
                     HetLinkState state, GError **error)
{
    if (state != HET_LINK_CONNECTED && state != HET_LINK_CONNECTING) {
        return TRUE;
    }
    if (het_qmp_idm_disconnect(qmp, link->idm->name, peer, error)) {
        return TRUE;
    }
    /* It may have noticed meanwhile that the other end has gone. */
    if (!get_state(link, qmp, peer, &state, NULL) ||
        state == HET_LINK_CONNECTED) {
        return FALSE;
    }
    g_clear_error(error);
    return TRUE;
}

typedef struct {
    HetLinkState a;
    HetLinkState b;
} HetStates;

static gboolean get_states(const HetEnds *ends, HetStates *at, GError **error)
{
    const HetLink *link = ends->link;

    return get_state(link, ends->a, link->b->processor, &at->a, error) &&
           get_state(link, ends->b, link->a->processor, &at->b, error);
}

static gboolean is_up(const HetStates *at)
{
    return at->a == HET_LINK_CONNECTED && at->b == HET_LINK_CONNECTED;
}

static gboolean check_up(HetEnds *ends, void *opaque, GError **error)
{
    gboolean *up = opaque;
    HetStates at;

    if (!get_states(ends, &at, error)) {
        return FALSE;
    }
    *up &= is_up(&at);
    return TRUE;
}

gboolean het_links_are_up(const HetDefined *defined, const char *processor,
                          gboolean *up, GError **error)
{
    *up = TRUE;
    return for_each(defined, processor, check_up, up, error);
}

static gboolean connect_ends(HetEnds *ends, void *opaque, GError **error)
{
    const HetLink *link = ends->link;
    guint *made = opaque;
    HetStates at;

    if (!get_states(ends, &at, error)) {
        return FALSE;
    }
    if (is_up(&at)) {
        return TRUE;
    }
    ++*made;
    return drop(link, ends->a, link->b->processor, at.a, error) &&
           drop(link, ends->b, link->a->processor, at.b, error) &&
           het_link_connect(link, ends->a, ends->b, error);
}

gboolean het_links_connect(const HetDefined *defined, const char *processor,
                           guint *made, GError **error)
{
    guint n = 0;
    gboolean ok = for_each(defined, processor, connect_ends, &n, error);

    if (made) {
        *made = n;
    }
    return ok;
}

static gboolean check_ends(const HetEnds *ends, gboolean *connected,
                           GError **error)
{
    const HetLink *link = ends->link;

    return het_link_check(link, ends->a, link->b->processor, connected,
                          error) &&
           (!*connected || het_link_check(link, ends->b, link->a->processor,
                                          connected, error));
}

typedef struct {
    gint64 deadline;
    guint timeout_s;
} HetWait;

static gboolean wait_ends(HetEnds *ends, void *opaque, GError **error)
{
    const HetWait *wait = opaque;
    gboolean connected;

    while (check_ends(ends, &connected, error)) {
        if (connected) {
            return TRUE;
        }
        if (het_interrupted(error)) {
            return FALSE;
        }
        if (g_get_monotonic_time() >= wait->deadline) {
            g_set_error(error, HET_ERROR, HET_ERROR_TIMEOUT,
                        "not connected after %u s", wait->timeout_s);
            return FALSE;
        }
        g_usleep(POLL_US);
    }
    return FALSE;
}

gboolean het_links_wait(const HetDefined *defined, const char *processor,
                        guint timeout_s, GError **error)
{
    HetWait wait = {
        .deadline = g_get_monotonic_time() + timeout_s * G_USEC_PER_SEC,
        .timeout_s = timeout_s,
    };

    return for_each(defined, processor, wait_ends, &wait, error);
}
