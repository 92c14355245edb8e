"""The operations of Route 53, and what stands before each: signature, policy, rate limit, faults."""
import re
import threading
import time
import traceback
import urllib.parse

from ..web import Answer
from . import batch, records, sigv4, text
from .account import random_id
from .batch import element, element_text, listing
from .errors import ApiError, invalid_input

MAX_ZONES, MAX_SETS = 100, 300
# Host names of each partition, and the region that requests to it are signed for.
HOSTS = {
    "route53.amazonaws.com": "us-east-1", "route53-fips.amazonaws.com": "us-east-1",
    "route53.global.api.aws": "us-east-1", "route53.amazonaws.com.cn": "cn-northwest-1",
    "route53.us-gov.amazonaws.com": "us-gov-west-1", "route53.amazonaws.eu": "eusc-de-east-1",
}
ROUTES = [("GET", r"/2013-04-01/hostedzone", "ListHostedZones"),
          ("GET", r"/2013-04-01/hostedzonesbyname", "ListHostedZonesByName"),
          ("GET", r"/2013-04-01/hostedzone/([^/]+)", "GetHostedZone"),
          ("GET", r"/2013-04-01/hostedzone/([^/]+)/rrset", "ListResourceRecordSets"),
          ("POST", r"/2013-04-01/hostedzone/([^/]+)/rrset/?", "ChangeResourceRecordSets"),
          ("GET", r"/2013-04-01/change/([^/]+)", "GetChange")]


class Call:
    """One call, for tests to count."""

    def __init__(self, operation, request, identifier):
        self.operation, self.id = operation, identifier
        self.begun = time.monotonic()
        self.connection, self.query, self.body = request.connection, request.query, request.body
        self.status = self.code = None

    def __repr__(self):
        return f"{self.operation}({self.id or ''}?{self.query}) {self.status} {self.code or ''}"


class Change:
    """A change that was made: at which names, whether it added anything, when, and when each name
    server served it (host: time)."""

    def __init__(self, zone, changes):
        self.id, self.zone = random_id("C", 21), zone
        self.names = {each.wanted.name.rstrip(".") for each in changes}
        self.added = any(each.action != "DELETE" for each in changes)
        self.begun, self.submitted = time.monotonic(), time.time()
        self.insync_at = self.begun + zone.insync * zone.vary()
        self.served = {}

    def status(self):
        """PENDING or INSYNC."""
        return "INSYNC" if time.monotonic() >= self.insync_at else "PENDING"

    def info(self):
        """The ChangeInfo of an answer."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(self.submitted)) + ".000Z"
        return element("ChangeInfo", Id="/change/" + self.id, Status=self.status(),
                       SubmittedAt=stamp)


class Query:
    """The parameters of a request, each at most once."""

    def __init__(self, request, *known):
        pairs = urllib.parse.parse_qsl(request.query.replace("+", "%2B"), keep_blank_values=True)
        self._values = dict(pairs)
        if len(pairs) != len(self._values):
            raise invalid_input("a parameter occurs twice")
        unknown = [name for name in self._values if name not in known]
        if unknown:
            raise invalid_input("unknown parameters: " + ", ".join(unknown))

    def get(self, name):
        """A parameter; None: it is not there, or empty."""
        return self._values.get(name) or None

    def name(self, key):
        """A parameter that is a domain name, as text to compare by."""
        value = self.get(key)
        if value is None:
            return None
        try:
            return text.order(text.parse_name(value))
        except ValueError as error:
            raise ApiError(400, "InvalidDomainName", f"{value} {error}") from error

    def limit(self, most):
        """maxitems, at most what a page holds."""
        value = self.get("maxitems")
        if value is None:
            return most
        if not value.isdigit() or int(value) < 1:
            raise invalid_input(f"MaxItems '{value}' must be a number from 1 to {most}")
        return min(int(value), most)


class Route53:
    """The service."""

    def __init__(self, aws):
        self.aws = aws
        self._lock = threading.Lock()

    def __call__(self, request):
        request_id = random_id("", 36)
        try:
            return self._answer(request, request_id)
        except ApiError as error:
            return self.failure(error, request_id)
        except Exception:  # told by the test at its end
            self.aws.problems.append(traceback.format_exc())
            raise

    @staticmethod
    def failure(error, request_id, own_shape=False):
        """An error as an answer."""
        return Answer(error.status, batch.error_document(error, request_id, own_shape),
                      headers={"x-amzn-RequestId": request_id})

    def _answer(self, request, request_id):
        operation, identifier = self._route(request)
        user = self._authenticate(request)
        call = Call(operation, request, identifier)
        user.calls.append(call)
        try:
            answer = self._spoilt(user, call, request, identifier)
        except ApiError as error:
            answer = self.failure(error, request_id, user.account.own_shape)
            call.code = error.code
        answer.headers["x-amzn-RequestId"] = request_id
        call.status = answer.status
        return answer

    @staticmethod
    def _route(request):
        for method, pattern, operation in ROUTES:
            match = re.fullmatch(pattern, request.path)
            if match and method == request.method:
                return operation, match.group(1) if match.groups() else None
        raise ApiError(404, "UnknownOperationException", f"{request.method} {request.path}")

    def _authenticate(self, request):
        parsed = sigv4.Parsed(request)
        key = self.aws.keys.get(parsed.access_key)
        if key is None:
            raise ApiError(403, "InvalidClientTokenId",
                           "The security token included in the request is invalid.")
        try:
            sigv4.check(request, key, "route53", self.aws.endpoints[request.host],
                        key.principal.skew_code)
            if key.expires is not None and time.time() >= key.expires:
                raise ApiError(403, "ExpiredToken",
                               "The security token included in the request is expired")
        except ApiError as error:
            key.principal.account.aws.refused.append((key.principal, error.code))
            raise
        return key.principal

    def _spoilt(self, user, call, request, identifier):
        account = user.account
        if account.latency:
            time.sleep(account.latency)
        if account.bucket is not None and not account.bucket.take():
            raise ApiError(400, "Throttling", "Rate exceeded")
        fault = user.next_fault(call.operation)
        if fault is not None and not fault.after and fault.kind != "slow":
            if isinstance(fault.kind, ApiError):
                raise fault.kind
            return Answer(200, b"<x/>" * 50, spoil=fault.kind, seconds=fault.seconds)
        answer = self._do(user, call.operation, request, identifier)
        if fault is not None:
            if isinstance(fault.kind, ApiError):
                raise fault.kind
            answer.spoil, answer.seconds = fault.kind, fault.seconds
        return answer

    def _do(self, user, operation, request, identifier):
        root = getattr(self, "_" + re.sub(r"(?<!^)([A-Z])", r"_\1", operation).lower())(
            user, request, identifier)
        return Answer(200, batch.document(root))

    def _zone(self, user, operation, identifier, context=None):
        if not re.fullmatch(r"[A-Z0-9]{1,32}", identifier):
            raise invalid_input("1 validation error detected: hostedZoneId")
        user.check("route53:" + operation, "arn:aws:route53:::hostedzone/" + identifier, context)
        zone = user.account.zones.get(identifier)
        if zone is None:
            raise ApiError(404, "NoSuchHostedZone", f"No hosted zone found with ID: {identifier}")
        return zone

    # ---- operations --------------------------------------------------------------------------

    def _list_hosted_zones(self, user, request, _):
        user.check("route53:ListHostedZones", "*")
        query = Query(request, "marker", "maxitems", "delegationsetid", "hostedzonetype")
        limit, marker = query.limit(MAX_ZONES), query.get("marker")
        zones = sorted(user.account.zones.values(), key=lambda zone: zone.id)
        if marker is not None and marker not in user.account.zones:
            raise invalid_input("the marker is no hosted zone")
        zones = [zone for zone in zones if marker is None or zone.id >= marker]
        more = len(zones) > limit
        return element("ListHostedZonesResponse",
                       listing("HostedZones", [write_zone(each) for each in zones[:limit]]),
                       element_text("Marker", marker) if marker else None,
                       *_rest(more, limit, NextMarker=zones[limit].id if more else None))

    def _list_hosted_zones_by_name(self, user, request, _):
        user.check("route53:ListHostedZonesByName", "*")
        query = Query(request, "dnsname", "hostedzoneid", "maxitems")
        limit, name, identifier = query.limit(MAX_ZONES), query.name("dnsname"), query.get(
            "hostedzoneid")
        if identifier is not None and name is None:
            raise invalid_input("HostedZoneId without DNSName")
        zones = [zone for zone in user.account.sorted_zones()
                 if name is None or zone.order() >= (name, identifier or "")]
        more = len(zones) > limit
        following = zones[limit] if more else None
        return element("ListHostedZonesByNameResponse",
                       listing("HostedZones", [write_zone(each) for each in zones[:limit]]),
                       element_text("DNSName", query.get("dnsname")) if name else None,
                       element_text("HostedZoneId", identifier) if identifier else None,
                       *_rest(more, limit, NextDNSName=following.name if more else None,
                              NextHostedZoneId=following.id if more else None))

    def _get_hosted_zone(self, user, request, identifier):
        Query(request)
        zone = self._zone(user, "GetHostedZone", identifier)
        root = element("GetHostedZoneResponse", write_zone(zone))
        if zone.private:
            root.append(listing("VPCs", [element("VPC", VPCRegion="eu-west-1", VPCId="vpc-1")]))
        else:
            root.append(element("DelegationSet", listing("NameServers", [
                element_text("NameServer", each) for each in zone.servers])))
        return root

    def _list_resource_record_sets(self, user, request, identifier):
        query = Query(request, "name", "type", "identifier", "maxitems")
        zone = self._zone(user, "ListResourceRecordSets", identifier)
        limit, start = query.limit(MAX_SETS), [query.name("name"), query.get("type"),
                                               query.get("identifier")]
        for later, needed in ((1, 0), (2, 1)):
            if start[later] is not None and start[needed] is None:
                raise invalid_input("The type without the name, or the identifier without the type")
        with zone.lock:
            sets = [zone.sets[key] for key in sorted(zone.sets)
                    if key >= tuple(each or "" for each in start)]
        more = len(sets) > limit
        following = sets[limit] if more else None
        return element(
            "ListResourceRecordSetsResponse",
            listing("ResourceRecordSets", [_glue(zone, batch.write_set(each))
                                           for each in sets[:limit]]),
            *_rest(more, limit, NextRecordName=following.name if more else None,
                   NextRecordType=following.kind if more else None,
                   NextRecordIdentifier=following.identifier if more else None))

    def _change_resource_record_sets(self, user, request, identifier):
        Query(request)
        changes = batch.read_changes(request.body)
        zone = self._zone(user, "ChangeResourceRecordSets", identifier, conditions(changes))
        with zone.lock:
            if time.monotonic() < zone.busy_until:
                raise ApiError(400, "PriorRequestNotComplete", "The request was rejected because "
                               "Route 53 was still processing a prior request.")
            zone.sets = records.apply(zone.sets, zone.labels, changes)
            zone.busy_until = time.monotonic() + zone.busy
            change = Change(zone, changes)
            user.account.changes[change.id] = change
            if zone.served:
                touched = dict.fromkeys((each.wanted.labels, each.wanted.kind) for each in changes)
                self.aws.fleet.publish(zone, touched, change)
        return element("ChangeResourceRecordSetsResponse", change.info())

    def _get_change(self, user, request, identifier):
        Query(request)
        user.check("route53:GetChange", "arn:aws:route53:::change/" + identifier)
        change = user.account.changes.get(identifier)
        if change is None:
            raise ApiError(404, "NoSuchChange",
                           f"Could not find resource with ID: {identifier}")
        return element("GetChangeResponse", change.info())


def _rest(more, limit, **following):
    """The end of a listing."""
    nodes = [element_text("IsTruncated", "true" if more else "false")]
    nodes += [element_text(name, value) for name, value in following.items() if value is not None]
    return nodes + [element_text("MaxItems", limit)]


def _glue(zone, node):
    """The service has listed adjacent strings without a space between."""
    if zone.glued:
        for value in node.iter("Value"):
            value.text = value.text.replace('" "', '""')
    return node


def write_zone(zone):
    """A zone in a listing."""
    return element("HostedZone", element_text("Id", "/hostedzone/" + zone.id),
                   element_text("Name", zone.name),
                   element_text("CallerReference", "lab-" + zone.id),
                   element("Config", PrivateZone="true" if zone.private else "false"),
                   element_text("ResourceRecordSetCount", len(zone.sets)))


def conditions(changes):
    """What the condition keys of a policy are compared with."""
    return {
        "route53:changeresourcerecordsetsnormalizedrecordnames":
            sorted({each.wanted.name.rstrip(".") for each in changes}),
        "route53:changeresourcerecordsetsrecordtypes":
            sorted({each.wanted.kind for each in changes}),
        "route53:changeresourcerecordsetsactions": sorted({each.action for each in changes})}
