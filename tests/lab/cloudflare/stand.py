"""The whole: accounts, the API at its host name, name servers, and the throw-away CA."""
from .. import tls
from ..feed import SOURCE as API
from ..namespace import HOME
from ..web import Answer, Front
from ..world import both
from .account import Account, Zone
from .fleet import Fleet
from .service import Api

HOST = "api.cloudflare.com"


class Cloudflare:
    """Declare accounts and zones, then world.start(), then start(). `latency` is the seconds that
    every call takes."""

    def __init__(self, world):
        self.world, self.fleet, self.api = world, Fleet(world), Api(self)
        self.zones, self.latency = {}, 0.0
        self.ca, self.log = HOME + "/cloudflare-ca.pem", []
        self._hosts = {HOST}

    @property
    def tokens(self):
        """Every token by its value."""
        return self.api.tokens

    @property
    def keys(self):
        """Every global key by its email address."""
        return self.api.keys

    @property
    def complaints(self):
        """What the service forgives and we do not."""
        return self.api.complaints

    def account(self, name=None):
        """One more account."""
        return Account(self, name)

    def add_zone(self, account, name, pair="a", served=True, delegated=True, status="active"):
        """A zone with one of the fleet's pairs of name servers."""
        zone = Zone(account, name, Fleet.PAIRS[pair], served, status)
        account.zones.append(zone)
        self.zones[zone.id] = zone
        if served:
            self.fleet.zones[pair].append(zone)
        if delegated:
            self.world.delegate(zone.name, self.fleet.nameservers(pair))
        return zone

    def start(self):
        """Starts name servers and API; world.start() was called before."""
        self.fleet.start()
        context = tls.certificates([HOST], self.ca, HOME + "/cloudflare-server.pem")
        tls.trust(self.ca)
        for address in self.world.addresses(API):
            self.world.add(Front(address, 443, self._by_host, context))
        tls.name_hosts([HOST], both(API))
        return self

    def endpoint(self, host, port):
        """One more way to the API, behind a CA that the system trusts from now on; returns its URL."""
        authority = f"{HOME}/{host}-ca.pem"
        context = tls.certificates([host], authority, f"{HOME}/{host}.pem")
        tls.trust(authority)
        self._hosts.add(f"{host}:{port}")
        for address in both(API):
            self.world.add(Front(address, port, self._by_host, context))
        tls.name_hosts([host], both(API))
        return f"https://{host}:{port}/client/v4"

    def _by_host(self, request):
        self.log.append((request.host, request.method, request.path))
        if request.host not in self._hosts:
            return Answer(421, b"<html>Misdirected Request</html>", "text/html")
        return self.api(request)

    def secrets(self):
        """What no output may show."""
        return [*self.tokens, *(key.value for key in self.keys.values())]

    def finish(self, tap):
        """Checks of the stand-in itself, at the end of a test."""
        for what, found in (("every change reached its name servers", self.fleet.problems()),
                            ("the stand-in did not break", self.api.problems),
                            ("nothing was sent that the service only forgives", self.complaints)):
            tap.ok(not found, what, *found[:5])
