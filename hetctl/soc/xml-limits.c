/*
 * Does an XML text keep to the limits of what is parsed at all?
 *
 * Parsers and schemas compare all attributes of an element, all namespaces
 * that are in force, or all children with each other; each number of a list
 * takes a schema microseconds. So this looks at the text before them, in one
 * pass: tags, comments and the like, quotes in tags.
 * It takes what is not well-formed for something; then the parser stops there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/xml-limits.h"

#include <string.h>

typedef struct {
    const char *next;
    const char *end;
    HetXmlLocation at;
    guint elements_max;
    guint elements;
    guint blanks;
    guint depth;
} Scan;

/* What is not a tag, and what it ends with */
static const struct {
    const char *start;
    const char *end;
} others[] = {
    { "<!--", "-->" },
    { "<![CDATA[", "]]>" },
    { "<?", "?>" },
};

static gboolean starts_with(const Scan *s, const char *text)
{
    gsize len = strlen(text);

    return (gsize)(s->end - s->next) >= len && !memcmp(s->next, text, len);
}

static void skip_to(Scan *s, const char *to)
{
    for (; s->next < to; s->next++) {
        s->at.line += *s->next == '\n';
    }
}

/* FALSE: a tag begins here. */
static gboolean skip_other(Scan *s)
{
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        if (starts_with(s, others[i].start)) {
            const char *from = s->next + strlen(others[i].start);
            const char *found = g_strstr_len(from, s->end - from,
                                             others[i].end);

            skip_to(s, found ? found + strlen(others[i].end) : s->end);
            return TRUE;
        }
    }
    return FALSE;
}

/*
 * The end of the tag that begins at @next, how many '=' it has, and blanks in
 * their values
 */
static const char *tag_end(const Scan *s, guint *attributes, guint *blanks)
{
    char quote = '\0';

    *attributes = *blanks = 0;
    for (const char *p = s->next + 1; p < s->end; p++) {
        if (quote) {
            *blanks += g_ascii_isspace(*p);
            quote = *p == quote ? '\0' : quote;
        } else if (*p == '\'' || *p == '"') {
            quote = *p;
        } else if (*p == '=') {
            ++*attributes;
        } else if (*p == '>') {
            return p;
        } else if (*p == '<') {
            /* Not well-formed */
            return p - 1;
        }
    }
    return s->end - 1;
}

static gboolean too_many(const Scan *s, const char *what, guint max,
                         GError **error)
{
    return het_xml_location_fail(error, s->at, "more than the %u %s allowed",
                                 max, what);
}

static gboolean check_counts(Scan *s, const char *end, GError **error)
{
    if (starts_with(s, "</")) {
        s->depth -= s->depth > 0;
        return TRUE;
    }
    if (++s->elements > s->elements_max) {
        return too_many(s, "elements", s->elements_max, error);
    }
    if ((end == s->next || end[-1] != '/') &&
        ++s->depth > HET_XML_DEPTH_MAX) {
        return too_many(s, "levels of elements in elements",
                        HET_XML_DEPTH_MAX, error);
    }
    return TRUE;
}

static gboolean check_tag(Scan *s, GError **error)
{
    guint attributes, blanks;
    const char *end = tag_end(s, &attributes, &blanks);

    if (end - s->next >= HET_XML_TAG_MAX) {
        return too_many(s, "bytes in a tag", HET_XML_TAG_MAX, error);
    }
    if (attributes > HET_XML_ATTRIBUTES_MAX) {
        return too_many(s, "attributes of an element",
                        HET_XML_ATTRIBUTES_MAX, error);
    }
    s->blanks += blanks;
    if (s->blanks > HET_XML_BLANKS_MAX) {
        return too_many(s, "blanks in attributes", HET_XML_BLANKS_MAX, error);
    }
    if (!check_counts(s, end, error)) {
        return FALSE;
    }
    skip_to(s, end + 1);
    return TRUE;
}

static gboolean check_text(const char *xml, gsize len, HetXmlLocation at,
                           GError **error)
{
    const char *bad;

    if (g_utf8_validate_len(xml, len, &bad)) {
        return TRUE;
    }
    for (const char *p = xml; p < bad; p++) {
        at.line += *p == '\n';
    }
    return het_xml_location_fail(error, at, "not well-formed XML in UTF-8");
}

gboolean het_xml_limits_check(const char *xml, gsize len,
                              guint elements_max, HetXmlLocation at,
                              GError **error)
{
    Scan s = {
        .next = xml, .end = xml + len, .at = at,
        .elements_max = elements_max,
    };

    if (!check_text(xml, len, at, error)) {
        return FALSE;
    }
    while (s.next < s.end) {
        const char *tag = memchr(s.next, '<', s.end - s.next);

        skip_to(&s, tag ?: s.end);
        if (tag && !skip_other(&s) && !check_tag(&s, error)) {
            return FALSE;
        }
    }
    return TRUE;
}
