/* `dnshook test`: the whole road with a random value, and back. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "deadline.h"
#include "examine.h"
#include "log.h"
#include "table.h"

enum {
    VALUE_BYTES = 32,
    VALUE_SIZE = 44 /* base64url of 32 bytes, as an ACME digest has it */,
    EXAMINE_TIME = 4000 /* ms that the examination takes at the most */
};

struct test {
    const struct run *run;
    struct road road;
    struct challenge challenge;
    struct watch_set *watches;
    char host[NAME_SIZE];
    char value[VALUE_SIZE];
    enum sight seen[AUTHORITY_MAX_ADDRESSES]; /* what has been told already */
    bool asked;                               /* the nameservers have been asked for it */
    bool reached;                             /* the value was served */
    bool removed;
};

/* A value of the shape that a certificate authority would ask for. */
static bool random_value(char value[VALUE_SIZE])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char bytes[VALUE_SIZE];

    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    for (size_t i = 0; i + 1 < VALUE_SIZE; i++)
        value[i] = digits[bytes[i] & 63];
    value[VALUE_SIZE - 1] = '\0';
    return true;
}

/* Tells what came to another state since the last time. */
static void tell_changes(struct test *test)
{
    const struct watch *const watch = &test->watches->watches[0];

    for (size_t i = 0; i < watch->count; i++) {
        const struct sighting *const sighting = &watch->sightings[i];
        char names[256];

        if (sighting->sight == test->seen[i])
            continue;
        test->seen[i] = sighting->sight;
        sighting_names(sighting, names, sizeof names);
        log_info("  %s at %s: %s (%s) after %lld ms", names,
                 dns_server_address(sighting->address->server)->text, sight_text(sighting->sight),
                 sighting->said, (long long)(deadline_now() - watch->waiting));
    }
}

static void on_changed(void *opaque)
{
    struct test *const test = opaque;

    tell_changes(test);
    if (!test->run->options.json && test->run->options.verbose >= 0)
        table_draw(&test->watches->watches[0]);
}

static int wait_for(struct test *test, bool want)
{
    int status;

    log_info(want ? "asking every nameserver address until it serves the value"
                  : "asking every nameserver address until the value is gone");
    memset(test->seen, 0, sizeof test->seen);
    test->asked = true;
    status = challenge_wait(&test->road, &test->challenge, 1, test->watches, want);
    table_erase();
    tell_changes(test);
    return status;
}

/* Says what `dnshook check` would call a problem; that is no reason to end here, where it will be
 * seen whether it is one. */
static int examine_first(struct test *test)
{
    struct findings findings = {0};
    struct route route = {.authority = test->challenge.authority};
    struct examination examination = {.map = &test->challenge.account->view->map,
                                      .host = test->host,
                                      .route = &route,
                                      .ca = test->run->options.ca,
                                      .findings = &findings};
    int status;

    (void)snprintf(route.record, sizeof route.record, "%s", test->challenge.record);
    status = examination_begin(&examination);
    if (status == DNSHOOK_OK)
        status = examination_judge(&examination, EXAMINE_TIME);
    for (const struct finding *at = findings.first; at != NULL; at = at->next)
        if (at->kind == FINDING_PROBLEM)
            log_warning("%s: %s%s%s", at->about, at->text, at->remedy != NULL ? ": " : "",
                        at->remedy != NULL ? at->remedy : "");
    examination_close(&examination);
    findings_clear(&findings);
    return status;
}

/* There: route, change, propagation. */
static int go(struct test *test)
{
    char names[1024];
    int status = challenge_prepare(&test->road, &test->challenge, 1);

    if (status == DNSHOOK_OK)
        status = examine_first(test);
    if (status == DNSHOOK_OK)
        status = instance_check(test->challenge.account->instance, &test->challenge.public_zone);
    if (status != DNSHOOK_OK && status != DNSHOOK_UNSUPPORTED)
        return status;
    authority_text(test->challenge.authority, names, sizeof names);
    log_info("nameservers of %s: %s", test->challenge.authority->zone, names);
    test->watches = challenge_watch(&test->challenge, 1);
    if (test->watches == NULL)
        return DNSHOOK_NO_MEMORY;
    status = challenge_add(&test->road, &test->challenge, 1);
    test->watches->watches[0].began = deadline_now();
    if (status == DNSHOOK_OK)
        status = wait_for(test, true);
    test->reached = status == DNSHOOK_OK;
    return status;
}

/* And back: the value is taken away, and has to go from every server. */
static int come_back(struct test *test)
{
    int status = challenge_remove(&test->road, &test->challenge, 1);

    test->removed = status == DNSHOOK_OK;
    return status == DNSHOOK_OK ? wait_for(test, false) : status;
}

static json_t *result_json(const struct test *test, int status)
{
    json_t *const servers =
        test->watches != NULL ? table_json(&test->watches->watches[0]) : json_array();

    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:o}", "provider",
                     instance_provider(test->challenge.account->instance)->op.name, "domain",
                     test->host, "record", test->challenge.record, "zone",
                     test->challenge.zone.name, "zone-id", test->challenge.zone.id, "served",
                     test->reached, "removed", test->removed, "ok", status == DNSHOOK_OK, "servers",
                     servers);
}

static int report(const struct test *test, int status)
{
    int printed = DNSHOOK_OK;

    if (test->run->options.json && test->challenge.account != NULL)
        printed = table_print_json(result_json(test, status));
    else if (test->watches != NULL && test->asked) {
        (void)printf("%s in zone %s%s%s:\n", test->challenge.record, test->challenge.zone.name,
                     test->challenge.zone.id[0] != '\0' ? ", " : "", test->challenge.zone.id);
        table_print(stdout, &test->watches->watches[0], TABLE_TIMES);
    }
    return status == DNSHOOK_OK ? printed : status;
}

/* The exit status. */
static int round_trip(struct test *test, const char *provider)
{
    int status = run_begin(test->run, provider, true, &test->road, &test->challenge, 1);

    if (status != EXIT_DONE)
        return status;
    test->road.changed = on_changed;
    test->road.changed_opaque = test;
    status = go(test);
    if (status == DNSHOOK_OK)
        status = come_back(test);
    if (status != DNSHOOK_OK)
        (void)challenge_roll_back(&test->road, &test->challenge, 1);
    else
        log_info("%s: everything works", test->host);
    return run_exit(report(test, status));
}

int command_test(const struct run *run, int argc, char *const *argv)
{
    const char *const provider = argc > 2 ? argv[1] : NULL;
    const char *const domain = argv[argc - 1];
    struct test *test;
    const char *why;
    int status;

    if (provider == NULL && strchr(domain, '.') == NULL && run_provider_name(run) == NULL) {
        log_error("\"%s\" is no domain: usage: dnshook [OPTION ...] test [PROVIDER] DOMAIN",
                  domain);
        return EXIT_USAGE;
    }
    if (!run_has_provider(run, provider))
        return EXIT_USAGE;
    test = calloc(1, sizeof *test);
    if (test == NULL || !random_value(test->value)) {
        free(test);
        (void)log_no_memory();
        return EXIT_FAILED;
    }
    why = name_check_host(domain, test->host);
    if (why != NULL) {
        log_error("the domain \"%s\" %s", domain, why);
        free(test);
        return EXIT_USAGE;
    }
    test->run = run;
    test->challenge.host = test->host;
    test->challenge.value = test->value;
    if (run->options.verbose == 0)
        log_set_level(LOG_INFO);
    log_before_line(table_erase);
    status = round_trip(test, provider);
    log_before_line(NULL);
    free(test->watches);
    road_close(&test->road);
    free(test);
    return status;
}
