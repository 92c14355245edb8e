"""Whose a request is: tokens (Bearer), and the global key with its email address."""
import re
import secrets

from . import answers, errors
from .account import Key
from .errors import ApiError

TOKEN = re.compile(r"[A-Za-z0-9_-]{40}|cf[au]t_[A-Za-z0-9_-]{40,}")
KEY = re.compile(r"[0-9a-f]{37}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
VERIFY = ("VerifyToken", "VerifyAccountToken")


def holder(api, request, operation):
    """The Token or Key that a request comes with."""
    bearer, email, key = (request.header(name) for name in ("authorization", "x-auth-email",
                                                            "x-auth-key"))
    if bearer is not None and (email is not None or key is not None):
        api.complaints.append(f"{request.path}: a token and a key at once")
    if bearer is not None:
        return _token(api, request, operation, bearer)
    if operation in VERIFY:
        raise ApiError(400, (1001, 'Missing "Authorization" header'))
    if email is None and key is None:
        raise errors.NO_CREDENTIALS
    return _key(api, email or "", key or "")


def _key(api, email, key):
    if not EMAIL.fullmatch(email):
        raise errors.headers(6102, "Invalid format for X-Auth-Email header")
    if not KEY.fullmatch(key):
        raise errors.headers(6103, "Invalid format for X-Auth-Key header")
    found = api.keys.get(email)
    if found is None or not secrets.compare_digest(found.value, key):
        raise errors.UNKNOWN_KEY
    return found


def _token(api, request, operation, bearer):
    scheme, _, value = bearer.partition(" ")
    if scheme != "Bearer" or not TOKEN.fullmatch(value):
        raise errors.headers(6111, "Invalid format for Authorization header")
    found = api.tokens.get(value)
    if operation in VERIFY:
        if found is None:
            raise errors.UNVERIFIED
        return found
    # The records' own service has one answer to whatever it does not like.
    records = "/dns_records" in request.path
    if found is None:
        raise errors.AUTHENTICATION if records else errors.INVALID_TOKEN
    problem = found.problem(request.client)
    if problem:
        raise errors.AUTHENTICATION if records and found.location is None else ApiError(
            403, (9109, problem))
    return found


def may_list(found):
    """Whether it may list zones at all."""
    return isinstance(found, Key) or found.holds("Zone:Read") or found.listing == "empty"


def may_read_user(found):
    """Whether it may read whose it is."""
    return isinstance(found, Key) or found.holds("User Details:Read")


def verified(found, owned):
    """The answer to a token that asks about itself."""
    if found.owned != owned:
        raise errors.UNVERIFIED
    state = found.state()
    told = [{"code": 10000, "message": "This API Token is valid and active", "type": None}]
    return answers.success({"id": found.id, "status": state},
                           messages=told if state == "active" else ())
