/*
 * What is wrong with the cores of a processor, in words
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/core-note.h"

#include "image/elf-symbol.h"
#include "image/thumb-bit.h"

#define X64 "0x%08" G_GINT64_MODIFIER "x"

char *het_core_note_place(const HetCores *cores, guint64 pc)
{
    g_autofree char *symbol =
        cores->firmware ? het_elf_symbol(cores->firmware, pc) : NULL;

    return symbol ? g_strdup_printf(X64 " (%s)", pc, symbol)
                  : g_strdup_printf(X64, pc);
}

char *het_core_note_register(const HetStubInfo *stub,
                             const HetStubAccess *access)
{
    return stub->type == HET_STUB_UNASSIGNED
           ? g_strdup_printf(X64, access->address)
           : g_strdup_printf("%s+0x%" G_GINT64_MODIFIER "x", stub->id,
                             access->address - stub->address);
}

static gboolean is_before(const HetStubInfo *a_stub, const HetStubAccess *a,
                          const HetStubInfo *b_stub, const HetStubAccess *b)
{
    gboolean a_nothing = a_stub->type == HET_STUB_UNASSIGNED;
    gboolean b_nothing = b_stub->type == HET_STUB_UNASSIGNED;

    return a_nothing != b_nothing ? a_nothing : a->order < b->order;
}

const HetStubAccess *het_core_note_first(const HetCores *cores,
                                         const HetStubInfo **stub)
{
    const HetStubAccess *first = NULL;

    for (guint i = 0; i < cores->stubs->len; i++) {
        const HetStubInfo *info = g_ptr_array_index(cores->stubs, i);
        const HetStubAccess *access =
            &g_array_index(info->accesses, HetStubAccess, 0);

        /* They are in the order of their first accesses. */
        if (info->accesses->len &&
            (!first || is_before(info, access, *stub, first))) {
            first = access;
            *stub = info;
        }
    }
    return first;
}

static void add_first(const HetCores *cores, GString *text)
{
    const HetStubInfo *stub = NULL;
    const HetStubAccess *access = het_core_note_first(cores, &stub);
    g_autofree char *name = NULL;
    g_autofree char *place = NULL;

    if (!access) {
        return;
    }
    name = het_core_note_register(stub, access);
    g_string_append_printf(text, ", first unmodelled access %s", name);
    if (access->has_pc) {
        place = het_core_note_place(cores, access->pc);
        g_string_append_printf(text, " at PC %s", place);
    }
}

/* What "escalated" says beside others is of little interest, but it is true. */
static void add_causes(const HetCoreFault *fault, GString *text)
{
    for (guint i = 0; i < fault->causes->len; i++) {
        g_string_append_printf(text, "%s %s", i ? "," : ":",
                               (char *)g_ptr_array_index(fault->causes, i));
    }
    if (fault->has_address) {
        g_string_append_printf(text, "%s address " X64,
                               fault->causes->len ? "," : ":",
                               fault->address);
    }
}

char *het_core_note_fault(const HetCores *cores, const HetCoreFault *fault)
{
    g_autofree char *place = het_core_note_place(cores, fault->pc);
    g_autofree char *from = het_core_note_place(cores, fault->lr);
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%s at PC %s, LR %s", fault->exception,
                           place, from);
    if (fault->repeats > 1) {
        g_string_append_printf(text, ", %" G_GUINT64_FORMAT " times",
                               fault->repeats);
    }
    add_causes(fault, text);
    add_first(cores, text);
    return g_string_free(text, FALSE);
}

int het_core_note_bit(const HetCores *cores, const HetStubAccess *access)
{
    guint8 code[16];
    gsize size;

    if (!cores->is_thumb || !cores->firmware || !access->has_pc) {
        return -1;
    }
    size = het_elf_read(cores->firmware, access->pc, code, sizeof(code));
    return het_thumb_tested_bit(code, size);
}

static char *poll_note(const HetCores *cores, const HetStubInfo *stub,
                       const HetStubAccess *access)
{
    g_autofree char *name = het_core_note_register(stub, access);
    g_autofree char *place = het_core_note_place(cores, access->pc);
    int bit = het_core_note_bit(cores, access);
    g_autofree char *which = bit < 0 ? g_strdup("")
                                     : g_strdup_printf(", bit %d?", bit);

    return g_strdup_printf("polls %s%s: %" G_GUINT64_FORMAT " reads, the "
                           "first at PC %s", name, which, access->reads,
                           access->has_pc ? place : "?");
}

static void add_polls(const HetCores *cores, GPtrArray *texts)
{
    for (guint i = 0; i < cores->stubs->len; i++) {
        const HetStubInfo *stub = g_ptr_array_index(cores->stubs, i);

        for (guint j = 0; j < stub->accesses->len; j++) {
            const HetStubAccess *access =
                &g_array_index(stub->accesses, HetStubAccess, j);

            if (access->reads > HET_POLL_READS) {
                g_ptr_array_add(texts, poll_note(cores, stub, access));
            }
        }
    }
}

void het_core_note_add(const HetCores *cores, GPtrArray *texts)
{
    for (guint i = 0; i < cores->cores->len; i++) {
        const HetCoreInfo *core = g_ptr_array_index(cores->cores, i);
        g_autofree char *text = NULL;

        if (!core->fault || !core->fault->stuck) {
            continue;
        }
        text = het_core_note_fault(cores, core->fault);
        g_ptr_array_add(texts, cores->cores->len > 1
                        ? g_strdup_printf("core %u: %s", core->index, text)
                        : g_steal_pointer(&text));
    }
    add_polls(cores, texts);
}
