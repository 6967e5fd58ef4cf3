/*
 * Command lines that fail: with one message, and its exit code
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "data.h"
#include "util/error.h"

#define MANY 20
#define NOWHERE "qemu+unix:///system?socket=/nonexistent/libvirt-sock"

/* Of every command */
static const char *const wrong[] = {
    "--no-such-option",
    "-Z",
    "--format",
    "--format xml",
    "--quiet=yes",
};

static const char *const usage[] = {
    "",
    "no-such-command",
    "--no-such-option",
    "start",
    "boot soc",
    "boot soc slave --timeout soon",
    "boot soc slave --timeout -1",
    "boot soc slave --timeout 99999999999999999999",
    "start --connect",
    "cycle soc m4 --count 0",
    "cycle soc m4 --count many",
    "events soc --count -1",
    "events soc --journal --format json",
    "top --interval 0",
    "top --count -1",
    "status soc --core --format prometheus",
    "pack soc m4",
    "status --stubs",
    "logs soc --since yesterday",
    "logs soc --since 5w",
    "vrings soc",
    "vrings soc m4 --table here",
    "vrings soc m4 --table 0x",
    "vrings soc m4 --table 0x10000000000000000",
    "vrings soc m4 --table 0 --firmware a.elf",
    "trace soc",
    "trace soc --follow --output x",
    "trace soc --follow --format vcd",
    "trace soc --last --format table",
    "trace soc --duration soon",
    "gdb",
    "gdb soc --gdb",
    "save soc",
    "save soc file --compress gzip",
    "restore",
    "managedsave",
    "snapshot list",
    "snapshot make soc",
    "snapshot revert soc",
    "snapshot list soc name",
    "clone",
    "clone soc --count 0",
    "clone soc --count x",
};

/* Good ones, with a libvirt that is not there */
static const char *const good[] = {
    "list",
    "list --all",
    "status",
    "status soc",
    "top",
    "top soc -n 1",
    "status --format prometheus",
    "status soc --stubs",
    "start soc",
    "boot soc m4",
    "shutdown soc",
    "shutdown soc m4",
    "destroy soc",
    "destroy soc m4",
    "start soc m4",
    "cycle soc m4 -n 3 --firmware a.elf --firmware b.elf",
    "suspend soc",
    "resume soc",
    "reboot soc",
    "reset soc",
    "save soc file",
    "managedsave soc",
    "clone soc",
    "snapshot create soc",
    "snapshot list soc",
    "snapshot revert soc name --paused",
    "snapshot delete soc name",
    "undefine soc --snapshots",
    "clone soc -n 3 --name other --paused",
    "managedsave soc --remove",
    "start soc --force-boot",
    "save soc file --live --compress zstd",
    "reset soc m4",
    "events soc",
    "watch soc",
    "autostart soc",
    "autostart soc --disable",
    "console soc m4",
    "dumpxml soc",
    "domxml soc",
    "map soc",
    "overlay soc",
    "pack soc m4 -o out.elf",
    "undefine soc",
    "vrings soc m4",
    "vrings soc m4 --table 0x1000",
    "logs soc",
    "logs soc a7 m4 --follow",
    "logs soc --since 5m",
    "logs soc --since 2026-01-31T12:00:00",
    "console soc m4 --serial 1",
    "console soc m4 --raw --read-only",
    "trace soc --last",
    "trace soc --duration 1 --format perfetto -o x",
    "gdb soc",
    "gdb soc m4 --server",
};

/* The exit code; what it has written comes into @out and @err. */
static int call(GPtrArray *argv, GString *out, GString *err)
{
    GString *texts[] = { out, err };
    FILE *files[] = { tmpfile(), tmpfile() };
    int status;
    pid_t child;

    ck_assert(files[0] && files[1]);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (!child) {
        dup2(fileno(files[0]), STDOUT_FILENO);
        dup2(fileno(files[1]), STDERR_FILENO);
        status = het_cli_main(argv->len - 1, (char **)argv->pdata);
        exit(status);   /* leaks are looked for */
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        char buffer[4096];

        rewind(files[i]);
        while (fgets(buffer, sizeof(buffer), files[i])) {
            g_string_append(texts[i], buffer);
        }
        fclose(files[i]);
    }
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* @argv, with NULL at its end, fails with one message, which has @text. */
static void expect(int code, const char *text, GPtrArray *argv)
{
    GString *out = g_string_new(NULL), *err = g_string_new(NULL);
    g_autofree char *line = g_strjoinv(" ", (char **)argv->pdata);
    int got = call(argv, out, err);

    ck_assert_msg(got == code, "%s: exit code %d: %s", line, got, err->str);
    ck_assert_msg(!out->len, "%s: on stdout: %s", line, out->str);
    ck_assert_msg(g_str_has_prefix(err->str, "error: ") &&
                  strchr(err->str, '\n') == err->str + err->len - 1 &&
                  strstr(err->str, text),
                  "%s: not one error message: %s", line, err->str);
    g_string_free(out, TRUE);
    g_string_free(err, TRUE);
}

static GPtrArray *start_line(const char *word)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(argv, g_strdup("hetctl"));
    if (word) {
        g_ptr_array_add(argv, g_strdup(word));
    }
    return argv;
}

static void add_words(GPtrArray *argv, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);

    for (guint i = 0; words[i]; i++) {
        if (*words[i]) {
            g_ptr_array_add(argv, g_strdup(words[i]));
        }
    }
    g_ptr_array_add(argv, NULL);
}

START_TEST(test_wrong)
{
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GPtrArray) argv = start_line(het_commands[_i]->name);

        add_words(argv, wrong[i]);
        expect(HET_ERROR_USAGE, "", argv);
    }
}
END_TEST

START_TEST(test_many)
{
    g_autoptr(GPtrArray) argv = start_line(het_commands[_i]->name);

    if (het_commands[_i]->max_args >= MANY) {
        return;
    }
    for (guint i = 0; i < MANY; i++) {
        g_ptr_array_add(argv, g_strdup("x"));
    }
    g_ptr_array_add(argv, NULL);
    expect(HET_ERROR_USAGE, "", argv);
}
END_TEST

START_TEST(test_usage)
{
    g_autoptr(GPtrArray) argv = start_line(NULL);

    add_words(argv, usage[_i]);
    expect(HET_ERROR_USAGE, "", argv);
}
END_TEST

START_TEST(test_nowhere)
{
    g_autoptr(GPtrArray) argv = start_line("-c" NOWHERE);

    add_words(argv, good[_i]);
    expect(HET_ERROR_LIBVIRT, NOWHERE, argv);
}
END_TEST

/* An option may stand behind the command. */
START_TEST(test_behind)
{
    g_autoptr(GPtrArray) argv = start_line("list");

    add_words(argv, _i ? "-c " NOWHERE : "--connect=" NOWHERE);
    expect(HET_ERROR_LIBVIRT, NOWHERE, argv);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("usage");
    TCase *tc = tcase_create("usage");
    int n = 0;

    while (het_commands[n]) {
        n++;
    }
    tcase_add_loop_test(tc, test_wrong, 0, n);
    tcase_add_loop_test(tc, test_many, 0, n);
    tcase_add_loop_test(tc, test_usage, 0, G_N_ELEMENTS(usage));
    tcase_add_loop_test(tc, test_nowhere, 0, G_N_ELEMENTS(good));
    tcase_add_loop_test(tc, test_behind, 0, 2);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
