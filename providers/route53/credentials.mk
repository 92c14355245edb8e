# Profiles and credentials of the AWS tools.
ROUTE53_CREDENTIALS_SOURCES = \
	providers/common/child.c providers/common/child.h \
	providers/common/environment.c providers/common/environment.h \
	providers/common/textfile.c providers/common/textfile.h \
	providers/route53/arguments.c providers/route53/arguments.h \
	providers/route53/credentials.c providers/route53/credentials.h \
	providers/route53/credentials_container.c providers/route53/credentials_container.h \
	providers/route53/credentials_env.c \
	providers/route53/credentials_http.c providers/route53/credentials_http.h \
	providers/route53/credentials_imds.c \
	providers/route53/credentials_json.c providers/route53/credentials_json.h \
	providers/route53/credentials_process.c \
	providers/route53/credentials_profile.c \
	providers/route53/credentials_role.c \
	providers/route53/credentials_sso.c \
	providers/route53/credentials_sts.c providers/route53/credentials_sts.h \
	providers/route53/profile.c providers/route53/profile.h \
	providers/route53/profile_chain.c providers/route53/profile_chain.h \
	providers/route53/profile_parse.c providers/route53/profile_parse.h
