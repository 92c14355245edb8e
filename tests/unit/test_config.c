/* core/config*.c: what the configuration file may say, which account and domain a name has, and
 * where the values of an account come from. */
#include "config.h"
#include "log.h"
#include "propagation.h"
#include "sandbox.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static const struct dnshook_param params[] = {
    {.size = sizeof params[0], .name = "server", .env = "T_SERVER", .help = "The server"},
    {.size = sizeof params[0],
     .name = "key",
     .flags = DNSHOOK_PARAM_SECRET | DNSHOOK_PARAM_NO_FILE,
     .help = "The key"},
    {.size = sizeof params[0], .name = "key-file", .flags = DNSHOOK_PARAM_FILE, .help = "Its file"},
    {.size = sizeof params[0], .name = "token", .flags = DNSHOOK_PARAM_SECRET, .help = "A token"},
};

enum { SERVER, KEY, KEY_FILE, TOKEN };

static const char whole[] = "# all that there is\n"          /* 1 */
                            "[account corp]\n"               /* 2 */
                            "provider = route53\n"           /* 3 */
                            "profile = dns\n"                /* 4 */
                            "[account lab]\n"                /* 5 */
                            "provider = rfc2136\n"           /* 6 */
                            "nameserver = ns.example.net\n"  /* 7 */
                            "[default]\n"                    /* 8 */
                            "account = corp\n"               /* 9 */
                            "[domain Example.COM.]\n"        /* 10 */
                            "account = corp\n"               /* 11 */
                            "zone = Z0123\n"                 /* 12 */
                            "ttl = 30\n"                     /* 13 */
                            "[domain lab.example.com]\n"     /* 14 */
                            "account = lab\n"                /* 15 */
                            "alias = _ACME.v.example.org.\n" /* 16 */
                            "resolvers = 192.0.2.1 , [2001:db8::1]:5353\n"
                            "deadline = 90\n" /* 18 */
                            "quorum = all\n"  /* 19 */
                            "[domain private.example.com]\n"
                            "account = none\n"        /* 21 */
                            "[domain example.net]\n"  /* 22 */
                            "zone = example.net\n"    /* 23 */
                            "[propagation]\n"         /* 24 */
                            "deadline = 240\n"        /* 25 */
                            "resolvers = 192.0.2.9\n" /* 26 */
                            "quorum = reachable\n";

static struct config *config;

static int reset(void **state)
{
    (void)state;
    config_free(config);
    config = NULL;
    log_forget_secrets();
    return unsetenv("T_VALUE") == 0 && unsetenv("CREDENTIALS_DIRECTORY") == 0 &&
                   unsetenv("DNSHOOK_CONFIG") == 0
               ? 0
               : -1;
}

/* A file with this text, and its path, which stays. */
static const char *file(const char *text)
{
    static char paths[256][256];
    static unsigned number;
    char name[32];

    assert_true(number < COUNT(paths));
    (void)snprintf(name, sizeof name, "file-%u", number);
    (void)snprintf(paths[number], sizeof paths[number], "%s", sandbox_write(name, text));
    return paths[number++];
}

static void load(const char *text)
{
    assert_int_equal(config_read(file(text), true, &config), DNSHOOK_OK);
    assert_non_null(config);
}

/* Reads in vain; returns what was said, without the path in front. */
static const char *refused(const char *text)
{
    const char *const path = file(text);
    const char *said;
    int status;

    sandbox_capture();
    status = config_read(path, true, &config);
    said = sandbox_release();
    assert_int_equal(status, DNSHOOK_BAD_CONFIG);
    assert_null(config);
    assert_has(said, path);
    return strstr(said, path) + strlen(path);
}

static void everything(void **state)
{
    const struct config_domain *domain;

    (void)state;
    load(whole);
    assert_int_equal(config->account_count, 2);
    assert_int_equal(config->domain_count, 4);
    assert_true(config->has_domains);
    assert_ptr_equal(config->initial, config_account(config, "corp"));
    assert_int_equal(config->initial_line, 9);
    assert_string_equal(config->initial->provider, "route53");
    assert_int_equal(config->initial->line, 2);
    assert_int_equal(config->initial->provider_line, 3);
    assert_int_equal(config->initial->count, 1);
    assert_string_equal(config->initial->settings[0].key, "profile");
    assert_string_equal(config->initial->settings[0].value, "dns");
    assert_int_equal(config->initial->settings[0].line, 4);
    assert_int_equal(config->propagation.deadline, 240000);
    assert_string_equal(config->propagation.resolvers, "192.0.2.9");
    assert_int_equal(config->propagation.quorum, QUORUM_REACHABLE);
    assert_int_equal(config->propagation.lines[CONFIG_DEADLINE], 25);
    domain = config_domain(config, "lab.example.com");
    assert_non_null(domain);
    assert_string_equal(domain->account->name, "lab");
    assert_string_equal(domain->alias, "_acme.v.example.org");
    assert_string_equal(domain->resolvers, "192.0.2.1,[2001:db8::1]:5353");
    assert_int_equal(domain->deadline, 90000);
    assert_int_equal(domain->quorum, QUORUM_ALL);
    assert_int_equal(domain->ttl, 0);
    assert_null(domain->zone);
    assert_int_equal(domain->line, 14);
    assert_int_equal(domain->lines[CONFIG_QUORUM], 19);
    assert_int_equal(domain->lines[CONFIG_ZONE], 0);
}

/* The words of the file and the numbers of propagation.h are the same. */
static void quorums(void **state)
{
    (void)state;
    assert_string_equal(config_quorum_text(QUORUM_REACHABLE), "reachable");
    assert_string_equal(config_quorum_text(QUORUM_ALL), "all");
    assert_string_equal(config_quorum_text(-1), "");
    assert_string_equal(config_quorum_text(2), "");
}

static void what_is_not_given(void **state)
{
    (void)state;
    load("[account a]\nprovider = p\n");
    assert_null(config->initial);
    assert_false(config->has_domains);
    assert_int_equal(config->propagation.deadline, 0);
    assert_int_equal(config->propagation.quorum, -1);
    assert_null(config->propagation.resolvers);
    (void)reset(NULL);
    load("[default]\naccount = none\n[domain a.test]\n");
    assert_null(config->initial);
    assert_null(config_domain(config, "a.test")->account);
    assert_int_equal(config_domain(config, "a.test")->quorum, -1);
    (void)reset(NULL);
    load("");
    assert_int_equal(config->account_count, 0);
}

static void the_longest_domain_wins(void **state)
{
    static const struct {
        const char *name;
        unsigned line; /* 0: none */
    } rows[] = {
        {"example.com", 10},
        {"EXAMPLE.com", 10},
        {"www.example.com", 10},
        {"_acme-challenge.www.example.com", 10},
        {"lab.example.com", 14},
        {"a.b.lab.example.com", 14},
        {"slab.example.com", 10},
        {"private.example.com", 20},
        {"example.net", 22},
        {"badexample.com", 0},
        {"com", 0},
        {"example.com.evil.test", 0},
        {".", 0},
    };

    (void)state;
    load(whole);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct config_domain *const domain = config_domain(config, rows[i].name);

        assert_int_equal(domain != NULL ? domain->line : 0, rows[i].line);
    }
    assert_null(config_domain(config, "private.example.com")->account);
    assert_ptr_equal(config_domain(config, "example.net")->account, config->initial);
}

static void without_a_configuration(void **state)
{
    (void)state;
    assert_null(config_account(NULL, "a"));
    assert_null(config_domain(NULL, "a.test"));
    config_free(NULL);
}

/* `%` stands for an account a, line 1 and 2. */
static void what_is_refused(void **state)
{
    static const struct {
        const char *text;
        const char *said;
    } rows[] = {
        {"[acount x]\n", ":1: there is no section [acount]: did you mean account? There are "
                         "account, domain, default, propagation"},
        {"[account]\n", ":1: [account] takes one name, as in [account NAME]"},
        {"[account a b]\n", ":1: [account] takes one name"},
        {"[account A]\n", ":1: \"A\" is no name for an account"},
        {"[account none]\n", ":1: \"none\" is no name for an account"},
        {"[account a/b]\n", ":1: \"a/b\" is no name for an account"},
        {"[account a]\nserver = x\n", ":1: [account a] has no provider"},
        {"[account a]\nprovider = ./x.so\n", ":2: provider takes the name of an installed"},
        {"[account a]\nprovider = p\nprovider = p\n", ":3: provider stands in line 2 already"},
        {"[account a]\nx = 1\ny = 2\nx = 3\n", ":4: x stands in line 2 already"},
        {"[account a]\nprovider = p\n[account a]\n", ":3: [account a] stands in line 1 already"},
        {"[domain]\n", ":1: [domain] takes one name"},
        {"[domain a.test b.test]\n", ":1: [domain] takes one name"},
        {"[domain *]\n", ":1: for all other names, write [default]"},
        {"[domain *.a.test]\n", ":1: a domain has no \"*\": write [domain a.test]"},
        {"[domain w*.a.test]\n", ":1: a domain has no \"*\""},
        {"[domain a..test]\n", ":1: the domain \"a..test\" has a label that is empty"},
        {"[domain .]\n", ":1: the domain \".\" has a label that is empty"},
        {"[domain \xc3\xa4.test]\n", " is not ASCII: write international names as A-labels"},
        {"[domain a/b.test]\n", "holds a character that is no letter, digit, hyphen or"},
        {"[domain a.test]\n", ":1: [domain a.test] has no account, and there is no [default]"},
        {"%[domain a.test]\naccount = b\n",
         ":4: there is no [account b]: did you mean a? There are a, none"},
        {"%[domain a.test]\naccount = A B\n", ":4: \"A B\" is no name of an account"},
        {"%[domain a.test]\naccount = a\n[domain b.test]\naccount = a\n[domain A.test.]\naccount = "
         "a\n",
         ":7: [domain a.test] stands in line 3 already"},
        {"%[domain a.test]\nzon = a\n", ":4: [domain] has no key zon: did you mean zone? There are "
                                        "account, zone, alias, resolvers, ttl, deadline, quorum"},
        {"%[domain a.test]\nprovider = a\n", ":4: [domain] has no key provider. There are "},
        {"%[domain a.test]\nzone = a\nzone = b\n", ":5: zone stands in line 4 already"},
        {"%[domain a.test]\nzone = a b\n", ":4: zone takes one id or name"},
        {"%[domain a.test]\nttl = 0\n", ":4: \"0\" is no number of seconds from 1 to 86400"},
        {"%[domain a.test]\nttl = 1m\n", ":4: \"1m\" is no number of seconds"},
        {"%[domain a.test]\nttl = -1\n", ":4: \"-1\" is no number of seconds"},
        {"%[domain a.test]\nttl = 99999999999999999999\n", "is no number of seconds"},
        {"%[domain a.test]\ndeadline = 86401\n", ":4: \"86401\" is no number of seconds"},
        {"%[domain a.test]\nquorum = al\n",
         ":4: \"al\" is no quorum: did you mean all? There are reachable, all"},
        {"%[domain a.test]\nalias = a b.test\n", ":4: the alias \"a b.test\" holds a character"},
        {"%[domain a.test]\nresolvers = ns.test\n", ":4: resolvers: \"ns.test\" is no address"},
        {"%[domain a.test]\nresolvers = ,\n", ":4: resolvers: there is no address"},
        {"%[propagation]\nresolvers = 1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5 1.1.1.6 1.1.1.7 "
         "1.1.1.8 1.1.1.9\n",
         ":4: resolvers: more than 8 addresses"},
        {"%[propagation x]\n", ":3: [propagation] takes no name"},
        {"%[propagation]\nttl = 1\n",
         ":4: [propagation] has no key ttl. There are resolvers, deadline, quorum"},
        {"%[propagation]\n[propagation]\n", ":4: [propagation] stands in line 3 already"},
        {"%[default]\n", ":3: [default] has no account"},
        {"%[default]\naccount = c\n", ":4: there is no [account c]"},
        {"%[default]\nzone = c\n", ":4: [default] has no key zone. There are account"},
        {"%[default]\naccount = a\n[default]\n", ":5: [default] stands in line 3 already"},
        {"%word\n", ":3: this is neither"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[512];
        const bool more = rows[i].text[0] == '%';

        (void)snprintf(text, sizeof text, "%s%s", more ? "[account a]\nprovider = p\n" : "",
                       rows[i].text + (more ? 1 : 0));
        assert_has(refused(text), rows[i].said);
    }
}

/* A value of an account may be a secret: no message shows it. */
static void values_of_accounts_are_not_shown(void **state)
{
    (void)state;
    assert_lacks(refused("[account a]\nkey = s3cret\nkey = s3cret\n"), "s3cret");
    assert_lacks(refused("[account a]\nkey = s3cret\n"), "s3cret");
}

static void limits(void **state)
{
    static char text[CONFIG_MAX_DOMAINS * 40];
    size_t used = (size_t)snprintf(text, sizeof text, "[default]\naccount = none\n");

    (void)state;
    for (int i = 0; i < CONFIG_MAX_DOMAINS; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "[domain d%d.test]\n", i);
    load(text);
    assert_int_equal(config->domain_count, CONFIG_MAX_DOMAINS);
    assert_int_equal(config_domain(config, "x.d777.test")->line, 780);
    (void)reset(NULL);
    (void)snprintf(text + used, sizeof text - used, "[domain one.more]\n");
    assert_has(refused(text), ": there are more than 10000 domains");
    used = 0;
    for (int i = 0; i <= CONFIG_MAX_ACCOUNTS; i++)
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "[account a%d]\nprovider = p\n", i);
    assert_has(refused(text), ": there are more than 256 accounts");
    used = (size_t)snprintf(text, sizeof text, "[account a]\n");
    for (int i = 0; i <= CONFIG_MAX_SETTINGS; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "k%d = 1\n", i);
    assert_has(refused(text), ": an account has at most 64 keys");
}

static void a_file_that_is_missing(void **state)
{
    const char *said;

    (void)state;
    assert_int_equal(config_read(sandbox_path("none"), false, &config), DNSHOOK_OK);
    assert_null(config);
    sandbox_capture();
    assert_int_equal(config_read(sandbox_path("none"), true, &config), DNSHOOK_BAD_CONFIG);
    said = sandbox_release();
    assert_has(said, "there is no configuration file ");
    assert_has(said, "/none");
}

static void which_file(void **state)
{
    const char *const one = file("[account one]\nprovider = p\n");
    const char *const two = file("[account two]\nprovider = p\n");

    (void)state;
    assert_int_equal(setenv("DNSHOOK_CONFIG", two, 1), 0);
    assert_int_equal(config_find(one, &config), DNSHOOK_OK);
    assert_non_null(config_account(config, "one"));
    assert_string_equal(config->path, one);
    config_free(config);
    assert_int_equal(config_find(NULL, &config), DNSHOOK_OK);
    assert_non_null(config_account(config, "two"));
    config_free(config);
    assert_int_equal(config_find("/dev/null", &config), DNSHOOK_OK);
    assert_null(config);
}

/* ---- accounts ---- */

/* The account of `lines`, in a file of this mode; line 3 is their first. */
static const struct config_account *account(const char *lines, mode_t mode)
{
    char text[512];
    const char *path;

    (void)snprintf(text, sizeof text, "[account a]\nprovider = p\n%s", lines);
    path = file(text);
    assert_int_equal(chmod(path, mode), 0);
    (void)reset(NULL);
    assert_int_equal(config_read(path, true, &config), DNSHOOK_OK);
    return config_account(config, "a");
}

static void accounts_that_fit(void **state)
{
    static const char *const rows[] = {
        "",
        "server = x\n",
        "key = s3cret\ntoken = t\n",
        "token-file = /t\nserver-file = /s\n",
        "key-file = /k\n",
        "key-file-file = /k\n",
        "key = s3cret\nkey-file = /k\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct config_account *const good = account(rows[i], 0640);

        assert_int_equal(config_check_account(config, good, params, COUNT(params)), DNSHOOK_OK);
    }
}

static void accounts_that_do_not(void **state)
{
    static const struct {
        const char *lines;
        mode_t mode;
        int status;
        const char *said;
    } rows[] = {
        {"serve = x\n", 0600, DNSHOOK_BAD_CONFIG,
         ":3: provider p has no parameter serve: did you mean server? There are server, key, "
         "key-file, token; see dnshook info p"},
        {"server = x\nother-file = x\n", 0600, DNSHOOK_BAD_CONFIG,
         ":4: provider p has no parameter other-file"},
        {"token-file = /t\ntoken = s3cret\n", 0600, DNSHOOK_BAD_CONFIG,
         ":3: token-file and token (line 4) are both given"},
        {"server = x\ntoken = s3cret\n", 0644, DNSHOOK_DENIED,
         ":4: token is a secret, and everybody may read the file: run chmod o= /"},
        {"key = s3cret\n", 0604, DNSHOOK_DENIED, ":3: key is a secret"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct config_account *const bad = account(rows[i].lines, rows[i].mode);
        const char *said;
        int status;

        sandbox_capture();
        status = config_check_account(config, bad, params, COUNT(params));
        said = sandbox_release();
        assert_int_equal(status, rows[i].status);
        assert_has(said, rows[i].said);
        assert_lacks(said, "s3cret");
    }
}

/* What is no secret, or stands elsewhere, may be read. */
static void an_open_file_without_a_secret(void **state)
{
    static const char *const rows[] = {"server = x\n", "token = env:T_VALUE\n", "token-file = /t\n",
                                       "key-file = /k\n"};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct config_account *const good = account(rows[i], 0644);

        assert_int_equal(config_check_account(config, good, params, COUNT(params)), DNSHOOK_OK);
    }
}

/* Where systemd keeps credentials, reading is its concern. */
static void a_configuration_among_credentials(void **state)
{
    const char *const path = file("[account a]\nprovider = p\ntoken = t\n");
    char folder[4096];

    (void)state;
    (void)snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
    assert_int_equal(config_read(path, true, &config), DNSHOOK_OK);
    assert_int_equal(
        config_check_account(config, config_account(config, "a"), params, COUNT(params)),
        DNSHOOK_OK);
}

/* The value of a parameter of the account of `line`, or why it has none. */
static int value_of(const char *line, size_t param, char **value, char **source, const char **said)
{
    const struct config_account *const only = account(line, 0600);
    const struct config_setting *const setting = config_setting(only, &params[param]);
    int status;

    assert_non_null(setting);
    sandbox_capture();
    status = config_value(config, setting, &params[param], value, source);
    *said = sandbox_release();
    return status;
}

static void a_value(const char *line, size_t param, const char *want, const char *where)
{
    char *value = NULL;
    char *source = NULL;
    const char *said;

    assert_int_equal(value_of(line, param, &value, &source, &said), DNSHOOK_OK);
    assert_string_equal(said, "");
    assert_string_equal(value, want);
    assert_has(source, config->path);
    assert_has(source, where);
    free(value);
    free(source);
}

static void no_value(const char *line, size_t param, int status, const char *why)
{
    char *value = NULL;
    char *source = NULL;
    const char *said;

    assert_int_equal(value_of(line, param, &value, &source, &said), status);
    assert_null(value);
    assert_null(source);
    assert_has(said, config->path);
    assert_has(said, ":3: ");
    assert_has(said, why);
}

static void values(void **state)
{
    const char *const path = file("from a file \r\nnot this\n");
    char line[512];

    (void)state;
    assert_int_equal(chmod(path, 0600), 0);
    a_value("server = here = there\n", SERVER, "here = there", ":3");
    a_value("key-file = /k\n", KEY_FILE, "/k", ":3");
    (void)snprintf(line, sizeof line, "token-file = %s\n", path);
    a_value(line, TOKEN, "from a file ", path);
    (void)snprintf(line, sizeof line, "key-file-file = %s\n", path);
    a_value(line, KEY_FILE, "from a file ", path);
}

/* What reset() takes away is set behind account(). */
static void values_from_elsewhere(void **state)
{
    const char *const path = file("from a credential\n");
    char folder[4096];
    char *value = NULL;
    char *source = NULL;
    const struct config_account *only;

    (void)state;
    (void)snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    only = account("server = env:T_VALUE\n", 0600);
    assert_int_equal(setenv("T_VALUE", "from a variable", 1), 0);
    assert_int_equal(config_value(config, config_setting(only, &params[SERVER]), &params[SERVER],
                                  &value, &source),
                     DNSHOOK_OK);
    assert_string_equal(value, "from a variable");
    assert_has(source, ":3, T_VALUE");
    free(value);
    free(source);
    only = account("token-file = env:T_VALUE\n", 0600);
    assert_int_equal(setenv("T_VALUE", strrchr(path, '/') + 1, 1), 0);
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
    assert_int_equal(chmod(path, 0644), 0); /* which is systemd's concern */
    assert_int_equal(
        config_value(config, config_setting(only, &params[TOKEN]), &params[TOKEN], &value, &source),
        DNSHOOK_OK);
    assert_string_equal(value, "from a credential");
    assert_has(source, path);
    free(value);
    free(source);
}

/* A parameter that is a path lies there, too; and NAME-file is nobody's but its own. */
static void paths_of_credentials(void **state)
{
    const struct config_account *only;
    char *value = NULL;
    char *source = NULL;

    (void)state;
    only = account("key-file = name\n", 0600);
    assert_null(config_setting(only, &params[KEY]));
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", "/run/credentials/x", 1), 0);
    assert_int_equal(config_value(config, config_setting(only, &params[KEY_FILE]),
                                  &params[KEY_FILE], &value, &source),
                     DNSHOOK_OK);
    assert_string_equal(value, "/run/credentials/x/name");
    free(value);
    free(source);
    only = account("key-file = ~/name\n", 0600);
    assert_int_equal(config_value(config, config_setting(only, &params[KEY_FILE]),
                                  &params[KEY_FILE], &value, &source),
                     DNSHOOK_OK);
    assert_string_equal(value, "~/name");
    free(value);
    free(source);
    no_value("key-file = name\n", KEY_FILE, DNSHOOK_BAD_CONFIG, "\"name\" is a relative path");
}

static void values_that_are_not_there(void **state)
{
    const char *const open = file("s3cret\n");
    const char *const empty = file("\ns3cret\n");
    char line[512];

    (void)state;
    assert_int_equal(chmod(empty, 0600), 0);
    no_value("server = env:T_VALUE\n", SERVER, DNSHOOK_BAD_CONFIG, "the variable T_VALUE is not");
    no_value("server-file = name\n", SERVER, DNSHOOK_BAD_CONFIG, "\"name\" is a relative path");
    no_value("server-file = /none/such\n", SERVER, DNSHOOK_BAD_CONFIG, "there is no file /none/s");
    (void)snprintf(line, sizeof line, "token-file = %s\n", open);
    no_value(line, TOKEN, DNSHOOK_DENIED, "everybody may read it (mode 0644): run chmod o= ");
    (void)snprintf(line, sizeof line, "token-file = %s\n", empty);
    no_value(line, TOKEN, DNSHOOK_BAD_CONFIG, "the first line of ");
}

/* ---- any bytes ---- */

static unsigned long draw(unsigned long *seed)
{
    *seed = *seed * 6364136223846793005UL + 1442695040888963407UL;
    return *seed >> 33;
}

/* Lines taken away, swapped and doubled, and single bytes changed: read, or refused with a line. */
static void mutations(void **state)
{
    const char *const path = sandbox_path("mutated");
    unsigned long seed = 20250102;

    (void)state;
    sandbox_capture();
    for (int round = 0; round < 3000; round++) {
        char text[2 * sizeof whole];
        size_t size = sizeof whole - 1;
        FILE *out;

        memcpy(text, whole, size);
        for (size_t n = draw(&seed) % 3 + 1; n > 0; n--) {
            const size_t from = draw(&seed) % size;
            const size_t length = draw(&seed) % (size - from);

            if (draw(&seed) % 2 == 0 && size + length < sizeof text) {
                memmove(text + from + length, text + from, size - from);
                size += length;
            } else
                text[from] = (char)draw(&seed);
        }
        out = fopen(path, "we");
        assert_non_null(out);
        assert_int_equal(fwrite(text, 1, size, out), size);
        assert_int_equal(fclose(out), 0);
        switch (config_read(path, true, &config)) {
        case DNSHOOK_OK:
            assert_non_null(config);
            config_free(config);
            config = NULL;
            break;
        case DNSHOOK_BAD_CONFIG:
            assert_null(config);
            break;
        default:
            fail_msg("another status in round %d", round);
        }
    }
    (void)sandbox_release();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(everything, reset),
        cmocka_unit_test_setup(quorums, reset),
        cmocka_unit_test_setup(what_is_not_given, reset),
        cmocka_unit_test_setup(the_longest_domain_wins, reset),
        cmocka_unit_test_setup(without_a_configuration, reset),
        cmocka_unit_test_setup(what_is_refused, reset),
        cmocka_unit_test_setup(values_of_accounts_are_not_shown, reset),
        cmocka_unit_test_setup(limits, reset),
        cmocka_unit_test_setup(a_file_that_is_missing, reset),
        cmocka_unit_test_setup(which_file, reset),
        cmocka_unit_test_setup(accounts_that_fit, reset),
        cmocka_unit_test_setup(accounts_that_do_not, reset),
        cmocka_unit_test_setup(an_open_file_without_a_secret, reset),
        cmocka_unit_test_setup(a_configuration_among_credentials, reset),
        cmocka_unit_test_setup(values, reset),
        cmocka_unit_test_setup(values_from_elsewhere, reset),
        cmocka_unit_test_setup(paths_of_credentials, reset),
        cmocka_unit_test_setup(values_that_are_not_there, reset),
        cmocka_unit_test_setup_teardown(mutations, reset, reset),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
