# The program: a library of everything but main(), so that unit tests can link it, and main().
CORE_CFLAGS = $(AM_CFLAGS) $(PIE_CFLAGS) $(CARES_CFLAGS) $(LDNS_CFLAGS) $(JANSSON_CFLAGS) \
	$(OPENSSL_CFLAGS)
CORE_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/core -DPROVIDERDIR='"$(providerdir)"'
CORE_LIBS = $(CARES_LIBS) $(LDNS_LIBS) $(JANSSON_LIBS) $(OPENSSL_LIBS) $(LTDL_LIBS)

noinst_LIBRARIES = core/libcore.a
core_libcore_a_CFLAGS = $(CORE_CFLAGS)
core_libcore_a_CPPFLAGS = $(CORE_CPPFLAGS)
core_libcore_a_SOURCES = \
	core/address.c core/address.h \
	core/arena.c core/arena.h \
	core/authority.c core/authority.h core/authority_ask.c core/authority_find.c \
	core/caller.c core/caller.h \
	core/challenge.c core/challenge.h core/challenge_command.c core/challenge_command.h \
	core/challenge_wait.c \
	core/caa.c core/caa.h \
	core/cleanup.h \
	core/command_change.c \
	core/command_check.c \
	core/command_clean.c \
	core/command_config.c core/command_config.h core/command_config_road.c \
	core/command_config_rows.c core/command_config_rows.h \
	core/command_conform.c \
	core/command_doctor.c \
	core/command_new_provider.c \
	core/command_providers.c \
	core/command_test.c \
	core/commands.c core/commands.h \
	core/config.c core/config.h core/config_account.c core/config_keys.c core/config_keys.h \
	core/config_link.c core/config_parse.c core/config_parse.h \
	core/conform.h core/conform_basic.c core/conform_change.c core/conform_child.c \
	core/conform_dns.c core/conform_faults.c core/conform_place.c core/conform_sets.c \
	core/conform_report.c core/conform_report.h \
	core/conform_services.c core/conform_services.h \
	core/conform_shim.c core/conform_shim.h \
	core/conform_state.c core/conform_state.h \
	core/deadline.c core/deadline.h \
	core/delegation.c core/delegation.h \
	core/dns.c core/dns.h core/dns_channel.c core/dns_channel.h \
	core/dns_packet.c core/dns_packet.h \
	core/doctor.c core/doctor.h core/doctor_accounts.c core/doctor_hooks.c \
	core/doctor_programs.c core/doctor_state.c \
	core/examine.c core/examine.h core/examine_parts.h \
	core/examine_caa.c core/examine_challenge.c core/examine_clock.c \
	core/examine_delegation.c core/examine_dnssec.c core/examine_servers.c \
	core/exchange.c core/exchange.h \
	core/file.c core/file.h \
	core/findings.c core/findings.h \
	core/http.c core/http.h core/http_curl.h \
	core/ini.c core/ini.h \
	core/inquiry.c core/inquiry.h \
	core/instance.c core/instance.h core/instance_parts.h core/instance_services.c \
	core/journal.c core/journal.h core/journal_directory.c core/journal_directory.h \
	core/leftover.c core/leftover.h \
	core/loader.c core/loader.h \
	core/log.c core/log.h \
	core/name.c core/name.h \
	core/nearest.c core/nearest.h \
	core/new_provider.h \
	core/options.c core/options.h \
	core/params.c core/params.h core/params_files.c core/params_parts.h \
	core/process.c core/process.h \
	core/propagation.c core/propagation.h core/propagation_answer.c \
	core/propagation_answer.h \
	core/protocol.c core/protocol.h core/protocol_call.c core/protocol_call.h \
	core/protocol_acmetool.c core/protocol_certbot.c core/protocol_dehydrated.c \
	core/protocol_getssl.c core/protocol_lego.c core/protocol_mod_md.c core/protocol_uacme.c \
	core/provider.c core/provider.h \
	core/provider_check.c core/provider_check.h \
	core/report.c core/report.h \
	core/resolver.c core/resolver.h \
	core/road.c core/road.h \
	core/route.c core/route.h \
	core/run.c core/run.h core/run_clock.c core/run_clock.h \
	core/table.c core/table.h \
	core/variables.c core/variables.h \
	core/zone.c core/zone.h

# What `dnshook new-provider` writes is in the program.
NEW_PROVIDER = \
	core/new-provider/README \
	core/new-provider/autogen.sh \
	core/new-provider/configure.ac \
	core/new-provider/Makefile.am \
	core/new-provider/gitignore \
	core/new-provider/provider.c \
	core/new-provider/service.c \
	core/new-provider/service.h \
	core/new-provider/provider.7
EXTRA_DIST += core/new-provider/embed.awk $(NEW_PROVIDER)
nodist_core_libcore_a_SOURCES = core/new_provider_files.c
CLEANFILES += core/new_provider_files.c
core/new_provider_files.c: core/new-provider/embed.awk $(NEW_PROVIDER)
	$(AM_V_GEN)$(MKDIR_P) core && cd $(srcdir) && \
	$(AWK) -f core/new-provider/embed.awk $(NEW_PROVIDER) >'$(abs_builddir)/$@.new' && \
	mv -f '$(abs_builddir)/$@.new' '$(abs_builddir)/$@'

bin_PROGRAMS += core/dnshook
core_dnshook_SOURCES = core/main.c
core_dnshook_CFLAGS = $(CORE_CFLAGS)
core_dnshook_CPPFLAGS = $(CORE_CPPFLAGS)
core_dnshook_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS) -no-install
core_dnshook_LDADD = core/libcore.a $(CORE_LIBS)

include core/http.mk
