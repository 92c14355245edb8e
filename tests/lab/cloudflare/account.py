"""Accounts: their zones, the users and tokens that may use them, the rate limit; and what a test may
make go wrong."""
import itertools
import secrets
import threading
import time

from . import text
from .records import Record, identifier

_NUMBERS = itertools.count(1)
READS = {"DNS:Edit": "DNS:Read", "Zone:Edit": "Zone:Read"}  # what includes what


class Fault:
    """Makes calls go wrong: `kind` is one of web.KINDS, "null" (success without a result), an
    ApiError or an Answer, for the next `times` calls of `operation` (None: any), before or after the
    operation was done."""

    def __init__(self, kind, operation=None, times=1, after=False, seconds=0.0):
        self.kind, self.operation, self.left = kind, operation, times
        self.after, self.seconds = after, seconds
        self.done = 0


class Limit:
    """So many calls in a window of seconds; after that, none for `block` seconds. `dated`: the wait
    is told as a date. `told` is False where no header tells it."""

    def __init__(self, quota=1200, window=300.0, block=300.0, dated=False, told=True):
        self.quota, self.window, self.block = quota, window, block
        self.dated, self.told = dated, told
        self.refused = self.early = 0
        self._begun, self._used, self._until = time.monotonic(), 0, 0.0
        self._lock = threading.Lock()

    def take(self):
        """Seconds to wait; 0: the call may go on."""
        with self._lock:
            now = time.monotonic()
            if now < self._until:
                self.refused += 1
                self.early += 1
                return self._until - now
            if now - self._begun >= self.window:
                self._begun, self._used = now, 0
            self._used += 1
            if self._used <= self.quota:
                return 0.0
            self.refused += 1
            self._until = now + self.block
            self._begun, self._used = self._until, 0
            return self.block

    def headers(self, wait):
        """What every answer tells."""
        left = max(0, self.quota - self._used) if not wait else 0
        reset = wait or max(0.0, self._begun + self.window - time.monotonic())
        told = {"Ratelimit": f'"default";r={left};t={int(reset + 0.999)}',
                "Ratelimit-Policy": f'"default";q={self.quota};w={int(self.window)}'}
        if wait and self.told:
            seconds = int(wait + 0.999)
            told["retry-after"] = str(seconds) if not self.dated else time.strftime(
                "%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + seconds))
        return told


class User:
    """Somebody: whose calls are counted, limited and spoilt, whatever key or token they come with."""

    def __init__(self, service, accounts):
        number = next(_NUMBERS)
        self.service, self.accounts = service, list(accounts)
        self.id, self.email = identifier(), f"user{number}@mail.test"
        self.calls, self.faults, self.limit = [], [], Limit()
        self._lock = threading.Lock()

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
        return [call.operation for call in self.calls if call.status != 429]


class Key:
    """The global key of a user: it may do everything."""

    def __init__(self, user):
        self.user = user
        self.value = secrets.token_hex(19)[:37]
        user.service.keys[user.email] = self

    def allows(self, _permission, zone):
        """True for the zones of the user's accounts."""
        return zone.account in self.user.accounts

    def problem(self, _address):
        """What keeps it from being used."""

    def environment(self, **more):
        """The variables that hand it to a program."""
        return {"CLOUDFLARE_EMAIL": self.user.email, "CLOUDFLARE_API_KEY": self.value, **more}


class Token:
    """An API token: `policies` are pairs of permissions and zones (None: all of the accounts). `owned`
    by an account, it is not verified as a user's is. `listing` is what happens to a list of zones
    without Zone:Read: "actor" (an error) or "empty". `location`: the one address it may come from.
    `guesses`: whether a name that is no zone of its gives an empty list, and not an error."""

    def __init__(self, user, permissions, zones=None, owned=False):
        self.user, self.owned, self.id = user, owned, identifier()
        self.value = ("cfat_" if owned else "") + "canary" + secrets.token_urlsafe(40)[:34]
        self.policies = [(set(permissions), zones)]
        self.status, self.expires, self.location = "active", None, None
        self.listing, self.denial, self.guesses = "actor", 10000, True
        user.service.tokens[self.value] = self

    def also(self, *permissions, zones=None):
        """One more policy."""
        self.policies.append((set(permissions), zones))
        return self

    def holds(self, permission):
        """Whether any policy has a permission."""
        return any(_has(granted, permission) for granted, _ in self.policies)

    def allows(self, permission, zone):
        """Whether it has a permission for a zone."""
        return zone.account in self.user.accounts and any(
            _has(granted, permission) and (zones is None or zone in zones)
            for granted, zones in self.policies)

    def state(self):
        """active, disabled or expired."""
        if self.expires is not None and time.time() >= self.expires:
            return "expired"
        return self.status

    def problem(self, address):
        """What keeps it from being used; None: nothing."""
        if self.state() != "active":
            return "Invalid access token"
        if self.location not in (None, address):
            return "Cannot use the access token from location: " + address
        return None

    def environment(self, **more):
        """The variables that hand it to a program."""
        return {"CLOUDFLARE_DNS_API_TOKEN": self.value, **more}


def _has(granted, permission):
    return permission in granted or any(READS.get(each) == permission for each in granted)


class Zone:
    """A zone. `delays` are the seconds after which each of its name servers has a change. `form` is
    how TXT content is shown: "quoted", "plain" or "sent" (as it was sent)."""

    def __init__(self, account, name, servers=(), served=False, status="active"):
        self.account, self.name, self.status = account, name, status
        self.id = identifier()
        self.servers, self.served = list(servers), served
        self.delays = [0.0] * len(self.servers)
        self.form, self.quota, self.least_ttl = "quoted", 1000, 60
        self.duplicate, self.conflict = None, 81053
        self.most = 5000000  # records on a page, whatever was asked for
        self.batch_limit = 200
        self.records, self.lock = {}, threading.RLock()

    def complain(self, what):
        """Notes what the service forgives and we do not."""
        self.account.service.complaints.append(f"{self.name}: {what}")

    def put(self, name, kind, content, **more):
        """Puts a record there, as if it had been there before; no rule is looked at."""
        record = Record(name, kind, content, **more)
        with self.lock:
            self.records = {**self.records, record.id: record}  # somebody may be going through the others
        return record

    def text(self, name, *values, **more):
        """Puts TXT records there before the lab starts."""
        return [self.put(name, "TXT", text.quoted(text.split([each.encode()])), **more)
                for each in values]

    def txt(self, name):
        """The TXT records at a name."""
        with self.lock:
            return [each for each in self.records.values()
                    if (each.kind, each.name) == ("TXT", name.lower())]

    def texts(self, name):
        """The TXT values at a name, sorted."""
        return sorted(each.value().decode("latin-1") for each in self.txt(name))

    def ttls(self, name):
        """The TTLs of the TXT records at a name."""
        return sorted({each.ttl for each in self.txt(name)})

    def json(self):
        """The zone in an answer."""
        return {"id": self.id, "name": self.name, "status": self.status, "paused": False,
                "type": "full", "development_mode": 0, "name_servers": self.servers or None,
                "original_name_servers": ["ns1.registrar.test"], "permissions": ["#zone:read"],
                "plan": {"name": "Free Website"}, "owner": {"type": "user", "email": None},
                "account": {"id": self.account.id, "name": self.account.name}}


class Account:
    """An account: zones, and those who may use them."""

    def __init__(self, service, name=None):
        self.service, self.id = service, identifier()
        self.name = name or f"Account {next(_NUMBERS)}"
        self.zones = []

    def zone(self, name, **options):
        """A zone: delegated to and served by two name servers."""
        return self.service.add_zone(self, name, **options)

    def key(self):
        """The global key of a new user."""
        return Key(User(self.service, [self]))

    def token(self, *permissions, user=None, **options):
        """A token of a new user, or of `user`."""
        return Token(user or User(self.service, [self]), permissions, **options)
