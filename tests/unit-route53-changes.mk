# Unit tests of the provider route53: zones, changes, liveness, against a Route 53 in memory.
if HAVE_CMOCKA
ROUTE53_CHANGE_TESTS = \
	tests/unit/test_route53_change \
	tests/unit/test_route53_live \
	tests/unit/test_route53_rrset \
	tests/unit/test_route53_zone
ROUTE53_CHANGE_TEST_CPPFLAGS = $(ROUTE53_CPPFLAGS) -I$(top_srcdir)/providers/route53 \
	-I$(top_srcdir)/tests/unit
ROUTE53_CHANGE_TEST_CFLAGS = $(ROUTE53_CFLAGS) $(CMOCKA_CFLAGS)
ROUTE53_CHANGE_TEST_LDADD = tests/unit/libroute53changes.la $(ROUTE53_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += $(ROUTE53_CHANGE_TESTS)
TESTS += $(ROUTE53_CHANGE_TESTS)

# The provider without its calls and credentials, for which the fake service stands in.
check_LTLIBRARIES += tests/unit/libroute53changes.la
tests_unit_libroute53changes_la_SOURCES = $(ROUTE53_CHANGE_SOURCES) \
	providers/common/xml.c \
	providers/route53/aws.c \
	providers/route53/error.c \
	providers/route53/text.c \
	tests/unit/fake_host.c tests/unit/fake_host.h \
	tests/unit/fake_route53.c tests/unit/fake_route53.h
tests_unit_libroute53changes_la_CPPFLAGS = $(ROUTE53_CHANGE_TEST_CPPFLAGS)
tests_unit_libroute53changes_la_CFLAGS = $(ROUTE53_CHANGE_TEST_CFLAGS)

tests_unit_test_route53_change_SOURCES = tests/unit/test_route53_change.c
tests_unit_test_route53_change_CPPFLAGS = $(ROUTE53_CHANGE_TEST_CPPFLAGS)
tests_unit_test_route53_change_CFLAGS = $(ROUTE53_CHANGE_TEST_CFLAGS)
tests_unit_test_route53_change_LDADD = $(ROUTE53_CHANGE_TEST_LDADD) -lpthread

tests_unit_test_route53_live_SOURCES = tests/unit/test_route53_live.c
tests_unit_test_route53_live_CPPFLAGS = $(ROUTE53_CHANGE_TEST_CPPFLAGS)
tests_unit_test_route53_live_CFLAGS = $(ROUTE53_CHANGE_TEST_CFLAGS)
tests_unit_test_route53_live_LDADD = $(ROUTE53_CHANGE_TEST_LDADD)

tests_unit_test_route53_rrset_SOURCES = tests/unit/test_route53_rrset.c
tests_unit_test_route53_rrset_CPPFLAGS = $(ROUTE53_CHANGE_TEST_CPPFLAGS)
tests_unit_test_route53_rrset_CFLAGS = $(ROUTE53_CHANGE_TEST_CFLAGS)
tests_unit_test_route53_rrset_LDADD = $(ROUTE53_CHANGE_TEST_LDADD)

tests_unit_test_route53_zone_SOURCES = tests/unit/test_route53_zone.c
tests_unit_test_route53_zone_CPPFLAGS = $(ROUTE53_CHANGE_TEST_CPPFLAGS)
tests_unit_test_route53_zone_CFLAGS = $(ROUTE53_CHANGE_TEST_CFLAGS)
tests_unit_test_route53_zone_LDADD = $(ROUTE53_CHANGE_TEST_LDADD)
endif
