/*
 * The front ends of the IDM
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "chip/idm-model.h"

/* Those of the files idm-NAME.c */
#define MODELS \
    ROW(native) \
    ROW(imx_mu) \
    ROW(imx8ulp_mu) \
    ROW(stm32_ipcc) \
    ROW(stm32_hsem)

#define ROW(name) extern const HetIdmModel het_idm_##name;
MODELS
#undef ROW

#define ROW(name) &het_idm_##name,
static const HetIdmModel *const models[] = { MODELS };
#undef ROW

const HetIdmModel *het_idm_model_find(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(models); i++) {
        if (g_str_equal(models[i]->name, name)) {
            return models[i];
        }
    }
    return NULL;
}

char *het_idm_model_list(void)
{
    const char *names[G_N_ELEMENTS(models) + 1] = { NULL };

    for (guint i = 0; i < G_N_ELEMENTS(models); i++) {
        names[i] = models[i]->name;
    }
    return g_strjoinv(", ", (char **)names);
}

guint het_idm_model_count_lines(const HetIdmModel *model)
{
    return g_strv_length((char **)model->lines);
}
