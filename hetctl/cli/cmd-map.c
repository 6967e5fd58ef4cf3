/*
 * hetctl map
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "cli/command.h"

#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/soc-argument.h"
#include "map/memmap-build.h"
#include "map/memmap-print.h"
#include "util/error.h"
#include "util/output.h"

#define WIDTH 80

static guint output_width(void)
{
    struct winsize size;

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col
           ? size.ws_col : WIDTH;
}

static gboolean print_page(const HetSoc *soc, const GPtrArray *shown,
                           const HetMemmapStyle *style, GError **error)
{
    g_autoptr(HetMemmap) map = het_memmap_new(soc, shown, error);
    g_autofree char *text = map ? het_memmap_to_text(map, style) : NULL;

    if (text) {
        fputs(text, stdout);
    }
    return text != NULL;
}

/* Slaves that do not fit beside the master go below, it comes with them. */
static gboolean print_pages(const HetSoc *soc, const HetMemmapStyle *style,
                            GError **error)
{
    guint columns = het_memmap_text_columns(style->width);
    g_autoptr(GPtrArray) shown = g_ptr_array_new();
    guint i = 0;

    do {
        if (!shown->len && (i == 0 || columns > 1)) {
            g_ptr_array_add(shown, soc->master);
        }
        while (shown->len < columns && i < soc->slaves->len) {
            g_ptr_array_add(shown, soc->slaves->pdata[i++]);
        }
        if (!print_page(soc, shown, style, error)) {
            return FALSE;
        }
        g_ptr_array_set_size(shown, 0);
        fputs(i < soc->slaves->len ? "\n" : "", stdout);
    } while (i < soc->slaves->len);
    return TRUE;
}

static gboolean print_text(const HetSoc *soc, const GPtrArray *shown,
                           GError **error)
{
    const HetMemmapStyle style = {
        .width = output_width(),
        .utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8"),
        .colour = het_output_has_colour(),
    };

    return shown ? print_page(soc, shown, &style, error)
                 : print_pages(soc, &style, error);
}

static gboolean print_whole(const HetSoc *soc, const GPtrArray *shown,
                            gboolean json, GError **error)
{
    g_autoptr(HetMemmap) map = het_memmap_new(soc, shown, error);
    g_autoptr(JsonBuilder) b = NULL;
    g_autofree char *svg = NULL;

    if (!map) {
        return FALSE;
    }
    if (json) {
        b = json_builder_new();
        het_memmap_add_json(map, b);
        het_json_print(b);
    } else {
        svg = het_memmap_to_svg(map);
        fputs(svg, stdout);
    }
    return TRUE;
}

static GPtrArray *find_shown(const HetSoc *soc, const char *name,
                             GError **error)
{
    const HetProcessor *proc = het_soc_find_processor(soc, name);
    GPtrArray *shown;

    if (!proc) {
        g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                    "soc '%s' has no processor '%s'", soc->name, name);
        return NULL;
    }
    shown = g_ptr_array_new();
    g_ptr_array_add(shown, (gpointer)proc);
    return shown;
}

static gboolean run(HetCli *cli, GError **error)
{
    const char *format = het_cli_string(cli, "format") ?: "text";
    const char *name = het_cli_arg(cli, 1);
    g_auto(HetSocArgument) source = { 0 };
    g_autoptr(GPtrArray) shown = NULL;

    if (!het_soc_argument_open(&source, cli, het_cli_arg(cli, 0), error)) {
        return FALSE;
    }
    if (name && !(shown = find_shown(source.soc, name, error))) {
        return FALSE;
    }
    return strcmp(format, "text")
           ? print_whole(source.soc, shown, !strcmp(format, "json"), error)
           : print_text(source.soc, shown, error);
}

static const HetCliOption options[] = {
    { "format", 'f', HET_OPTION_STRING, "text|svg|json",
      "as text, as a picture, or for programs" },
    { 0 }
};

const HetCommand het_cmd_map = {
    .name = "map",
    .args = "FILE|SOC [PROCESSOR]",
    .min_args = 1,
    .max_args = 2,
    .summary = "Print the memory map as each processor sees it, side by side",
    .options = options,
    .run = run,
    .place = HET_THERE_SOC,
};
