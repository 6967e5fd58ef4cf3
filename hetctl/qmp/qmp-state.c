/*
 * QMP of one processor: its state as a whole
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "qmp/qmp-internal.h"

#define FDNAME "het-state"
#define LEASH "het-leash"

static gboolean get_clock(HetQmp *qmp, const char *command, JsonObject *args,
                          HetClock *clock, GError **error)
{
    HetReply r = { .command = command };
    g_autoptr(JsonNode) value = het_qmp_execute(qmp, &r, args, -1);
    JsonObject *object = value ? het_reply_object(&r, value, "return") : NULL;

    if (object) {
        clock->running = het_reply_bool(&r, object, "running");
        clock->host_ns = het_reply_uint(&r, object, "host", G_MAXINT64);
        clock->guest_ns = het_reply_uint(&r, object, "guest", G_MAXINT64);
    }
    if (r.error) {
        g_propagate_error(error, r.error);
        return FALSE;
    }
    return TRUE;
}

static gboolean freeze_on_leash(HetQmp *qmp, int leash, HetClock *clock)
{
    JsonObject *args;

    if (leash < 0 || !het_qmp_getfd(qmp, LEASH, leash, NULL)) {
        return FALSE;
    }
    args = json_object_new();
    json_object_set_string_member(args, "fdname", LEASH);
    if (get_clock(qmp, "processor-freeze", args, clock, NULL)) {
        return TRUE;
    }
    het_qmp_closefd(qmp, LEASH, NULL);
    return FALSE;
}

gboolean het_qmp_processor_freeze(HetQmp *qmp, int leash, HetClock *clock,
                                  GError **error)
{
    return freeze_on_leash(qmp, leash, clock) ||
           get_clock(qmp, "processor-freeze", NULL, clock, error);
}

gboolean het_qmp_query_clock(HetQmp *qmp, HetClock *clock, GError **error)
{
    return get_clock(qmp, "query-processor-clock", NULL, clock, error);
}

static gboolean with_fd(HetQmp *qmp, const char *command, int fd,
                        GError **error)
{
    HetReply r = { .command = command };
    JsonObject *args = json_object_new();
    g_autoptr(JsonNode) value = NULL;

    json_object_set_string_member(args, "fdname", FDNAME);
    if (!het_qmp_getfd(qmp, FDNAME, fd, error)) {
        json_object_unref(args);
        return FALSE;
    }
    value = het_qmp_execute(qmp, &r, args, -1);
    if (!value) {
        /* Nothing may keep it open; most failures have closed it. */
        het_qmp_closefd(qmp, FDNAME, NULL);
        g_propagate_error(error, r.error);
    }
    return value != NULL;
}

gboolean het_qmp_processor_save(HetQmp *qmp, int fd, GError **error)
{
    return with_fd(qmp, "processor-save", fd, error);
}

gboolean het_qmp_processor_load(HetQmp *qmp, int fd, GError **error)
{
    return with_fd(qmp, "processor-load", fd, error);
}

gboolean het_qmp_processor_save_code(HetQmp *qmp, int fd, GError **error)
{
    return with_fd(qmp, "processor-save-code", fd, error);
}

gboolean het_qmp_processor_load_code(HetQmp *qmp, int fd, GError **error)
{
    return with_fd(qmp, "processor-load-code", fd, error);
}

gboolean het_qmp_processor_hold_monitor(HetQmp *qmp, int fd, GError **error)
{
    return with_fd(qmp, "processor-hold-monitor", fd, error);
}

char *het_qmp_query_version(HetQmp *qmp, GError **error)
{
    HetReply r = { .command = "query-version" };
    g_autoptr(JsonNode) value = het_qmp_execute(qmp, &r, NULL, -1);
    JsonObject *object = value ? het_reply_object(&r, value, "return") : NULL;
    JsonObject *qemu =
        object ? het_reply_object(&r, het_reply_member(&r, object, "qemu"),
                                  "qemu") : NULL;
    char *text = NULL;

    if (qemu) {
        guint64 major = het_reply_uint(&r, qemu, "major", G_MAXUINT);
        guint64 minor = het_reply_uint(&r, qemu, "minor", G_MAXUINT);
        guint64 micro = het_reply_uint(&r, qemu, "micro", G_MAXUINT);
        const char *package = het_reply_string(&r, object, "package");

        text = r.error ? NULL
               : g_strdup_printf("%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT
                                 ".%" G_GUINT64_FORMAT "%s%s", major, minor,
                                 micro, package && *package ? " " : "",
                                 package ?: "");
    }
    if (r.error) {
        g_propagate_error(error, r.error);
    }
    return text;
}
