# Zones, changes, and the provider's table of operations.
ROUTE53_CHANGE_SOURCES = \
	providers/route53/ask.c \
	providers/route53/batch.c providers/route53/batch.h \
	providers/route53/change.c \
	providers/route53/check.c \
	providers/route53/choice.c providers/route53/choice.h \
	providers/route53/guide.c \
	providers/route53/hosted.c providers/route53/hosted.h \
	providers/route53/labels.c providers/route53/labels.h \
	providers/route53/live.c \
	providers/route53/plan.c providers/route53/plan.h \
	providers/route53/request.c \
	providers/route53/route53.c providers/route53/route53.h \
	providers/route53/rrset.c providers/route53/rrset.h \
	providers/route53/target.c \
	providers/route53/txt.c providers/route53/txt.h \
	providers/route53/work.h \
	providers/route53/zone.c
