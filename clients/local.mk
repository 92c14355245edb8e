# What single ACME clients need beside the program: see dnshook-clients(7).
pkgdata_DATA = clients/dns_dnshook.sh
EXTRA_DIST += clients/dns_dnshook.sh.in
CLEANFILES += clients/dns_dnshook.sh
clients/dns_dnshook.sh: $(srcdir)/clients/dns_dnshook.sh.in Makefile
	$(AM_V_GEN)$(MKDIR_P) clients && \
	sed 's|@bindir[@]|$(bindir)|g' $(srcdir)/clients/dns_dnshook.sh.in >$@.tmp && mv $@.tmp $@
