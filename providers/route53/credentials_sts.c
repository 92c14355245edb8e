/*
 * Roles.
 *
 * SPDX-License-Identifier: MIT
 */
#include "credentials_sts.h"
#include "xml.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    TEXT_SIZE = 16384, /* of a session token; they have 400 to 4,000 bytes, and may grow */
    DURATION_MIN = 900,
    DURATION_MAX = 43200
};

/* The parts of an answer; in memory of the host, so that they are wiped. */
struct answer {
    char access_key_id[TEXT_SIZE];
    char secret_access_key[TEXT_SIZE];
    char session_token[TEXT_SIZE];
    char expires[64];
};

/* Which of the two operations. */
struct operation {
    const char *name;
    const char *result;               /* element of the answer */
    const struct aws_credentials *by; /* NULL: not signed */
    const char *token;                /* web identity; NULL: none */
};

static int check_role(struct aws *aws, const struct sts_role *role)
{
    char *end = NULL;
    const long seconds = role->duration == NULL ? DURATION_MIN : strtol(role->duration, &end, 10);

    if (strncmp(role->arn, "arn:", 4) != 0 || !credentials_is_header(role->arn))
        return dnshook_fail(aws->host, DNSHOOK_BAD_CONFIG,
                            "%s: the role is no ARN (arn:aws:iam::ACCOUNT:role/NAME)", role->where);
    if ((end != NULL && *end != '\0') || seconds < DURATION_MIN || seconds > DURATION_MAX)
        return dnshook_fail(aws->host, DNSHOOK_BAD_CONFIG, "%s: duration_seconds must be %d to %d",
                            role->where, DURATION_MIN, DURATION_MAX);
    return DNSHOOK_OK;
}

/* Reads the answer's parts; false: one is missing. */
static bool read_answer(const struct aws_response *response, const char *result,
                        struct answer *answer)
{
    xmlDoc *const document = xml_parse(response->body, response->body_size);
    const xmlNode *const root = document == NULL ? NULL : xmlDocGetRootElement(document);
    const xmlNode *const node = xml_child(xml_child(root, result), "Credentials");
    const bool good =
        xml_text(xml_child(node, "AccessKeyId"), answer->access_key_id, TEXT_SIZE) &&
        xml_text(xml_child(node, "SecretAccessKey"), answer->secret_access_key, TEXT_SIZE) &&
        xml_text(xml_child(node, "SessionToken"), answer->session_token, TEXT_SIZE) &&
        xml_text(xml_child(node, "Expiration"), answer->expires, sizeof answer->expires);

    xmlFreeDoc(document);
    return good;
}

/* Takes the credentials of an answer. */
static int take_answer(struct aws *aws, const struct aws_response *response,
                       const struct operation *operation, const char *source,
                       struct finding *finding)
{
    struct answer *const answer = aws->host->alloc(aws->host, sizeof *answer);
    struct credentials_parts parts = {.refreshable = true, .source = source};
    int status;

    if (answer == NULL)
        return aws_no_memory(aws);
    if (read_answer(response, operation->result, answer) &&
        credentials_time(answer->expires, &parts.expires)) {
        parts.access_key_id = answer->access_key_id;
        parts.secret_access_key = answer->secret_access_key;
        parts.session_token = answer->session_token;
        status = credentials_take(aws, &parts, finding);
    } else {
        status =
            dnshook_fail(aws->host, DNSHOOK_BAD_ANSWER,
                         "%s: the answer of the Security Token Service has no credentials", source);
    }
    aws->host->free(aws->host, answer);
    return status;
}

/* Sends the form and judges the answer. */
static int ask(struct aws *aws, const struct sts_role *role, const struct operation *operation,
               const char *form, struct finding *finding)
{
    const struct aws_request request = {
        .service = AWS_STS,
        .method = "POST",
        .path = "/",
        .content_type = "application/x-www-form-urlencoded; charset=utf-8",
        .body = form,
        .credentials = operation->by,
        .unsigned_call = operation->by == NULL,
        .secret = operation->token,
    };
    struct aws_response response;
    char source[CREDENTIALS_WHY_SIZE * 2];
    char action[64];
    const int status = aws_call(aws, &request, &response);

    if (status != DNSHOOK_OK)
        return status;
    (void)snprintf(source, sizeof source, "role %s of %s", role->arn, role->where);
    (void)snprintf(action, sizeof action, "sts:%s", operation->name);
    if (response.error[0] != '\0')
        return aws_fail(aws, &response, source, action, role->arn);
    return take_answer(aws, &response, operation, source, finding);
}

static int assume(struct aws *aws, const struct sts_role *role, const struct operation *operation,
                  struct finding *finding)
{
    char name[64];
    struct aws_pair pairs[8];
    size_t count = 0;
    const struct aws_pair rows[] = {
        {"Action", operation->name},
        {"Version", "2011-06-15"},
        {"RoleArn", role->arn},
        {"RoleSessionName", role->session_name == NULL ? name : role->session_name},
        {"ExternalId", role->external_id},
        {"DurationSeconds", role->duration},
        {"WebIdentityToken", operation->token},
    };
    int status = check_role(aws, role);

    if (status != DNSHOOK_OK)
        return status;
    (void)snprintf(name, sizeof name, "dnshook-%lld", (long long)time(NULL));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].value != NULL)
            pairs[count++] = rows[i];
    pairs[count] = (struct aws_pair){NULL, NULL};

    char *const form = aws_query(aws, pairs);

    status = form == NULL ? aws_no_memory(aws) : ask(aws, role, operation, form, finding);
    aws->host->free(aws->host, form);
    return status;
}

int sts_assume_role(struct aws *aws, const struct sts_role *role, const struct aws_credentials *by,
                    struct finding *finding)
{
    const struct operation operation = {
        .name = "AssumeRole",
        .result = "AssumeRoleResult",
        .by = by,
    };

    return assume(aws, role, &operation, finding);
}

int sts_web_identity(struct aws *aws, const struct sts_role *role, const char *token_file,
                     struct finding *finding)
{
    struct operation operation = {
        .name = "AssumeRoleWithWebIdentity",
        .result = "AssumeRoleWithWebIdentityResult",
    };
    char *token = NULL;
    int status = credentials_token(aws, role->where, token_file, &token);

    if (status != DNSHOOK_OK)
        return status;
    operation.token = token;
    status = assume(aws, role, &operation, finding);
    aws->host->free(aws->host, token);
    return status;
}

int credentials_web_identity(struct aws *aws, struct finding *finding)
{
    const struct dnshook_host *const host = aws->host;
    const char *const file = host->param(host, "web-identity-token-file");
    const char *const own = host->param(host, "web-identity-role-arn");
    const struct sts_role role = {
        .arn = own != NULL ? own : host->param(host, "role-arn"),
        .session_name = host->param(host, "role-session-name"),
        .where = "AWS_WEB_IDENTITY_TOKEN_FILE",
    };

    if (file == NULL) {
        (void)snprintf(finding->why, sizeof finding->why,
                       "AWS_WEB_IDENTITY_TOKEN_FILE is not set%s",
                       own == NULL ? "" : " (AWS_ROLE_ARN is)");
        return DNSHOOK_OK;
    }
    if (role.arn == NULL)
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                            "AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN: set the role "
                            "that is to be assumed with the token");
    finding->has_role = own == NULL;
    return sts_web_identity(aws, &role, file, finding);
}
