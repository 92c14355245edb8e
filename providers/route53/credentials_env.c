/*
 * Keys that are given as parameters: in the environment, or in an account of the configuration.
 *
 * SPDX-License-Identifier: MIT
 */
#include "credentials.h"

int credentials_env(struct aws *aws, struct finding *finding)
{
    const struct dnshook_host *const host = aws->host;
    const struct credentials_parts parts = {
        .access_key_id = host->param(host, "access-key-id"),
        .secret_access_key = host->param(host, "secret-access-key"),
        .session_token = host->param(host, "session-token"),
        .source = "the environment (AWS_ACCESS_KEY_ID)",
    };
    const bool has_id = parts.access_key_id != NULL;

    if (!has_id && parts.secret_access_key == NULL) {
        (void)snprintf(finding->why, sizeof finding->why,
                       "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set");
        return DNSHOOK_OK;
    }
    if (!has_id || parts.secret_access_key == NULL)
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                            "%s is set without %s: set both AWS_ACCESS_KEY_ID and "
                            "AWS_SECRET_ACCESS_KEY (parameters access-key-id and "
                            "secret-access-key), or neither",
                            has_id ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
                            has_id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
    if (host->param(host, "profile") != NULL)
        dnshook_log(host, DNSHOOK_LOG_INFO,
                    "AWS_ACCESS_KEY_ID is used; profile %s is not asked for credentials",
                    host->param(host, "profile"));
    return credentials_take(aws, &parts, finding);
}
