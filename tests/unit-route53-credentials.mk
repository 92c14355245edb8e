# Unit tests of the provider route53: profiles and credentials, under a host of their own.
if HAVE_CMOCKA
ROUTE53_CREDENTIALS_TESTS = \
	tests/unit/test_route53_chain \
	tests/unit/test_route53_credentials \
	tests/unit/test_route53_metadata \
	tests/unit/test_route53_process \
	tests/unit/test_route53_profile \
	tests/unit/test_route53_sso
ROUTE53_CREDENTIALS_TEST_CPPFLAGS = $(ROUTE53_CPPFLAGS) -I$(top_srcdir)/providers/route53 \
	-I$(top_srcdir)/tests/unit
ROUTE53_CREDENTIALS_TEST_CFLAGS = $(ROUTE53_CFLAGS) $(CMOCKA_CFLAGS)
ROUTE53_CREDENTIALS_TEST_LDADD = tests/unit/libroute53credentials.la $(ROUTE53_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += $(ROUTE53_CREDENTIALS_TESTS)
TESTS += $(ROUTE53_CREDENTIALS_TESTS)

# The provider's sources and the host, once for all of these tests.
check_LTLIBRARIES += tests/unit/libroute53credentials.la
tests_unit_libroute53credentials_la_SOURCES = $(ROUTE53_CALL_SOURCES) \
	$(ROUTE53_CREDENTIALS_SOURCES) \
	tests/unit/credentials_fixture.c tests/unit/credentials_fixture.h \
	tests/unit/fake_aws_host.c tests/unit/fake_aws_host.h
tests_unit_libroute53credentials_la_CPPFLAGS = $(ROUTE53_CREDENTIALS_TEST_CPPFLAGS)
tests_unit_libroute53credentials_la_CFLAGS = $(ROUTE53_CREDENTIALS_TEST_CFLAGS)

tests_unit_test_route53_chain_SOURCES = tests/unit/test_route53_chain.c
tests_unit_test_route53_chain_CPPFLAGS = $(ROUTE53_CREDENTIALS_TEST_CPPFLAGS)
tests_unit_test_route53_chain_CFLAGS = $(ROUTE53_CREDENTIALS_TEST_CFLAGS)
tests_unit_test_route53_chain_LDADD = $(ROUTE53_CREDENTIALS_TEST_LDADD)

tests_unit_test_route53_credentials_SOURCES = tests/unit/test_route53_credentials.c
tests_unit_test_route53_credentials_CPPFLAGS = $(ROUTE53_CREDENTIALS_TEST_CPPFLAGS)
tests_unit_test_route53_credentials_CFLAGS = $(ROUTE53_CREDENTIALS_TEST_CFLAGS)
tests_unit_test_route53_credentials_LDADD = $(ROUTE53_CREDENTIALS_TEST_LDADD)

tests_unit_test_route53_metadata_SOURCES = tests/unit/test_route53_metadata.c
tests_unit_test_route53_metadata_CPPFLAGS = $(ROUTE53_CREDENTIALS_TEST_CPPFLAGS)
tests_unit_test_route53_metadata_CFLAGS = $(ROUTE53_CREDENTIALS_TEST_CFLAGS)
tests_unit_test_route53_metadata_LDADD = $(ROUTE53_CREDENTIALS_TEST_LDADD)

tests_unit_test_route53_process_SOURCES = tests/unit/test_route53_process.c
tests_unit_test_route53_process_CPPFLAGS = $(ROUTE53_CREDENTIALS_TEST_CPPFLAGS)
tests_unit_test_route53_process_CFLAGS = $(ROUTE53_CREDENTIALS_TEST_CFLAGS)
tests_unit_test_route53_process_LDADD = $(ROUTE53_CREDENTIALS_TEST_LDADD)

tests_unit_test_route53_profile_SOURCES = tests/unit/test_route53_profile.c
tests_unit_test_route53_profile_CPPFLAGS = $(ROUTE53_CREDENTIALS_TEST_CPPFLAGS)
tests_unit_test_route53_profile_CFLAGS = $(ROUTE53_CREDENTIALS_TEST_CFLAGS)
tests_unit_test_route53_profile_LDADD = $(ROUTE53_CREDENTIALS_TEST_LDADD)

tests_unit_test_route53_sso_SOURCES = tests/unit/test_route53_sso.c
tests_unit_test_route53_sso_CPPFLAGS = $(ROUTE53_CREDENTIALS_TEST_CPPFLAGS)
tests_unit_test_route53_sso_CFLAGS = $(ROUTE53_CREDENTIALS_TEST_CFLAGS)
tests_unit_test_route53_sso_LDADD = $(ROUTE53_CREDENTIALS_TEST_LDADD)
endif
