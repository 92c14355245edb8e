/*
 * The smallest IAM policy that works (Route 53 Developer Guide, "Using IAM policy conditions for
 * fine-grained access control").
 *
 * SPDX-License-Identifier: MIT
 */
#include "labels.h"
#include "profile.h"
#include "route53.h"

#include <jansson.h>

#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 1200 };

/* What the policy is for. */
struct subject {
    const struct route53 *self; /* NULL: no instance */
    const char *name;           /* the record name; NULL: every challenge */
    const char (*ids)[ROUTE53_ID_SIZE];
    size_t id_count; /* 0: every zone */
    char found[1][ROUTE53_ID_SIZE];
};

static int take_zone(void *opaque, const struct dnshook_zone *zone)
{
    struct subject *const subject = opaque;

    (void)snprintf(subject->found[0], ROUTE53_ID_SIZE, "%s", zone->id);
    return DNSHOOK_OK;
}

/* Decides which zones the policy is for: those that the user named, else the one of the name, if
 * the host has found it. */
static void find_subject(struct subject *subject, struct route53 *self)
{
    if (self == NULL)
        return;
    (void)profiles_read(&self->aws); /* for the region, which says the ARNs' partition */
    subject->ids = (const char(*)[ROUTE53_ID_SIZE])self->ids;
    subject->id_count = self->id_count;
    if (self->id_count > 0 || subject->name == NULL)
        return;
    if (strcmp(subject->name, self->chosen_for) == 0)
        memcpy(subject->found[0], self->chosen, ROUTE53_ID_SIZE);
    else if (route53_find_zone(self, subject->name, NULL, take_zone, subject) != DNSHOOK_OK)
        return;
    subject->ids = (const char(*)[ROUTE53_ID_SIZE])subject->found;
    subject->id_count = 1;
}

/* The zones as ARNs. NULL: memory ran out. */
static json_t *zone_arns(const struct subject *subject)
{
    const size_t count = subject->id_count > 0 ? subject->id_count : 1;
    json_t *const list = json_array();
    char arn[ROUTE53_ARN_SIZE];

    for (size_t i = 0; i < count; i++) {
        route53_arn(subject->self, "hostedzone", subject->id_count > 0 ? subject->ids[i] : "*",
                    arn);
        if (json_array_append_new(list, json_string(arn)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* The record name as the condition key has it: lower case, octal escapes, no final dot; a pattern
 * for every challenge where no name is given. */
static void normalize(const char *name, char out[AWS_NAME_SIZE])
{
    struct labels labels;

    (void)snprintf(out, AWS_NAME_SIZE, "_acme-challenge.*");
    if (name == NULL || !labels_read(name, &labels))
        return;
    labels_write_service(&labels, out);
    if (strlen(out) > 1)
        out[strlen(out) - 1] = '\0';
}

/* Only TXT sets of that name may be created and deleted. */
static json_t *change_statement(const struct subject *subject)
{
    char normal[AWS_NAME_SIZE];

    normalize(subject->name, normal);
    return json_pack(
        "{s:s, s:s, s:o, s:{s:{s:[s], s:[s], s:[s, s]}}}", "Effect", "Allow", "Action",
        "route53:ChangeResourceRecordSets", "Resource", zone_arns(subject), "Condition",
        subject->name != NULL ? "ForAllValues:StringEquals" : "ForAllValues:StringLike",
        "route53:ChangeResourceRecordSetsNormalizedRecordNames", normal,
        "route53:ChangeResourceRecordSetsRecordTypes", "TXT",
        "route53:ChangeResourceRecordSetsActions", "CREATE", "DELETE");
}

static json_t *read_statement(const struct subject *subject)
{
    return json_pack("{s:s, s:[s, s], s:o}", "Effect", "Allow", "Action", "route53:GetHostedZone",
                     "route53:ListResourceRecordSets", "Resource", zone_arns(subject));
}

static json_t *live_statement(const struct subject *subject)
{
    char arn[ROUTE53_ARN_SIZE];

    route53_arn(subject->self, "change", "*", arn);
    return json_pack("{s:s, s:s, s:s}", "Effect", "Allow", "Action", "route53:GetChange",
                     "Resource", arn);
}

/* Where the zone of the name was found, it is the one that the DNS shows (no other is written to),
 * and is found by its name. */
static json_t *find_statement(const struct subject *subject)
{
    json_t *const actions = json_pack("[s]", "route53:ListHostedZonesByName");

    if (subject->id_count == 0 &&
        json_array_append_new(actions, json_string("route53:ListHostedZones")) != 0) {
        json_decref(actions);
        return NULL;
    }
    return json_pack("{s:s, s:o, s:s}", "Effect", "Allow", "Action", actions, "Resource", "*");
}

/* True when the zone is found by asking each time. */
static bool is_searching(const struct subject *subject)
{
    return subject->self == NULL || subject->self->id_count == 0;
}

/* The policy as text, to be freed; NULL: memory ran out. */
static char *write_policy(const struct subject *subject)
{
    json_t *const policy =
        json_pack("{s:s, s:[o, o, o]}", "Version", "2012-10-17", "Statement",
                  change_statement(subject), read_statement(subject), live_statement(subject));
    json_t *const statements = json_object_get(policy, "Statement");
    char *text = NULL;

    if (policy != NULL &&
        (!is_searching(subject) || json_array_append_new(statements, find_statement(subject)) == 0))
        text = json_dumps(policy, JSON_INDENT(2));
    json_decref(policy);
    return text;
}

/* Hands a text to the host line by line. */
static int hand_lines(const char *text, dnshook_name_fn *each, void *opaque)
{
    int status = DNSHOOK_OK;

    while (status == DNSHOOK_OK && *text != '\0') {
        const size_t length = strcspn(text, "\n");
        char line[LINE_SIZE];

        (void)snprintf(line, sizeof line, "%.*s", (int)length, text);
        status = each(opaque, line);
        text += length;
        text += *text == '\n' ? 1 : 0;
    }
    return status;
}

/* What is said before and after the policy. */
static const char before[] = "The smallest IAM policy that works, for the user or role whose "
                             "credentials are given:\n";
static const char after_given[] =
    "Without route53:GetHostedZone the nameservers are not compared before writing, and without\n"
    "route53:GetChange Route 53 is not asked whether a change is live: a warning says so.\n";
static const char after_search[] = "With ACME_HOSTED_ZONE set to the zone's id the last statement "
                                   "is not needed; put that id where\n"
                                   "a star stands after hostedzone/.\n";

int route53_guide(void *handle, const char *name, dnshook_name_fn *each, void *opaque)
{
    struct subject subject = {.self = handle, .name = name};
    int status;

    find_subject(&subject, handle);
    char *const policy = write_policy(&subject);

    if (policy == NULL)
        return handle != NULL ? aws_no_memory(&subject.self->aws) : DNSHOOK_NO_MEMORY;
    status = hand_lines(before, each, opaque);
    if (status == DNSHOOK_OK)
        status = hand_lines(policy, each, opaque);
    if (status == DNSHOOK_OK)
        status = hand_lines(is_searching(&subject) ? after_search : after_given, each, opaque);
    free(policy);
    return status;
}
