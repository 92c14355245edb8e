/* Which hosted zone holds a name, in how many calls. */
#include "fake_route53.h"

#include "check.h"

#include <stdlib.h>

#define RECORD "_acme-challenge.my.example.com"

static struct fake_route53 *service;
static struct fake_host *host;
static const struct dnshook_provider *provider;
static void *handle;

/* What was handed out. */
struct handed {
    unsigned count;
    char name[256];
    char id[64];
    char primary[256];
    char all[4096];
};

static int take_zone(void *opaque, const struct dnshook_zone *zone)
{
    struct handed *const handed = opaque;
    const size_t used = strlen(handed->all);

    handed->count++;
    (void)snprintf(handed->name, sizeof handed->name, "%s", zone->name);
    (void)snprintf(handed->id, sizeof handed->id, "%s", zone->id);
    (void)snprintf(handed->primary, sizeof handed->primary, "%s",
                   zone->primary != NULL ? zone->primary : "");
    (void)snprintf(handed->all + used, sizeof handed->all - used, "%s %s;", zone->name, zone->id);
    return DNSHOOK_OK;
}

static int take_name(void *opaque, const char *name)
{
    struct handed *const handed = opaque;
    const size_t used = strlen(handed->all);

    handed->count++;
    (void)snprintf(handed->all + used, sizeof handed->all - used, "%s;", name);
    return DNSHOOK_OK;
}

static int set_up(void **state)
{
    (void)state;
    provider = dnshook_provider_get();
    service = fake_route53_new();
    host = fake_host_new();
    handle = NULL;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (handle != NULL)
        provider->close(handle);
    fake_route53_free(service);
    return (int)fake_host_free(host);
}

/* Opens the provider, with ids or without. */
static void open_with(const char *ids)
{
    fake_host_set(host, "hosted-zone", ids);
    assert_int_equal(provider->open(&host->host, &handle), DNSHOOK_OK);
}

/* Finds the zone of a name for which the DNS shows the zone `cut` (NULL: none). */
static struct handed find(const char *name, const char *cut, const char *primary, int expected)
{
    const struct dnshook_zone zone = {.size = sizeof zone, .name = cut, .primary = primary};
    struct handed handed = {.count = 0};

    fake_host_forget(host);
    memset(service->calls, 0, sizeof service->calls);
    const int status =
        provider->find_zone(handle, name, cut != NULL ? &zone : NULL, take_zone, &handed);

    if (status != expected)
        fail_msg("status %d, not %d: %s", status, expected, host->failed);
    assert_int_equal(handed.count, expected == DNSHOOK_OK);
    assert_int_equal(host->fails, expected != DNSHOOK_OK);
    return handed;
}

/* No line of the log is a warning. */
static void assert_no_warning(void)
{
    assert_int_not_equal(host->logged[0], '1');
    assert_lacks(host->logged, "\n1 ");
}

static char *names_of(const char *id)
{
    static struct handed handed;
    const struct dnshook_zone zone = {.size = sizeof zone, .name = "x", .id = id};

    handed = (struct handed){.count = 0};
    assert_int_equal(provider->nameservers(handle, &zone, take_name, &handed), DNSHOOK_OK);
    return handed.all;
}

/* ---- without an id --------------------------------------------------------------------------- */

static void test_two_calls(void **state)
{
    struct handed handed;

    (void)state;
    (void)fake_zone_add(service, "Z1", "example.com", 1);
    (void)fake_zone_add(service, "Z2", "example.org", 5);
    (void)fake_zone_add(service, "Z3", "com", 9);
    open_with(NULL);
    handed = find(RECORD, "example.com", "ns-1.awsdns.test", DNSHOOK_OK);
    assert_string_equal(handed.name, "example.com");
    assert_string_equal(handed.id, "Z1");
    assert_string_equal(handed.primary, "ns-1.awsdns.test");
    assert_int_equal(fake_calls(service), 2);
    assert_int_equal(service->calls[FAKE_SEARCH_ZONES], 1);
    assert_string_equal(names_of("Z1"), "ns-1.awsdns.test;ns-2.awsdns.test;ns-3.awsdns.test;"
                                        "ns-4.awsdns.test;");
    assert_int_equal(fake_calls(service), 2);
    handed = find("_acme-challenge.www.example.com", "example.com", NULL, DNSHOOK_OK);
    assert_string_equal(handed.id, "Z1");
    assert_int_equal(fake_calls(service), 0);
}

static void test_the_challenge_is_a_zone(void **state)
{
    struct handed handed;

    (void)state;
    (void)fake_zone_add(service, "Z1", "example.com", 1);
    (void)fake_zone_add(service, "Z2", RECORD, 5);
    open_with(NULL);
    handed = find(RECORD, RECORD, NULL, DNSHOOK_OK);
    assert_string_equal(handed.id, "Z2");
    assert_int_equal(fake_calls(service), 2);
    assert_no_warning();
}

static void test_longer_but_not_delegated(void **state)
{
    struct handed handed;

    (void)state;
    (void)fake_zone_add(service, "Z1", "example.com", 1);
    (void)fake_zone_add(service, "Z2", "my.example.com", 5);
    open_with(NULL);
    handed = find(RECORD, "example.com", NULL, DNSHOOK_OK);
    assert_string_equal(handed.id, "Z1");
    assert_int_equal(fake_calls(service), 2);
    assert_has(host->logged, "my.example.com (Z2)");
}

static void test_private_zones(void **state)
{
    struct handed handed;

    (void)state;
    (void)fake_zone_add(service, "Z1", "example.com", 0);
    (void)fake_zone_add(service, "Z2", "example.com", 1);
    (void)fake_zone_add(service, "Z3", "my.example.com", 0);
    open_with(NULL);
    handed = find(RECORD, "example.com", NULL, DNSHOOK_OK);
    assert_string_equal(handed.id, "Z2");
    assert_int_equal(fake_calls(service), 2);
    assert_no_warning();
    assert_has(host->logged, "example.com (Z2), found as the zone that the Internet is led to");
    service->zone_count = 1;
    provider->close(handle);
    open_with(NULL);
    (void)find(RECORD, "example.com", NULL, DNSHOOK_NO_ZONE);
    assert_has(host->failed, "private");
}

static void test_two_of_one_name(void **state)
{
    struct handed handed;

    (void)state;
    (void)fake_zone_add(service, "Z1", "example.com", 1);
    (void)fake_zone_add(service, "Z2", "example.com", 11);
    (void)fake_zone_add(service, "Z3", "example.com", 0);
    open_with(NULL);
    handed = find(RECORD, "example.com", "ns-11.awsdns.test", DNSHOOK_OK);
    assert_string_equal(handed.id, "Z2");
    assert_int_equal(fake_calls(service), 3);
    handed = find(RECORD, "example.com", "ns-1.awsdns.test", DNSHOOK_OK);
    assert_string_equal(handed.id, "Z1");
    (void)find(RECORD, "example.com", "ns-111.awsdns.test", DNSHOOK_BAD_CONFIG);
    assert_has(host->failed, "Z1 (ns-1.awsdns.test ns-2.awsdns.test");
    assert_has(host->failed, "Z2 (ns-11.awsdns.test");
    assert_has(host->failed, "ACME_HOSTED_ZONE");
    (void)find(RECORD, "example.com", NULL, DNSHOOK_BAD_CONFIG);
}

/* More zones of one name than a page holds. */
static void test_search_goes_on(void **state)
{
    struct handed handed;
    char id[16];

    (void)state;
    service->page = 2;
    for (unsigned i = 0; i < 7; i++) {
        (void)snprintf(id, sizeof id, "Z%u", i);
        (void)fake_zone_add(service, id, "example.com", i == 5 ? 50 : 0);
    }
    (void)fake_zone_add(service, "Z9", "zz.example.com", 1);
    open_with(NULL);
    handed = find(RECORD, "example.com", NULL, DNSHOOK_OK);
    assert_string_equal(handed.id, "Z5");
    assert_int_equal(service->calls[FAKE_SEARCH_ZONES], 4);
    assert_int_equal(service->calls[FAKE_LIST_ZONES], 0);
}

static void test_hundreds_of_zones(void **state)
{
    struct handed handed;
    char name[64];
    char id[16];

    (void)state;
    for (unsigned i = 0; i < 230; i++) {
        (void)snprintf(name, sizeof name, "zone%u.example", i);
        (void)snprintf(id, sizeof id, "Z%u", 1000 + i);
        (void)fake_zone_add(service, id, i == 222 ? "my.example.com" : name, i + 1);
    }
    (void)fake_zone_add(service, "Z1", "example.com", 900);
    open_with(NULL);
    handed = find(RECORD, "com", NULL, DNSHOOK_OK);
    assert_string_equal(handed.name, "my.example.com");
    assert_int_equal(service->calls[FAKE_LIST_ZONES], 3);
    assert_int_equal(fake_calls(service), 5);
    handed = find("_acme-challenge.zone7.example", "example", NULL, DNSHOOK_OK);
    assert_string_equal(handed.id, "Z1007");
    assert_int_equal(fake_calls(service), 1);
    provider->close(handle);
    open_with(NULL);
    handed = find("_acme-challenge.zone7.example", "zone7.example", NULL, DNSHOOK_OK);
    assert_string_equal(handed.id, "Z1007");
    assert_int_equal(fake_calls(service), 2);
}

static void test_without_a_cut(void **state)
{
    struct handed handed;

    (void)state;
    (void)fake_zone_add(service, "Z1", "example.com", 1);
    (void)fake_zone_add(service, "Z2", "my.example.com", 5);
    open_with(NULL);
    handed = find(RECORD, NULL, NULL, DNSHOOK_OK);
    assert_string_equal(handed.id, "Z2");
    assert_string_equal(handed.primary, "");
    assert_int_equal(fake_calls(service), 2);
}

static void test_no_zone(void **state)
{
    (void)state;
    (void)fake_zone_add(service, "Z1", "example.org", 1);
    open_with(NULL);
    (void)find(RECORD, "example.com", NULL, DNSHOOK_NO_ZONE);
    assert_has(host->failed, RECORD);
    assert_has(host->failed, "the tests");
    (void)find("not a name", "example.com", NULL, DNSHOOK_BAD_CONFIG);
}

/* A zone above the one that the Internet is led to does not hold the name. */
static void test_only_a_zone_above(void **state)
{
    (void)state;
    (void)fake_zone_add(service, "Z1", "example.com", 1);
    (void)fake_zone_add(service, "Z2", "com", 5);
    open_with(NULL);
    (void)find(RECORD, "my.example.com", NULL, DNSHOOK_NO_ZONE);
    assert_has(host->failed, "holds " RECORD ", for which the Internet is led to my.example.com");
}

/* Policies as other clients need them: without ListHostedZonesByName, or without GetHostedZone. */
static void test_what_may_be_missing(void **state)
{
    struct handed handed;

    (void)state;
    (void)fake_zone_add(service, "Z1", "example.com", 1);
    service->error[FAKE_SEARCH_ZONES] = "AccessDenied";
    open_with(NULL);
    handed = find(RECORD, "example.com", NULL, DNSHOOK_OK);
    assert_string_equal(handed.id, "Z1");
    assert_int_equal(fake_calls(service), 3);
    provider->close(handle);
    service->error[FAKE_GET_ZONE] = "AccessDenied";
    open_with(NULL);
    handed = find(RECORD, "example.com", NULL, DNSHOOK_OK);
    assert_string_equal(handed.id, "Z1");
    assert_has(host->logged, "route53:GetHostedZone");
    provider->close(handle);
    service->error[FAKE_LIST_ZONES] = "AccessDenied";
    open_with(NULL);
    (void)find(RECORD, "example.com", NULL, DNSHOOK_DENIED);
    assert_has(host->failed, "ACME_HOSTED_ZONE");
    assert_has(host->failed, "route53:ListHostedZones");
}

/* ---- with an id ------------------------------------------------------------------------------ */

static void test_given(void **state)
{
    static const char *const ids[] = {"Z1", "/hostedzone/Z1", " Z1 ", "hostedzone/Z1,"};

    (void)state;
    (void)fake_zone_add(service, "Z1", "example.com", 1);
    for (size_t i = 0; i < COUNT(ids); i++) {
        open_with(ids[i]);
        const struct handed handed = find(RECORD, "example.com", NULL, DNSHOOK_OK);

        assert_string_equal(handed.id, "Z1");
        assert_string_equal(handed.name, "example.com");
        assert_has(host->logged, "from ACME_HOSTED_ZONE");
        assert_int_equal(fake_calls(service), 1);
        assert_int_equal(service->calls[FAKE_GET_ZONE], 1);
        (void)names_of("Z1");
        assert_int_equal(fake_calls(service), 1);
        provider->close(handle);
    }
    handle = NULL;
}

static void test_ids_that_are_none(void **state)
{
    static const char *const ids[] = {"z1",
                                      "Z1/",
                                      "Z1?x=1",
                                      "Z 1 #",
                                      "example.com",
                                      "../Z1/..",
                                      "Z1/../Z2",
                                      "/change/Z1",
                                      "//hostedzone/Z1",
                                      "Z12345678901234567890123456789012",
                                      "Z1,\xc3\xa4"};

    (void)state;
    for (size_t i = 0; i < COUNT(ids); i++) {
        fake_host_forget(host);
        fake_host_set(host, "hosted-zone", ids[i]);
        assert_int_equal(provider->open(&host->host, &handle), DNSHOOK_BAD_CONFIG);
        assert_has(host->failed, "ACME_HOSTED_ZONE");
        assert_int_equal(host->live, 0);
    }
    handle = NULL;
}

static void test_given_does_not_fit(void **state)
{
    (void)state;
    (void)fake_zone_add(service, "Z1", "example.org", 1);
    (void)fake_zone_add(service, "Z2", "badexample.com", 1);
    (void)fake_zone_add(service, "Z3", "example.com", 0);
    open_with("Z1");
    (void)find(RECORD, "example.com", NULL, DNSHOOK_BAD_CONFIG);
    assert_has(host->failed, RECORD);
    assert_has(host->failed, "example.org (Z1)");
    provider->close(handle);
    open_with("Z1,Z2,Z3");
    (void)find(RECORD, "example.com", NULL, DNSHOOK_BAD_CONFIG);
    assert_has(host->failed, "badexample.com (Z2)");
    assert_has(host->failed, "example.com (Z3, private)");
    provider->close(handle);
    open_with("Z9");
    (void)find(RECORD, "example.com", NULL, DNSHOOK_NO_ZONE);
    assert_has(host->failed, "Z9");
}

static void test_several_given(void **state)
{
    struct handed handed;

    (void)state;
    (void)fake_zone_add(service, "Z1", "example.org", 1);
    (void)fake_zone_add(service, "Z2", "example.com", 5);
    (void)fake_zone_add(service, "Z3", "my.example.com", 9);
    open_with("Z1,Z2,Z3");
    handed = find(RECORD, "my.example.com", NULL, DNSHOOK_OK);
    assert_string_equal(handed.id, "Z3");
    assert_int_equal(fake_calls(service), 3);
    handed = find(RECORD, "example.com", NULL, DNSHOOK_OK);
    assert_string_equal(handed.id, "Z2");
    assert_int_equal(fake_calls(service), 0);
    handed = find("_acme-challenge.example.org", "example.org", NULL, DNSHOOK_OK);
    assert_string_equal(handed.id, "Z1");
    provider->close(handle);
    open_with("Z2,Z1,Z3");
    handed = find(RECORD, "example.com", "ns-5.awsdns.test", DNSHOOK_OK);
    assert_string_equal(handed.id, "Z2");
    assert_int_equal(fake_calls(service), 1);
}

static void test_given_but_denied(void **state)
{
    struct handed handed;
    const struct dnshook_zone zone = {.size = sizeof zone, .name = "example.com", .id = "Z1"};

    (void)state;
    (void)fake_zone_add(service, "Z1", "example.com", 1);
    service->error[FAKE_GET_ZONE] = "AccessDenied";
    open_with("Z1");
    handed = find(RECORD, "example.com", "ns-1.awsdns.test", DNSHOOK_OK);
    assert_string_equal(handed.id, "Z1");
    assert_string_equal(handed.name, "example.com");
    assert_has(host->logged, "1 looking at hosted zone Z1 is not allowed");
    handed = (struct handed){.count = 0};
    assert_int_equal(provider->nameservers(handle, &zone, take_name, &handed), DNSHOOK_UNSUPPORTED);
    assert_int_equal(handed.count, 0);
    assert_int_equal(fake_calls(service), 1);
    (void)find(RECORD, NULL, NULL, DNSHOOK_DENIED);
    provider->close(handle);
    open_with("Z1,Z2");
    (void)find(RECORD, "example.com", NULL, DNSHOOK_DENIED);
    provider->close(handle);
    service->error[FAKE_GET_ZONE] = "InvalidClientTokenId";
    open_with("Z1");
    (void)find(RECORD, "example.com", NULL, DNSHOOK_DENIED);
    assert_has(host->failed, "InvalidClientTokenId");
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void test_list(void **state)
{
    struct handed handed = {.count = 0};
    char id[16];
    char name[32];

    (void)state;
    for (unsigned i = 0; i < 120; i++) {
        (void)snprintf(id, sizeof id, "Z%u", i);
        (void)snprintf(name, sizeof name, "*z%u.example", i);
        (void)fake_zone_add(service, id, name, i == 3 ? 0 : 1);
    }
    open_with(NULL);
    assert_int_equal(provider->zones(handle, take_zone, &handed), DNSHOOK_OK);
    assert_int_equal(handed.count, 119);
    assert_int_equal(fake_calls(service), 2);
    assert_has(handed.all, "*z0.example Z0;*z1.example Z1;");
    assert_lacks(handed.all, "z3.example");
    assert_has(host->logged, "1 private");
}

static void test_strange_answers(void **state)
{
    static const struct {
        enum fake_op op;
        const char *body;
    } rows[] = {
        {FAKE_LIST_ZONES, ""},
        {FAKE_LIST_ZONES, "<html/>"},
        {FAKE_LIST_ZONES, "<ListHostedZonesResponse><HostedZones><HostedZone/></HostedZones>"
                          "</ListHostedZonesResponse>"},
        {FAKE_LIST_ZONES, "<ListHostedZonesResponse><IsTruncated>true</IsTruncated>"
                          "</ListHostedZonesResponse>"},
        {FAKE_LIST_ZONES, "<ListHostedZonesResponse><IsTruncated>true</IsTruncated>"
                          "<NextMarker>1</NextMarker></ListHostedZonesResponse>"},
        {FAKE_SEARCH_ZONES, "<ListHostedZonesByNameResponse><IsTruncated>true</IsTruncated>"
                            "</ListHostedZonesByNameResponse>"},
        {FAKE_SEARCH_ZONES,
         "<ListHostedZonesByNameResponse><IsTruncated>true</IsTruncated>"
         "<NextDNSName>example.com.</NextDNSName><NextHostedZoneId>Z1</NextHostedZoneId>"
         "</ListHostedZonesByNameResponse>"},
        {FAKE_SEARCH_ZONES, "<ListHostedZonesByNameResponse><HostedZones><HostedZone><Id>Z1</Id>"
                            "<Name>..</Name></HostedZone></HostedZones>"
                            "</ListHostedZonesByNameResponse>"},
        {FAKE_GET_ZONE, "<GetHostedZoneResponse/>"},
        {FAKE_GET_ZONE, "<GetHostedZoneResponse><HostedZone><Id>/hostedzone/Z2</Id>"
                        "<Name>example.com.</Name></HostedZone></GetHostedZoneResponse>"},
        {FAKE_GET_ZONE,
         "<GetHostedZoneResponse><HostedZone><Id>/hostedzone/Z1</Id><Name>example.com.</Name>"
         "</HostedZone><DelegationSet><NameServers><NameServer>a..b</NameServer></NameServers>"
         "</DelegationSet></GetHostedZoneResponse>"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        service->zone_count = 0;
        if (rows[i].op != FAKE_LIST_ZONES)
            (void)fake_zone_add(service, "Z1", "example.com", 1);
        memset(service->body, 0, sizeof service->body);
        service->body[rows[i].op] = rows[i].body;
        open_with(NULL);
        (void)find(RECORD, "example.com", NULL, DNSHOOK_BAD_ANSWER);
        provider->close(handle);
    }
    handle = NULL;
}

static void test_no_memory(void **state)
{
    int status = DNSHOOK_NO_MEMORY;

    (void)state;
    (void)fake_zone_add(service, "Z1", "example.com", 1);
    fake_host_set(host, "hosted-zone", NULL);
    for (long n = 1; status != DNSHOOK_OK; n++) {
        const struct dnshook_zone cut = {.size = sizeof cut, .name = "example.com"};
        struct handed handed = {.count = 0};

        fake_host_forget(host);
        host->allocations = 0;
        host->fail_alloc = n;
        status = provider->open(&host->host, &handle);
        if (status == DNSHOOK_OK) {
            status = provider->find_zone(handle, RECORD, &cut, take_zone, &handed);
            provider->close(handle);
        }
        assert_int_equal(status, host->allocations < n ? DNSHOOK_OK : DNSHOOK_NO_MEMORY);
        assert_int_equal(host->fails, status == DNSHOOK_OK ? 0 : 1);
        assert_int_equal(host->live, 0);
    }
    host->fail_alloc = 0;
    handle = NULL;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_two_calls),
        TEST(test_the_challenge_is_a_zone),
        TEST(test_longer_but_not_delegated),
        TEST(test_private_zones),
        TEST(test_two_of_one_name),
        TEST(test_search_goes_on),
        TEST(test_hundreds_of_zones),
        TEST(test_without_a_cut),
        TEST(test_no_zone),
        TEST(test_only_a_zone_above),
        TEST(test_what_may_be_missing),
        TEST(test_given),
        TEST(test_ids_that_are_none),
        TEST(test_given_does_not_fit),
        TEST(test_several_given),
        TEST(test_given_but_denied),
        TEST(test_list),
        TEST(test_strange_answers),
        TEST(test_no_memory),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
