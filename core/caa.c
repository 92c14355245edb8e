#include "caa.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { CRITICAL = 0x80, TAG_SIZE = 256 };

static const char method[] = "dns-01";

/* A record, read. */
struct property {
    unsigned flags;
    char tag[TAG_SIZE];
    char value[CAA_TEXT_SIZE]; /* cut where it ends */
};

/* Reads a record from its bytes: flags, length of the tag, tag, value (RFC 8659, 4.1). False: it is
 * none. */
static bool read_property(const ldns_rr *rr, struct property *property)
{
    uint8_t bytes[TAG_SIZE + CAA_TEXT_SIZE + 2];
    size_t size = 0;
    size_t tag;

    for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
        const ldns_rdf *const rdf = ldns_rr_rdf(rr, i);
        const size_t left = sizeof bytes - size;
        const size_t take = ldns_rdf_size(rdf) < left ? ldns_rdf_size(rdf) : left;

        if (take > 0) /* an empty value has no memory */
            memcpy(bytes + size, ldns_rdf_data(rdf), take);
        size += take;
    }
    if (size < 2 || bytes[1] == 0 || (size_t)bytes[1] + 2 > size)
        return false;
    tag = bytes[1];
    property->flags = bytes[0];
    (void)snprintf(property->tag, sizeof property->tag, "%.*s", (int)tag, (char *)bytes + 2);
    (void)snprintf(property->value, sizeof property->value, "%.*s", (int)(size - tag - 2),
                   (char *)bytes + 2 + tag);
    return true;
}

static bool is_known(const char *tag)
{
    static const char *const known[] = {"issue",     "issuewild", "iodef",       "contactemail",
                                        "issuemail", "issuevmc",  "contactphone"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcasecmp(known[i], tag) == 0)
            return true;
    return false;
}

/* The text up to an end, without blanks around it. */
static void copy_trimmed(char *out, size_t room, const char *from, size_t size)
{
    while (size > 0 && (*from == ' ' || *from == '\t')) {
        from++;
        size--;
    }
    while (size > 0 && (from[size - 1] == ' ' || from[size - 1] == '\t'))
        size--;
    (void)snprintf(out, room, "%.*s", (int)size, from);
}

/* The value of a parameter behind the name of the issuer; false if it is not there. */
static bool parameter(const char *value, const char *name, char out[CAA_TEXT_SIZE])
{
    for (const char *at = strchr(value, ';'); at != NULL; at = strchr(at + 1, ';')) {
        const char *const text = at + 1;
        const size_t size = strcspn(text, ";");
        const size_t equals = strcspn(text, "=");
        char key[CAA_TEXT_SIZE];

        if (equals >= size)
            continue;
        copy_trimmed(key, sizeof key, text, equals);
        if (strcasecmp(key, name) != 0)
            continue;
        copy_trimmed(out, CAA_TEXT_SIZE, text + equals + 1, size - equals - 1);
        return true;
    }
    return false;
}

/* True when a list with commas holds dns-01. */
static bool has_method(const char *list)
{
    for (const char *at = list; *at != '\0'; at += *at == ',') {
        const size_t size = strcspn(at, ",");
        char one[CAA_TEXT_SIZE];

        copy_trimmed(one, sizeof one, at, size);
        if (strcmp(one, method) == 0)
            return true;
        at += size;
    }
    return false;
}

static void append(char list[CAA_LIST_SIZE], const char *item)
{
    const size_t used = strlen(list);

    (void)snprintf(list + used, CAA_LIST_SIZE - used, "%s%s", used > 0 ? ", " : "", item);
}

/* One issue or issuewild record. */
static void judge_issuer(const struct property *property, const char *ca,
                         struct caa_verdict *verdict)
{
    char issuer[CAA_TEXT_SIZE];
    char text[CAA_TEXT_SIZE];

    copy_trimmed(issuer, sizeof issuer, property->value, strcspn(property->value, ";"));
    verdict->restricted = true;
    if (issuer[0] == '\0' || (ca != NULL && strcasecmp(issuer, ca) != 0))
        return;
    if (parameter(property->value, "validationmethods", text) && !has_method(text)) {
        verdict->wrong_method = true;
        return;
    }
    append(verdict->issuers, issuer);
    if (!parameter(property->value, "accounturi", text))
        text[0] = '\0';
    /* A record without an account lets every account in. */
    if (!verdict->allowed || text[0] == '\0')
        (void)snprintf(verdict->account, sizeof verdict->account, "%s", text);
    verdict->allowed = true;
}

static bool has_tag(const ldns_rr_list *records, const char *tag)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++) {
        struct property property;

        if (read_property(ldns_rr_list_rr(records, i), &property) &&
            strcasecmp(property.tag, tag) == 0)
            return true;
    }
    return false;
}

void caa_judge(const ldns_rr_list *records, const char *ca, bool wildcard,
               struct caa_verdict *verdict)
{
    const char *const tag = wildcard && has_tag(records, "issuewild") ? "issuewild" : "issue";

    *verdict = (struct caa_verdict){0};
    for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++) {
        struct property property;

        if (!read_property(ldns_rr_list_rr(records, i), &property))
            continue;
        if ((property.flags & CRITICAL) != 0 && !is_known(property.tag))
            (void)snprintf(verdict->critical, sizeof verdict->critical, "%s", property.tag);
        if (strcasecmp(property.tag, tag) == 0)
            judge_issuer(&property, ca, verdict);
    }
    if (!verdict->restricted)
        verdict->allowed = true;
    if (verdict->critical[0] != '\0')
        verdict->allowed = false;
}

void caa_text(const ldns_rr_list *records, char out[CAA_LIST_SIZE])
{
    out[0] = '\0';
    for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++) {
        struct property property;
        char text[TAG_SIZE + CAA_TEXT_SIZE + 16];

        if (!read_property(ldns_rr_list_rr(records, i), &property))
            continue;
        (void)snprintf(text, sizeof text, "%u %s \"%s\"", property.flags, property.tag,
                       property.value);
        append(out, text);
    }
}
