#include "config_parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_keys.h"
#include "log.h"

enum { FIRST_ROOM = 8 };

/* The section that is being read. */
struct draft {
    const struct section_rule *rule; /* NULL: none yet */
    unsigned line;
    char name[NAME_SIZE];
    struct config_values values;
    struct config_account account;
};

struct config_parser {
    struct config *config;
    struct config_place place;
    struct draft draft;
    char **wanted; /* the account that each domain names, NULL for the default one */
    char *initial; /* the account of [default] */
    unsigned default_line;
    unsigned propagation_line;
    size_t account_room;
    size_t domain_room;
};

/* What a section is, and what ends it. */
struct section_rule {
    const char *word;
    enum config_section section;
    bool named;
    int (*begin)(struct config_parser *parser, const char *name);
    int (*end)(struct config_parser *parser);
};

/* The line that a message is about. */
static const struct config_place *at(struct config_parser *parser, unsigned line)
{
    parser->place = (struct config_place){.path = parser->config->path, .line = line};
    return &parser->place;
}

/* ---- keys ---- */

static int take_provider(struct config_parser *parser, unsigned line, const char *value)
{
    struct config_account *const account = &parser->draft.account;

    if (account->provider != NULL)
        return config_twice(at(parser, line), "provider", account->provider_line);
    if (!config_is_account_name(value))
        return config_refuse(at(parser, line),
                             "provider takes the name of an installed provider; dnshook providers "
                             "lists them");
    account->provider_line = line;
    return config_keep(&account->provider, value);
}

/* A key of an account that is the provider's to know. */
static int take_setting(struct config_parser *parser, unsigned line, const char *key,
                        const char *value)
{
    struct config_account *const account = &parser->draft.account;
    struct config_setting *setting;
    int status;

    for (size_t i = 0; i < account->count; i++)
        if (strcmp(account->settings[i].key, key) == 0)
            return config_twice(at(parser, line), key, account->settings[i].line);
    if (account->count == CONFIG_MAX_SETTINGS)
        return config_refuse(at(parser, line), "an account has at most %d keys",
                             CONFIG_MAX_SETTINGS);
    if (account->settings == NULL)
        account->settings = calloc(CONFIG_MAX_SETTINGS, sizeof *account->settings);
    if (account->settings == NULL)
        return log_no_memory();
    setting = &account->settings[account->count++];
    setting->line = line;
    status = config_keep(&setting->key, key);
    return status == DNSHOOK_OK ? config_keep(&setting->value, value) : status;
}

static int on_key(void *opaque, unsigned line, const char *key, const char *value)
{
    struct config_parser *const parser = opaque;
    struct draft *const draft = &parser->draft;

    if (draft->rule->section == IN_ACCOUNT && strcmp(key, "provider") == 0)
        return take_provider(parser, line, value);
    if (draft->rule->section == IN_ACCOUNT)
        return take_setting(parser, line, key, value);
    return config_keys_take(at(parser, line), draft->rule->word, draft->rule->section, key, value,
                            &draft->values);
}

/* ---- sections ---- */

/* Room for one element more; false when memory ran out. */
static bool grow(void **array, size_t *room, size_t count, size_t size)
{
    const size_t more = *room == 0 ? FIRST_ROOM : *room * 2;
    void *const grown = count == *room ? reallocarray(*array, more, size) : *array;

    if (grown == NULL)
        return false;
    if (count == *room)
        *room = more;
    *array = grown;
    return true;
}

static int begin_account(struct config_parser *parser, const char *name)
{
    struct draft *const draft = &parser->draft;
    const struct config_account *const earlier = config_account(parser->config, name);

    if (!config_is_account_name(name) || strcmp(name, "none") == 0)
        return config_refuse(
            at(parser, draft->line),
            "\"%.64s\" is no name for an account: it takes lower case letters, digits, "
            "hyphens and underscores, at most %d, and none is taken",
            name, CONFIG_ACCOUNT_NAME_MAX);
    if (earlier != NULL)
        return config_refuse(at(parser, draft->line), "[account %s] stands in line %u already",
                             name, earlier->line);
    if (parser->config->account_count == CONFIG_MAX_ACCOUNTS)
        return config_refuse(at(parser, draft->line), "there are more than %d accounts",
                             CONFIG_MAX_ACCOUNTS);
    draft->account.line = draft->line;
    return config_keep(&draft->account.name, name);
}

static int end_account(struct config_parser *parser)
{
    struct config *const config = parser->config;
    struct config_account *const account = &parser->draft.account;
    void *accounts = config->accounts;

    if (account->provider == NULL)
        return config_refuse(
            at(parser, account->line),
            "[account %s] has no provider: write provider = NAME below it; dnshook "
            "providers lists them",
            account->name);
    if (!grow(&accounts, &parser->account_room, config->account_count, sizeof *config->accounts))
        return log_no_memory();
    config->accounts = accounts;
    config->accounts[config->account_count++] = *account;
    *account = (struct config_account){0};
    return DNSHOOK_OK;
}

static int begin_domain(struct config_parser *parser, const char *name)
{
    struct draft *const draft = &parser->draft;
    const char *why = "is too long";

    if (strcmp(name, "*") == 0)
        return config_refuse(at(parser, draft->line),
                             "for all other names, write [default] and account = "
                             "NAME below it");
    if (strchr(name, '*') != NULL)
        return config_refuse(
            at(parser, draft->line),
            "a domain has no \"*\": write [domain %.255s], which holds for every name "
            "below it, wildcards too",
            strncmp(name, "*.", 2) == 0 && name[2] != '\0' ? name + 2 : "example.org");
    if (name_normalize(name, draft->name))
        why = config_check_name(draft->name);
    if (why != NULL)
        return config_refuse(at(parser, draft->line), "the domain \"%.255s\" %s", name, why);
    if (parser->config->domain_count == CONFIG_MAX_DOMAINS)
        return config_refuse(at(parser, draft->line), "there are more than %d domains",
                             CONFIG_MAX_DOMAINS);
    parser->config->has_domains = true;
    return DNSHOOK_OK;
}

/* Takes a text of the draft over. */
static char *steal(struct draft *draft, enum config_key key)
{
    char *const text = draft->values.texts[key];

    draft->values.texts[key] = NULL;
    return text;
}

static int quorum_of(const struct draft *draft)
{
    return draft->values.lines[CONFIG_QUORUM] != 0 ? (int)draft->values.numbers[CONFIG_QUORUM] : -1;
}

static int end_domain(struct config_parser *parser)
{
    struct config *const config = parser->config;
    struct draft *const draft = &parser->draft;
    void *domains = config->domains;
    size_t room = parser->domain_room;
    void *wanted = parser->wanted;
    struct config_domain *domain;

    if (!grow(&wanted, &room, config->domain_count, sizeof *parser->wanted))
        return log_no_memory();
    parser->wanted = wanted;
    if (!grow(&domains, &parser->domain_room, config->domain_count, sizeof *config->domains))
        return log_no_memory();
    config->domains = domains;
    parser->wanted[config->domain_count] = steal(draft, CONFIG_ACCOUNT);
    domain = &config->domains[config->domain_count++];
    *domain = (struct config_domain){
        .line = draft->line,
        .zone = steal(draft, CONFIG_ZONE),
        .alias = steal(draft, CONFIG_ALIAS),
        .resolvers = steal(draft, CONFIG_RESOLVERS),
        .ttl = (uint32_t)draft->values.numbers[CONFIG_TTL],
        .deadline = draft->values.numbers[CONFIG_DEADLINE] * 1000,
        .quorum = quorum_of(draft),
    };
    memcpy(domain->name, draft->name, sizeof domain->name);
    memcpy(domain->lines, draft->values.lines, sizeof domain->lines);
    return DNSHOOK_OK;
}

static int begin_default(struct config_parser *parser, const char *name)
{
    (void)name;
    if (parser->default_line != 0)
        return config_twice(at(parser, parser->draft.line), "[default]", parser->default_line);
    parser->default_line = parser->draft.line;
    return DNSHOOK_OK;
}

static int end_default(struct config_parser *parser)
{
    struct draft *const draft = &parser->draft;

    if (draft->values.texts[CONFIG_ACCOUNT] == NULL)
        return config_refuse(at(parser, draft->line),
                             "[default] has no account: write account = NAME below "
                             "it");
    parser->initial = steal(draft, CONFIG_ACCOUNT);
    parser->config->initial_line = draft->values.lines[CONFIG_ACCOUNT];
    return DNSHOOK_OK;
}

static int begin_propagation(struct config_parser *parser, const char *name)
{
    (void)name;
    if (parser->propagation_line != 0)
        return config_twice(at(parser, parser->draft.line), "[propagation]",
                            parser->propagation_line);
    parser->propagation_line = parser->draft.line;
    return DNSHOOK_OK;
}

static int end_propagation(struct config_parser *parser)
{
    struct config *const config = parser->config;
    struct draft *const draft = &parser->draft;

    config->propagation.resolvers = steal(draft, CONFIG_RESOLVERS);
    config->propagation.deadline = draft->values.numbers[CONFIG_DEADLINE] * 1000;
    config->propagation.quorum = quorum_of(draft);
    memcpy(config->propagation.lines, draft->values.lines, sizeof draft->values.lines);
    return DNSHOOK_OK;
}

static const struct section_rule sections[] = {
    {"account", IN_ACCOUNT, true, begin_account, end_account},
    {"domain", IN_DOMAIN, true, begin_domain, end_domain},
    {"default", IN_DEFAULT, false, begin_default, end_default},
    {"propagation", IN_PROPAGATION, false, begin_propagation, end_propagation},
};

enum { SECTIONS = sizeof sections / sizeof *sections };

static void clear_draft(struct draft *draft)
{
    for (size_t i = 0; i < CONFIG_KEYS; i++)
        free(draft->values.texts[i]);
    config_clear_account(&draft->account);
    memset(draft, 0, sizeof *draft);
}

static int end_section(struct config_parser *parser)
{
    const int status = parser->draft.rule != NULL ? parser->draft.rule->end(parser) : DNSHOOK_OK;

    clear_draft(&parser->draft);
    return status;
}

static int no_such_section(struct config_parser *parser, unsigned line, const char *word)
{
    const char *words[SECTIONS];
    char text[CONFIG_WORDS_SIZE];

    for (size_t i = 0; i < SECTIONS; i++)
        words[i] = sections[i].word;
    return config_refuse(at(parser, line), "there is no section [%s]%s", word,
                         config_known(word, words, SECTIONS, text));
}

static int on_section(void *opaque, unsigned line, const char *word, const char *name)
{
    struct config_parser *const parser = opaque;
    const struct section_rule *rule = NULL;
    const int status = end_section(parser);

    if (status != DNSHOOK_OK)
        return status;
    for (size_t i = 0; i < SECTIONS; i++)
        if (strcmp(sections[i].word, word) == 0)
            rule = &sections[i];
    if (rule == NULL)
        return no_such_section(parser, line, word);
    if (rule->named && (*name == '\0' || strpbrk(name, " \t") != NULL))
        return config_refuse(at(parser, line), "[%s] takes one name, as in [%s NAME]", word, word);
    if (!rule->named && *name != '\0')
        return config_refuse(at(parser, line), "[%s] takes no name", word);
    parser->draft.rule = rule;
    parser->draft.line = line;
    return rule->begin(parser, name);
}

/* ---- the whole ---- */

struct config_parser *config_parse_new(struct config *config)
{
    struct config_parser *const parser = calloc(1, sizeof *parser);

    if (parser == NULL)
        (void)log_no_memory();
    else
        parser->config = config;
    return parser;
}

void config_parse_free(struct config_parser *parser)
{
    clear_draft(&parser->draft);
    for (size_t i = 0; i < parser->config->domain_count; i++)
        free(parser->wanted[i]);
    free(parser->wanted);
    free(parser->initial);
    free(parser);
}

struct ini_handler config_parse_handler(struct config_parser *parser)
{
    return (struct ini_handler){.section = on_section, .key = on_key, .opaque = parser};
}

int config_parse_end(struct config_parser *parser)
{
    const int status = end_section(parser);

    return status == DNSHOOK_OK ? config_link(parser->config, parser->wanted, parser->initial)
                                : status;
}
