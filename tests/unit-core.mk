# Unit tests of the core.
if HAVE_CMOCKA
CORE_TESTS = \
	tests/unit/test_arena \
	tests/unit/test_authority \
	tests/unit/test_caa \
	tests/unit/test_config \
	tests/unit/test_caller \
	tests/unit/test_conform \
	tests/unit/test_deadline \
	tests/unit/test_dns \
	tests/unit/test_exchange \
	tests/unit/test_file \
	tests/unit/test_findings \
	tests/unit/test_ini \
	tests/unit/test_instance \
	tests/unit/test_journal \
	tests/unit/test_log \
	tests/unit/test_name \
	tests/unit/test_nearest \
	tests/unit/test_options \
	tests/unit/test_params \
	tests/unit/test_params_account \
	tests/unit/test_propagation \
	tests/unit/test_protocol \
	tests/unit/test_resolver \
	tests/unit/test_route \
	tests/unit/test_table \
	tests/unit/test_variables \
	tests/unit/test_zone
check_PROGRAMS += $(CORE_TESTS)
TESTS += $(CORE_TESTS)

CORE_TEST_CPPFLAGS = $(CORE_CPPFLAGS) -I$(top_srcdir)/tests/unit \
	-DMODULES='"$(abs_top_builddir)"'
CORE_TEST_CFLAGS = $(CORE_CFLAGS) $(CMOCKA_CFLAGS)
CORE_TEST_LINK = $(AM_LDFLAGS) $(PIE_LDFLAGS) -no-install
CORE_TEST_LDADD = tests/unit/libcheck.a core/libcore.a $(CORE_LIBS) $(CMOCKA_LIBS)

# What several of these tests use, compiled once.
check_LIBRARIES = tests/unit/libcheck.a
tests_unit_libcheck_a_SOURCES = tests/unit/check.h tests/unit/scripted.c \
	tests/unit/scripted.h tests/unit/sandbox.c tests/unit/sandbox.h
tests_unit_libcheck_a_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_libcheck_a_CFLAGS = $(CORE_TEST_CFLAGS)

# Scripted servers in place of the network, and a clock that does not wait: see scripted.h.
SCRIPTED_LINK = -Wl,--wrap=poll,--wrap=__poll_chk,--wrap=connect \
	-Wl,--wrap=deadline_now,--wrap=address_from_rr

tests_unit_test_arena_SOURCES = tests/unit/test_arena.c
tests_unit_test_arena_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_arena_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_arena_LDFLAGS = $(CORE_TEST_LINK)
tests_unit_test_arena_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_authority_SOURCES = tests/unit/test_authority.c
tests_unit_test_authority_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_authority_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_authority_LDFLAGS = $(CORE_TEST_LINK) $(SCRIPTED_LINK)
tests_unit_test_authority_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_caa_SOURCES = tests/unit/test_caa.c
tests_unit_test_caa_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_caa_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_caa_LDFLAGS = $(CORE_TEST_LINK)
tests_unit_test_caa_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_config_SOURCES = tests/unit/test_config.c
tests_unit_test_config_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_config_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_config_LDFLAGS = $(CORE_TEST_LINK)
tests_unit_test_config_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_caller_SOURCES = tests/unit/test_caller.c
tests_unit_test_caller_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_caller_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_caller_LDFLAGS = $(CORE_TEST_LINK)
tests_unit_test_caller_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_conform_SOURCES = tests/unit/test_conform.c
tests_unit_test_conform_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_conform_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_conform_LDFLAGS = $(CORE_TEST_LINK)
tests_unit_test_conform_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_deadline_SOURCES = tests/unit/test_deadline.c
tests_unit_test_deadline_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_deadline_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_deadline_LDFLAGS = $(CORE_TEST_LINK)
tests_unit_test_deadline_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_dns_SOURCES = tests/unit/test_dns.c
tests_unit_test_dns_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_dns_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_dns_LDFLAGS = $(CORE_TEST_LINK) $(SCRIPTED_LINK)
tests_unit_test_dns_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_exchange_SOURCES = tests/unit/test_exchange.c
tests_unit_test_exchange_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_exchange_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_exchange_LDFLAGS = $(CORE_TEST_LINK) $(SCRIPTED_LINK)
tests_unit_test_exchange_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_file_SOURCES = tests/unit/test_file.c
tests_unit_test_file_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_file_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_file_LDFLAGS = $(CORE_TEST_LINK)
tests_unit_test_file_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_findings_SOURCES = tests/unit/test_findings.c
tests_unit_test_findings_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_findings_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_findings_LDFLAGS = $(CORE_TEST_LINK)
tests_unit_test_findings_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_ini_SOURCES = tests/unit/test_ini.c
tests_unit_test_ini_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_ini_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_ini_LDFLAGS = $(CORE_TEST_LINK)
tests_unit_test_ini_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_instance_SOURCES = tests/unit/test_instance.c
tests_unit_test_instance_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_instance_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_instance_LDFLAGS = $(CORE_TEST_LINK) \
	-Wl,--wrap=deadline_sleep
tests_unit_test_instance_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_journal_SOURCES = tests/unit/test_journal.c
tests_unit_test_journal_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_journal_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_journal_LDFLAGS = $(CORE_TEST_LINK) \
	-Wl,--wrap=open,--wrap=mkdir,--wrap=faccessat,--wrap=fsync,--wrap=renameat
tests_unit_test_journal_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_log_SOURCES = tests/unit/test_log.c
tests_unit_test_log_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_log_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_log_LDFLAGS = $(CORE_TEST_LINK)
tests_unit_test_log_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_name_SOURCES = tests/unit/test_name.c
tests_unit_test_name_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_name_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_name_LDFLAGS = $(CORE_TEST_LINK)
tests_unit_test_name_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_nearest_SOURCES = tests/unit/test_nearest.c
tests_unit_test_nearest_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_nearest_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_nearest_LDFLAGS = $(CORE_TEST_LINK)
tests_unit_test_nearest_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_options_SOURCES = tests/unit/test_options.c
tests_unit_test_options_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_options_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_options_LDFLAGS = $(CORE_TEST_LINK)
tests_unit_test_options_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_params_SOURCES = tests/unit/test_params.c
tests_unit_test_params_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_params_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_params_LDFLAGS = $(CORE_TEST_LINK)
tests_unit_test_params_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_params_account_SOURCES = tests/unit/test_params_account.c
tests_unit_test_params_account_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_params_account_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_params_account_LDFLAGS = $(CORE_TEST_LINK)
tests_unit_test_params_account_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_propagation_SOURCES = tests/unit/test_propagation.c
tests_unit_test_propagation_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_propagation_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_propagation_LDFLAGS = $(CORE_TEST_LINK) $(SCRIPTED_LINK)
tests_unit_test_propagation_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_protocol_SOURCES = tests/unit/test_protocol.c
tests_unit_test_protocol_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_protocol_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_protocol_LDFLAGS = $(CORE_TEST_LINK) \
	-Wl,--wrap=run_start,--wrap=run_stop,--wrap=journal_list
tests_unit_test_protocol_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_resolver_SOURCES = tests/unit/test_resolver.c
tests_unit_test_resolver_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_resolver_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_resolver_LDFLAGS = $(CORE_TEST_LINK) $(SCRIPTED_LINK)
tests_unit_test_resolver_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_route_SOURCES = tests/unit/test_route.c
tests_unit_test_route_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_route_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_route_LDFLAGS = $(CORE_TEST_LINK) $(SCRIPTED_LINK)
tests_unit_test_route_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_table_SOURCES = tests/unit/test_table.c
tests_unit_test_table_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_table_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_table_LDFLAGS = $(CORE_TEST_LINK)
tests_unit_test_table_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_variables_SOURCES = tests/unit/test_variables.c
tests_unit_test_variables_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_variables_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_variables_LDFLAGS = $(CORE_TEST_LINK)
tests_unit_test_variables_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_zone_SOURCES = tests/unit/test_zone.c
tests_unit_test_zone_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_zone_CFLAGS = $(CORE_TEST_CFLAGS)
tests_unit_test_zone_LDFLAGS = $(CORE_TEST_LINK) $(SCRIPTED_LINK)
tests_unit_test_zone_LDADD = $(CORE_TEST_LDADD)
endif

# One allocation fails: preloaded by tests/e2e/test_torture.py as tests/unit/.libs/failing_alloc.so.
check_LTLIBRARIES += tests/unit/failing_alloc.la
tests_unit_failing_alloc_la_SOURCES = tests/unit/failing_alloc.c
tests_unit_failing_alloc_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden -fno-builtin
tests_unit_failing_alloc_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
