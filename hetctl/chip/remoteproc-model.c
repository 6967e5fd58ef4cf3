/*
 * How the master's Linux boots a slave
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "chip/remoteproc-model.h"

/* Those of remoteproc-stm32mp1.c and remoteproc-imx8m.c */
#define MODELS \
    ROW(stm32mp1) \
    ROW(imx8mm) \
    ROW(imx8mq)

#define ROW(name) extern const HetRemoteprocModel het_remoteproc_##name;
MODELS
#undef ROW

#define ROW(name) &het_remoteproc_##name,
static const HetRemoteprocModel *const models[] = { MODELS };
#undef ROW

const HetRemoteprocModel *het_remoteproc_model_find(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(models); i++) {
        if (g_str_equal(models[i]->name, name)) {
            return models[i];
        }
    }
    return NULL;
}

char *het_remoteproc_model_list(void)
{
    const char *names[G_N_ELEMENTS(models) + 1] = { NULL };

    for (guint i = 0; i < G_N_ELEMENTS(models); i++) {
        names[i] = models[i]->name;
    }
    return g_strjoinv(", ", (char **)names);
}
