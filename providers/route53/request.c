/*
 * The requests that carry the changes, and what their answers mean for each name.
 *
 * SPDX-License-Identifier: MIT
 */
#include "plan.h"
#include "work.h"

#include "xml.h"

#include <string.h>

/* Refusals after which reading again helps. All others are final. */
static const char *const race_words[] = {
    "already exists",
    "not found",
    "do not match the current values",
    "cannot be created",            /* simple beside multivalue sets, or the other way round */
    "conflicts with other records", /* a CNAME, perhaps */
};

void work_settle(struct target *target, int status)
{
    target->status = status;
    target->settled = true;
}

/* Notes the outcome of a request in its changes. */
static void note_done(struct work *work, const char *token)
{
    for (size_t i = 0; i < work->item_count; i++) {
        struct item *const item = &work->items[i];

        if (item->target == NULL || !item->target->in_request)
            continue;
        if (item->changed) {
            item->change->effect = DNSHOOK_EFFECT_CHANGED;
            (void)snprintf(item->change->token, sizeof item->change->token, "%s", token);
        }
        work_settle(item->target, DNSHOOK_OK);
    }
}

static void note_tried(struct work *work)
{
    for (size_t i = 0; i < work->item_count; i++) {
        struct item *const item = &work->items[i];

        if (item->target != NULL && item->target->in_request && item->changed)
            item->tried = true;
    }
}

/* Reads the answer to a change that was made. */
static int read_done(struct work *work, const struct aws_response *response)
{
    xmlDoc *document = NULL;
    char text[128];
    char token[ROUTE53_ID_SIZE];
    const int status =
        route53_read(work->self, response, "ChangeResourceRecordSetsResponse", &document);

    if (status != DNSHOOK_OK)
        return status;
    const xmlNode *const info = xml_child(xmlDocGetRootElement(document), "ChangeInfo");
    const bool good =
        xml_text(xml_child(info, "Id"), text, sizeof text) && route53_id(text, "change", token);

    xmlFreeDoc(document);
    if (!good)
        return dnshook_fail(work->self->aws.host, DNSHOOK_BAD_ANSWER,
                            "Route 53 answered to a change in zone %s without the change's id",
                            work->zone_id);
    note_done(work, token);
    return DNSHOOK_OK;
}

static bool is_race(const char *message)
{
    for (size_t i = 0; i < sizeof race_words / sizeof *race_words; i++)
        if (strstr(message, race_words[i]) != NULL)
            return true;
    return false;
}

/* True when the service's message speaks of this name. */
static bool is_named(const struct target *target, const char *message)
{
    const char *found = strstr(message, target->written);

    while (found != NULL && found > message && strchr("'\" ", found[-1]) == NULL)
        found = strstr(found + 1, target->written);
    return found != NULL;
}

/* How many names are in the request; with `message`, only those that it speaks of. */
static size_t count_sent(const struct work *work, const char *message)
{
    size_t count = 0;

    for (size_t i = 0; i < work->target_count; i++)
        count += work->targets[i].in_request &&
                 (message == NULL || is_named(&work->targets[i], message));
    return count;
}

static void refuse(struct work *work, struct target *target, const char *message)
{
    work_settle(target,
                plan_fail(work->self, DNSHOOK_REJECTED,
                          "Route 53 refuses to change the TXT set at %s in zone %s (%s): %s",
                          target->name, work->zone_name, work->zone_id, message));
}

/* What a refused request means for each of its names: a race is run again; a final refusal ends
 * those that it names, and where it names none of several, each is sent by itself. */
static void note_refused(struct work *work, const struct aws_response *response)
{
    const char *const message = response->message;
    const bool race = is_race(message);
    const size_t sent = count_sent(work, NULL);
    const size_t named = count_sent(work, message);

    (void)snprintf(work->last, sizeof work->last, "%s", message);
    for (size_t i = 0; i < work->target_count; i++) {
        struct target *const target = &work->targets[i];
        const bool meant = named == 0 || is_named(target, message);

        if (!target->in_request)
            continue;
        if (race) {
            target->stale = target->stale || meant;
            target->alone = target->alone || named == 0;
            work->conflict = true;
        } else if (sent == 1 || (named > 0 && meant)) {
            refuse(work, target, message);
        } else {
            target->alone = target->alone || named == 0;
        }
    }
}

static int fail_call(struct work *work, const struct aws_response *response)
{
    char what[AWS_NAME_SIZE + 128];
    char arn[ROUTE53_ARN_SIZE];
    const char *name = "";

    for (size_t i = 0; i < work->target_count; i++)
        name = work->targets[i].in_request ? work->targets[i].name : name;
    route53_arn(work->self, "hostedzone", work->zone_id, arn);
    (void)snprintf(what, sizeof what, "changing the TXT set at %s%s in zone %s", name,
                   count_sent(work, NULL) > 1 ? " and others" : "", work->zone_name);
    return aws_fail(&work->self->aws, response, what, "route53:ChangeResourceRecordSets", arn);
}

/* Sends one request. What is returned meets every name. */
static int send_request(struct work *work, const struct batch *batch)
{
    xmlBuffer *const body = batch_write(batch);
    struct aws_response response = {.code = 0};
    char path[ROUTE53_PATH_SIZE];

    if (body == NULL)
        return aws_no_memory(&work->self->aws);
    (void)snprintf(path, sizeof path, "/2013-04-01/hostedzone/%s/rrset/", work->zone_id);
    const struct aws_request request = {.service = AWS_ROUTE53,
                                        .method = "POST",
                                        .path = path,
                                        .content_type = "application/xml",
                                        .body = (const char *)xmlBufferContent(body)};
    const int status = aws_call(&work->self->aws, &request, &response);

    xmlBufferFree(body);
    if (response.uncertain)
        note_tried(work);
    if (status != DNSHOOK_OK)
        return status;
    if (response.error[0] == '\0')
        return read_done(work, &response);
    if (strcmp(response.error, "InvalidChangeBatch") != 0)
        return fail_call(work, &response);
    note_refused(work, &response);
    return DNSHOOK_OK;
}

/* Puts as many names as fit into the next request, from *next on. */
static int fill(struct work *work, size_t *next, struct batch *batch)
{
    for (size_t i = 0; i < work->target_count; i++)
        work->targets[i].in_request = false;
    for (; *next < work->target_count; ++*next) {
        struct target *const target = &work->targets[*next];

        if (target->settled)
            continue;
        if (batch->count > 0 && (target->alone || !batch_fits(batch, &target->batch)))
            return DNSHOOK_OK;
        if (!batch_append(work->self->aws.host, batch, &target->batch))
            return aws_no_memory(&work->self->aws);
        target->in_request = true;
        if (target->alone) {
            ++*next;
            return DNSHOOK_OK;
        }
    }
    return DNSHOOK_OK;
}

int work_send(struct work *work)
{
    int status = DNSHOOK_OK;

    for (size_t next = 0; status == DNSHOOK_OK && next < work->target_count;) {
        struct batch batch = {.ops = NULL};

        status = fill(work, &next, &batch);
        if (status == DNSHOOK_OK && batch.count > 0)
            status = send_request(work, &batch);
        batch_free(work->self->aws.host, &batch);
    }
    return status;
}
