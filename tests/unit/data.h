/*
 * Test cases as data files
 *
 * With HETCTL_REGENERATE_OUTPUT=1 in the environment, expected files are
 * written instead of compared; look at the difference before committing it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TEST_DATA_H
#define TEST_DATA_H

#include <check.h>

#include "soc/soc.h"

/* A SoC XML; its paths are relative to /soc. */
typedef struct {
    char *name;                 /* "stm32mp157", "no-master-invalid" */
    char *path;
    char *xml;
} TestCase;

/*
 * All of tests/data/soc/cases, or also xml-examples; sorted by name. Those
 * whose name ends in "-invalid", or the others.
 */
GPtrArray *test_cases(gboolean invalid);

/* Parses and validates without looking at files. */
HetSoc *test_parse(const TestCase *test, GError **error);
/* The same; the test fails if it is not valid. */
HetSoc *test_parse_valid(const TestCase *test);

/* tests/data/FOLDER/NAME */
char *test_data_path(const char *folder, const char *name);
/* tests/data/FOLDER/NAME holds @actual. */
void test_compare(const char *actual, const char *folder, const char *name);
gboolean test_regenerate(void);

/* Runs one suite and returns the exit status of the program. */
int test_run(Suite *suite);

#endif
