# Unit tests of the provider rfc2136, under a host of their own.
EXTRA_DIST += tests/unit/make_tsig_vectors.py

if HAVE_CMOCKA
RFC2136_TESTS = \
	tests/unit/test_rfc2136_exchange \
	tests/unit/test_rfc2136_named \
	tests/unit/test_rfc2136_settings \
	tests/unit/test_rfc2136_tsig
RFC2136_TEST_CPPFLAGS = $(RFC2136_CPPFLAGS) -I$(top_srcdir)/providers/rfc2136 \
	-I$(top_srcdir)/tests/unit
RFC2136_TEST_CFLAGS = $(RFC2136_CFLAGS) $(CMOCKA_CFLAGS)
RFC2136_TEST_LDADD = tests/unit/librfc2136.la $(LDNS_LIBS) $(OPENSSL_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += $(RFC2136_TESTS)
TESTS += $(RFC2136_TESTS)

# The provider's sources and the host, once for all of these tests.
check_LTLIBRARIES += tests/unit/librfc2136.la
tests_unit_librfc2136_la_SOURCES = $(RFC2136_SOURCES) tests/unit/fake_host.c tests/unit/fake_host.h
tests_unit_librfc2136_la_CPPFLAGS = $(RFC2136_TEST_CPPFLAGS)
tests_unit_librfc2136_la_CFLAGS = $(RFC2136_TEST_CFLAGS)

tests_unit_test_rfc2136_exchange_SOURCES = tests/unit/test_rfc2136_exchange.c
tests_unit_test_rfc2136_exchange_CPPFLAGS = $(RFC2136_TEST_CPPFLAGS)
tests_unit_test_rfc2136_exchange_CFLAGS = $(RFC2136_TEST_CFLAGS)
tests_unit_test_rfc2136_exchange_LDADD = $(RFC2136_TEST_LDADD)

# The clock of the provider is the test's.
tests_unit_test_rfc2136_named_SOURCES = tests/unit/test_rfc2136_named.c
tests_unit_test_rfc2136_named_CPPFLAGS = $(RFC2136_TEST_CPPFLAGS)
tests_unit_test_rfc2136_named_CFLAGS = $(RFC2136_TEST_CFLAGS)
tests_unit_test_rfc2136_named_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=time
tests_unit_test_rfc2136_named_LDADD = $(RFC2136_TEST_LDADD)

tests_unit_test_rfc2136_settings_SOURCES = tests/unit/test_rfc2136_settings.c
tests_unit_test_rfc2136_settings_CPPFLAGS = $(RFC2136_TEST_CPPFLAGS)
tests_unit_test_rfc2136_settings_CFLAGS = $(RFC2136_TEST_CFLAGS)
tests_unit_test_rfc2136_settings_LDADD = $(RFC2136_TEST_LDADD)

tests_unit_test_rfc2136_tsig_SOURCES = tests/unit/test_rfc2136_tsig.c tests/unit/tsig_vectors.h
tests_unit_test_rfc2136_tsig_CPPFLAGS = $(RFC2136_TEST_CPPFLAGS)
tests_unit_test_rfc2136_tsig_CFLAGS = $(RFC2136_TEST_CFLAGS)
tests_unit_test_rfc2136_tsig_LDADD = $(RFC2136_TEST_LDADD)
endif
