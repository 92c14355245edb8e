/*
 * The TXT sets at one name.
 *
 * SPDX-License-Identifier: MIT
 */
#include "rrset.h"

#include "labels.h"
#include "xml.h"

#include <string.h>

enum { TTL_MAX = 2147483647, PAGES_MAX = 100, TYPE_SIZE = 16 };

/* Most sets in one answer: the sets at a challenge's name are few, what follows is not asked for.
 */
static const char page_size[] = "20";

/* Elements that show a routing policy other than ours (API_ResourceRecordSet). */
static const struct {
    const char *element;
    const char *words;
} policies[] = {
    {"AliasTarget", "an alias set"},
    {"CidrRoutingConfig", "a set with IP-based routing"},
    {"Failover", "a set with failover routing"},
    {"GeoLocation", "a set with geolocation routing"},
    {"GeoProximityLocation", "a set with geoproximity routing"},
    {"Region", "a set with latency routing"},
    {"TrafficPolicyInstanceId", "a set of a traffic policy"},
    {"Weight", "a set with weighted routing"},
};

/* Where the next page of a list begins. */
struct page {
    char name[AWS_NAME_SIZE];
    char type[TYPE_SIZE];
    char identifier[RRSET_IDENTIFIER_SIZE];
};

/* One reading of a name. */
struct reading {
    struct route53 *self;
    const char *name; /* the host's */
    const char *zone_id;
    struct labels labels;
    struct standing *out;
    struct page page; /* to ask for */
    bool more;        /* the list goes on, with our name */
};

/* ---- sets ---- */

struct rrset *rrset_append(const struct dnshook_host *host, struct standing *standing)
{
    struct rrset *const more =
        host->realloc(host, standing->sets, (standing->count + 1) * sizeof *more);

    if (more == NULL)
        return NULL;
    standing->sets = more;
    more[standing->count] = (struct rrset){.ttl = 0};
    return &more[standing->count++];
}

struct rrset *rrset_find(const struct standing *standing, const char *identifier)
{
    for (size_t i = 0; i < standing->count; i++)
        if (strcmp(standing->sets[i].identifier, identifier) == 0)
            return &standing->sets[i];
    return NULL;
}

struct rrset *rrset_holding(const struct standing *standing, const struct txt *txt)
{
    for (size_t i = 0; i < standing->count; i++)
        if (txt_set_has(&standing->sets[i].values, txt))
            return &standing->sets[i];
    return NULL;
}

static bool copy_values(const struct dnshook_host *host, const struct txt_set *from,
                        struct txt_set *to)
{
    struct txt each;

    for (size_t cursor = 0; txt_set_next(from, &cursor, &each);)
        if (!txt_set_add(host, to, &each))
            return false;
    return true;
}

bool rrset_copy(const struct dnshook_host *host, const struct standing *from, struct standing *to)
{
    *to = (struct standing){.alias = from->alias};
    for (size_t i = 0; i < from->count; i++) {
        struct rrset *const copy = rrset_append(host, to);

        if (copy == NULL)
            return false;
        *copy = from->sets[i];
        copy->values = (struct txt_set){.data = NULL};
        if (!copy_values(host, &from->sets[i].values, &copy->values))
            return false;
    }
    return true;
}

void rrset_free(const struct dnshook_host *host, struct standing *standing)
{
    for (size_t i = 0; i < standing->count; i++)
        txt_set_free(host, &standing->sets[i].values);
    host->free(host, standing->sets);
    *standing = (struct standing){.sets = NULL};
}

/* ---- reading ---- */

static int fail_answer(const struct reading *reading, const char *what)
{
    return dnshook_fail(reading->self->aws.host, DNSHOOK_BAD_ANSWER,
                        "Route 53 lists a TXT set at %s in zone %s with %s, so nothing was changed",
                        reading->name, reading->zone_id, what);
}

/* Copies the text of an element exactly; no element leaves "". False: it does not fit, or holds a
 * control character. */
static bool read_exactly(const xmlNode *node, char *out, size_t size)
{
    xmlChar *const text = node != NULL ? xmlNodeGetContent(node) : NULL;
    const char *const from = text != NULL ? (const char *)text : "";
    const size_t length = strlen(from);
    bool good = length < size && (node == NULL || text != NULL);

    for (size_t i = 0; i < length; i++)
        good = good && (unsigned char)from[i] >= ' ' && from[i] != '\x7f';
    (void)snprintf(out, size, "%s", good ? from : "");
    xmlFree(text);
    return good;
}

static bool read_ttl(const xmlNode *node, uint32_t *ttl)
{
    char text[16];
    uint64_t value = 0;

    if (!xml_text(node, text, sizeof text) || text[0] == '\0')
        return false;
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < '0' || *c > '9')
            return false;
        value = value * 10 + (uint64_t)(*c - '0');
    }
    *ttl = (uint32_t)value;
    return value <= TTL_MAX;
}

static int read_values(const struct reading *reading, const xmlNode *node, struct rrset *set)
{
    const xmlNode *record = xml_child(xml_child(node, "ResourceRecords"), "ResourceRecord");

    for (; record != NULL; record = xml_next(record)) {
        char text[TXT_TEXT_MAX + 1];
        uint8_t bytes[TXT_TEXT_MAX];
        struct txt txt;

        if (!xml_text(xml_child(record, "Value"), text, sizeof text) ||
            !txt_read(text, bytes, &txt))
            return fail_answer(reading, "a value that cannot be read");
        if (!txt_set_add(reading->self->aws.host, &set->values, &txt))
            return aws_no_memory(&reading->self->aws);
    }
    return set->values.count > 0 ? DNSHOOK_OK : fail_answer(reading, "no value");
}

/* Which routing policy a set has that we do not write; NULL: none. */
static const char *policy_of(const xmlNode *node, const struct rrset *set)
{
    char flag[8];

    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
        if (xml_child(node, policies[i].element) != NULL)
            return policies[i].words;
    if (set->identifier[0] == '\0' ||
        (xml_text(xml_child(node, "MultiValueAnswer"), flag, sizeof flag) &&
         strcmp(flag, "true") == 0))
        return NULL;
    return "a set with a routing policy that dnshook does not know";
}

static int read_set(const struct reading *reading, const xmlNode *node)
{
    struct rrset *const set = rrset_append(reading->self->aws.host, reading->out);

    if (set == NULL)
        return aws_no_memory(&reading->self->aws);
    if (!read_exactly(xml_child(node, "SetIdentifier"), set->identifier, sizeof set->identifier) ||
        !read_exactly(xml_child(node, "HealthCheckId"), set->health_check,
                      sizeof set->health_check))
        return fail_answer(reading, "an identifier that cannot be read");
    set->policy = policy_of(node, set);
    if (xml_child(node, "AliasTarget") != NULL)
        return DNSHOOK_OK;
    if (!read_ttl(xml_child(node, "TTL"), &set->ttl))
        return fail_answer(reading, "no TTL");
    return read_values(reading, node, set);
}

/* Takes one set of a list. *ours false: it lies at another name, and ours are over. */
static int take_set(const struct reading *reading, const xmlNode *node, bool *ours)
{
    char name[AWS_NAME_SIZE];
    char type[TYPE_SIZE];
    struct labels labels;

    *ours = false;
    if (!xml_text(xml_child(node, "Name"), name, sizeof name) ||
        !xml_text(xml_child(node, "Type"), type, sizeof type))
        return fail_answer(reading, "no name or type");
    *ours = labels_read_service(name, &labels) && labels_equal(&labels, &reading->labels);
    if (*ours && strcmp(type, "CNAME") == 0)
        reading->out->alias = true;
    return *ours && strcmp(type, "TXT") == 0 ? read_set(reading, node) : DNSHOOK_OK;
}

/* Finds out where the next page begins, if it can hold more sets of our name. */
static int read_next(struct reading *reading, const xmlNode *root)
{
    const struct page before = reading->page;
    struct page *const page = &reading->page;
    struct labels labels;
    char truncated[8];

    reading->more = xml_text(xml_child(root, "IsTruncated"), truncated, sizeof truncated) &&
                    strcmp(truncated, "true") == 0;
    if (!reading->more)
        return DNSHOOK_OK;
    if (!xml_text(xml_child(root, "NextRecordName"), page->name, sizeof page->name) ||
        !xml_text(xml_child(root, "NextRecordType"), page->type, sizeof page->type) ||
        !read_exactly(xml_child(root, "NextRecordIdentifier"), page->identifier,
                      sizeof page->identifier) ||
        !labels_read_service(page->name, &labels))
        return fail_answer(reading, "a next page that cannot be read");
    if (strcmp(before.name, page->name) == 0 && strcmp(before.type, page->type) == 0 &&
        strcmp(before.identifier, page->identifier) == 0)
        return fail_answer(reading, "a next page that is the same again");
    reading->more = labels_equal(&labels, &reading->labels);
    return DNSHOOK_OK;
}

static int take_page(struct reading *reading, const xmlNode *root)
{
    const xmlNode *node = xml_child(xml_child(root, "ResourceRecordSets"), "ResourceRecordSet");
    bool ours = true;

    for (; node != NULL && ours; node = xml_next(node)) {
        const int status = take_set(reading, node, &ours);

        if (status != DNSHOOK_OK)
            return status;
    }
    reading->more = false;
    return ours ? read_next(reading, root) : DNSHOOK_OK;
}

/* Asks for the page. The type is left out at first, so that a CNAME is seen as well. */
static int ask_page(struct reading *reading)
{
    struct aws_pair query[5] = {{"name", reading->page.name}, {"maxitems", page_size}};
    struct aws_response response = {.code = 0};
    char path[ROUTE53_PATH_SIZE];
    char arn[ROUTE53_ARN_SIZE];
    char what[AWS_NAME_SIZE + 64];
    xmlDoc *document = NULL;

    if (reading->page.type[0] != '\0')
        query[2] = (struct aws_pair){"type", reading->page.type};
    if (reading->page.identifier[0] != '\0')
        query[3] = (struct aws_pair){"identifier", reading->page.identifier};
    (void)snprintf(path, sizeof path, "/2013-04-01/hostedzone/%s/rrset", reading->zone_id);
    int status = route53_ask(reading->self, path, query, "ListResourceRecordSetsResponse",
                             &response, &document);

    if (status == DNSHOOK_OK && document == NULL) {
        route53_arn(reading->self, "hostedzone", reading->zone_id, arn);
        (void)snprintf(what, sizeof what, "reading the TXT set at %s", reading->name);
        return aws_fail(&reading->self->aws, &response, what, "route53:ListResourceRecordSets",
                        arn);
    }
    if (status == DNSHOOK_OK)
        status = take_page(reading, xmlDocGetRootElement(document));
    xmlFreeDoc(document);
    return status;
}

int rrset_read(struct route53 *self, const char *zone_id, const char *name, struct standing *out)
{
    struct reading reading = {
        .self = self, .name = name, .zone_id = zone_id, .out = out, .more = true};
    int status = DNSHOOK_OK;

    *out = (struct standing){.sets = NULL};
    if (!labels_read(name, &reading.labels))
        return dnshook_fail(self->aws.host, DNSHOOK_BAD_CONFIG, "%s is not a DNS name", name);
    labels_write_service(&reading.labels, reading.page.name);
    for (size_t pages = 0; reading.more && status == DNSHOOK_OK; pages++)
        status = pages < PAGES_MAX ? ask_page(&reading)
                                   : fail_answer(&reading, "more pages than there can be");
    if (status != DNSHOOK_OK)
        rrset_free(self->aws.host, out);
    return status;
}
