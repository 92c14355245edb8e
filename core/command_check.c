/* `dnshook check`: what every authoritative server says now. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "table.h"

struct check {
    const struct run *run;
    struct road road;
    struct route route;
    struct watch watch;
    char host[NAME_SIZE];
    const char *value; /* NULL: any */
};

/* With a value: does every address that answers serve it, and at least one? */
static bool all_serve(const struct watch *watch)
{
    size_t serving = 0;

    for (size_t i = 0; i < watch->count; i++) {
        serving += watch->sightings[i].sight == SIGHT_SERVING;
        if (watch->sightings[i].sight == SIGHT_WITHOUT)
            return false;
    }
    return serving > 0;
}

static bool any_answers(const struct watch *watch)
{
    for (size_t i = 0; i < watch->count; i++)
        if (watch->sightings[i].sight == SIGHT_ANSWERING)
            return true;
    return false;
}

static bool is_fine(const struct check *check)
{
    return check->value != NULL ? all_serve(&check->watch) : any_answers(&check->watch);
}

static int look(struct check *check)
{
    struct view *view = NULL;
    int status = run_view(&check->road, check->host, &view);

    if (status == DNSHOOK_OK)
        status = challenge_route(view, check->host, &check->route);
    if (status != DNSHOOK_OK)
        return status;
    watch_init(&check->watch, check->route.record, &check->value, check->value != NULL ? 1 : 0,
               check->route.authority);
    return propagation_look(check->road.dns, &check->watch);
}

static int report(const struct check *check)
{
    if (check->run->options.json)
        return table_print_json(json_pack("{s:s, s:s, s:s, s:b, s:o}", "domain", check->host,
                                          "record", check->route.record, "zone",
                                          check->route.authority->zone, "ok", is_fine(check),
                                          "servers", table_json(&check->watch)));
    (void)printf("%s in zone %s:\n", check->route.record, check->route.authority->zone);
    table_print(stdout, &check->watch, TABLE_NOW);
    return DNSHOOK_OK;
}

int command_check(const struct run *run, int argc, char *const *argv)
{
    struct check check = {.run = run, .value = argc > 2 ? argv[2] : NULL};
    const char *why = name_check_host(argv[1], check.host);
    int status;

    if (why != NULL) {
        log_error("the domain \"%s\" %s", argv[1], why);
        return EXIT_USAGE;
    }
    why = check.value != NULL ? challenge_check_value(check.value) : NULL;
    if (why != NULL) {
        log_error("the value %s", why);
        return EXIT_USAGE;
    }
    status = run_open_road(run, false, &check.road);
    if (status == DNSHOOK_OK)
        status = look(&check);
    if (status == DNSHOOK_OK)
        status = report(&check);
    if (status == DNSHOOK_OK && !is_fine(&check))
        status = DNSHOOK_REJECTED;
    road_close(&check.road);
    return run_exit(status);
}
