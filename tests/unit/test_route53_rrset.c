/* Names, values, and the list of record sets. */
#include "fake_route53.h"
#include "labels.h"
#include "rrset.h"

#include "check.h"

#include <stdlib.h>

/* ---- names ----------------------------------------------------------------------------------- */

#define L63 "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0"
#define N253 L63 "." L63 "." L63 ".abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxy"

static void test_names(void **state)
{
    static const struct {
        const char *host;
        const char *service;
    } rows[] = {
        {"example.com", "example.com."},
        {"_acme-challenge.example.com", "_acme-challenge.example.com."},
        {"*.example.com", "\\052.example.com."},
        {"a\\.b.example.com", "a\\056b.example.com."},
        {"a\\\\b", "a\\134b."},
        {"a\\032b", "a\\040b."},
        {"a\\255", "a\\377."},
        {"\\000", "\\000."},
        {"a@b/c", "a\\100b\\057c."},
        {".", "."},
        {N253, N253 "."},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct labels host;
        struct labels service;
        char text[AWS_NAME_SIZE];

        assert_true(labels_read(rows[i].host, &host));
        assert_true(labels_read_service(rows[i].service, &service));
        assert_true(labels_equal(&host, &service));
        labels_write(&service, text);
        assert_string_equal(text, rows[i].host);
        labels_write_service(&host, text);
        assert_string_equal(text, rows[i].service);
    }
}

static void test_spellings(void **state)
{
    static const char *const same[] = {"*.example.com.", "\\052.Example.COM", "\\052.example.com.",
                                       "\\*.e\\170ample.com"};
    struct labels first;
    struct labels other;

    (void)state;
    assert_true(labels_read_service(same[0], &first));
    for (size_t i = 1; i < COUNT(same); i++) {
        assert_true(labels_read_service(same[i], &other));
        assert_true(labels_equal(&first, &other));
    }
}

static void test_what_is_no_name(void **state)
{
    static const char *const rows[] = {
        "",         "..",    ".a",     "a..b",       "a b",     "a\\",
        "a\\1",     "a\\12", "a\\9x9", "a\\400.b",   "a\\8.b",  "\x01",
        "\xc3\xa4", "a\tb",  L63 "x",  L63 "." N253, "a." N253,
    };
    struct labels labels;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (labels_read_service(rows[i], &labels))
            fail_msg("taken: %s", rows[i]);
    assert_false(labels_read("a\\256", &labels));
    assert_false(labels_read_service("a\\378", &labels));
}

static void test_within(void **state)
{
    static const struct {
        const char *name;
        const char *zone;
        bool within;
    } rows[] = {
        {"example.com", "example.com", true},     {"a.example.com", "example.com", true},
        {"a.b.example.com", ".", true},           {"example.com", "a.example.com", false},
        {"badexample.com", "example.com", false}, {"a\\.example.com", "example.com", false},
        {"example.org", "example.com", false},    {".", "com", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct labels name;
        struct labels zone;

        assert_true(labels_read(rows[i].name, &name));
        assert_true(labels_read(rows[i].zone, &zone));
        assert_int_equal(labels_within(&name, &zone), rows[i].within);
    }
}

/* ---- values ---------------------------------------------------------------------------------- */

static void test_values(void **state)
{
    static const struct {
        const char *read;
        const char *written; /* NULL: refused */
    } rows[] = {
        {"\"abc\"", "\"abc\""},
        {"\"\"", "\"\""},
        {"\"a\" \"b\"", "\"a\" \"b\""},
        {"\"a\"\"b\"", "\"a\" \"b\""},
        {"\"a\"   \"b\"", "\"a\" \"b\""},
        {" \"a\"\t", "\"a\""},
        {"\"a b\"", "\"a b\""},
        {"\"a\\040b\"", "\"a b\""},
        {"\"\\\"\\\\\"", "\"\\\"\\\\\""},
        {"\"\\042\\134\"", "\"\\\"\\\\\""},
        {"\"\\000\\377\\177\"", "\"\\000\\377\\177\""},
        {"\"\\;\\a\"", "\";a\""},
        {"\"\\1011\"", "\"A1\""},
        {"\"\\\\101\"", "\"\\\\101\""},
        {"\"\\400\"", NULL},
        {"\"\\12\"", NULL},
        {"", NULL},
        {"abc", NULL},
        {"\"abc", NULL},
        {"\"abc\" x", NULL},
        {"\"abc\"x", NULL},
        {"\"abc\\\"", NULL},
        {"\"abc\\", NULL},
        {"\"a\nb\"", NULL},
        {"\"\xc3\xa4\"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t *const bytes = malloc(TXT_TEXT_MAX);
        char *const text = malloc(TXT_TEXT_SIZE);
        struct txt txt;
        const bool good = txt_read(rows[i].read, bytes, &txt);

        if (good != (rows[i].written != NULL))
            fail_msg("%s", rows[i].read);
        if (good) {
            assert_int_equal(txt_write(&txt, text), strlen(rows[i].written));
            assert_string_equal(text, rows[i].written);
        }
        free(bytes);
        free(text);
    }
}

static void test_long_values(void **state)
{
    static char text[TXT_TEXT_MAX + 2];
    static uint8_t bytes[TXT_TEXT_MAX];
    static char written[TXT_TEXT_SIZE];
    struct txt txt;

    (void)state;
    memset(text, 'a', 257);
    text[0] = text[256] = '"';
    assert_true(txt_read(text, bytes, &txt));
    assert_int_equal(txt.size, 256);
    text[256] = 'a';
    text[257] = '"';
    assert_false(txt_read(text, bytes, &txt));
    memset(text, '"', TXT_TEXT_MAX);
    assert_true(txt_read(text, bytes, &txt));
    assert_int_equal(txt.size, TXT_TEXT_MAX / 2);
    assert_int_equal(txt_write(&txt, written), TXT_TEXT_MAX + TXT_TEXT_MAX / 2 - 1);
    memset(text, '"', TXT_TEXT_MAX + 1);
    assert_false(txt_read(text, bytes, &txt));
}

/* Whatever bytes a value has, writing and reading it gives them back. */
static void test_round_trips(void **state)
{
    uint32_t seed = 1;

    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        uint8_t made[600];
        uint8_t back[TXT_TEXT_MAX];
        char text[TXT_TEXT_SIZE];
        size_t size = 0;

        for (unsigned strings = 0; strings <= round % 3; strings++) {
            seed = seed * 1664525 + 1013904223;
            const size_t length = seed >> 24 & 0x3f;

            made[size++] = (uint8_t)length;
            for (size_t i = 0; i < length; i++) {
                seed = seed * 1664525 + 1013904223;
                made[size++] = (uint8_t)(seed >> 24);
            }
        }
        const struct txt txt = {made, size};
        struct txt again;

        (void)txt_write(&txt, text);
        assert_true(txt_read(text, back, &again));
        assert_true(txt_equal(&txt, &again));
    }
}

static void test_sets_of_values(void **state)
{
    struct fake_host *const fake = fake_host_new();
    struct txt_set set = {.data = NULL};
    struct txt_set turned = {.data = NULL};
    uint8_t bytes[3][TXT_OWN_SIZE];
    struct txt txt[3];

    (void)state;
    assert_true(txt_of_value("a", bytes[0], &txt[0]));
    assert_true(txt_of_value("bb", bytes[1], &txt[1]));
    assert_true(txt_of_value("ccc", bytes[2], &txt[2]));
    for (size_t i = 0; i < 3; i++) {
        assert_true(txt_set_add(&fake->host, &set, &txt[i]));
        assert_true(txt_set_add(&fake->host, &turned, &txt[2 - i]));
    }
    assert_true(txt_set_equal(&set, &turned));
    txt_set_remove(&set, &txt[1]);
    assert_int_equal(set.count, 2);
    assert_false(txt_set_has(&set, &txt[1]));
    assert_true(txt_set_has(&set, &txt[2]));
    assert_false(txt_set_equal(&set, &turned));
    txt_set_remove(&set, &txt[1]);
    txt_set_remove(&set, &txt[0]);
    txt_set_remove(&set, &txt[2]);
    assert_int_equal(set.count, 0);
    assert_int_equal(set.used, 0);
    txt_set_free(&fake->host, &set);
    txt_set_free(&fake->host, &turned);
    assert_int_equal(fake_host_free(fake), 0);
}

/* ---- lists ----------------------------------------------------------------------------------- */

#define HEAD "<ListResourceRecordSetsResponse><ResourceRecordSets>"
#define TAIL                                                                                       \
    "</ResourceRecordSets><IsTruncated>false</IsTruncated></ListResourceRecordSetsResponse>"
#define SET(inner)                                                                                 \
    "<ResourceRecordSet><Name>n.example.com.</Name><Type>TXT</Type>" inner "</ResourceRecordSet>"
#define VALUE(text)                                                                                \
    "<ResourceRecords><ResourceRecord><Value>" text "</Value></ResourceRecord></ResourceRecords>"

/* Reads what stands at n.example.com from an answer. */
static int read_body(const char *body, struct standing *standing, struct fake_host **out)
{
    struct fake_route53 *const service = fake_route53_new();
    struct fake_host *const fake = fake_host_new();
    struct route53 self = {.aws.host = &fake->host};

    service->body[FAKE_LIST_SETS] = body;
    const int status = rrset_read(&self, "Z1", "n.example.com", standing);

    fake_route53_free(service);
    *out = fake;
    return status;
}

static void test_lists(void **state)
{
    static const struct {
        const char *body;
        int status;
        size_t count;
        bool alias;
    } rows[] = {
        {HEAD TAIL, DNSHOOK_OK, 0, false},
        {HEAD SET("<TTL>60</TTL>" VALUE("\"a\"")) TAIL, DNSHOOK_OK, 1, false},
        {HEAD SET("<TTL> 2147483647 </TTL>" VALUE(" \"a\" ")) TAIL, DNSHOOK_OK, 1, false},
        {HEAD SET("<SetIdentifier> a </SetIdentifier><MultiValueAnswer>true</MultiValueAnswer>"
                  "<TTL>1</TTL>" VALUE("\"a\"")) TAIL,
         DNSHOOK_OK, 1, false},
        {HEAD SET("<AliasTarget/>") TAIL, DNSHOOK_OK, 1, false},
        {HEAD
         "<ResourceRecordSet><Name>N.example.com</Name><Type>CNAME</Type></ResourceRecordSet>" TAIL,
         DNSHOOK_OK, 0, true},
        {HEAD
         "<ResourceRecordSet><Name>m.example.com.</Name><Type>TXT</Type></ResourceRecordSet>" TAIL,
         DNSHOOK_OK, 0, false},
        {HEAD
         "<ResourceRecordSet><Name>\\156.example.com.</Name><Type>TXT</Type><TTL>1</TTL>" VALUE(
             "\"a\"") "</ResourceRecordSet>" TAIL,
         DNSHOOK_OK, 1, false},
        {"<ListResourceRecordSetsResponse/>", DNSHOOK_OK, 0, false},
        {HEAD SET(VALUE("\"a\"")) TAIL, DNSHOOK_BAD_ANSWER, 0, false},
        {HEAD SET("<TTL>-1</TTL>" VALUE("\"a\"")) TAIL, DNSHOOK_BAD_ANSWER, 0, false},
        {HEAD SET("<TTL>2147483648</TTL>" VALUE("\"a\"")) TAIL, DNSHOOK_BAD_ANSWER, 0, false},
        {HEAD SET("<TTL>99999999999999</TTL>" VALUE("\"a\"")) TAIL, DNSHOOK_BAD_ANSWER, 0, false},
        {HEAD SET("<TTL>60</TTL>") TAIL, DNSHOOK_BAD_ANSWER, 0, false},
        {HEAD SET("<TTL>60</TTL>" VALUE("a")) TAIL, DNSHOOK_BAD_ANSWER, 0, false},
        {HEAD SET("<TTL>60</TTL>" VALUE("\"<b/>\"")) TAIL, DNSHOOK_BAD_ANSWER, 0, false},
        {HEAD SET("<SetIdentifier>a&#10;b</SetIdentifier><TTL>1</TTL>" VALUE("\"a\"")) TAIL,
         DNSHOOK_BAD_ANSWER, 0, false},
        {HEAD "<ResourceRecordSet/>" TAIL, DNSHOOK_BAD_ANSWER, 0, false},
        {"<ListResourceRecordSetsResponse><IsTruncated>true</IsTruncated>"
         "</ListResourceRecordSetsResponse>",
         DNSHOOK_BAD_ANSWER, 0, false},
        {"<ListResourceRecordSetsResponse><IsTruncated>true</IsTruncated>"
         "<NextRecordName>n.example.com.</NextRecordName><NextRecordType>TXT</NextRecordType>"
         "</ListResourceRecordSetsResponse>",
         DNSHOOK_BAD_ANSWER, 0, false},
        {"<ListResourceRecordSetsResponse><IsTruncated>true</IsTruncated>"
         "<NextRecordName>z.example.com.</NextRecordName><NextRecordType>TXT</NextRecordType>"
         "</ListResourceRecordSetsResponse>",
         DNSHOOK_OK, 0, false},
        {HEAD, DNSHOOK_BAD_ANSWER, 0, false},
        {"<Other/>", DNSHOOK_BAD_ANSWER, 0, false},
        {"", DNSHOOK_BAD_ANSWER, 0, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct standing standing;
        struct fake_host *fake = NULL;
        const int status = read_body(rows[i].body, &standing, &fake);

        if (status != rows[i].status || standing.count != rows[i].count)
            fail_msg("%d, %zu: %s: %s", status, standing.count, rows[i].body, fake->failed);
        assert_int_equal(standing.alias, rows[i].alias);
        assert_int_equal(fake->fails, status != DNSHOOK_OK);
        rrset_free(&fake->host, &standing);
        assert_int_equal(fake_host_free(fake), 0);
    }
}

/* Blanks around an identifier belong to it. */
static void test_identifier_with_blanks(void **state)
{
    struct standing standing;
    struct fake_host *fake = NULL;

    (void)state;
    assert_int_equal(
        read_body(HEAD SET("<SetIdentifier> a&amp;b </SetIdentifier>"
                           "<MultiValueAnswer>true</MultiValueAnswer><TTL>1</TTL>" VALUE("\"a\""))
                      TAIL,
                  &standing, &fake),
        DNSHOOK_OK);
    assert_string_equal(standing.sets[0].identifier, " a&b ");
    assert_null(standing.sets[0].policy);
    rrset_free(&fake->host, &standing);
    assert_int_equal(fake_host_free(fake), 0);
}

/* An answer that is cut or changed anywhere never does harm. */
static void test_mutated_lists(void **state)
{
    static const char good[] =
        HEAD SET("<SetIdentifier>a</SetIdentifier><MultiValueAnswer>true</MultiValueAnswer>"
                 "<TTL>60</TTL>" VALUE("\"a\\303\" \"b\"")) TAIL;
    uint32_t seed = 7;

    (void)state;
    for (unsigned round = 0; round < 3000; round++) {
        char body[sizeof good];
        struct standing standing;
        struct fake_host *fake = NULL;

        memcpy(body, good, sizeof good);
        seed = seed * 1664525 + 1013904223;
        if (round < sizeof good)
            body[round] = '\0';
        else
            body[(seed >> 8) % (sizeof good - 1)] = (char)(seed >> 24 | 1);
        (void)read_body(body, &standing, &fake);
        rrset_free(&fake->host, &standing);
        assert_int_equal(fake_host_free(fake), 0);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),           cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_what_is_no_name), cmocka_unit_test(test_within),
        cmocka_unit_test(test_values),          cmocka_unit_test(test_long_values),
        cmocka_unit_test(test_round_trips),     cmocka_unit_test(test_sets_of_values),
        cmocka_unit_test(test_lists),           cmocka_unit_test(test_identifier_with_blanks),
        cmocka_unit_test(test_mutated_lists),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
