/*
 * The role that an account of the configuration takes on, with whatever credentials it has. No
 * variable names it: the SDKs know AWS_ROLE_ARN for web identity alone.
 *
 * SPDX-License-Identifier: MIT
 */
#include "credentials.h"
#include "credentials_sts.h"

int credentials_account_role(struct aws *aws, struct finding *finding)
{
    const struct dnshook_host *const host = aws->host;
    char where[CREDENTIALS_WHY_SIZE];
    struct finding taken = {.found = false};
    const struct sts_role role = {
        .arn = host->param(host, "role-arn"),
        .session_name = host->param(host, "role-session-name"),
        .external_id = host->param(host, "external-id"),
        .where = where,
    };
    int status;

    if (role.arn == NULL || finding->has_role)
        return DNSHOOK_OK;
    (void)snprintf(where, sizeof where, "the parameter role-arn, with %s",
                   finding->credentials.source);
    status = sts_assume_role(aws, &role, &finding->credentials, &taken);
    credentials_drop(aws, &finding->credentials);
    *finding = taken;
    return status;
}

int credentials_check_role(struct aws *aws)
{
    const struct dnshook_host *const host = aws->host;

    if (host->param(host, "external-id") == NULL || host->param(host, "role-arn") != NULL)
        return DNSHOOK_OK;
    return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                        "external-id is set without role-arn: set the role that wants it");
}
