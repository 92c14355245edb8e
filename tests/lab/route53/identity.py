"""Where credentials come from: STS, the SSO portal, and the metadata services of instances and
containers. Each notes in `refused` what a careful client would not have sent."""
import json
import secrets
import time
import urllib.parse

from ..web import Answer
from . import batch, sigv4
from .account import random_id
from .batch import element, element_text
from .errors import ApiError

STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
STS_HOSTS = {"sts.amazonaws.com": "us-east-1", "sts.us-east-1.amazonaws.com": "us-east-1",
             "sts.eu-west-1.amazonaws.com": "eu-west-1"}
SSO_HOSTS = ("portal.sso.us-east-1.amazonaws.com", "portal.sso.eu-west-1.amazonaws.com")


class Sts:
    """The Security Token Service."""

    def __init__(self, aws):
        self.aws = aws
        self.calls, self.faults = [], []

    def __call__(self, request):
        request_id = random_id("", 36)
        try:
            form = dict(urllib.parse.parse_qsl(request.body.decode() or request.query,
                                               keep_blank_values=True))
            action = form.get("Action", "")
            self.calls.append(action)
            if self.faults:
                raise self.faults.pop(0)
            handler = {"AssumeRole": self._assume, "GetCallerIdentity": self._caller,
                       "AssumeRoleWithWebIdentity": self._web}.get(action)
            if handler is None or form.get("Version") != "2011-06-15":
                raise ApiError(400, "InvalidAction", f"Could not find operation {action}")
            return Answer(200, batch.document(handler(request, form), STS_NAMESPACE))
        except ApiError as error:
            return Answer(error.status, batch.error_document(error, request_id,
                                                             namespace=STS_NAMESPACE))

    def _user(self, request):
        parsed = sigv4.Parsed(request)
        key = self.aws.keys.get(parsed.access_key)
        if key is None:
            raise ApiError(403, "InvalidClientTokenId",
                           "The security token included in the request is invalid.")
        sigv4.check(request, key, "sts", STS_HOSTS[request.host], "SignatureDoesNotMatch")
        if key.expires is not None and time.time() >= key.expires:
            raise ApiError(403, "ExpiredToken",
                           "The security token included in the request is expired")
        return key.principal

    def _role(self, form):
        role = self.aws.roles.get(form.get("RoleArn"))
        if not 2 <= len(form.get("RoleSessionName", "")) <= 64:
            raise ApiError(400, "ValidationError", "Value at 'roleSessionName' failed to satisfy "
                           "constraint: Member must have length between 2 and 64")
        return role

    def _assume(self, request, form):
        user, role = self._user(request), self._role(form)
        if role is None or user.arn not in role.trusted or \
                role.external_id != form.get("ExternalId"):
            raise ApiError(403, "AccessDenied", f"User: {user.arn} is not authorized to perform: "
                           f"sts:AssumeRole on resource: {form.get('RoleArn')}")
        return self._credentials("AssumeRole", role, form)

    def _web(self, request, form):
        role = self._role(form)
        if request.header("authorization"):
            raise ApiError(400, "ValidationError", "AssumeRoleWithWebIdentity is not signed")
        if form.get("WebIdentityToken") == "expired":
            raise ApiError(400, "ExpiredTokenException", "Token expired: current date/time must be "
                           "before the expiration date/time")
        if role is None or form.get("WebIdentityToken") not in role.web_tokens:
            raise ApiError(400, "InvalidIdentityToken", "No OpenIDConnect provider found in your "
                           "account")
        return self._credentials("AssumeRoleWithWebIdentity", role, form)

    @staticmethod
    def _credentials(action, role, form):
        key = role.assume(form["RoleSessionName"], int(form.get("DurationSeconds", 3600)))
        return element(action + "Response", element(
            action + "Result", element("Credentials", AccessKeyId=key.access_key,
                                       SecretAccessKey=key.secret, SessionToken=key.token,
                                       Expiration=key.expiration()),
            element("AssumedRoleUser", AssumedRoleId="AROA:" + form["RoleSessionName"],
                    Arn=key.principal.arn)), element("ResponseMetadata", RequestId="1"))

    def _caller(self, request, _form):
        user = self._user(request)
        return element("GetCallerIdentityResponse", element(
            "GetCallerIdentityResult", element_text("Arn", user.arn),
            element_text("UserId", "AIDA" + user.name), element_text("Account", user.account.number)))


class Sso:
    """The SSO portal: `tokens` maps an access token to {(account, role name): Role}."""

    def __init__(self):
        self.tokens, self.calls = {}, []

    def __call__(self, request):
        query = dict(urllib.parse.parse_qsl(request.query))
        self.calls.append(request.path)
        if request.method != "GET" or request.path != "/federation/credentials":
            return self._error(404, "ResourceNotFoundException", "No such thing")
        roles = self.tokens.get(request.header("x-amz-sso_bearer_token"))
        if roles is None:
            return self._error(401, "UnauthorizedException", "Session token not found or invalid")
        role = roles.get((query.get("account_id"), query.get("role_name")))
        if role is None:
            return self._error(403, "ForbiddenException", "No access")
        key = role.assume("sso")
        return as_json(200, {"roleCredentials": {
            "accessKeyId": key.access_key, "secretAccessKey": key.secret,
            "sessionToken": key.token, "expiration": int(key.expires * 1000)}})

    @staticmethod
    def _error(status, code, message):
        answer = as_json(status, {"message": message, "__type": code})
        answer.headers["x-amzn-ErrorType"] = code
        return answer


def as_json(status, value):
    """An answer in JSON."""
    return Answer(status, json.dumps(value).encode(), "application/json")


class Metadata:
    """IMDSv2 of an instance. A GET without a token is refused, and remembered in `refused`."""

    def __init__(self):
        self.role, self.keys, self.calls, self.refused = None, [], [], []
        self._tokens = set()

    def __call__(self, request):
        self.calls.append((request.method, request.path))
        if request.header("x-forwarded-for") or request.header("via"):
            return self._refuse(403, request)
        if request.path == "/latest/api/token":
            return self._token(request)
        if request.method != "GET" or request.header("x-aws-ec2-metadata-token") not in self._tokens:
            return self._refuse(401, request)
        return self._read(request.path)

    def _refuse(self, status, request):
        self.refused.append((status, request.method, request.path))
        return Answer(status, b"<html>Unauthorized</html>", "text/html")

    def _token(self, request):
        ttl = request.header("x-aws-ec2-metadata-token-ttl-seconds") or ""
        if request.method != "PUT" or not ttl.isdigit() or not 1 <= int(ttl) <= 21600:
            return self._refuse(400 if request.method == "PUT" else 405, request)
        token = "canary" + secrets.token_urlsafe(36)
        self._tokens.add(token)
        return Answer(200, token.encode(), "text/plain",
                      {"X-Aws-Ec2-Metadata-Token-Ttl-Seconds": ttl})

    def _read(self, path):
        base = "/latest/meta-data/iam/security-credentials/"
        if self.role is None:
            return Answer(404, b"<html>Not Found</html>", "text/html")
        if path in (base, base.rstrip("/")):
            return Answer(200, self.role.name.encode(), "text/plain")
        if path == base + self.role.name:
            return as_json(200, {"Code": "Success", "Type": "AWS-HMAC", **credentials(self)})
        return Answer(404, b"<html>Not Found</html>", "text/html")


class Container:
    """The credentials endpoint of a container: `token` is the Authorization that it wants."""

    def __init__(self):
        self.role, self.keys, self.token, self.calls, self.refused = None, [], None, [], []
        self.path = "/v2/credentials/lab"

    def __call__(self, request):
        self.calls.append((request.method, request.path))
        if request.method != "GET" or request.header("authorization") != self.token:
            self.refused.append((401, request.method, request.path))
            return as_json(401, {"code": "AccessDenied", "message": "not authorized"})
        if self.role is None or request.path != self.path:
            return as_json(404, {"code": "NotFound", "message": "no credentials for " + request.path})
        return as_json(200, credentials(self))


def credentials(service):
    """JSON of the role's temporary key; a list of prepared keys in service.keys goes first."""
    key = service.keys.pop(0) if service.keys else service.role.assume("metadata")
    return {"AccessKeyId": key.access_key, "SecretAccessKey": key.secret, "Token": key.token,
            "Expiration": key.expiration()}
