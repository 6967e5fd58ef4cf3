/*
 * The memory map of a SoC: which blocks stand in one row
 *
 * Blocks are the nodes of a graph, in each column an edge leads from a block
 * to the next one.  Blocks that belong together become one group, unless that
 * makes a cycle; then the groups in the order of the edges are the rows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "map/memmap-align.h"

#define NONE G_MAXUINT

typedef struct {
    HetMemmapBlock *block;
    guint column;
    guint next;                 /* in the column, or NONE */
    guint group;                /* its first node */
    guint member;               /* the next in the group, round and round */
    guint visit;
} Node;

typedef struct {
    Node *nodes;
    guint len;
    guint visit;
} Graph;

static Graph graph_new(const HetMemmap *map)
{
    Graph g = { 0 };

    for (guint c = 0; c < map->columns->len; c++) {
        const HetMemmapColumn *column = map->columns->pdata[c];

        g.len += column->blocks->len;
    }
    g.nodes = g_new0(Node, g.len);
    for (guint c = 0, n = 0; c < map->columns->len; c++) {
        const HetMemmapColumn *column = map->columns->pdata[c];

        for (guint i = 0; i < column->blocks->len; i++, n++) {
            g.nodes[n].block = column->blocks->pdata[i];
            g.nodes[n].column = c;
            g.nodes[n].next = i + 1 < column->blocks->len ? n + 1 : NONE;
            g.nodes[n].group = n;
            g.nodes[n].member = n;
        }
    }
    return g;
}

#define FOREACH_MEMBER(g, n, group) \
    for (guint n = (group), once = 1; once || n != (group); \
         once = 0, n = (g)->nodes[n].member)

static void push_successors(Graph *g, guint group, GArray *todo)
{
    FOREACH_MEMBER(g, n, group) {
        guint next = g->nodes[n].next;
        guint to = next == NONE ? NONE : g->nodes[next].group;

        if (to != NONE && g->nodes[to].visit != g->visit) {
            g->nodes[to].visit = g->visit;
            g_array_append_val(todo, to);
        }
    }
}

static gboolean leads_to(Graph *g, guint from, guint to)
{
    g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(guint));

    g->visit++;
    push_successors(g, from, todo);
    while (todo->len) {
        guint group = g_array_index(todo, guint, todo->len - 1);

        if (group == to) {
            return TRUE;
        }
        g_array_set_size(todo, todo->len - 1);
        push_successors(g, group, todo);
    }
    return FALSE;
}

static gboolean have_common_column(const Graph *g, guint a, guint b)
{
    FOREACH_MEMBER(g, i, a) {
        FOREACH_MEMBER(g, j, b) {
            if (g->nodes[i].column == g->nodes[j].column) {
                return TRUE;
            }
        }
    }
    return FALSE;
}

static void join(Graph *g, guint i, guint j)
{
    guint a = g->nodes[i].group;
    guint b = g->nodes[j].group;
    guint member;

    if (a == b || have_common_column(g, a, b) || leads_to(g, a, b) ||
        leads_to(g, b, a)) {
        return;
    }
    FOREACH_MEMBER(g, n, b) {
        g->nodes[n].group = a;
    }
    member = g->nodes[a].member;
    g->nodes[a].member = g->nodes[b].member;
    g->nodes[b].member = member;
}

typedef gboolean Match(const HetMemmapBlock *a, const HetMemmapBlock *b);

static gboolean same_at_same_address(const HetMemmapBlock *a,
                                     const HetMemmapBlock *b)
{
    return a->address == b->address && het_memmap_block_same(a, b);
}

/* Not one thing, but of one kind: the same machine's ranges */
static gboolean alike(const HetMemmapBlock *a, const HetMemmapBlock *b)
{
    return a->kind == HET_BLOCK_MACHINE && b->kind == a->kind &&
           a->address == b->address && a->size == b->size &&
           g_str_equal(a->name, b->name);
}

static void join_all(Graph *g, Match *match)
{
    for (guint i = 0; i < g->len; i++) {
        for (guint j = 0; j < i; j++) {
            if (match(g->nodes[j].block, g->nodes[i].block)) {
                join(g, j, i);
            }
        }
    }
}

static guint64 lowest_address(const Graph *g, guint group)
{
    guint64 lowest = G_MAXUINT64;

    FOREACH_MEMBER(g, n, group) {
        lowest = MIN(lowest, g->nodes[n].block->address);
    }
    return lowest;
}

/* The group with nothing before it, the lowest one when there are several */
static guint next_group(const Graph *g, const gboolean *done)
{
    g_autofree gboolean *waits = g_new0(gboolean, g->len);
    guint best = NONE;

    for (guint n = 0; n < g->len; n++) {
        guint next = g->nodes[n].next;

        if (next != NONE && !done[g->nodes[n].group]) {
            waits[g->nodes[next].group] = TRUE;
        }
    }
    for (guint n = 0; n < g->len; n++) {
        if (g->nodes[n].group == n && !done[n] && !waits[n] &&
            (best == NONE ||
             lowest_address(g, n) < lowest_address(g, best))) {
            best = n;
        }
    }
    return best;
}

static guint number_rows(Graph *g)
{
    g_autofree gboolean *done = g_new0(gboolean, g->len);
    guint row = 0;
    guint group;

    while ((group = next_group(g, done)) != NONE) {
        FOREACH_MEMBER(g, n, group) {
            g->nodes[n].block->row = row;
        }
        done[group] = TRUE;
        row++;
    }
    return row;
}

void het_memmap_align(HetMemmap *map)
{
    Graph g = graph_new(map);

    join_all(&g, same_at_same_address);
    join_all(&g, het_memmap_block_same);
    join_all(&g, alike);
    map->rows = number_rows(&g);
    g_free(g.nodes);
}
