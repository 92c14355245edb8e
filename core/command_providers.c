/* `dnshook providers`, `dnshook info`, `dnshook zones`: what providers say of themselves. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "table.h"

enum {
    PATH_SIZE = 4096,
    WIDTH_MAX = 60,    /* columns for a description */
    GUIDE_TIME = 15000 /* ms that info takes at the most */
};

/* ---- providers ---- */

static json_t *entry_json(const struct provider_entry *entry)
{
    char path[PATH_SIZE];
    char why[LOADER_WHY_SIZE];

    log_sanitize(path, sizeof path, entry->path);
    log_sanitize(why, sizeof why, entry->why);
    if (entry->provider == NULL)
        return json_pack("{s:s, s:s, s:b, s:s}", "name", entry->name, "path", path, "ok", 0,
                         "error", why);
    return json_pack("{s:s, s:s, s:b, s:s, s:s}", "name", entry->name, "path", path, "ok", 1,
                     "version", entry->provider->op.version, "description",
                     entry->provider->op.description);
}

static int print_entries_json(const struct provider_entry *entries, size_t count)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < count; i++)
        if (json_array_append_new(array, entry_json(&entries[i])) != 0) {
            json_decref(array);
            return log_no_memory();
        }
    return table_print_json(array);
}

/* The longest of the descriptions, but no more than what leaves room for the rest. */
static int description_width(const struct provider_entry *entries, size_t count)
{
    size_t width = 0;

    for (size_t i = 0; i < count; i++) {
        const struct provider *const provider = entries[i].provider;
        const size_t size = provider != NULL ? strlen(provider->op.description) : 0;

        if (size > width && size <= WIDTH_MAX)
            width = size;
    }
    return (int)width;
}

static void print_entries(const struct provider_entry *entries, size_t count)
{
    const int width = description_width(entries, count);

    for (size_t i = 0; i < count; i++) {
        const struct provider_entry *const entry = &entries[i];

        if (entry->provider != NULL)
            (void)printf("%-12s %-8s %-*s %s\n", entry->name, entry->provider->op.version, width,
                         entry->provider->op.description, entry->path);
        else
            (void)printf("%-12s %s%s\n", entry->name,
                         strncmp(entry->why, "refused: ", 9) == 0 ? "" : "refused: ", entry->why);
    }
}

int command_providers(const struct run *run, int argc, char *const *argv)
{
    struct provider_entry *entries = NULL;
    size_t count = 0;
    int status = provider_list(run->options.provider_dir, &entries, &count);

    (void)argc;
    (void)argv;
    if (status == DNSHOOK_OK && run->options.json)
        status = print_entries_json(entries, count);
    else if (status == DNSHOOK_OK)
        print_entries(entries, count);
    provider_free_list(entries, count);
    return run_exit(status);
}

/* ---- info ---- */

static json_t *param_json(const struct dnshook_param *param)
{
    const bool required = (param->flags & DNSHOOK_PARAM_REQUIRED) != 0;
    const bool secret = (param->flags & DNSHOOK_PARAM_SECRET) != 0;

    return json_pack("{s:s, s:s, s:s?, s:b, s:b, s:s}", "name", param->name, "env",
                     param->env != NULL ? param->env : "", "initial", param->initial, "required",
                     required, "secret", secret, "help", param->help);
}

static json_t *params_json(const struct provider *provider)
{
    json_t *const params = json_array();

    for (size_t i = 0; i < provider->param_count; i++)
        if (json_array_append_new(params, param_json(&provider->params[i])) != 0) {
            json_decref(params);
            return NULL;
        }
    return params;
}

static int print_info_json(const struct provider *provider, json_t *guide)
{
    char path[PATH_SIZE];

    log_sanitize(path, sizeof path, provider->path);
    return table_print_json(json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:o, s:O}", "name", provider->op.name, "version",
        provider->op.version, "description", provider->op.description, "path", path,
        "variable-files", provider->op.variable_files != NULL ? provider->op.variable_files : "",
        "parameters", params_json(provider), "guide", guide));
}

static void print_param(const struct dnshook_param *param)
{
    static const struct {
        uint32_t flag;
        const char *text;
    } marks[] = {{DNSHOOK_PARAM_REQUIRED, " (required)"},
                 {DNSHOOK_PARAM_SECRET, " (secret)"},
                 {DNSHOOK_PARAM_FILE, " (a file)"},
                 {DNSHOOK_PARAM_TIMEOUT, " (seconds)"},
                 {DNSHOOK_PARAM_NO_FILE, " (no _FILE)"}};

    (void)printf("%s", param->name);
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if ((param->flags & marks[i].flag) != 0)
            (void)printf("%s", marks[i].text);
    (void)printf("\n    %s.\n", param->help);
    if (param->env != NULL)
        (void)printf("    environment: %s\n", param->env);
    if (param->initial != NULL)
        (void)printf("    initially: %s\n", param->initial);
}

static void print_info(const struct provider *provider, const json_t *guide)
{
    size_t i;
    const json_t *line;

    (void)printf("%s %s: %s\n%s\n\n", provider->op.name, provider->op.version,
                 provider->op.description, provider->path);
    for (i = 0; i < provider->param_count; i++)
        print_param(&provider->params[i]);
    (void)printf(
        "\nEach variable also with _FILE behind its name, but for those marked: a file that "
        "holds the value.\n");
    if (provider->op.variable_files != NULL)
        (void)printf("After the environment, variables are read from: %s\n",
                     provider->op.variable_files);
    if (json_array_size(guide) > 0)
        (void)printf("\n");
    json_array_foreach(guide, i, line)(void) printf("%s\n", json_string_value(line));
}

static int add_line(void *opaque, const char *line)
{
    return json_array_append_new(opaque, json_string(line)) == 0 ? DNSHOOK_OK : log_no_memory();
}

/* Finds record name and zone as a start would; the provider remembers the zone. Where that fails,
 * what is said of the bare name has to do. */
static void find_place(struct account *account, const char *domain, char *name, size_t size)
{
    struct instance_zone cut = {0};
    struct instance_zone zone = {0};
    struct route route;

    if (challenge_route(account->view, domain, &route) != DNSHOOK_OK)
        return;
    (void)snprintf(name, size, "%s", route.record);
    (void)snprintf(cut.name, sizeof cut.name, "%s", route.authority->zone);
    (void)snprintf(cut.primary, sizeof cut.primary, "%s", route.authority->primary);
    (void)instance_find_zone(account->instance, name, &cut, &zone);
}

/* Collects what the provider has to say of the permissions for a domain, NULL for any. */
static int collect_guide(const struct run *run, const struct provider *provider, const char *domain,
                         json_t *guide)
{
    char name[NAME_SIZE + sizeof "_acme-challenge."];
    struct account *account = NULL;
    struct road road = {0};
    struct run brief = *run;
    int status;

    if (provider->op.guide == NULL)
        return DNSHOOK_OK;
    (void)snprintf(name, sizeof name, "_acme-challenge.%s", domain != NULL ? domain : "");
    if (!run->options.timeout_given)
        brief.options.timeout = GUIDE_TIME;
    (void)run_open(&brief, provider->path, &road, &account);
    if (account != NULL && domain != NULL)
        find_place(account, domain, name, sizeof name);
    status = instance_guide(provider, account != NULL ? account->instance : NULL,
                            domain != NULL ? name : NULL, add_line, guide);
    road_close(&road);
    return status;
}

static int info(const struct run *run, const char *name, const char *domain)
{
    struct provider *provider = NULL;
    json_t *const guide = json_array();
    int status =
        guide != NULL ? provider_find(run->options.provider_dir, name, &provider) : log_no_memory();

    if (status == DNSHOOK_OK)
        status = collect_guide(run, provider, domain, guide);
    if (status == DNSHOOK_OK && run->options.json)
        status = print_info_json(provider, guide);
    else if (status == DNSHOOK_OK)
        print_info(provider, guide);
    json_decref(guide);
    return run_exit(status);
}

int command_info(const struct run *run, int argc, char *const *argv)
{
    char domain[NAME_SIZE];
    const char *const why = argc > 2 ? name_check_host(argv[2], domain) : NULL;

    if (why != NULL) {
        log_error("the domain \"%s\" %s", argv[2], why);
        return EXIT_USAGE;
    }
    return info(run, argv[1], argc > 2 ? domain : NULL);
}

/* ---- zones ---- */

static int add_zone(void *opaque, const struct dnshook_zone *zone)
{
    json_t *const row =
        json_pack("{s:s, s:s}", "name", zone->name, "id", zone->id != NULL ? zone->id : "");

    return json_array_append_new(opaque, row) == 0 ? DNSHOOK_OK : log_no_memory();
}

static void print_zones(const json_t *zones)
{
    size_t i;
    const json_t *zone;

    json_array_foreach(zones, i, zone)
    {
        char name[NAME_SIZE];
        char id[INSTANCE_ID_SIZE];

        log_sanitize(name, sizeof name, json_string_value(json_object_get(zone, "name")));
        log_sanitize(id, sizeof id, json_string_value(json_object_get(zone, "id")));
        (void)printf("%-40s %s\n", name, id);
    }
}

int command_zones(const struct run *run, int argc, char *const *argv)
{
    const char *const provider = argc > 1 ? argv[1] : NULL;
    struct account *account = NULL;
    struct road road = {0};
    json_t *zones;
    int status = DNSHOOK_OK;

    if (!run_has_provider(run, provider))
        return EXIT_USAGE;
    zones = json_array();
    if (zones == NULL)
        status = log_no_memory();
    if (status == DNSHOOK_OK)
        status = run_open(run, provider, &road, &account);
    if (status == DNSHOOK_OK)
        status = instance_zones(account->instance, add_zone, zones);
    if (status == DNSHOOK_OK && run->options.json)
        status = table_print_json(json_incref(zones));
    else if (status == DNSHOOK_OK)
        print_zones(zones);
    json_decref(zones);
    road_close(&road);
    return run_exit(status);
}
