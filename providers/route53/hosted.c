/*
 * What Route 53 says of hosted zones.
 *
 * SPDX-License-Identifier: MIT
 */
#include "hosted.h"

#include "xml.h"

#include <string.h>

enum { NAMESERVERS_SIZE = 4096, MARKER_SIZE = 256, PAGES_MAX = 500 /* of 100 zones each */ };

static const char page_size[] = "100"; /* the most that the service gives */

/* ---- memory ---- */

/* The zone with an id, new at the end if it is not known yet; NULL: memory ran out. */
static struct hosted *remember(struct route53 *self, const char *id)
{
    struct hosted **end = &self->zones;

    for (; *end != NULL; end = &(*end)->next)
        if (strcmp((*end)->id, id) == 0)
            return *end;
    struct hosted *const zone = self->aws.host->alloc(self->aws.host, sizeof *zone);

    if (zone == NULL)
        return NULL;
    (void)snprintf(zone->id, sizeof zone->id, "%s", id);
    *end = zone;
    return zone;
}

void hosted_forget(struct route53 *self)
{
    const struct dnshook_host *const host = self->aws.host;

    while (self->zones != NULL) {
        struct hosted *const zone = self->zones;

        self->zones = zone->next;
        host->free(host, zone->name);
        host->free(host, zone->nameservers);
        host->free(host, zone);
    }
}

struct hosted *hosted_find(const struct route53 *self, const struct labels *name)
{
    for (struct hosted *zone = self->zones; zone != NULL; zone = zone->next)
        if (zone->name != NULL && !zone->is_private && labels_equal(&zone->labels, name))
            return zone;
    return NULL;
}

bool hosted_has_nameserver(const struct hosted *zone, const char *name)
{
    const size_t size = strlen(name);
    const char *at = zone->nameservers;

    while (at != NULL && *at != '\0' && size > 0) {
        const size_t length = strcspn(at, " ");

        if (length == size && memcmp(at, name, size) == 0)
            return true;
        at += length;
        at += strspn(at, " ");
    }
    return false;
}

/* ---- answers ---- */

static int fail_zone(const struct route53 *self, const char *what)
{
    return dnshook_fail(self->aws.host, DNSHOOK_BAD_ANSWER, "Route 53 names a hosted zone %s",
                        what);
}

/* Reads a HostedZone element. */
static int read_zone(struct route53 *self, const xmlNode *node, struct hosted **out)
{
    char text[AWS_NAME_SIZE];
    char id[ROUTE53_ID_SIZE];
    char flag[8];

    if (!xml_text(xml_child(node, "Id"), text, sizeof text) || !route53_id(text, "hostedzone", id))
        return fail_zone(self, "without an id");
    struct hosted *const zone = remember(self, id);

    if (zone == NULL)
        return aws_no_memory(&self->aws);
    *out = zone;
    if (zone->name != NULL)
        return DNSHOOK_OK;
    if (!xml_text(xml_child(node, "Name"), text, sizeof text) ||
        !labels_read_service(text, &zone->labels))
        return fail_zone(self, "whose name is none");
    zone->is_private =
        xml_text(xml_child(xml_child(node, "Config"), "PrivateZone"), flag, sizeof flag) &&
        strcmp(flag, "true") == 0;
    labels_write(&zone->labels, text);
    zone->name = aws_copy(&self->aws, text);
    return zone->name != NULL ? DNSHOOK_OK : aws_no_memory(&self->aws);
}

/* Reads the names of a delegation set. */
static int read_nameservers(struct route53 *self, const xmlNode *set, struct hosted *zone)
{
    const xmlNode *node = xml_child(xml_child(set, "NameServers"), "NameServer");
    char all[NAMESERVERS_SIZE] = "";
    size_t used = 0;

    for (; node != NULL && used + AWS_NAME_SIZE < sizeof all; node = xml_next(node)) {
        char name[AWS_NAME_SIZE];
        struct labels labels;

        if (!xml_text(node, name, sizeof name) || !labels_read_service(name, &labels))
            return fail_zone(self, "with a nameserver whose name is none");
        labels_write(&labels, name);
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", used > 0 ? " " : "", name);
    }
    zone->nameservers = aws_copy(&self->aws, all);
    return zone->nameservers != NULL ? DNSHOOK_OK : aws_no_memory(&self->aws);
}

static int read_list(struct route53 *self, const xmlNode *root)
{
    const xmlNode *node = xml_child(xml_child(root, "HostedZones"), "HostedZone");
    int status = DNSHOOK_OK;

    for (; node != NULL && status == DNSHOOK_OK; node = xml_next(node)) {
        struct hosted *zone = NULL;

        status = read_zone(self, node, &zone);
    }
    return status;
}

static bool is_truncated(const xmlNode *root)
{
    char flag[8];

    return xml_text(xml_child(root, "IsTruncated"), flag, sizeof flag) && strcmp(flag, "true") == 0;
}

/* ---- questions ---- */

/* Asks for a zone that is only known by its id. */
static int ask_zone(struct route53 *self, struct hosted *zone)
{
    struct aws_response response = {.code = 0};
    char path[ROUTE53_PATH_SIZE];
    char what[128];
    char arn[ROUTE53_ARN_SIZE];
    xmlDoc *document = NULL;
    struct hosted *same = NULL;

    (void)snprintf(path, sizeof path, "/2013-04-01/hostedzone/%s", zone->id);
    (void)snprintf(what, sizeof what, "looking at hosted zone %s", zone->id);
    route53_arn(self, "hostedzone", zone->id, arn);
    int status = route53_ask(self, path, NULL, "GetHostedZoneResponse", &response, &document);

    if (status != DNSHOOK_OK)
        return status;
    zone->asked = true;
    if (route53_is_denied(&response)) {
        zone->denied = true;
        dnshook_log(self->aws.host, DNSHOOK_LOG_WARNING,
                    "%s is not allowed (route53:GetHostedZone on %s), so its nameservers cannot be "
                    "compared with those that the Internet is led to",
                    what, arn);
        return DNSHOOK_OK;
    }
    if (document == NULL)
        return aws_fail(&self->aws, &response, what, "route53:GetHostedZone", arn);
    const xmlNode *const root = xmlDocGetRootElement(document);

    status = read_zone(self, xml_child(root, "HostedZone"), &same);
    if (status == DNSHOOK_OK && same != zone)
        status = fail_zone(self, "that was not asked for");
    if (status == DNSHOOK_OK)
        status = read_nameservers(self, xml_child(root, "DelegationSet"), zone);
    xmlFreeDoc(document);
    return status;
}

int hosted_get(struct route53 *self, const char *id, struct hosted **out)
{
    struct hosted *const zone = remember(self, id);
    int status = zone != NULL ? DNSHOOK_OK : aws_no_memory(&self->aws);

    if (zone != NULL && !zone->asked)
        status = ask_zone(self, zone);
    *out = zone;
    return status;
}

/* Where the next page of a search begins; *more false: there is none that could hold the name. */
static int next_search(struct route53 *self, const xmlNode *root, const struct labels *name,
                       char next_name[AWS_NAME_SIZE], char next_id[ROUTE53_ID_SIZE], bool *more)
{
    char text[MARKER_SIZE];
    char last[ROUTE53_ID_SIZE];
    struct labels next;

    *more = false;
    if (!is_truncated(root))
        return DNSHOOK_OK;
    memcpy(last, next_id, sizeof last);
    if (!xml_text(xml_child(root, "NextDNSName"), next_name, AWS_NAME_SIZE) ||
        !labels_read_service(next_name, &next) ||
        !xml_text(xml_child(root, "NextHostedZoneId"), text, sizeof text) ||
        !route53_id(text, "hostedzone", next_id) || strcmp(last, next_id) == 0)
        return fail_zone(self, "list that goes on nowhere");
    *more = labels_equal(&next, name);
    return DNSHOOK_OK;
}

/* Marks the zones of a name as all known. */
static void mark_searched(struct route53 *self, const struct labels *name)
{
    for (struct hosted *zone = self->zones; zone != NULL; zone = zone->next)
        if (zone->name != NULL && labels_equal(&zone->labels, name))
            zone->searched = true;
}

int hosted_search(struct route53 *self, const char *name, bool *denied)
{
    char next_name[AWS_NAME_SIZE];
    char next_id[ROUTE53_ID_SIZE] = "";
    struct labels labels;
    bool more = labels_read(name, &labels);
    int status = DNSHOOK_OK;

    *denied = false;
    if (more)
        labels_write_service(&labels, next_name);
    for (size_t pages = 0; more && status == DNSHOOK_OK; pages++) {
        if (pages == PAGES_MAX)
            return fail_zone(self, "list that has no end");
        const struct aws_pair query[] = {
            {"dnsname", next_name},
            {"maxitems", page_size},
            {next_id[0] != '\0' ? "hostedzoneid" : NULL, next_id},
            {NULL, NULL},
        };
        struct aws_response response = {.code = 0};
        xmlDoc *document = NULL;

        status = route53_ask(self, "/2013-04-01/hostedzonesbyname", query,
                             "ListHostedZonesByNameResponse", &response, &document);
        *denied = status == DNSHOOK_OK && route53_is_denied(&response);
        if (status != DNSHOOK_OK || *denied)
            return status;
        if (document == NULL)
            return aws_fail(&self->aws, &response, "looking for a hosted zone",
                            "route53:ListHostedZonesByName", "*");
        status = read_list(self, xmlDocGetRootElement(document));
        if (status == DNSHOOK_OK)
            status = next_search(self, xmlDocGetRootElement(document), &labels, next_name, next_id,
                                 &more);
        xmlFreeDoc(document);
    }
    mark_searched(self, &labels);
    return status;
}

/* Asks for one page of the list; `marker` is where it begins, and then where the next one does. */
static int ask_list(struct route53 *self, char marker[MARKER_SIZE], bool *more)
{
    const struct aws_pair query[] = {
        {"maxitems", page_size}, {marker[0] != '\0' ? "marker" : NULL, marker}, {NULL, NULL}};
    struct aws_response response = {.code = 0};
    char next[MARKER_SIZE] = "";
    xmlDoc *document = NULL;
    int status = route53_ask(self, "/2013-04-01/hostedzone", query, "ListHostedZonesResponse",
                             &response, &document);

    if (status != DNSHOOK_OK)
        return status;
    if (document == NULL)
        return aws_fail(&self->aws, &response,
                        "listing the hosted zones (which is not needed where ACME_HOSTED_ZONE "
                        "names one)",
                        "route53:ListHostedZones", "*");
    const xmlNode *const root = xmlDocGetRootElement(document);

    status = read_list(self, root);
    *more = status == DNSHOOK_OK && is_truncated(root);
    if (*more &&
        (!xml_text(xml_child(root, "NextMarker"), next, sizeof next) || strcmp(next, marker) == 0))
        status = fail_zone(self, "list that goes on nowhere");
    memcpy(marker, next, sizeof next);
    xmlFreeDoc(document);
    return status;
}

int hosted_list(struct route53 *self)
{
    char marker[MARKER_SIZE] = "";
    int status = DNSHOOK_OK;

    bool more = !self->all_listed;

    for (size_t pages = 0; more && status == DNSHOOK_OK; pages++)
        status = pages < PAGES_MAX ? ask_list(self, marker, &more)
                                   : fail_zone(self, "list that has no end");
    self->all_listed = status == DNSHOOK_OK;
    return status;
}
