"""The whole: accounts, services at their host names, name servers, and the throw-away CA."""
from .. import process, tls
from ..namespace import HOME
from ..web import Answer, Front
from ..world import both
from .account import Account, Zone
from .fleet import SOURCE as API
from .fleet import Fleet
from .identity import SSO_HOSTS, STS_HOSTS, Container, Metadata, Sso, Sts
from .service import HOSTS, Route53

METADATA = ["169.254.169.254", "fd00:ec2::254"]
CONTAINER = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]


class Aws:
    """Declare accounts and zones, then world.start(), then start()."""

    def __init__(self, world):
        self.world = world
        self.fleet = Fleet(world)
        self.keys, self.roles, self.refused, self.problems = {}, {}, [], []
        self.route53, self.sts, self.sso = Route53(self), Sts(self), Sso()
        self.metadata, self.container = Metadata(), Container()
        self.ca = HOME + "/aws-ca.pem"
        self.endpoints = dict(HOSTS)  # host (and port, if it is not 443): region to sign for
        self.log = []
        self._fronts = []

    def account(self, **options):
        """One more account."""
        return Account(self, **options)

    def add_zone(self, account, name, servers="a", served=True, delegated=True, identifier=None):
        """A public zone; `servers` is the delegation set."""
        zone = Zone(account, name, servers=Fleet.SETS[servers], served=served)
        zone.id = identifier or zone.id
        account.zones[zone.id] = zone
        if served:
            self.fleet.zones[servers].append(zone)
        if delegated:
            self.world.delegate(zone.name, self.fleet.nameservers(servers))
        return zone

    def start(self):
        """Starts name servers and services; world.start() was called before."""
        self.fleet.start()
        context = tls.certificates(self.hosts(), self.ca, HOME + "/aws-server.pem")
        tls.trust(self.ca)
        for address in self.world.addresses(API):
            self._front(address, 443, self._by_host, context)
        for addresses, application in ((METADATA, self.metadata), (CONTAINER, self.container)):
            for address in addresses:
                self.world.add_address(address)
                self._front(address, 80, application)
        tls.name_hosts(self.hosts(), both(API))
        return self

    def endpoint(self, host, port, region="us-east-1"):
        """One more endpoint of Route 53, behind a CA that the system does not trust; returns the
        path of that CA."""
        authority = f"{HOME}/{host}-ca.pem"
        context = tls.certificates([host], authority, HOME + f"/{host}.pem")
        self.endpoints[f"{host}:{port}"] = region
        for address in both(API):
            self._front(address, port, self._by_host, context)
        tls.name_hosts([host], both(API))
        return authority

    def _front(self, *arguments):
        self._fronts.append(self.world.add(Front(*arguments)))

    @staticmethod
    def hosts():
        """Every host name that is answered for."""
        return [*HOSTS, *STS_HOSTS, *SSO_HOSTS]

    def _by_host(self, request):
        self.log.append((request.host, request.method, request.path, request.connection))
        if request.host in self.endpoints:
            return self.route53(request)
        if request.host in STS_HOSTS:
            return self.sts(request)
        if request.host in SSO_HOSTS:
            return self.sso(request)
        return Answer(421, b"<html>Misdirected Request</html>", "text/html")

    # ---- the end -----------------------------------------------------------------------------

    def finish(self, tap):
        """Checks of the stand-in itself, at the end of a test."""
        problems = self.fleet.problems()
        tap.ok(not problems, "every change reached its name servers", *problems[:5])
        tap.ok(not self.problems, "the stand-in did not break", *self.problems[:3])
        tap.ok(not self.metadata.refused, "nobody asked IMDS without a token",
               *self.metadata.refused[:5])


def secrets_of(aws):
    """Every secret that no output may show."""
    return [text for key in aws.keys.values() for text in (key.secret, key.token) if text]


def environment(**values):
    """The environment of a boto3 program."""
    return process.clean_environment(**values)
