/*
 * The register blocks of a chip as a fragment of SoC XML
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "blocks/blocks.h"

#include <string.h>

#include "util/text.h"

#define X64 "0x%08" G_GINT64_MODIFIER "x"

/* What a <stub> can have, see docs/soc-xml.md */
#define STUBS_MAX 256
#define REGISTERS_MAX 256

/* In a comment there is no "--", and no character that is none of XML. */
static char *comment_text(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *s = g_string_new(NULL);

    for (const char *p = valid; *p; p++) {
        g_string_append_c(s, (guchar)*p < 0x20 || *p == 0x7f ? ' ' : *p);
    }
    while (g_string_replace(s, "--", "-", 0)) {
    }
    if (s->len && s->str[s->len - 1] == '-') {
        g_string_append_c(s, ' ');
    }
    return g_string_free(s, FALSE);
}

static void add_comment(GString *out, int level, const char *text)
{
    g_autofree char *safe = comment_text(text);

    het_text_add(out, level, "<!-- ");
    g_string_append(out, safe);
    g_string_append(out, " -->\n");
}

static char *note_text(const HetBlock *block)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < block->notes->len; i++) {
        g_string_append_printf(text, "%s%s", i ? ", " : "",
                               (char *)g_ptr_array_index(block->notes, i));
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void add_register(GString *out, const HetBlockRegister *reg)
{
    het_text_add(out, 2, "<register offset='0x%03" G_GINT64_MODIFIER
                 "x' value='0x%08x'/>", reg->offset, reg->value);
    if (reg->name && *reg->name) {
        g_autofree char *name = comment_text(reg->name);

        g_string_append_printf(out, " <!-- %s -->", name);
    }
    g_string_append_c(out, '\n');
}

static void add_stub(GString *out, const HetBlock *block)
{
    guint n = MIN(block->registers->len, REGISTERS_MAX);
    g_autofree char *text = note_text(block);

    if (*text) {
        add_comment(out, 1, text);
    }
    het_text_add(out, 1, "<stub name='%s' address='" X64 "' size='0x%"
                 G_GINT64_MODIFIER "x'%s>\n", block->name, block->address,
                 block->size, n ? "" : "/");
    for (guint i = 0; i < n; i++) {
        add_register(out, &g_array_index(block->registers, HetBlockRegister,
                                         i));
    }
    if (n < block->registers->len) {
        g_autofree char *more =
            g_strdup_printf("%u more registers do not reset to 0",
                            block->registers->len - n);

        add_comment(out, 2, more);
    }
    if (n) {
        het_text_add(out, 1, "</stub>\n");
    }
}

static void add_left_out(GString *out, const HetBlock *block)
{
    g_autofree char *text = note_text(block);
    g_autofree char *line =
        g_strdup_printf("left out: %s at " X64 ", 0x%" G_GINT64_MODIFIER
                        "x bytes%s%s: %s", block->name, block->address,
                        block->size, *text ? ", " : "", text,
                        block->left_out);

    add_comment(out, 1, line);
}

static void add_option(GString *out, const char *name, guint value)
{
    if (value) {
        het_text_add(out, 2, "<option name='%s' value='%u'/>\n", name, value);
    }
}

static void add_address(GString *out, const char *name, guint64 value)
{
    het_text_add(out, 2, "<option name='%s' value='" X64 "'/>\n", name,
                 value);
}

static void add_core(GString *out, const HetBlocks *blocks)
{
    het_text_add(out, 1, "<os>\n");
    het_text_add(out, 2, "<type arch='armv7l' machine='het-m'/>\n");
    add_option(out, "num-irq", blocks->irqs);
    add_option(out, "num-prio-bits", blocks->prio_bits);
    add_comment(out, 2, "sysclk-frequency: what the core runs with");
    het_text_add(out, 1, "</os>\n");
}

/* Of 32 bits; all others have 64. */
static gboolean is_armv7(const char *cpu)
{
    static const char *const names[] = {
        "cortex-a5", "cortex-a7", "cortex-a8", "cortex-a9", "cortex-a15",
        "cortex-a17", "cortex-a32", NULL,
    };

    return g_strv_contains(names, cpu);
}

static void add_cluster(GString *out, const HetBlocks *blocks)
{
    const HetBlocksCluster *c = &blocks->cluster;

    het_text_add(out, 1, "<os>\n");
    het_text_add(out, 2, "<type arch='%s' machine='het-a'/>\n",
                 is_armv7(blocks->cpu) ? "armv7l" : "aarch64");
    if (c->ram_size) {
        add_address(out, "ram-base", c->ram_base);
    }
    add_option(out, "gic-version", c->gic_version);
    add_address(out, "gic-dist", c->gic[0]);
    add_address(out, c->gic_version == 3 ? "gic-redist" : "gic-cpu",
                c->gic[1]);
    add_option(out, "cntfrq", c->timer_hz);
    add_comment(out, 2, "num-irq: SPIs of the interrupt controller, 256");
    het_text_add(out, 1, "</os>\n");
}

static void add_size(GString *out, const HetBlocks *blocks)
{
    const HetBlocksCluster *c = &blocks->cluster;
    g_autofree char *text =
        g_strdup_printf("%u core%s, 0x%" G_GINT64_MODIFIER "x bytes of RAM: "
                        "<vcpu> and a <map>", c->cores,
                        c->cores == 1 ? "" : "s", c->ram_size);

    add_comment(out, 1, text);
}

static void add_processor(GString *out, const HetBlocks *blocks)
{
    if (!blocks->cpu) {
        return;
    }
    if (g_str_has_prefix(blocks->cpu, "cortex-m")) {
        add_core(out, blocks);
    } else if (blocks->cluster.gic_version) {
        add_cluster(out, blocks);
    }
    het_text_add(out, 1, "<cpu><model>%s</model></cpu>\n", blocks->cpu);
    if (blocks->cluster.cores) {
        add_size(out, blocks);
    }
}

char *het_blocks_format(const HetBlocks *blocks, const char *source)
{
    GString *out = g_string_new(NULL);
    g_autofree char *title =
        g_strdup_printf("%s, out of %s by 'hetctl chip': a stub for each "
                        "block of registers, add <map>s and <device>s",
                        blocks->title ?: "A chip", source);
    guint stubs = 0;

    add_comment(out, 0, title);
    g_string_append(out, "<fragment>\n");
    add_processor(out, blocks);
    for (guint i = 0; i < blocks->blocks->len; i++) {
        const HetBlock *block = g_ptr_array_index(blocks->blocks, i);

        if (block->left_out) {
            add_left_out(out, block);
        } else if (stubs++ < STUBS_MAX) {
            add_stub(out, block);
        }
    }
    if (stubs > STUBS_MAX) {
        g_autofree char *more = g_strdup_printf("%u more blocks", stubs -
                                                STUBS_MAX);

        add_comment(out, 1, more);
    }
    g_string_append(out, "</fragment>\n");
    return g_string_free(out, FALSE);
}
