/* The shared files of the AWS tools: their grammar, where they are, whether they may be trusted. */
#include "fake_aws_host.h"
#include "profile.h"
#include "profile_parse.h"
#include "textfile.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static char dir[] = "/tmp/dnshook-profile-XXXXXX";
static char config_path[64];
static char credentials_path[64];
static struct fake_aws_host *fake;

/* Writes a file, or removes it where `text` is NULL. */
static void write_file(const char *path, const char *text, mode_t mode)
{
    (void)unlink(path);
    if (text == NULL)
        return;

    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

/* Reads both files under a fresh host. */
static int read_files(const char *config, const char *credentials)
{
    write_file(config_path, config, 0600);
    write_file(credentials_path, credentials, 0600);
    return profiles_read(&fake->aws);
}

static int begin(void **state)
{
    (void)state;
    fake = fake_aws_new();
    fake_aws_set(fake, "AWS_CONFIG_FILE", config_path);
    fake_aws_set(fake, "AWS_SHARED_CREDENTIALS_FILE", credentials_path);
    return 0;
}

static int end(void **state)
{
    (void)state;
    (void)unlink(config_path);
    (void)unlink(credentials_path);
    return fake_aws_free(fake) ? 0 : -1;
}

static int begin_all(void **state)
{
    (void)state;
    if (mkdtemp(dir) == NULL)
        return -1;
    (void)snprintf(config_path, sizeof config_path, "%s/config", dir);
    (void)snprintf(credentials_path, sizeof credentials_path, "%s/credentials", dir);
    return 0;
}

static int end_all(void **state)
{
    (void)state;
    return rmdir(dir);
}

/* ---- the published cases --------------------------------------------------------------------- */

static const struct {
    const char *key;
    enum profile_kind kind;
} kinds[] = {
    {"profiles", PROFILE},
    {"sso_sessions", PROFILE_SSO_SESSION},
};

/* The sections that a case expects. */
struct expected {
    const json_t *output;
    unsigned seen;
};

static const json_t *section_of(const json_t *output, const struct profile_item *item)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (kinds[i].kind == item->kind)
            return json_object_get(json_object_get(json_object_get(output, "config"), kinds[i].key),
                                   item->section);
    return NULL;
}

/* Whatever stands in a file and is not passed over must be expected. */
static bool check_item(void *opaque, const struct profile_item *item)
{
    const struct expected *const expected = opaque;
    const json_t *const section = section_of(expected->output, item);

    if (!profiles_has(&fake->aws, item->kind, item->section))
        fail_msg("section %s is lost", item->section);
    if (section == NULL)
        fail_msg("section %s is not expected", item->section);
    if (item->name == NULL)
        return true;

    const char *const value = profiles_get(&fake->aws, item->kind, item->section, item->name);
    const char *const wanted = json_string_value(json_object_get(section, item->name));

    if (value == NULL)
        return true; /* overruled, as a whole section */
    if (wanted == NULL)
        fail_msg("property %s is not expected", item->name);
    assert_string_equal(value, wanted);
    return true;
}

/* Everything that is expected must be there. */
static void check_output(const json_t *output)
{
    for (size_t i = 0; i < COUNT(kinds); i++) {
        json_t *const sections = json_object_get(json_object_get(output, "config"), kinds[i].key);
        const char *name, *property;
        json_t *section, *value;

        json_object_foreach(sections, name, section)
        {
            if (!profiles_has(&fake->aws, kinds[i].kind, name))
                fail_msg("section %s is missing", name);
            json_object_foreach(section, property, value)
            {
                const char *const got = profiles_get(&fake->aws, kinds[i].kind, name, property);

                if (got == NULL)
                    fail_msg("property %s is missing", property);
                assert_string_equal(got, json_string_value(value));
            }
        }
    }
}

static void check_file(const char *text, enum profile_file file, const json_t *output)
{
    struct expected expected = {.output = output};
    struct profile_error error;
    char *const copy = text == NULL ? NULL : strdup(text);

    if (copy != NULL)
        assert_true(profile_parse(copy, file, check_item, &expected, &error));
    free(copy);
}

static void run_case(const json_t *test)
{
    const json_t *const input = json_object_get(test, "input");
    const json_t *const output = json_object_get(test, "output");
    const char *const config = json_string_value(json_object_get(input, "configFile"));
    const char *const credentials = json_string_value(json_object_get(input, "credentialsFile"));
    const char *const error = json_string_value(json_object_get(output, "errorContaining"));
    const int status = read_files(config, credentials);

    if (error != NULL) {
        assert_int_equal(status, DNSHOOK_BAD_CONFIG);
        assert_int_equal(fake->fails, 1);
        assert_has(fake->failed, error);
        assert_has(fake->failed, ", line ");
        return;
    }
    assert_int_equal(status, DNSHOOK_OK);
    check_output(output);
    check_file(config, PROFILE_CONFIG, output);
    check_file(credentials, PROFILE_CREDENTIALS, output);
}

static json_t *load_vectors(const char *name)
{
    const char *const path = fake_aws_vectors(name);
    json_t *const root = path == NULL ? NULL : json_load_file(path, 0, NULL);

    assert_non_null(root);
    return root;
}

static void published_parser_cases(void **state)
{
    json_t *const root = load_vectors("profile-parser-tests.json");
    json_t *test;
    size_t i;

    json_array_foreach(json_object_get(root, "tests"), i, test)
    {
        print_message("# %s\n", json_string_value(json_object_get(test, "name")));
        run_case(test);
        (void)end(state);
        (void)begin(state);
    }
    print_message("# %zu cases\n", i);
    assert_int_equal(i, 65);
    json_decref(root);
}

static void check_location(const json_t *test, const char *key, enum profile_file file)
{
    char *const path = profiles_path(&fake->aws, file);

    assert_string_equal(path, json_string_value(json_object_get(test, key)));
    fake->host.free(&fake->host, path);
}

static void published_location_cases(void **state)
{
    json_t *const root = load_vectors("file-location-tests.json");
    char *const home = strdup(getenv("HOME") == NULL ? "" : getenv("HOME"));
    json_t *test, *value;
    const char *name;
    size_t i, cases = 0;

    json_array_foreach(json_object_get(root, "tests"), i, test)
    {
        const char *const profile = json_string_value(json_object_get(test, "profile"));

        if (strcmp(json_string_value(json_object_get(test, "platform")), "linux") != 0)
            continue;
        (void)fake_aws_free(fake);
        fake = fake_aws_new();
        json_object_foreach(json_object_get(test, "environment"), name,
                            value) if (strncmp(name, "AWS_", 4) == 0)
            fake_aws_set(fake, name, json_string_value(value));
        else assert_int_equal(setenv(name, json_string_value(value), 1), 0);
        check_location(test, "configLocation", PROFILE_CONFIG);
        check_location(test, "credentialsLocation", PROFILE_CREDENTIALS);
        assert_string_equal(profiles_chosen(&fake->aws), profile == NULL ? "default" : profile);
        cases++;
    }
    print_message("# %zu cases\n", cases);
    assert_int_equal(cases, 4); /* the other 5 of the 9 are of Windows */
    json_decref(root);
    assert_int_equal(setenv("HOME", home, 1), 0);
    free(home);
    (void)state;
}

static void no_vectors(void **state)
{
    (void)state;
}

/* ---- the same rules by heart ----------------------------------------------------------------- */

static const char *get(const char *profile, const char *property)
{
    return profiles_get(&fake->aws, PROFILE, profile, property);
}

static void both_files(void **state)
{
    (void)state;
    assert_int_equal(
        read_files("# comment\r\n[profile dns]\r\nregion = eu-west-1 # comment\r\n"
                   "Role_ARN=arn:aws:iam::1:role/x;y\n[default]\nregion = hidden\n"
                   "[ profile\tdefault ] ; comment\nregion=us-east-1\n"
                   "[sso-session corp]\nsso_region = eu-west-1\n[other]\nx = y\n",
                   "\xef\xbb\xbf[dns]\naws_access_key_id = AKID\naws_secret_access_key = " CANARY
                   "/+=\nregion = eu-north-1\n[profile x]\na = b\n"),
        DNSHOOK_OK);
    assert_string_equal(get("dns", "aws_secret_access_key"), CANARY "/+=");
    assert_string_equal(get("dns", "region"), "eu-north-1");
    assert_string_equal(get("dns", "role_arn"), "arn:aws:iam::1:role/x;y");
    assert_string_equal(get("default", "region"), "us-east-1");
    assert_false(profiles_has(&fake->aws, PROFILE, "other"));
    assert_false(profiles_has(&fake->aws, PROFILE, "x"));
    assert_true(profiles_has(&fake->aws, PROFILE_SSO_SESSION, "corp"));
    assert_false(profiles_has(&fake->aws, PROFILE, "corp"));
    assert_string_equal(profiles_file(&fake->aws, PROFILE, "dns", "region"), credentials_path);
    assert_string_equal(profiles_file(&fake->aws, PROFILE, "dns", "role_arn"), config_path);
    assert_null(profiles_file(&fake->aws, PROFILE, "dns", "nothing"));
    assert_null(get("nobody", "region"));
}

static void nested_properties(void **state)
{
    static const char config[] =
        "[services all]\nroute_53 =\n  endpoint_url = http://a\n\n  # comment\n"
        "\tEndpoint_URL = https://b/#c ; comment\n  empty =\nsts =\n endpoint_url = https://sts\n"
        "[profile p]\nservices = all\n";

    (void)state;
    assert_int_equal(read_files(config, NULL), DNSHOOK_OK);
    assert_string_equal(
        profiles_get_nested(&fake->aws, PROFILE_SERVICES, "all", "route_53", "endpoint_url"),
        "https://b/#c");
    assert_string_equal(
        profiles_get_nested(&fake->aws, PROFILE_SERVICES, "all", "route_53", "empty"), "");
    assert_string_equal(
        profiles_get_nested(&fake->aws, PROFILE_SERVICES, "all", "sts", "endpoint_url"),
        "https://sts");
    assert_null(profiles_get_nested(&fake->aws, PROFILE_SERVICES, "all", "sts", "endpoint"));
    assert_null(profiles_get_nested(&fake->aws, PROFILE_SERVICES, "none", "sts", "endpoint_url"));
    assert_null(profiles_get_nested(&fake->aws, PROFILE, "p", "services", "all"));
}

static void errors_name_file_and_line(void **state)
{
    static const struct {
        const char *config;
        const char *what;
    } rows[] = {
        {"[profile a]\n[profile b", "line 2: Profile definition must end with ']'"},
        {"[profile a] x", "line 1: Profile definition must end with ']'"},
        {"\n\na = b", "line 3: Expected a profile definition"},
        {"[profile a]\na b", "line 2: Expected an '=' sign"},
        {"[profile a]\n= b", "line 2: Property did not have a name"},
        {"[profile a]\n b", "line 2: Expected a property definition, found continuation"},
        {"[profile a]\nb =\n c", "line 3: Expected an '=' sign defining a sub-property"},
        {"[profile a]\nb =\n = c", "line 3: Sub-property did not have a name"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(read_files(rows[i].config, NULL), DNSHOOK_BAD_CONFIG);
        assert_has(fake->failed, rows[i].what);
        assert_has(fake->failed, config_path);
        assert_int_equal(fake->fails, 1);
        assert_null(fake->aws.profiles);
        (void)end(state);
        (void)begin(state);
    }
}

/* ---- files ----------------------------------------------------------------------------------- */

#define KEYS "[default]\naws_access_key_id = AKID\naws_secret_access_key = " CANARY "\n"

static void modes(void **state)
{
    static const struct {
        const char *text;
        mode_t mode;
        int status;
        const char *what;
    } rows[] = {
        {KEYS, 0600, DNSHOOK_OK, ""},
        {KEYS, 0640, DNSHOOK_OK, ""},
        {KEYS, 0644, DNSHOOK_DENIED, "everybody may read it: run chmod o="},
        {KEYS, 0602, DNSHOOK_DENIED, "may be written by others (mode 0602): run chmod go-w"},
        {"[default]\nregion = x\n", 0644, DNSHOOK_OK, ""},
        {"[default]\nregion = x\n", 0666, DNSHOOK_DENIED, "may be written by others"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        write_file(credentials_path, rows[i].text, rows[i].mode);
        assert_int_equal(profiles_read(&fake->aws), rows[i].status);
        assert_has(fake->failed, rows[i].what);
        if (rows[i].status != DNSHOOK_OK)
            assert_has(fake->failed, credentials_path);
        (void)end(state);
        (void)begin(state);
    }
}

static void not_a_text(void **state)
{
    (void)state;
    write_file(config_path, NULL, 0);
    assert_int_equal(mkdir(config_path, 0700), 0);
    assert_int_equal(profiles_read(&fake->aws), DNSHOOK_BAD_CONFIG);
    assert_has(fake->failed, "is no regular file");
    assert_int_equal(rmdir(config_path), 0);

    const int fd = open(config_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    assert_int_equal(write(fd, "[a]\0b", 5), 5);
    assert_int_equal(profiles_read(&fake->aws), DNSHOOK_BAD_CONFIG);
    assert_has(fake->failed, "not a text");
    assert_int_equal(ftruncate(fd, 2000000), 0);
    assert_int_equal(profiles_read(&fake->aws), DNSHOOK_BAD_CONFIG);
    assert_has(fake->failed, "larger than");
    close(fd);
}

static void a_fifo_does_not_hold_us(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(config_path, 0600), 0);
    assert_int_equal(profiles_read(&fake->aws), DNSHOOK_BAD_CONFIG);
}

static void no_files_at_all(void **state)
{
    (void)state;
    assert_int_equal(read_files(NULL, NULL), DNSHOOK_OK);
    assert_false(profiles_any(&fake->aws, PROFILE));
    assert_int_equal(fake->fails, 0);
}

static void home_in_paths(void **state)
{
    char *const home = strdup(getenv("HOME") == NULL ? "" : getenv("HOME"));

    (void)state;
    assert_int_equal(setenv("HOME", "/home/user", 1), 0);
    fake_aws_set(fake, "AWS_CONFIG_FILE", "~/aws/config");
    assert_string_equal(profiles_path(&fake->aws, PROFILE_CONFIG), "/home/user/aws/config");
    fake_aws_set(fake, "AWS_CONFIG_FILE", NULL);
    assert_string_equal(profiles_path(&fake->aws, PROFILE_CONFIG), "/home/user/.aws/config");
    assert_int_equal(unsetenv("HOME"), 0);
    assert_has(profiles_path(&fake->aws, PROFILE_CONFIG),
               "/.aws/config"); /* of the user database */
    assert_int_equal(setenv("HOME", home, 1), 0);
    free(home);
}

static void who_may_name_code(void **state)
{
    char why[TEXTFILE_WHY_SIZE] = "";

    (void)state;
    write_file(config_path, "x", 0600);
    assert_true(textfile_may_name_code(config_path, why));
    assert_int_equal(chmod(config_path, 0602), 0);
    assert_false(textfile_may_name_code(config_path, why));
    assert_has(why, "may be written by others");
    assert_int_equal(chmod(config_path, 0600), 0);
    assert_int_equal(chmod(dir, 0702), 0);
    assert_false(textfile_may_name_code(config_path, why));
    assert_has(why, dir);
    assert_int_equal(chmod(dir, 0700), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(config_path, 65534, 0), 0);
        assert_false(textfile_may_name_code(config_path, why));
        assert_has(why, "belongs to another user");
    }
    write_file(config_path, NULL, 0);
    assert_false(textfile_may_name_code(config_path, why));
}

/* ---- hostile texts --------------------------------------------------------------------------- */

static bool count_item(void *opaque, const struct profile_item *item)
{
    size_t *const sum = opaque;

    *sum += strlen(item->section);
    if (item->name != NULL) {
        size_t size = 0;
        const char *const nested = profile_parse_nested(item->value, "name", &size);

        *sum += strlen(item->name) + strlen(item->value) + (nested == NULL ? 0 : size);
    }
    return true;
}

static unsigned long seed = 20260102;

static unsigned random_below(unsigned most)
{
    seed = seed * 6364136223846793005UL + 1442695040888963407UL;
    return (unsigned)((seed >> 33) % most);
}

/* Changes, takes out, doubles or puts in bytes. */
static size_t mutate(char *text, size_t size, size_t room)
{
    static const char bytes[] = "[]=#; \t\r\n\"'\\abc_-/.%@:+\x01\x7f\xc3\xff";

    for (unsigned i = random_below(8) + 1; i > 0; i--) {
        const size_t at = size == 0 ? 0 : random_below((unsigned)size);
        const size_t part = size == 0 ? 0 : random_below((unsigned)(size - at)) % 40;

        switch (random_below(4)) {
        case 0:
            if (size > 0)
                text[at] = bytes[random_below(sizeof bytes - 1)];
            break;
        case 1:
            memmove(text + at, text + at + part, size - at - part);
            size -= part;
            break;
        case 2:
            if (size + part < room) {
                memmove(text + at + part, text + at, size - at);
                size += part;
            }
            break;
        default:
            if (size + 1 < room) {
                memmove(text + at + 1, text + at, size - at);
                text[at] = bytes[random_below(sizeof bytes - 1)];
                size++;
            }
        }
    }
    return size;
}

/* A mutated text, in memory of exactly its size, so that a byte too far is seen. */
static void parse_mutated(const char *seed_text, enum profile_file file)
{
    char text[2048];
    size_t size = strlen(seed_text);
    size_t sum = 0;
    struct profile_error error;

    memcpy(text, seed_text, size);
    size = mutate(text, size, sizeof text);

    char *const exact = malloc(size + 1);

    memcpy(exact, text, size);
    exact[size] = '\0';

    const size_t length = strlen(exact);
    const bool good = profile_parse(exact, file, count_item, &sum, &error);

    assert_true(good || error.what != NULL);
    assert_true(good || (error.line >= 1 && error.line <= length + 1));
    assert_true(sum <= 4 * (length + 1) * (length + 1));
    free(exact);
}

static void mutated_texts(void **state)
{
    static const char *const seeds[] = {
        "[profile foo]\nname = value\n -continued # Comment\n\n[default] ; x\ns3 =\n a = b\n c =\n",
        "[foo]\r\naws_access_key_id = AKID\r\naws_secret_access_key = s\r\n[bar]\r\nx=y\r\n",
        "\xef\xbb\xbf# c\n[sso-session s]\nsso_region = a\n[services t]\nroute_53 =\n name = u\n",
        "[profile a]\nx =\n  name = 1\n  name = 2\n\t\n  b = c ; d\n[profile default]\nk = v",
    };

    (void)state;
    for (unsigned i = 0; i < 40000; i++)
        parse_mutated(seeds[i % COUNT(seeds)],
                      i / 2 % 2 == 0 ? PROFILE_CONFIG : PROFILE_CREDENTIALS);
}

/* Each allocation fails once. */
static void out_of_memory(void **state)
{
    for (long n = 1; n < 100; n++) {
        fake->fail_alloc = n;

        const int status = read_files("[profile a]\nx = y\n", "[a]\nz = 1\n");

        if (fake->allocations < n) {
            assert_int_equal(status, DNSHOOK_OK);
            assert_true(n > 5);
            return;
        }
        assert_int_equal(status, DNSHOOK_NO_MEMORY);
        assert_int_equal(fake->fails, 1);
        assert_int_equal(fake->live, 0);
        (void)end(state);
        (void)begin(state);
    }
    fail_msg("no end");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)
#define PUBLISHED(function, file)                                                                  \
    (fake_aws_vectors(file) != NULL                                                                \
         ? (struct CMUnitTest){#function, function, begin, end, NULL}                              \
         : (struct CMUnitTest){#function " # SKIP no shared/vectors/aws-profiles", no_vectors,     \
                               NULL, NULL, NULL})

int main(void)
{
    const struct CMUnitTest tests[] = {
        PUBLISHED(published_parser_cases, "profile-parser-tests.json"),
        PUBLISHED(published_location_cases, "file-location-tests.json"),
        TEST(both_files),
        TEST(nested_properties),
        TEST(errors_name_file_and_line),
        TEST(modes),
        TEST(not_a_text),
        TEST(a_fifo_does_not_hold_us),
        TEST(no_files_at_all),
        TEST(home_in_paths),
        TEST(who_may_name_code),
        TEST(mutated_texts),
        TEST(out_of_memory),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, begin_all, end_all);
}
