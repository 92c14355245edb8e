/*
 * Whose credentials these are (STS API_GetCallerIdentity, for which nobody needs a permission).
 *
 * SPDX-License-Identifier: MIT
 */
#include "route53.h"

#include "xml.h"

#include <string.h>

enum { CALLER_SIZE = 2049 };

static const struct aws_pair form[] = {
    {"Action", "GetCallerIdentity"}, {"Version", "2011-06-15"}, {NULL, NULL}};

/* Reads the caller's ARN. False: the answer has none. */
static bool read_caller(const struct aws_response *response, char arn[CALLER_SIZE])
{
    xmlDoc *const document = xml_parse(response->body, response->body_size);
    const xmlNode *const result =
        xml_child(xmlDocGetRootElement(document), "GetCallerIdentityResult");
    const bool good = xml_text(xml_child(result, "Arn"), arn, CALLER_SIZE) && arn[0] != '\0';

    xmlFreeDoc(document);
    return good;
}

/* Says whose credentials they are. */
static int report(struct route53 *self, const struct aws_response *response, const char *source)
{
    const struct dnshook_host *const host = self->aws.host;
    char caller[CALLER_SIZE];

    if (response->error[0] != '\0')
        dnshook_log(host, DNSHOOK_LOG_INFO, "credentials from %s; STS does not say whose: %s: %s",
                    source, response->error, response->message);
    else if (read_caller(response, caller))
        dnshook_log(host, DNSHOOK_LOG_INFO, "credentials from %s; the caller is %s", source,
                    caller);
    else
        dnshook_log(host, DNSHOOK_LOG_INFO, "credentials from %s; STS does not say whose", source);
    return DNSHOOK_OK;
}

/* With a zone, Route 53 itself has taken the credentials already; without one, STS's word counts.
 */
int route53_check(void *handle, const struct dnshook_zone *zone)
{
    struct route53 *const self = handle;
    const struct aws_credentials *credentials = NULL;
    struct aws_response response = {.code = 0};
    int status = aws_credentials(&self->aws, false, &credentials);

    if (status != DNSHOOK_OK)
        return status;
    char *const body = aws_query(&self->aws, form);

    if (body == NULL)
        return aws_no_memory(&self->aws);
    const struct aws_request request = {.service = AWS_STS,
                                        .method = "POST",
                                        .path = "/",
                                        .content_type =
                                            "application/x-www-form-urlencoded; charset=utf-8",
                                        .body = body,
                                        .once = true};

    status = aws_call(&self->aws, &request, &response);
    self->aws.host->free(self->aws.host, body);
    if (status == DNSHOOK_UNREACHABLE || status == DNSHOOK_BAD_ANSWER ||
        (status == DNSHOOK_DEADLINE && self->aws.host->time_left(self->aws.host) > 0)) {
        dnshook_log(self->aws.host, DNSHOOK_LOG_INFO,
                    "credentials from %s; STS, which could say whose, cannot be reached",
                    credentials->source);
        return DNSHOOK_OK;
    }
    if (status != DNSHOOK_OK)
        return status;
    if (zone == NULL && response.error[0] != '\0' && !route53_is_denied(&response))
        return aws_fail(&self->aws, &response, "asking STS whose the credentials are",
                        "sts:GetCallerIdentity", "");
    return report(self, &response, credentials->source);
}
