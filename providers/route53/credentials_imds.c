/*
 * The metadata service of an EC2 instance (Amazon EC2 User Guide, "Use the Instance Metadata
 * Service to access instance metadata"): version 2 alone, which wants a token first. Version 1
 * would hand credentials to whoever can make a program on the machine fetch a URL; it is never
 * spoken.
 *
 * SPDX-License-Identifier: MIT
 */
#include "credentials_http.h"
#include "credentials_json.h"
#include "profile.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ROLES "/latest/meta-data/iam/security-credentials/"

enum {
    URL_SIZE = 512,
    BASE_SIZE = 200,
    TOKEN_MAX = 1024,
    ROLE_MAX = 128,
    TIMEOUT = 1, /* seconds */
    ATTEMPTS = 1,
    MOST = 100 /* seconds, or attempts */
};

/* One conversation with the service. */
struct imds {
    struct aws *aws;
    char base[BASE_SIZE];
    uint32_t timeout; /* milliseconds */
    unsigned attempts;
    char *header; /* with the token, in memory of the host */
};

/* A whole number of 1 to MOST that the user may have set. */
static int read_number(struct aws *aws, const char *param, const char *property, int initial,
                       int *out)
{
    const char *const text = aws_setting(aws, param, property);
    char *end = NULL;
    const long value = text == NULL ? initial : strtol(text, &end, 10);

    *out = (int)value;
    if (text == NULL || (*end == '\0' && value >= 1 && value <= MOST))
        return DNSHOOK_OK;
    return dnshook_fail(aws->host, DNSHOOK_BAD_CONFIG, "%s must be a whole number of 1 to %d",
                        param, MOST);
}

/* Finds the address: the user's, or the one of the IP version that the user wants. */
static int find_base(struct imds *imds)
{
    static const struct {
        const char *mode;
        const char *base;
    } modes[] = {
        {"IPv4", "http://169.254.169.254"},
        {"IPv6", "http://[fd00:ec2::254]"},
    };
    struct aws *const aws = imds->aws;
    const char *base =
        aws_setting(aws, "ec2-metadata-service-endpoint", "ec2_metadata_service_endpoint");
    const char *mode = aws_setting(aws, "ec2-metadata-service-endpoint-mode",
                                   "ec2_metadata_service_endpoint_mode");

    if (mode == NULL)
        mode = modes[0].mode;
    for (size_t i = 0; base == NULL && i < sizeof modes / sizeof *modes; i++)
        if (strcasecmp(mode, modes[i].mode) == 0)
            base = modes[i].base;
    if (base == NULL)
        return dnshook_fail(aws->host, DNSHOOK_BAD_CONFIG,
                            "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is %s: it must be IPv4 or IPv6",
                            mode);

    size_t size = strlen(base);

    while (size > 0 && base[size - 1] == '/')
        size--;
    if (size >= sizeof imds->base || !credentials_is_header(base))
        return dnshook_fail(aws->host, DNSHOOK_BAD_CONFIG,
                            "AWS_EC2_METADATA_SERVICE_ENDPOINT is no URL");
    (void)snprintf(imds->base, sizeof imds->base, "%.*s", (int)size, base);
    return DNSHOOK_OK;
}

static int read_settings(struct imds *imds)
{
    int timeout = 0;
    int attempts = 0;
    int status = find_base(imds);

    if (status == DNSHOOK_OK)
        status = read_number(imds->aws, "metadata-service-timeout", "metadata_service_timeout",
                             TIMEOUT, &timeout);
    if (status == DNSHOOK_OK)
        status = read_number(imds->aws, "metadata-service-num-attempts",
                             "metadata_service_num_attempts", ATTEMPTS, &attempts);
    imds->timeout = (uint32_t)timeout * 1000;
    imds->attempts = (unsigned)attempts;
    return status;
}

/* One exchange; the flag also keeps it away from proxies. */
static int ask(const struct imds *imds, const char *method, const char *path, const char *header,
               struct dnshook_http_response *response)
{
    char url[URL_SIZE];
    const struct local_request request = {
        .method = method,
        .url = url,
        .header = header,
        .flags = DNSHOOK_HTTP_LINK_LOCAL,
        .timeout = imds->timeout,
        .attempts = imds->attempts,
    };

    (void)snprintf(url, sizeof url, "%s%s", imds->base, path);
    return credentials_http(imds->aws, &request, response);
}

/* Gets the token, as a header for the questions; NULL and `why`: the service is not there. */
static int get_token(struct imds *imds, struct finding *finding)
{
    static const char name[] = "X-aws-ec2-metadata-token: ";
    const struct dnshook_host *const host = imds->aws->host;
    struct dnshook_http_response response;
    const int status = ask(imds, "PUT", "/latest/api/token",
                           "X-aws-ec2-metadata-token-ttl-seconds: 21600", &response);

    if (status != DNSHOOK_OK && !credentials_http_is_absent(status))
        return status;
    if (status != DNSHOOK_OK) {
        (void)snprintf(finding->why, sizeof finding->why,
                       "%s gives no answer (%u s; no EC2 instance, or a container in one "
                       "whose hop limit is 1)",
                       imds->base, (unsigned)(imds->timeout / 1000));
        return DNSHOOK_OK;
    }
    if (response.code != 200) {
        (void)snprintf(finding->why, sizeof finding->why,
                       "%s answered %u when asked for a token of IMDSv2", imds->base,
                       (unsigned)response.code);
        return DNSHOOK_OK;
    }
    if (response.body_size > TOKEN_MAX || strlen(response.body) != response.body_size ||
        !credentials_is_header(response.body))
        return dnshook_fail(host, DNSHOOK_BAD_ANSWER, "%s: what it gave is no token of IMDSv2",
                            imds->base);
    imds->header = host->alloc(host, sizeof name + response.body_size);
    if (imds->header == NULL)
        return aws_no_memory(imds->aws);
    (void)snprintf(imds->header, sizeof name + response.body_size, "%s%s", name, response.body);
    return DNSHOOK_OK;
}

/* A GET that has to succeed. */
static int get(const struct imds *imds, const char *path, struct dnshook_http_response *response)
{
    char said[128];
    const int status = ask(imds, "GET", path, imds->header, response);

    if (status != DNSHOOK_OK)
        return status;
    credentials_show(response->body, response->body_size, said, sizeof said);
    if (response->code != 200 && response->code != 404)
        return dnshook_fail(imds->aws->host, DNSHOOK_BAD_ANSWER,
                            "the metadata service %s answered %u to %s: %s", imds->base,
                            (unsigned)response->code, path, said);
    return DNSHOOK_OK;
}

/* A role's name: IAM's characters, of which none has a meaning in a path. */
static bool is_role(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "_+=,.@-";

    return name[0] != '\0' && name[strspn(name, letters)] == '\0' && strcmp(name, ".") != 0 &&
           strcmp(name, "..") != 0;
}

/* Gets the name of the instance's role; "" and `why`: it has none. */
static int get_role(const struct imds *imds, struct finding *finding, char role[ROLE_MAX])
{
    struct dnshook_http_response response;
    const int status = get(imds, ROLES, &response);

    role[0] = '\0';
    if (status != DNSHOOK_OK)
        return status;
    if (response.code == 404 || response.body_size == 0) {
        (void)snprintf(finding->why, sizeof finding->why, "the EC2 instance has no IAM role");
        return DNSHOOK_OK;
    }
    credentials_show(response.body, response.body_size, role, ROLE_MAX);
    if (!is_role(role))
        return dnshook_fail(imds->aws->host, DNSHOOK_BAD_ANSWER,
                            "the metadata service %s named no role that can be one", imds->base);
    return DNSHOOK_OK;
}

/* Takes the credentials of the answer, if it says Success. */
static int take(const struct imds *imds, const char *role,
                const struct dnshook_http_response *response, struct finding *finding)
{
    static const struct credentials_names names = {"AccessKeyId", "SecretAccessKey", "Token",
                                                   "Expiration"};
    char why[CREDENTIALS_WHY_SIZE] = "";
    char source[CREDENTIALS_WHY_SIZE];
    char said[128] = "nothing";
    json_t *const object = credentials_json(response->body, response->body_size, why);
    const char *const code = credentials_json_text(object, "Code");
    int status;

    (void)snprintf(source, sizeof source, "role %s of the EC2 instance (%s)", role, imds->base);
    if (code != NULL)
        credentials_show(code, strlen(code), said, sizeof said);
    if (object == NULL)
        status = dnshook_fail(imds->aws->host, DNSHOOK_BAD_ANSWER, "%s: %s", source, why);
    else if (code == NULL || strcmp(code, "Success") != 0)
        status = dnshook_fail(imds->aws->host, DNSHOOK_DENIED,
                              "%s: no credentials; Code is %s: is the role's trust policy for "
                              "ec2.amazonaws.com?",
                              source, said);
    else
        status = credentials_json_take(imds->aws, object, &names, source, finding);
    credentials_json_free(object);
    finding->keep_expired = true; /* the service hands old ones out while it cannot make new ones */
    return status;
}

/* From the token on. */
static int ask_all(struct imds *imds, struct finding *finding)
{
    struct dnshook_http_response response;
    char role[ROLE_MAX] = "";
    char path[sizeof ROLES + ROLE_MAX];
    int status = get_token(imds, finding);

    if (status != DNSHOOK_OK || imds->header == NULL)
        return status;
    status = get_role(imds, finding, role);
    if (status != DNSHOOK_OK || role[0] == '\0')
        return status;
    (void)snprintf(path, sizeof path, "%s%s", ROLES, role);
    status = get(imds, path, &response);
    if (status == DNSHOOK_OK && response.code == 404)
        status = dnshook_fail(imds->aws->host, DNSHOOK_BAD_ANSWER,
                              "the metadata service %s has no credentials of the role %s that it "
                              "named",
                              imds->base, role);
    return status == DNSHOOK_OK ? take(imds, role, &response, finding) : status;
}

int credentials_imds(struct aws *aws, struct finding *finding)
{
    struct imds imds = {.aws = aws};
    int status = profiles_read(aws);

    if (status == DNSHOOK_OK && aws_flag(aws, "ec2-metadata-disabled")) {
        (void)snprintf(finding->why, sizeof finding->why,
                       "the metadata service is switched off by AWS_EC2_METADATA_DISABLED");
        return DNSHOOK_OK;
    }
    if (status == DNSHOOK_OK)
        status = read_settings(&imds);
    if (status == DNSHOOK_OK)
        status = ask_all(&imds, finding);
    aws->host->free(aws->host, imds.header);
    return status;
}
