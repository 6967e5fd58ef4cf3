/*
 * Which processor of which SoC a domain is
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "domain/identity.h"

#include <libvirt/virterror.h>
#include <string.h>

#include "host/segment.h"
#include "soc/soc.h"
#include "soc/xpath.h"

void het_identity_free(HetIdentity *identity)
{
    if (identity) {
        g_free(identity->soc);
        g_free(identity->processor);
        g_free(identity->soc_xml);
        g_free(identity->segment);
        g_free(identity->owner);
        g_free(identity);
    }
}

char *het_identity_uuid(const char *soc, const char *processor)
{
    g_autofree char *domain = g_strdup_printf("%s.%s", soc, processor);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);
    guint8 b[20];
    gsize len = sizeof(b);

    g_checksum_update(sum, (const guchar *)HET_SOC_NAMESPACE, -1);
    g_checksum_update(sum, (const guchar *)domain, -1);
    g_checksum_get_digest(sum, b, &len);
    b[6] = (b[6] & 0x0f) | 0x50;    /* version 5, a name's hash */
    b[8] = (b[8] & 0x3f) | 0x80;
    return g_strdup_printf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
                           "%02x%02x%02x%02x%02x%02x",
                           b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7],
                           b[8], b[9], b[10], b[11], b[12], b[13], b[14],
                           b[15]);
}

/* The processor, or NULL when the domain does not have the SoC's name. */
static const char *processor_by_name(virDomainPtr domain, const char *soc)
{
    const char *name = virDomainGetName(domain);
    gsize len = strlen(soc);

    if (strncmp(name, soc, len) || name[len] != '.' || !name[len + 1]) {
        return NULL;
    }
    return name + len + 1;
}

static gboolean has_uuid(virDomainPtr domain, const HetIdentity *id,
                         const char *processor)
{
    g_autofree char *own =
        het_xpath_string(id->soc_xml, "string(/*/*[local-name()='uuid'])");
    g_autofree char *made = het_identity_uuid(id->soc, processor);
    char uuid[VIR_UUID_STRING_BUFLEN];

    return virDomainGetUUIDString(domain, uuid) == 0 &&
           !g_ascii_strcasecmp(uuid, own ?: made);
}

/* @said: by the metadata; NULL: it is of a hetctl that did not write it */
static gboolean identify(HetIdentity *id, virDomainPtr domain,
                         const char *said)
{
    const char *named = processor_by_name(domain, id->soc);

    if (!said || !g_strcmp0(said, named)) {
        id->processor = g_strdup(named);
        return named != NULL;
    }
    if (!has_uuid(domain, id, said)) {
        return FALSE;
    }
    id->processor = g_strdup(said);
    id->is_renamed = TRUE;
    return TRUE;
}

HetIdentity *het_identity_of(virDomainPtr domain)
{
    g_autofree char *xml =
        virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT,
                             HET_SOC_NAMESPACE, VIR_DOMAIN_AFFECT_CURRENT);
    g_autoptr(HetXpath) x = het_xpath_new(xml);
    g_autofree char *kind = het_xpath_get_string(x, "local-name(/*)");
    g_autofree char *said = het_xpath_get_string(x,
                                                 "string(/*/@processor)");
    g_autoptr(HetIdentity) id = g_new0(HetIdentity, 1);

    id->soc = het_xpath_get_string(x, "string(/*/@soc)");
    id->is_master = !g_strcmp0(kind, "master");
    id->soc_xml = id->is_master
                  ? het_xpath_get_element(x, "/*/*[local-name()='soc']") : NULL;
    id->segment = het_xpath_get_string(x, "string(/*/@segment)");
    id->owner = het_xpath_get_string(x, "string(/*/@owner)");
    if (id->segment && !het_segment_is_path(id->segment)) {
        g_clear_pointer(&id->segment, g_free);
    }
    return id->soc && identify(id, domain, said) ? g_steal_pointer(&id)
                                                 : NULL;
}
