"""The operations of the API, and what stands before each: route, credentials, rate limit, faults."""
import copy
import json
import re
import threading
import time
import traceback

from ..web import Answer
from . import auth, errors
from .answers import failure, success
from .errors import ApiError
from .query import Query, filtered, page_of
from .records import Changes

BASE = "/client/v4"
ID = "([0-9a-f]{32})"
ZONE, RECORDS = f"/zones/{ID}", f"/zones/{ID}/dns_records"
ROUTES = [("GET", "/zones", "ListZones"), ("GET", ZONE, "GetZone"),
          ("GET", RECORDS, "ListRecords"), ("POST", RECORDS, "CreateRecord"),
          ("POST", RECORDS + "/batch", "Batch"), ("GET", f"{RECORDS}/{ID}", "GetRecord"),
          ("PUT", f"{RECORDS}/{ID}", "OverwriteRecord"), ("PATCH", f"{RECORDS}/{ID}", "PatchRecord"),
          ("DELETE", f"{RECORDS}/{ID}", "DeleteRecord"), ("GET", "/user", "GetUser"),
          ("GET", "/user/tokens/verify", "VerifyToken"),
          ("GET", f"/accounts/{ID}/tokens/verify", "VerifyAccountToken")]
PAGES = ("page", "per_page", "order", "direction", "match")
BATCH = ("deletes", "patches", "puts", "posts")


class Call:
    """One call, for tests to count."""

    def __init__(self, operation, request, holder):
        self.operation, self.holder, self.begun = operation, holder, time.monotonic()
        self.connection, self.path = request.connection, request.path
        self.query, self.body = request.query, request.body
        self.status, self.codes = None, []

    def __repr__(self):
        return f"{self.operation}({self.path}?{self.query}) {self.status} {self.codes or ''}"


class Api:
    """The service. `tokens` by value, `keys` by email address; `complaints` is what the service
    forgives and we do not; `refused` are the codes of calls that never came to an operation."""

    def __init__(self, cloud):
        self.cloud = cloud
        self.tokens, self.keys, self.complaints, self.refused = {}, {}, [], []
        self.problems = []
        self._lock = threading.Lock()

    def __call__(self, request):
        try:
            return self._answer(request)
        except ApiError as error:
            self.refused.append((request.path, error.codes))
            return failure(error)
        except Exception:  # told by the test at its end
            self.problems.append(traceback.format_exc())
            raise

    def _answer(self, request):
        operation, ids = route(request)
        if request.body and request.method == "GET":
            self.complaints.append(f"{request.path}: a GET with a body")
        holder = auth.holder(self, request, operation)
        call = Call(operation, request, holder)
        holder.user.calls.append(call)
        wait = holder.user.limit.take()
        try:
            if wait:
                raise errors.LIMITED
            answer = self._spoilt(call, request, ids)
        except ApiError as error:
            answer, call.codes = failure(error), error.codes
        for name, value in holder.user.limit.headers(wait).items():
            answer.headers.setdefault(name, value)
        answer.headers["CF-Ray"] = "8b1c2d3e4f5a6b7c-LAB"
        call.status = answer.status
        return answer

    def _spoilt(self, call, request, ids):
        if self.cloud.latency:
            time.sleep(self.cloud.latency)
        fault = call.holder.user.next_fault(call.operation)
        if fault is None:
            return self._do(call, request, ids)
        if not fault.after and fault.kind != "slow":
            answer = Answer(200, b'{"success":true}')
        else:
            answer = self._do(call, request, ids)
        return spoil(answer, fault)

    def _do(self, call, request, ids):
        name = re.sub(r"(?<!^)([A-Z])", r"_\1", call.operation).lower()
        return getattr(self, "_" + name)(call.holder, request, *ids)

    def _zone(self, holder, identifier, permission, denied):
        """The zone of a path, if the holder may do that there: whether there is such a zone is told to
        nobody else."""
        zone = self.cloud.zones.get(identifier)
        if zone is None or not holder.allows(permission, zone):
            if isinstance(denied, ApiError):
                raise denied
            code = getattr(holder, "denial", denied)
            raise errors.AUTHENTICATION if code == 10000 else ApiError(
                403, (code, f"Unauthorized: requires permission {permission}"))
        return zone

    # ---- zones -------------------------------------------------------------------------------

    def _list_zones(self, holder, request):
        query = Query(request, self.complaints.append, "name", "status", "account.id",
                      "account.name", *PAGES)
        if not auth.may_list(holder):
            raise ApiError(403, (0, f"Actor 'com.cloudflare.api.token.{holder.id}' requires "
                                 "permission 'com.cloudflare.api.account.zone.list' to list zones"))
        zones = sorted((each for each in self.cloud.zones.values()
                        if holder.allows("Zone:Read", each)), key=lambda each: (each.name, each.id))
        for name, read in (("name", lambda each: each.name), ("status", lambda each: each.status),
                           ("account.id", lambda each: each.account.id),
                           ("account.name", lambda each: each.account.name)):
            wanted = query.get(name)
            zones = [each for each in zones if wanted is None or read(each) == wanted]
        if not zones and not getattr(holder, "guesses", True):
            raise errors.UNAUTHORIZED
        page, info = page_of(zones, query, 20, 5, 50)
        return success([each.json() for each in page], info)

    def _get_zone(self, holder, request, zone):
        Query(request, self.complaints.append)
        return success(self._zone(holder, zone, "Zone:Read", errors.UNAUTHORIZED).json())

    # ---- records -----------------------------------------------------------------------------

    def _list_records(self, holder, request, zone):
        zone = self._zone(holder, zone, "DNS:Read", 10000)
        query = Query(request, self.complaints.append, "type", "name", "name.exact", "content",
                      "content.exact", *PAGES)
        with zone.lock:
            records = filtered(list(zone.records.values()), query)
        page, info = page_of(records, query, 100, 1, 5000000, zone.most)
        return success([each.json() for each in page], info)

    def _get_record(self, holder, request, zone, record):
        zone = self._zone(holder, zone, "DNS:Read", 10000)
        return success(Changes(zone).find(record).json())

    def _create_record(self, holder, request, zone):
        return self._change(holder, zone, request, lambda changes, data: changes.create(data).json())

    def _overwrite_record(self, holder, request, zone, record):
        return self._change(holder, zone, request,
                            lambda changes, data: changes.overwrite(record, data).json())

    def _patch_record(self, holder, request, zone, record):
        return self._change(holder, zone, request,
                            lambda changes, data: changes.patch(record, data).json())

    def _delete_record(self, holder, request, zone, record):
        return self._change(holder, zone, None,
                            lambda changes, _: {"id": changes.delete(record).id})

    def _batch(self, holder, request, zone):
        return self._change(holder, zone, request, batch)

    def _change(self, holder, identifier, request, make):
        zone = self._zone(holder, identifier, "DNS:Edit", 10000)
        data = read_json(request) if request else None
        with zone.lock:
            changes = Changes(zone)
            result = make(changes, data)
            zone.records = changes.records
            if zone.served:
                self.cloud.fleet.publish(zone, changes.touched)
        return success(result)

    # ---- who is asking -----------------------------------------------------------------------

    def _get_user(self, holder, _request):
        if not auth.may_read_user(holder):
            raise errors.UNAUTHORIZED
        return success({"id": holder.user.id, "email": holder.user.email, "suspended": False})

    def _verify_token(self, holder, _request):
        return auth.verified(holder, owned=False)

    def _verify_account_token(self, holder, _request, account):
        if account not in [each.id for each in holder.user.accounts]:
            raise errors.AUTHENTICATION
        return auth.verified(holder, owned=True)


def route(request):
    """The operation and the identifiers in the path."""
    path = request.path[len(BASE):] if request.path.startswith(BASE + "/") else None
    found = [(method, operation, match.groups()) for method, pattern, operation in ROUTES
             for match in [re.fullmatch(pattern, path or "")] if match]
    if not found:
        raise errors.no_route(path or request.path)
    for method, operation, ids in found:
        if method == request.method:
            return operation, ids
    raise ApiError(405, (7001, f"Method {request.method} not available for that URI."))


def read_json(request):
    """The body of a request."""
    if (request.header("content-type") or "").split(";")[0].strip() != "application/json":
        raise errors.headers(6105, "Invalid Content-Type header, valid values are "
                             "application/json,multipart/form-data")
    try:
        return json.loads(request.body)
    except ValueError as error:
        raise errors.MALFORMED from error


def batch(changes, data):
    """Deletes, patches, puts and posts, in this order."""
    if not isinstance(data, dict) or set(data) - set(BATCH):
        raise errors.invalid(9207, "a batch has deletes, patches, puts and posts")
    lists = {name: data.get(name) or [] for name in BATCH}
    count = sum(len(each) for each in lists.values())
    if not 1 <= count <= changes.zone.batch_limit:
        raise ApiError(400, (81072, f"A batch has 1 to {changes.zone.batch_limit} changes."))
    make = {"deletes": lambda each: changes.delete(each["id"]),
            "patches": lambda each: changes.patch(each["id"], each),
            "puts": lambda each: changes.overwrite(each["id"], each), "posts": changes.create}
    try:
        return {name: [make[name](each).json() for each in lists[name]] for name in BATCH}
    except (KeyError, TypeError) as error:
        raise errors.invalid(9207, "a change without its id") from error


def spoil(answer, fault):
    """What becomes of an answer."""
    if isinstance(fault.kind, ApiError):
        raise fault.kind
    if isinstance(fault.kind, Answer):
        return copy.deepcopy(fault.kind)
    if fault.kind == "null":
        return success(None)
    answer.spoil, answer.seconds = fault.kind, fault.seconds
    return answer
