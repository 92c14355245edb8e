#include "config_keys.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "log.h"
#include "nearest.h"

enum { LABEL_MAX = 63, ZONE_MAX = 255, RESOLVERS_MAX = 8 };

/* ---- messages ---- */

int config_refuse(const struct config_place *place, const char *format, ...)
{
    char text[2 * NAME_SIZE + CONFIG_WORDS_SIZE];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    log_error("%s:%u: %s", place->path, place->line, text);
    return DNSHOOK_BAD_CONFIG;
}

int config_twice(const struct config_place *place, const char *what, unsigned earlier)
{
    return config_refuse(place, "%s stands in line %u already: once is enough", what, earlier);
}

const char *config_known(const char *word, const char *const *words, size_t count,
                         char out[CONFIG_WORDS_SIZE])
{
    const char *const nearest = nearest_word(word, words, count);
    size_t used = nearest != NULL
                      ? (size_t)snprintf(out, CONFIG_WORDS_SIZE, ": did you mean %s?", nearest)
                      : (size_t)snprintf(out, CONFIG_WORDS_SIZE, ".");

    for (size_t i = 0; i < count && used < CONFIG_WORDS_SIZE; i++)
        used += (size_t)snprintf(out + used, CONFIG_WORDS_SIZE - used, "%s%s",
                                 i == 0 ? " There are " : ", ", words[i]);
    return out;
}

/* ---- values ---- */

/* A text, a number, or both, of one key. */
typedef int take_fn(const struct config_place *place, const char *value, char **text,
                    int64_t *number);

int config_keep(char **text, const char *value)
{
    *text = strdup(value);
    return *text != NULL ? DNSHOOK_OK : log_no_memory();
}

bool config_is_account_name(const char *name)
{
    const size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

    return size > 0 && size <= CONFIG_ACCOUNT_NAME_MAX && name[size] == '\0' && *name != '_' &&
           *name != '-';
}

static int take_account(const struct config_place *place, const char *value, char **text,
                        int64_t *number)
{
    (void)number;
    if (!config_is_account_name(value))
        return config_refuse(place, "\"%.64s\" is no name of an account", value);
    return config_keep(text, value);
}

static int take_zone(const struct config_place *place, const char *value, char **text,
                     int64_t *number)
{
    const size_t size = strlen(value);

    (void)number;
    for (size_t i = 0; i < size; i++)
        if (!isgraph((unsigned char)value[i]) || size > ZONE_MAX)
            return config_refuse(
                place,
                "zone takes one id or name of a zone, of at most %d bytes, without a "
                "blank",
                ZONE_MAX);
    return config_keep(text, value);
}

const char *config_check_name(const char *name)
{
    size_t label = 0;

    if (strlen(name) > NAME_MAX_TEXT)
        return "has more than 253 bytes";
    for (const char *c = name;; c++) {
        if (*c == '.' || *c == '\0') {
            if (label == 0 || label > LABEL_MAX)
                return "has a label that is empty or longer than 63 bytes";
            label = 0;
            if (*c == '\0')
                return NULL;
            continue;
        }
        if ((unsigned char)*c > 0x7e)
            return "is not ASCII: write international names as A-labels (xn--...)";
        if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
            return "holds a character that is no letter, digit, hyphen or underscore";
        label++;
    }
}

static int take_alias(const struct config_place *place, const char *value, char **text,
                      int64_t *number)
{
    char name[NAME_SIZE];
    const char *why = "is too long";

    (void)number;
    if (name_normalize(value, name))
        why = config_check_name(name);
    if (why != NULL)
        return config_refuse(place, "the alias \"%.255s\" %s", value, why);
    return config_keep(text, name);
}

static int take_resolvers(const struct config_place *place, const char *value, char **text,
                          int64_t *number)
{
    char list[(RESOLVERS_MAX + 1) * (ADDRESS_TEXT_SIZE + 1)] = "";
    size_t used = 0;
    const char *at = value;

    for (at += strspn(at, ", \t"); *at != '\0'; at += strspn(at, ", \t")) {
        char one[ADDRESS_TEXT_SIZE] = "";
        struct address address;
        const size_t size = strcspn(at, ", \t");

        if (size < sizeof one)
            memcpy(one, at, size);
        if (!address_parse(one, DNS_PORT, &address))
            return config_refuse(
                place,
                "resolvers: \"%.*s\" is no address: write addresses with commas between "
                "them, as in 192.0.2.1, [2001:db8::1]:5353",
                size < NAME_MAX_TEXT ? (int)size : NAME_MAX_TEXT, at);
        if (++*number > RESOLVERS_MAX)
            return config_refuse(place, "resolvers: more than %d addresses", RESOLVERS_MAX);
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used > 0 ? "," : "", one);
        at += size;
    }
    if (used == 0)
        return config_refuse(place, "resolvers: there is no address in \"%.64s\"", value);
    return config_keep(text, list);
}

static int take_seconds(const struct config_place *place, const char *value, char **text,
                        int64_t *number)
{
    char *end = NULL;
    const unsigned long seconds = strtoul(value, &end, 10);

    (void)text;
    if (!isdigit((unsigned char)*value) || *end != '\0' || seconds == 0 ||
        seconds > CONFIG_TIME_MAX)
        return config_refuse(place, "\"%.64s\" is no number of seconds from 1 to %d", value,
                             CONFIG_TIME_MAX);
    *number = (int64_t)seconds;
    return DNSHOOK_OK;
}

static const char *const quorums[] = {"reachable", "all"};

enum { QUORUMS = sizeof quorums / sizeof *quorums };

const char *config_quorum_text(int quorum)
{
    return quorum >= 0 && quorum < QUORUMS ? quorums[quorum] : "";
}

static int take_quorum(const struct config_place *place, const char *value, char **text,
                       int64_t *number)
{
    char words[CONFIG_WORDS_SIZE];

    (void)text;
    for (int i = 0; i < QUORUMS; i++)
        if (strcmp(quorums[i], value) == 0) {
            *number = i;
            return DNSHOOK_OK;
        }
    return config_refuse(place, "\"%.64s\" is no quorum%s", value,
                         config_known(value, quorums, QUORUMS, words));
}

/* ---- keys ---- */

/* Every key but those of accounts, which the providers know. */
static const struct {
    const char *name;
    unsigned sections; /* where it may stand */
    take_fn *take;
} keys[CONFIG_KEYS] = {
    [CONFIG_ACCOUNT] = {"account", IN_DOMAIN | IN_DEFAULT, take_account},
    [CONFIG_ZONE] = {"zone", IN_DOMAIN, take_zone},
    [CONFIG_ALIAS] = {"alias", IN_DOMAIN, take_alias},
    [CONFIG_RESOLVERS] = {"resolvers", IN_DOMAIN | IN_PROPAGATION, take_resolvers},
    [CONFIG_TTL] = {"ttl", IN_DOMAIN, take_seconds},
    [CONFIG_DEADLINE] = {"deadline", IN_DOMAIN | IN_PROPAGATION, take_seconds},
    [CONFIG_QUORUM] = {"quorum", IN_DOMAIN | IN_PROPAGATION, take_quorum},
};

static int no_such_key(const struct config_place *place, const char *section, unsigned bit,
                       const char *key)
{
    const char *words[CONFIG_KEYS];
    char text[CONFIG_WORDS_SIZE];
    size_t count = 0;

    for (size_t i = 0; i < CONFIG_KEYS; i++)
        if ((keys[i].sections & bit) != 0)
            words[count++] = keys[i].name;
    return config_refuse(place, "[%s] has no key %s%s", section, key,
                         config_known(key, words, count, text));
}

int config_keys_take(const struct config_place *place, const char *section, unsigned bit,
                     const char *key, const char *value, struct config_values *values)
{
    for (size_t i = 0; i < CONFIG_KEYS; i++) {
        if (strcmp(keys[i].name, key) != 0 || (keys[i].sections & bit) == 0)
            continue;
        if (values->lines[i] != 0)
            return config_twice(place, key, values->lines[i]);
        values->lines[i] = place->line;
        return keys[i].take(place, value, &values->texts[i], &values->numbers[i]);
    }
    return no_such_key(place, section, bit, key);
}
