/*
 * SoC XML from a text: parsed, checked, and put out in every form
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "fuzz.h"

#include "domain/domxml.h"
#include "dt/overlay.h"
#include "map/memmap-build.h"
#include "map/memmap-print.h"
#include "soc/soc.h"

static HetSoc *parse(const char *xml, gssize len, GError **error)
{
    g_autoptr(HetSoc) soc = het_soc_parse_string(xml, len, "/", "fuzz.xml",
                                                 error);

    if (!soc || !het_soc_validate(soc, HET_SOC_VALIDATE_NO_FILES, error)) {
        return NULL;
    }
    return g_steal_pointer(&soc);
}

/* What libvirt keeps of a SoC is the same SoC. */
static void check_format(const HetSoc *soc)
{
    g_autofree char *first = het_soc_format(soc);
    g_autoptr(GError) error = NULL;
    g_autoptr(HetSoc) again = parse(first, -1, &error);
    g_autofree char *second = again ? het_soc_format(again) : NULL;

    if (!again) {
        fprintf(stderr, "not read again: %s\n%s\n", error->message, first);
        abort();
    }
    fuzz_assert(g_str_equal(first, second));
}

static void check_domains(const HetSoc *soc)
{
    const HetDomxmlParams params = { .files.segment = "/s", .emulator = "/q" };

    for (guint i = 0; i <= soc->slaves->len; i++) {
        const HetProcessor *proc = i ? soc->slaves->pdata[i - 1]
                                     : soc->master;
        g_autofree char *xml = het_domxml_format(soc, proc, &params);

        fuzz_assert(g_utf8_validate(xml, -1, NULL));
    }
}

static void check_overlay(const HetSoc *soc)
{
    g_autoptr(GBytes) blob = NULL;
    g_autofree char *text = NULL;

    if (het_overlay_needed(soc)) {
        blob = het_overlay_build(soc, NULL);
        fuzz_assert(blob);
        text = het_overlay_dump(blob, NULL);
        fuzz_assert(text);
    }
}

static void check_map(const HetSoc *soc)
{
    const HetMemmapStyle style = { .width = 80 };
    g_autoptr(HetMemmap) map = het_memmap_new(soc, NULL, NULL);
    g_autofree char *text = NULL;
    g_autofree char *svg = NULL;

    if (map) {
        text = het_memmap_to_text(map, &style);
        svg = het_memmap_to_svg(map);
        fuzz_assert(text && svg);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *xml = g_memdup2(data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(HetSoc) soc = parse(xml ?: "", size, &error);

    fuzz_assert_either(soc, error);
    if (soc) {
        check_format(soc);
        check_domains(soc);
        check_overlay(soc);
        check_map(soc);
    }
    return 0;
}
