/*
 * What the processors of a SoC accessed that is not modelled
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/stubs.h"

#include "qmp/qmp.h"
#include "run/parallel.h"
#include "util/output.h"

#define X64 "0x%08" G_GINT64_MODIFIER "x"

typedef struct {
    const HetPart *part;
    GPtrArray *stubs;           /* HetStubInfo; NULL: not known */
    char *error;                /* why */
} PartStubs;

struct HetStubs {
    const HetDefined *defined;
    GPtrArray *parts;           /* PartStubs */
};

static void part_stubs_free(gpointer data)
{
    PartStubs *p = data;

    g_clear_pointer(&p->stubs, g_ptr_array_unref);
    g_free(p->error);
    g_free(p);
}

void het_stubs_free(HetStubs *stubs)
{
    if (stubs) {
        g_ptr_array_unref(stubs->parts);
        g_free(stubs);
    }
}

static PartStubs *stubs_of(const HetStubs *stubs, const HetPart *part)
{
    for (guint i = 0; i < stubs->parts->len; i++) {
        PartStubs *p = g_ptr_array_index(stubs->parts, i);

        if (p->part == part) {
            return p;
        }
    }
    return NULL;
}

static gboolean gather(HetPart *part, void *opaque, GError **none)
{
    PartStubs *p = stubs_of(opaque, part);
    g_autoptr(HetQmp) qmp = NULL;
    g_autoptr(GError) error = NULL;

    if (!het_part_is_active(part)) {
        p->error = g_strdup("does not run");
        return TRUE;
    }
    qmp = het_qmp_new_for_domain(part->domain);
    p->stubs = het_qmp_query_stubs(qmp, &error);
    p->error = error ? g_strdup(error->message) : NULL;
    return TRUE;
}

HetStubs *het_stubs_gather(const HetDefined *defined)
{
    HetStubs *stubs = g_new0(HetStubs, 1);

    stubs->defined = defined;
    stubs->parts = g_ptr_array_new_with_free_func(part_stubs_free);
    for (guint i = 0; i < defined->parts->len; i++) {
        PartStubs *p = g_new0(PartStubs, 1);

        p->part = g_ptr_array_index(defined->parts, i);
        g_ptr_array_add(stubs->parts, p);
    }
    het_parallel_run(defined->parts, gather, stubs, NULL);
    return stubs;
}

/* ---- table ---- */

static char *number(guint64 n)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT, n);
}

static void add_access(HetTable *table, const char *processor,
                       const HetStubInfo *stub, const HetStubAccess *access)
{
    g_autofree char *address = g_strdup_printf(X64, access->address);
    g_autofree char *reads = number(access->reads);
    g_autofree char *writes = number(access->writes);
    g_autofree char *pc = access->has_pc ? g_strdup_printf(X64, access->pc)
                                         : NULL;
    const char *cells[] = {
        processor, stub->id, address, reads, writes, pc, NULL,
    };

    het_table_add(table, cells);
}

static void add_stub(HetTable *table, const char *processor,
                     const HetStubInfo *stub)
{
    g_autofree char *note = NULL;
    const char *cells[] = { processor, stub->id, NULL, NULL, NULL, NULL,
                            NULL };

    for (guint i = 0; i < stub->accesses->len; i++) {
        add_access(table, processor, stub,
                   &g_array_index(stub->accesses, HetStubAccess, i));
    }
    if (stub->dropped) {
        note = g_strdup_printf("%" G_GUINT64_FORMAT " accesses to further "
                               "addresses", stub->dropped);
        cells[G_N_ELEMENTS(cells) - 1] = note;
        het_table_add(table, cells);
    }
}

void het_stubs_print_table(const HetStubs *stubs)
{
    g_autoptr(HetTable) table =
        het_table_new("PROCESSOR", "STUB", "ADDRESS", "READS", "WRITES",
                      "FIRST PC", "NOTE", NULL);

    for (guint i = 0; i < stubs->parts->len; i++) {
        const PartStubs *p = g_ptr_array_index(stubs->parts, i);
        const char *cells[] = { p->part->name, NULL, NULL, NULL, NULL, NULL,
                                p->error };

        if (p->error) {
            het_table_add(table, cells);
        }
        for (guint j = 0; p->stubs && j < p->stubs->len; j++) {
            add_stub(table, p->part->name, g_ptr_array_index(p->stubs, j));
        }
    }
    het_table_print(table);
}

/* ---- JSON ---- */

static void add_access_json(const HetStubAccess *access, JsonBuilder *b)
{
    json_builder_begin_object(b);
    het_json_add_hex(b, "address", access->address);
    het_json_add_uint(b, "reads", access->reads);
    het_json_add_uint(b, "writes", access->writes);
    if (access->has_pc) {
        het_json_add_hex(b, "pc", access->pc);
    }
    json_builder_end_object(b);
}

static void add_stub_json(const HetStubInfo *stub, JsonBuilder *b)
{
    json_builder_begin_object(b);
    het_json_add_string(b, "name", stub->id);
    het_json_add_string(b, "type", het_stub_type_name(stub->type));
    het_json_add_hex(b, "address", stub->address);
    if (stub->size) {
        het_json_add_hex(b, "size", stub->size);
    }
    het_json_add_uint(b, "dropped", stub->dropped);
    json_builder_set_member_name(b, "accesses");
    json_builder_begin_array(b);
    for (guint i = 0; i < stub->accesses->len; i++) {
        add_access_json(&g_array_index(stub->accesses, HetStubAccess, i), b);
    }
    json_builder_end_array(b);
    json_builder_end_object(b);
}

static void add_part_json(const PartStubs *p, JsonBuilder *b)
{
    json_builder_begin_object(b);
    het_json_add_string(b, "name", p->part->name);
    json_builder_set_member_name(b, "stubs");
    json_builder_begin_array(b);
    for (guint i = 0; p->stubs && i < p->stubs->len; i++) {
        add_stub_json(g_ptr_array_index(p->stubs, i), b);
    }
    json_builder_end_array(b);
    het_json_add_string(b, "error", p->error);
    json_builder_end_object(b);
}

void het_stubs_add_json(const HetStubs *stubs, JsonBuilder *b)
{
    json_builder_begin_object(b);
    het_json_add_string(b, "name", stubs->defined->name);
    json_builder_set_member_name(b, "processors");
    json_builder_begin_array(b);
    for (guint i = 0; i < stubs->parts->len; i++) {
        add_part_json(g_ptr_array_index(stubs->parts, i), b);
    }
    json_builder_end_array(b);
    json_builder_end_object(b);
}
