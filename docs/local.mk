# Manual pages, the description of the architecture, and examples. That of the configuration is
# installed where the documentation is: /etc is the administrator's.
dist_man_MANS += \
	docs/dnshook.1 \
	docs/dnshook.conf.5 \
	docs/dnshook-clients.7 \
	docs/dnshook-provider.3 \
	providers/cloudflare/dnshook-cloudflare.7 \
	providers/exec/dnshook-exec.7 \
	providers/rfc2136/dnshook-rfc2136.7 \
	providers/route53/dnshook-route53.7

dist_doc_DATA = \
	docs/examples/dnshook.conf

EXTRA_DIST += \
	docs/design.md \
	docs/examples/acmetool.service.d/dnshook.conf \
	docs/examples/environment \
	docs/examples/exec-acme-sh.sh \
	docs/examples/exec-nsupdate.sh

# The pages against the program: the example in one of them, options, variables, members.
TESTS += tests/manual_example.py
EXTRA_DIST += tests/manual_example.py
