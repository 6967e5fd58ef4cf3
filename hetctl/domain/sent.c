/*
 * Removing files that other hosts have sent, when no domain names them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/sent.h"

#include <stdlib.h>

#include "domain/call.h"
#include "domain/conn-place.h"
#include "host/sent-files.h"

/* A domain that runs may have other files than its definition. */
static gboolean add_texts(GPtrArray *texts, virDomainPtr domain)
{
    char *live = het_call_get_xml(domain, 0, NULL);
    char *defined =
        virDomainIsPersistent(domain) == 1
        ? het_call_get_xml(domain, VIR_DOMAIN_XML_INACTIVE, NULL)
        : g_strdup("");
    gboolean ok = live && defined;

    if (live) {
        g_ptr_array_add(texts, live);
    }
    if (defined) {
        g_ptr_array_add(texts, defined);
    }
    return ok;
}

void het_sent_remove_unused(virConnectPtr conn)
{
    g_autofree char *folder = het_sent_folder(het_conn_is_system(conn));
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(free);
    virDomainPtr *domains = NULL;
    gboolean ok = TRUE;
    int n;

    if (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
        return;
    }
    n = virConnectListAllDomains(conn, &domains, 0);
    for (int i = 0; i < n; i++) {
        ok = add_texts(texts, domains[i]) && ok;
        virDomainFree(domains[i]);
    }
    free(domains);
    g_ptr_array_add(texts, NULL);
    if (n >= 0 && ok) {
        het_sent_sweep(folder, (const char *const *)texts->pdata);
    }
}
