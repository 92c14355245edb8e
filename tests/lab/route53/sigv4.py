"""Signature Version 4 as a service checks it: botocore computes it anew from what arrived."""
import hashlib
import hmac
import re
import time
import urllib.parse
from calendar import timegm

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .errors import ApiError

TOLERANCE = 300
HEADER = re.compile(r"AWS4-HMAC-SHA256 Credential=(?P<credential>\S+?), ?"
                    r"SignedHeaders=(?P<headers>[a-z0-9;_-]+), ?Signature=(?P<signature>[0-9a-f]{64})")
EMPTY = hashlib.sha256(b"").hexdigest()


class Parsed:
    """The Authorization header of a request, taken apart."""

    def __init__(self, request):
        value = request.header("authorization")
        if value is None:
            raise ApiError(403, "MissingAuthenticationToken",
                           "Missing Authentication Token")
        match = HEADER.fullmatch(value)
        parts = match.group("credential").split("/") if match else []
        if len(parts) != 5 or parts[4] != "aws4_request":
            raise ApiError(403, "IncompleteSignature", "Authorization header is not complete")
        self.access_key, self.day, self.region, self.service, _ = parts
        self.headers = match.group("headers").split(";")
        self.signature = match.group("signature")
        self.stamp = request.header("x-amz-date") or ""


def check(request, key, service, region, skew_code):
    """Raises unless the request is signed by this key for this service and region, now."""
    parsed = Parsed(request)
    _check_scope(parsed, service, region)
    _check_time(parsed, skew_code)
    _check_headers(request, parsed, key)
    if not hmac.compare_digest(expected(request, parsed, key.secret), parsed.signature):
        raise ApiError(403, "SignatureDoesNotMatch",
                       "The request signature we calculated does not match the signature you "
                       "provided. Check your AWS Secret Access Key and signing method. Consult the "
                       "service documentation for details.")


def _check_scope(parsed, service, region):
    if parsed.service != service:
        raise ApiError(403, "SignatureDoesNotMatch",
                       f"Credential should be scoped to correct service: '{service}'.")
    if parsed.region != region:
        raise ApiError(403, "SignatureDoesNotMatch",
                       f"Credential should be scoped to a valid region, not '{parsed.region}'.")
    if not re.fullmatch(r"\d{8}T\d{6}Z", parsed.stamp) or parsed.day != parsed.stamp[:8]:
        raise ApiError(403, "SignatureDoesNotMatch",
                       "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of "
                       "date from HTTP")


def _check_time(parsed, skew_code):
    now = time.time()
    signed = timegm(time.strptime(parsed.stamp, "%Y%m%dT%H%M%SZ"))
    if abs(now - signed) <= TOLERANCE:
        return
    shown = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    if skew_code == "RequestTimeTooSkewed":
        message = ("The difference between the request time and the current time is too large.")
    elif signed < now:
        message = (f"Signature expired: {parsed.stamp} is now earlier than "
                   f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(now - TOLERANCE))} "
                   f"({shown} - 5 min.)")
    else:
        message = (f"Signature not yet current: {parsed.stamp} is still later than "
                   f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(now + TOLERANCE))} "
                   f"({shown} + 5 min.)")
    raise ApiError(403, skew_code, message)


def _check_headers(request, parsed, key):
    needed = ["host", "x-amz-date"] + [name for name, _ in request.headers
                                       if name.startswith("x-amz-")]
    missing = [name for name in needed if name not in parsed.headers]
    if missing or parsed.headers != sorted(set(parsed.headers)):
        raise ApiError(403, "SignatureDoesNotMatch", "There were headers present in the request "
                       "which were not signed: " + ", ".join(missing))
    token = request.header("x-amz-security-token")
    if token != key.token:
        raise ApiError(403, "InvalidClientTokenId",
                       "The security token included in the request is invalid.")
    digest = request.header("x-amz-content-sha256")
    if digest is not None and digest != hashlib.sha256(request.body).hexdigest():
        raise ApiError(400, "XAmzContentSHA256Mismatch",
                       "The provided 'x-amz-content-sha256' header does not match what was "
                       "computed.")


def expected(request, parsed, secret):
    """The signature that this request should bear."""
    signer = SigV4Auth(Credentials(parsed.access_key, secret), parsed.service, parsed.region)
    url = f"https://{request.host}{request.path}"
    query = canonical_query(request.query)
    again = AWSRequest(method=request.method, url=url + ("?" + query if query else ""),
                       data=request.body)
    for name, value in request.headers:
        if name in parsed.headers:
            again.headers.add_header(name, value)
    again.context["timestamp"] = parsed.stamp
    canonical = signer.canonical_request(again)
    return signer.signature(signer.string_to_sign(again, canonical), again)


def canonical_query(query):
    """The query decoded, encoded anew and sorted: however it was sent."""
    pairs = urllib.parse.parse_qsl(query.replace("+", "%20"), keep_blank_values=True)
    quoted = sorted((urllib.parse.quote(name, safe="-_.~"), urllib.parse.quote(value, safe="-_.~"))
                    for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in quoted)
