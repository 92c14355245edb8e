/* Adding and removing values: one call where it will do, compare-and-swap where it must be. */
#include "fake_route53.h"

#include "check.h"

#include <pthread.h>
#include <stdlib.h>

#define ZONE "Z1"
#define NAME "_acme-challenge.example.com"
#define WRITTEN NAME "."
#define LONG_VALUE                                                                                 \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"                             \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"                             \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"                             \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"

static const struct dnshook_zone zone = {
    .size = sizeof zone, .name = "example.com", .id = "/hostedzone/" ZONE};

/* One process: a host and an instance of the provider. */
struct process {
    struct fake_host *host;
    void *handle;
    unsigned waits;
    int64_t left;
};

static struct fake_route53 *service;
static struct process one;
static const struct dnshook_provider *provider;

static int fake_wait(const struct dnshook_host *host, int64_t milliseconds)
{
    struct process *const process = ((struct fake_host *)(uintptr_t)host)->opaque;

    process->waits++;
    process->left -= milliseconds;
    return DNSHOOK_OK;
}

static int64_t fake_left(const struct dnshook_host *host)
{
    return ((struct process *)((struct fake_host *)(uintptr_t)host)->opaque)->left;
}

static void begin(struct process *process)
{
    *process = (struct process){.host = fake_host_new(), .left = 100000000};
    process->host->opaque = process;
    process->host->host.sleep = fake_wait;
    process->host->host.time_left = fake_left;
    assert_int_equal(provider->open(&process->host->host, &process->handle), DNSHOOK_OK);
}

static void end(struct process *process)
{
    provider->close(process->handle);
    assert_int_equal(fake_host_free(process->host), 0);
}

static int set_up(void **state)
{
    (void)state;
    provider = dnshook_provider_get();
    service = fake_route53_new();
    (void)fake_zone_add(service, ZONE, "example.com", 1);
    begin(&one);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    end(&one);
    fake_route53_free(service);
    return 0;
}

static struct dnshook_change change_of(enum dnshook_action action, const char *name,
                                       const char *value)
{
    return (struct dnshook_change){.size = sizeof(struct dnshook_change),
                                   .action = action,
                                   .name = name,
                                   .value = value,
                                   .zone = &zone,
                                   .ttl = 60};
}

/* Makes a change and checks its outcome. */
static struct dnshook_change run(enum dnshook_action action, const char *value, int status,
                                 uint32_t effect)
{
    struct dnshook_change change = change_of(action, NAME, value);
    const int got = action == DNSHOOK_ADD ? provider->add(one.handle, &change)
                                          : provider->remove(one.handle, &change);

    if (got != status)
        fail_msg("status %d, not %d: %s", got, status, one.host->failed);
    assert_int_equal(change.effect, effect);
    assert_int_equal(one.host->fails, status == DNSHOOK_OK ? 0 : 1);
    return change;
}

static const struct fake_set *simple(void)
{
    return fake_set_find(service, WRITTEN, "TXT", "");
}

/* ---- the ordinary way ------------------------------------------------------------------------ */

static void test_one_call_each(void **state)
{
    (void)state;
    struct dnshook_change change = run(DNSHOOK_ADD, "v1", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);

    assert_string_equal(change.token, "C1A");
    assert_int_equal(fake_calls(service), 1);
    assert_true(fake_set_has(simple(), "\"v1\""));
    assert_int_equal(simple()->ttl, 60);
    (void)run(DNSHOOK_REMOVE, "v1", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(fake_calls(service), 2);
    assert_null(simple());
}

static void test_the_request(void **state)
{
    static const char expected[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">"
        "<ChangeBatch><Changes><Change><Action>CREATE</Action><ResourceRecordSet>"
        "<Name>" WRITTEN "</Name><Type>TXT</Type><TTL>60</TTL><ResourceRecords><ResourceRecord>"
        "<Value>&quot;-a&lt;b&amp;c\\&quot;d\\\\&quot;</Value></ResourceRecord></ResourceRecords>"
        "</ResourceRecordSet></Change></Changes></ChangeBatch>"
        "</ChangeResourceRecordSetsRequest>\n";

    (void)state;
    (void)run(DNSHOOK_ADD, "-a<b&c\"d\\", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_string_equal(service->last, expected);
    (void)run(DNSHOOK_REMOVE, "-a<b&c\"d\\", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_null(simple());
}

static void test_again(void **state)
{
    (void)state;
    (void)run(DNSHOOK_ADD, "v1", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    struct dnshook_change change = run(DNSHOOK_ADD, "v1", DNSHOOK_OK, DNSHOOK_EFFECT_NO_CHANGE);

    assert_string_equal(change.token, "");
    assert_int_equal(simple()->count, 1);
    (void)run(DNSHOOK_REMOVE, "v1", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    (void)run(DNSHOOK_REMOVE, "v1", DNSHOOK_OK, DNSHOOK_EFFECT_NO_CHANGE);
    (void)run(DNSHOOK_REMOVE, "v2", DNSHOOK_OK, DNSHOOK_EFFECT_NO_CHANGE);
    assert_int_equal(service->set_count, 0);
}

static void test_longest_value(void **state)
{
    (void)state;
    (void)run(DNSHOOK_ADD, LONG_VALUE, DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_true(fake_set_has(simple(), "\"" LONG_VALUE "\""));
    (void)run(DNSHOOK_REMOVE, LONG_VALUE, DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_null(simple());
}

static void test_impossible_changes(void **state)
{
    static const struct {
        const char *name;
        const char *value;
        int status;
    } rows[] = {
        {NAME, "", DNSHOOK_REJECTED},
        {NAME, LONG_VALUE "x", DNSHOOK_REJECTED},
        {NAME, "a\nb", DNSHOOK_REJECTED},
        {NAME, "a\x01", DNSHOOK_REJECTED},
        {NAME, "\xc3\xa4", DNSHOOK_REJECTED},
        {"_acme-challenge.example.org", "v", DNSHOOK_BAD_CONFIG},
        {"_acme-challenge.badexample.com", "v", DNSHOOK_BAD_CONFIG},
        {"com", "v", DNSHOOK_BAD_CONFIG},
        {"", "v", DNSHOOK_BAD_CONFIG},
        {"a..example.com", "v", DNSHOOK_BAD_CONFIG},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct dnshook_change change = change_of(DNSHOOK_ADD, rows[i].name, rows[i].value);

        assert_int_equal(provider->add(one.handle, &change), rows[i].status);
    }
    assert_int_equal(fake_calls(service), 0);
    struct dnshook_zone nameless = zone;
    struct dnshook_change change = change_of(DNSHOOK_ADD, NAME, "v");

    nameless.id = NULL;
    change.zone = &nameless;
    assert_int_equal(provider->add(one.handle, &change), DNSHOOK_BAD_CONFIG);
    nameless.id = "../../Z1?x";
    assert_int_equal(provider->add(one.handle, &change), DNSHOOK_BAD_CONFIG);
    assert_int_equal(fake_calls(service), 0);
}

/* ---- sets of others -------------------------------------------------------------------------- */

static void test_others_stay(void **state)
{
    struct fake_set *const set = fake_set_add(service, NAME, "TXT", 300, "\"theirs\"");

    (void)state;
    fake_set_value(set, "\"a\" \"b c\" \"\"");
    fake_set_value(set, "\"q\\\"\\\\\\303\\244\\000\"");
    for (unsigned glue = 0; glue < 2; glue++) {
        service->glue = glue > 0;
        const unsigned before = fake_calls(service);

        (void)run(DNSHOOK_ADD, "ours", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
        assert_int_equal(fake_calls(service), before + 3);
        assert_int_equal(simple()->count, 4);
        assert_int_equal(simple()->ttl, 300);
        assert_true(fake_set_has(simple(), "\"ours\""));
        (void)run(DNSHOOK_REMOVE, "ours", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
        assert_int_equal(simple()->count, 3);
        assert_int_equal(simple()->ttl, 300);
        assert_true(fake_set_has(simple(), "\"theirs\""));
        assert_true(fake_set_has(simple(), "\"a\" \"b c\" \"\""));
        assert_true(fake_set_has(simple(), "\"q\\\"\\\\\\303\\244\\000\""));
    }
}

static void test_both_error_shapes(void **state)
{
    (void)state;
    for (unsigned shape = 0; shape < 2; shape++) {
        service->old_shape = shape > 0;
        (void)run(DNSHOOK_ADD, "v1", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
        (void)run(DNSHOOK_ADD, "v2", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
        assert_int_equal(simple()->count, 2);
        (void)run(DNSHOOK_REMOVE, "v1", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
        (void)run(DNSHOOK_REMOVE, "v2", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
        assert_null(simple());
    }
}

static void test_other_ttl(void **state)
{
    (void)state;
    (void)fake_set_add(service, NAME, "TXT", 5, "\"v\"");
    (void)run(DNSHOOK_REMOVE, "v", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_null(simple());
}

static void test_other_types_and_names(void **state)
{
    (void)state;
    (void)fake_set_add(service, NAME, "A", 60, "192.0.2.1");
    (void)fake_set_add(service, NAME, "SPF", 60, "\"v\"");
    (void)fake_set_add(service, "a." NAME, "TXT", 60, "\"v\"");
    (void)fake_set_add(service, "_acme-challenge.example.com.example.com", "TXT", 60, "\"v\"");
    (void)run(DNSHOOK_ADD, "v", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    (void)run(DNSHOOK_ADD, "w", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    (void)run(DNSHOOK_REMOVE, "v", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    (void)run(DNSHOOK_REMOVE, "w", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(service->set_count, 4);
}

static void test_escaped_names(void **state)
{
    struct dnshook_change change = change_of(DNSHOOK_ADD, "*.a/b\\.c\\065.example.com", "v");

    (void)state;
    assert_int_equal(provider->add(one.handle, &change), DNSHOOK_OK);
    assert_non_null(fake_set_find(service, "\\052.a\\057b\\056ca.example.com.", "TXT", ""));
    change = change_of(DNSHOOK_ADD, "*.a/b\\.cA.example.com", "w");
    assert_int_equal(provider->add(one.handle, &change), DNSHOOK_OK);
    assert_int_equal(service->set_count, 1);
    assert_int_equal(service->sets[0].count, 2);
}

static void test_cname(void **state)
{
    (void)state;
    (void)fake_set_add(service, NAME, "CNAME", 60, "elsewhere.example.org.");
    (void)run(DNSHOOK_ADD, "v", DNSHOOK_REJECTED, DNSHOOK_EFFECT_UNKNOWN);
    assert_has(one.host->failed, "CNAME record stands at " NAME);
    fake_host_forget(one.host);
    (void)run(DNSHOOK_REMOVE, "v", DNSHOOK_OK, DNSHOOK_EFFECT_NO_CHANGE);
}

static void test_other_policies(void **state)
{
    static const char *const policies[] = {
        "Weight", "Region", "Failover", "GeoLocation", "GeoProximityLocation", "CidrRoutingConfig"};
    struct fake_set *const set = fake_set_add(service, NAME, "TXT", 60, "\"theirs\"");

    (void)state;
    (void)snprintf(set->identifier, sizeof set->identifier, "blue");
    for (size_t i = 0; i < COUNT(policies); i++) {
        fake_host_forget(one.host);
        (void)snprintf(set->policy, sizeof set->policy, "%s", policies[i]);
        (void)run(DNSHOOK_ADD, "v", DNSHOOK_REJECTED, DNSHOOK_EFFECT_UNKNOWN);
        assert_has(one.host->failed, "routing (blue)");
        fake_host_forget(one.host);
        (void)run(DNSHOOK_REMOVE, "v", DNSHOOK_OK, DNSHOOK_EFFECT_NO_CHANGE);
        (void)run(DNSHOOK_REMOVE, "theirs", DNSHOOK_REJECTED, DNSHOOK_EFFECT_UNKNOWN);
    }
    assert_int_equal(service->changes, 0);
}

/* ---- multivalue answer routing --------------------------------------------------------------- */

static struct fake_set *add_multivalue(const char *identifier, const char *value)
{
    struct fake_set *const set = fake_set_add(service, NAME, "TXT", 10, value);

    (void)snprintf(set->identifier, sizeof set->identifier, "%s", identifier);
    (void)snprintf(set->policy, sizeof set->policy, "MultiValueAnswer");
    return set;
}

static void test_multivalue(void **state)
{
    (void)state;
    (void)add_multivalue("\"theirs\"", "\"theirs\"");
    (void)run(DNSHOOK_ADD, "ours", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    const struct fake_set *const set = fake_set_find(service, WRITTEN, "TXT", "dnshook:ours");

    assert_true(fake_set_has(set, "\"ours\""));
    assert_int_equal(set->ttl, 10);
    assert_string_equal(set->policy, "MultiValueAnswer");
    (void)run(DNSHOOK_ADD, "ours", DNSHOOK_OK, DNSHOOK_EFFECT_NO_CHANGE);
    (void)run(DNSHOOK_ADD, LONG_VALUE, DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(service->set_count, 3);
    (void)run(DNSHOOK_REMOVE, "ours", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    (void)run(DNSHOOK_REMOVE, LONG_VALUE, DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    (void)run(DNSHOOK_REMOVE, "ours", DNSHOOK_OK, DNSHOOK_EFFECT_NO_CHANGE);
    assert_int_equal(service->set_count, 1);
    assert_true(fake_set_has(fake_set_find(service, WRITTEN, "TXT", "\"theirs\""), "\"theirs\""));
}

/* The identifier of ours is taken, by a set with another value. */
static void test_multivalue_identifier_taken(void **state)
{
    struct fake_set *const set = add_multivalue("dnshook:ours", "\"theirs\"");

    (void)state;
    (void)snprintf(set->health_check, sizeof set->health_check, "hc-1");
    (void)run(DNSHOOK_ADD, "ours", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(service->set_count, 1);
    assert_int_equal(service->sets[0].count, 2);
    assert_string_equal(service->sets[0].health_check, "hc-1");
    (void)run(DNSHOOK_REMOVE, "ours", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_true(fake_set_has(&service->sets[0], "\"theirs\""));
    assert_int_equal(service->sets[0].count, 1);
}

static void test_many_multivalue_sets(void **state)
{
    char text[16];

    (void)state;
    service->page = 3;
    for (unsigned i = 0; i < 30; i++) {
        (void)snprintf(text, sizeof text, "\"v%u\"", i);
        (void)add_multivalue(text, text);
    }
    (void)run(DNSHOOK_ADD, "v29", DNSHOOK_OK, DNSHOOK_EFFECT_NO_CHANGE);
    assert_has(service->query, "type=TXT");
    assert_has(service->query, "identifier=");
    (void)run(DNSHOOK_ADD, "ours", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_has(one.host->logged, "31 TXT sets");
    (void)run(DNSHOOK_REMOVE, "ours", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(service->set_count, 30);
}

/* ---- limits ---------------------------------------------------------------------------------- */

static void fill_values(struct fake_set *set, size_t count, size_t length)
{
    char text[300];

    for (size_t i = set->count; i < count; i++) {
        (void)snprintf(text, sizeof text, "\"%0*zu\"", (int)length, i);
        fake_set_value(set, text);
    }
}

static void test_limits(void **state)
{
    struct fake_set *const set = fake_set_add(service, NAME, "TXT", 60, "\"first\"");

    (void)state;
    fill_values(set, 399, 10);
    (void)run(DNSHOOK_ADD, "v", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(simple()->count, 400);
    (void)run(DNSHOOK_ADD, "w", DNSHOOK_REJECTED, DNSHOOK_EFFECT_UNKNOWN);
    assert_has(one.host->failed, "has 400 values already");
    fake_host_forget(one.host);
    (void)run(DNSHOOK_REMOVE, "v", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(simple()->count, 399);
}

static void test_too_many_characters(void **state)
{
    struct fake_set *const set = fake_set_add(service, NAME, "TXT", 60, "\"first\"");

    (void)state;
    fill_values(set, 80, 198);
    (void)run(DNSHOOK_ADD, "v", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    fill_values((struct fake_set *)(uintptr_t)simple(), 83, 198);
    (void)run(DNSHOOK_ADD, "w", DNSHOOK_REJECTED, DNSHOOK_EFFECT_UNKNOWN);
    assert_has(one.host->failed, "too large");
}

/* ---- refusals -------------------------------------------------------------------------------- */

static void test_denied(void **state)
{
    (void)state;
    service->error[FAKE_CHANGE] = "AccessDenied";
    (void)run(DNSHOOK_ADD, "v", DNSHOOK_DENIED, DNSHOOK_EFFECT_UNKNOWN);
    assert_has(one.host->failed, "route53:ChangeResourceRecordSets");
    assert_has(one.host->failed, "arn:aws:route53:::hostedzone/Z1");
    assert_has(one.host->failed, NAME);
    assert_lacks(one.host->failed, "SECRET");
}

static void test_reading_denied(void **state)
{
    (void)state;
    (void)fake_set_add(service, NAME, "TXT", 60, "\"theirs\"");
    service->error[FAKE_LIST_SETS] = "AccessDenied";
    (void)run(DNSHOOK_ADD, "v", DNSHOOK_DENIED, DNSHOOK_EFFECT_UNKNOWN);
    assert_has(one.host->failed, "route53:ListResourceRecordSets");
    assert_int_equal(service->changes, 0);
}

static void test_no_such_zone(void **state)
{
    (void)state;
    service->zone_count = 0;
    (void)run(DNSHOOK_ADD, "v", DNSHOOK_NO_ZONE, DNSHOOK_EFFECT_UNKNOWN);
}

static void test_not_of_the_zone(void **state)
{
    (void)state;
    (void)snprintf(service->zones[0].name, sizeof service->zones[0].name, "example.org.");
    (void)run(DNSHOOK_ADD, "v", DNSHOOK_REJECTED, DNSHOOK_EFFECT_UNKNOWN);
    assert_has(one.host->failed, "not permitted in zone");
    assert_int_equal(fake_calls(service), 1);
}

/* The service goes on refusing, though nothing changes: no endless race. */
static void test_stuck(void **state)
{
    (void)state;
    service->error[FAKE_CHANGE] = "InvalidChangeBatch";
    service->text = "Tried to create resource record set [name='" WRITTEN "', type='TXT'] but it "
                    "already exists";
    (void)run(DNSHOOK_ADD, "v", DNSHOOK_REJECTED, DNSHOOK_EFFECT_UNKNOWN);
    assert_has(one.host->failed, "although nothing changes there");
    assert_in_range(fake_calls(service), 4, 16);
}

static void test_strange_answers(void **state)
{
    static const char *const bodies[] = {
        "",
        "<html/>",
        "<ChangeResourceRecordSetsResponse>",
        "<ChangeResourceRecordSetsResponse/>",
        ("<ChangeResourceRecordSetsResponse><ChangeInfo><Id>/change/../x</Id></ChangeInfo>"
         "</ChangeResourceRecordSetsResponse>"),
        "<ListResourceRecordSetsResponse/>",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        fake_host_forget(one.host);
        fake_sets_clear(service);
        service->body[FAKE_CHANGE] = bodies[i];
        struct dnshook_change change = change_of(DNSHOOK_ADD, NAME, "v");

        assert_int_equal(provider->add(one.handle, &change), DNSHOOK_BAD_ANSWER);
        assert_int_equal(one.host->fails, 1);
    }
}

static void test_unreachable(void **state)
{
    static const int statuses[] = {DNSHOOK_UNREACHABLE, DNSHOOK_DEADLINE, DNSHOOK_INTERRUPTED};

    (void)state;
    for (size_t i = 0; i < COUNT(statuses); i++) {
        fake_host_forget(one.host);
        service->status[FAKE_CHANGE] = statuses[i];
        (void)run(DNSHOOK_ADD, "v", statuses[i], DNSHOOK_EFFECT_UNKNOWN);
    }
}

/* ---- races ----------------------------------------------------------------------------------- */

/* The answer to a change is lost and the change is sent again: it meets what it made itself, and
 * writes the same set once more, to have a change that can be asked about. */
static void test_lost_answers(void **state)
{
    (void)state;
    service->lose = 1;
    (void)run(DNSHOOK_ADD, "v1", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(simple()->count, 1);
    assert_int_equal(service->changes, 2);
    (void)fake_set_add(service, "b." NAME, "TXT", 60, "\"x\"");
    service->lose = 0;
    (void)run(DNSHOOK_ADD, "v2", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    service->lose = 2;
    (void)run(DNSHOOK_ADD, "v3", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(simple()->count, 3);
    service->lose = 2;
    (void)run(DNSHOOK_REMOVE, "v1", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(simple()->count, 2);
    service->lose = 0;
    (void)run(DNSHOOK_REMOVE, "v2", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    service->lose = 1;
    (void)run(DNSHOOK_REMOVE, "v3", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_null(simple());
}

static struct process two;
static unsigned left_to_disturb;

/* The other process comes between reading and writing. */
static void disturb(struct fake_route53 *fake, enum fake_op op)
{
    char value[16];

    if (op != FAKE_CHANGE || left_to_disturb == 0)
        return;
    const unsigned number = left_to_disturb--;

    (void)snprintf(value, sizeof value, "other%u", number);
    fake->before = NULL;
    struct dnshook_change change = change_of(DNSHOOK_ADD, NAME, value);

    assert_int_equal(provider->add(two.handle, &change), DNSHOOK_OK);
    fake->before = disturb;
}

static void test_two_processes(void **state)
{
    (void)state;
    begin(&two);
    service->before = disturb;
    left_to_disturb = 5;
    (void)run(DNSHOOK_ADD, "ours", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(simple()->count, 6);
    assert_true(fake_set_has(simple(), "\"ours\""));
    assert_true(fake_set_has(simple(), "\"other1\""));
    assert_int_equal(one.waits, 5);
    left_to_disturb = 2;
    (void)run(DNSHOOK_REMOVE, "ours", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(simple()->count, 5);
    service->before = NULL;
    end(&two);
}

/* The set keeps changing until the time is over. */
static void disturb_for_ever(struct fake_route53 *fake, enum fake_op op)
{
    if (op == FAKE_CHANGE && fake->set_count > 0)
        fake->sets[0].ttl++;
}

static void test_out_of_time(void **state)
{
    (void)state;
    (void)fake_set_add(service, NAME, "TXT", 60, "\"theirs\"");
    service->before = disturb_for_ever;
    one.left = 30000;
    (void)run(DNSHOOK_ADD, "v", DNSHOOK_CONFLICT, DNSHOOK_EFFECT_UNKNOWN);
    assert_has(one.host->failed, "kept changing");
    assert_has(one.host->failed, "do not match the current values");
    assert_int_equal(simple()->count, 1);
}

static int interrupted_wait(const struct dnshook_host *host, int64_t milliseconds)
{
    (void)host;
    (void)milliseconds;
    return DNSHOOK_INTERRUPTED;
}

static void test_interrupted(void **state)
{
    (void)state;
    (void)fake_set_add(service, NAME, "TXT", 60, "\"theirs\"");
    service->before = disturb_for_ever;
    one.host->host.sleep = interrupted_wait;
    (void)run(DNSHOOK_ADD, "v", DNSHOOK_INTERRUPTED, DNSHOOK_EFFECT_UNKNOWN);
}

enum { PROCESSES = 50 };

struct runner {
    struct process process;
    pthread_t thread;
    char value[16];
    int added;
    int removed;
    bool was_there;
};

static void *run_thread(void *opaque)
{
    struct runner *const runner = opaque;
    struct dnshook_change change = change_of(DNSHOOK_ADD, NAME, runner->value);

    runner->added = provider->add(runner->process.handle, &change);
    change = change_of(DNSHOOK_ADD, NAME, runner->value);
    (void)provider->add(runner->process.handle, &change);
    runner->was_there = change.effect == DNSHOOK_EFFECT_NO_CHANGE;
    change = change_of(DNSHOOK_REMOVE, NAME, runner->value);
    runner->removed = provider->remove(runner->process.handle, &change);
    return NULL;
}

static void test_fifty_processes(void **state)
{
    static struct runner runners[PROCESSES];

    (void)state;
    (void)fake_set_add(service, NAME, "TXT", 77, "\"theirs\"");
    for (size_t i = 0; i < PROCESSES; i++) {
        runners[i] = (struct runner){.added = -1};
        begin(&runners[i].process);
        (void)snprintf(runners[i].value, sizeof runners[i].value, "value%zu", i);
    }
    for (size_t i = 0; i < PROCESSES; i++)
        assert_int_equal(pthread_create(&runners[i].thread, NULL, run_thread, &runners[i]), 0);
    for (size_t i = 0; i < PROCESSES; i++)
        (void)pthread_join(runners[i].thread, NULL);
    for (size_t i = 0; i < PROCESSES; i++) {
        if (runners[i].added != DNSHOOK_OK || runners[i].removed != DNSHOOK_OK)
            fail_msg("%d, %d: %s", runners[i].added, runners[i].removed,
                     runners[i].process.host->failed);
        assert_true(runners[i].was_there);
        end(&runners[i].process);
    }
    assert_int_equal(service->set_count, 1);
    assert_int_equal(simple()->count, 1);
    assert_int_equal(simple()->ttl, 77);
    assert_int_equal(service->changes, 2 * PROCESSES);
}

/* ---- many changes in one call ---------------------------------------------------------------- */

enum { MANY = 20 };

struct many {
    char names[MANY][64];
    char values[MANY][32];
    struct dnshook_change changes[MANY];
    struct dnshook_change *list[MANY];
};

static void fill_many(struct many *many, enum dnshook_action action, unsigned per_name)
{
    for (unsigned i = 0; i < MANY; i++) {
        (void)snprintf(many->names[i], sizeof many->names[i], "_acme-challenge.h%u.example.com",
                       i / per_name);
        (void)snprintf(many->values[i], sizeof many->values[i], "value%u", i);
        many->changes[i] = change_of(action, many->names[i], many->values[i]);
        many->list[i] = &many->changes[i];
    }
}

static void assert_all(const struct many *many, int status, uint32_t effect, const char *token)
{
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(many->changes[i].status, status);
        assert_int_equal(many->changes[i].effect, effect);
        assert_string_equal(many->changes[i].token, token);
    }
}

static void test_apply(void **state)
{
    static struct many many;

    (void)state;
    for (unsigned per_name = 1; per_name <= 4; per_name *= 2) {
        char token[16];
        const unsigned before = fake_calls(service);

        fill_many(&many, DNSHOOK_ADD, per_name);
        assert_int_equal(provider->apply(one.handle, many.list, MANY), DNSHOOK_OK);
        assert_int_equal(fake_calls(service), before + 1);
        assert_int_equal(service->set_count, MANY / per_name);
        (void)snprintf(token, sizeof token, "C%uA", service->changes);
        assert_all(&many, DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED, token);
        fill_many(&many, DNSHOOK_REMOVE, per_name);
        assert_int_equal(provider->apply(one.handle, many.list, MANY), DNSHOOK_OK);
        assert_int_equal(fake_calls(service), before + 2);
        assert_int_equal(service->set_count, 0);
    }
    assert_int_equal(provider->apply(one.handle, many.list, 0), DNSHOOK_OK);
}

/* Names that are taken already cost one reading each, and one more request for all. */
static void test_apply_with_conflicts(void **state)
{
    static struct many many;

    (void)state;
    (void)fake_set_add(service, "_acme-challenge.h3.example.com", "TXT", 60, "\"theirs\"");
    (void)fake_set_add(service, "_acme-challenge.h7.example.com", "TXT", 60, "\"value7\"");
    fill_many(&many, DNSHOOK_ADD, 1);
    assert_int_equal(provider->apply(one.handle, many.list, MANY), DNSHOOK_OK);
    assert_int_equal(service->calls[FAKE_CHANGE], 2);
    assert_int_equal(service->calls[FAKE_LIST_SETS], 2);
    assert_int_equal(many.changes[7].effect, DNSHOOK_EFFECT_NO_CHANGE);
    assert_int_equal(many.changes[3].effect, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(service->set_count, MANY);
    assert_int_equal(one.host->fails, 0);
}

/* A name at which nothing can be added loses only itself. */
static void test_apply_with_failures(void **state)
{
    static struct many many;

    (void)state;
    (void)fake_set_add(service, "_acme-challenge.h3.example.com", "CNAME", 60, "x.");
    fill_many(&many, DNSHOOK_ADD, 1);
    many.changes[5].name = "elsewhere.example.org";
    many.changes[6].value = "";
    assert_int_equal(provider->apply(one.handle, many.list, MANY), DNSHOOK_REJECTED);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(many.changes[i].status, i == 3 || i == 6 ? DNSHOOK_REJECTED
                                                 : i == 5         ? DNSHOOK_BAD_CONFIG
                                                                  : DNSHOOK_OK);
    assert_int_equal(service->set_count, MANY - 2);
    assert_int_equal(one.host->fails, 1);
}

/* A refusal that names nobody: each name is sent by itself. */
static void test_apply_with_an_unnamed_failure(void **state)
{
    static struct many many;

    (void)state;
    service->poison = "value9&quot;";
    fill_many(&many, DNSHOOK_ADD, 1);
    assert_int_equal(provider->apply(one.handle, many.list, MANY), DNSHOOK_REJECTED);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(many.changes[i].status, i == 9 ? DNSHOOK_REJECTED : DNSHOOK_OK);
    assert_int_equal(service->set_count, MANY - 1);
    assert_int_equal(fake_calls(service), 1 + MANY);
    assert_has(one.host->failed, "not liked");
    assert_has(one.host->failed, "h9.example.com");
}

/* The same in words that sound like a race. */
static void test_apply_with_an_unnamed_race(void **state)
{
    static struct many many;

    (void)state;
    service->poison = "value9&quot;";
    service->poison_text = "Something was not found";
    fill_many(&many, DNSHOOK_ADD, 1);
    assert_int_equal(provider->apply(one.handle, many.list, MANY), DNSHOOK_REJECTED);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(many.changes[i].status, i == 9 ? DNSHOOK_REJECTED : DNSHOOK_OK);
    assert_int_equal(service->set_count, MANY - 1);
    assert_has(one.host->failed, "although nothing changes there");
}

/* A name that ends another one is not taken for it. */
static void test_apply_to_a_name_and_below(void **state)
{
    struct dnshook_change changes[] = {change_of(DNSHOOK_ADD, NAME, "a"),
                                       change_of(DNSHOOK_ADD, "b." NAME, "a")};
    struct dnshook_change *const list[] = {&changes[0], &changes[1]};

    (void)state;
    (void)fake_set_add(service, "b." NAME, "TXT", 60, "\"theirs\"");
    assert_int_equal(provider->apply(one.handle, list, COUNT(list)), DNSHOOK_OK);
    assert_int_equal(service->calls[FAKE_LIST_SETS], 1);
    assert_int_equal(service->calls[FAKE_CHANGE], 2);
}

static void test_apply_both_ways(void **state)
{
    struct dnshook_change changes[] = {
        change_of(DNSHOOK_ADD, NAME, "a"), change_of(DNSHOOK_REMOVE, NAME, "b"),
        change_of(DNSHOOK_ADD, NAME, "a"), change_of(DNSHOOK_REMOVE, NAME, "c"),
        change_of(DNSHOOK_ADD, NAME, "c"),
    };
    struct dnshook_change *const list[] = {&changes[0], &changes[1], &changes[2], &changes[3],
                                           &changes[4]};
    struct fake_set *const set = fake_set_add(service, NAME, "TXT", 60, "\"b\"");

    (void)state;
    fake_set_value(set, "\"c\"");
    assert_int_equal(provider->apply(one.handle, list, COUNT(list)), DNSHOOK_OK);
    assert_int_equal(fake_calls(service), 2);
    assert_int_equal(simple()->count, 2);
    assert_true(fake_set_has(simple(), "\"a\""));
    assert_true(fake_set_has(simple(), "\"c\""));
    assert_int_equal(changes[2].effect, DNSHOOK_EFFECT_NO_CHANGE);
}

/* Removing and adding the same value among multivalue sets leaves it where it was. */
static void test_apply_back_and_forth(void **state)
{
    struct dnshook_change changes[] = {change_of(DNSHOOK_REMOVE, NAME, "ours"),
                                       change_of(DNSHOOK_ADD, NAME, "ours")};
    struct dnshook_change *const list[] = {&changes[0], &changes[1]};

    (void)state;
    (void)add_multivalue("theirs", "\"theirs\"");
    (void)run(DNSHOOK_ADD, "ours", DNSHOOK_OK, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(provider->apply(one.handle, list, COUNT(list)), DNSHOOK_OK);
    assert_int_equal(service->set_count, 2);
    assert_true(fake_set_has(fake_set_find(service, WRITTEN, "TXT", "dnshook:ours"), "\"ours\""));
}

/* More than one request can hold: 32,000 characters. */
static void test_apply_splits(void **state)
{
    enum { NAMES = 200 };
    static char names[NAMES][64];
    static struct dnshook_change changes[NAMES];
    static struct dnshook_change *list[NAMES];

    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        (void)snprintf(names[i], sizeof names[i], "_acme-challenge.s%zu.example.com", i);
        changes[i] = change_of(DNSHOOK_ADD, names[i], LONG_VALUE);
        list[i] = &changes[i];
    }
    assert_int_equal(provider->apply(one.handle, list, NAMES), DNSHOOK_OK);
    assert_int_equal(service->set_count, NAMES);
    assert_int_equal(fake_calls(service), 2);
    assert_string_equal(changes[0].token, "C1A");
    assert_string_equal(changes[NAMES - 1].token, "C2A");
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void test_no_memory(void **state)
{
    int status = DNSHOOK_NO_MEMORY;

    (void)state;
    for (long n = 1; status != DNSHOOK_OK; n++) {
        fake_sets_clear(service);
        (void)fake_set_add(service, NAME, "TXT", 60, "\"theirs\"");
        fake_host_forget(one.host);
        const long live = one.host->live;

        one.host->allocations = 0;
        one.host->fail_alloc = n;
        struct dnshook_change change = change_of(DNSHOOK_ADD, NAME, "v");

        status = provider->add(one.handle, &change);
        one.host->fail_alloc = 0;
        assert_int_equal(status, one.host->allocations < n ? DNSHOOK_OK : DNSHOOK_NO_MEMORY);
        assert_int_equal(one.host->fails, status == DNSHOOK_OK ? 0 : 1);
        assert_int_equal(one.host->live, live);
        assert_true(fake_set_has(simple(), "\"theirs\""));
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_one_call_each),
        TEST(test_the_request),
        TEST(test_again),
        TEST(test_longest_value),
        TEST(test_impossible_changes),
        TEST(test_others_stay),
        TEST(test_both_error_shapes),
        TEST(test_other_ttl),
        TEST(test_other_types_and_names),
        TEST(test_escaped_names),
        TEST(test_cname),
        TEST(test_other_policies),
        TEST(test_multivalue),
        TEST(test_multivalue_identifier_taken),
        TEST(test_many_multivalue_sets),
        TEST(test_limits),
        TEST(test_too_many_characters),
        TEST(test_denied),
        TEST(test_reading_denied),
        TEST(test_no_such_zone),
        TEST(test_not_of_the_zone),
        TEST(test_stuck),
        TEST(test_strange_answers),
        TEST(test_unreachable),
        TEST(test_lost_answers),
        TEST(test_two_processes),
        TEST(test_out_of_time),
        TEST(test_interrupted),
        TEST(test_fifty_processes),
        TEST(test_apply),
        TEST(test_apply_with_conflicts),
        TEST(test_apply_with_failures),
        TEST(test_apply_with_an_unnamed_failure),
        TEST(test_apply_with_an_unnamed_race),
        TEST(test_apply_to_a_name_and_below),
        TEST(test_apply_both_ways),
        TEST(test_apply_back_and_forth),
        TEST(test_apply_splits),
        TEST(test_no_memory),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
