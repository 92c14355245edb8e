/* Where the services are: partitions, FIPS, dual-stack, STS, SSO, and what users set instead. */
#include "endpoint.h"

#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "fake_http_host.h"
#include "fake_profiles.h"

static struct fake_http_host *fake;
static struct aws aws;
static struct endpoint endpoint;

static int begin(void **state)
{
    (void)state;
    fake_profiles_reset();
    fake = fake_http_host_new();
    aws = (struct aws){.host = fake != NULL ? &fake->host : NULL};
    return fake != NULL ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    fake_http_host_free(fake);
    return 0;
}

static void set_variant(bool fips, bool dual_stack)
{
    fake_http_host_set(fake, "use-fips-endpoint", fips ? "true" : NULL);
    fake_http_host_set(fake, "use-dualstack-endpoint", dual_stack ? "true" : NULL);
}

/* Resolves and compares; the host is the URL's. */
static void check(enum aws_service service, const char *region, const char *host,
                  const char *signed_for)
{
    char url[AWS_URL_SIZE];

    (void)snprintf(url, sizeof url, "https://%s", host);
    assert_int_equal(endpoint_resolve(&aws, service, region, &endpoint), DNSHOOK_OK);
    assert_string_equal(endpoint.url, url);
    assert_string_equal(endpoint.host, host);
    assert_string_equal(endpoint.region, signed_for);
    assert_int_equal(fake->fails, 0);
}

/* Fails, and the reason has this text. */
static void check_refused(enum aws_service service, const char *region, const char *why)
{
    fake->fails = 0;
    assert_int_equal(endpoint_resolve(&aws, service, region, &endpoint), DNSHOOK_BAD_CONFIG);
    assert_int_equal(fake->fails, 1);
    assert_has(fake->failed, why);
}

/* ---- Route 53 ---- */

static void every_partition_in_every_variant(void **state)
{
    static const struct {
        const char *region;
        const char *signed_for;
        const char *host[4]; /* plain, FIPS, dual-stack, both */
    } table[] = {
        {"us-east-1",
         "us-east-1",
         {"route53.amazonaws.com", "route53-fips.amazonaws.com", "route53.global.api.aws",
          "route53-fips.global.api.aws"}},
        {"cn-north-1",
         "cn-northwest-1",
         {"route53.amazonaws.com.cn", "route53-fips.amazonaws.com.cn",
          "route53.global.api.amazonwebservices.com.cn",
          "route53-fips.api.amazonwebservices.com.cn"}},
        {"us-gov-east-1",
         "us-gov-west-1",
         {"route53.us-gov.amazonaws.com", "route53.us-gov.amazonaws.com", "route53.us-gov.api.aws",
          "route53.us-gov.api.aws"}},
        {"us-iso-west-1",
         "us-iso-east-1",
         {"route53.c2s.ic.gov", "route53-fips.c2s.ic.gov", "route53.api.aws.ic.gov",
          "route53-fips.api.aws.ic.gov"}},
        {"us-isob-east-1",
         "us-isob-east-1",
         {"route53.sc2s.sgov.gov", "route53-fips.sc2s.sgov.gov", "route53.api.aws.scloud",
          "route53-fips.api.aws.scloud"}},
        {"eu-isoe-west-1",
         "eu-isoe-west-1",
         {"route53.cloud.adc-e.uk", "route53-fips.cloud.adc-e.uk", "route53.api.cloud-aws.adc-e.uk",
          "route53-fips.api.cloud-aws.adc-e.uk"}},
        {"us-isof-east-1",
         "us-isof-south-1",
         {"route53.csp.hci.ic.gov", "route53-fips.csp.hci.ic.gov", "route53.api.aws.hci.ic.gov",
          "route53-fips.api.aws.hci.ic.gov"}},
        {"eusc-de-east-1",
         "eusc-de-east-1",
         {"route53.amazonaws.eu", "route53-fips.amazonaws.eu",
          "route53.global.api.amazonwebservices.eu", "route53-fips.api.amazonwebservices.eu"}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++)
        for (unsigned variant = 0; variant < 4; variant++) {
            set_variant((variant & 1) != 0, (variant & 2) != 0);
            check(AWS_ROUTE53, table[i].region, table[i].host[variant], table[i].signed_for);
            assert_string_equal(endpoint.service, "route53");
        }
}

/* Any region leads to its partition; what is no region counts as the largest one. */
static void regions(void **state)
{
    static const struct {
        const char *region;
        const char *host;
    } table[] = {
        {"", "route53.amazonaws.com"},
        {"eu-west-1", "route53.amazonaws.com"},
        {"ap-southeast-7", "route53.amazonaws.com"},
        {"mx-central-1", "route53.amazonaws.com"},
        {"us-newplace-12", "route53.amazonaws.com"},
        {"aws-global", "route53.amazonaws.com"},
        {"aws-cn-global", "route53.amazonaws.com.cn"},
        {"cn-newplace-3", "route53.amazonaws.com.cn"},
        {"aws-us-gov-global", "route53.us-gov.amazonaws.com"},
        {"us-gov-south-2", "route53.us-gov.amazonaws.com"},
        {"aws-iso-b-global", "route53.sc2s.sgov.gov"},
        {"eusc-de-west-1", "route53.amazonaws.eu"},
        {"eusc-fr-west-1", "route53.amazonaws.com"},
        {"cn-north-", "route53.amazonaws.com"},
        {"cn-north-1a", "route53.amazonaws.com"},
        {"cn--1", "route53.amazonaws.com"},
        {"cn", "route53.amazonaws.com"},
        {"cn-north-1 ", "route53.amazonaws.com"},
        {"CN-north-1", "route53.amazonaws.com"},
        {"nowhere", "route53.amazonaws.com"},
        {"evil.example.com/?", "route53.amazonaws.com"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_int_equal(endpoint_resolve(&aws, AWS_ROUTE53, table[i].region, &endpoint),
                         DNSHOOK_OK);
        assert_string_equal(endpoint.host, table[i].host);
    }
    check(AWS_ROUTE53, NULL, "route53.amazonaws.com", "us-east-1");
}

/* The parameter comes before the profile, and what the call asks for before both. */
static void where_the_region_comes_from(void **state)
{
    static const struct fake_property properties[] = {
        {PROFILE, "dns", "region", NULL, "cn-north-1"}, {PROFILE, NULL, NULL, NULL, NULL}};

    (void)state;
    fake_properties = properties;
    check(AWS_ROUTE53, NULL, "route53.amazonaws.com", "us-east-1");
    fake_http_host_set(fake, "profile", "dns");
    check(AWS_ROUTE53, NULL, "route53.amazonaws.com.cn", "cn-northwest-1");
    check(AWS_STS, NULL, "sts.cn-north-1.amazonaws.com.cn", "cn-north-1");
    fake_http_host_set(fake, "region", "us-gov-west-1");
    check(AWS_ROUTE53, NULL, "route53.us-gov.amazonaws.com", "us-gov-west-1");
    check(AWS_ROUTE53, "eusc-de-east-1", "route53.amazonaws.eu", "eusc-de-east-1");
}

static void switches(void **state)
{
    static const struct fake_property properties[] = {
        {PROFILE, "default", "use_fips_endpoint", NULL, "TRUE"},
        {PROFILE, "default", "use_dualstack_endpoint", NULL, "yes"},
        {PROFILE, NULL, NULL, NULL, NULL}};

    (void)state;
    fake_properties = properties;
    check(AWS_ROUTE53, NULL, "route53-fips.amazonaws.com", "us-east-1");
    fake_http_host_set(fake, "use-fips-endpoint", "false");
    check(AWS_ROUTE53, NULL, "route53.amazonaws.com", "us-east-1");
    fake_http_host_set(fake, "use-dualstack-endpoint", "True");
    check(AWS_ROUTE53, NULL, "route53.global.api.aws", "us-east-1");
}

/* ---- STS and SSO ---- */

static void services_of_a_region(void **state)
{
    static const struct {
        enum aws_service service;
        const char *region;
        const char *host[4];
    } table[] = {
        {AWS_STS,
         "eu-west-1",
         {"sts.eu-west-1.amazonaws.com", "sts-fips.eu-west-1.amazonaws.com",
          "sts.eu-west-1.api.aws", "sts-fips.eu-west-1.api.aws"}},
        {AWS_STS,
         "us-gov-west-1",
         {"sts.us-gov-west-1.amazonaws.com", "sts.us-gov-west-1.amazonaws.com",
          "sts.us-gov-west-1.api.aws", "sts-fips.us-gov-west-1.api.aws"}},
        {AWS_STS,
         "cn-north-1",
         {"sts.cn-north-1.amazonaws.com.cn", "sts-fips.cn-north-1.amazonaws.com.cn",
          "sts.cn-north-1.api.amazonwebservices.com.cn",
          "sts-fips.cn-north-1.api.amazonwebservices.com.cn"}},
        {AWS_STS,
         "us-isob-east-1",
         {"sts.us-isob-east-1.sc2s.sgov.gov", "sts-fips.us-isob-east-1.sc2s.sgov.gov",
          "sts.us-isob-east-1.api.aws.scloud", "sts-fips.us-isob-east-1.api.aws.scloud"}},
        {AWS_STS,
         "nowhere-9",
         {"sts.nowhere-9.amazonaws.com", "sts-fips.nowhere-9.amazonaws.com",
          "sts.nowhere-9.api.aws", "sts-fips.nowhere-9.api.aws"}},
        {AWS_SSO,
         "eu-central-1",
         {"portal.sso.eu-central-1.amazonaws.com", "portal.sso-fips.eu-central-1.amazonaws.com",
          "portal.sso.eu-central-1.api.aws", "portal.sso-fips.eu-central-1.api.aws"}},
        {AWS_SSO,
         "us-gov-east-1",
         {"portal.sso.us-gov-east-1.amazonaws.com", "portal.sso.us-gov-east-1.amazonaws.com",
          "portal.sso.us-gov-east-1.api.aws", "portal.sso-fips.us-gov-east-1.api.aws"}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++)
        for (unsigned variant = 0; variant < 4; variant++) {
            set_variant((variant & 1) != 0, (variant & 2) != 0);
            check(table[i].service, table[i].region, table[i].host[variant], table[i].region);
            assert_string_equal(endpoint.service,
                                table[i].service == AWS_STS ? "sts" : "awsssoportal");
        }
}

static void sts_without_a_region(void **state)
{
    (void)state;
    check(AWS_STS, NULL, "sts.us-east-1.amazonaws.com", "us-east-1");
    check(AWS_STS, "aws-global", "sts.us-east-1.amazonaws.com", "us-east-1");
    check(AWS_STS, "aws-cn-global", "sts.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1");
}

static void sts_as_it_was(void **state)
{
    (void)state;
    fake_http_host_set(fake, "sts-regional-endpoints", "legacy");
    check(AWS_STS, NULL, "sts.amazonaws.com", "us-east-1");
    check(AWS_STS, "eu-west-1", "sts.amazonaws.com", "us-east-1");
    check(AWS_STS, "eu-west", "sts.eu-west.amazonaws.com", "eu-west");
    check(AWS_STS, "ap-southeast-3", "sts.ap-southeast-3.amazonaws.com", "ap-southeast-3");
    check(AWS_STS, "cn-north-1", "sts.cn-north-1.amazonaws.com.cn", "cn-north-1");
    check(AWS_SSO, "eu-west-1", "portal.sso.eu-west-1.amazonaws.com", "eu-west-1");
    set_variant(true, false);
    check(AWS_STS, "eu-west-1", "sts-fips.eu-west-1.amazonaws.com", "eu-west-1");
    set_variant(false, false);
    fake_http_host_set(fake, "sts-regional-endpoints", "regional");
    check(AWS_STS, "eu-west-1", "sts.eu-west-1.amazonaws.com", "eu-west-1");
}

/* A region becomes a part of a host name: it leads nowhere else. */
static void regions_that_are_refused(void **state)
{
    static const char *const table[] = {
        "evil.example.com",
        "eu-west-1/",
        "eu-west-1@evil",
        "-eu",
        "eu-",
        " ",
        "eu west",
        "a#",
        "a:1",
        "\303\244",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        check_refused(AWS_STS, table[i], "AWS_REGION");
        check_refused(AWS_SSO, table[i], "AWS_REGION");
    }
}

/* ---- custom endpoints ---- */

static void urls(void **state)
{
    static const struct {
        const char *given;
        const char *url;
        const char *host;
    } table[] = {
        {"https://r53.example.com", "https://r53.example.com", "r53.example.com"},
        {"https://r53.example.com/", "https://r53.example.com", "r53.example.com"},
        {"https://r53.example.com:443", "https://r53.example.com:443", "r53.example.com"},
        {"https://r53.example.com:44", "https://r53.example.com:44", "r53.example.com:44"},
        {"https://r53.example.com:4430/", "https://r53.example.com:4430", "r53.example.com:4430"},
        {"https://r53.example.com:80", "https://r53.example.com:80", "r53.example.com:80"},
        {"HTTPS://R53.example.com/a/b//", "HTTPS://R53.example.com/a/b", "R53.example.com"},
        {"http://localhost:4566", "http://localhost:4566", "localhost:4566"},
        {"http://127.0.0.1:80/x", "http://127.0.0.1:80/x", "127.0.0.1"},
        {"http://127.9.9.9", "http://127.9.9.9", "127.9.9.9"},
        {"http://[::1]:8080", "http://[::1]:8080", "[::1]:8080"},
        {"https://[2001:db8::1]", "https://[2001:db8::1]", "[2001:db8::1]"},
        {"https://192.0.2.1:65535", "https://192.0.2.1:65535", "192.0.2.1:65535"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        fake_http_host_set(fake, "endpoint-url-route53", table[i].given);
        assert_int_equal(endpoint_resolve(&aws, AWS_ROUTE53, "eu-west-1", &endpoint), DNSHOOK_OK);
        assert_string_equal(endpoint.url, table[i].url);
        assert_string_equal(endpoint.host, table[i].host);
        assert_string_equal(endpoint.region, "us-east-1");
    }
}

static void urls_that_are_refused(void **state)
{
    static const struct {
        const char *given;
        const char *why;
    } table[] = {
        {"r53.example.com", "https://"},
        {"ftp://r53.example.com", "https://"},
        {"https:/r53.example.com", "https://"},
        {"https://", "host"},
        {"https:///x", "host"},
        {"https://:443", "host"},
        {"https://r53.example.com:", "port"},
        {"https://r53.example.com:0", "port"},
        {"https://r53.example.com:65536", "port"},
        {"https://r53.example.com:1x", "port"},
        {"https://r53.example.com:123456", "port"},
        {"https://[::1", "host"},
        {"https://[::g]", "host"},
        {"https://[::1]x", "port"},
        {"https://::1/", "host"},
        {"https://a b/", "spaces"},
        {"https://a/?x=y", "query"},
        {"https://a/#x", "signs"},
        {"https://user:hunter2@a/", "user name"},
        {"https://a\\b/", "signs"},
        {"https://a\nb/", "signs"},
        {"http://r53.example.com", "use https:"},
        {"http://localhost.example.com", "use https:"},
        {"http://10.0.0.1", "use https:"},
        {"http://169.254.169.254", "use https:"},
        {"http://[::2]", "use https:"},
        {"http://127.0.0.1.example.com", "use https:"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        fake_http_host_set(fake, "endpoint-url-route53", table[i].given);
        check_refused(AWS_ROUTE53, NULL, table[i].why);
        assert_has(fake->failed, "AWS_ENDPOINT_URL_ROUTE_53");
        assert_lacks(fake->failed, "hunter2");
    }
}

static void long_urls(void **state)
{
    static char url[2 * AWS_URL_SIZE] = "https://a/";
    static char host[600] = "https://";

    (void)state;
    memset(url + 10, 'x', AWS_URL_SIZE - 11);
    fake_http_host_set(fake, "endpoint-url", url);
    assert_int_equal(endpoint_resolve(&aws, AWS_ROUTE53, NULL, &endpoint), DNSHOOK_OK);
    url[strlen(url)] = 'x';
    check_refused(AWS_ROUTE53, NULL, "too long");
    memset(host + 8, 'x', 300);
    fake_http_host_set(fake, "endpoint-url", host);
    check_refused(AWS_ROUTE53, NULL, "host");
}

/* The order of the AWS SDKs. */
static void which_endpoint_counts(void **state)
{
    static const struct fake_property properties[] = {
        {PROFILE, "default", "endpoint_url", NULL, "https://profile.example"},
        {PROFILE, "default", "services", NULL, "mine"},
        {PROFILE_SERVICES, "mine", "route_53", "endpoint_url", "https://section.example"},
        {PROFILE, NULL, NULL, NULL, NULL}};

    (void)state;
    fake_properties = properties;
    check(AWS_ROUTE53, NULL, "section.example", "us-east-1");
    check(AWS_STS, "eu-west-1", "profile.example", "eu-west-1");
    fake_http_host_set(fake, "endpoint-url", "https://global.example");
    check(AWS_ROUTE53, NULL, "global.example", "us-east-1");
    check(AWS_SSO, "eu-west-1", "global.example", "eu-west-1");
    fake_http_host_set(fake, "endpoint-url-route53", "https://service.example");
    fake_http_host_set(fake, "endpoint-url-sts", "https://sts.example");
    fake_http_host_set(fake, "endpoint-url-sso", "https://sso.example");
    check(AWS_ROUTE53, "cn-north-1", "service.example", "cn-northwest-1");
    check(AWS_STS, NULL, "sts.example", "us-east-1");
    check(AWS_SSO, "eu-west-1", "sso.example", "eu-west-1");
    fake_http_host_set(fake, "ignore-configured-endpoint-urls", "true");
    check(AWS_ROUTE53, NULL, "route53.amazonaws.com", "us-east-1");
    check(AWS_STS, NULL, "sts.us-east-1.amazonaws.com", "us-east-1");
    fake_http_host_set(fake, "ignore-configured-endpoint-urls", "false");
    check(AWS_ROUTE53, NULL, "service.example", "us-east-1");
}

static void the_profile_can_ignore_them_too(void **state)
{
    static const struct fake_property properties[] = {
        {PROFILE, "default", "endpoint_url", NULL, "https://profile.example"},
        {PROFILE, "default", "services", NULL, "missing"},
        {PROFILE, "default", "ignore_configured_endpoint_urls", NULL, "true"},
        {PROFILE, NULL, NULL, NULL, NULL}};

    (void)state;
    fake_properties = properties + 1;
    fake_http_host_set(fake, "endpoint-url", "https://global.example");
    check(AWS_ROUTE53, NULL, "route53.amazonaws.com", "us-east-1");
    fake_properties = properties;
    check(AWS_ROUTE53, NULL, "route53.amazonaws.com", "us-east-1");
    fake_http_host_set(fake, "ignore-configured-endpoint-urls", "no");
    check(AWS_ROUTE53, NULL, "global.example", "us-east-1");
}

static void an_empty_property_is_none(void **state)
{
    static const struct fake_property properties[] = {
        {PROFILE, "default", "endpoint_url", NULL, ""},
        {PROFILE, "default", "region", NULL, ""},
        {PROFILE, NULL, NULL, NULL, NULL}};

    (void)state;
    fake_properties = properties;
    check(AWS_ROUTE53, NULL, "route53.amazonaws.com", "us-east-1");
}

static void a_bad_profile_endpoint_names_the_profile(void **state)
{
    static const struct fake_property properties[] = {
        {PROFILE, "dns", "endpoint_url", NULL, "nonsense"}, {PROFILE, NULL, NULL, NULL, NULL}};

    (void)state;
    fake_properties = properties;
    fake_http_host_set(fake, "profile", "dns");
    check_refused(AWS_ROUTE53, NULL, "'nonsense' (from endpoint_url in profile dns)");
}

static void custom_excludes_fips_and_dual_stack(void **state)
{
    (void)state;
    fake_http_host_set(fake, "endpoint-url", "https://global.example");
    set_variant(true, false);
    check_refused(AWS_ROUTE53, NULL, "AWS_USE_FIPS_ENDPOINT");
    set_variant(false, true);
    check_refused(AWS_ROUTE53, NULL, "AWS_USE_DUALSTACK_ENDPOINT");
    assert_has(fake->failed, "AWS_ENDPOINT_URL");
    set_variant(true, true);
    check_refused(AWS_STS, NULL, "exclude each other");
}

static void broken_profiles_end_it(void **state)
{
    (void)state;
    fake_profiles_status = DNSHOOK_BAD_CONFIG;
    check_refused(AWS_ROUTE53, NULL, "the profiles are broken");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)
    static const struct CMUnitTest tests[] = {
        TEST(every_partition_in_every_variant),
        TEST(regions),
        TEST(where_the_region_comes_from),
        TEST(switches),
        TEST(services_of_a_region),
        TEST(sts_without_a_region),
        TEST(sts_as_it_was),
        TEST(regions_that_are_refused),
        TEST(urls),
        TEST(urls_that_are_refused),
        TEST(long_urls),
        TEST(which_endpoint_counts),
        TEST(the_profile_can_ignore_them_too),
        TEST(an_empty_property_is_none),
        TEST(a_bad_profile_endpoint_names_the_profile),
        TEST(custom_excludes_fips_and_dual_stack),
        TEST(broken_profiles_end_it),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
