# End-to-end tests: real servers in namespaces of the test's own; see tests/lab. The rules of the
# source tree; what check.sh and demo.sh run; the benchmark. The ones that take longest come first, so
# that none of them is left for the end of a parallel run.
E2E_TESTS = \
	tests/e2e/test_route53_many.py \
	tests/e2e/test_conform.py \
	tests/e2e/test_conform_mocks.py \
	tests/e2e/test_clients.py \
	tests/e2e/test_cloudflare_valgrind.py \
	tests/e2e/test_route53_valgrind.py \
	tests/e2e/test_cloudflare_errors.py \
	tests/e2e/test_cloudflare_batch.py \
	tests/e2e/test_new_provider.py \
	tests/e2e/test_promises.py \
	tests/e2e/test_abi.py \
	tests/e2e/test_accounts.py \
	tests/e2e/test_acmetool.py \
	tests/e2e/test_check.py \
	tests/e2e/test_cloudflare.py \
	tests/e2e/test_cloudflare_acmetool.py \
	tests/e2e/test_cloudflare_conform.py \
	tests/e2e/test_cloudflare_many.py \
	tests/e2e/test_cloudflare_standin.py \
	tests/e2e/test_concurrency.py \
	tests/e2e/test_config.py \
	tests/e2e/test_doctor.py \
	tests/e2e/test_exec.py \
	tests/e2e/test_exec_acmetool.py \
	tests/e2e/test_propagation.py \
	tests/e2e/test_protocol.py \
	tests/e2e/test_protocols.py \
	tests/e2e/test_rfc2136_servers.py \
	tests/e2e/test_route53.py \
	tests/e2e/test_route53_acmetool.py \
	tests/e2e/test_route53_credentials.py \
	tests/e2e/test_route53_endpoints.py \
	tests/e2e/test_route53_live.py \
	tests/e2e/test_route53_standin.py \
	tests/e2e/test_torture.py \
	tests/e2e/test_valgrind.py

E2E_LAB = \
	tests/lab/__init__.py \
	tests/lab/acme.py \
	tests/lab/boto3_hook.py \
	tests/lab/clients.py \
	tests/lab/clock.c \
	tests/lab/cloudflare/__init__.py \
	tests/lab/cloudflare/account.py \
	tests/lab/cloudflare/answers.py \
	tests/lab/cloudflare/auth.py \
	tests/lab/cloudflare/errors.py \
	tests/lab/cloudflare/fleet.py \
	tests/lab/cloudflare/query.py \
	tests/lab/cloudflare/records.py \
	tests/lab/cloudflare/service.py \
	tests/lab/cloudflare/stand.py \
	tests/lab/cloudflare/text.py \
	tests/lab/cloudflare/use.py \
	tests/lab/desk.py \
	tests/lab/dnsq.py \
	tests/lab/dnssec.py \
	tests/lab/faults.py \
	tests/lab/mock.py \
	tests/lab/feed.py \
	tests/lab/manual.py \
	tests/lab/namespace.py \
	tests/lab/process.py \
	tests/lab/route53/__init__.py \
	tests/lab/route53/account.py \
	tests/lab/route53/batch.py \
	tests/lab/route53/errors.py \
	tests/lab/route53/fleet.py \
	tests/lab/route53/identity.py \
	tests/lab/route53/policy.py \
	tests/lab/route53/proxy.py \
	tests/lab/route53/records.py \
	tests/lab/route53/service.py \
	tests/lab/route53/sigv4.py \
	tests/lab/route53/stand.py \
	tests/lab/route53/text.py \
	tests/lab/route53/use.py \
	tests/lab/servers.py \
	tests/lab/tap.py \
	tests/lab/tls.py \
	tests/lab/web.py \
	tests/lab/world.py \
	tests/lab/zones.py

# Many challenges in one run.
check_PROGRAMS += tests/e2e/many
tests_e2e_many_SOURCES = tests/e2e/many.c
tests_e2e_many_CPPFLAGS = $(CORE_CPPFLAGS)
tests_e2e_many_CFLAGS = $(CORE_CFLAGS)
tests_e2e_many_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS) -no-install
tests_e2e_many_LDADD = core/libcore.a $(CORE_LIBS)

TESTS += tests/floors.py $(E2E_TESTS)
EXTRA_DIST += $(E2E_TESTS) $(E2E_LAB) tests/floors.py tests/bench.py tests/bench_route53.py \
	tests/demo.py tests/demo.sh tests/check.sh tests/packages.sh tests/copy-sources.sh tests/mocks/slow.c \
	tests/mocks/service.c tests/cppcheck.h

# What every end-to-end test installs into its own mount namespace, made once a build.
check_DATA = tests/stage.stamp
CLEANFILES += tests/stage.stamp tests/stage.log
tests/stage.stamp: $(bin_PROGRAMS) $(providermod_LTLIBRARIES) $(pkgdata_DATA)
	$(AM_V_GEN)rm -rf tests/stage && $(MKDIR_P) tests && \
	$(MAKE) $(AM_MAKEFLAGS) install DESTDIR='$(abs_top_builddir)/tests/stage' \
		>tests/stage.log 2>&1 && : >$@
clean-local: clean-stage
clean-stage:
	-rm -rf tests/stage

# The compiled tests under valgrind.
check-valgrind: $(check_PROGRAMS) $(check_LTLIBRARIES)
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(filter-out %.py %.sh,$(TESTS))' \
		LOG_COMPILER='$(LIBTOOL) --mode=execute valgrind' \
		LOG_FLAGS='-q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect'

# How soon, how often, at what cost: see tests/bench.py and tests/bench_route53.py.
bench: all tests/stage.stamp
	@$(AM_TESTS_ENVIRONMENT) status=0; \
	$(PYTHON3) $(top_srcdir)/tests/bench.py $(BENCH) || status=1; \
	$(PYTHON3) $(top_srcdir)/tests/bench_route53.py $(BENCH) || status=1; \
	exit $$status

.PHONY: clean-stage check-valgrind bench
