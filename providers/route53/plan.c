/*
 * What the TXT sets at a name are to become.
 *
 * SPDX-License-Identifier: MIT
 */
#include "plan.h"

#include <openssl/evp.h>

#include <string.h>

enum {
    IDENTIFIER_MAX = 128, /* characters of a SetIdentifier */
    ANSWERS_MAX = 8,      /* sets with multivalue answer routing that one DNS answer holds */
    DIGEST_SIZE = 32
};

static const char identifier_prefix[] = "dnshook:";

int plan_fail(struct route53 *self, int status, const char *format, ...)
{
    const struct dnshook_host *const host = self->aws.host;
    char text[DNSHOOK_TEXT_SIZE];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (self->said)
        host->log(host, DNSHOOK_LOG_WARNING, text);
    else
        (void)host->fail(host, status, text);
    self->said = true;
    return status;
}

static int fail_memory(const struct plan *plan)
{
    return plan_fail(plan->self, DNSHOOK_NO_MEMORY, "out of memory for the TXT set at %s",
                     plan->name);
}

/* The identifier of a set of our own: made of the value, so that two processes that add the same
 * value mean the same set. False: OpenSSL failed. */
static bool make_identifier(const struct txt *txt, char out[RRSET_IDENTIFIER_SIZE])
{
    const size_t prefix = sizeof identifier_prefix - 1;
    uint8_t digest[DIGEST_SIZE];

    (void)snprintf(out, RRSET_IDENTIFIER_SIZE, "%s", identifier_prefix);
    if (prefix + txt->size - 1 <= IDENTIFIER_MAX) {
        memcpy(out + prefix, txt->bytes + 1, txt->size - 1);
        out[prefix + txt->size - 1] = '\0';
        return true;
    }
    if (EVP_Digest(txt->bytes, txt->size, digest, NULL, EVP_sha256(), NULL) != 1)
        return false;
    for (size_t i = 0; i < DIGEST_SIZE; i++)
        (void)snprintf(out + prefix + 2 * i, 3, "%02x", digest[i]);
    return true;
}

/* The first set that is nothing that we write; NULL: there is none. */
static const struct rrset *find_foreign(const struct standing *standing)
{
    for (size_t i = 0; i < standing->count; i++)
        if (standing->sets[i].policy != NULL)
            return &standing->sets[i];
    return NULL;
}

/* Says why no value can be added at the name. DNSHOOK_OK: it can. */
static int check_addable(const struct plan *plan, const struct standing *standing)
{
    const struct rrset *const foreign = find_foreign(standing);

    if (standing->alias)
        return plan_fail(plan->self, DNSHOOK_REJECTED,
                         "a CNAME record stands at %s, so no TXT record can: remove it, or let it "
                         "lead to a name that takes the value",
                         plan->name);
    if (foreign != NULL)
        return plan_fail(plan->self, DNSHOOK_REJECTED,
                         "the TXT record at %s is %s%s%s%s, beside which no other value can stand: "
                         "replace it by one with simple or multivalue answer routing",
                         plan->name, foreign->policy, foreign->identifier[0] != '\0' ? " (" : "",
                         foreign->identifier, foreign->identifier[0] != '\0' ? ")" : "");
    return DNSHOOK_OK;
}

static int add_value(const struct plan *plan, struct rrset *set)
{
    if (set->values.count >= RRSET_VALUES_MAX)
        return plan_fail(plan->self, DNSHOOK_REJECTED,
                         "the TXT set at %s has %zu values already, and Route 53 takes no more: "
                         "remove what nobody needs",
                         plan->name, set->values.count);
    return txt_set_add(plan->self->aws.host, &set->values, plan->txt) ? DNSHOOK_OK
                                                                      : fail_memory(plan);
}

static void warn_many(const struct plan *plan, size_t count)
{
    if (count > ANSWERS_MAX)
        dnshook_log(plan->self->aws.host, DNSHOOK_LOG_WARNING,
                    "%s has %zu TXT sets with multivalue answer routing, of which Route 53 gives "
                    "eight at random in an answer: remove what nobody needs",
                    plan->name, count);
}

/* Adds a set of our own beside those with multivalue answer routing, which all have one TTL. */
static int add_multivalue(const struct plan *plan, struct standing *standing)
{
    char identifier[RRSET_IDENTIFIER_SIZE];
    const uint32_t ttl = standing->sets[0].ttl;

    if (!make_identifier(plan->txt, identifier))
        return fail_memory(plan);
    struct rrset *set = rrset_find(standing, identifier);

    if (set == NULL) {
        set = rrset_append(plan->self->aws.host, standing);
        if (set == NULL)
            return fail_memory(plan);
        set->ttl = ttl;
        memcpy(set->identifier, identifier, sizeof identifier);
        warn_many(plan, standing->count);
    }
    return add_value(plan, set);
}

/* Adds the first set. */
static int add_simple(const struct plan *plan, struct standing *standing)
{
    struct rrset *const set = rrset_append(plan->self->aws.host, standing);

    if (set == NULL)
        return fail_memory(plan);
    set->ttl = plan->ttl;
    return add_value(plan, set);
}

static int add(const struct plan *plan, struct standing *standing, bool *changed)
{
    const int status = check_addable(plan, standing);

    if (status != DNSHOOK_OK)
        return status;
    *changed = rrset_holding(standing, plan->txt) == NULL;
    if (!*changed)
        return DNSHOOK_OK;
    if (standing->count == 0)
        return add_simple(plan, standing);
    if (standing->sets[0].identifier[0] == '\0')
        return add_value(plan, &standing->sets[0]);
    return add_multivalue(plan, standing);
}

/* Takes the value out of every set that has it. */
static int take_out(const struct plan *plan, struct standing *standing, bool *changed)
{
    struct rrset *set = rrset_holding(standing, plan->txt);

    *changed = set != NULL;
    for (; set != NULL; set = rrset_holding(standing, plan->txt)) {
        if (set->policy != NULL)
            return plan_fail(plan->self, DNSHOOK_REJECTED,
                             "the value at %s is in %s, which dnshook has not made and does not "
                             "change: remove it by hand",
                             plan->name, set->policy);
        txt_set_remove(&set->values, plan->txt);
    }
    return DNSHOOK_OK;
}

int plan_run(const struct plan *plan, struct standing *standing, bool *changed)
{
    return plan->add ? add(plan, standing, changed) : take_out(plan, standing, changed);
}
