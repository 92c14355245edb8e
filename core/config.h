/*
 * config.h - the configuration file: accounts, which names go to which account, and how long to
 * wait for them. See dnshook.conf(5). Nothing in here touches the network.
 *
 * Times are milliseconds unless an item says seconds.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dnshook/provider.h"
#include "name.h"

/* Where the file is unless --config or DNSHOOK_CONFIG says otherwise. */
#define CONFIG_PATH "/etc/dnshook/dnshook.conf"

enum {
    CONFIG_MAX_ACCOUNTS = 256,
    CONFIG_MAX_DOMAINS = 10000,
    CONFIG_MAX_SETTINGS = 64, /* of one account */
    CONFIG_TIME_MAX = 86400   /* s, the longest deadline and TTL */
};

/* What [domain] and [propagation] may hold. */
enum config_key {
    CONFIG_ACCOUNT,
    CONFIG_ZONE,
    CONFIG_ALIAS,
    CONFIG_RESOLVERS,
    CONFIG_TTL,
    CONFIG_DEADLINE,
    CONFIG_QUORUM,
    CONFIG_KEYS
};

/* A line of an account. */
struct config_setting {
    char *key;   /* a parameter's name, or NAME-file */
    char *value; /* as it stands in the file: "env:NAME" is not replaced */
    unsigned line;
};

struct config_account {
    char *name;
    char *provider; /* a name, never a path */
    unsigned line;
    unsigned provider_line;
    struct config_setting *settings; /* all keys but `provider` */
    size_t count;
};

struct config_domain {
    char name[NAME_SIZE];
    unsigned line;
    const struct config_account *account; /* NULL: `account = none`, routed to nobody */
    char *zone;       /* the service's id of the zone, or its name; NULL: not given */
    char *alias;      /* the record name in place of _acme-challenge.HOST; NULL: not given */
    char *resolvers;  /* addresses as resolver_open() reads them; NULL: not given */
    uint32_t ttl;     /* s; 0: not given */
    int64_t deadline; /* 0: not given */
    int quorum;       /* enum quorum; -1: not given */
    unsigned lines[CONFIG_KEYS]; /* where each key stands; 0: it does not */
};

struct config {
    char *path;
    struct config_account *accounts;
    size_t account_count;
    struct config_domain *domains;
    size_t domain_count;
    const struct config_account *initial; /* of [default]; NULL: none */
    unsigned initial_line;
    struct {
        int64_t deadline; /* 0: not given */
        char *resolvers;  /* NULL: not given */
        int quorum;       /* enum quorum; -1: not given */
        unsigned lines[CONFIG_KEYS];
    } propagation;
    bool has_domains; /* there is a [domain] section */
    bool readable;    /* "other" may read the file, and no manager of credentials keeps it */
};

/* The file that `option` (of --config; NULL: not given) or DNSHOOK_CONFIG names, else CONFIG_PATH,
 * which need not be there; /dev/null stands for none. As config_read(). */
int config_find(const char *option, struct config **config);

/* Reads and checks a file, all but what only a provider knows (config_check_account()). DNSHOOK_OK,
 * with *config NULL when there is no such file and it is not `required`; DNSHOOK_BAD_CONFIG,
 * DNSHOOK_DENIED (others may write it) or DNSHOOK_NO_MEMORY, said with file and line. The caller
 * frees *config with config_free(). */
int config_read(const char *path, bool required, struct config **config);

/* Wipes and frees. NULL is fine. */
void config_free(struct config *config);

/* The account of that name; NULL if there is none, also for a configuration that is NULL. */
const struct config_account *config_account(const struct config *config, const char *name);

/* The [domain] section with the longest name that `name` is or lies below; NULL if there is none,
 * also for a configuration that is NULL. */
const struct config_domain *config_domain(const struct config *config, const char *name);

/* Checks an account against the parameters of its provider: every key must be the name of one, or
 * NAME-file, and no parameter may be given in both ways; then config_check_secrets(). DNSHOOK_OK,
 * DNSHOOK_BAD_CONFIG or DNSHOOK_DENIED, said with file and line. */
int config_check_account(const struct config *config, const struct config_account *account,
                         const struct dnshook_param *params, size_t count);

/* DNSHOOK_DENIED, said, when the file holds a secret of this account and everybody may read it. */
int config_check_secrets(const struct config *config, const struct config_account *account,
                         const struct dnshook_param *params, size_t count);

/* The line of an account that gives a parameter, as itself or as NAME-file; NULL if none does. */
const struct config_setting *config_setting(const struct config_account *account,
                                            const struct dnshook_param *param);

/*
 * The value that a line gives to a parameter: what stands there, the variable that "env:NAME"
 * names, or the first line of the file that NAME-file names; a relative path is one below
 * $CREDENTIALS_DIRECTORY. *value is never "", and is wiped and freed by the caller; so is *source,
 * which says for people where it comes from. DNSHOOK_OK; DNSHOOK_BAD_CONFIG, DNSHOOK_DENIED or
 * DNSHOOK_NO_MEMORY, said.
 */
int config_value(const struct config *config, const struct config_setting *setting,
                 const struct dnshook_param *param, char **value, char **source);

/* The word of the file for a quorum: "reachable", "all". */
const char *config_quorum_text(int quorum);

#endif
