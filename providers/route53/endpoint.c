#include "endpoint.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "profile.h"

enum { FIPS = 1, DUAL_STACK = 2, VARIANTS = 4 };

/* What is alike in all regions of one part of AWS (botocore's partitions.json and the endpoint
 * rules of route53, of 2025). */
struct partition {
    const char *global;   /* the region that stands for all of it */
    const char *prefixes; /* its regions begin with one of these, "-", a word, "-", a number */
    const char *home;     /* the region that Route 53 is signed with */
    const char *suffix;
    const char *dual_stack;        /* the suffix of dual-stack names */
    bool plain_is_fips;            /* there are no names of FIPS alone */
    const char *route53[VARIANTS]; /* its host, by FIPS and DUAL_STACK */
};

static const struct partition partitions[] = {
    {"aws-global",
     "us eu ap sa ca me af il mx",
     "us-east-1",
     "amazonaws.com",
     "api.aws",
     false,
     {"route53.amazonaws.com", "route53-fips.amazonaws.com", "route53.global.api.aws",
      "route53-fips.global.api.aws"}},
    {"aws-cn-global",
     "cn",
     "cn-northwest-1",
     "amazonaws.com.cn",
     "api.amazonwebservices.com.cn",
     false,
     {"route53.amazonaws.com.cn", "route53-fips.amazonaws.com.cn",
      "route53.global.api.amazonwebservices.com.cn", "route53-fips.api.amazonwebservices.com.cn"}},
    {"aws-us-gov-global",
     "us-gov",
     "us-gov-west-1",
     "amazonaws.com",
     "api.aws",
     true,
     {"route53.us-gov.amazonaws.com", "route53.us-gov.amazonaws.com", "route53.us-gov.api.aws",
      "route53.us-gov.api.aws"}},
    {"aws-iso-global",
     "us-iso",
     "us-iso-east-1",
     "c2s.ic.gov",
     "api.aws.ic.gov",
     false,
     {"route53.c2s.ic.gov", "route53-fips.c2s.ic.gov", "route53.api.aws.ic.gov",
      "route53-fips.api.aws.ic.gov"}},
    {"aws-iso-b-global",
     "us-isob",
     "us-isob-east-1",
     "sc2s.sgov.gov",
     "api.aws.scloud",
     false,
     {"route53.sc2s.sgov.gov", "route53-fips.sc2s.sgov.gov", "route53.api.aws.scloud",
      "route53-fips.api.aws.scloud"}},
    {"aws-iso-e-global",
     "eu-isoe",
     "eu-isoe-west-1",
     "cloud.adc-e.uk",
     "api.cloud-aws.adc-e.uk",
     false,
     {"route53.cloud.adc-e.uk", "route53-fips.cloud.adc-e.uk", "route53.api.cloud-aws.adc-e.uk",
      "route53-fips.api.cloud-aws.adc-e.uk"}},
    {"aws-iso-f-global",
     "us-isof",
     "us-isof-south-1",
     "csp.hci.ic.gov",
     "api.aws.hci.ic.gov",
     false,
     {"route53.csp.hci.ic.gov", "route53-fips.csp.hci.ic.gov", "route53.api.aws.hci.ic.gov",
      "route53-fips.api.aws.hci.ic.gov"}},
    {"aws-eusc-global",
     "eusc-de",
     "eusc-de-east-1",
     "amazonaws.eu",
     "api.amazonwebservices.eu",
     false,
     {"route53.amazonaws.eu", "route53-fips.amazonaws.eu",
      "route53.global.api.amazonwebservices.eu", "route53-fips.api.amazonwebservices.eu"}},
};

static const struct service {
    const char *signed_as;
    const char *host;  /* in front of the region */
    const char *fips;  /* ... of FIPS */
    const char *param; /* for its own endpoint */
    const char *env;
    const char *section; /* below which a services section has its endpoint_url */
} services[] = {
    [AWS_ROUTE53] = {"route53", "", "", "endpoint-url-route53", "AWS_ENDPOINT_URL_ROUTE_53",
                     "route_53"},
    [AWS_STS] = {"sts", "sts", "sts-fips", "endpoint-url-sts", "AWS_ENDPOINT_URL_STS", "sts"},
    [AWS_SSO] = {"awsssoportal", "portal.sso", "portal.sso-fips", "endpoint-url-sso",
                 "AWS_ENDPOINT_URL_SSO", "sso"},
};

/* The regions whose calls to STS went to the one host of old. */
static const char legacy_regions[] =
    " ap-northeast-1 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1 eu-central-1 eu-north-1 "
    "eu-west-1 eu-west-2 eu-west-3 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2 ";

#define LEGACY_HOST "sts.amazonaws.com"

/* One resolution on its way. */
struct search {
    struct aws *aws;
    const struct service *service;
    const char *region; /* "": not known */
    const struct partition *partition;
    unsigned variant;
    bool legacy;
};

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define DIGITS "0123456789"

/* ---- partitions ---- */

/* True for "word-number". */
static bool is_place(const char *text)
{
    const size_t word = strspn(text, ALNUM "_");
    const size_t number = word > 0 && text[word] == '-' ? strspn(text + word + 1, DIGITS) : 0;

    return number > 0 && text[word + 1 + number] == '\0';
}

static bool is_region_of(const struct partition *partition, const char *region)
{
    const char *prefix = partition->prefixes;
    size_t size = 0;

    if (strcmp(region, partition->global) == 0)
        return true;
    for (; *prefix != '\0'; prefix += size + (prefix[size] == ' ')) {
        size = strcspn(prefix, " ");
        if (strncmp(region, prefix, size) == 0 && region[size] == '-' &&
            is_place(region + size + 1))
            return true;
    }
    return false;
}

static const struct partition *partition_of(const char *region)
{
    for (size_t i = 0; i < sizeof partitions / sizeof *partitions; i++)
        if (is_region_of(&partitions[i], region))
            return &partitions[i];
    return &partitions[0];
}

/* ---- the service's own hosts ---- */

/* True for what may stand in a host name as one label (RFC 1123, 2.1). */
static bool is_label(const char *text)
{
    const size_t size = strspn(text, ALNUM "-");

    return size > 0 && size < 64 && text[size] == '\0' && text[0] != '-' && text[size - 1] != '-';
}

static bool is_legacy(const struct search *search)
{
    char word[AWS_REGION_SIZE + 2];

    (void)snprintf(word, sizeof word, " %s ", search->region);
    return search->legacy && search->service == &services[AWS_STS] && search->variant == 0 &&
           strstr(legacy_regions, word) != NULL;
}

/* A host for each region. */
static int regional(const struct search *search, struct endpoint *endpoint)
{
    const bool fips = (search->variant & FIPS) != 0 &&
                      !(search->partition->plain_is_fips && (search->variant & DUAL_STACK) == 0);
    const char *const suffix = (search->variant & DUAL_STACK) != 0 ? search->partition->dual_stack
                                                                   : search->partition->suffix;

    if (!is_label(search->region))
        return dnshook_fail(search->aws->host, DNSHOOK_BAD_CONFIG,
                            "'%.80s' is no AWS region: set AWS_REGION to one as eu-west-1",
                            search->region);
    if (is_legacy(search)) {
        (void)snprintf(endpoint->host, sizeof endpoint->host, LEGACY_HOST);
        (void)snprintf(endpoint->region, sizeof endpoint->region, "%s", partitions[0].home);
        return DNSHOOK_OK;
    }
    (void)snprintf(endpoint->host, sizeof endpoint->host, "%s.%s.%s",
                   fips ? search->service->fips : search->service->host, search->region, suffix);
    return DNSHOOK_OK;
}

static int own(const struct search *search, struct endpoint *endpoint)
{
    int status = DNSHOOK_OK;

    if (search->service == &services[AWS_ROUTE53])
        (void)snprintf(endpoint->host, sizeof endpoint->host, "%s",
                       search->partition->route53[search->variant]);
    else
        status = regional(search, endpoint);
    (void)snprintf(endpoint->url, sizeof endpoint->url, "https://%s", endpoint->host);
    return status;
}

/* ---- custom endpoints ---- */

/* Where a custom endpoint was set. */
struct custom {
    const char *url; /* NULL: nowhere */
    char where[256];
};

static void found(struct custom *custom, const char *url, const char *kind, const char *name)
{
    if (custom->url != NULL || url == NULL || url[0] == '\0')
        return;
    custom->url = url;
    (void)snprintf(custom->where, sizeof custom->where, "%s %s", kind, name);
}

/* The first one in the order of the AWS SDKs. */
static struct custom find_custom(const struct search *search)
{
    const struct aws *const aws = search->aws;
    const struct service *const service = search->service;
    const char *const profile = profiles_chosen(aws);
    const char *const section = profiles_get(aws, PROFILE, profile, "services");
    const char *const ignored =
        aws_setting(aws, "ignore-configured-endpoint-urls", "ignore_configured_endpoint_urls");
    struct custom custom = {0};

    if (ignored != NULL && strcasecmp(ignored, "true") == 0)
        return custom;
    found(&custom, aws->host->param(aws->host, service->param), "from", service->env);
    found(&custom, aws->host->param(aws->host, "endpoint-url"), "from", "AWS_ENDPOINT_URL");
    if (section != NULL)
        found(&custom,
              profiles_get_nested(aws, PROFILE_SERVICES, section, service->section, "endpoint_url"),
              "from endpoint_url in services section", section);
    found(&custom, profiles_get(aws, PROFILE, profile, "endpoint_url"),
          "from endpoint_url in profile", profile);
    return custom;
}

/* The host in "host", "host:port" or "[address]:port", and what follows it. */
static size_t host_size(const char *authority, size_t size)
{
    const char *const bracket = authority[0] == '[' ? memchr(authority, ']', size) : NULL;
    const char *const colon = memchr(authority, ':', size);

    if (bracket != NULL)
        return (size_t)(bracket - authority) + 1;
    return colon != NULL ? (size_t)(colon - authority) : size;
}

/* True for "" and for ":" with a number from 1 to 65535. */
static bool is_port(const char *text, size_t size)
{
    if (size == 0)
        return true;
    if (size < 2 || size > 6 || text[0] != ':' || strspn(text + 1, DIGITS) < size - 1)
        return false;
    const long port = strtol(text + 1, NULL, 10);

    return port >= 1 && port <= 65535;
}

/* True for a name, an IPv4 address or an IPv6 address in brackets. */
static bool is_host(const char *text, size_t size)
{
    struct in6_addr address;
    char bare[INET6_ADDRSTRLEN];

    if (size < 3 || text[0] != '[')
        return size > 0 && size < 254 && strspn(text, ALNUM "-._") >= size;
    (void)snprintf(bare, sizeof bare, "%.*s", (int)size - 2, text + 1);
    return size - 2 < sizeof bare && text[size - 1] == ']' &&
           inet_pton(AF_INET6, bare, &address) == 1;
}

/* True for this computer itself: a plain http: endpoint shows what is sent to everybody else. */
static bool is_loopback(const char *host, size_t size)
{
    char bare[INET6_ADDRSTRLEN];
    struct in_addr address;

    (void)snprintf(bare, sizeof bare, "%.*s", (int)size, host);
    if (size >= sizeof bare)
        return false;
    return strcasecmp(bare, "localhost") == 0 || strcmp(bare, "[::1]") == 0 ||
           (inet_pton(AF_INET, bare, &address) == 1 && ntohl(address.s_addr) >> 24 == 127);
}

/* What is wrong with a URL; NULL: nothing. Fills in URL and host. */
static const char *read_url(const char *url, struct endpoint *endpoint)
{
    const bool plain = strncasecmp(url, "http://", 7) == 0;
    const char *const authority = url + (plain ? 7 : 8);
    size_t size = strlen(url);

    if (!plain && strncasecmp(url, "https://", 8) != 0)
        return "it does not begin with https://";
    if (strspn(url, ALNUM "-._~:/[]%!$&'()*+,;=") < size)
        return "it may not hold a query, a user name, spaces or other signs";
    const size_t length = strcspn(authority, "/");
    const size_t name = host_size(authority, length);
    const char *const usual = plain ? ":80" : ":443";
    const bool is_usual =
        length - name == strlen(usual) && strncmp(authority + name, usual, length - name) == 0;

    if (!is_host(authority, name) || !is_port(authority + name, length - name))
        return "its host or port is none";
    if (plain && !is_loopback(authority, name))
        return "plain http: is for this computer alone, as it shows what is sent: use https:";
    while (size > 0 && url[size - 1] == '/')
        size--;
    if (size >= sizeof endpoint->url || length >= sizeof endpoint->host)
        return "it is too long";
    (void)snprintf(endpoint->url, sizeof endpoint->url, "%.*s", (int)size, url);
    (void)snprintf(endpoint->host, sizeof endpoint->host, "%.*s", (int)(is_usual ? name : length),
                   authority);
    return NULL;
}

static int take_custom(const struct search *search, const struct custom *custom,
                       struct endpoint *endpoint)
{
    const char *why = NULL;

    if (search->variant != 0)
        return dnshook_fail(
            search->aws->host, DNSHOOK_BAD_CONFIG,
            "a custom endpoint (%s) and %s exclude each other: unset one of them", custom->where,
            (search->variant & FIPS) != 0
                ? "FIPS (use-fips-endpoint, AWS_USE_FIPS_ENDPOINT)"
                : "dual-stack (use-dualstack-endpoint, AWS_USE_DUALSTACK_ENDPOINT)");
    why = read_url(custom->url, endpoint);
    if (why == NULL)
        return DNSHOOK_OK;
    return dnshook_fail(search->aws->host, DNSHOOK_BAD_CONFIG,
                        "the custom endpoint '%.200s' (%s) cannot be used: %s",
                        strchr(custom->url, '@') != NULL ? "(not shown)" : custom->url,
                        custom->where, why);
}

/* ---- */

static bool is_on(const struct aws *aws, const char *param, const char *property)
{
    const char *const value = aws_setting(aws, param, property);

    return value != NULL && strcasecmp(value, "true") == 0;
}

/* Reads the settings. */
static void begin(struct search *search, const char *region)
{
    const struct aws *const aws = search->aws;
    const char *sts;

    search->region = region != NULL ? region : aws_setting(aws, "region", "region");
    if (search->region == NULL)
        search->region = "";
    search->partition = partition_of(search->region);
    if (is_on(aws, "use-fips-endpoint", "use_fips_endpoint"))
        search->variant |= FIPS;
    if (is_on(aws, "use-dualstack-endpoint", "use_dualstack_endpoint"))
        search->variant |= DUAL_STACK;
    sts = aws_setting(aws, "sts-regional-endpoints", "sts_regional_endpoints");
    search->legacy = sts != NULL && strcasecmp(sts, "legacy") == 0;
}

int endpoint_resolve(struct aws *aws, enum aws_service service, const char *region,
                     struct endpoint *endpoint)
{
    struct search search = {.aws = aws, .service = &services[service]};
    int status = profiles_read(aws);

    *endpoint = (struct endpoint){0};
    if (status != DNSHOOK_OK)
        return status;
    begin(&search, region);
    if (service == AWS_ROUTE53 || search.region[0] == '\0' ||
        strcmp(search.region, search.partition->global) == 0)
        search.region = search.partition->home;
    if (strlen(search.region) >= sizeof endpoint->region)
        return dnshook_fail(aws->host, DNSHOOK_BAD_CONFIG, "the region (AWS_REGION) is too long");
    (void)snprintf(endpoint->region, sizeof endpoint->region, "%s", search.region);
    (void)snprintf(endpoint->service, sizeof endpoint->service, "%s", search.service->signed_as);
    const struct custom custom = find_custom(&search);

    return custom.url != NULL ? take_custom(&search, &custom, endpoint) : own(&search, endpoint);
}
