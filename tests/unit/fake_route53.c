/*
 * A Route 53 in memory.
 *
 * SPDX-License-Identifier: MIT
 */
#include "error.h"
#include "fake_route53.h"
#include "profile.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define XMLNS "https://route53.amazonaws.com/doc/2013-04-01/"

enum { ANSWER_SIZE = 1024 * 1024 };

static struct fake_route53 *current;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- parts that the provider's other files need ---------------------------------------------- */

int aws_credentials(struct aws *aws, bool fresh, const struct aws_credentials **credentials)
{
    (void)fresh;
    aws->credentials = (struct aws_credentials){.access_key_id = "AKIDEXAMPLE",
                                                .secret_access_key = "SECRET-of-tests",
                                                .source = "the tests"};
    *credentials = &aws->credentials;
    return DNSHOOK_OK;
}

int profiles_read(struct aws *aws)
{
    (void)aws;
    return DNSHOOK_OK;
}

const char *profiles_chosen(const struct aws *aws)
{
    (void)aws;
    return "default";
}

const char *profiles_get(const struct aws *aws, enum profile_kind kind, const char *name,
                         const char *property)
{
    (void)aws;
    (void)kind;
    (void)name;
    (void)property;
    return NULL;
}

/* ---- text ------------------------------------------------------------------------------------ */

/* A growing text. */
struct out {
    char *text;
    size_t used;
    size_t room;
};

__attribute__((__format__(__printf__, 2, 3))) static void put(struct out *out, const char *format,
                                                              ...)
{
    va_list args;
    int size;

    if (out->room - out->used < 32768) {
        out->room = 2 * out->room + 65536;
        out->text = realloc(out->text, out->room);
    }
    va_start(args, format);
    size = vsnprintf(out->text + out->used, out->room - out->used, format, args);
    va_end(args);
    out->used += (size_t)size;
}

/* Text with the five entities. */
static void put_escaped(struct out *out, const char *text)
{
    for (; *text != '\0'; text++)
        if (strchr("&<>\"'", *text) != NULL)
            put(out, "&#%d;", *text);
        else
            put(out, "%c", *text);
}

static void put_element(struct out *out, const char *name, const char *text)
{
    put(out, "<%s>", name);
    put_escaped(out, text);
    put(out, "</%s>", name);
}

/* A name in the form that the service lists: lower case, octal escapes, final dot. */
static bool normal_name(const char *text, char out[FAKE_NAME_SIZE])
{
    size_t used = 0;
    unsigned byte = 0;
    int taken;

    out[0] = '\0';
    while (*text != '\0' && used + 8 < FAKE_NAME_SIZE) {
        if (*text == '.' && used > 0 && out[used - 1] != '.') {
            out[used++] = *text++;
            out[used] = '\0';
            continue;
        }
        if (*text == '.')
            return false;
        byte = (unsigned char)*text;
        taken = 1;
        if (*text == '\\' &&
            (strspn(text + 1, "01234567") < 3 || sscanf(text + 1, "%3o%n", &byte, &taken) != 1))
            return false;
        text += *text == '\\' ? taken + 1 : 1;
        if (byte >= 'A' && byte <= 'Z')
            byte += 'a' - 'A';
        used += (size_t)snprintf(
            out + used, FAKE_NAME_SIZE - used,
            strchr("abcdefghijklmnopqrstuvwxyz0123456789-_", (int)byte) != NULL ? "%c" : "\\%03o",
            byte);
    }
    if (used == 0 || out[used - 1] != '.')
        (void)snprintf(out + used, FAKE_NAME_SIZE - used, ".");
    return true;
}

/* A value in the form that the service lists; false with *why set: it takes no such value. */
static bool normal_value(const char *text, char *out, size_t size, const char **why)
{
    size_t used = 0;
    size_t length = 0;
    bool open = false;

    *why = "InvalidCharacterString (Value should be enclosed in quotation marks)";
    if (strlen(text) > 4000 || *text != '"')
        return false;
    for (; *text != '\0' && used + 8 < size; text++) {
        unsigned byte = (unsigned char)*text;

        if (!open) {
            if (*text != '"')
                return false;
            used += (size_t)snprintf(out + used, size - used, "%s\"", used > 0 ? " " : "");
            open = true;
            length = 0;
            continue;
        }
        if (*text == '"') {
            out[used++] = '"';
            open = false;
            if (text[1] == ' ' && text[2] == '"')
                text++;
            else if (text[1] != '\0')
                return false;
            continue;
        }
        if (*text == '\\' && strspn(text + 1, "01234567") >= 3) {
            (void)sscanf(text + 1, "%3o", &byte);
            text += 3;
        } else if (*text == '\\') {
            byte = (unsigned char)*++text;
        }
        if (byte > 255 || *text == '\0')
            return false;
        *why = "CharacterStringTooLong (Value is too long)";
        if (++length > 255)
            return false;
        *why = "InvalidCharacterString (Value should be enclosed in quotation marks)";
        used += (size_t)snprintf(out + used, size - used,
                                 byte < 32 || byte > 126       ? "\\%03o"
                                 : byte == '"' || byte == '\\' ? "\\%c"
                                                               : "%c",
                                 byte);
    }
    out[used] = '\0';
    return !open;
}

/* Compares names label by label from the right, as the service sorts. */
static int compare_names(const char *a, const char *b)
{
    size_t i = strlen(a);
    size_t j = strlen(b);

    while (i > 0 && j > 0) {
        size_t from = --i;
        size_t other = --j;
        int order;

        while (i > 0 && a[i - 1] != '.')
            i--;
        while (j > 0 && b[j - 1] != '.')
            j--;
        from -= i;
        other -= j;
        order = memcmp(a + i, b + j, from < other ? from : other);
        if (order != 0 || from != other)
            return order != 0 ? order : from < other ? -1 : 1;
    }
    return i > 0 ? 1 : j > 0 ? -1 : 0;
}

static int compare_sets(const void *a, const void *b)
{
    const struct fake_set *const one = a;
    const struct fake_set *const two = b;
    int order = compare_names(one->name, two->name);

    order = order != 0 ? order : strcmp(one->type, two->type);
    return order != 0 ? order : strcmp(one->identifier, two->identifier);
}

static int compare_zones(const void *a, const void *b)
{
    const struct fake_zone *const one = a;
    const struct fake_zone *const two = b;
    const int order = compare_names(one->name, two->name);

    return order != 0 ? order : strcmp(one->id, two->id);
}

/* ---- contents -------------------------------------------------------------------------------- */

struct fake_route53 *fake_route53_new(void)
{
    xmlInitParser();
    current = calloc(1, sizeof *current);
    current->text = "it was told to";
    current->poison_text = "The batch holds what is not liked";
    return current;
}

static void clear_set(struct fake_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        free(set->values[i]);
    set->count = 0;
}

void fake_sets_clear(struct fake_route53 *fake)
{
    for (size_t i = 0; i < fake->set_count; i++)
        clear_set(&fake->sets[i]);
    fake->set_count = 0;
}

void fake_route53_free(struct fake_route53 *fake)
{
    fake_sets_clear(fake);
    free(fake);
    current = NULL;
}

struct fake_zone *fake_zone_add(struct fake_route53 *fake, const char *id, const char *name,
                                unsigned number)
{
    struct fake_zone *const zone = &fake->zones[fake->zone_count++];

    (void)snprintf(zone->id, sizeof zone->id, "%s", id);
    (void)normal_name(name, zone->name);
    zone->is_private = number == 0;
    for (unsigned i = 0; i < FAKE_NAMESERVERS && number > 0; i++)
        (void)snprintf(zone->nameservers[i], sizeof zone->nameservers[i], "ns-%u.awsdns.test",
                       number + i);
    return zone;
}

void fake_set_value(struct fake_set *set, const char *value)
{
    set->values[set->count++] = strdup(value);
}

struct fake_set *fake_set_add(struct fake_route53 *fake, const char *name, const char *type,
                              uint32_t ttl, const char *value)
{
    struct fake_set *const set = &fake->sets[fake->set_count++];

    *set = (struct fake_set){.ttl = ttl};
    (void)normal_name(name, set->name);
    (void)snprintf(set->type, sizeof set->type, "%s", type);
    fake_set_value(set, value);
    return set;
}

struct fake_set *fake_set_find(struct fake_route53 *fake, const char *name, const char *type,
                               const char *identifier)
{
    for (size_t i = 0; i < fake->set_count; i++)
        if (strcmp(fake->sets[i].name, name) == 0 && strcmp(fake->sets[i].type, type) == 0 &&
            strcmp(fake->sets[i].identifier, identifier) == 0)
            return &fake->sets[i];
    return NULL;
}

bool fake_set_has(const struct fake_set *set, const char *value)
{
    for (size_t i = 0; set != NULL && i < set->count; i++)
        if (strcmp(set->values[i], value) == 0)
            return true;
    return false;
}

unsigned fake_calls(const struct fake_route53 *fake)
{
    unsigned count = 0;

    for (size_t i = 0; i < FAKE_OPS; i++)
        count += fake->calls[i];
    return count;
}

/* ---- answers --------------------------------------------------------------------------------- */

/* One call. */
struct call {
    struct fake_route53 *fake;
    const struct aws_request *request;
    struct out out;
    uint32_t code;
};

static const char *query_of(const struct call *call, const char *name)
{
    for (const struct aws_pair *pair = call->request->query; pair != NULL && pair->name != NULL;
         pair++)
        if (strcmp(pair->name, name) == 0)
            return pair->value;
    return NULL;
}

static void refuse(struct call *call, uint32_t code, const char *error, const char *text)
{
    call->out.used = 0;
    call->code = code;
    put(&call->out,
        "<?xml version=\"1.0\"?>\n<ErrorResponse xmlns=\"" XMLNS "\"><Error>"
        "<Type>Sender</Type><Code>%s</Code>",
        error);
    put_element(&call->out, "Message", text);
    put(&call->out, "</Error><RequestId>1</RequestId></ErrorResponse>");
}

static void refuse_batch(struct call *call, const struct out *messages)
{
    if (call->fake->old_shape) {
        xmlDoc *const doc = xmlReadMemory(messages->text, (int)messages->used, NULL, NULL, 0);
        xmlChar *const text = xmlNodeGetContent(xmlDocGetRootElement(doc));

        refuse(call, 400, "InvalidChangeBatch", (const char *)text);
        xmlFree(text);
        xmlFreeDoc(doc);
        return;
    }
    call->code = 400;
    call->out.used = 0;
    put(&call->out,
        "<InvalidChangeBatch xmlns=\"" XMLNS "\">%s<RequestId>1</RequestId>"
        "</InvalidChangeBatch>",
        messages->text);
}

static void put_zone(struct out *out, const struct fake_zone *zone)
{
    put(out, "<HostedZone>");
    put(out, "<Id>/hostedzone/%s</Id>", zone->id);
    put_element(out, "Name", zone->name);
    put(out,
        "<CallerReference>1</CallerReference><Config><PrivateZone>%s</PrivateZone></Config>"
        "<ResourceRecordSetCount>2</ResourceRecordSetCount></HostedZone>",
        zone->is_private ? "true" : "false");
}

static void get_zone(struct call *call, const char *id)
{
    const struct fake_zone *zone = NULL;

    for (size_t i = 0; i < call->fake->zone_count; i++)
        if (strcmp(call->fake->zones[i].id, id) == 0)
            zone = &call->fake->zones[i];
    if (zone == NULL) {
        refuse(call, 404, "NoSuchHostedZone", "No hosted zone found with ID");
        return;
    }
    put(&call->out, "<GetHostedZoneResponse xmlns=\"" XMLNS "\">");
    put_zone(&call->out, zone);
    if (!zone->is_private) {
        put(&call->out, "<DelegationSet><NameServers>");
        for (size_t i = 0; i < FAKE_NAMESERVERS; i++)
            put_element(&call->out, "NameServer", zone->nameservers[i]);
        put(&call->out, "</NameServers></DelegationSet>");
    }
    put(&call->out, "</GetHostedZoneResponse>");
}

static size_t page_size(const struct call *call, size_t most)
{
    const char *const text = query_of(call, "maxitems");
    size_t size = text != NULL ? strtoul(text, NULL, 10) : most;

    size = size < most ? size : most;
    return call->fake->page > 0 && call->fake->page < size ? call->fake->page : size;
}

static void list_zones(struct call *call)
{
    const char *const marker = query_of(call, "marker");
    const size_t from = marker != NULL ? strtoul(marker, NULL, 10) : 0;
    const size_t size = page_size(call, 100);
    size_t i = from;

    put(&call->out, "<ListHostedZonesResponse xmlns=\"" XMLNS "\"><HostedZones>");
    for (; i < call->fake->zone_count && i < from + size; i++)
        put_zone(&call->out, &call->fake->zones[i]);
    put(&call->out, "</HostedZones><IsTruncated>%s</IsTruncated>",
        i < call->fake->zone_count ? "true" : "false");
    if (i < call->fake->zone_count)
        put(&call->out, "<NextMarker>%zu</NextMarker>", i);
    put(&call->out, "<MaxItems>%zu</MaxItems></ListHostedZonesResponse>", size);
}

static void search_zones(struct call *call)
{
    const char *const id = query_of(call, "hostedzoneid");
    const size_t size = page_size(call, 100);
    char from[FAKE_NAME_SIZE];
    size_t count = 0;
    size_t i = 0;

    (void)normal_name(query_of(call, "dnsname"), from);
    qsort(call->fake->zones, call->fake->zone_count, sizeof *call->fake->zones, compare_zones);
    put(&call->out, "<ListHostedZonesByNameResponse xmlns=\"" XMLNS "\"><HostedZones>");
    for (; i < call->fake->zone_count && count < size; i++) {
        const struct fake_zone *const zone = &call->fake->zones[i];
        const int order = compare_names(zone->name, from);

        if (order < 0 || (order == 0 && id != NULL && strcmp(zone->id, id) < 0))
            continue;
        put_zone(&call->out, zone);
        count++;
    }
    put(&call->out, "</HostedZones><DNSName>%s</DNSName><IsTruncated>%s</IsTruncated>", from,
        i < call->fake->zone_count ? "true" : "false");
    if (i < call->fake->zone_count) {
        put_element(&call->out, "NextDNSName", call->fake->zones[i].name);
        put_element(&call->out, "NextHostedZoneId", call->fake->zones[i].id);
    }
    put(&call->out, "<MaxItems>%zu</MaxItems></ListHostedZonesByNameResponse>", size);
}

/* A value as it is listed. */
static void put_value(struct call *call, const char *value)
{
    char text[8192];
    size_t used = 0;

    for (size_t i = 0; value[i] != '\0'; i++)
        if (!call->fake->glue || value[i] != ' ' || i == 0 || value[i - 1] != '"' ||
            value[i + 1] != '"')
            text[used++] = value[i];
    text[used] = '\0';
    put_element(&call->out, "Value", text);
}

static void put_set(struct call *call, const struct fake_set *set)
{
    struct out *const out = &call->out;

    put(out, "<ResourceRecordSet>");
    put_element(out, "Name", set->name);
    put_element(out, "Type", set->type);
    if (set->identifier[0] != '\0')
        put_element(out, "SetIdentifier", set->identifier);
    if (set->policy[0] != '\0')
        put_element(out, set->policy, strcmp(set->policy, "MultiValueAnswer") == 0 ? "true" : "1");
    put(out, "<TTL>%u</TTL><ResourceRecords>", set->ttl);
    for (size_t i = 0; i < set->count; i++) {
        put(out, "<ResourceRecord>");
        put_value(call, set->values[i]);
        put(out, "</ResourceRecord>");
    }
    put(out, "</ResourceRecords>");
    if (set->health_check[0] != '\0')
        put_element(out, "HealthCheckId", set->health_check);
    put(out, "</ResourceRecordSet>");
}

static void list_sets(struct call *call)
{
    struct fake_route53 *const fake = call->fake;
    const char *const type = query_of(call, "type");
    const char *const identifier = query_of(call, "identifier");
    const size_t size = page_size(call, 300);
    struct fake_set from = {.ttl = 0};
    size_t count = 0;
    size_t i = 0;

    (void)normal_name(query_of(call, "name"), from.name);
    (void)snprintf(from.type, sizeof from.type, "%s", type != NULL ? type : "");
    (void)snprintf(from.identifier, sizeof from.identifier, "%s",
                   identifier != NULL ? identifier : "");
    qsort(fake->sets, fake->set_count, sizeof *fake->sets, compare_sets);
    put(&call->out, "<ListResourceRecordSetsResponse xmlns=\"" XMLNS "\"><ResourceRecordSets>");
    for (; i < fake->set_count && count < size; i++) {
        if (compare_sets(&fake->sets[i], &from) < 0)
            continue;
        put_set(call, &fake->sets[i]);
        count++;
    }
    put(&call->out, "</ResourceRecordSets><IsTruncated>%s</IsTruncated>",
        i < fake->set_count ? "true" : "false");
    if (i < fake->set_count) {
        put_element(&call->out, "NextRecordName", fake->sets[i].name);
        put_element(&call->out, "NextRecordType", fake->sets[i].type);
        if (fake->sets[i].identifier[0] != '\0')
            put_element(&call->out, "NextRecordIdentifier", fake->sets[i].identifier);
    }
    put(&call->out, "<MaxItems>%zu</MaxItems></ListResourceRecordSetsResponse>", size);
}

/* ---- changes --------------------------------------------------------------------------------- */

/* The state that a batch works on, until it is known to be good. */
struct state {
    struct fake_set *sets;
    size_t count;
    struct out messages;
    char **owned; /* values of sets in the request */
    size_t owned_count;
    bool malformed;
    size_t elements;
    size_t characters;
};

__attribute__((__format__(__printf__, 2, 3))) static void object(struct state *state,
                                                                 const char *format, ...)
{
    char text[4096];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    put_element(&state->messages, "Message", text);
}

/* The children of an element must come in this order; which of them are there is noted. */
static bool in_order(const xmlNode *parent, const char *const *names, const xmlNode **found)
{
    size_t at = 0;

    for (size_t i = 0; names[i] != NULL; i++)
        found[i] = NULL;
    for (const xmlNode *node = parent->children; node != NULL; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        while (names[at] != NULL && strcmp(names[at], (const char *)node->name) != 0)
            at++;
        if (names[at] == NULL || node->ns == NULL ||
            strcmp((const char *)node->ns->href, XMLNS) != 0)
            return false;
        found[at] = found[at] == NULL ? node : found[at];
    }
    return true;
}

static void content(const xmlNode *node, char *out, size_t size)
{
    xmlChar *const text = node != NULL ? xmlNodeGetContent(node) : NULL;

    (void)snprintf(out, size, "%s", text != NULL ? (const char *)text : "");
    xmlFree(text);
}

static bool read_values(struct state *state, const xmlNode *records, struct fake_set *set)
{
    static const char *const names[] = {"Value", NULL};
    char text[8192];
    char normal[16384];

    for (const xmlNode *node = records->children; node != NULL; node = node->next) {
        const xmlNode *value = NULL;
        const char *why = NULL;

        if (strcmp((const char *)node->name, "ResourceRecord") != 0 ||
            !in_order(node, names, &value) || value == NULL || set->count == FAKE_VALUES)
            return false;
        content(value, text, sizeof text);
        state->elements++;
        state->characters += strlen(text);
        if (!normal_value(text, normal, sizeof normal, &why)) {
            object(state, "Invalid Resource Record: FATAL problem: %s encountered with '%s'", why,
                   text);
            continue;
        }
        if (fake_set_has(set, normal))
            object(state, "Duplicate Resource Record: '%s'", text);
        fake_set_value(set, normal);
        state->owned = realloc(state->owned, (state->owned_count + 1) * sizeof *state->owned);
        state->owned[state->owned_count++] = set->values[set->count - 1];
    }
    return true;
}

static bool read_set(struct state *state, const xmlNode *node, struct fake_set *set)
{
    static const char *const names[] = {"Name",
                                        "Type",
                                        "SetIdentifier",
                                        "Weight",
                                        "Region",
                                        "Failover",
                                        "MultiValueAnswer",
                                        "TTL",
                                        "ResourceRecords",
                                        "HealthCheckId",
                                        NULL};
    const xmlNode *found[10];
    char text[FAKE_NAME_SIZE];

    *set = (struct fake_set){.ttl = 0};
    if (!in_order(node, names, found) || found[0] == NULL || found[1] == NULL || found[7] == NULL ||
        found[8] == NULL)
        return false;
    content(found[0], text, sizeof text);
    if (!normal_name(text, set->name))
        return false;
    content(found[1], set->type, sizeof set->type);
    content(found[2], set->identifier, sizeof set->identifier);
    content(found[9], set->health_check, sizeof set->health_check);
    content(found[6], text, sizeof text);
    (void)snprintf(set->policy, sizeof set->policy, "%s",
                   strcmp(text, "true") == 0 ? "MultiValueAnswer" : "");
    content(found[7], text, sizeof text);
    set->ttl = (uint32_t)strtoul(text, NULL, 10);
    if (strlen(set->identifier) > 128 || (set->identifier[0] == '\0') != (set->policy[0] == '\0'))
        return false;
    return read_values(state, found[8], set);
}

static struct fake_set *find_in(struct state *state, const struct fake_set *like)
{
    for (size_t i = 0; i < state->count; i++)
        if (compare_sets(&state->sets[i], like) == 0)
            return &state->sets[i];
    return NULL;
}

static bool same_contents(const struct fake_set *a, const struct fake_set *b)
{
    bool same = a->ttl == b->ttl && a->count == b->count && strcmp(a->policy, b->policy) == 0 &&
                strcmp(a->health_check, b->health_check) == 0;

    for (size_t i = 0; i < a->count && same; i++)
        same = fake_set_has(b, a->values[i]);
    return same;
}

static void create(struct state *state, const struct fake_set *set)
{
    if (find_in(state, set) != NULL) {
        object(state,
               "Tried to create resource record set [name='%s', type='%s'] but it already exists",
               set->name, set->type);
        return;
    }
    for (size_t i = 0; i < state->count; i++) {
        const struct fake_set *const other = &state->sets[i];

        if (strcmp(other->name, set->name) != 0)
            continue;
        if (strcmp(other->type, "CNAME") == 0)
            object(state,
                   "RRSet of type %s with DNS name %s is not permitted as it conflicts with other "
                   "records with the same DNS name in zone",
                   set->type, set->name);
        else if (strcmp(other->type, set->type) == 0 && strcmp(other->policy, set->policy) != 0)
            object(state,
                   "RRSet with DNS name %s, type %s, SetIdentifier \"%s\" cannot be created "
                   "because a non multivalue answer rrset exists with the same name and type.",
                   set->name, set->type, set->identifier);
    }
    if (set->count > 400)
        object(state, "The number of values of %s exceeds 400", set->name);
    state->sets[state->count++] = *set;
}

static void delete (struct state *state, const struct fake_set *set)
{
    struct fake_set *const found = find_in(state, set);

    if (found == NULL)
        object(state,
               "Tried to delete resource record set [name='%s', type='%s'] but it was not found",
               set->name, set->type);
    else if (!same_contents(found, set))
        object(state,
               "Tried to delete resource record set [name='%s', type='%s'] but the values "
               "provided do not match the current values",
               set->name, set->type);
    else
        *found = state->sets[--state->count];
}

static bool ends_with(const char *name, const char *zone)
{
    const size_t size = strlen(name);
    const size_t part = strlen(zone);

    return size >= part && strcmp(name + size - part, zone) == 0 &&
           (size == part || name[size - part - 1] == '.');
}

static void do_change(struct state *state, const struct fake_zone *zone, const xmlNode *node)
{
    static const char *const names[] = {"Action", "ResourceRecordSet", NULL};
    const xmlNode *found[2];
    struct fake_set set;
    char action[16];

    if (strcmp((const char *)node->name, "Change") != 0 || !in_order(node, names, found) ||
        found[0] == NULL || found[1] == NULL || !read_set(state, found[1], &set)) {
        state->malformed = true;
        return;
    }
    content(found[0], action, sizeof action);
    if (!ends_with(set.name, zone->name))
        object(state, "RRSet with DNS name %s is not permitted in zone %s", set.name, zone->name);
    else if (strcmp(action, "CREATE") == 0)
        create(state, &set);
    else if (strcmp(action, "DELETE") == 0)
        delete (state, &set);
    else
        state->malformed = true;
}

/* Takes a copy of the new state over. */
static void commit(struct fake_route53 *fake, const struct state *state)
{
    static struct fake_set old[FAKE_SETS];
    const size_t count = fake->set_count;

    memcpy(old, fake->sets, count * sizeof *old);
    for (size_t i = 0; i < state->count; i++) {
        fake->sets[i] = state->sets[i];
        for (size_t j = 0; j < state->sets[i].count; j++)
            fake->sets[i].values[j] = strdup(state->sets[i].values[j]);
    }
    fake->set_count = state->count;
    for (size_t i = 0; i < count; i++)
        clear_set(&old[i]);
    fake->changes++;
}

static void run_batch(struct call *call, const struct fake_zone *zone, const xmlNode *changes)
{
    static struct fake_set sets[FAKE_SETS];
    struct state state = {.sets = sets, .count = call->fake->set_count};

    put(&state.messages, "<Messages>");
    memcpy(sets, call->fake->sets, state.count * sizeof *sets);
    for (const xmlNode *node = changes->children; node != NULL; node = node->next)
        do_change(&state, zone, node);
    if (call->fake->poison != NULL && strstr(call->request->body, call->fake->poison) != NULL)
        object(&state, "%s", call->fake->poison_text);
    put(&state.messages, "</Messages>");
    if (state.malformed)
        refuse(call, 400, "InvalidInput", "Invalid XML ; the elements must come in order");
    else if (state.elements > 1000 || state.characters > 32000)
        refuse(call, 400, "InvalidChangeBatch", "Number of records limit of 1000 exceeded.");
    else if (strstr(state.messages.text, "<Message>") != NULL)
        refuse_batch(call, &state.messages);
    else
        commit(call->fake, &state);
    for (size_t i = 0; i < state.owned_count; i++)
        free(state.owned[i]);
    free(state.owned);
    free(state.messages.text);
}

static void change_sets(struct call *call, const char *id)
{
    static const char *const names[] = {"ChangeBatch", NULL};
    static const char *const inner[] = {"Comment", "Changes", NULL};
    const struct fake_zone *zone = NULL;
    const xmlNode *batch = NULL;
    const xmlNode *parts[2] = {NULL, NULL};
    xmlDoc *const doc = xmlReadMemory(call->request->body, (int)strlen(call->request->body), NULL,
                                      NULL, XML_PARSE_NOERROR);
    const xmlNode *const root = xmlDocGetRootElement(doc);

    (void)snprintf(call->fake->last, sizeof call->fake->last, "%s", call->request->body);
    for (size_t i = 0; i < call->fake->zone_count; i++)
        if (strcmp(call->fake->zones[i].id, id) == 0)
            zone = &call->fake->zones[i];
    if (zone == NULL)
        refuse(call, 404, "NoSuchHostedZone", "No hosted zone found with ID");
    else if (root == NULL ||
             strcmp((const char *)root->name, "ChangeResourceRecordSetsRequest") != 0 ||
             !in_order(root, names, &batch) || batch == NULL || !in_order(batch, inner, parts) ||
             parts[1] == NULL)
        refuse(call, 400, "InvalidInput", "Invalid XML");
    else
        run_batch(call, zone, parts[1]);
    xmlFreeDoc(doc);
    if (call->code == 200)
        put(&call->out,
            "<ChangeResourceRecordSetsResponse xmlns=\"" XMLNS "\"><ChangeInfo>"
            "<Id>/change/C%uA</Id><Status>PENDING</Status></ChangeInfo>"
            "</ChangeResourceRecordSetsResponse>",
            call->fake->changes);
}

static void get_change(struct call *call, const char *id)
{
    const unsigned number = (unsigned)strtoul(id + 1, NULL, 10);
    const bool pending = call->fake->pending > 0;

    if (number == 0 || number > call->fake->changes) {
        refuse(call, 404, "NoSuchChange", "Could not find resource with ID");
        return;
    }
    call->fake->pending -= pending;
    put(&call->out,
        "<GetChangeResponse xmlns=\"" XMLNS "\"><ChangeInfo><Id>/change/%s</Id>"
        "<Status>%s</Status></ChangeInfo></GetChangeResponse>",
        id, pending ? "PENDING" : "INSYNC");
}

static void identity(struct call *call)
{
    put(&call->out,
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
        "<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/dns</Arn>"
        "</GetCallerIdentityResult></GetCallerIdentityResponse>");
}

/* ---- the call -------------------------------------------------------------------------------- */

/* What a path asks for; *id is what follows. */
static enum fake_op op_of(const struct aws_request *request, char id[40])
{
    const bool post = strcmp(request->method, "POST") == 0;
    char rest[64] = "";

    id[0] = '\0';
    if (request->service == AWS_STS)
        return FAKE_IDENTITY;
    if (sscanf(request->path, "/2013-04-01/change/%39[A-Z0-9]", id) == 1)
        return FAKE_GET_CHANGE;
    if (strcmp(request->path, "/2013-04-01/hostedzonesbyname") == 0)
        return FAKE_SEARCH_ZONES;
    if (sscanf(request->path, "/2013-04-01/hostedzone/%39[A-Z0-9]%63s", id, rest) >= 1) {
        if (strcmp(rest, "/rrset/") == 0 && post)
            return FAKE_CHANGE;
        return strcmp(rest, "/rrset") == 0 && !post ? FAKE_LIST_SETS : FAKE_GET_ZONE;
    }
    return FAKE_LIST_ZONES;
}

static void serve(struct call *call, enum fake_op op, const char *id)
{
    switch (op) {
    case FAKE_GET_ZONE:
        get_zone(call, id);
        break;
    case FAKE_SEARCH_ZONES:
        search_zones(call);
        break;
    case FAKE_LIST_SETS:
        list_sets(call);
        break;
    case FAKE_CHANGE:
        change_sets(call, id);
        break;
    case FAKE_GET_CHANGE:
        get_change(call, id);
        break;
    case FAKE_IDENTITY:
        identity(call);
        break;
    default:
        list_zones(call);
        break;
    }
}

static void note_query(struct call *call)
{
    size_t used = 0;

    call->fake->query[0] = '\0';
    for (const struct aws_pair *pair = call->request->query; pair != NULL && pair->name != NULL;
         pair++)
        used += (size_t)snprintf(call->fake->query + used, sizeof call->fake->query - used,
                                 "%s%s=%s", used > 0 ? "&" : "", pair->name, pair->value);
}

static void answer_call(struct call *call, enum fake_op op, const char *id,
                        struct aws_response *response)
{
    struct fake_route53 *const fake = call->fake;

    if (fake->error[op] != NULL) {
        refuse(call, 403, fake->error[op], fake->text);
        return;
    }
    serve(call, op, id);
    if (op == FAKE_CHANGE && fake->lose > 0) {
        fake->lose--;
        call->out.used = 0;
        call->code = 200;
        response->uncertain = true;
        serve(call, op, id);
    }
    if (fake->body[op] != NULL) {
        call->out.used = 0;
        put(&call->out, "%s", fake->body[op]);
    }
}

int aws_call(struct aws *aws, const struct aws_request *request, struct aws_response *response)
{
    static _Thread_local char answer[ANSWER_SIZE];
    char id[40];
    const enum fake_op op = op_of(request, id);
    const struct aws_credentials *credentials = NULL;
    struct call call = {.fake = current, .request = request, .code = 200};

    (void)aws_credentials(aws, false, &credentials);
    if (current->before != NULL)
        current->before(current, op);
    (void)pthread_mutex_lock(&lock);
    *response = (struct aws_response){.source = credentials->source};
    current->calls[op]++;
    note_query(&call);
    if (current->status[op] == DNSHOOK_OK)
        answer_call(&call, op, id, response);
    response->code = call.code;
    response->body_size = call.out.used;
    response->body = memcpy(answer, call.out.text != NULL ? call.out.text : "", call.out.used);
    answer[call.out.used] = '\0';
    free(call.out.text);
    (void)pthread_mutex_unlock(&lock);
    if (current->status[op] != DNSHOOK_OK)
        return dnshook_fail(aws->host, current->status[op], "the tests say so");
    if (response->code >= 300 && !error_read(response, NULL))
        return dnshook_fail(aws->host, DNSHOOK_BAD_ANSWER, "that is no error");
    return DNSHOOK_OK;
}
