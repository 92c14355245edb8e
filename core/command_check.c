/* `dnshook check`: what every authoritative server says now, and what would make a certificate
 * authority refuse the domain. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "examine.h"
#include "log.h"
#include "report.h"
#include "table.h"

struct check {
    const struct run *run;
    struct road road;
    struct route route;
    struct watch watch;
    struct findings findings;
    struct examination examination;
    char host[NAME_SIZE];
    const char *value; /* NULL: any */
    bool routed;       /* the record name was found */
};

/* Asks everything, and for the table what is at the record name, all at the same time. */
static int ask(struct check *check)
{
    int status = examination_begin(&check->examination);

    if (status != DNSHOOK_OK || !check->routed)
        return status;
    watch_init(&check->watch, check->route.record, &check->value, check->value != NULL ? 1 : 0,
               check->route.authority);
    return propagation_look(check->road.dns, &check->watch);
}

/* The configuration's alias has to be where the challenge name leads. */
static void check_alias(struct check *check)
{
    const struct config_domain *const domain = config_domain(check->road.config, check->host);

    if (!check->routed || domain == NULL || domain->alias == NULL ||
        name_equal(domain->alias, check->route.record))
        return;
    findings_add(&check->findings, FINDING_PROBLEM, "zone",
                 "the configuration's alias is %s, but _acme-challenge.%s leads to %s",
                 domain->alias, check->host, check->route.record);
    findings_remedy(&check->findings,
                    "put the record \"_acme-challenge.%s. CNAME %s.\" into its zone, or correct "
                    "the alias in line %u of %s",
                    check->host, domain->alias, domain->lines[CONFIG_ALIAS],
                    check->road.config->path);
}

/* What to do about a way that does not lead to its end, which the log has told. */
static void say_way_out(struct check *check, int status)
{
    const struct finding *const last = check->findings.added;

    if (last == NULL || last->kind != FINDING_PROBLEM)
        return;
    if (status == DNSHOOK_REJECTED)
        findings_remedy(&check->findings,
                        "correct the CNAME records from _acme-challenge.%s on: a certificate "
                        "authority follows them, too",
                        check->host);
    else if (status == DNSHOOK_UNREACHABLE)
        findings_remedy(&check->findings,
                        "see to it that this machine reaches its resolvers and the nameservers of "
                        "%s, UDP and TCP, port 53, and that one of them answers",
                        check->host);
}

/* Road, questions, judgement. What the log says meanwhile are findings. */
static int look(struct check *check)
{
    struct view *view = NULL;
    int status;

    findings_take_log(&check->findings, "zone");
    status = run_view(&check->road, check->host, &view);
    if (status == DNSHOOK_OK)
        status = challenge_route(view, check->host, &check->route);
    say_way_out(check, status);
    check->examination.map = view != NULL ? &view->map : NULL;
    check->routed = status == DNSHOOK_OK;
    /* Where the way does not lead to its end, the rest is worth knowing all the same. */
    if (view != NULL && (status == DNSHOOK_REJECTED || status == DNSHOOK_UNREACHABLE))
        status = DNSHOOK_OK;
    check_alias(check);
    if (status == DNSHOOK_OK)
        status = ask(check);
    if (status == DNSHOOK_OK)
        status = examination_judge(&check->examination, INT64_MAX / 2);
    findings_end_log();
    return status;
}

/* ---- results ---- */

static json_t *way_json(const struct check *check, const struct authority *zone, size_t address)
{
    static const struct {
        const char *name;
        unsigned flags;
    } ways[] = {{"udp", DNS_OVER_UDP}, {"tcp", DNS_OVER_TCP}};
    json_t *const row = json_pack("{s:s, s:s}", "zone", zone->zone, "address",
                                  dns_server_address(zone->addresses[address].server)->text);

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const struct answer *const answer =
            inquiry_find(&check->examination.inquiry, zone->addresses[address].server, zone->zone,
                         LDNS_RR_TYPE_SOA, ways[i].flags);
        json_t *const way =
            answer == NULL ? json_null()
            : answer->packet != NULL
                ? json_pack("{s:s, s:b, s:I}", "said", dns_rcode_text(answer->packet),
                            "authoritative", ldns_pkt_aa(answer->packet) ? 1 : 0, "ms",
                            (json_int_t)answer->took)
                : json_pack("{s:s, s:b, s:n}", "said", answer->reason, "authoritative", 0, "ms");

        if (json_object_set_new(row, ways[i].name, way) != 0) {
            json_decref(row);
            return NULL;
        }
    }
    return row;
}

/* How each address of each zone answers over UDP and TCP. */
static json_t *transports_json(const struct check *check)
{
    json_t *const array = json_array();

    for (size_t z = 0; z < check->examination.zone_count; z++)
        for (size_t i = 0; i < check->examination.zones[z]->address_count; i++)
            if (json_array_append_new(array, way_json(check, check->examination.zones[z], i)) !=
                0) {
                json_decref(array);
                return NULL;
            }
    return array;
}

static json_t *aliases_json(const struct route *route)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < route->alias_count; i++)
        if (json_array_append_new(array, json_string(route->aliases[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

static json_t *result_json(const struct check *check)
{
    const bool routed = check->routed;

    return json_pack("{s:s, s:s?, s:s?, s:b, s:o, s:o, s:o, s:o}", "domain", check->host, "record",
                     routed ? check->route.record : NULL, "zone",
                     routed ? check->route.authority->zone : NULL, "ok",
                     check->findings.problems == 0, "aliases", aliases_json(&check->route),
                     "servers", routed ? table_json(&check->watch) : json_array(), "transports",
                     transports_json(check), "findings", report_json(&check->findings));
}

static void print_ways(const struct check *check, const struct authority *zone)
{
    for (size_t i = 0; i < zone->address_count; i++) {
        const struct dns_server *const server = zone->addresses[i].server;
        const unsigned flags[] = {DNS_OVER_UDP, DNS_OVER_TCP};

        (void)printf("%-22s %-18s", zone->zone, dns_server_address(server)->text);
        for (size_t t = 0; t < 2; t++) {
            const struct answer *const answer = inquiry_find(
                &check->examination.inquiry, server, zone->zone, LDNS_RR_TYPE_SOA, flags[t]);

            if (answer != NULL && answer->packet != NULL)
                (void)printf(" %6lld ms", (long long)answer->took);
            else
                (void)printf(" %9s", "-");
        }
        (void)printf("\n");
    }
}

static int report(const struct check *check)
{
    if (check->run->options.json)
        return table_print_json(result_json(check));
    if (check->routed) {
        (void)printf("%s in zone %s:\n", check->route.record, check->route.authority->zone);
        table_print(stdout, &check->watch, TABLE_NOW);
        (void)printf("\n");
    }
    if (check->examination.zone_count > 0)
        (void)printf("%-22s %-18s %9s %9s\n", "zone", "address", "UDP", "TCP");
    for (size_t i = 0; i < check->examination.zone_count; i++)
        print_ways(check, check->examination.zones[i]);
    (void)printf("\n");
    report_print(stdout, &check->findings);
    return DNSHOOK_OK;
}

/* ---- the command ---- */

/* Where there is no result, what the log said meanwhile is said after all. */
static void say_errors(const struct check *check)
{
    for (const struct finding *at = check->findings.first; at != NULL; at = at->next)
        if (at->kind == FINDING_PROBLEM)
            log_error("%s", at->text);
}

static int check_domain(struct check *check)
{
    int status = run_open_road(check->run, false, &check->road);

    if (status != DNSHOOK_OK)
        return status;
    check->examination.host = check->host;
    check->examination.route = &check->route;
    check->examination.ca = check->run->options.ca;
    check->examination.value = check->value;
    check->examination.findings = &check->findings;
    status = look(check);
    if (status == DNSHOOK_OK)
        status = report(check);
    else
        say_errors(check);
    if (status == DNSHOOK_DEADLINE)
        log_error("%s: the time was over before every question was answered", check->host);
    if (status == DNSHOOK_NO_MEMORY)
        (void)log_no_memory();
    if (status != DNSHOOK_OK || check->findings.problems == 0)
        return status;
    log_error("%s: problems were found: %zu", check->host, check->findings.problems);
    return DNSHOOK_REJECTED;
}

/* False where the arguments cannot be; said. */
static bool read_arguments(struct check *check, int argc, char *const *argv)
{
    const bool wildcard = strncmp(argv[1], "*.", 2) == 0;
    const char *why = name_check_host(argv[1] + (wildcard ? 2 : 0), check->host);

    if (why != NULL) {
        log_error("the domain \"%s\" %s", argv[1], why);
        return false;
    }
    check->examination.wildcard = wildcard;
    check->value = argc > 2 ? argv[2] : NULL;
    why = check->value != NULL ? challenge_check_value(check->value) : NULL;
    if (why != NULL)
        log_error("the value %s", why);
    return why == NULL;
}

int command_check(const struct run *run, int argc, char *const *argv)
{
    struct check *const check = calloc(1, sizeof *check);
    int status;

    if (check == NULL) {
        (void)log_no_memory();
        return EXIT_FAILED;
    }
    check->run = run;
    if (!read_arguments(check, argc, argv)) {
        free(check);
        return EXIT_USAGE;
    }
    status = check_domain(check);
    examination_close(&check->examination);
    findings_clear(&check->findings);
    road_close(&check->road);
    free(check);
    return run_exit(status);
}
