# Unit tests of the provider route53: signing, endpoints, calls, errors, XML.
if HAVE_CMOCKA
ROUTE53_TESTS = \
	tests/unit/test_route53_call \
	tests/unit/test_route53_endpoint \
	tests/unit/test_route53_error \
	tests/unit/test_route53_sigv4 \
	tests/unit/test_route53_xml
ROUTE53_TEST_CPPFLAGS = $(ROUTE53_CPPFLAGS) -I$(top_srcdir)/providers/route53 \
	-I$(top_srcdir)/tests/unit
ROUTE53_TEST_CFLAGS = $(ROUTE53_CFLAGS) $(CMOCKA_CFLAGS)
ROUTE53_TEST_LDADD = tests/unit/libroute53call.la $(ROUTE53_LIBS) $(CMOCKA_LIBS)

# The clock and the random numbers are the test's: see fake_http_host.h.
FAKE_HTTP_HOST_LINK = -Wl,--wrap=time,--wrap=getrandom

check_PROGRAMS += $(ROUTE53_TESTS)
TESTS += $(ROUTE53_TESTS)

# The half of the provider that makes calls, a host, and profiles from a table, compiled once.
check_LTLIBRARIES += tests/unit/libroute53call.la
tests_unit_libroute53call_la_SOURCES = $(ROUTE53_CALL_SOURCES) \
	tests/unit/fake_http_host.c tests/unit/fake_http_host.h \
	tests/unit/fake_profiles.c tests/unit/fake_profiles.h \
	tests/unit/vectors.h
tests_unit_libroute53call_la_CPPFLAGS = $(ROUTE53_TEST_CPPFLAGS)
tests_unit_libroute53call_la_CFLAGS = $(ROUTE53_TEST_CFLAGS)

tests_unit_test_route53_call_SOURCES = tests/unit/test_route53_call.c
tests_unit_test_route53_call_CPPFLAGS = $(ROUTE53_TEST_CPPFLAGS)
tests_unit_test_route53_call_CFLAGS = $(ROUTE53_TEST_CFLAGS)
tests_unit_test_route53_call_LDFLAGS = $(AM_LDFLAGS) $(FAKE_HTTP_HOST_LINK)
tests_unit_test_route53_call_LDADD = $(ROUTE53_TEST_LDADD)

tests_unit_test_route53_endpoint_SOURCES = tests/unit/test_route53_endpoint.c
tests_unit_test_route53_endpoint_CPPFLAGS = $(ROUTE53_TEST_CPPFLAGS)
tests_unit_test_route53_endpoint_CFLAGS = $(ROUTE53_TEST_CFLAGS)
tests_unit_test_route53_endpoint_LDFLAGS = $(AM_LDFLAGS) $(FAKE_HTTP_HOST_LINK)
tests_unit_test_route53_endpoint_LDADD = $(ROUTE53_TEST_LDADD)

tests_unit_test_route53_error_SOURCES = tests/unit/test_route53_error.c
tests_unit_test_route53_error_CPPFLAGS = $(ROUTE53_TEST_CPPFLAGS)
tests_unit_test_route53_error_CFLAGS = $(ROUTE53_TEST_CFLAGS)
tests_unit_test_route53_error_LDFLAGS = $(AM_LDFLAGS) $(FAKE_HTTP_HOST_LINK)
tests_unit_test_route53_error_LDADD = $(ROUTE53_TEST_LDADD)

# Allocations fail, and what is freed is looked through.
tests_unit_test_route53_sigv4_SOURCES = tests/unit/test_route53_sigv4.c
tests_unit_test_route53_sigv4_CPPFLAGS = $(ROUTE53_TEST_CPPFLAGS)
tests_unit_test_route53_sigv4_CFLAGS = $(ROUTE53_TEST_CFLAGS)
tests_unit_test_route53_sigv4_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=free,--wrap=malloc,--wrap=calloc
tests_unit_test_route53_sigv4_LDADD = $(ROUTE53_TEST_LDADD)

tests_unit_test_route53_xml_SOURCES = tests/unit/test_route53_xml.c
tests_unit_test_route53_xml_CPPFLAGS = $(ROUTE53_TEST_CPPFLAGS)
tests_unit_test_route53_xml_CFLAGS = $(ROUTE53_TEST_CFLAGS)
tests_unit_test_route53_xml_LDFLAGS = $(AM_LDFLAGS)
tests_unit_test_route53_xml_LDADD = $(ROUTE53_TEST_LDADD)
endif
