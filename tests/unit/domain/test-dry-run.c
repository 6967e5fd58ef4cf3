/*
 * An emulator that may do anything, and what its words mean
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "domain/dry-run.h"
#include "domain/qemu-args.h"
#include "util/confine.h"
#include "util/probe.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <unistd.h>

static gboolean run(HetProbe *probe, const char *script, guint timeout_ms,
                    GError **error)
{
    const char *const argv[] = { "/bin/sh", "-c", script, NULL };
    g_autoptr(HetScratch) folder = het_scratch_new(NULL);

    return het_probe_run(probe, argv, "hello\n", folder, timeout_ms, error);
}

static void check_fails(const char *script, guint timeout_ms, HetError code,
                        const char *message)
{
    g_auto(HetProbe) probe = { 0 };
    g_autoptr(GError) error = NULL;

    ck_assert(!run(&probe, script, timeout_ms, &error));
    ck_assert_int_eq(error->code, code);
    ck_assert_str_eq(error->message, message);
}

START_TEST(test_output_and_exit_code)
{
    g_auto(HetProbe) probe = { 0 };
    g_autoptr(GError) error = NULL;

    ck_assert(run(&probe, "read a; echo $a; echo \"$a you\" >&2; exit 7",
                  30000, &error));
    ck_assert_str_eq(probe.output, "hello you\n");
    ck_assert(probe.exited);
    ck_assert_int_eq(probe.status, 7);
}
END_TEST

START_TEST(test_end_by_signal)
{
    g_auto(HetProbe) probe = { 0 };
    g_autoptr(GError) error = NULL;

    ck_assert(run(&probe, "printf '\\377\\376' >&2; kill -ABRT $$", 30000,
                  &error));
    ck_assert(!probe.exited);
    ck_assert_int_eq(probe.status, SIGABRT);
    ck_assert(g_utf8_validate(probe.output, -1, NULL));
}
END_TEST

START_TEST(test_it_does_not_end)
{
    gint64 start = g_get_monotonic_time();

    check_fails("exec sleep 1000", 100, HET_ERROR_TIMEOUT,
                "'/bin/sh' did not end in time");
    /* Closing its streams does not help it. */
    check_fails("exec >&- 2>&-; exec sleep 1000", 100, HET_ERROR_TIMEOUT,
                "'/bin/sh' did not end in time");
    /* Nor does leaving somebody behind who holds them. */
    check_fails("sleep 30 & exit 0", 100, HET_ERROR_TIMEOUT,
                "'/bin/sh' did not end in time");
    ck_assert_int_lt(g_get_monotonic_time() - start, 20 * G_USEC_PER_SEC);
}
END_TEST

START_TEST(test_it_talks_without_end)
{
    check_fails("while :; do echo nonsense nonsense nonsense >&2; done",
                60000, HET_ERROR_EMULATOR,
                "'/bin/sh' says more than 65536 bytes");
}
END_TEST

START_TEST(test_it_is_no_program)
{
    const char *const argv[] = { "/no/such/qemu", NULL };
    g_autoptr(HetScratch) folder = het_scratch_new(NULL);
    g_auto(HetProbe) probe = { 0 };
    g_autoptr(GError) error = NULL;

    ck_assert(!het_probe_run(&probe, argv, "", folder, 1000, &error));
    ck_assert_int_eq(error->code, HET_ERROR_EMULATOR);
    ck_assert_ptr_nonnull(strstr(error->message, "/no/such/qemu"));
}
END_TEST

/* ---- where it works ---- */

#define ELSEWHERE "/tmp/hetctl-test-elsewhere"

START_TEST(test_its_folder_is_empty_and_goes)
{
    g_auto(HetProbe) probe = { 0 };
    g_autofree char *path = NULL;

    ck_assert(run(&probe, "test -z \"$(ls -A)\" && pwd >&2 && mkdir -p a/b && "
                  "ln -s /tmp a/b/link && mkfifo fifo", 30000, NULL));
    ck_assert_int_eq(probe.status, 0);
    path = g_strdup(g_strstrip(probe.output));
    ck_assert(g_path_is_absolute(path));
    ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
    ck_assert(g_file_test("/tmp", G_FILE_TEST_IS_DIR));
}
END_TEST

static gboolean is_confined(void)
{
    g_autoptr(HetScratch) folder = het_scratch_new(NULL);
    int confine = het_confine_new(het_scratch_path(folder));

    if (confine >= 0) {
        close(confine);
    }
    return confine >= 0;
}

static void check_no_change(const char *script)
{
    g_auto(HetProbe) probe = { 0 };
    g_autofree char *content = NULL;

    ck_assert(run(&probe, script, 30000, NULL));
    ck_assert_msg(probe.status != 0, "it could: %s", script);
    ck_assert(g_file_get_contents(ELSEWHERE, &content, NULL, NULL));
    ck_assert_str_eq(content, "mine");
}

START_TEST(test_it_changes_nothing_elsewhere)
{
    if (!is_confined()) {
        fputs("# this kernel has no Landlock\n", stderr);
        return;
    }
    ck_assert(g_file_set_contents(ELSEWHERE, "mine", -1, NULL));
    check_no_change("echo x >" ELSEWHERE);
    check_no_change("echo x >>" ELSEWHERE);
    check_no_change("rm " ELSEWHERE);
    check_no_change("mv " ELSEWHERE " here");
    check_no_change("truncate -s 0 " ELSEWHERE);
    check_no_change("mkdir " ELSEWHERE "-folder");
    check_no_change("ln -s x " ELSEWHERE "-link");
    g_unlink(ELSEWHERE);
}
END_TEST

/* ---- words of the emulator ---- */

static HetSoc *placed(void)
{
    g_autoptr(GPtrArray) cases = test_cases(FALSE);

    for (guint i = 0; i < cases->len; i++) {
        const TestCase *test = cases->pdata[i];

        if (g_str_equal(test->name, "placed")) {
            return test_parse_valid(test);
        }
    }
    ck_abort_msg("no test case 'placed'");
    return NULL;
}

/* @format: what the emulator says; %s is the value of "-device" @number */
static void check_words(const char *format, guint number,
                        const char *message)
{
    const HetQemuFiles none = { NULL };
    g_autoptr(HetSoc) soc = placed();
    const HetProcessor *m4 = soc->slaves->pdata[0];
    g_autoptr(GPtrArray) args = het_qemu_args(soc, m4, &none);
    const HetQemuArg *arg = args->pdata[number];
    g_auto(GStrv) parts = g_strsplit(format, "%s", 2);
    g_autofree char *output = g_strjoin(parts[1] ? arg->value : "", parts[0],
                                        parts[1], NULL);
    g_autoptr(GError) error = NULL;

    het_dry_run_explain(m4, args, output, &error);
    ck_assert_int_eq(error->code, HET_ERROR_XML);
    ck_assert_str_eq(error->message, message);
}

/* placed.xml: option, memory and map, boot, unassigned, two idms, devices */
#define UNASSIGNED 4
#define HSEM 5
#define USART 7
#define RCC 9

START_TEST(test_words_about_an_element)
{
    check_words("qemu-system-arm: -device %s: no such thing\n", USART,
                "device 'usart3' of processor 'm4': the emulator refuses it: "
                "no such thing (placed.xml:28)");
    check_words("warning: x\nqemu-system-arm: -device %s: bad\r\nmore\n",
                RCC, "stub 'rcc' of processor 'm4': the emulator refuses it: "
                "bad (placed.xml:22)");
    check_words("q: -device %s: bad", HSEM, "idm 'hsem' of processor 'm4': "
                "the emulator refuses it: bad (placed.xml:44)");
    check_words("q: -device %s: bad", UNASSIGNED, "slave 'm4' of processor "
                "'m4': the emulator refuses it: bad (placed.xml:15)");
    check_words("q: -device %s: \t", USART, "device 'usart3' of processor "
                "'m4': the emulator refuses it: it says nothing "
                "(placed.xml:28)");
}
END_TEST

START_TEST(test_words_about_nothing)
{
    check_words("qemu-system-arm: no CPU\n", 0, "processor 'm4': the "
                "emulator refuses it: no CPU (placed.xml:15)");
    check_words("", 0, "processor 'm4': the emulator refuses it: it says "
                "nothing (placed.xml:15)");
    check_words("\n\n", 0, "processor 'm4': the emulator refuses it: it says "
                "nothing (placed.xml:15)");
    check_words("\033[31m\001bad", 0, "processor 'm4': the emulator refuses "
                "it:  [31m bad (placed.xml:15)");
}
END_TEST

START_TEST(test_words_are_cut)
{
    GString *umlauts = g_string_new(NULL);
    g_autofree char *expected = NULL;

    for (int i = 0; i < 400; i++) {
        g_string_append(umlauts, "\xc3\xa4");
    }
    expected = g_strdup_printf("processor 'm4': the emulator refuses it: %s "
                               "(placed.xml:15)", umlauts->str);
    g_string_append(umlauts, "and more");
    check_words(umlauts->str, 0, expected);
    g_string_free(umlauts, TRUE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tryout");
    TCase *tc = tcase_create("tryout");

    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, test_output_and_exit_code);
    tcase_add_test(tc, test_end_by_signal);
    tcase_add_test(tc, test_it_does_not_end);
    tcase_add_test(tc, test_it_talks_without_end);
    tcase_add_test(tc, test_it_is_no_program);
    tcase_add_test(tc, test_its_folder_is_empty_and_goes);
    tcase_add_test(tc, test_it_changes_nothing_elsewhere);
    tcase_add_test(tc, test_words_about_an_element);
    tcase_add_test(tc, test_words_about_nothing);
    tcase_add_test(tc, test_words_are_cut);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
