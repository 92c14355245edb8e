/*
 * route53 - a provider for Amazon Route 53.
 *
 * SPDX-License-Identifier: MIT
 */
#include "hosted.h"
#include "route53.h"

#include <string.h>

enum { IDS_MAX = 64, GIVEN_MAX = 4096 };

#define PARAM(param_name, variables, param_flags, text)                                            \
    {                                                                                              \
        .size = sizeof(struct dnshook_param), .flags = (param_flags), .name = (param_name),        \
        .env = (variables), .help = (text)                                                         \
    }
#define SECRET DNSHOOK_PARAM_SECRET
#define FILE_PATH DNSHOOK_PARAM_FILE
#define AMBIENT DNSHOOK_PARAM_AMBIENT
#define IDENTITY (DNSHOOK_PARAM_IDENTITY | DNSHOOK_PARAM_AMBIENT)

static const struct dnshook_param params[] = {
    PARAM("hosted-zone", "ACME_HOSTED_ZONE AWS_HOSTED_ZONE_ID", DNSHOOK_PARAM_ZONE,
          "Id of the hosted zone, or several separated by commas; without it the zone is found"),
    PARAM("access-key-id", "AWS_ACCESS_KEY_ID", IDENTITY, "Id of the access key"),
    PARAM("secret-access-key", "AWS_SECRET_ACCESS_KEY", SECRET | IDENTITY,
          "The access key's secret"),
    PARAM("session-token", "AWS_SESSION_TOKEN AWS_SECURITY_TOKEN", SECRET | IDENTITY,
          "Token that goes with a temporary access key"),
    PARAM("profile", "AWS_PROFILE AWS_DEFAULT_PROFILE", IDENTITY,
          "Profile in the shared files; without it \"default\""),
    PARAM("config-file", "AWS_CONFIG_FILE", FILE_PATH | IDENTITY,
          "The shared config file; without it ~/.aws/config"),
    PARAM("shared-credentials-file", "AWS_SHARED_CREDENTIALS_FILE", FILE_PATH | IDENTITY,
          "The shared credentials file; without it ~/.aws/credentials"),
    PARAM("region", "AWS_REGION AWS_DEFAULT_REGION", AMBIENT,
          "Region; for Route 53 only its partition counts"),
    PARAM("role-arn", NULL, DNSHOOK_PARAM_IDENTITY,
          "Role to assume with the credentials of the profile, the key or another source"),
    PARAM("external-id", NULL, 0, "External id that this role wants"),
    PARAM("role-session-name", "AWS_ROLE_SESSION_NAME", AMBIENT,
          "Name of the assumed role's session"),
    PARAM("web-identity-role-arn", "AWS_ROLE_ARN", IDENTITY,
          "Role to assume with the web identity token; without it role-arn"),
    PARAM("web-identity-token-file", "AWS_WEB_IDENTITY_TOKEN_FILE", FILE_PATH | IDENTITY,
          "File with a web identity token, as Kubernetes mounts it"),
    PARAM("container-credentials-relative-uri", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", IDENTITY,
          "Path of the credentials of an ECS task"),
    PARAM("container-credentials-full-uri", "AWS_CONTAINER_CREDENTIALS_FULL_URI", IDENTITY,
          "URL of the credentials of a container"),
    PARAM("container-authorization-token", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
          SECRET | DNSHOOK_PARAM_NO_FILE | AMBIENT, "Token for that URL"),
    PARAM("container-authorization-token-file", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
          FILE_PATH | AMBIENT, "File with the token for that URL"),
    PARAM("ec2-metadata-disabled", "AWS_EC2_METADATA_DISABLED", AMBIENT,
          "\"true\": the instance metadata service is not asked for credentials"),
    PARAM("ec2-metadata-service-endpoint", "AWS_EC2_METADATA_SERVICE_ENDPOINT", AMBIENT,
          "URL of the instance metadata service"),
    PARAM("ec2-metadata-service-endpoint-mode", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", AMBIENT,
          "\"IPv4\" or \"IPv6\": which of its addresses is asked"),
    PARAM("metadata-service-timeout", "AWS_METADATA_SERVICE_TIMEOUT", AMBIENT,
          "Seconds that the instance metadata service may take; without it 1"),
    PARAM("metadata-service-num-attempts", "AWS_METADATA_SERVICE_NUM_ATTEMPTS", AMBIENT,
          "How often the instance metadata service is asked; without it once"),
    PARAM("endpoint-url-route53", "AWS_ENDPOINT_URL_ROUTE_53", AMBIENT, "URL of Route 53"),
    PARAM("endpoint-url-sts", "AWS_ENDPOINT_URL_STS", AMBIENT, "URL of the Security Token Service"),
    PARAM("endpoint-url-sso", "AWS_ENDPOINT_URL_SSO", AMBIENT,
          "URL of the IAM Identity Center portal"),
    PARAM("endpoint-url", "AWS_ENDPOINT_URL", AMBIENT, "URL of every AWS service"),
    PARAM("ignore-configured-endpoint-urls", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", AMBIENT,
          "\"true\": no URL from the environment or the shared files is used"),
    PARAM("use-fips-endpoint", "AWS_USE_FIPS_ENDPOINT", AMBIENT, "\"true\": use FIPS endpoints"),
    PARAM("use-dualstack-endpoint", "AWS_USE_DUALSTACK_ENDPOINT", AMBIENT,
          "\"true\": use endpoints with IPv6"),
    PARAM("sts-regional-endpoints", "AWS_STS_REGIONAL_ENDPOINTS", AMBIENT,
          "\"regional\" or \"legacy\": which endpoint of the Security Token Service is used"),
    PARAM("ca-bundle", "AWS_CA_BUNDLE", FILE_PATH | AMBIENT,
          "PEM file of the certificate authorities that are trusted in place of the system's"),
    {.size = 0},
};

/* Takes one id of the list. */
static int take_id(struct route53 *self, const char *text, size_t size)
{
    char one[ROUTE53_PATH_SIZE];

    (void)snprintf(one, sizeof one, "%.*s", (int)size, text);
    if (size < sizeof one && self->id_count < IDS_MAX &&
        route53_id(one, "hostedzone", self->ids[self->id_count])) {
        self->id_count++;
        return DNSHOOK_OK;
    }
    return dnshook_fail(self->aws.host, DNSHOOK_BAD_CONFIG,
                        "ACME_HOSTED_ZONE: \"%s\" is not the id of a hosted zone, as "
                        "Z0123456789ABCDEFGHIJ (`dnshook zones route53` lists them)",
                        one);
}

/* Reads the list of ids, with blanks and empty items allowed. */
static int read_ids(struct route53 *self)
{
    const struct dnshook_host *const host = self->aws.host;
    const char *text = host->param(host, "hosted-zone");
    int status = DNSHOOK_OK;

    if (text == NULL)
        return DNSHOOK_OK;
    if (strlen(text) > GIVEN_MAX)
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG, "ACME_HOSTED_ZONE has more than %d bytes",
                            GIVEN_MAX);
    self->ids = host->alloc(host, IDS_MAX * sizeof *self->ids);
    if (self->ids == NULL)
        return aws_no_memory(&self->aws);
    for (text += strspn(text, ", \t"); *text != '\0' && status == DNSHOOK_OK;
         text += strspn(text, ", \t")) {
        const size_t size = strcspn(text, ", \t");

        status = take_id(self, text, size);
        text += size;
    }
    return status;
}

static void close_instance(void *handle)
{
    struct route53 *const self = handle;
    const struct dnshook_host *const host = self->aws.host;

    hosted_forget(self);
    host->free(host, self->ids);
    host->free(host, self);
}

static int open_instance(const struct dnshook_host *host, void **handle)
{
    struct route53 *const self = host->alloc(host, sizeof *self);

    if (self == NULL)
        return dnshook_fail(host, DNSHOOK_NO_MEMORY, "out of memory for provider route53");
    self->aws.host = host;
    const int status = read_ids(self);

    if (status != DNSHOOK_OK) {
        close_instance(self);
        return status;
    }
    *handle = self;
    return DNSHOOK_OK;
}

static const struct dnshook_provider provider = {
    .size = sizeof provider,
    .abi = DNSHOOK_ABI,
    .name = "route53",
    .version = PACKAGE_VERSION,
    .description = "Amazon Route 53",
    .params = params,
    .open = open_instance,
    .close = close_instance,
    .add = route53_change,
    .remove = route53_change,
    .apply = route53_apply,
    .zones = route53_zones,
    .find_zone = route53_find_zone,
    .nameservers = route53_nameservers,
    .is_live = route53_is_live,
    .check = route53_check,
    .guide = route53_guide,
};

const struct dnshook_provider *dnshook_provider_get(void)
{
    return &provider;
}
