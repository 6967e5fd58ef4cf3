/*
 * The same question to several hosts, by a hetctl for each
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_HOSTS_H
#define HET_HOSTS_H

#include <json-glib/json-glib.h>

typedef struct {
    const char *uri;
    JsonNode *answer;           /* an array; NULL: see @error */
    char *error;                /* one line */
    int code;                   /* exit code of it */
} HetHostAnswer;

void het_host_answer_free(HetHostAnswer *answer);

/*
 * Asks all at once for @argv with --format json.  HetHostAnswer, in the order
 * of @uris; a host has @limit_s seconds.
 */
GPtrArray *het_hosts_ask(const char *const *uris, const char *const *argv,
                         guint limit_s);

#endif
