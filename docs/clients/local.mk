# What single ACME clients need beside the program: see dnshook-clients(7).
pkgdata_DATA = docs/clients/dns_dnshook.sh
EXTRA_DIST += docs/clients/dns_dnshook.sh.in
CLEANFILES += docs/clients/dns_dnshook.sh
docs/clients/dns_dnshook.sh: $(srcdir)/docs/clients/dns_dnshook.sh.in Makefile
	$(AM_V_GEN)$(MKDIR_P) docs/clients && \
	sed 's|@bindir[@]|$(bindir)|g' $(srcdir)/docs/clients/dns_dnshook.sh.in >$@.tmp && mv $@.tmp $@
