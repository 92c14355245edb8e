/* core/instance.c: a provider under the host: what is repeated, what is said, what is believed. */
#include "deadline.h"
#include "dnshook/provider.h"
#include "instance.h"
#include "log.h"
#include "sandbox.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

enum { HOUR = 3600000, CALLS = 16 };

/* ---- a provider that does what a test says ---- */

/* What the provider answers, call by call; the last one for all that follow. */
struct script {
    int status;
    const char *reason; /* NULL: it says nothing */
};

static const struct script *script;
static size_t script_count;
static size_t calls;
static size_t applied; /* changes in the last apply() */
static int opened;
static int closed;
static const struct dnshook_host *host;
static void *given_handle;
static struct dnshook_zone named[2]; /* what find_zone() names */
static size_t named_count;
static const struct dnshook_zone *shown_cut;

/* The waits that were asked for, in place of waiting. */
static int64_t sleeps[CALLS];
static size_t sleep_count;
static int sleep_status;

int __wrap_deadline_sleep(int64_t milliseconds);

int __wrap_deadline_sleep(int64_t milliseconds)
{
    assert_true(sleep_count < CALLS);
    sleeps[sleep_count++] = milliseconds;
    return sleep_status;
}

static int play(void)
{
    const struct script *const now = &script[calls < script_count ? calls : script_count - 1];

    calls++;
    if (now->reason != NULL)
        return (host->fail)(host, now->status, now->reason);
    return now->status;
}

static int fake_open(const struct dnshook_host *the_host, void **handle)
{
    host = the_host;
    *handle = &given_handle;
    opened++;
    return play();
}

static void fake_close(void *handle)
{
    assert_ptr_equal(handle, &given_handle);
    closed++;
}

static int fake_change(void *handle, struct dnshook_change *change)
{
    assert_ptr_equal(handle, &given_handle);
    change->effect = DNSHOOK_EFFECT_CHANGED;
    return play();
}

static int fake_apply(void *handle, struct dnshook_change *const *changes, size_t count)
{
    int first = DNSHOOK_OK;

    assert_ptr_equal(handle, &given_handle);
    applied = count;
    for (size_t i = 0; i < count; i++) {
        changes[i]->status = play();
        first = first == DNSHOOK_OK ? changes[i]->status : first;
    }
    return first;
}

static int fake_find_zone(void *handle, const char *name, const struct dnshook_zone *cut,
                          dnshook_zone_fn *each, void *opaque)
{
    int status = DNSHOOK_OK;

    (void)handle;
    assert_string_equal(name, "a.example");
    shown_cut = cut;
    for (size_t i = 0; i < named_count && status == DNSHOOK_OK; i++)
        status = each(opaque, &named[i]);
    return status != DNSHOOK_OK ? status : play();
}

static int fake_zones(void *handle, dnshook_zone_fn *each, void *opaque)
{
    int status = DNSHOOK_OK;

    (void)handle;
    for (size_t i = 0; i < named_count && status == DNSHOOK_OK; i++)
        status = each(opaque, &named[i]);
    return status != DNSHOOK_OK ? status : play();
}

static int fake_nameservers(void *handle, const struct dnshook_zone *zone, dnshook_name_fn *each,
                            void *opaque)
{
    (void)handle;
    (void)zone;
    (void)each(opaque, "ns1.example");
    return play();
}

static int fake_is_live(void *handle, const struct dnshook_change *change)
{
    (void)handle;
    assert_non_null(change);
    return play();
}

static int fake_check(void *handle, const struct dnshook_zone *zone)
{
    (void)handle;
    (void)zone;
    return play();
}

static const struct dnshook_param params[] = {
    {.size = sizeof params[0], .name = "p", .initial = "the value", .help = "P"},
    {.size = sizeof params[0],
     .flags = DNSHOOK_PARAM_TIMEOUT,
     .name = "wait",
     .initial = "7",
     .help = "W"},
};

static const struct dnshook_provider all_operations = {.name = "fake",
                                                       .open = fake_open,
                                                       .close = fake_close,
                                                       .add = fake_change,
                                                       .remove = fake_change,
                                                       .apply = fake_apply,
                                                       .zones = fake_zones,
                                                       .find_zone = fake_find_zone,
                                                       .nameservers = fake_nameservers,
                                                       .is_live = fake_is_live,
                                                       .check = fake_check};
static struct provider provider;
static struct instance *instance;

/* ---- fixtures ---- */

static const struct script fine[] = {{DNSHOOK_OK, NULL}};

/* The provider does this from now on. */
static void plays(const struct script *rows, size_t count)
{
    script = rows;
    script_count = count;
    calls = 0;
    sleep_count = 0;
}

static int set_up(void **state)
{
    (void)state;
    provider = (struct provider){.op = all_operations,
                                 .params = (struct dnshook_param *)(uintptr_t)params,
                                 .param_count = COUNT(params)};
    opened = closed = 0;
    sleep_status = DNSHOOK_OK;
    named_count = 0;
    log_set_level(LOG_WARNING);
    plays(fine, 1);
    if (deadline_start(HOUR, 0) != DNSHOOK_OK ||
        instance_open(&provider, NULL, NULL, &instance) != DNSHOOK_OK)
        return -1;
    plays(fine, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    instance_close(instance);
    instance = NULL;
    return closed == 1 ? 0 : -1;
}

static struct dnshook_change adding(void)
{
    return (struct dnshook_change){
        .size = sizeof(struct dnshook_change), .action = DNSHOOK_ADD, .name = "n", .value = "v"};
}

/* Adds one value; what was said is in *said. */
static int add(const char **said)
{
    static struct dnshook_change change;
    struct dnshook_change *const changes[] = {&change};
    int status;

    change = adding();
    sandbox_capture();
    status = instance_change(instance, changes, 1);
    *said = sandbox_release();
    assert_int_equal(change.status, status);
    return status;
}

/* ---- opening ---- */

static void open_and_close(void **state)
{
    (void)state;
    assert_int_equal(opened, 1);
    assert_ptr_equal(instance_provider(instance), &provider);
    assert_int_equal(instance_timeout(instance), 7000);
    instance_close(NULL);
}

/* close() is not called for what was not opened, and the failure is said. */
static void an_open_that_fails(void **state)
{
    static const struct script rows[] = {{DNSHOOK_DENIED, "the key is wrong"}};
    struct instance *other = NULL;

    (void)state;
    plays(rows, 1);
    sandbox_capture();
    assert_int_equal(instance_open(&provider, NULL, NULL, &other), DNSHOOK_DENIED);
    assert_string_equal(sandbox_release(), "dnshook: fake: the key is wrong\n");
    assert_null(other);
    assert_int_equal(closed, 0);
}

/* ---- services ---- */

static void services(void **state)
{
    char *memory;

    (void)state;
    assert_int_equal(host->size, sizeof(struct dnshook_host));
    assert_int_equal(host->abi, DNSHOOK_ABI);
    assert_string_equal(host->param(host, "p"), "the value");
    assert_null(host->param(host, "q"));
    assert_true(host->time_left(host) > 0);
    memory = host->alloc(host, 8);
    assert_non_null(memory);
    memory = host->realloc(host, memory, 16);
    assert_non_null(memory);
    assert_int_equal(memory[15], 0);
    host->free(host, memory);
    assert_non_null(host->alloc(host, 100)); /* the host frees it */
    assert_int_equal(host->sleep(host, 12), DNSHOOK_OK);
    assert_int_equal(sleeps[0], 12);
}

static void what_a_provider_logs(void **state)
{
    static const struct {
        int level;
        const char *said;
    } rows[] = {
        {DNSHOOK_LOG_WARNING, "dnshook: warning: fake: a\\x0ab\n"},
        {DNSHOOK_LOG_INFO, "dnshook: fake: a\\x0ab\n"},
        {DNSHOOK_LOG_DEBUG, "dnshook: debug: fake: a\\x0ab\n"},
        {0, "dnshook: debug: fake: a\\x0ab\n"}, /* errors are the host's to say */
        {99, "dnshook: debug: fake: a\\x0ab\n"},
        {-1, "dnshook: debug: fake: a\\x0ab\n"},
    };

    (void)state;
    log_set_level(LOG_DEBUG);
    for (size_t i = 0; i < COUNT(rows); i++) {
        sandbox_capture();
        host->log(host, rows[i].level, "a\nb");
        assert_string_equal(sandbox_release(), rows[i].said);
    }
}

/* ---- repeating ---- */

static void again_and_again(void **state)
{
    static const struct script rows[] = {{DNSHOOK_AGAIN, "busy"}, {DNSHOOK_AGAIN, NULL},
                                         {DNSHOOK_AGAIN, NULL},   {DNSHOOK_AGAIN, NULL},
                                         {DNSHOOK_AGAIN, NULL},   {DNSHOOK_AGAIN, NULL},
                                         {DNSHOOK_AGAIN, NULL},   {DNSHOOK_OK, NULL}};
    static const int64_t most[] = {500, 1000, 2000, 4000, 8000, 10000, 10000};
    const char *said;

    (void)state;
    plays(rows, COUNT(rows));
    assert_int_equal(add(&said), DNSHOOK_OK);
    assert_string_equal(said, "");
    assert_int_equal(calls, COUNT(rows));
    assert_int_equal(sleep_count, COUNT(most));
    for (size_t i = 0; i < COUNT(most); i++)
        assert_in_range(sleeps[i], most[i] / 2, most[i]);
}

static void conflicts_soon(void **state)
{
    static const struct script rows[] = {
        {DNSHOOK_CONFLICT, NULL}, {DNSHOOK_CONFLICT, NULL}, {DNSHOOK_OK, NULL}};
    const char *said;

    (void)state;
    plays(rows, COUNT(rows));
    assert_int_equal(add(&said), DNSHOOK_OK);
    assert_int_equal(sleep_count, 2);
    for (size_t i = 0; i < 2; i++)
        assert_in_range(sleeps[i], 125, 250);
}

/* When the time is over, the last reason is the error. */
static void no_time_for_another_try(void **state)
{
    static const struct {
        struct script row;
        const char *said;
    } rows[] = {
        {{DNSHOOK_AGAIN, "throttled by the service"}, "dnshook: fake: throttled by the service\n"},
        {{DNSHOOK_AGAIN, NULL}, "dnshook: fake: the service is busy\n"},
        {{DNSHOOK_CONFLICT, NULL}, "dnshook: fake: the record set kept changing\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *said;

        plays(&rows[i].row, 1);
        sleep_status = DNSHOOK_DEADLINE;
        assert_int_equal(add(&said), rows[i].row.status);
        assert_string_equal(said, rows[i].said);
        assert_int_equal(calls, 1);
    }
}

static void a_reason_of_the_last_try(void **state)
{
    static const struct script rows[] = {{DNSHOOK_AGAIN, "first"}, {DNSHOOK_REJECTED, "second"}};
    const char *said;

    (void)state;
    plays(rows, COUNT(rows));
    assert_int_equal(add(&said), DNSHOOK_REJECTED);
    assert_string_equal(said, "dnshook: fake: second\n");
}

/* ---- failures ---- */

static void statuses(void **state)
{
    static const struct {
        struct script row;
        int status;
        const char *said;
    } rows[] = {
        {{DNSHOOK_DENIED, "no"}, DNSHOOK_DENIED, "dnshook: fake: no\n"},
        {{DNSHOOK_DENIED, NULL}, DNSHOOK_DENIED, "refuses these credentials"},
        {{DNSHOOK_NO_ZONE, NULL}, DNSHOOK_NO_ZONE, "there is no such zone"},
        {{DNSHOOK_UNREACHABLE, ""}, DNSHOOK_UNREACHABLE, "cannot be reached"},
        {{DNSHOOK_NO_MEMORY, NULL}, DNSHOOK_NO_MEMORY, "out of memory"},
        {{DNSHOOK_UNSUPPORTED, NULL}, DNSHOOK_UNSUPPORTED, "cannot do that"},
        {{DNSHOOK_UNSUPPORTED + 1, NULL}, DNSHOOK_BAD_ANSWER, "a status that nobody knows"},
        {{-1, NULL}, DNSHOOK_BAD_ANSWER, "a status that nobody knows"},
        {{4711, "its own words"}, DNSHOOK_BAD_ANSWER, "fake: its own words"},
        {{INT32_MIN, NULL}, DNSHOOK_BAD_ANSWER, "a status that nobody knows"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *said;

        plays(&rows[i].row, 1);
        assert_int_equal(add(&said), rows[i].status);
        assert_has(said, rows[i].said);
        assert_int_equal(sleep_count, 0);
    }
}

/* The first text is kept, where the cause was known. */
static void only_the_first_reason(void **state)
{
    static const struct script rows[] = {{DNSHOOK_REJECTED, "the second"}};
    const char *said;

    (void)state;
    assert_int_equal(add(&said), DNSHOOK_OK);
    plays(rows, 1);
    assert_int_equal((host->fail)(host, DNSHOOK_DENIED, "left over"), DNSHOOK_DENIED);
    assert_int_equal(add(&said), DNSHOOK_REJECTED);
    assert_string_equal(said, "dnshook: fake: the second\n");
    assert_int_equal((host->fail)(host, 3, "a third"), 3);
}

/* ---- many changes ---- */

static void many_changes(void **state)
{
    struct dnshook_change a = adding();
    struct dnshook_change b = adding();
    struct dnshook_change *const changes[] = {&a, &b};

    (void)state;
    applied = 0;
    assert_int_equal(instance_change(instance, changes, 2), DNSHOOK_OK);
    assert_int_equal(applied, 2);
    applied = 0;
    assert_int_equal(instance_change(instance, changes, 1), DNSHOOK_OK);
    assert_int_equal(applied, 0);
    provider.op.apply = NULL;
    plays(fine, 1);
    assert_int_equal(instance_change(instance, changes, 2), DNSHOOK_OK);
    assert_int_equal(calls, 2);
    assert_int_equal(instance_change(instance, changes, 0), DNSHOOK_OK);
}

/* The first failure is returned, each change has its own, and none is left out. */
static void some_changes_fail(void **state)
{
    static const struct script rows[] = {
        {DNSHOOK_OK, NULL}, {DNSHOOK_REJECTED, "one"}, {DNSHOOK_DENIED, NULL}};
    struct dnshook_change list[] = {adding(), adding(), adding()};
    struct dnshook_change *const changes[] = {&list[0], &list[1], &list[2]};

    (void)state;
    for (int with_apply = 0; with_apply < 2; with_apply++) {
        provider.op.apply = with_apply ? fake_apply : NULL;
        plays(rows, COUNT(rows));
        sandbox_capture();
        assert_int_equal(instance_change(instance, changes, 3), DNSHOOK_REJECTED);
        assert_has(sandbox_release(), "fake: one");
        assert_int_equal(list[0].status, DNSHOOK_OK);
        assert_int_equal(list[1].status, DNSHOOK_REJECTED);
        assert_int_equal(list[2].status, DNSHOOK_DENIED);
        assert_int_equal(calls, 3);
    }
}

/* apply() says that all is well, and one change says that it is not. */
static int lying_apply(void *handle, struct dnshook_change *const *changes, size_t count)
{
    (void)fake_apply(handle, changes, count);
    changes[count - 1]->status = DNSHOOK_REJECTED;
    return DNSHOOK_OK;
}

static void an_apply_that_lies(void **state)
{
    struct dnshook_change a = adding();
    struct dnshook_change b = adding();
    struct dnshook_change *const changes[] = {&a, &b};

    (void)state;
    provider.op.apply = lying_apply;
    sandbox_capture();
    assert_int_equal(instance_change(instance, changes, 2), DNSHOOK_REJECTED);
    assert_has(sandbox_release(), "the service said no");
}

/* ---- zones ---- */

static const struct instance_zone cut = {.name = "example", .primary = "ns1.example"};

/* Finds the zone of a.example; what was said is in *said. */
static int find(struct instance_zone *zone, const char **said)
{
    int status;

    memset(zone, 0, sizeof *zone);
    sandbox_capture();
    status = instance_find_zone(instance, "a.example", &cut, zone);
    *said = sandbox_release();
    return status;
}

static void name_zones(const char *first, const char *second)
{
    named[0] = (struct dnshook_zone){.size = sizeof named[0], .name = first, .id = "Z1"};
    named[1] = (struct dnshook_zone){.size = sizeof named[0], .name = second};
    named_count = second != NULL ? 2 : 1;
}

static void the_providers_zone(void **state)
{
    struct instance_zone zone;
    const char *said;

    (void)state;
    name_zones("A.Example.", NULL);
    named[0].primary = "ns.a.example";
    assert_int_equal(find(&zone, &said), DNSHOOK_OK);
    assert_string_equal(zone.name, "a.example");
    assert_string_equal(zone.id, "Z1");
    assert_string_equal(zone.primary, "ns.a.example");
    named[0].size = offsetof(struct dnshook_zone, primary); /* of an older provider */
    assert_int_equal(find(&zone, &said), DNSHOOK_OK);
    assert_string_equal(zone.primary, "");
}

static void the_cut_without_the_operation(void **state)
{
    struct instance_zone zone;
    const char *said;

    (void)state;
    provider.op.find_zone = NULL;
    assert_int_equal(find(&zone, &said), DNSHOOK_OK);
    assert_string_equal(zone.name, "example");
    assert_string_equal(zone.primary, "ns1.example");
    assert_int_equal(calls, 0);
}

static void zones_that_are_none(void **state)
{
    static char long_id[INSTANCE_ID_SIZE + 1];
    static char long_name[NAME_SIZE + 1];
    struct instance_zone zone;
    const char *said;

    (void)state;
    memset(long_id, 'x', INSTANCE_ID_SIZE);
    memset(long_name, 'x', NAME_SIZE);
    assert_int_equal(find(&zone, &said), DNSHOOK_BAD_ANSWER);
    assert_has(said, "it named no zone, or more than one");
    name_zones("a.example", "example");
    assert_int_equal(find(&zone, &said), DNSHOOK_BAD_ANSWER);
    assert_has(said, "it named no zone, or more than one");
    name_zones(NULL, NULL);
    assert_int_equal(find(&zone, &said), DNSHOOK_BAD_ANSWER);
    assert_has(said, "a zone without a name");
    name_zones(long_name, NULL);
    assert_int_equal(find(&zone, &said), DNSHOOK_BAD_ANSWER);
    name_zones("a.example", NULL);
    named[0].id = long_id;
    assert_int_equal(find(&zone, &said), DNSHOOK_BAD_ANSWER);
    named[0].id = NULL;
    assert_int_equal(find(&zone, &said), DNSHOOK_OK);
    assert_string_equal(zone.id, "");
    named[0].size = offsetof(struct dnshook_zone, id);
    assert_int_equal(find(&zone, &said), DNSHOOK_BAD_ANSWER);
    assert_has(said, "with a wrong struct size");
}

/* Named in a try that failed, and again in the next one, is named once. */
static void a_zone_at_the_second_try(void **state)
{
    static const struct script rows[] = {{DNSHOOK_AGAIN, NULL}, {DNSHOOK_OK, NULL}};
    struct instance_zone zone;
    const char *said;

    (void)state;
    plays(rows, COUNT(rows));
    name_zones("a.example", NULL);
    assert_int_equal(find(&zone, &said), DNSHOOK_OK);
    assert_int_equal(calls, 2);
}

/* What the DNS shows is handed on, or NULL where it shows nothing. */
static void the_cut_is_handed_on(void **state)
{
    const struct instance_zone nothing = {.name = ""};
    struct instance_zone zone;
    const char *said;

    (void)state;
    name_zones("a.example", NULL);
    assert_int_equal(find(&zone, &said), DNSHOOK_OK);
    assert_non_null(shown_cut);
    assert_int_equal(instance_find_zone(instance, "a.example", &nothing, &zone), DNSHOOK_OK);
    assert_null(shown_cut);
}

static void a_public_zone(void **state)
{
    const struct instance_zone bare = {.name = "b"};
    struct dnshook_zone public = instance_zone_public(&cut);

    (void)state;
    assert_int_equal(public.size, sizeof public);
    assert_string_equal(public.name, "example");
    assert_null(public.id);
    assert_string_equal(public.primary, "ns1.example");
    public = instance_zone_public(&bare);
    assert_null(public.primary);
}

/* Counts zones; each is as large as the host's struct, whatever the provider's was. */
static int count_zone(void *opaque, const struct dnshook_zone *zone)
{
    assert_int_equal(zone->size, sizeof *zone);
    assert_true(zone->primary == NULL || strcmp(zone->primary, "ns1.example") == 0);
    ++*(int *)opaque;
    return DNSHOOK_OK;
}

static void listing_zones(void **state)
{
    int count = 0;

    (void)state;
    name_zones("a.example", "b.example");
    named[0].primary = "ns1.example";
    named[1].primary = "past the size of an older provider";
    named[1].size = offsetof(struct dnshook_zone, primary);
    assert_int_equal(instance_zones(instance, count_zone, &count), DNSHOOK_OK);
    assert_int_equal(count, 2);
    named[1].size = 0;
    sandbox_capture();
    assert_int_equal(instance_zones(instance, count_zone, &count), DNSHOOK_BAD_ANSWER);
    assert_has(sandbox_release(), "with a wrong struct size");
    assert_int_equal(count, 3);
    provider.op.zones = NULL;
    sandbox_capture();
    assert_int_equal(instance_zones(instance, NULL, NULL), DNSHOOK_UNSUPPORTED);
    assert_string_equal(sandbox_release(), "dnshook: fake: it cannot list zones\n");
}

/* ---- nameservers, is-it-live, check ---- */

static int count_name(void *opaque, const char *name)
{
    assert_string_equal(name, "ns1.example");
    (*(int *)opaque)++;
    return DNSHOOK_OK;
}

static void nameservers(void **state)
{
    static const struct script rows[] = {{DNSHOOK_DENIED, "may not"}};
    int count = 0;

    (void)state;
    assert_int_equal(instance_nameservers(instance, NULL, count_name, &count), DNSHOOK_OK);
    assert_int_equal(count, 1);
    plays(rows, 1);
    sandbox_capture();
    assert_int_equal(instance_nameservers(instance, NULL, count_name, &count), DNSHOOK_DENIED);
    provider.op.nameservers = NULL;
    assert_int_equal(instance_nameservers(instance, NULL, count_name, &count), DNSHOOK_UNSUPPORTED);
    assert_string_equal(sandbox_release(), "");
}

static void is_live(void **state)
{
    static const struct {
        struct script row;
        int status;
        const char *said; /* "": nothing */
    } rows[] = {
        {{DNSHOOK_OK, NULL}, DNSHOOK_OK, ""},
        {{DNSHOOK_AGAIN, "pending"}, DNSHOOK_AGAIN, ""},
        {{DNSHOOK_UNSUPPORTED, NULL}, DNSHOOK_UNSUPPORTED, ""},
        {{DNSHOOK_DENIED, "no GetChange"},
         DNSHOOK_DENIED,
         "warning: fake: whether the change is live may not be asked (no GetChange)"},
        {{DNSHOOK_UNREACHABLE, "gone"}, DNSHOOK_UNREACHABLE, "dnshook: fake: gone\n"},
        {{99, NULL}, DNSHOOK_BAD_ANSWER, "a status that nobody knows"},
    };
    const struct dnshook_change change = adding();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *said;

        plays(&rows[i].row, 1);
        sandbox_capture();
        assert_int_equal(instance_is_live(instance, &change), rows[i].status);
        said = sandbox_release();
        if (rows[i].said[0] == '\0')
            assert_string_equal(said, "");
        assert_has(said, rows[i].said);
        assert_int_equal(calls, 1);
        assert_int_equal(sleep_count, 0);
    }
    provider.op.is_live = NULL;
    assert_int_equal(instance_is_live(instance, &change), DNSHOOK_UNSUPPORTED);
}

static void check_credentials(void **state)
{
    static const struct script rows[] = {{DNSHOOK_AGAIN, NULL}, {DNSHOOK_DENIED, "no"}};

    (void)state;
    assert_int_equal(instance_check(instance, NULL), DNSHOOK_OK);
    plays(rows, COUNT(rows));
    sandbox_capture();
    assert_int_equal(instance_check(instance, NULL), DNSHOOK_DENIED);
    assert_string_equal(sandbox_release(), "dnshook: fake: no\n");
    assert_int_equal(sleep_count, 1);
    provider.op.check = NULL;
    assert_int_equal(instance_check(instance, NULL), DNSHOOK_UNSUPPORTED);
}

#define INSTANCE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        INSTANCE_TEST(open_and_close),
        INSTANCE_TEST(an_open_that_fails),
        INSTANCE_TEST(services),
        INSTANCE_TEST(what_a_provider_logs),
        INSTANCE_TEST(again_and_again),
        INSTANCE_TEST(conflicts_soon),
        INSTANCE_TEST(no_time_for_another_try),
        INSTANCE_TEST(a_reason_of_the_last_try),
        INSTANCE_TEST(statuses),
        INSTANCE_TEST(only_the_first_reason),
        INSTANCE_TEST(many_changes),
        INSTANCE_TEST(some_changes_fail),
        INSTANCE_TEST(an_apply_that_lies),
        INSTANCE_TEST(the_providers_zone),
        INSTANCE_TEST(the_cut_without_the_operation),
        INSTANCE_TEST(zones_that_are_none),
        INSTANCE_TEST(a_zone_at_the_second_try),
        INSTANCE_TEST(the_cut_is_handed_on),
        INSTANCE_TEST(a_public_zone),
        INSTANCE_TEST(listing_zones),
        INSTANCE_TEST(nameservers),
        INSTANCE_TEST(is_live),
        INSTANCE_TEST(check_credentials),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
