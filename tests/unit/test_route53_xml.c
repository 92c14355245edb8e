/* Reading XML from the network: what is taken, and what is refused. */
#include "xml.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "check.h"

static xmlDoc *parse(const char *text)
{
    return xml_parse(text, strlen(text));
}

static void elements_whatever_their_namespace(void **state)
{
    xmlDoc *const document = parse("<?xml version=\"1.0\"?>\n"
                                   "<A xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">"
                                   "<!-- x --><B> one </B><C/><x:B xmlns:x=\"urn:x\">two</x:B>"
                                   "<b>no</b></A>");
    const xmlNode *const root = document != NULL ? xmlDocGetRootElement(document) : NULL;
    const xmlNode *node;
    char text[16];

    (void)state;
    assert_true(xml_is(root, "A"));
    assert_false(xml_is(root, "B"));
    assert_false(xml_is(NULL, "A"));
    node = xml_child(root, "B");
    assert_true(xml_text(node, text, sizeof text));
    assert_string_equal(text, "one");
    node = xml_next(node);
    assert_true(xml_text(node, text, sizeof text));
    assert_string_equal(text, "two");
    assert_null(xml_next(node));
    assert_null(xml_next(NULL));
    assert_null(xml_child(root, "D"));
    assert_null(xml_child(NULL, "D"));
    assert_true(xml_text(xml_child(root, "C"), text, sizeof text));
    assert_string_equal(text, "");
    xmlFreeDoc(document);
}

static void texts(void **state)
{
    static const struct {
        const char *body;
        const char *text; /* NULL: none */
    } table[] = {
        {"<a>x</a>", "x"},
        {"<a>  x y\n</a>", "x y"},
        {"<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;</a>", "<&>\"'AB"},
        {"<a><![CDATA[<b>]]>c</a>", "<b>c"},
        {"<a>1<!-- 2 -->3<?p q?>4</a>", "134"},
        {"<a>\xc3\xa4</a>", "\xc3\xa4"},
        {"<a>12345678901</a>", "12345678901"},
        {"<a>123456789012</a>", NULL},
        {"<a>1234567890<![CDATA[12]]></a>", NULL},
        {"<a>x<b>y</b></a>", NULL},
        {"<a></a>", ""},
        {"<a>   </a>", ""},
    };
    char text[12];

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        xmlDoc *const document = parse(table[i].body);

        assert_non_null(document);
        memset(text, 'z', sizeof text);
        assert_int_equal(xml_text(xmlDocGetRootElement(document), text, sizeof text),
                         table[i].text != NULL);
        assert_string_equal(text, table[i].text != NULL ? table[i].text : "");
        xmlFreeDoc(document);
    }
    assert_false(xml_text(NULL, text, sizeof text));
    assert_string_equal(text, "");
}

static void what_is_refused(void **state)
{
    static const char *const table[] = {
        "",
        " ",
        "x",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>x",
        "<a b=1/>",
        "<a>&b;</a>",
        "<a>&#0;</a>",
        "<a>\x01</a>",
        "<a>\xff</a>",
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a []><a/>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]><a>&b;</a>",
        "<!DOCTYPE a [<!ENTITY % b SYSTEM 'http://127.0.0.1:9/'> %b;]><a/>",
        "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>",
        "<html><body><br>502 Bad Gateway</body></html>",
        "<?xml version=\"1.0\"?>",
        "{\"a\":1}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        xmlDoc *const document = parse(table[i]);

        if (document != NULL)
            fail_msg("taken: %s", table[i]);
    }
}

static void each_truncation_is_refused(void **state)
{
    static const char body[] =
        "<ErrorResponse xmlns=\"urn:x\"><Error><Code>A</Code></Error></ErrorResponse>";
    xmlDoc *const document = parse(body);

    (void)state;
    assert_non_null(document);
    xmlFreeDoc(document);
    for (size_t size = 0; size < strlen(body); size++) {
        char *const part = malloc(size + 1); /* exactly, so that reading past the end is seen */

        assert_non_null(part);
        memcpy(part, body, size);
        assert_null(xml_parse(part, size));
        free(part);
    }
}

/* 10^9 laughs: at once, and without memory. */
static void an_xml_bomb_does_nothing(void **state)
{
    char body[8192] = "<!DOCTYPE l [<!ENTITY l0 \"ha\">";
    const clock_t begin = clock();
    struct rusage before, after;
    size_t used = strlen(body);

    (void)state;
    for (int i = 1; i < 10; i++)
        used += (size_t)snprintf(
            body + used, sizeof body - used,
            "<!ENTITY l%d \"&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;\">", i, i - 1, i - 1,
            i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    (void)snprintf(body + used, sizeof body - used, "]><l>&l9;</l>");
    assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
    assert_null(parse(body));
    assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
    assert_true(clock() - begin < CLOCKS_PER_SEC);
    assert_true(after.ru_maxrss - before.ru_maxrss < 16384);
}

/* A document of `count` times `part`, between two others. */
static xmlDoc *parse_many(const char *begin, const char *part, size_t count, const char *end)
{
    const size_t length = strlen(part);
    char *const body = malloc(strlen(begin) + length * count + strlen(end) + 1);
    char *at = body;
    xmlDoc *document;

    assert_non_null(body);
    at += sprintf(at, "%s", begin);
    for (size_t i = 0; i < count; i++, at += length)
        memcpy(at, part, length);
    at += sprintf(at, "%s", end);
    document = xml_parse(body, (size_t)(at - body));
    free(body);
    return document;
}

static void limits(void **state)
{
    xmlDoc *document = parse_many("<a>", "x", 1024 * 1024 - 7, "</a>");
    char text[64];

    (void)state;
    assert_non_null(document);
    assert_false(xml_text(xmlDocGetRootElement(document), text, sizeof text));
    xmlFreeDoc(document);
    assert_null(parse_many("<a>", "x", 1024 * 1024 - 6, "</a>"));
    assert_null(parse_many("", "<a>", 300, "x"));
    assert_null(parse_many("", "<a>", 100000, ""));
    document = parse_many("<a>", "<b/>", 100000, "</a>");
    assert_non_null(document);
    xmlFreeDoc(document);
}

/* Another encoding than UTF-8 is not looked into. */
static void encodings(void **state)
{
    static const char utf16[] = "\xff\xfe<\0a\0/\0>\0";
    xmlDoc *const document = parse("<?xml version=\"1.0\" encoding=\"UTF-7\"?><a>+ADw-b/+AD4-</a>");
    char text[32] = "";

    (void)state;
    if (document != NULL) {
        assert_true(xml_text(xmlDocGetRootElement(document), text, sizeof text));
        assert_string_equal(text, "+ADw-b/+AD4-");
    }
    xmlFreeDoc(document);
    xmlFreeDoc(xml_parse(utf16, sizeof utf16 - 1));
    assert_null(xml_parse("<a\0/>", 5));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_whatever_their_namespace),
        cmocka_unit_test(texts),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(each_truncation_is_refused),
        cmocka_unit_test(an_xml_bomb_does_nothing),
        cmocka_unit_test(limits),
        cmocka_unit_test(encodings),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
