#include "route.h"

#include <stdio.h>
#include <string.h>

#include "dnshook/provider.h"
#include "log.h"
#include "zone.h"

static const char challenge_label[] = "_acme-challenge";

/* A walk along aliases and delegations. */
struct walk {
    struct route_map *map;
    const char *first;
    char name[NAME_SIZE]; /* where it stands */
    struct authority *authority;
    char seen[ROUTE_MAX_HOPS + 1][NAME_SIZE];
    size_t hops;
    bool stay; /* aliases are not followed */
};

/* What looking at one name came to. */
enum step { STEP_END, STEP_ALIAS, STEP_CHILD };

void route_map_clear(struct route_map *map)
{
    while (map->authorities != NULL) {
        struct authority *const next = map->authorities->next;

        authority_free(map->authorities);
        map->authorities = next;
    }
}

int route_authority(struct route_map *map, const char *zone, const struct authority *parent,
                    const ldns_pkt *hint, const char *primary, struct authority **authority)
{
    int status;

    for (struct authority *known = map->authorities; known != NULL; known = known->next)
        if (name_equal(known->zone, zone)) {
            *authority = known;
            return DNSHOOK_OK;
        }
    status = authority_find(map->dns, map->resolver, zone, parent, hint, authority);
    if (status != DNSHOOK_OK)
        return status;
    (void)snprintf((*authority)->primary, NAME_SIZE, "%s", primary);
    (*authority)->next = map->authorities;
    map->authorities = *authority;
    return DNSHOOK_OK;
}

/* The zone of `name` through the resolvers, and its authority. */
static int enter_zone(struct walk *walk, const char *name)
{
    struct zone_cut cut;
    const int status = zone_of(walk->map->resolver, name, &cut);

    if (status != DNSHOOK_OK)
        return status;
    return route_authority(walk->map, cut.name, NULL, NULL, cut.primary, &walk->authority);
}

/* Moves on to the target of an alias, unless the walk has been there. */
static int follow(struct walk *walk, const char *target)
{
    log_info("%s is an alias of %s", walk->name, target);
    (void)snprintf(walk->seen[walk->hops], NAME_SIZE, "%s", walk->name);
    walk->hops++;
    for (size_t i = 0; i < walk->hops; i++)
        if (name_equal(walk->seen[i], target)) {
            log_error("%s: the aliases (CNAME) from there form a loop, back to %s", walk->first,
                      target);
            return DNSHOOK_REJECTED;
        }
    if (walk->hops > ROUTE_MAX_HOPS) {
        log_error("%s: more than %d aliases one after another from there", walk->first,
                  ROUTE_MAX_HOPS);
        return DNSHOOK_REJECTED;
    }
    (void)snprintf(walk->name, sizeof walk->name, "%s", target);
    return DNSHOOK_OK;
}

/* Goes down to a zone that the present one delegates, or that the same servers hold. */
static int enter_child(struct walk *walk, const char *zone, const ldns_pkt *referral)
{
    log_debug("%s lies in %s, a zone below %s", walk->name, zone, walk->authority->zone);
    return route_authority(walk->map, zone, walk->authority, referral, "", &walk->authority);
}

/* Reads a good answer to the question for the CNAME record at the walk's name. */
static int read_answer(struct walk *walk, const ldns_pkt *packet, enum step *step)
{
    char target[NAME_SIZE];
    struct zone_cut cut;
    const int alias = zone_alias(packet, walk->name, target);

    *step = STEP_END;
    if (alias != 0 && walk->stay)
        return DNSHOOK_OK;
    if (alias < 0) {
        log_error("%s: the alias there leads to a name that is too long", walk->name);
        return DNSHOOK_REJECTED;
    }
    if (alias > 0) {
        *step = STEP_ALIAS;
        return follow(walk, target);
    }
    if (authority_is_referral(packet, walk->authority->zone, walk->name, target)) {
        *step = STEP_CHILD;
        return enter_child(walk, target, packet);
    }
    if (!zone_from_packet(packet, walk->name, &cut))
        return DNSHOOK_OK;
    if (name_is_below(cut.name, walk->authority->zone)) {
        *step = STEP_CHILD;
        return enter_child(walk, cut.name, NULL);
    }
    if (walk->authority->primary[0] == '\0')
        (void)snprintf(walk->authority->primary, NAME_SIZE, "%s", cut.primary);
    return DNSHOOK_OK;
}

/* The end of the road where no authoritative server can be asked: the resolver's view. */
static int ask_resolver(struct walk *walk, struct route *route, enum step *step, const char *why)
{
    struct lookup lookup = {.name = walk->name, .type = LDNS_RR_TYPE_CNAME};
    char target[NAME_SIZE];
    int status;
    int alias;

    log_warning("%s: no nameserver of %s can be asked from here (%s)%s; asking the resolvers (%s) "
                "what lies there",
                walk->name, walk->authority->zone, why,
                route->intercepted ? ": port 53 seems intercepted" : "",
                resolver_text(walk->map->resolver));
    route->through_resolver = true;
    *step = STEP_END;
    status = resolver_ask(walk->map->resolver, &lookup, 1);
    if (status == DNSHOOK_OK && lookup.packet == NULL) {
        log_error("%s: no resolver answered the question for the CNAME record there (%s)",
                  walk->name, lookup.why);
        status = lookup.status;
    }
    if (status != DNSHOOK_OK)
        return status;
    alias = zone_alias(lookup.packet, walk->name, target);
    ldns_pkt_free(lookup.packet);
    if (alias <= 0 || walk->stay)
        return DNSHOOK_OK;
    *step = STEP_ALIAS;
    return follow(walk, target);
}

/* Looks at the walk's name once and moves on. The question is for the CNAME record: a server does
 * not follow aliases for it, and where there is none it names the zone (the SOA of "no data"). */
static int look(struct walk *walk, struct route *route, enum step *step)
{
    char why[RESOLVER_WHY_SIZE];
    enum authority_reply reply;
    ldns_pkt *packet = NULL;
    int status = authority_ask(walk->map->dns, walk->authority, walk->name, LDNS_RR_TYPE_CNAME,
                               &reply, &packet, why);

    if (status != DNSHOOK_OK)
        return status;
    if (packet == NULL) {
        route->intercepted = route->intercepted || reply == REPLY_INTERCEPTED;
        return ask_resolver(walk, route, step, why);
    }
    status = read_answer(walk, packet, step);
    ldns_pkt_free(packet);
    return status;
}

/* Walks until a name is no alias and its zone is known. */
static int walk_on(struct walk *walk, struct route *route)
{
    enum step step = STEP_ALIAS;
    size_t looks = 0;
    int status = DNSHOOK_OK;

    while (status == DNSHOOK_OK && step != STEP_END && looks++ < 4 * ROUTE_MAX_HOPS) {
        status = look(walk, route, &step);
        if (status == DNSHOOK_OK && step == STEP_ALIAS)
            status = enter_zone(walk, name_parent(walk->name));
    }
    if (status == DNSHOOK_OK && step != STEP_END) {
        log_error("%s: too many delegations and aliases one after another from there", walk->first);
        status = DNSHOOK_REJECTED;
    }
    memcpy(route->aliases, walk->seen, sizeof route->aliases);
    route->alias_count = walk->hops;
    if (status == DNSHOOK_OK) {
        (void)snprintf(route->record, sizeof route->record, "%s", walk->name);
        route->authority = walk->authority;
    }
    return status;
}

static int find_name(struct route_map *map, const char *name, bool stay, struct route *route)
{
    struct walk walk = {.map = map, .first = name, .stay = stay};
    const char *const parent = name_parent(name);
    int status;

    memset(route, 0, sizeof *route);
    (void)snprintf(walk.name, sizeof walk.name, "%s", name);
    status = enter_zone(&walk, parent != NULL ? parent : name);
    return status == DNSHOOK_OK ? walk_on(&walk, route) : status;
}

int route_find_name(struct route_map *map, const char *name, struct route *route)
{
    return find_name(map, name, false, route);
}

int route_at(struct route_map *map, const char *name, struct route *route)
{
    return find_name(map, name, true, route);
}

int route_find(struct route_map *map, const char *host, struct route *route)
{
    char name[NAME_SIZE];

    if (snprintf(name, sizeof name, "%s.%s", challenge_label, host) >= (int)sizeof name)
        return DNSHOOK_REJECTED;
    return route_find_name(map, name, route);
}
