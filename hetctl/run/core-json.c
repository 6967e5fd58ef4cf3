/*
 * What the cores of a processor do, as JSON
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/core-json.h"

#include "image/elf-symbol.h"
#include "run/core-note.h"
#include "util/output.h"

static void add_place(const HetCores *cores, const char *name,
                      const char *symbol_name, guint64 pc, JsonBuilder *b)
{
    g_autofree char *symbol =
        cores->firmware ? het_elf_symbol(cores->firmware, pc) : NULL;

    het_json_add_hex(b, name, pc);
    het_json_add_string(b, symbol_name, symbol);
}

static void add_first(const HetCores *cores, JsonBuilder *b)
{
    const HetStubInfo *stub = NULL;
    const HetStubAccess *access = het_core_note_first(cores, &stub);

    json_builder_set_member_name(b, "first-unmodelled");
    if (!access) {
        json_builder_add_null_value(b);
        return;
    }
    json_builder_begin_object(b);
    het_json_add_string(b, "stub", stub->id);
    het_json_add_hex(b, "address", access->address);
    if (access->has_pc) {
        add_place(cores, "pc", "symbol", access->pc, b);
    }
    json_builder_end_object(b);
}

static void add_fault(const HetCores *cores, const HetCoreFault *fault,
                      JsonBuilder *b)
{
    json_builder_begin_object(b);
    het_json_add_string(b, "exception", fault->exception);
    add_place(cores, "pc", "symbol", fault->pc, b);
    add_place(cores, "lr", "lr-symbol", fault->lr, b);
    if (fault->has_address) {
        het_json_add_hex(b, "address", fault->address);
    }
    het_json_add_uint(b, "repeats", fault->repeats);
    het_json_add_bool(b, "stuck", fault->stuck);
    json_builder_set_member_name(b, "causes");
    json_builder_begin_array(b);
    for (guint i = 0; i < fault->causes->len; i++) {
        json_builder_add_string_value(b, g_ptr_array_index(fault->causes, i));
    }
    json_builder_end_array(b);
    json_builder_set_member_name(b, "registers");
    json_builder_begin_object(b);
    for (guint i = 0; i < fault->registers->len; i++) {
        const HetCoreRegister *reg =
            &g_array_index(fault->registers, HetCoreRegister, i);

        het_json_add_hex(b, reg->name, reg->value);
    }
    json_builder_end_object(b);
    add_first(cores, b);
    json_builder_end_object(b);
}

static void add_core(const HetCores *cores, const HetCoreInfo *core,
                     JsonBuilder *b)
{
    json_builder_begin_object(b);
    het_json_add_uint(b, "index", core->index);
    add_place(cores, "pc", "symbol", core->pc, b);
    het_json_add_hex(b, "lr", core->lr);
    het_json_add_hex(b, "sp", core->sp);
    het_json_add_bool(b, "halted", core->halted);
    het_json_add_string(b, "exception", core->exception);
    json_builder_set_member_name(b, "fault");
    if (core->fault) {
        add_fault(cores, core->fault, b);
    } else {
        json_builder_add_null_value(b);
    }
    json_builder_end_object(b);
}

static void add_polls(const HetCores *cores, const HetStubInfo *stub,
                      JsonBuilder *b)
{
    for (guint i = 0; i < stub->accesses->len; i++) {
        const HetStubAccess *access =
            &g_array_index(stub->accesses, HetStubAccess, i);

        if (access->reads <= HET_POLL_READS) {
            continue;
        }
        json_builder_begin_object(b);
        het_json_add_string(b, "stub", stub->id);
        het_json_add_hex(b, "address", access->address);
        if (het_core_note_bit(cores, access) >= 0) {
            het_json_add_uint(b, "bit", het_core_note_bit(cores, access));
        }
        het_json_add_uint(b, "reads", access->reads);
        if (access->has_pc) {
            add_place(cores, "pc", "symbol", access->pc, b);
        }
        json_builder_end_object(b);
    }
}

void het_core_json_add(const HetCores *cores, JsonBuilder *b)
{
    json_builder_set_member_name(b, "cores");
    json_builder_begin_array(b);
    for (guint i = 0; i < cores->cores->len; i++) {
        add_core(cores, g_ptr_array_index(cores->cores, i), b);
    }
    json_builder_end_array(b);
    json_builder_set_member_name(b, "polls");
    json_builder_begin_array(b);
    for (guint i = 0; i < cores->stubs->len; i++) {
        add_polls(cores, g_ptr_array_index(cores->stubs, i), b);
    }
    json_builder_end_array(b);
}
