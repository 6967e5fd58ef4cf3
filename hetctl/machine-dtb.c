/*
 * The device tree that QEMU's machine makes of itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "machine-dtb.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "emulator.h"
#include "qemu-args.h"

#define TIMEOUT_S 30
#define POLL_US 5000

/* A private folder, for what the emulator writes */
typedef struct {
    char *path;
    char *dtb;
    char *messages;
} Folder;

static void folder_clear(Folder *folder)
{
    if (folder->path) {
        g_unlink(folder->dtb);
        g_unlink(folder->messages);
        g_rmdir(folder->path);
    }
    g_free(folder->path);
    g_free(folder->dtb);
    g_free(folder->messages);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Folder, folder_clear)

static gboolean folder_make(Folder *folder, GError **error)
{
    g_autoptr(GError) failure = NULL;

    folder->path = g_dir_make_tmp("hetctl-XXXXXX", &failure);
    if (!folder->path) {
        g_set_error(error, HET_ERROR, HET_ERROR_RESOURCE,
                    "cannot make a temporary folder: %s", failure->message);
        return FALSE;
    }
    folder->dtb = g_build_filename(folder->path, "dtb", NULL);
    folder->messages = g_build_filename(folder->path, "messages", NULL);
    return TRUE;
}

G_GNUC_PRINTF(2, 3)
static void add_argf(GPtrArray *argv, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    g_ptr_array_add(argv, g_strdup_vprintf(format, ap));
    va_end(ap);
}

static char *machine_argument(const HetProcessor *proc, const char *dtb)
{
    g_autofree char *path = het_qemu_escape(dtb);
    GString *text = g_string_new(proc->machine);

    for (guint i = 0; i < proc->options->len; i++) {
        const HetOption *option = g_ptr_array_index(proc->options, i);
        g_autofree char *value = het_qemu_escape(option->value);

        g_string_append_printf(text, ",%s=%s", option->name, value);
    }
    g_string_append_printf(text, ",dumpdtb=%s", path);
    return g_string_free(text, FALSE);
}

static GPtrArray *arguments(const HetProcessor *proc, guint64 ram,
                            const char *dtb)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(argv, het_emulator_path(proc));
    add_argf(argv, "-machine");
    g_ptr_array_add(argv, machine_argument(proc, dtb));
    if (proc->cpu_model) {
        add_argf(argv, "-cpu");
        add_argf(argv, "%s", proc->cpu_model);
    }
    add_argf(argv, "-smp");
    add_argf(argv, "%u", proc->vcpus);
    add_argf(argv, "-m");
    add_argf(argv, "%" G_GUINT64_FORMAT "k", ram / 1024);
    add_argf(argv, "-nodefaults");
    add_argf(argv, "-no-user-config");
    add_argf(argv, "-display");
    add_argf(argv, "none");
    if (g_str_has_prefix(proc->arch, "riscv")) {
        /* else it looks for a firmware of its own */
        add_argf(argv, "-bios");
        add_argf(argv, "none");
    }
    g_ptr_array_add(argv, NULL);
    return argv;
}

static gboolean spawn(GPtrArray *argv, const char *messages, GPid *pid,
                      GError **error)
{
    g_autoptr(GError) failure = NULL;
    int fd = g_open(messages, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    gboolean ok = fd >= 0 &&
        g_spawn_async_with_fds(NULL, (char **)argv->pdata, NULL,
                               G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, pid,
                               -1, fd, fd, &failure);

    if (!ok) {
        g_set_error(error, HET_ERROR, HET_ERROR_EMULATOR,
                    "emulator '%s' does not run: %s",
                    (char *)argv->pdata[0],
                    failure ? failure->message : g_strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

/* Its wait status, or -1 when it took too long and was killed */
static int wait_for(GPid pid)
{
    gint64 deadline = g_get_monotonic_time() + TIMEOUT_S * G_USEC_PER_SEC;
    int status = 0;
    pid_t done;

    while ((done = waitpid(pid, &status, WNOHANG)) == 0 ||
           (done < 0 && errno == EINTR)) {
        if (g_get_monotonic_time() >= deadline) {
            kill(pid, SIGKILL);
            while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
            }
            return -1;
        }
        g_usleep(POLL_US);
    }
    return status;
}

static gboolean run(GPtrArray *argv, const Folder *folder, GError **error)
{
    g_autofree char *complaint = NULL;
    GPid pid;
    int status;

    if (!spawn(argv, folder->messages, &pid, error)) {
        return FALSE;
    }
    status = wait_for(pid);
    if (status == 0) {
        return TRUE;
    }
    g_file_get_contents(folder->messages, &complaint, NULL, NULL);
    g_set_error(error, HET_ERROR,
                status < 0 ? HET_ERROR_TIMEOUT : HET_ERROR_EMULATOR,
                "emulator '%s' %s%s%s", (char *)argv->pdata[0],
                status < 0 ? "did not end in time" : "failed",
                complaint && *g_strstrip(complaint) ? ": " : "",
                complaint ?: "");
    return FALSE;
}

GBytes *het_machine_dtb(const HetProcessor *proc, guint64 ram, GError **error)
{
    g_auto(Folder) folder = { 0 };
    g_autoptr(GPtrArray) argv = NULL;
    g_autoptr(GError) failure = NULL;
    char *data;
    gsize size;

    if (!folder_make(&folder, error)) {
        return NULL;
    }
    argv = arguments(proc, ram, folder.dtb);
    if (!run(argv, &folder, error)) {
        g_prefix_error(error, "asking machine '%s' for its device tree: ",
                       proc->machine);
        return NULL;
    }
    if (!g_file_get_contents(folder.dtb, &data, &size, &failure)) {
        g_set_error(error, HET_ERROR, HET_ERROR_EMULATOR,
                    "machine '%s' made no device tree: %s", proc->machine,
                    failure->message);
        return NULL;
    }
    return g_bytes_new_take(data, size);
}
