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
    size_t size;               /* of the value in the record */
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
    property->size = size - tag - 2;
    (void)snprintf(property->value, sizeof property->value, "%.*s", (int)property->size,
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

/* True for letters and digits with hyphens between them: what a label of the issuer's name and the
 * tag of a parameter are. */
static bool is_label(const char *text, size_t size)
{
    bool fits = size > 0 && text[0] != '-' && text[size - 1] != '-';

    for (size_t i = 0; i < size && fits; i++)
        fits = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'z') ||
               (text[i] >= 'A' && text[i] <= 'Z') || text[i] == '-';
    return fits;
}

/* True for labels with dots between them, and for "". */
static bool is_issuer(const char *name)
{
    bool fits = true;

    while (fits && *name != '\0') {
        const size_t size = strcspn(name, ".");

        fits = is_label(name, size) && (name[size] == '\0' || name[size + 1] != '\0');
        name += size + (name[size] == '.');
    }
    return fits;
}

/* True for TAG=VALUE. */
static bool is_parameter(const char *text, size_t size)
{
    const char *const equals = memchr(text, '=', size);
    const size_t end = equals != NULL ? (size_t)(equals - text) : 0;
    char part[CAA_TEXT_SIZE];
    bool fits;

    if (equals == NULL)
        return false;
    copy_trimmed(part, sizeof part, text, end);
    fits = is_label(part, strlen(part));
    copy_trimmed(part, sizeof part, equals + 1, size - end - 1);
    for (const char *at = part; *at != '\0' && fits; at++)
        fits = *at > 0x20 && *at < 0x7f;
    return fits;
}

/* True for the value of an issue or issuewild record as RFC 8659, 4.2, has it. One that is not so
 * lets nobody in. */
static bool is_well_formed(const struct property *property)
{
    const char *at = strchr(property->value, ';');
    char issuer[CAA_TEXT_SIZE];
    bool fits;

    copy_trimmed(issuer, sizeof issuer, property->value, strcspn(property->value, ";"));
    fits = is_issuer(issuer) &&
           (property->size >= CAA_TEXT_SIZE || strlen(property->value) == property->size);
    if (at != NULL && at[1 + strspn(at + 1, " \t")] == '\0')
        return fits; /* a semicolon with nothing behind it */
    for (; at != NULL && fits; at = strchr(at + 1, ';'))
        fits = is_parameter(at + 1, strcspn(at + 1, ";"));
    return fits;
}

/* How often a parameter is there. */
static size_t parameter_count(const char *value, const char *name)
{
    size_t count = 0;

    for (const char *at = strchr(value, ';'); at != NULL; at = strchr(at + 1, ';')) {
        char key[CAA_TEXT_SIZE];

        copy_trimmed(key, sizeof key, at + 1, strcspn(at + 1, "=;"));
        count += strcasecmp(key, name) == 0;
    }
    return count;
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

/* The account that a record lets in, with those of the records before it. A record without an
 * account lets every account in. */
static void note_account(const struct property *property, struct caa_verdict *verdict)
{
    char account[CAA_TEXT_SIZE];

    if (!parameter(property->value, "accounturi", account))
        verdict->any_account = true;
    else
        append(verdict->accounts, account);
    if (verdict->any_account)
        verdict->accounts[0] = '\0';
}

/* One issue or issuewild record. */
static void judge_issuer(const struct property *property, const char *ca,
                         struct caa_verdict *verdict)
{
    char issuer[CAA_TEXT_SIZE];
    char text[CAA_TEXT_SIZE];

    copy_trimmed(issuer, sizeof issuer, property->value, strcspn(property->value, ";"));
    verdict->restricted = true;
    if (!is_well_formed(property)) {
        if (ca == NULL || strncasecmp(issuer, ca, strlen(ca)) == 0)
            (void)snprintf(verdict->malformed, sizeof verdict->malformed, "%s", property->value);
        return;
    }
    if (issuer[0] == '\0' || (ca != NULL && strcasecmp(issuer, ca) != 0))
        return;
    if (parameter(property->value, "validationmethods", text) && !has_method(text)) {
        verdict->wrong_method = true;
        return;
    }
    if (parameter_count(property->value, "accounturi") > 1)
        return; /* no account can be all of them (RFC 8657, 3) */
    append(verdict->issuers, issuer);
    note_account(property, verdict);
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
