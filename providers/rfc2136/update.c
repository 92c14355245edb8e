/*
 * The changes: as many as fit into one UPDATE message, which a server carries out whole or not at
 * all (RFC 2136, 3).
 *
 * Adding a record that is there and deleting one that is not are no errors (RFC 2136, 3.4.2), and
 * no other record is touched, so nobody else's value can be lost between reading and writing. What
 * is read first serves the TTL, the effect, and a clear word about a CNAME.
 *
 * SPDX-License-Identifier: MIT
 */
#include "exchange.h"
#include "standing.h"

#include <string.h>

/* Most bytes of changes in one message; with the head and the signature it stays under 64 KiB. */
#define UPDATE_MAX 60000U

/* What to do about one change. */
struct plan {
    struct dnshook_change *change;
    struct standing *standing;
    bool send;    /* it belongs into an UPDATE */
    bool settled; /* change->status is final */
};

/* One call of apply(). */
struct batch {
    struct rfc2136 *self;
    struct server server;
    const char *zone;
    struct plan *plans;
    struct standing *standings;
    size_t count;
    size_t names;
    bool blind; /* the server did not say what stands at a name: it is not asked about others */
};

/* The standing of a name, read from the server at its first use. */
static int standing_of(struct batch *batch, const char *name, struct standing **out)
{
    for (size_t i = 0; i < batch->names; i++) {
        if (strcmp(batch->standings[i].name, name) == 0) {
            *out = &batch->standings[i];
            return DNSHOOK_OK;
        }
    }
    *out = &batch->standings[batch->names++];
    **out = (struct standing){.name = name};
    if (batch->blind)
        return DNSHOOK_OK;
    const int status = standing_read(batch->self, &batch->server, name, *out);

    batch->blind = !(*out)->known;
    return status;
}

/* Whether the value will be there when the server comes to change `index`: an earlier change of
 * the batch to the same value counts before what was read. */
static bool is_present(const struct batch *batch, size_t index)
{
    const struct plan *const plan = &batch->plans[index];

    for (size_t i = index; i > 0; i--) {
        const struct dnshook_change *const earlier = batch->plans[i - 1].change;

        if (strcmp(earlier->name, plan->change->name) == 0 &&
            strcmp(earlier->value, plan->change->value) == 0)
            return earlier->action == DNSHOOK_ADD;
    }
    return plan->standing->known &&
           message_has_txt(plan->standing->packet, plan->change->name, plan->change->value);
}

/* What makes a change impossible before anything is sent. */
static int check_change(const struct batch *batch, const struct dnshook_change *change)
{
    const size_t length = strlen(change->value);

    if (length == 0 || length > DNSHOOK_VALUE_MAX)
        return rfc2136_fail(batch->self, DNSHOOK_REJECTED,
                            "a TXT value for %s has %zu bytes: it must have 1 to %d", change->name,
                            length, DNSHOOK_VALUE_MAX);
    if (!name_within(change->name, batch->zone))
        return rfc2136_fail(
            batch->self, DNSHOOK_BAD_CONFIG,
            "%s does not lie in zone %s: set RFC2136_ZONE to the zone that holds it", change->name,
            batch->zone);
    return DNSHOOK_OK;
}

/* Ends a change that nothing is sent for. */
static int settle_now(struct plan *plan, int status)
{
    plan->settled = true;
    plan->send = false;
    plan->change->status = status;
    return DNSHOOK_OK;
}

/* Decides about one change. A removal is always sent: the server that was asked may be a secondary
 * that forwards updates, or have a cache, and not show yet what is there. Its own fault is its own
 * status; what is returned ends the batch. */
static int plan_one(struct batch *batch, size_t index)
{
    struct plan *const plan = &batch->plans[index];
    struct dnshook_change *const change = plan->change;
    const bool add = change->action == DNSHOOK_ADD;
    int status = check_change(batch, change);

    if (status != DNSHOOK_OK)
        return settle_now(plan, status);
    status = standing_of(batch, change->name, &plan->standing);
    if (status != DNSHOOK_OK)
        return status;
    plan->send = !add || !plan->standing->known || !is_present(batch, index);
    if (!plan->send) {
        change->effect = DNSHOOK_EFFECT_NO_CHANGE;
        return settle_now(plan, DNSHOOK_OK);
    }
    if (!plan->standing->redirected || !add)
        return DNSHOOK_OK;
    status = rfc2136_fail(batch->self, DNSHOOK_REJECTED,
                          "a DNAME stands above %s at %s: nobody would see a value there; put it "
                          "where the DNAME leads, or remove the DNAME",
                          change->name, batch->server.name);
    return settle_now(plan, status);
}

/* Puts one change into the message. A CNAME at the name would make the server ignore it without a
 * word (RFC 2136, 3.4.2.2), so where one may be there, the message makes that a condition; what a
 * wildcard answers with is no CNAME at the name. */
static bool put(ldns_pkt *update, const struct batch *batch, size_t index)
{
    const struct plan *const plan = &batch->plans[index];
    const struct dnshook_change *const change = plan->change;
    const struct standing *const standing = plan->standing;

    if (change->action == DNSHOOK_REMOVE)
        return message_delete_txt(update, change->name, change->value);
    if ((!standing->known || standing->alias) && !message_require_no_alias(update, change->name))
        return false;
    return message_add_txt(update, change->name, change->value,
                           standing->set ? standing->ttl : change->ttl);
}

/* The most bytes that a change takes in a message: with its condition, names not compressed. */
static size_t size_of(const struct dnshook_change *change)
{
    return 2 * (strlen(change->name) + 2 + 10) + 1 + strlen(change->value);
}

/* The index after the last change from `first` on that fits into one message with it. */
static size_t chunk_end(const struct batch *batch, size_t first)
{
    size_t size = 0;
    size_t i = first;

    for (; i < batch->count && size <= UPDATE_MAX; i++)
        size += batch->plans[i].send ? size_of(batch->plans[i].change) : 0;
    return size > UPDATE_MAX ? i - 1 : i;
}

/* How many of the changes from `first` to before `end` are to be sent. */
static size_t count_sent(const struct batch *batch, size_t first, size_t end)
{
    size_t sent = 0;

    for (size_t i = first; i < end; i++)
        sent += batch->plans[i].send ? 1 : 0;
    return sent;
}

/* The message of these changes; NULL: out of memory. */
static ldns_pkt *fill(const struct batch *batch, size_t first, size_t end)
{
    ldns_pkt *const update = message_update(batch->zone);

    for (size_t i = first; update != NULL && i < end; i++) {
        if (batch->plans[i].send && !put(update, batch, i)) {
            ldns_pkt_free(update);
            return NULL;
        }
    }
    return update;
}

/* What an UPDATE is about, for messages. */
static void describe(const struct batch *batch, size_t first, size_t end, char *out, size_t room)
{
    const size_t sent = count_sent(batch, first, end);
    const struct dnshook_change *only = NULL;

    for (size_t i = first; i < end && sent == 1; i++)
        only = batch->plans[i].send ? batch->plans[i].change : only;
    if (only != NULL)
        (void)snprintf(out, room, "the UPDATE that %s a value at %s in zone %s",
                       only->action == DNSHOOK_ADD ? "adds" : "removes", only->name, batch->zone);
    else
        (void)snprintf(out, room, "the UPDATE of %zu values in zone %s", sent, batch->zone);
}

/* Whether a refusal may be about one of several names only: then each can have its own answer. */
static bool is_divisible(const struct answer *answer)
{
    return answer->trusted &&
           (answer->rcode == LDNS_RCODE_YXRRSET || answer->rcode == LDNS_RCODE_REFUSED);
}

/* Sends these changes in one message. *divide: it was refused, perhaps for one of them alone;
 * nothing has been said yet. */
static int send_one(const struct batch *batch, size_t first, size_t end, bool *divide)
{
    CLEANUP_PACKET ldns_pkt *const update = fill(batch, first, end);
    struct answer answer;
    char subject[2 * NAME_SIZE + 64];

    *divide = false;
    if (update == NULL)
        return rfc2136_fail(batch->self, DNSHOOK_NO_MEMORY, "out of memory for an UPDATE");
    const int status = exchange_ask(batch->self, &batch->server, update, &answer);

    if (status != DNSHOOK_OK || (answer.trusted && answer.rcode == LDNS_RCODE_NOERROR))
        return status;
    *divide = count_sent(batch, first, end) > 1 && is_divisible(&answer);
    if (*divide)
        return DNSHOOK_REJECTED;
    describe(batch, first, end, subject, sizeof subject);
    return exchange_fail(batch->self, &answer, subject);
}

/* Sets the outcome of the changes that were in one message. */
static void settle(const struct batch *batch, size_t first, size_t end, int status)
{
    for (size_t i = first; i < end; i++) {
        struct plan *const plan = &batch->plans[i];

        if (!plan->send)
            continue;
        plan->settled = true;
        plan->change->status = status;
        if (status == DNSHOOK_OK && plan->standing->known)
            plan->change->effect = plan->change->action == DNSHOOK_ADD || is_present(batch, i)
                                       ? DNSHOOK_EFFECT_CHANGED
                                       : DNSHOOK_EFFECT_NO_CHANGE;
    }
}

/* Sends changes one by one. */
static void send_singly(const struct batch *batch, size_t first, size_t end)
{
    bool divide = false;

    for (size_t i = first; i < end; i++)
        if (batch->plans[i].send)
            settle(batch, i, i + 1, send_one(batch, i, i + 1, &divide));
}

/* Sends everything that is planned. After a message that failed as a whole nothing more is sent,
 * and the rest has the same outcome. */
static int send_all(const struct batch *batch)
{
    int status = DNSHOOK_OK;
    bool divide = false;

    for (size_t first = 0, end = 0; first < batch->count && status == DNSHOOK_OK; first = end) {
        end = chunk_end(batch, first);
        if (count_sent(batch, first, end) == 0)
            continue;
        status = send_one(batch, first, end, &divide);
        if (!divide) {
            settle(batch, first, status == DNSHOOK_OK ? end : batch->count, status);
            continue;
        }
        send_singly(batch, first, end);
        status = DNSHOOK_OK;
    }
    return status;
}

/* The status of the whole: the first that is not fine. What a failure has kept from being sent has
 * that failure's status. */
static int conclude(const struct batch *batch, int status)
{
    for (size_t i = 0; i < batch->count; i++) {
        if (!batch->plans[i].settled)
            batch->plans[i].change->status = status;
    }
    for (size_t i = 0; i < batch->count && status == DNSHOOK_OK; i++)
        status = batch->plans[i].change->status;
    return status;
}

/* Plans every change, then sends. */
static int run(struct batch *batch, struct dnshook_change *const *changes)
{
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < batch->count; i++) {
        changes[i]->effect = DNSHOOK_EFFECT_UNKNOWN;
        changes[i]->status = DNSHOOK_OK;
        batch->plans[i].change = changes[i];
    }
    for (size_t i = 0; i < batch->count && status == DNSHOOK_OK; i++)
        status = plan_one(batch, i);
    if (status == DNSHOOK_OK)
        status = send_all(batch);
    for (size_t i = 0; i < batch->names; i++)
        standing_drop(&batch->standings[i]);
    return conclude(batch, status);
}

int rfc2136_apply(void *handle, struct dnshook_change *const *changes, size_t count)
{
    struct rfc2136 *const self = handle;
    const struct dnshook_host *const host = self->host;
    struct batch batch = {.self = self, .count = count};

    if (count == 0)
        return DNSHOOK_OK;
    self->said = false;
    batch.zone = changes[0]->zone->name;
    int status = exchange_server(self, changes[0]->zone, &batch.server);

    batch.plans = host->alloc(host, count * sizeof *batch.plans);
    batch.standings = host->alloc(host, count * sizeof *batch.standings);
    if (status == DNSHOOK_OK && (batch.plans == NULL || batch.standings == NULL))
        status = dnshook_fail(host, DNSHOOK_NO_MEMORY, "out of memory for %zu changes", count);
    if (status == DNSHOOK_OK)
        status = run(&batch, changes);
    else
        for (size_t i = 0; i < count; i++)
            changes[i]->status = status;
    host->free(host, batch.plans);
    host->free(host, batch.standings);
    return status;
}
