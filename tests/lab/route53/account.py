"""Accounts: their zones, their users, their rate limit; and what a test may make go wrong."""
import itertools
import os
import random
import secrets
import string
import threading
import time

from . import policy as iam
from . import text
from .errors import ApiError
from .records import RecordSet

_NUMBERS = itertools.count(111122223333, 1000001)
LETTERS = string.ascii_uppercase + string.digits


def random_id(prefix, length):
    """An identifier as AWS makes them."""
    return prefix + "".join(secrets.choice(LETTERS) for _ in range(length - len(prefix)))


class Key:
    """An access key. `expires` is a wall-clock time, or None."""

    def __init__(self, principal, temporary=False, lifetime=None):
        self.principal = principal
        self.access_key = random_id("ASIA" if temporary else "AKIA", 20)
        self.secret = "canary" + secrets.token_urlsafe(26)[:34]
        self.token = "canary" + secrets.token_urlsafe(300) + "/+==" if temporary else None
        self.expires = None if lifetime is None else time.time() + lifetime

    def environment(self):
        """The variables that hand it to a program."""
        values = {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret}
        if self.token:
            values["AWS_SESSION_TOKEN"] = self.token
        return values

    def expiration(self):
        """The time of its end as JSON and XML have it."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.expires or time.time() + 3600))


class Fault:
    """Makes calls go wrong: `kind` is one of http.KINDS or an ApiError, for the next `times` calls
    of `operation` (None: any), before or after the operation was done."""

    def __init__(self, kind, operation=None, times=1, after=False, seconds=0.0):
        self.kind, self.operation, self.left = kind, operation, times
        self.after, self.seconds = after, seconds
        self.done = 0


class User:
    """A user or an assumed role: whose calls are counted, limited by a policy, and spoilt."""

    def __init__(self, account, name, policy=None, arn=None):
        self.account, self.name = account, name
        self.policy = policy or iam.ALLOW_ALL
        self.arn = arn or f"arn:aws:iam::{account.number}:user/{name}"
        self.keys, self.calls, self.faults = [], [], []
        self.skew_code = "RequestTimeTooSkewed"
        self._lock = threading.Lock()

    def key(self, **options):
        """One more access key."""
        key = Key(self, **options)
        self.keys.append(key)
        self.account.aws.keys[key.access_key] = key
        return key

    def environment(self, **more):
        """What a program needs to be this user."""
        if not self.keys:
            self.key()
        return {**self.keys[0].environment(), **more}

    def fault(self, kind, operation=None, **options):
        """Adds a fault and returns it."""
        fault = Fault(kind, operation, **options)
        self.faults.append(fault)
        return fault

    def next_fault(self, operation):
        """Takes the fault that is due for a call; None: none."""
        with self._lock:
            for fault in self.faults:
                if fault.left > 0 and fault.operation in (None, operation):
                    fault.left -= 1
                    fault.done += 1
                    return fault
        return None

    def operations(self):
        """The names of the operations called so far, without those refused by the rate limit."""
        return [call.operation for call in self.calls if call.code != "Throttling"]

    def check(self, action, resource, context=None):
        """Raises AccessDenied unless the policy allows it."""
        if not iam.permits(self.policy, action, resource, context):
            raise ApiError(403, "AccessDenied",
                           f"User: {self.arn} is not authorized to perform: {action} on resource: "
                           f"{resource} because no identity-based policy allows the {action} "
                           "action")


class Role:
    """A role: who may assume it, and what it may do."""

    def __init__(self, account, name, policy=None, trusted=(), external_id=None, web_tokens=()):
        self.account, self.name = account, name
        self.policy = policy or iam.ALLOW_ALL
        self.trusted, self.external_id = set(trusted), external_id
        self.web_tokens = set(web_tokens)
        self.arn = f"arn:aws:iam::{account.number}:role/{name}"
        self.sessions = []

    def assume(self, session, lifetime=3600):
        """Temporary keys of a new session."""
        arn = f"arn:aws:sts::{self.account.number}:assumed-role/{self.name}/{session}"
        user = User(self.account, session, self.policy, arn)
        self.sessions.append(user)
        return user.key(temporary=True, lifetime=lifetime)

    def calls(self):
        """The calls of all sessions."""
        return [call for user in self.sessions for call in user.calls]


class Bucket:
    """A token bucket: `rate` a second, `burst` at once."""

    def __init__(self, rate, burst):
        self.rate, self.burst = rate, burst
        self.tokens, self.stamp = burst, time.monotonic()
        self.refused = 0
        self._lock = threading.Lock()

    def take(self):
        """True when there was a token."""
        with self._lock:
            now = time.monotonic()
            self.tokens = min(self.burst, self.tokens + (now - self.stamp) * self.rate)
            self.stamp = now
            if self.tokens < 1:
                self.refused += 1
                return False
            self.tokens -= 1
            return True


class Zone:
    """A hosted zone. `delays` are the seconds after which each of its name servers has a change,
    `insync` those after which GetChange says INSYNC, both varied by the share `jitter`; `busy` those
    for which a further change of the zone is refused with PriorRequestNotComplete."""

    def __init__(self, account, name, private=False, servers=(), served=False):
        self.account = account
        self.id = random_id("Z", 21)
        self.labels = text.parse_name(name)
        self.name = text.show_name(self.labels)
        self.private, self.servers, self.served = private, list(servers), served
        self.delays, self.insync, self.busy = [0.0] * len(self.servers), 0.0, 0.0
        self.busy_until = self.jitter = 0.0
        self.glued = False  # list adjacent strings without a space between
        self.sets, self.lock = {}, threading.RLock()
        if servers:
            self.put(RecordSet(self.labels, "NS", 172800, [each + "." for each in servers]))
            self.put(RecordSet(self.labels, "SOA", 900, [
                f"{servers[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"]))

    def vary(self):
        """A factor for a delay."""
        return 1 + random.uniform(-self.jitter, self.jitter)

    def put(self, record):
        """Puts a set there, as if it had been there before."""
        with self.lock:
            self.sets = {**self.sets, record.key: record}  # somebody may be going through the others

    def text(self, name, *values, ttl=300, identifier=None, routing=None):
        """Puts a TXT set there before the lab starts."""
        self.put(RecordSet(name, "TXT", ttl, [text.show_strings([each.encode()]) for each in values],
                           identifier, routing))

    def txt(self, name):
        """{identifier or None: (ttl, texts)} of the TXT sets at a name."""
        labels = text.parse_name(name)
        with self.lock:
            return {each.identifier: (each.ttl, sorted(each.strings()))
                    for each in self.sets.values() if each.kind == "TXT" and each.labels == labels}

    def texts(self, name):
        """All TXT values at a name, sorted."""
        return sorted(value for _, values in self.txt(name).values() for value in values)

    def order(self):
        """What zones are sorted by."""
        return text.order(self.labels), self.id


class Account:
    """An account of its own: zones, users, roles, a rate limit (None: none). `own_shape`: errors of a
    batch come as <InvalidChangeBatch> (as documented) in place of <ErrorResponse> (as mostly seen)."""

    def __init__(self, aws, **options):
        self.aws = aws
        self.number = next(_NUMBERS)
        self.zones, self.changes = {}, {}
        self.bucket = None
        self.own_shape = options.get("own_shape", False)
        self.latency = options.get("latency", 0.0)

    def limit(self, rate, burst):
        """Limits the calls of the account; None lifts it."""
        self.bucket = Bucket(rate, burst) if rate else None

    def zone(self, name, **options):
        """A public zone: delegated to and served by name servers of its own delegation set."""
        return self.aws.add_zone(self, name, **options)

    def private_zone(self, name):
        """A zone that only a VPC sees."""
        zone = Zone(self, name, private=True)
        self.zones[zone.id] = zone
        return zone

    def user(self, policy=None, name=None):
        """A user with an access key."""
        user = User(self, name or "user-" + os.urandom(3).hex(), policy)
        user.key()
        return user

    def role(self, name=None, **options):
        """A role."""
        role = Role(self, name or "role-" + os.urandom(3).hex(), **options)
        self.aws.roles[role.arn] = role
        return role

    def sorted_zones(self):
        """All zones in the order of ListHostedZonesByName."""
        return sorted(self.zones.values(), key=Zone.order)
