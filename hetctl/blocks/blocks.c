/*
 * The register blocks of a chip
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "blocks/blocks-internal.h"

#include <string.h>

#include "util/error.h"

#define NAME_MAX_LEN 40
#define NOTES_MAX 64
#define FDT_MAGIC_BYTES "\xd0\x0d\xfe\xed"
#define WORD 4

static void register_clear(gpointer data)
{
    HetBlockRegister *reg = data;

    g_free(reg->name);
}

static void block_free(gpointer data)
{
    HetBlock *block = data;

    g_free(block->name);
    g_free(block->left_out);
    g_ptr_array_unref(block->notes);
    g_array_unref(block->registers);
    g_free(block);
}

void het_blocks_free(HetBlocks *blocks)
{
    if (blocks) {
        g_free(blocks->title);
        g_free(blocks->cpu);
        g_ptr_array_unref(blocks->blocks);
        g_free(blocks);
    }
}

gboolean het_blocks_fail(GError **error, const char *source,
                         const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, HET_ERROR, HET_ERROR_XML, "'%s': %s", source, text);
    return FALSE;
}

/* Letters, digits and '-', and a letter first */
static char *stub_name(const char *name)
{
    GString *s = g_string_new(NULL);

    for (const char *p = name; *p && s->len < NAME_MAX_LEN; p++) {
        char c = g_ascii_tolower(*p);

        if (!s->len && !g_ascii_isalpha(c)) {
            g_string_append(s, "block-");
        }
        g_string_append_c(s, g_ascii_isalnum(c) ? c : '-');
    }
    return g_string_free(s, FALSE);
}

HetBlock *het_blocks_add(HetBlocks *blocks, const char *name,
                         guint64 address, guint64 size)
{
    HetBlock *block;

    if (blocks->blocks->len >= HET_BLOCKS_MAX) {
        return NULL;
    }
    block = g_new0(HetBlock, 1);
    block->name = stub_name(*name ? name : "block");
    block->address = address;
    block->size = size;
    block->notes = g_ptr_array_new_with_free_func(g_free);
    block->registers = g_array_new(FALSE, TRUE, sizeof(HetBlockRegister));
    g_array_set_clear_func(block->registers, register_clear);
    g_ptr_array_add(blocks->blocks, block);
    return block;
}

void het_block_note(HetBlock *block, const char *format, ...)
{
    va_list args;

    if (block->notes->len < NOTES_MAX) {
        va_start(args, format);
        g_ptr_array_add(block->notes, g_strdup_vprintf(format, args));
        va_end(args);
    }
}

void het_block_add_register(HetBlock *block, const char *name,
                            guint64 offset, guint size, guint64 value)
{
    guint64 mask = (G_GUINT64_CONSTANT(1) << MIN(size, 32)) - 1;
    /* The stub will begin with a word. */
    guint64 at = offset + block->address % WORD;
    HetBlockRegister reg = {
        .offset = at - at % WORD,
        .value = (value & mask) << at % WORD * 8,
    };

    if (reg.value) {
        reg.name = g_strdup(name);
        g_array_append_val(block->registers, reg);
    }
}

/* ---- what is left out ---- */

static int compare_blocks(gconstpointer a, gconstpointer b)
{
    const HetBlock *const *x = a;
    const HetBlock *const *y = b;

    if ((*x)->address != (*y)->address) {
        return (*x)->address < (*y)->address ? -1 : 1;
    }
    /* Of two at one address the larger comes first. */
    return (*x)->size > (*y)->size ? -1 : (*x)->size < (*y)->size;
}

static int compare_registers(gconstpointer a, gconstpointer b)
{
    const HetBlockRegister *x = a;
    const HetBlockRegister *y = b;

    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Two views of one place, or two parts of one word; in their order */
static void join_registers(HetBlock *block)
{
    GArray *regs = block->registers;
    guint n = 0;

    g_array_sort(regs, compare_registers);
    for (guint i = 0; i < regs->len; i++) {
        HetBlockRegister *reg = &g_array_index(regs, HetBlockRegister, i);
        HetBlockRegister *last =
            n ? &g_array_index(regs, HetBlockRegister, n - 1) : NULL;

        if (reg->offset >= block->size) {
            continue;
        }
        if (last && last->offset == reg->offset) {
            last->value |= reg->value;
        } else if (n++ != i) {
            HetBlockRegister other = g_array_index(regs, HetBlockRegister,
                                                   n - 1);

            g_array_index(regs, HetBlockRegister, n - 1) = *reg;
            *reg = other;
        }
    }
    g_array_set_size(regs, n);
}

/* The stubs of a processor do not overlap. */
static void resolve_overlaps(GPtrArray *blocks)
{
    HetBlock *last = NULL;

    for (guint i = 0; i < blocks->len; i++) {
        HetBlock *block = g_ptr_array_index(blocks, i);
        guint64 end;

        if (block->left_out) {
            continue;
        }
        end = last ? last->address + last->size : 0;
        if (last && block->address < end) {
            block->left_out = g_strdup_printf("inside '%s'", last->name);
            if (block->address + block->size > end) {
                last->size = block->address + block->size - last->address;
            }
            continue;
        }
        last = block;
    }
}

/* Two of one name: both get their address. */
static void make_names_unique(GPtrArray *blocks)
{
    g_autoptr(GHashTable) count = g_hash_table_new_full(g_str_hash,
                                                        g_str_equal, g_free,
                                                        NULL);

    for (guint i = 0; i < blocks->len; i++) {
        HetBlock *block = g_ptr_array_index(blocks, i);
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(count, block->name));

        g_hash_table_insert(count, g_strdup(block->name),
                            GUINT_TO_POINTER(n + 1));
    }
    for (guint i = 0; i < blocks->len; i++) {
        HetBlock *block = g_ptr_array_index(blocks, i);
        char *name;

        if (GPOINTER_TO_UINT(g_hash_table_lookup(count, block->name)) > 1) {
            name = g_strdup_printf("%s-%" G_GINT64_MODIFIER "x", block->name,
                                   block->address);
            g_free(block->name);
            block->name = name;
        }
    }
}

/* What a stub can be: words, not around the end of the address space */
static void check_block(HetBlock *block)
{
    guint64 over = block->address % WORD;

    block->address -= over;
    block->size = (block->size + over + WORD - 1) / WORD * WORD;
    if (!block->size || block->size > G_GUINT64_CONSTANT(0x100000000) ||
        block->address + (block->size - 1) < block->address) {
        g_free(block->left_out);
        block->left_out = g_strdup("no size that a block can have");
    }
}

HetBlocks *het_blocks_parse(const char *data, gsize len, const char *source,
                            GError **error)
{
    g_autoptr(HetBlocks) blocks = g_new0(HetBlocks, 1);
    gboolean is_fdt = len >= 4 && !memcmp(data, FDT_MAGIC_BYTES, 4);

    blocks->blocks = g_ptr_array_new_with_free_func(block_free);
    if (is_fdt ? !het_blocks_parse_fdt(blocks, data, len, source, error)
               : !het_blocks_parse_svd(blocks, data, len, source, error)) {
        return NULL;
    }
    for (guint i = 0; i < blocks->blocks->len; i++) {
        HetBlock *block = g_ptr_array_index(blocks->blocks, i);

        check_block(block);
        join_registers(block);
    }
    g_ptr_array_sort(blocks->blocks, compare_blocks);
    resolve_overlaps(blocks->blocks);
    make_names_unique(blocks->blocks);
    return g_steal_pointer(&blocks);
}
