/*
 * Which hosted zone holds a name.
 *
 * SPDX-License-Identifier: MIT
 */
#include "choice.h"

#include <string.h>

enum { LIST_SIZE = 1024 };

/* Hands a zone to the host. */
static int hand_zone(const struct search *search, const struct hosted *zone, dnshook_zone_fn *each,
                     void *opaque)
{
    const struct dnshook_zone public = {
        .size = sizeof public,
        .name = zone->name,
        .id = zone->id,
        .primary = search->cut == NULL ? NULL : search->cut->primary,
    };

    if (search->name != NULL) {
        (void)snprintf(search->self->chosen, ROUTE53_ID_SIZE, "%s", zone->id);
        (void)snprintf(search->self->chosen_for, AWS_NAME_SIZE, "%s", search->name);
    }
    return each(opaque, &public);
}

/* Asks for the delegation sets of the choice. */
static int ask_choice(const struct search *search)
{
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < search->count && status == DNSHOOK_OK; i++) {
        struct hosted *zone = NULL;

        status = hosted_get(search->self, search->best[i]->id, &zone);
    }
    return status;
}

/* Names the zones that would hold the name, if the Internet were led to them. */
static void warn_longer(const struct search *search, const struct hosted *chosen)
{
    for (const struct hosted *zone = search->self->zones; zone != NULL; zone = zone->next)
        if (zone->name != NULL && !zone->is_private &&
            labels_within(&search->labels, &zone->labels) &&
            zone->labels.size > chosen->labels.size)
            dnshook_log(search->self->aws.host, DNSHOOK_LOG_WARNING,
                        "hosted zone %s (%s) would hold %s, but the Internet is led to %s for it: "
                        "taking %s (%s)",
                        zone->name, zone->id, search->name, chosen->name, chosen->name, chosen->id);
}

/* ---- zones that the user named ---- */

/* Says that none of the zones holds the name. */
static int fail_given(const struct search *search)
{
    char list[LIST_SIZE] = "";
    size_t used = 0;

    for (size_t i = 0; i < search->self->id_count && used < sizeof list; i++) {
        struct hosted *zone = NULL;

        if (hosted_get(search->self, search->self->ids[i], &zone) == DNSHOOK_OK)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s (%s%s)",
                                     used > 0 ? ", " : "", zone->name != NULL ? zone->name : "?",
                                     zone->id, zone->is_private ? ", private" : "");
    }
    return dnshook_fail(search->self->aws.host, DNSHOOK_BAD_CONFIG,
                        "%s does not lie in the public hosted zone that ACME_HOSTED_ZONE names: "
                        "that is %s; name the one that holds it, or leave it out",
                        search->name, list);
}

/* The only zone that the user named, which may not be looked at: it is taken for the one that the
 * DNS shows. */
static int take_unseen(const struct search *search, const char *id, dnshook_zone_fn *each,
                       void *opaque)
{
    const struct dnshook_host *const host = search->self->aws.host;

    if (search->cut == NULL)
        return dnshook_fail(host, DNSHOOK_DENIED,
                            "hosted zone %s may not be looked at, and the DNS does not say which "
                            "zone holds %s: allow route53:GetHostedZone",
                            id, search->name);
    dnshook_log(host, DNSHOOK_LOG_INFO, "taking hosted zone %s for %s, the zone that the DNS shows",
                id, search->cut->name);
    const struct dnshook_zone public = {
        .size = sizeof public,
        .name = search->cut->name,
        .id = id,
        .primary = search->cut->primary,
    };

    return each(opaque, &public);
}

static int find_given(struct search *search, dnshook_zone_fn *each, void *opaque)
{
    struct route53 *const self = search->self;
    struct hosted *zone = NULL;
    size_t denied = 0;
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < self->id_count && status == DNSHOOK_OK; i++) {
        status = hosted_get(self, self->ids[i], &zone);
        if (status != DNSHOOK_OK)
            return status;
        denied += zone->denied;
        choice_consider(search, zone);
        if (choice_is_cut(search, zone) && search->cut->primary != NULL &&
            hosted_has_nameserver(zone, search->cut->primary))
            break;
    }
    if (search->count == 0 && denied > 0 && self->id_count == 1)
        return take_unseen(search, self->ids[0], each, opaque);
    if (search->count == 0 && denied > 0)
        return dnshook_fail(self->aws.host, DNSHOOK_DENIED,
                            "%zu of the hosted zones in ACME_HOSTED_ZONE may not be looked at, and "
                            "no other holds %s: allow route53:GetHostedZone, or name one only",
                            denied, search->name);
    if (search->count == 0)
        return fail_given(search);
    status = choice_pick(search, &zone);
    if (status != DNSHOOK_OK)
        return status;
    dnshook_log(self->aws.host, DNSHOOK_LOG_INFO, "%s: hosted zone %s (%s), from ACME_HOSTED_ZONE",
                search->name, zone->name, zone->id);
    return hand_zone(search, zone, each, opaque);
}

/* ---- zones of the account ---- */

/* True for a zone above the one that the Internet is led to: it does not hold the name any more. */
static bool is_above_cut(const struct search *search, const struct hosted *zone)
{
    return search->cut != NULL && zone->name != NULL && !choice_is_cut(search, zone) &&
           labels_within(&search->cut_labels, &zone->labels);
}

/* Learns of the zones that could hold the name, in as few calls as will do. */
static int gather(struct search *search)
{
    struct route53 *const self = search->self;
    const struct hosted *known =
        search->cut != NULL ? hosted_find(self, &search->cut_labels) : NULL;
    bool denied = false;
    int status = DNSHOOK_OK;

    if (search->cut != NULL && !self->all_listed && (known == NULL || !known->searched)) {
        status = hosted_search(self, search->cut->name, &denied);
        known = hosted_find(self, &search->cut_labels);
    }
    if (status == DNSHOOK_OK && (known == NULL || denied))
        status = hosted_list(self);
    for (struct hosted *zone = self->zones; zone != NULL; zone = zone->next)
        if (!is_above_cut(search, zone))
            choice_consider(search, zone);
    return status;
}

/* The private zone that would hold the name; NULL: there is none. */
static const struct hosted *find_private(const struct search *search)
{
    for (const struct hosted *zone = search->self->zones; zone != NULL; zone = zone->next)
        if (zone->name != NULL && zone->is_private && labels_within(&search->labels, &zone->labels))
            return zone;
    return NULL;
}

static int fail_none(const struct search *search)
{
    const struct dnshook_host *const host = search->self->aws.host;
    const char *const source = search->self->aws.credentials.source;
    const struct hosted *const hidden = find_private(search);
    size_t count = 0;

    if (hidden != NULL)
        return dnshook_fail(host, DNSHOOK_NO_ZONE,
                            "there is no public hosted zone for %s in this AWS account, only %s "
                            "(%s), which is private: no certificate authority can see it",
                            search->name, hidden->name, hidden->id);
    for (const struct hosted *zone = search->self->zones; zone != NULL; zone = zone->next)
        count++;
    return dnshook_fail(host, DNSHOOK_NO_ZONE,
                        "none of the %zu hosted zones of this AWS account (credentials from %s) "
                        "holds %s%s%s: use credentials of the account that has the zone",
                        count, source != NULL ? source : "an unknown source", search->name,
                        search->cut != NULL ? ", for which the Internet is led to " : "",
                        search->cut != NULL ? search->cut->name : "");
}

static int find_listed(struct search *search, dnshook_zone_fn *each, void *opaque)
{
    struct hosted *zone = NULL;
    int status = gather(search);

    if (status != DNSHOOK_OK)
        return status;
    if (search->count == 0)
        return fail_none(search);
    status = ask_choice(search);
    if (status == DNSHOOK_OK)
        status = choice_pick(search, &zone);
    if (status != DNSHOOK_OK)
        return status;
    warn_longer(search, zone);
    dnshook_log(search->self->aws.host, DNSHOOK_LOG_INFO,
                "%s: hosted zone %s (%s), found as the %s", search->name, zone->name, zone->id,
                choice_is_cut(search, zone) ? "zone that the Internet is led to"
                                            : "longest public one of the account");
    return hand_zone(search, zone, each, opaque);
}

/* ---- operations ---- */

int route53_find_zone(void *handle, const char *name, const struct dnshook_zone *cut,
                      dnshook_zone_fn *each, void *opaque)
{
    struct route53 *const self = handle;
    struct search search = {.self = self, .name = name, .cut = cut};

    if (!labels_read(name, &search.labels))
        return dnshook_fail(self->aws.host, DNSHOOK_BAD_CONFIG, "%s is not a DNS name", name);
    if (cut != NULL && !labels_read(cut->name, &search.cut_labels))
        search.cut = NULL;
    return self->id_count > 0 ? find_given(&search, each, opaque)
                              : find_listed(&search, each, opaque);
}

int route53_zones(void *handle, dnshook_zone_fn *each, void *opaque)
{
    struct route53 *const self = handle;
    const struct search search = {.self = self};
    size_t hidden = 0;
    int status = hosted_list(self);

    for (const struct hosted *zone = self->zones; zone != NULL && status == DNSHOOK_OK;
         zone = zone->next) {
        hidden += zone->is_private;
        if (zone->name != NULL && !zone->is_private)
            status = hand_zone(&search, zone, each, opaque);
    }
    if (status == DNSHOOK_OK && hidden > 0)
        dnshook_log(self->aws.host, DNSHOOK_LOG_INFO,
                    "%zu private hosted zones are left out: no certificate authority sees them",
                    hidden);
    return status;
}

int route53_nameservers(void *handle, const struct dnshook_zone *zone, dnshook_name_fn *each,
                        void *opaque)
{
    struct route53 *const self = handle;
    char id[ROUTE53_ID_SIZE];
    struct hosted *hosted = NULL;
    char name[AWS_NAME_SIZE];
    int status = DNSHOOK_OK;

    if (zone->id == NULL || !route53_id(zone->id, "hostedzone", id))
        return dnshook_fail(self->aws.host, DNSHOOK_UNSUPPORTED, "zone %s has no id", zone->name);
    status = hosted_get(self, id, &hosted);
    if (status != DNSHOOK_OK)
        return status;
    if (hosted->nameservers == NULL)
        return dnshook_fail(self->aws.host, DNSHOOK_UNSUPPORTED,
                            "hosted zone %s may not be looked at", id);
    for (const char *at = hosted->nameservers; *at != '\0' && status == DNSHOOK_OK;
         at += strspn(at, " ")) {
        const size_t length = strcspn(at, " ");

        (void)snprintf(name, sizeof name, "%.*s", (int)length, at);
        at += length;
        status = each(opaque, name);
    }
    return status;
}
