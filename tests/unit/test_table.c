/* core/table.c: what is known of every address, for people and as JSON. */
#include "deadline.h"
#include "dnshook/provider.h"
#include "sandbox.h"
#include "table.h"

#include "check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>

enum { HOUR = 3600000, ADDRESSES = 3 };

static struct dns *dns;
static struct authority authority;
static struct watch watch;
static const char *const values[] = {"value"};

/* ns1 at two addresses, the second of which ns2 shares; ns2 at a third. */
static int set_up(void **state)
{
    static const char *const texts[ADDRESSES] = {"192.0.2.1:5353", "[2001:db8::1]:5353",
                                                 "192.0.2.3:5353"};
    static const uint32_t names[ADDRESSES] = {1, 3, 2};

    (void)state;
    memset(&authority, 0, sizeof authority);
    if (deadline_start(HOUR, 0) != DNSHOOK_OK || dns_open(&dns) != DNSHOOK_OK ||
        authority_add_name(&authority, "ns1.example", FROM_PARENT) != DNSHOOK_OK ||
        authority_add_name(&authority, "ns2.example", FROM_PARENT) != DNSHOOK_OK)
        return -1;
    for (size_t i = 0; i < ADDRESSES; i++) {
        struct address address;

        if (!address_parse(texts[i], DNS_PORT, &address))
            return -1;
        authority.addresses[i].server = dns_server(dns, &address);
        authority.addresses[i].names = names[i];
    }
    authority.address_count = ADDRESSES;
    watch_init(&watch, "n.example", values, 1, &authority);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < authority.name_count; i++)
        free(authority.names[i].name);
    dns_close(dns);
    return 0;
}

/* What the addresses have seen. */
static void fill(void)
{
    watch.sightings[0].sight = SIGHT_WITHOUT;
    watch.sightings[0].served_at = 1234;
    watch.sightings[0].gone_at = 61005;
    watch.sightings[0].questions = 7;
    (void)snprintf(watch.sightings[0].said, sizeof watch.sightings[0].said, "NXDOMAIN");
    watch.sightings[1].sight = SIGHT_SERVING;
    watch.sightings[1].served_at = 0;
    (void)snprintf(watch.sightings[1].said, sizeof watch.sightings[1].said, "the value");
    watch.sightings[2].sight = SIGHT_LAME;
    (void)snprintf(watch.sightings[2].said, sizeof watch.sightings[2].said, "a\x1b[1m\nb");
}

/* The table as text, to be freed. */
static char *printed(enum table_kind kind)
{
    char *text = NULL;
    size_t size = 0;
    FILE *const out = open_memstream(&text, &size);

    assert_non_null(out);
    table_print(out, &watch, kind);
    assert_int_equal(fclose(out), 0);
    return text;
}

/* Fails unless a line of the text holds all the words. */
static void assert_line(const char *text, const char *const words[])
{
    char copy[4096];
    char *rest = copy;

    (void)snprintf(copy, sizeof copy, "%s", text);
    for (const char *line; (line = strtok_r(NULL, "\n", &rest)) != NULL;) {
        size_t i = 0;

        while (words[i] != NULL && strstr(line, words[i]) != NULL)
            i++;
        if (words[i] == NULL)
            return;
    }
    fail_msg("no line with '%s' in:\n%s", words[0], text);
}

static void times_for_people(void **state)
{
    static const char *const lines[][6] = {
        {"nameserver", "address", "now", "had it", "lost it", NULL},
        {"ns1.example", "192.0.2.1:5353", "gone", "1.234 s", "61.005 s", NULL},
        {"ns1.example, ns2.example", "[2001:db8::1]:5353", "serving", "0.000 s", "-", NULL},
        {"ns2.example", "192.0.2.3:5353", "lame", "- ", NULL},
    };
    char *text;

    (void)state;
    fill();
    text = printed(TABLE_TIMES);
    for (size_t i = 0; i < COUNT(lines); i++)
        assert_line(text, lines[i]);
    assert_lacks(text, "NXDOMAIN");
    free(text);
}

/* What a server said is made safe. */
static void now_for_people(void **state)
{
    static const char *const lines[][4] = {
        {"nameserver", "address", "said", NULL},
        {"192.0.2.1:5353", "without the value", "NXDOMAIN", NULL},
        {"192.0.2.3:5353", "lame", "a\\x1b[1m\\x0ab", NULL},
    };
    char *text;

    (void)state;
    fill();
    text = printed(TABLE_NOW);
    for (size_t i = 0; i < COUNT(lines); i++)
        assert_line(text, lines[i]);
    free(text);
}

static void json_shape(void **state)
{
    json_t *table;
    json_t *row;
    json_t *wanted;

    (void)state;
    fill();
    table = table_json(&watch);
    assert_non_null(table);
    assert_int_equal(json_array_size(table), ADDRESSES);
    row = json_array_get(table, 0);
    wanted = json_pack("{s:[s], s:s, s:s, s:s, s:i, s:i, s:i}", "nameservers", "ns1.example",
                       "address", "192.0.2.1:5353", "state", "gone", "said", "NXDOMAIN",
                       "served-after-ms", 1234, "gone-after-ms", 61005, "questions", 7);
    assert_non_null(wanted);
    assert_true(json_equal(row, wanted));
    json_decref(wanted);
    row = json_array_get(table, 1);
    assert_int_equal(json_array_size(json_object_get(row, "nameservers")), 2);
    assert_int_equal(json_integer_value(json_object_get(row, "served-after-ms")), 0);
    assert_true(json_is_null(json_object_get(row, "gone-after-ms")));
    row = json_array_get(table, 2);
    assert_string_equal(json_string_value(json_object_get(row, "said")), "a\\x1b[1m\\x0ab");
    assert_true(json_is_null(json_object_get(row, "served-after-ms")));
    json_decref(table);
}

static void json_of_nothing(void **state)
{
    json_t *table;

    (void)state;
    watch.count = 0;
    table = table_json(&watch);
    assert_int_equal(json_array_size(table), 0);
    json_decref(table);
}

/* Prints a JSON object to `path` as standard output; the status. */
static int print_to(const char *path, json_t *object)
{
    const int saved = dup(STDOUT_FILENO);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int status;

    (void)fflush(stdout);
    assert_true(saved >= 0 && fd >= 0);
    (void)dup2(fd, STDOUT_FILENO);
    (void)close(fd);
    status = table_print_json(object);
    (void)fflush(stdout);
    (void)dup2(saved, STDOUT_FILENO);
    (void)close(saved);
    return status;
}

static void printing_json(void **state)
{
    const char *const path = sandbox_path("json");
    char text[64] = "";
    FILE *file;

    (void)state;
    assert_int_equal(print_to(path, json_pack("{s:s}", "a", "\xc3\xa4")), DNSHOOK_OK);
    file = fopen(path, "re");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    assert_string_equal(text, "{\n  \"a\": \"\\u00E4\"\n}\n");
    sandbox_capture();
    assert_int_equal(table_print_json(NULL), DNSHOOK_NO_MEMORY);
    assert_has(sandbox_release(), "out of memory");
}

/* Without a terminal nothing is drawn. */
static void no_terminal(void **state)
{
    (void)state;
    fill();
    sandbox_capture();
    table_draw(&watch);
    table_erase();
    assert_string_equal(sandbox_release(), "");
}

/* Draws on a pseudo-terminal of a width; what arrives there is in `text`. */
static void draw_on(int terminal, unsigned short width, char *text, size_t size)
{
    const struct winsize window = {.ws_row = 24, .ws_col = width};
    const int saved = dup(STDERR_FILENO);
    const int fd = open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
    size_t used = 0;
    ssize_t got;

    assert_true(saved >= 0 && fd >= 0);
    assert_int_equal(ioctl(fd, TIOCSWINSZ, &window), 0);
    (void)dup2(fd, STDERR_FILENO);
    table_draw(&watch);
    table_draw(&watch);
    table_erase();
    (void)dup2(saved, STDERR_FILENO);
    (void)close(saved);
    (void)close(fd);
    while (used + 1 < size && (got = read(terminal, text + used, size - 1 - used)) > 0)
        used += (size_t)got; /* until the other end is closed */
    text[used] = '\0';
}

/* On a terminal the second table takes the place of the first, and no line is wider. */
static void on_a_terminal(void **state)
{
    const int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    char text[4096];
    const char *up;
    size_t lines = 0;

    (void)state;
    assert_true(terminal >= 0);
    assert_int_equal(grantpt(terminal) + unlockpt(terminal), 0);
    fill();
    draw_on(terminal, 40, text, sizeof text);
    up = strstr(text, "\033[4A\033[J");
    assert_non_null(up);
    assert_non_null(strstr(up + 1, "\033[4A\033[J"));
    for (const char *line = text; line < up; line = strchr(line, '\n') + 1) {
        assert_true(strcspn(line, "\r\n") <= 39);
        lines++;
    }
    assert_int_equal(lines, ADDRESSES + 1);
    (void)close(terminal);
}

#define TABLE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TABLE_TEST(times_for_people),    TABLE_TEST(now_for_people), TABLE_TEST(json_shape),
        TABLE_TEST(json_of_nothing),     TABLE_TEST(no_terminal),    TABLE_TEST(on_a_terminal),
        cmocka_unit_test(printing_json),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
