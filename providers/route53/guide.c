/*
 * The smallest IAM policy that works (Route 53 Developer Guide, "Using IAM policy conditions for
 * fine-grained access control").
 *
 * SPDX-License-Identifier: MIT
 */
#include "labels.h"
#include "route53.h"

#include <jansson.h>

#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 1200 };

/* The zones that the policy is for, as ARNs. NULL: memory ran out. */
static json_t *zone_arns(const struct route53 *self)
{
    const size_t count = self != NULL ? self->id_count : 0;
    json_t *const list = json_array();
    char arn[ROUTE53_ARN_SIZE];

    for (size_t i = 0; i < (count > 0 ? count : 1); i++) {
        route53_arn(self, "hostedzone", count > 0 ? self->ids[i] : "*", arn);
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
static json_t *change_statement(const struct route53 *self, const char *name)
{
    char normal[AWS_NAME_SIZE];

    normalize(name, normal);
    return json_pack("{s:s, s:s, s:o, s:{s:{s:[s], s:[s], s:[s, s]}}}", "Effect", "Allow", "Action",
                     "route53:ChangeResourceRecordSets", "Resource", zone_arns(self), "Condition",
                     name != NULL ? "ForAllValues:StringEquals" : "ForAllValues:StringLike",
                     "route53:ChangeResourceRecordSetsNormalizedRecordNames", normal,
                     "route53:ChangeResourceRecordSetsRecordTypes", "TXT",
                     "route53:ChangeResourceRecordSetsActions", "CREATE", "DELETE");
}

static json_t *read_statement(const struct route53 *self)
{
    return json_pack("{s:s, s:[s, s], s:o}", "Effect", "Allow", "Action", "route53:GetHostedZone",
                     "route53:ListResourceRecordSets", "Resource", zone_arns(self));
}

static json_t *live_statement(const struct route53 *self)
{
    char arn[ROUTE53_ARN_SIZE];

    route53_arn(self, "change", "*", arn);
    return json_pack("{s:s, s:s, s:s}", "Effect", "Allow", "Action", "route53:GetChange",
                     "Resource", arn);
}

static json_t *find_statement(void)
{
    return json_pack("{s:s, s:[s, s], s:s}", "Effect", "Allow", "Action",
                     "route53:ListHostedZonesByName", "route53:ListHostedZones", "Resource", "*");
}

/* The policy as text, to be freed; NULL: memory ran out. */
static char *write_policy(const struct route53 *self, const char *name)
{
    const bool given = self != NULL && self->id_count > 0;
    json_t *const policy =
        json_pack("{s:s, s:[o, o, o]}", "Version", "2012-10-17", "Statement",
                  change_statement(self, name), read_statement(self), live_statement(self));
    char *text = NULL;

    if (policy != NULL && (given || json_array_append_new(json_object_get(policy, "Statement"),
                                                          find_statement()) == 0))
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
    "route53:GetHostedZone and route53:GetChange may be left out: then the nameservers are not "
    "compared before\nwriting, or Route 53 is not asked whether a change is live.\n";
static const char after_found[] =
    "With ACME_HOSTED_ZONE set to the zone's id, the last statement is not needed, and "
    "hostedzone/* becomes\nhostedzone/ID.\n";

int route53_guide(void *handle, const char *name, dnshook_name_fn *each, void *opaque)
{
    const struct route53 *const self = handle;
    char *const policy = write_policy(self, name);
    const bool given = self != NULL && self->id_count > 0;
    int status = DNSHOOK_NO_MEMORY;

    if (policy != NULL)
        status = hand_lines(before, each, opaque);
    if (status == DNSHOOK_OK)
        status = hand_lines(policy, each, opaque);
    if (status == DNSHOOK_OK)
        status = hand_lines(given ? after_given : after_found, each, opaque);
    free(policy);
    return status == DNSHOOK_NO_MEMORY && self != NULL ? aws_no_memory(&self->aws) : status;
}
