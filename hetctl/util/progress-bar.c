/*
 * A bar for many equal steps, with their rate, on a terminal
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "util/progress-bar.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WIDTH 24
#define PERIOD_US 100000

struct HetProgressBar {
    char *title;
    guint total;
    gint64 start;
    gint64 shown;
};

HetProgressBar *het_progress_bar_new(const char *title, guint total,
                                     gboolean quiet)
{
    HetProgressBar *bar;

    if (quiet || !isatty(STDERR_FILENO)) {
        return NULL;
    }
    bar = g_new0(HetProgressBar, 1);
    bar->title = g_strdup(title);
    bar->total = total;
    bar->start = g_get_monotonic_time();
    return bar;
}

static void print_share(const HetProgressBar *bar, guint done)
{
    char text[WIDTH + 1];
    guint filled = (guint64)WIDTH * done / bar->total;

    memset(text, '.', WIDTH);
    memset(text, '#', MIN(filled, WIDTH));
    text[WIDTH] = '\0';
    fprintf(stderr, "[%s] %u/%u", text, done, bar->total);
}

void het_progress_bar_set(HetProgressBar *bar, guint done, guint failed)
{
    gint64 now = g_get_monotonic_time();
    double rate;

    if (!bar || now - bar->shown < PERIOD_US) {
        return;
    }
    bar->shown = now;
    rate = done / (MAX(now - bar->start, 1) / 1e6);
    fprintf(stderr, "\r\033[K%s: ", bar->title);
    if (bar->total) {
        print_share(bar, done);
    } else {
        fprintf(stderr, "%u", done);
    }
    fprintf(stderr, "  %.0f/s", rate);
    if (bar->total && rate > 0) {
        fprintf(stderr, "  %.0f s left", (bar->total - done) / rate);
    }
    if (failed) {
        fprintf(stderr, "  %u failed", failed);
    }
}

void het_progress_bar_free(HetProgressBar *bar)
{
    if (bar) {
        fputs("\r\033[K", stderr);
        g_free(bar->title);
        g_free(bar);
    }
}
