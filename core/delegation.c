#include "delegation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

enum { LIST_SIZE = 1024 };

static const char split_hint[] =
    "if this machine sees another DNS than the Internet does (split DNS), set DNSHOOK_RESOLVERS to "
    "resolvers that see the right one";

static int check_zone_name(const struct resolver *resolver, const struct dnshook_zone *zone,
                           const char *record, const struct authority *authority)
{
    if (!name_is_within(record, zone->name)) {
        log_error("%s does not lie in the zone %s: name the zone that holds it", record,
                  zone->name);
        return DNSHOOK_BAD_CONFIG;
    }
    if (name_equal(zone->name, authority->zone))
        return DNSHOOK_OK;
    log_error("%s: the provider would edit the zone %s, but the DNS leads to the zone %s for this "
              "name (resolvers asked: %s), so nobody would ever see the value; %s",
              record, zone->name, authority->zone, resolver_text(resolver), split_hint);
    return DNSHOOK_REJECTED;
}

static int take_name(void *opaque, const char *name)
{
    char text[NAME_SIZE];

    return name_normalize(name, text) ? authority_add_name(opaque, text, FROM_PROVIDER)
                                      : DNSHOOK_OK;
}

static bool share_name(const struct authority *a, const struct authority *b)
{
    for (size_t i = 0; i < a->name_count; i++)
        if (authority_name_index(b, a->names[i].name) < b->name_count)
            return true;
    return false;
}

static bool share_address(const struct authority *a, const struct authority *b)
{
    for (size_t i = 0; i < a->address_count; i++)
        for (size_t j = 0; j < b->address_count; j++)
            if (a->addresses[i].server == b->addresses[j].server)
                return true;
    return false;
}

static void say_led_elsewhere(const struct resolver *resolver, const struct authority *provider,
                              const struct authority *authority)
{
    char theirs[LIST_SIZE];
    char ours[LIST_SIZE];

    authority_text(provider, theirs, sizeof theirs);
    authority_text(authority, ours, sizeof ours);
    log_error("%s: the provider's nameservers for this zone are %s, but the DNS leads to %s "
              "(resolvers asked: %s), so nobody would ever see the value: this is another zone of "
              "the same name, or the delegation has not been moved; %s",
              authority->zone, theirs, ours, resolver_text(resolver), split_hint);
}

/* Makes the provider's names part of the authority, if they are not. */
static int join(struct dns *dns, struct resolver *resolver, const struct authority *provider,
                struct authority *authority)
{
    for (size_t i = 0; i < provider->name_count; i++) {
        const char *const name = provider->names[i].name;
        int status;

        if (authority_name_index(authority, name) == authority->name_count)
            log_warning("%s: the provider names the nameserver %s, which the DNS does not lead to",
                        authority->zone, name);
        status = authority_add_name(authority, name, FROM_PROVIDER);
        if (status != DNSHOOK_OK)
            return status;
    }
    return authority_add_addresses(dns, resolver, authority);
}

/* Compares the two sets of nameservers. */
static int compare(struct dns *dns, struct resolver *resolver, struct authority *provider,
                   struct authority *authority)
{
    if (!share_name(provider, authority)) {
        const int status = authority_add_addresses(dns, resolver, provider);

        if (status != DNSHOOK_OK)
            return status;
        if (!share_address(provider, authority)) {
            say_led_elsewhere(resolver, provider, authority);
            return DNSHOOK_REJECTED;
        }
        return DNSHOOK_OK;
    }
    return join(dns, resolver, provider, authority);
}

int delegation_check(struct dns *dns, struct resolver *resolver, struct instance *instance,
                     const struct dnshook_zone *zone, const char *record,
                     struct authority *authority)
{
    struct authority *provider;
    int status = check_zone_name(resolver, zone, record, authority);

    if (status != DNSHOOK_OK)
        return status;
    provider = calloc(1, sizeof *provider);
    if (provider == NULL)
        return log_no_memory();
    (void)snprintf(provider->zone, sizeof provider->zone, "%s", zone->name);
    if (instance_nameservers(instance, zone, take_name, provider) == DNSHOOK_OK &&
        provider->name_count > 0)
        status = compare(dns, resolver, provider, authority);
    authority_free(provider);
    return status;
}
