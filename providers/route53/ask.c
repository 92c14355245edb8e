/*
 * What every question to Route 53 has in common.
 *
 * SPDX-License-Identifier: MIT
 */
#include "route53.h"

#include "xml.h"

#include <string.h>

/* Partitions by how their regions begin (AWS General Reference, "Amazon Resource Names"). */
static const struct {
    const char *region;
    const char *partition;
} partitions[] = {
    {"cn-", "aws-cn"},         {"us-gov-", "aws-us-gov"}, {"us-iso-", "aws-iso"},
    {"us-isob-", "aws-iso-b"}, {"eu-isoe-", "aws-iso-e"}, {"us-isof-", "aws-iso-f"},
    {"eu-isof-", "aws-iso-f"}, {"eusc-", "aws-eusc"},
};

bool route53_id(const char *text, const char *kind, char out[ROUTE53_ID_SIZE])
{
    const size_t length = strlen(kind);
    const char *id = text + (text[0] == '/' ? 1 : 0);

    if (strncmp(id, kind, length) == 0 && id[length] == '/')
        id += length + 1;
    else
        id = text;
    const size_t size = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    out[0] = '\0';
    if (size == 0 || id[size] != '\0' || size >= ROUTE53_ID_SIZE)
        return false;
    memcpy(out, id, size + 1);
    return true;
}

/* The region of the environment, or of the profile if the shared files have been read. */
static const char *region_of(const struct route53 *self)
{
    if (self->aws.profiles != NULL)
        return aws_setting(&self->aws, "region", "region");
    return self->aws.host->param(self->aws.host, "region");
}

void route53_arn(const struct route53 *self, const char *kind, const char *id,
                 char out[ROUTE53_ARN_SIZE])
{
    const char *const region = self == NULL ? NULL : region_of(self);
    const char *partition = "aws";

    for (size_t i = 0; region != NULL && i < sizeof partitions / sizeof *partitions; i++)
        if (strncmp(region, partitions[i].region, strlen(partitions[i].region)) == 0)
            partition = partitions[i].partition;
    (void)snprintf(out, ROUTE53_ARN_SIZE, "arn:%s:route53:::%s/%s", partition, kind, id);
}

bool route53_is_denied(const struct aws_response *response)
{
    return strcmp(response->error, "AccessDenied") == 0 ||
           strcmp(response->error, "AccessDeniedException") == 0;
}

int route53_read(struct route53 *self, const struct aws_response *response, const char *root,
                 xmlDoc **document)
{
    *document = xml_parse(response->body, response->body_size);
    if (*document != NULL && xml_is(xmlDocGetRootElement(*document), root))
        return DNSHOOK_OK;
    xmlFreeDoc(*document);
    *document = NULL;
    return dnshook_fail(self->aws.host, DNSHOOK_BAD_ANSWER,
                        "Route 53 answered with status %u and %zu bytes that are no whole %s: is "
                        "there a proxy in between?",
                        response->code, response->body_size, root);
}

int route53_ask(struct route53 *self, const char *path, const struct aws_pair *query,
                const char *root, struct aws_response *response, xmlDoc **document)
{
    const struct aws_request request = {
        .service = AWS_ROUTE53, .method = "GET", .path = path, .query = query};
    const int status = aws_call(&self->aws, &request, response);

    *document = NULL;
    if (status != DNSHOOK_OK || response->error[0] != '\0')
        return status;
    return route53_read(self, response, root, document);
}
