/* The provider against BIND's named, which the test starts on a free port of 127.0.0.1. */
#include "exchange.h"
#include "fake_host.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define SECRET "c2VjcmV0IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXMh"

static struct {
    char dir[64];
    char nameserver[32];
    pid_t pid;
} server;

static struct fake_host *fake;
static const struct dnshook_provider *provider;
static void *handle;

/* The clock of the provider. */
static time_t clock_offset;
time_t __real_time(time_t *out);
time_t __wrap_time(time_t *out);
time_t __wrap_time(time_t *out)
{
    const time_t now = __real_time(NULL) + clock_offset;

    if (out != NULL)
        *out = now;
    return now;
}

static const char *const algorithms[] = {"hmac-md5",    "hmac-sha1",   "hmac-sha224",
                                         "hmac-sha256", "hmac-sha384", "hmac-sha512"};

/* ---- the server ------------------------------------------------------------------------------ */

static const char zone_text[] = "$TTL 300\n"
                                "@ SOA ns1 hostmaster 1 3600 600 86400 5\n"
                                "@ NS ns1\n"
                                "@ NS ns2.elsewhere.test.\n"
                                "ns1 A 127.0.0.1\n"
                                "alias CNAME www\n"
                                "*.wild CNAME www\n"
                                "tree DNAME other.test.\n"
                                "foreign 1234 TXT \"of another\"\n"
                                "fleeting 0 TXT \"of another\"\n"
                                "pair TXT \"two\" \"strings\"\n"
                                "www A 127.0.0.1\n"
                                "child NS ns.child\n";

static FILE *create(const char *name)
{
    char path[128];

    (void)snprintf(path, sizeof path, "%s/%s", server.dir, name);
    FILE *const file = fopen(path, "w");

    assert_non_null(file);
    return file;
}

/* A port that nobody listens on now. */
static unsigned free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static void write_zone(FILE *conf, const char *name, const char *policy)
{
    FILE *const zone = create(name);

    fputs(zone_text, zone);
    fclose(zone);
    fprintf(conf, "zone \"%s\" { type primary; file \"%s\"; %s };\n", name, name, policy);
}

static void write_config(unsigned port)
{
    FILE *const conf = create("named.conf");
    char policy[1024] = "update-policy {";

    for (size_t i = 0; i < 6; i++) {
        fprintf(conf, "key \"%s\" { algorithm %s; secret \"%s\"; };\n", algorithms[i],
                algorithms[i], SECRET);
        (void)snprintf(policy + strlen(policy), sizeof policy - strlen(policy),
                       " grant %s zonesub TXT;", algorithms[i]);
    }
    fprintf(conf, "key \"stranger\" { algorithm hmac-sha256; secret \"%s\"; };\n", SECRET);
    fprintf(conf,
            "options { directory \"%s\"; pid-file \"%s/named.pid\"; session-keyfile "
            "\"%s/session.key\"; listen-on port %u { 127.0.0.1; }; listen-on-v6 { none; }; "
            "recursion no; dnssec-validation no; notify no; };\ncontrols { };\n",
            server.dir, server.dir, server.dir, port);
    (void)snprintf(policy + strlen(policy), sizeof policy - strlen(policy), " };");
    write_zone(conf, "example.test", policy);
    write_zone(conf, "open.test", "allow-update { any; };");
    write_zone(conf, "frozen.test", "");
    fclose(conf);
}

static void run_named(void)
{
    char path[128];

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* also if the test crashes */
    (void)snprintf(path, sizeof path, "%s/log", server.dir);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    dup2(fd, 2);
    (void)snprintf(path, sizeof path, "%s/named.conf", server.dir);
    execlp("named", "named", "-c", path, "-g", "-n", "1", (char *)NULL);
    _exit(127);
}

static bool answers(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool open = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;

    close(fd);
    return open;
}

static int start_named(void **state)
{
    const unsigned port = free_port();
    const struct timespec pause = {0, 20000000};

    (void)state;
    (void)snprintf(server.dir, sizeof server.dir, "/tmp/dnshook-named-XXXXXX");
    assert_non_null(mkdtemp(server.dir));
    (void)snprintf(server.nameserver, sizeof server.nameserver, "127.0.0.1:%u", port);
    write_config(port);
    server.pid = fork();
    if (server.pid == 0)
        run_named();
    for (int i = 0; i < 1500 && waitpid(server.pid, NULL, WNOHANG) == 0; i++) {
        if (answers(port))
            return 0;
        (void)nanosleep(&pause, NULL);
    }
    return -1;
}

static int stop_named(void **state)
{
    char command[128];
    int status = 0;

    (void)state;
    kill(server.pid, SIGTERM);
    waitpid(server.pid, &status, 0);
    (void)snprintf(command, sizeof command, "rm -rf %s", server.dir);
    return system(command);
}

static bool is_installed(const char *program)
{
    char command[128];

    (void)snprintf(command, sizeof command, "command -v %s > /dev/null", program);
    return system(command) == 0;
}

/* ---- the provider ---------------------------------------------------------------------------- */

static int setup(void **state)
{
    (void)state;
    provider = dnshook_provider_get();
    fake = fake_host_new();
    clock_offset = 0;
    fake_host_set(fake, "nameserver", server.nameserver);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    if (handle != NULL)
        provider->close(handle);
    handle = NULL;
    return fake_host_free(fake) == 0 ? 0 : -1;
}

static void open_with(const char *key, const char *algorithm, const char *secret)
{
    if (handle != NULL)
        provider->close(handle);
    fake_host_forget(fake);
    fake_host_set(fake, "tsig-key", key);
    fake_host_set(fake, "tsig-algorithm", algorithm);
    fake_host_set(fake, "tsig-secret", secret);
    assert_int_equal(provider->open(&fake->host, &handle), DNSHOOK_OK);
}

static void open_usual(void)
{
    open_with("hmac-sha256", NULL, SECRET);
}

static struct dnshook_change change_of(uint32_t action, const char *zone, const char *name,
                                       const char *value)
{
    static struct dnshook_zone zones[4];
    static size_t next;
    struct dnshook_zone *const holder = &zones[next++ % 4];

    *holder = (struct dnshook_zone){.size = sizeof *holder, .name = zone};
    return (struct dnshook_change){.size = sizeof(struct dnshook_change),
                                   .action = action,
                                   .name = name,
                                   .value = value,
                                   .zone = holder,
                                   .ttl = 60};
}

/* One change: what it came to, and what it found. */
static int change(uint32_t action, const char *zone, const char *name, const char *value,
                  uint32_t *effect)
{
    struct dnshook_change one = change_of(action, zone, name, value);
    const int status =
        action == DNSHOOK_ADD ? provider->add(handle, &one) : provider->remove(handle, &one);

    assert_int_equal(one.status, status);
    assert_int_equal(fake->fails, status != DNSHOOK_OK);
    if (effect != NULL)
        *effect = one.effect;
    return status;
}

/* The TXT set at a name, as the server has it now. */
static ldns_pkt *ask(const char *name)
{
    struct fake_host *const other = fake_host_new();
    struct rfc2136 self = {.host = &other->host};
    const char *const colon = strchr(server.nameserver, ':');
    const struct server where = {"127.0.0.1", (uint16_t)atoi(colon + 1)};
    struct answer answer;

    assert_int_equal(exchange_question(&self, &where, name, LDNS_RR_TYPE_TXT, &answer), DNSHOOK_OK);
    assert_non_null(answer.packet);
    fake_host_free(other);
    return answer.packet;
}

static bool serves(const char *name, const char *value)
{
    CLEANUP_PACKET ldns_pkt *const packet = ask(name);

    return message_has_txt(packet, name, value);
}

static size_t count_of(const char *name, uint32_t *ttl)
{
    CLEANUP_PACKET ldns_pkt *const packet = ask(name);
    const size_t count = ldns_rr_list_rr_count(ldns_pkt_answer(packet));

    if (ttl != NULL)
        *ttl = count == 0 ? 0 : ldns_rr_ttl(ldns_rr_list_rr(ldns_pkt_answer(packet), 0));
    return count;
}

/* ---- the tests ------------------------------------------------------------------------------- */

static void test_six_algorithms(void **state)
{
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        const char *const name = "_acme-challenge.six.example.test";
        uint32_t effect = 0;

        open_with(algorithms[i], algorithms[i], SECRET);
        assert_int_equal(change(DNSHOOK_ADD, "example.test", name, "v", &effect), DNSHOOK_OK);
        assert_int_equal(effect, DNSHOOK_EFFECT_CHANGED);
        assert_true(serves(name, "v"));
        fake_host_forget(fake);
        assert_int_equal(change(DNSHOOK_ADD, "example.test", name, "v", &effect), DNSHOOK_OK);
        assert_int_equal(effect, DNSHOOK_EFFECT_NO_CHANGE);
        assert_int_equal(fake->exchanges, 1); /* no UPDATE */
        assert_int_equal(change(DNSHOOK_REMOVE, "example.test", name, "v", &effect), DNSHOOK_OK);
        assert_int_equal(effect, DNSHOOK_EFFECT_CHANGED);
        assert_int_equal(count_of(name, NULL), 0);
        assert_int_equal(change(DNSHOOK_REMOVE, "example.test", name, "v", &effect), DNSHOOK_OK);
        assert_int_equal(effect, DNSHOOK_EFFECT_NO_CHANGE);
        assert_string_equal(fake->logged, "");
    }
}

static void test_wrong_credentials(void **state)
{
    static const struct {
        const char *key;
        const char *algorithm;
        const char *secret;
        const char *said;
    } rows[] = {
        {"hmac-sha256", NULL, "d3Jvbmc=", "NOTAUTH, BADSIG (not signed)"},
        {"nobody", NULL, SECRET, "NOTAUTH, BADKEY (not signed)"},
        {"hmac-sha256", "hmac-sha512", SECRET, "NOTAUTH, BADKEY (not signed)"},
        {"stranger", NULL, SECRET, "REFUSED to the UPDATE"},
        {NULL, NULL, NULL, "REFUSED to the UPDATE"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        open_with(rows[i].key, rows[i].algorithm, rows[i].secret);
        assert_int_equal(change(DNSHOOK_ADD, "example.test", "denied.example.test", "v", NULL),
                         DNSHOOK_DENIED);
        assert_non_null(strstr(fake->failed, rows[i].said));
        assert_non_null(strstr(fake->failed, "127.0.0.1"));
        assert_non_null(strstr(fake->failed, "denied.example.test"));
        assert_null(strstr(fake->failed, SECRET));
        assert_int_equal(count_of("denied.example.test", NULL), 0);
    }
}

static void test_clock_is_corrected_once(void **state)
{
    static const struct {
        time_t offset;
        const char *said;
    } rows[] = {{600, "600 seconds ahead of that of"}, {-600, "600 seconds behind that of"}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        open_usual();
        clock_offset = rows[i].offset;
        assert_int_equal(change(DNSHOOK_ADD, "example.test", "late.example.test", "v", NULL),
                         DNSHOOK_OK);
        assert_int_equal(fake->exchanges, 3);
        assert_non_null(strstr(fake->logged, "1 the clock here is "));
        assert_non_null(strstr(fake->logged, "set the clock"));
        fake_host_forget(fake);
        assert_int_equal(change(DNSHOOK_REMOVE, "example.test", "late.example.test", "v", NULL),
                         DNSHOOK_OK);
        assert_int_equal(fake->exchanges, 2);
        assert_string_equal(fake->logged, "");
    }
}

static void test_a_small_difference_is_fine(void **state)
{
    (void)state;
    open_usual();
    clock_offset = 290;
    assert_int_equal(change(DNSHOOK_ADD, "example.test", "small.example.test", "v", NULL),
                     DNSHOOK_OK);
    assert_string_equal(fake->logged, "");
}

static void test_values_byte_for_byte(void **state)
{
    static const char *const values[] = {
        "\"quoted\"", "back\\slash", "-leading", "a b;c#d", "\\000", "\\\"", "@", "(", "$", "~"};
    static const char *const name = "bytes.example.test";
    char longest[DNSHOOK_VALUE_MAX + 1] = "";

    (void)state;
    open_usual();
    memset(longest, '\\', sizeof longest - 1);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        assert_int_equal(change(DNSHOOK_ADD, "example.test", name, values[i], NULL), DNSHOOK_OK);
        assert_true(serves(name, values[i]));
    }
    assert_int_equal(change(DNSHOOK_ADD, "example.test", name, longest, NULL), DNSHOOK_OK);
    assert_true(serves(name, longest));
    assert_int_equal(count_of(name, NULL), 1 + sizeof values / sizeof values[0]);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        assert_int_equal(change(DNSHOOK_REMOVE, "example.test", name, values[i], NULL), DNSHOOK_OK);
    assert_int_equal(change(DNSHOOK_REMOVE, "example.test", name, longest, NULL), DNSHOOK_OK);
    assert_int_equal(count_of(name, NULL), 0);
}

static void test_eight_values_at_once(void **state)
{
    static const char *const values[] = {"1", "2", "3", "4", "5", "6", "7", "8"};
    static const char *const name = "eight.example.test";
    struct dnshook_change changes[8];
    struct dnshook_change *list[8];

    (void)state;
    open_usual();
    for (size_t i = 0; i < 8; i++) {
        changes[i] = change_of(DNSHOOK_ADD, "example.test", name, values[i]);
        list[i] = &changes[i];
    }
    assert_int_equal(provider->apply(handle, list, 8), DNSHOOK_OK);
    assert_int_equal(fake->exchanges, 2);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(changes[i].effect, DNSHOOK_EFFECT_CHANGED);
        assert_true(serves(name, values[i]));
    }
    assert_int_equal(change(DNSHOOK_REMOVE, "example.test", name, "4", NULL), DNSHOOK_OK);
    assert_int_equal(count_of(name, NULL), 7);
    assert_false(serves(name, "4"));
}

static void test_order_within_a_batch(void **state)
{
    static const char *const name = "order.example.test";
    struct dnshook_change changes[] = {
        change_of(DNSHOOK_ADD, "example.test", name, "a"),
        change_of(DNSHOOK_REMOVE, "example.test", name, "a"),
        change_of(DNSHOOK_REMOVE, "example.test", name, "b"),
        change_of(DNSHOOK_ADD, "example.test", name, "b"),
    };
    struct dnshook_change *list[] = {&changes[0], &changes[1], &changes[2], &changes[3]};

    (void)state;
    open_usual();
    assert_int_equal(change(DNSHOOK_ADD, "example.test", name, "b", NULL), DNSHOOK_OK);
    assert_int_equal(provider->apply(handle, list, 4), DNSHOOK_OK);
    assert_false(serves(name, "a"));
    assert_true(serves(name, "b"));
}

/* 300 values of 255 bytes do not fit into one message. */
static void test_more_than_one_message(void **state)
{
    enum { COUNT = 300 };
    static char values[COUNT][DNSHOOK_VALUE_MAX + 1];
    static struct dnshook_change changes[COUNT];
    static struct dnshook_change *list[COUNT];
    static const char *const names[] = {"m1.example.test", "m2.example.test", "m3.example.test"};

    (void)state;
    open_usual();
    for (unsigned i = 0; i < COUNT; i++) {
        memset(values[i], 'x', DNSHOOK_VALUE_MAX);
        (void)snprintf(values[i], 8, "%u", i);
        values[i][strlen(values[i])] = '-';
        changes[i] = change_of(DNSHOOK_ADD, "example.test", names[i % 3], values[i]);
        list[i] = &changes[i];
    }
    assert_int_equal(provider->apply(handle, list, COUNT), DNSHOOK_OK);
    assert_int_equal(fake->exchanges, 3 + 2);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(count_of(names[i], NULL), COUNT / 3);
}

static void test_ttl_of_a_set_is_kept(void **state)
{
    uint32_t ttl = 0;

    (void)state;
    open_usual();
    assert_int_equal(change(DNSHOOK_ADD, "example.test", "foreign.example.test", "ours", NULL),
                     DNSHOOK_OK);
    assert_int_equal(count_of("foreign.example.test", &ttl), 2);
    assert_int_equal(ttl, 1234);
    assert_int_equal(change(DNSHOOK_REMOVE, "example.test", "foreign.example.test", "ours", NULL),
                     DNSHOOK_OK);
    assert_true(serves("foreign.example.test", "of another"));
    assert_int_equal(change(DNSHOOK_ADD, "example.test", "fleeting.example.test", "ours", NULL),
                     DNSHOOK_OK);
    assert_int_equal(count_of("fleeting.example.test", &ttl), 2);
    assert_int_equal(ttl, 0);
    assert_int_equal(change(DNSHOOK_ADD, "example.test", "fresh.example.test", "ours", NULL),
                     DNSHOOK_OK);
    assert_int_equal(count_of("fresh.example.test", &ttl), 1);
    assert_int_equal(ttl, 60);
}

/* A record of the strings "two" and "strings" is neither the value "two" nor "twostrings". */
static void test_two_strings_are_not_the_value(void **state)
{
    static const char *const values[] = {"two", "twostrings"};

    (void)state;
    open_usual();
    for (size_t i = 0; i < 2; i++) {
        uint32_t effect = 0;

        assert_int_equal(
            change(DNSHOOK_ADD, "example.test", "pair.example.test", values[i], &effect),
            DNSHOOK_OK);
        assert_int_equal(effect, DNSHOOK_EFFECT_CHANGED);
        assert_int_equal(count_of("pair.example.test", NULL), 2);
        assert_int_equal(
            change(DNSHOOK_REMOVE, "example.test", "pair.example.test", values[i], NULL),
            DNSHOOK_OK);
        assert_int_equal(count_of("pair.example.test", NULL), 1);
    }
}

static void test_aliases(void **state)
{
    uint32_t effect = 0;

    (void)state;
    open_usual();
    assert_int_equal(change(DNSHOOK_ADD, "example.test", "alias.example.test", "v", NULL),
                     DNSHOOK_REJECTED);
    assert_non_null(strstr(fake->failed, "a CNAME stands there"));
    assert_non_null(strstr(fake->failed, "alias.example.test"));
    fake_host_forget(fake);
    assert_int_equal(change(DNSHOOK_REMOVE, "example.test", "alias.example.test", "v", &effect),
                     DNSHOOK_OK);
    assert_int_equal(effect, DNSHOOK_EFFECT_NO_CHANGE);
    assert_int_equal(change(DNSHOOK_ADD, "example.test", "a.tree.example.test", "v", NULL),
                     DNSHOOK_REJECTED);
    assert_non_null(strstr(fake->failed, "a DNAME stands above a.tree.example.test"));
    fake_host_forget(fake);
    /* What a wildcard answers is no CNAME at the name: the server takes the value. */
    assert_int_equal(change(DNSHOOK_ADD, "example.test", "a.wild.example.test", "v", &effect),
                     DNSHOOK_OK);
    assert_int_equal(effect, DNSHOOK_EFFECT_CHANGED);
    assert_true(serves("a.wild.example.test", "v"));
}

static void test_wrong_zones(void **state)
{
    (void)state;
    open_usual();
    assert_int_equal(change(DNSHOOK_ADD, "nowhere.test", "a.nowhere.test", "v", NULL),
                     DNSHOOK_NO_ZONE);
    assert_non_null(strstr(fake->failed, "NOTAUTH"));
    assert_non_null(strstr(fake->failed, "nowhere.test"));
    fake_host_forget(fake);
    assert_int_equal(change(DNSHOOK_ADD, "example.test", "a.other.test", "v", NULL),
                     DNSHOOK_BAD_CONFIG);
    assert_non_null(strstr(fake->failed, "a.other.test does not lie in zone example.test"));
    fake_host_forget(fake);
    assert_int_equal(change(DNSHOOK_ADD, "frozen.test", "a.frozen.test", "v", NULL),
                     DNSHOOK_DENIED);
    assert_non_null(strstr(fake->failed, "REFUSED"));
}

static void test_without_a_key(void **state)
{
    uint32_t effect = 0;

    (void)state;
    open_with(NULL, NULL, NULL);
    assert_int_equal(change(DNSHOOK_ADD, "open.test", "a.open.test", "v", &effect), DNSHOOK_OK);
    assert_int_equal(effect, DNSHOOK_EFFECT_CHANGED);
    assert_true(serves("a.open.test", "v"));
}

static void test_primary_of_the_zone(void **state)
{
    struct dnshook_zone zone = {.size = sizeof zone, .name = "example.test"};
    struct dnshook_change one = change_of(DNSHOOK_ADD, "example.test", "p.example.test", "v");

    (void)state;
    fake_host_set(fake, "nameserver", NULL);
    open_usual();
    one.zone = &zone;
    assert_int_equal(provider->add(handle, &one), DNSHOOK_BAD_CONFIG);
    assert_non_null(strstr(fake->failed, "RFC2136_NAMESERVER"));
    zone.primary = "127.0.0.1"; /* nobody answers on port 53 there, or not for this zone */
    assert_int_not_equal(provider->add(handle, &one), DNSHOOK_OK);
}

/* ---- zones ----------------------------------------------------------------------------------- */

static char got_zone[NAME_SIZE];
static char got_primary[NAME_SIZE];

static int take_zone(void *opaque, const struct dnshook_zone *zone)
{
    ++*(int *)opaque;
    (void)snprintf(got_zone, sizeof got_zone, "%s", zone->name);
    (void)snprintf(got_primary, sizeof got_primary, "%s",
                   zone->primary == NULL ? "" : zone->primary);
    return DNSHOOK_OK;
}

static void test_find_zone(void **state)
{
    static const struct {
        const char *name;
        const char *zone;
    } rows[] = {
        {"example.test", "example.test"},
        {"_acme-challenge.example.test", "example.test"},
        {"a.b.c.d.example.test", "example.test"},
        {"alias.example.test", "example.test"},
        {"_acme-challenge.alias.example.test", "example.test"},
        {"a.wild.example.test", "example.test"},
        {"a.b.tree.example.test", "example.test"},
        {"www.open.test", "open.test"},
        {"a.child.example.test", "cut.test"}, /* delegated: the server does not say */
        {"a.unknown.test", "cut.test"},
    };
    const struct dnshook_zone cut = {.size = sizeof cut, .name = "cut.test", .primary = "ns.test"};

    (void)state;
    open_usual();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int calls = 0;

        assert_int_equal(provider->find_zone(handle, rows[i].name, &cut, take_zone, &calls),
                         DNSHOOK_OK);
        assert_int_equal(calls, 1);
        assert_string_equal(got_zone, rows[i].zone);
        assert_string_equal(got_primary, "ns.test");
    }
    assert_int_equal(provider->find_zone(handle, "a.unknown.test", NULL, take_zone, NULL),
                     DNSHOOK_NO_ZONE);
    assert_non_null(strstr(fake->failed, "RFC2136_ZONE"));
}

static void test_zone_that_is_set(void **state)
{
    int calls = 0;

    (void)state;
    fake_host_set(fake, "zone", "Example.Test.");
    open_usual();
    assert_int_equal(provider->find_zone(handle, "a.example.test", NULL, take_zone, &calls),
                     DNSHOOK_OK);
    assert_string_equal(got_zone, "example.test");
    assert_int_equal(fake->exchanges, 0);
    assert_int_equal(provider->find_zone(handle, "a.bexample.test", NULL, take_zone, &calls),
                     DNSHOOK_BAD_CONFIG);
    assert_int_equal(calls, 1);
}

static void test_find_zone_with_a_wrong_secret(void **state)
{
    int calls = 0;

    (void)state;
    open_with("hmac-sha256", NULL, "d3Jvbmc=");
    assert_int_equal(provider->find_zone(handle, "a.example.test", NULL, take_zone, &calls),
                     DNSHOOK_DENIED);
    assert_int_equal(calls, 0);
    assert_int_equal(fake->fails, 1);
}

static char got_names[256];

static int take_name(void *opaque, const char *name)
{
    (void)opaque;
    (void)snprintf(got_names + strlen(got_names), sizeof got_names - strlen(got_names), "%s ",
                   name);
    return DNSHOOK_OK;
}

static void test_nameservers(void **state)
{
    const struct dnshook_zone zone = {.size = sizeof zone, .name = "example.test"};
    const struct dnshook_zone other = {.size = sizeof other, .name = "unknown.test"};

    (void)state;
    open_usual();
    got_names[0] = '\0';
    assert_int_equal(provider->nameservers(handle, &zone, take_name, NULL), DNSHOOK_OK);
    assert_non_null(strstr(got_names, "ns1.example.test "));
    assert_non_null(strstr(got_names, "ns2.elsewhere.test "));
    assert_int_equal(strlen(got_names), strlen("ns1.example.test ns2.elsewhere.test "));
    assert_int_equal(provider->nameservers(handle, &other, take_name, NULL), DNSHOOK_UNSUPPORTED);
    fake_host_set(fake, "nameserver", NULL);
    open_usual();
    assert_int_equal(provider->nameservers(handle, &zone, take_name, NULL), DNSHOOK_UNSUPPORTED);
    assert_int_equal(fake->exchanges, 0);
}

static void test_check(void **state)
{
    const struct dnshook_zone zone = {.size = sizeof zone, .name = "example.test"};
    const struct dnshook_zone other = {.size = sizeof other, .name = "unknown.test"};

    (void)state;
    open_usual();
    assert_int_equal(provider->check(handle, &zone), DNSHOOK_OK);
    assert_non_null(strstr(fake->logged, "2 127.0.0.1"));
    assert_non_null(strstr(fake->logged, "accepts key hmac-sha256 (hmac-sha256)"));
    assert_int_equal(provider->check(handle, NULL), DNSHOOK_OK);
    open_with("hmac-sha256", NULL, "d3Jvbmc=");
    assert_int_equal(provider->check(handle, &zone), DNSHOOK_DENIED);
    assert_int_equal(provider->check(handle, NULL), DNSHOOK_DENIED);
    assert_string_equal(fake->logged, "");
    open_with(NULL, NULL, NULL);
    assert_int_equal(provider->check(handle, &zone), DNSHOOK_OK);
    assert_non_null(strstr(fake->logged, "requests are not signed"));
    assert_int_equal(provider->check(handle, &other), DNSHOOK_DENIED); /* BIND: REFUSED */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_six_algorithms, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_credentials, setup, teardown),
        cmocka_unit_test_setup_teardown(test_clock_is_corrected_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_small_difference_is_fine, setup, teardown),
        cmocka_unit_test_setup_teardown(test_values_byte_for_byte, setup, teardown),
        cmocka_unit_test_setup_teardown(test_eight_values_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_order_within_a_batch, setup, teardown),
        cmocka_unit_test_setup_teardown(test_more_than_one_message, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ttl_of_a_set_is_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(test_two_strings_are_not_the_value, setup, teardown),
        cmocka_unit_test_setup_teardown(test_aliases, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_zones, setup, teardown),
        cmocka_unit_test_setup_teardown(test_without_a_key, setup, teardown),
        cmocka_unit_test_setup_teardown(test_primary_of_the_zone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_find_zone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_zone_that_is_set, setup, teardown),
        cmocka_unit_test_setup_teardown(test_find_zone_with_a_wrong_secret, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nameservers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_check, setup, teardown),
    };

    if (!is_installed("named")) {
        puts("1..0 # SKIP named is not installed (package bind9)");
        return 0;
    }
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, start_named, stop_named);
}
