/*
 * <stub>: its place, and what its registers make of each other
 *
 * What the emulator would refuse is refused here, with file and line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/soc-validate.h"
#include "soc/soc-view.h"

#define WORD HET_SOC_REGISTER_SIZE
#define REGISTERS_MAX 1024
#define FOLLOWS_MAX 32
#define STUB_SIZE_MAX 0x100000000ULL
/* An argument of the emulator has 128 KiB at most, with what else is in it. */
#define RULES_MAX (0x20000 - 0x1000)

/* @at: the words that have been seen, by offset */
typedef struct {
    const HetStub *stub;
    GHashTable *at;
} Words;

static gboolean check_row(const HetStub *s, const HetStubRegister *r,
                          guint *sum, GError **error)
{
    if (!r->count || r->count > REGISTERS_MAX ||
        (*sum += r->count) > REGISTERS_MAX) {
        return FAIL(r->at, "count='%u' of a register of stub '%s' is not "
                    "possible: a stub has at most %d registers", r->count,
                    s->name, REGISTERS_MAX);
    }
    if (!r->step || r->step % WORD || r->step > s->size) {
        return FAIL(r->at, "step='" X64 "' of a register of stub '%s' is not "
                    "a multiple of %d from %d to its size " X64, r->step,
                    s->name, WORD, WORD, s->size);
    }
    return TRUE;
}

static gboolean check_rows(const HetStub *s, GError **error)
{
    guint sum = 0;

    if (!het_soc_validate_count("register", s->registers->len, REGISTERS_MAX,
                                s->at, error)) {
        return FALSE;
    }
    for (guint i = 0; i < s->registers->len; i++) {
        if (!check_row(s, s->registers->pdata[i], &sum, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean add_word(Words *words, const HetStubWord *w, GError **error)
{
    const HetStub *s = words->stub;
    const HetStubRegister *r = w->reg;
    const HetStubWord *first = g_hash_table_lookup(words->at, &w->offset);

    if (w->offset % WORD) {
        return FAIL(r->at, "register of stub '%s' at offset " X64 " is not "
                    "aligned to %d", s->name, w->offset, WORD);
    }
    if (r->offset >= s->size || w->offset >= s->size) {
        return FAIL(r->at, "register of stub '%s' at offset " X64 " is past "
                    "its " X64 " bytes", s->name, w->offset, s->size);
    }
    if (first) {
        g_autofree char *there = het_xml_location_name(first->reg->at, r->at);

        return FAIL(r->at, "stub '%s' has two registers at offset " X64
                    ", the first in %s", s->name, w->offset, there);
    }
    g_hash_table_insert(words->at, (gpointer)&w->offset, (gpointer)w);
    return TRUE;
}

static const HetStubWord *find_word(const Words *words, guint64 offset,
                                    guint64 moved)
{
    if (offset >= words->stub->size) {
        return NULL;
    }
    offset += moved;
    return g_hash_table_lookup(words->at, &offset);
}

static gboolean check_bits(const HetStubRegister *r, GError **error)
{
    guint32 taken = r->store | r->write_1_clear;

    if (r->store & r->write_1_clear) {
        return FAIL(r->at, "bits 0x%x of register " X64 " are both in "
                    "'store' and in 'write-1-clear'",
                    r->store & r->write_1_clear, r->offset);
    }
    for (guint i = 0; i < r->follows->len; i++) {
        const HetStubFollow *f = r->follows->pdata[i];

        if (f->bits & taken) {
            return FAIL(f->at, "bits 0x%x of register " X64 " follow others "
                        "and cannot do something else too", f->bits & taken,
                        r->offset);
        }
        taken |= f->bits;
    }
    return TRUE;
}

static guint32 lowest(guint32 bits)
{
    return bits >> g_bit_nth_lsf(bits, -1);
}

static gboolean check_patterns(const HetStubRegister *r, GError **error)
{
    for (guint i = 0; i < r->follows->len; i++) {
        const HetStubFollow *f = r->follows->pdata[i];

        if (!f->bits || !f->source ||
            lowest(f->bits) != lowest(f->source)) {
            return FAIL(f->at, "bits 0x%x of register " X64 " cannot follow "
                        "0x%x: they do not have the same pattern", f->bits,
                        r->offset, f->source);
        }
    }
    return TRUE;
}

static gboolean is_action_elsewhere(const HetStubWord *w)
{
    return w->reg->action != HET_STUB_NO_ACTION &&
           w->reg->target != w->reg->offset;
}

/* It shows another register, and has no bits of its own. */
static gboolean is_mirror(const HetStubWord *w)
{
    return is_action_elsewhere(w) && !w->reg->has_value;
}

static gboolean check_own_bits(const HetStubRegister *r,
                               const HetStubWord *target, GError **error)
{
    if (r->target == r->offset) {
        return !r->write_1_clear ||
               FAIL(r->at, "register " X64 " acts on itself and cannot have "
                    "'write-1-clear'", r->offset);
    }
    if (r->store || r->write_1_clear || r->follows->len) {
        return FAIL(r->at, "register " X64 " acts on " X64 " and cannot have "
                    "'store', 'write-1-clear' or <follows>", r->offset,
                    target->offset);
    }
    if (is_action_elsewhere(target)) {
        return FAIL(r->at, "register " X64 " acts on " X64 ", which itself "
                    "acts on another one", r->offset, target->offset);
    }
    return TRUE;
}

static gboolean check_action(const Words *words, const HetStubWord *w,
                             GError **error)
{
    const HetStubRegister *r = w->reg;
    const HetStubWord *target;

    if (r->action == HET_STUB_NO_ACTION) {
        return TRUE;
    }
    target = find_word(words, r->target, w->moved);
    if (!target) {
        return FAIL(r->at, "register " X64 " acts on " X64 ", where stub "
                    "'%s' has no <register>", w->offset,
                    r->target + w->moved, words->stub->name);
    }
    if (!check_own_bits(r, target, error)) {
        return FALSE;
    }
    return target->reg->store || target->reg->write_1_clear ||
           FAIL(r->at, "register " X64 " acts on " X64 ", which has neither "
                "'store' nor 'write-1-clear'", w->offset, target->offset);
}

/* @source: which bits of @w are looked at; a chain could be a circle. */
static gboolean has_following(const HetStubWord *w, guint32 source)
{
    for (guint i = 0; i < w->reg->follows->len; i++) {
        const HetStubFollow *f = w->reg->follows->pdata[i];

        if (f->bits & source) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean check_follows(const Words *words, const HetStubWord *w,
                              GError **error)
{
    for (guint i = 0; i < w->reg->follows->len; i++) {
        const HetStubFollow *f = w->reg->follows->pdata[i];
        const HetStubWord *source = find_word(words, f->offset, w->moved);

        if (!source) {
            return FAIL(f->at, "register " X64 " follows " X64 ", where stub "
                        "'%s' has no <register>", w->offset,
                        f->offset + w->moved, words->stub->name);
        }
        if (is_mirror(source) || has_following(source, f->source)) {
            return FAIL(f->at, "register " X64 " follows " X64 ", whose bits "
                        "are not its own", w->offset, source->offset);
        }
    }
    return TRUE;
}

static gboolean check_register(const HetStubRegister *r, GError **error)
{
    return het_soc_validate_count("follows", r->follows->len, FOLLOWS_MAX,
                                  r->at, error) &&
           check_bits(r, error) &&
           check_patterns(r, error);
}

static gboolean check_rules(const Words *words, const GArray *all,
                            GError **error)
{
    for (guint i = 0; i < all->len; i++) {
        const HetStubWord *w = &g_array_index(all, HetStubWord, i);

        if (!check_register(w->reg, error) ||
            !check_action(words, w, error) ||
            !check_follows(words, w, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Bytes of JSON that tell the emulator of a register, at most */
static gsize rule_size(const HetStubRegister *r)
{
    gsize size = sizeof("{'offset':4294967292,'follows':[]},");

    size += r->has_value ? sizeof(",'value':4294967295") : 0;
    size += r->store ? sizeof(",'store':4294967295") : 0;
    size += r->write_1_clear ? sizeof(",'write-1-clear':4294967295") : 0;
    size += r->action == HET_STUB_NO_ACTION ? 0 :
            sizeof(",'sets':4294967292,'clears':4294967292");
    return size + r->follows->len *
           sizeof("{'bits':4294967295,'offset':4294967292,"
                  "'source':4294967295,'inverted':true},");
}

static gboolean check_size(const HetStub *s, GError **error)
{
    gsize size = 0;

    for (guint i = 0; i < s->registers->len; i++) {
        const HetStubRegister *r = s->registers->pdata[i];

        size += r->count * rule_size(r);
    }
    return size <= RULES_MAX ||
           FAIL(s->at, "stub '%s' has more rules than the emulator's command "
                "line takes: divide it into several", s->name);
}

static gboolean check_registers(const HetStub *s, GError **error)
{
    g_autoptr(GHashTable) at = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autoptr(GArray) all = NULL;
    Words words = { .stub = s, .at = at };

    if (!check_rows(s, error)) {
        return FALSE;
    }
    all = het_stub_words(s);
    for (guint i = 0; i < all->len; i++) {
        if (!add_word(&words, &g_array_index(all, HetStubWord, i), error)) {
            return FALSE;
        }
    }
    return check_rules(&words, all, error) && check_size(s, error);
}

/* One that lies below the registers of a <remoteproc> */
static gboolean is_remoteproc_stub(const HetView *v, const HetStub *s)
{
    for (guint i = 0; v->proc->is_master && i < v->soc->remoteprocs->len;
         i++) {
        const HetRemoteproc *r = v->soc->remoteprocs->pdata[i];

        if (!g_strcmp0(r->stub, s->name)) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean het_soc_validate_stub(HetView *v, const HetStub *s, GError **error)
{
    if (!s->size || s->size % WORD || s->size > STUB_SIZE_MAX) {
        return FAIL(s->at, "stub '%s' has " X64 " bytes, which is not a "
                    "multiple of %d from %d to 4 GiB", s->name, s->size,
                    WORD, WORD);
    }
    return het_view_add_id(v, s->name, s->at, "stub", error) &&
           het_soc_validate_address(s->address, s->at, "stub", s->name,
                                    error) &&
           (is_remoteproc_stub(v, s) ||
            het_view_add_extent(v, s->address, s->size, s->at, "stub",
                                s->name, error)) &&
           check_registers(s, error);
}
