/*
 * Whether Route 53 says that a change is live on all of its servers (API_GetChange).
 *
 * SPDX-License-Identifier: MIT
 */
#include "route53.h"

#include "xml.h"

#include <string.h>

/* What the document says; INSYNC is remembered. */
static int read_status(struct route53 *self, const xmlDoc *document, const char *id)
{
    const xmlNode *const info =
        xml_child(xmlDocGetRootElement((xmlDoc *)(uintptr_t)document), "ChangeInfo");
    char text[16];

    if (xml_text(xml_child(info, "Status"), text, sizeof text)) {
        if (strcmp(text, "INSYNC") == 0) {
            (void)snprintf(self->live, sizeof self->live, "%s", id);
            return DNSHOOK_OK;
        }
        if (strcmp(text, "PENDING") == 0)
            return dnshook_fail(self->aws.host, DNSHOOK_AGAIN, "change %s is PENDING", id);
    }
    return dnshook_fail(self->aws.host, DNSHOOK_BAD_ANSWER,
                        "Route 53 answered about change %s with a status that is neither PENDING "
                        "nor INSYNC",
                        id);
}

/* Without an id, the service cannot be asked: the value was there already, and how long ago the
 * change that put it there was made, nobody knows. The nameservers decide then. */
int route53_is_live(void *handle, const struct dnshook_change *change)
{
    struct route53 *const self = handle;
    struct aws_response response = {.code = 0};
    char path[ROUTE53_PATH_SIZE];
    char id[ROUTE53_ID_SIZE];
    char what[64];
    char arn[ROUTE53_ARN_SIZE];
    xmlDoc *document = NULL;

    if (!route53_id(change->token, "change", id))
        return dnshook_fail(self->aws.host, DNSHOOK_UNSUPPORTED,
                            "no change was made at %s, so there is none to ask about",
                            change->name);
    if (strcmp(id, self->live) == 0)
        return DNSHOOK_OK;
    (void)snprintf(path, sizeof path, "/2013-04-01/change/%s", id);
    int status = route53_ask(self, path, NULL, "GetChangeResponse", &response, &document);

    if (status != DNSHOOK_OK)
        return status;
    if (document == NULL) {
        (void)snprintf(what, sizeof what, "asking about change %s", id);
        route53_arn(self, "change", "*", arn);
        return aws_fail(&self->aws, &response, what, "route53:GetChange", arn);
    }
    status = read_status(self, document, id);
    xmlFreeDoc(document);
    return status;
}
