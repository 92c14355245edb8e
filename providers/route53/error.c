#include "error.h"

#include <jansson.h>
#include <string.h>

#include "xml.h"

enum { PART_SIZE = 4096 };

/* ---- reading ---- */

/* Replaces control bytes, those of C1 (U+0080 to U+009F) among them, by spaces: the text goes to
 * terminals and log files. */
static void sanitize(char *text)
{
    for (unsigned char *byte = (unsigned char *)text; *byte != '\0'; byte++) {
        if (byte[0] == 0xc2 && byte[1] >= 0x80 && byte[1] < 0xa0)
            byte[0] = byte[1] = ' ';
        if (*byte < 0x20 || *byte == 0x7f)
            *byte = ' ';
    }
}

/* Takes the long listing off that AWS adds when a signature is wrong: of use to who writes a
 * signer, and it repeats what was sent. */
static void cut_listing(char *text)
{
    char *const listing = strstr(text, "The Canonical String for this request");
    size_t end = listing != NULL ? (size_t)(listing - text) : strlen(text);

    while (end > 0 && text[end - 1] == ' ')
        end--;
    text[end] = '\0';
}

/* Takes an incomplete UTF-8 sequence off the end. */
static void mend_end(char *text)
{
    size_t end = strlen(text);

    while (end > 0 && ((unsigned char)text[end - 1] & 0xc0) == 0x80)
        end--;
    if (end > 0 && (unsigned char)text[end - 1] >= 0xc0)
        text[end - 1] = '\0';
}

/* Adds one message, cut where there is no more room. */
static void add_message(struct aws_response *response, const char *message)
{
    const size_t used = strlen(response->message);
    const size_t room = sizeof response->message - used;

    if (message[0] == '\0')
        return;
    if ((size_t)snprintf(response->message + used, room, "%s%s", used > 0 ? "; " : "", message) >=
        room)
        mend_end(response->message);
}

/* Takes a code if it looks like one: "com.amazonaws.x#Code:http://..." is "Code". */
static void set_code(struct aws_response *response, const char *text)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    const char *const hash = text != NULL ? strchr(text, '#') : NULL;
    const char *const code = hash != NULL ? hash + 1 : text;
    const size_t size = code != NULL ? strcspn(code, ":") : 0;

    if (size > 0 && size < sizeof response->error && strspn(code, allowed) >= size)
        (void)snprintf(response->error, sizeof response->error, "%.*s", (int)size, code);
}

/* Adds the text of each element of a name below a node. */
static void add_messages(struct aws_response *response, const xmlNode *parent, const char *name)
{
    char part[PART_SIZE];

    for (const xmlNode *node = xml_child(parent, name); node != NULL; node = xml_next(node))
        if (xml_text(node, part, sizeof part))
            add_message(response, part);
        else
            add_message(response, "(a text that is too long)");
}

static void read_xml(struct aws_response *response, const char *body, size_t size)
{
    xmlDoc *const document = xml_parse(body, size);
    const xmlNode *const root = document != NULL ? xmlDocGetRootElement(document) : NULL;
    const xmlNode *const error = xml_child(root, "Error");
    char code[AWS_CODE_SIZE];

    if (xml_is(root, "InvalidChangeBatch")) {
        set_code(response, "InvalidChangeBatch");
        add_messages(response, xml_child(root, "Messages"), "Message");
        add_messages(response, root, "Message");
    } else if (xml_is(root, "ErrorResponse") &&
               xml_text(xml_child(error, "Code"), code, sizeof code)) {
        set_code(response, code);
        add_messages(response, error, "Message");
    }
    xmlFreeDoc(document);
}

/* The first of some members that is a text; NULL if none is. */
static const char *member(const json_t *object, const char *const *names)
{
    const char *text = NULL;

    for (; *names != NULL && text == NULL; names++)
        text = json_string_value(json_object_get(object, *names));
    return text;
}

static void read_json(struct aws_response *response, const char *body, size_t size,
                      const char *type)
{
    static const char *const codes[] = {"__type", "code", "Code", NULL};
    static const char *const messages[] = {"message", "Message", NULL};
    json_t *const object = json_loadb(body, size, JSON_REJECT_DUPLICATES, NULL);
    const char *const message = member(object, messages);

    set_code(response, type);
    if (response->error[0] == '\0')
        set_code(response, member(object, codes));
    if (response->error[0] != '\0' && message != NULL)
        add_message(response, message);
    json_decref(object);
}

bool error_read(struct aws_response *response, const char *type)
{
    const char *const body = response->body + strspn(response->body, " \t\r\n");
    const size_t size = response->body_size - (size_t)(body - response->body);

    response->error[0] = '\0';
    response->message[0] = '\0';
    if (body[0] == '<')
        read_xml(response, body, size);
    else if (body[0] == '{')
        read_json(response, body, size, type);
    if (response->error[0] == '\0')
        response->message[0] = '\0';
    sanitize(response->message);
    cut_listing(response->message);
    return response->error[0] != '\0';
}

/* ---- what helps ---- */

static const struct {
    const char *code;
    enum error_cure cure;
} cures[] = {
    {"Throttling", ERROR_THROTTLED},
    {"ThrottlingException", ERROR_THROTTLED},
    {"ThrottledException", ERROR_THROTTLED},
    {"RequestThrottled", ERROR_THROTTLED},
    {"RequestThrottledException", ERROR_THROTTLED},
    {"TooManyRequestsException", ERROR_THROTTLED},
    {"RequestLimitExceeded", ERROR_THROTTLED},
    {"BandwidthLimitExceeded", ERROR_THROTTLED},
    {"LimitExceededException", ERROR_THROTTLED},
    {"ProvisionedThroughputExceededException", ERROR_THROTTLED},
    {"TransactionInProgressException", ERROR_THROTTLED},
    {"EC2ThrottledException", ERROR_THROTTLED},
    {"SlowDown", ERROR_THROTTLED},
    {"PriorRequestNotComplete", ERROR_THROTTLED},
    {"RequestTimeout", ERROR_TRANSIENT},
    {"RequestTimeoutException", ERROR_TRANSIENT},
    {"InternalError", ERROR_TRANSIENT},
    {"InternalFailure", ERROR_TRANSIENT},
    {"InternalServerError", ERROR_TRANSIENT},
    {"ServiceUnavailable", ERROR_TRANSIENT},
    {"ServiceUnavailableException", ERROR_TRANSIENT},
    {"IDPCommunicationError", ERROR_TRANSIENT},
    {"RequestTimeTooSkewed", ERROR_CLOCK},
    {"RequestExpired", ERROR_CLOCK},
    {"RequestInTheFuture", ERROR_CLOCK},
    {"SignatureDoesNotMatch", ERROR_CLOCK_MAYBE},
    {"InvalidSignatureException", ERROR_CLOCK_MAYBE},
    {"AuthFailure", ERROR_CLOCK_MAYBE},
    {"ExpiredToken", ERROR_EXPIRED},
    {"ExpiredTokenException", ERROR_EXPIRED},
};

/* True when the service says that the signature is of another time. */
static bool blames_clock(const struct aws_response *response)
{
    return strstr(response->message, "Signature expired") != NULL ||
           strstr(response->message, "not yet current") != NULL;
}

enum error_cure error_cure(const struct aws_response *response)
{
    if (response->code >= 200 && response->code < 300)
        return ERROR_FINAL;
    for (size_t i = 0; i < sizeof cures / sizeof *cures; i++) {
        if (strcmp(response->error, cures[i].code) != 0)
            continue;
        return cures[i].cure == ERROR_CLOCK_MAYBE && blames_clock(response) ? ERROR_CLOCK
                                                                            : cures[i].cure;
    }
    if (response->code == 429)
        return ERROR_THROTTLED;
    return response->code == 408 || response->code >= 500 ? ERROR_TRANSIENT : ERROR_FINAL;
}

/* ---- what it means ---- */

#define PERMISSION "allow it"
#define KEYS "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile that holds them"
#define ZONE "check ACME_HOSTED_ZONE, and that the credentials are of the account that has the zone"
#define CLOCK "set the clock of this computer, as with timedatectl set-ntp true"

/* A code, what the host is told, and what the user can do. */
static const struct meaning {
    const char *code;
    int status;
    bool of_caller; /* the credentials matter: say where they are from */
    const char *advice;
} meanings[] = {
    {"AccessDenied", DNSHOOK_DENIED, true, PERMISSION},
    {"AccessDeniedException", DNSHOOK_DENIED, true, PERMISSION},
    {"NotAuthorizedException", DNSHOOK_DENIED, true, PERMISSION},
    {"UnauthorizedException", DNSHOOK_DENIED, true, "sign in again, as with aws sso login"},
    {"ForbiddenException", DNSHOOK_DENIED, true, "the account or role is not open to this user"},
    {"InvalidClientTokenId", DNSHOOK_DENIED, true,
     "AWS does not know this access key id: it was deleted or made inactive, is of another "
     "partition, or a session token is missing or not its own; " KEYS},
    {"UnrecognizedClientException", DNSHOOK_DENIED, true,
     "AWS does not know this access key id or session token; " KEYS},
    {"InvalidAccessKeyId", DNSHOOK_DENIED, true, "AWS does not know this access key id; " KEYS},
    {"SignatureDoesNotMatch", DNSHOOK_DENIED, true,
     "the secret access key is not the one of this access key id; " KEYS},
    {"InvalidSignatureException", DNSHOOK_DENIED, true,
     "the secret access key is not the one of this access key id; " KEYS},
    {"IncompleteSignature", DNSHOOK_DENIED, true,
     "the access key id or session token holds something strange; " KEYS},
    {"AuthFailure", DNSHOOK_DENIED, true, KEYS},
    {"MissingAuthenticationToken", DNSHOOK_DENIED, true,
     "AWS saw no signature: does a proxy take the Authorization header away?"},
    {"MissingAuthenticationTokenException", DNSHOOK_DENIED, true,
     "AWS saw no signature: does a proxy take the Authorization header away?"},
    {"ExpiredToken", DNSHOOK_DENIED, true, "the session token has expired: get new credentials"},
    {"ExpiredTokenException", DNSHOOK_DENIED, true, "the token has expired: get new credentials"},
    {"InvalidIdentityToken", DNSHOOK_DENIED, true,
     "the web identity token is not accepted for this role: check its issuer and audience"},
    {"IDPRejectedClaim", DNSHOOK_DENIED, true,
     "the identity provider does not vouch for the web identity token: get a new one"},
    {"OptInRequired", DNSHOOK_DENIED, true, "the account has not signed up for this service"},
    {"RegionDisabledException", DNSHOOK_BAD_CONFIG, false,
     "STS is not active in this region: set AWS_REGION to another one"},
    {"RequestTimeTooSkewed", DNSHOOK_DENIED, false, CLOCK},
    {"RequestExpired", DNSHOOK_DENIED, false, CLOCK},
    {"RequestInTheFuture", DNSHOOK_DENIED, false, CLOCK},
    {"NoSuchHostedZone", DNSHOOK_NO_ZONE, true, ZONE},
    {"HostedZoneNotFound", DNSHOOK_NO_ZONE, true, ZONE},
    {"NoSuchChange", DNSHOOK_REJECTED, false, "the change was made with another account"},
    {"InvalidDomainName", DNSHOOK_REJECTED, false, "Route 53 does not take this name"},
    {"InvalidInput", DNSHOOK_REJECTED, false, "Route 53 does not take this request"},
    {"InvalidArgument", DNSHOOK_REJECTED, false, "Route 53 does not take this request"},
    {"InvalidChangeBatch", DNSHOOK_REJECTED, false, "nothing was changed"},
    {"LimitsExceeded", DNSHOOK_REJECTED, false,
     "a quota of the account is used up: see Service Quotas in the AWS console"},
    {"Throttling", DNSHOOK_AGAIN, false, "the account makes too many requests"},
    {"ThrottlingException", DNSHOOK_AGAIN, false, "the account makes too many requests"},
    {"PriorRequestNotComplete", DNSHOOK_AGAIN, false, "the zone is busy with another change"},
};

/* Of all other codes: the service understood, and said no. */
static const struct meaning unknown = {"", DNSHOOK_REJECTED, false, ""};

static const struct meaning *meaning_of(const struct aws_response *response)
{
    const char *const code = blames_clock(response) ? "RequestTimeTooSkewed" : response->error;

    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (strcmp(meanings[i].code, code) == 0)
            return &meanings[i];
    return &unknown;
}

/* What to do; where a permission is missing, "allow ACTION on RESOURCE", and how to get it. */
static void advise(char *out, size_t size, const struct meaning *meaning, const char *action,
                   const char *resource)
{
    const bool is_policy = strncmp(action, "route53:", 8) == 0;

    out[0] = '\0';
    if (strcmp(meaning->advice, PERMISSION) != 0)
        (void)snprintf(out, size, "%s%s", meaning->advice[0] != '\0' ? "; " : "", meaning->advice);
    else if (action[0] != '\0')
        (void)snprintf(out, size, "; allow %s%s%s%s", action, resource[0] != '\0' ? " on " : "",
                       resource, is_policy ? "; `dnshook info route53` prints the policy" : "");
}

int aws_fail(struct aws *aws, const struct aws_response *response, const char *what,
             const char *action, const char *resource)
{
    const struct meaning *const meaning = meaning_of(response);
    const bool names_source = meaning->of_caller && response->source != NULL;
    char advice[512];

    advise(advice, sizeof advice, meaning, action, resource);
    return dnshook_fail(aws->host, meaning->status, "%s: AWS says %s: %s%s%s%s", what,
                        response->error[0] != '\0' ? response->error : "no",
                        response->message[0] != '\0' ? response->message : "(no more)", advice,
                        names_source ? "; the credentials are from " : "",
                        names_source ? response->source : "");
}
