/* The parameters of the provider, and the key files. */
#include "base64.h"
#include "fake_host.h"
#include "keyfile.h"
#include "settings.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define SECRET "c2VjcmV0IG9mIHRoZSB0ZXN0cw=="
#define PLAIN "secret of the tests"

static char dir[] = "/tmp/dnshook-settings-XXXXXX";
static char path[512];

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) == NULL ? -1 : 0;
}

static int remove_dir(void **state)
{
    (void)state;
    return rmdir(dir);
}

/* Writes a file, and leaves its name in `path`. */
static void write_file(const char *name, const char *text, mode_t mode)
{
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    (void)unlink(path);
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

/* No message of the provider may hold a secret. */
static void assert_silent(const struct fake_host *fake)
{
    assert_null(strstr(fake->failed, "c2Vj"));
    assert_null(strstr(fake->logged, "c2Vj"));
    assert_null(strstr(fake->failed, PLAIN));
}

/* ---- servers --------------------------------------------------------------------------------- */

static void test_servers(void **state)
{
    static const struct {
        const char *text;
        const char *server; /* NULL: refused */
        unsigned port;
    } rows[] = {
        {"ns.example", "ns.example", 0},
        {"NS.Example.", "ns.example", 0},
        {"ns.example:5353", "ns.example", 5353},
        {"ns_1.example-2.org:53", "ns_1.example-2.org", 53},
        {"192.0.2.1", "192.0.2.1", 0},
        {"192.0.2.1:5353", "192.0.2.1", 5353},
        {"[2001:db8::1]:53", "2001:db8::1", 53},
        {"[2001:db8::1]", "2001:db8::1", 0},
        {"2001:db8::1", "2001:db8::1", 0},
        {"::1", "::1", 0},
        {"fe80::1%eth0", "fe80::1%eth0", 0},
        {"[fe80::1%eth0]:53", "fe80::1%eth0", 53},
        {"ns.example:65535", "ns.example", 65535},
        {"ns.example:0", NULL, 0},
        {"ns.example:65536", NULL, 0},
        {"ns.example:", NULL, 0},
        {"ns.example:53x", NULL, 0},
        {"ns.example:-1", NULL, 0},
        {"ns.example: 53", NULL, 0},
        {":53", NULL, 0},
        {"[2001:db8::1", NULL, 0},
        {"[2001:db8::1]53", NULL, 0},
        {"[2001:db8::1]:", NULL, 0},
        {"[192.0.2.1]:53", NULL, 0},
        {"[ns.example]:53", NULL, 0},
        {"[]", NULL, 0},
        {"2001:db8:::1", NULL, 0},
        {"a..b", NULL, 0},
        {".", NULL, 0},
        {"ns example", NULL, 0},
        {"ns\\.example", NULL, 0},
        {"http://ns.example", NULL, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fake_host *const fake = fake_host_new();
        struct settings settings = {.port = 0};

        fake_host_set(fake, "nameserver", rows[i].text);
        const int status = settings_read(&fake->host, &settings);

        if (rows[i].server == NULL) {
            assert_int_equal(status, DNSHOOK_BAD_CONFIG);
            assert_non_null(strstr(fake->failed, "RFC2136_NAMESERVER"));
        } else {
            assert_int_equal(status, DNSHOOK_OK);
            assert_string_equal(settings.server, rows[i].server);
            assert_int_equal(settings.port, rows[i].port);
        }
        settings_wipe(&fake->host, &settings);
        assert_int_equal(fake_host_free(fake), 0);
    }
}

static void test_a_long_server_is_refused(void **state)
{
    char text[400];

    (void)state;
    for (size_t length = 250; length < sizeof text; length += 7) {
        struct fake_host *const fake = fake_host_new();
        struct settings settings = {.port = 0};

        memset(text, 'a', length);
        text[length] = '\0';
        fake_host_set(fake, "nameserver", text);
        assert_int_equal(settings_read(&fake->host, &settings), DNSHOOK_BAD_CONFIG);
        assert_int_equal(fake_host_free(fake), 0);
    }
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* Parameters, what open() makes of them, and a piece of the message or the key's name. */
struct row {
    const char *params[10]; /* name, value, ... */
    int status;
    const char *said;
    const char *algorithm;
};

static void check_row(const struct row *row)
{
    struct fake_host *const fake = fake_host_new();
    struct settings settings = {.port = 0};

    fake->secrets[0] = SECRET;
    fake->secrets[1] = PLAIN;
    for (size_t i = 0; i < 10 && row->params[i] != NULL; i += 2)
        fake_host_set(fake, row->params[i], row->params[i + 1]);
    const int status = settings_read(&fake->host, &settings);

    if (status != row->status)
        print_message("# %s\n", fake->failed);
    assert_int_equal(status, row->status);
    assert_int_equal(fake->fails, status != DNSHOOK_OK);
    if (status != DNSHOOK_OK) {
        if (strstr(fake->failed, row->said) == NULL)
            print_message("# \"%s\" not in: %s\n", row->said, fake->failed);
        assert_non_null(strstr(fake->failed, row->said));
        assert_null(settings.key.algorithm);
    } else if (row->algorithm == NULL) {
        assert_null(settings.key.algorithm);
    } else {
        assert_string_equal(settings.key.name, row->said);
        assert_string_equal(settings.key.algorithm->name, row->algorithm);
        assert_int_equal(settings.key.secret_size, strlen(PLAIN));
        assert_memory_equal(settings.key.secret, PLAIN, strlen(PLAIN));
    }
    assert_silent(fake);
    settings_wipe(&fake->host, &settings);
    assert_int_equal(fake->spilled, 0);
    assert_int_equal(fake_host_free(fake), 0);
}

static void test_keys(void **state)
{
    static const struct row rows[] = {
        {{NULL}, DNSHOOK_OK, NULL, NULL},
        {{"tsig-key", "K1.", "tsig-secret", SECRET}, DNSHOOK_OK, "k1", "hmac-sha256"},
        {{"tsig-key", "k1", "tsig-secret", SECRET, "tsig-algorithm", "HMAC-SHA512"},
         DNSHOOK_OK,
         "k1",
         "hmac-sha512"},
        {{"tsig-key", "k1", "tsig-secret", SECRET, "tsig-algorithm", "hmac-sha1."},
         DNSHOOK_OK,
         "k1",
         "hmac-sha1"},
        {{"tsig-key", "k1", "tsig-secret", SECRET, "tsig-algorithm", "sha3"},
         DNSHOOK_BAD_CONFIG,
         "unknown algorithm",
         NULL},
        {{"tsig-key", "k1"}, DNSHOOK_BAD_CONFIG, "set RFC2136_TSIG_SECRET", NULL},
        {{"tsig-secret", SECRET}, DNSHOOK_BAD_CONFIG, "set RFC2136_TSIG_KEY", NULL},
        {{"tsig-algorithm", "hmac-sha256"}, DNSHOOK_BAD_CONFIG, "without a key", NULL},
        {{"tsig-key", "k1", "tsig-secret", "c2Vj*"}, DNSHOOK_BAD_CONFIG, "not base64", NULL},
        {{"tsig-key", "k1", "tsig-secret", "c2VjcmV"}, DNSHOOK_BAD_CONFIG, "not base64", NULL},
        {{"tsig-key", "k1", "tsig-secret", "  "}, DNSHOOK_BAD_CONFIG, "not base64", NULL},
        {{"tsig-key", "a..b", "tsig-secret", SECRET}, DNSHOOK_BAD_CONFIG, "not a DNS name", NULL},
        {{"tsig-key", ".", "tsig-secret", SECRET}, DNSHOOK_BAD_CONFIG, "not a DNS name", NULL},
        {{"tsig-file", "/nowhere", "tsig-secret", SECRET},
         DNSHOOK_BAD_CONFIG,
         "leave one out",
         NULL},
        {{"tsig-key-name", "hmac-sha384:tk1", "tsig-key-secret", SECRET},
         DNSHOOK_OK,
         "tk1",
         "hmac-sha384"},
        {{"tsig-key-name", "tk1", "tsig-key-secret", SECRET}, DNSHOOK_OK, "tk1", "hmac-md5"},
        {{"tsig-key-name", "tk1", "tsig-key-secret", SECRET, "tsig-algorithm", "hmac-sha1"},
         DNSHOOK_OK,
         "tk1",
         "hmac-sha1"},
        {{"tsig-key-name", "hmac-md5:t", "tsig-key-secret", SECRET, "tsig-algorithm", "hmac-sha1"},
         DNSHOOK_BAD_CONFIG,
         "leave the latter out",
         NULL},
        {{"tsig-key-name", "nomac:tk1", "tsig-key-secret", SECRET},
         DNSHOOK_BAD_CONFIG,
         "unknown algorithm",
         NULL},
        {{"tsig-key-name", ":tk1", "tsig-key-secret", SECRET},
         DNSHOOK_BAD_CONFIG,
         "unknown algorithm",
         NULL},
        {{"tsig-key-name", "hmac-md5:", "tsig-key-secret", SECRET},
         DNSHOOK_BAD_CONFIG,
         "not a DNS name",
         NULL},
        {{"tsig-key-name", "tk1"}, DNSHOOK_BAD_CONFIG, "without TSIG_KEY:", NULL},
        {{"tsig-key-secret", SECRET}, DNSHOOK_BAD_CONFIG, "without TSIG_KEY_NAME", NULL},
        {{"tsig-key-name", "tk1", "tsig-key-secret", "bad", "tsig-key", "k1", "tsig-secret",
          SECRET},
         DNSHOOK_OK,
         "k1",
         "hmac-sha256"},
        {{"tsig-key-name", "tk1", "tsig-key-secret", SECRET, "tsig-key", "k1"},
         DNSHOOK_BAD_CONFIG,
         "set RFC2136_TSIG_SECRET",
         NULL},
        {{"zone", "a..b"}, DNSHOOK_BAD_CONFIG, "RFC2136_ZONE", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_row(&rows[i]);
}

static void test_key_files(void **state)
{
#define A "algorithm hmac-sha256;"
#define S "secret \"" SECRET "\";"
    static const struct {
        const char *text;
        const char *wanted;
        int status;
        const char *said;
    } rows[] = {
        {"key \"k1\" {\n\talgorithm hmac-sha256;\n\tsecret \"" SECRET "\";\n};\n", NULL, DNSHOOK_OK,
         "k1"},
        {"key k1 { secret " SECRET "; algorithm \"HMAC-SHA256\"; };", NULL, DNSHOOK_OK, "k1"},
        {"# one\n// two\n/* three\n */key /**/\"k1.\"{" A "/* ; */" S "};#end", NULL, DNSHOOK_OK,
         "k1"},
        {"key \"K1.Example\" { " A S " };\r\n", "k1.example.", DNSHOOK_OK, "k1.example"},
        {"key a { " A S " }; key b { " A S " };", "b", DNSHOOK_OK, "b"},
        {"key a { " A S " }; key b { " A S " };", NULL, DNSHOOK_BAD_CONFIG,
         "holds 2 keys: set RFC2136_TSIG_KEY to one of: a, b"},
        {"key a { " A S " };", "b", DNSHOOK_BAD_CONFIG,
         "no key b: set RFC2136_TSIG_KEY to one of: a"},
        {"", NULL, DNSHOOK_BAD_CONFIG, "line 1: there is no key"},
        {"# nothing\n\n", NULL, DNSHOOK_BAD_CONFIG, "line 3: there is no key"},
        {"\n\noptions { };", NULL, DNSHOOK_BAD_CONFIG, "line 3: only statements like key"},
        {SECRET "\n", NULL, DNSHOOK_BAD_CONFIG, "line 1: only statements like key"},
        {"key a { " A S " };\nzone b { };", NULL, DNSHOOK_BAD_CONFIG, "line 2: only"},
        {"key a { " A S " }", NULL, DNSHOOK_BAD_CONFIG, "semicolon is missing after the closing"},
        {"key a { " A S, NULL, DNSHOOK_BAD_CONFIG, "closing brace is missing"},
        {"key a { " A " };", NULL, DNSHOOK_BAD_CONFIG, "no secret"},
        {"key a { " S " };", NULL, DNSHOOK_BAD_CONFIG, "no algorithm"},
        {"key a { " A A S " };", NULL, DNSHOOK_BAD_CONFIG, "twice"},
        {"key a { " S S A " };", NULL, DNSHOOK_BAD_CONFIG, "twice"},
        {"key a { " A S "\nserver x; };", NULL, DNSHOOK_BAD_CONFIG, "line 2: only algorithm"},
        {"key { " A S " };", NULL, DNSHOOK_BAD_CONFIG, "no name"},
        {"key \"\" { " A S " };", NULL, DNSHOOK_BAD_CONFIG, "no name"},
        {"key a " A S " };", NULL, DNSHOOK_BAD_CONFIG, "opening brace"},
        {"key a { " A "secret \"" SECRET ";\n };", NULL, DNSHOOK_BAD_CONFIG, "quotation mark"},
        {"key a { " A "secret ; };", NULL, DNSHOOK_BAD_CONFIG, "value is missing"},
        {"key a { " A "secret \"\"; };", NULL, DNSHOOK_BAD_CONFIG, "value is missing"},
        {"key a { " A "secret " SECRET " };", NULL, DNSHOOK_BAD_CONFIG, "semicolon"},
        {"key a { " A "secret \"c2Vj!\"; };", NULL, DNSHOOK_BAD_CONFIG, "not base64"},
        {"key a { algorithm sha256; " S " };", NULL, DNSHOOK_BAD_CONFIG, "unknown algorithm"},
        {"/* key a { " A S " };", NULL, DNSHOOK_BAD_CONFIG, "does not end"},
        {"key a..b { " A S " };", NULL, DNSHOOK_BAD_CONFIG, "not a DNS name"},
        {"Private-key-format: v1.3\nAlgorithm: 163 (HMAC_SHA256)\nKey: " SECRET "\nBits: AAA=\n",
         "k1", DNSHOOK_OK, "k1"},
        {"Private-key-format: v1.3\nAlgorithm: 163 (HMAC_SHA256)\nKey: " SECRET "\n", NULL,
         DNSHOOK_BAD_CONFIG, "set RFC2136_TSIG_KEY"},
        {"Private-key-format: v1.3\nAlgorithm: 8 (RSASHA256)\nModulus: AAA=\n", "k1",
         DNSHOOK_BAD_CONFIG, "\"Key:\" is missing"},
        {"Private-key-format: v1.3\nAlgorithm: 8 (RSASHA256)\nKey: " SECRET "\n", "k1",
         DNSHOOK_BAD_CONFIG, "unknown algorithm"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_file("key", rows[i].text, 0600);
        const struct row row = {
            {"tsig-file", path, rows[i].wanted == NULL ? NULL : "tsig-key", rows[i].wanted},
            rows[i].status,
            rows[i].said,
            rows[i].status == DNSHOOK_OK ? "hmac-sha256" : NULL};

        check_row(&row);
        (void)unlink(path);
    }
}

static void test_the_name_of_a_private_file(void **state)
{
    (void)state;
    write_file("Kk1.example.+165+12345.private",
               "Private-key-format: v1.3\nAlgorithm: 165 (HMAC_SHA512)\nKey: " SECRET "\n", 0600);
    const struct row good = {{"tsig-file", path}, DNSHOOK_OK, "k1.example", "hmac-sha512"};
    const struct row other = {{"tsig-file", path, "tsig-algorithm", "hmac-sha256"},
                              DNSHOOK_BAD_CONFIG,
                              "leave the latter out",
                              NULL};
    const struct row same = {{"tsig-file", path, "tsig-algorithm", "HMAC-SHA512."},
                             DNSHOOK_OK,
                             "k1.example",
                             "hmac-sha512"};

    check_row(&good);
    check_row(&other);
    check_row(&same);
    (void)unlink(path);
}

static void test_modes_of_key_files(void **state)
{
    static const struct {
        mode_t mode;
        gid_t group;
        int status;
    } rows[] = {
        {0600, 0, DNSHOOK_OK},     {0640, 0, DNSHOOK_OK},      {0400, 0, DNSHOOK_OK},
        {0440, 0, DNSHOOK_OK},     {0644, 0, DNSHOOK_DENIED},  {0602, 0, DNSHOOK_DENIED},
        {0604, 0, DNSHOOK_DENIED}, {0640, 99, DNSHOOK_OK},     {0660, 99, DNSHOOK_DENIED},
        {0660, 0, DNSHOOK_OK},     {0620, 99, DNSHOOK_DENIED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_file("key", "key k1 { " A S " };", rows[i].mode);
        if (chown(path, (uid_t)-1, rows[i].group) != 0)
            skip(); /* only root can give a file away */
        const struct row row = {{"tsig-file", path},
                                rows[i].status,
                                rows[i].status == DNSHOOK_OK ? "k1" : "chmod",
                                rows[i].status == DNSHOOK_OK ? "hmac-sha256" : NULL};

        check_row(&row);
        (void)unlink(path);
    }
}

static void test_what_is_no_key_file(void **state)
{
    struct row row = {{"tsig-file", "/nowhere/at/all"}, DNSHOOK_BAD_CONFIG, "no such file", NULL};
    char link[128];

    (void)state;
    check_row(&row);
    row = (struct row){{"tsig-file", dir}, DNSHOOK_BAD_CONFIG, "no regular file", NULL};
    check_row(&row);
    (void)snprintf(path, sizeof path, "%s/fifo", dir);
    assert_int_equal(mkfifo(path, 0600), 0);
    row = (struct row){{"tsig-file", path}, DNSHOOK_BAD_CONFIG, "no regular file", NULL};
    check_row(&row); /* and does not wait for a writer */
    (void)unlink(path);
    write_file("key", "key k1 { " A S " };", 0600);
    (void)snprintf(link, sizeof link, "%s/link", dir);
    assert_int_equal(symlink(path, link), 0);
    row = (struct row){{"tsig-file", link}, DNSHOOK_OK, "k1", "hmac-sha256"};
    check_row(&row);
    (void)unlink(link);
    assert_int_equal(truncate(path, KEYFILE_MAX + 1), 0);
    row = (struct row){{"tsig-file", path}, DNSHOOK_BAD_CONFIG, "larger than 65536 bytes", NULL};
    check_row(&row);
    (void)unlink(path);
}

static void test_an_unreadable_file_as_another_user(void **state)
{
    const struct row row = {{"tsig-file", path}, DNSHOOK_BAD_CONFIG, "Permission denied", NULL};

    (void)state;
    if (geteuid() != 0)
        skip(); /* only root can become another user */
    write_file("key", "key k1 { " A S " };", 0600);
    assert_int_equal(chmod(dir, 0711), 0);
    assert_int_equal(seteuid(65534), 0);
    check_row(&row);
    assert_int_equal(seteuid(0), 0);
    (void)unlink(path);
}

/* Every file of up to 64 KiB is read or refused, whatever is in it. */
static void test_mutated_key_files(void **state)
{
    static const char model[] = "key \"a\" { " A S " }; /* x */ key b { " S A " }; // y\n# z\n";
    uint32_t seed = 8945;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct fake_host *const fake = fake_host_new();
        struct tsig_key key = {.algorithm = NULL};
        char text[sizeof model];

        memcpy(text, model, sizeof model);
        for (int n = 0; n < 4; n++) {
            seed = seed * 1664525U + 1013904223U;
            text[(seed >> 8) % (sizeof model - 1)] = "{};\"/*# \nkeyAB="[(seed >> 20) % 15];
        }
        write_file("key", text, 0600);
        const int status = keyfile_read(&fake->host, path, "a", &key);

        assert_true(status == DNSHOOK_OK || status == DNSHOOK_BAD_CONFIG);
        fake->host.free(&fake->host, key.secret);
        assert_int_equal(fake_host_free(fake), 0);
        (void)unlink(path);
    }
}

static void test_base64(void **state)
{
    static const struct {
        const char *text;
        const char *plain; /* NULL: refused */
    } rows[] = {
        {"", ""},
        {"Zg==", "f"},
        {"Zm8=", "fo"},
        {"Zm9v", "foo"},
        {"Zm9vYg==", "foob"},
        {"Zm9v\nYmE=", "fooba"},
        {" Zm9v YmFy ", "foobar"},
        {"Zg=", NULL},
        {"Zg", NULL},
        {"Z", NULL},
        {"Zg===", NULL},
        {"====", NULL},
        {"Z===", NULL},
        {"Zh==", NULL},
        {"Zm9=", NULL},
        {"Zg==Zg==", NULL},
        {"Zm9v=", NULL},
        {"Zm9-", NULL},
        {"Zm9_", NULL},
        {"Zm=v", NULL},
        {"Zg==x", NULL},
        {"\x80m9v", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t *const out = malloc(BASE64_ROOM(strlen(rows[i].text)));
        size_t size = 0;
        const bool good = base64_read(rows[i].text, strlen(rows[i].text), out, &size);

        assert_int_equal(good, rows[i].plain != NULL);
        if (good) {
            assert_int_equal(size, strlen(rows[i].plain));
            assert_memory_equal(out, rows[i].plain, size);
        }
        free(out);
    }
}

static void test_no_memory(void **state)
{
    int status = DNSHOOK_NO_MEMORY;

    (void)state;
    write_file("key", "key k1 { " A S " };", 0600);
    for (long n = 1; status != DNSHOOK_OK; n++) {
        struct fake_host *const fake = fake_host_new();
        struct settings settings = {.port = 0};

        fake_host_set(fake, "tsig-file", path);
        fake->fail_alloc = n;
        status = settings_read(&fake->host, &settings);
        assert_int_equal(status, fake->allocations < n ? DNSHOOK_OK : DNSHOOK_NO_MEMORY);
        assert_int_equal(fake->fails, status != DNSHOOK_OK);
        settings_wipe(&fake->host, &settings);
        assert_int_equal(fake_host_free(fake), 0);
    }
    (void)unlink(path);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_servers),
        cmocka_unit_test(test_a_long_server_is_refused),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_key_files),
        cmocka_unit_test(test_the_name_of_a_private_file),
        cmocka_unit_test(test_modes_of_key_files),
        cmocka_unit_test(test_what_is_no_key_file),
        cmocka_unit_test(test_an_unreadable_file_as_another_user),
        cmocka_unit_test(test_mutated_key_files),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_no_memory),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
