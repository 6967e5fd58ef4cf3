/*
 * What a terminal shows of a text that comes from anywhere
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "util/text.h"

static const struct {
    const char *text;
    const char *printable;
} texts[] = {
    { "", "" },
    { "soc.xml:3 'a b' \xc3\xa4", "soc.xml:3 'a b' \xc3\xa4" },
    { "\033[31mred\n\r\t\x7f", "\\x1b[31mred\\x0a\\x0d\\x09\\x7f" },
    { "\xc2\x9b" "31m", "\\xc2\\x9b31m" },
    /* turns around what follows */
    { "\xe2\x80\xae" "fdp", "\\xe2\\x80\\xae" "fdp" },
    { "\xff\xc3", "\\xff\\xc3" },
};

START_TEST(test_printable)
{
    g_autofree char *text = het_text_printable(texts[_i].text);

    ck_assert_str_eq(text, texts[_i].printable);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text");
    TCase *tc = tcase_create("text");

    tcase_add_loop_test(tc, test_printable, 0, G_N_ELEMENTS(texts));
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
