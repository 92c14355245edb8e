"""The whole: accounts, services at their host names, name servers, and the throw-away CA."""
import datetime
import os
import ssl
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .. import process
from ..namespace import HOME
from ..world import both
from .account import Account, Zone
from .fleet import SOURCE as API
from .fleet import Fleet
from .identity import SSO_HOSTS, STS_HOSTS, Container, Metadata, Sso, Sts
from .service import HOSTS, Route53
from .web import Answer, Front

METADATA = ["169.254.169.254", "fd00:ec2::254"]
CONTAINER = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]
DAY = datetime.timedelta(days=1)


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
        context = self._certificates(self.hosts(), self.ca, HOME + "/aws-server.pem")
        self._trust()
        for address in self.world.addresses(API):
            self._front(address, 443, self._by_host, context)
        for addresses, application in ((METADATA, self.metadata), (CONTAINER, self.container)):
            for address in addresses:
                self.world.add_address(address)
                self._front(address, 80, application)
        self._name(*self.hosts())
        return self

    def endpoint(self, host, port, region="us-east-1"):
        """One more endpoint of Route 53, behind a CA that the system does not trust; returns the
        path of that CA."""
        authority = f"{HOME}/{host}-ca.pem"
        context = self._certificates([host], authority, HOME + f"/{host}.pem")
        self.endpoints[f"{host}:{port}"] = region
        for address in both(API):
            self._front(address, port, self._by_host, context)
        self._name(host)
        return authority

    @staticmethod
    def _name(*hosts):
        """Gives hosts the address of the services."""
        with open("/etc/hosts", "a", encoding="utf-8") as file:
            for host in hosts:
                file.write("".join(f"{address} {host}\n" for address in both(API)))

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

    # ---- certificates ------------------------------------------------------------------------

    def _certificates(self, hosts, authority_path, path):
        """Makes a CA and a certificate for the hosts; returns the TLS context with it."""
        # A name of its own: of two of one name, OpenSSL takes the wrong one for the issuer.
        key, authority = self._certificate(f"Lab CA {authority_path}"[:64], None, None, [])
        leaf_key, leaf = self._certificate("Lab", key, authority, hosts)
        _write(authority_path, authority.public_bytes(serialization.Encoding.PEM))
        _write(path, leaf_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()) + leaf.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(path)
        return context

    @staticmethod
    def _certificate(title, issuer_key, issuer, names):
        """A certificate valid since yesterday, for clients whose clocks are wrong."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
        now = datetime.datetime.utcnow()
        builder = (x509.CertificateBuilder().subject_name(subject)
                   .issuer_name(issuer.subject if issuer else subject)
                   .public_key(key.public_key()).serial_number(x509.random_serial_number())
                   .not_valid_before(now - DAY).not_valid_after(now + 2 * DAY)
                   .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), True))
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(
                [x509.DNSName(each) for each in names]), False)
        return key, builder.sign(issuer_key or key, hashes.SHA256())

    def _trust(self):
        """Puts the CA into the namespace's own trust store: the bundle and the hashed directory."""
        with open(self.ca, encoding="utf-8") as file:
            content = file.read()
        with open("/etc/ssl/certs/ca-certificates.crt", "a", encoding="utf-8") as file:
            file.write(content)
        name = subprocess.run(["openssl", "x509", "-noout", "-subject_hash", "-in", self.ca],
                              check=True, capture_output=True, text=True).stdout.strip()
        _write(f"/etc/ssl/certs/{name}.0", content.encode())

    # ---- the end -----------------------------------------------------------------------------

    def finish(self, tap):
        """Checks of the stand-in itself, at the end of a test."""
        problems = self.fleet.problems()
        tap.ok(not problems, "every change reached its name servers", *problems[:5])
        tap.ok(not self.problems, "the stand-in did not break", *self.problems[:3])
        tap.ok(not self.metadata.refused, "nobody asked IMDS without a token",
               *self.metadata.refused[:5])


def _write(path, content):
    with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o644), "wb") as file:
        file.write(content)


def secrets_of(aws):
    """Every secret that no output may show."""
    return [text for key in aws.keys.values() for text in (key.secret, key.token) if text]


def environment(**values):
    """The environment of a boto3 program."""
    return process.clean_environment(**values)
