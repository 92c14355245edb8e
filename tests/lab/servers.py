"""Real name servers: BIND, Knot, PowerDNS, NSD. Each has its own directory below HOME, runs in the
foreground on port 53 of lab addresses, and has been asked for its zones before start() returns."""
import os
import shutil
import sqlite3
import subprocess

from . import dnsq
from .namespace import HOME, SEARCH_PATH
from .process import Server, clean_environment, random_secret

ALGORITHMS = ["hmac-md5", "hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512"]


class Key:
    """A TSIG key."""

    def __init__(self, name, algorithm="hmac-sha256", secret=None):
        self.name, self.algorithm, self.secret = name, algorithm, secret or random_secret()

    def environment(self, **changes):
        """What tells dnshook this key."""
        values = {"RFC2136_TSIG_KEY": self.name, "RFC2136_TSIG_SECRET": self.secret,
                  "RFC2136_TSIG_ALGORITHM": self.algorithm}
        values.update(changes)
        return values

    def bind_text(self):
        """The key in BIND's notation."""
        return f'key "{self.name}" {{ algorithm {self.algorithm}; secret "{self.secret}"; }};\n'


def bind_algorithm_keys():
    """One key an algorithm: tk-md5, tk-sha1, ..."""
    return [Key("tk-" + each.split("-")[1], each) for each in ALGORITHMS]


class NameServer:
    """What the four have in common."""

    def __init__(self, name, addresses):
        self.name, self.addresses = name, addresses
        self.dir = f"{HOME}/{name}"
        os.makedirs(self.dir)
        self.zones = {}
        self.server = None

    def write(self, name, text):
        """A file in its directory."""
        with open(os.path.join(self.dir, name), "w", encoding="utf-8") as file:
            file.write(text)
        return os.path.join(self.dir, name)

    def launch(self, args, env=None):
        """Starts the process and waits for each zone."""
        self.server = Server(self.name, args, env)
        for zone in self.zones:
            self.wait_for(zone)

    def wait_for(self, zone):
        """Waits until it answers for a zone."""
        dnsq.wait_until(lambda: dnsq.serves(self.addresses[0], zone), f"{zone} on {self.name}",
                        server=self.server)

    def stop(self):
        """Ends it."""
        if self.server is not None:
            self.server.stop()


def split(addresses):
    """(IPv4 addresses, IPv6 addresses)."""
    return [a for a in addresses if ":" not in a], [a for a in addresses if ":" in a]


def braces(items, empty="none"):
    """A BIND address list."""
    return "{ " + "; ".join(items or [empty]) + "; }"


def named_binary():
    """A copy of named at a path of the lab's own, which no AppArmor profile of the host names."""
    copy = HOME + "/bin/named"
    if not os.path.exists(copy):
        shutil.copy(shutil.which("named", path=SEARCH_PATH), copy + ".new")
        os.rename(copy + ".new", copy)
    return copy


class Bind(NameServer):
    """BIND: primary(), secondary() and raw() zones first, then start()."""

    def __init__(self, name, addresses, options="", keys=(), extra="", ports=(53,)):
        super().__init__(name, addresses)
        self.options, self.keys, self.extra, self.ports = options, list(keys), extra, ports
        self._zone_clauses = []

    def primary(self, zone, text, policy=None, more=""):
        """A zone of its own; any of its keys may change TXT sets, unless `policy` says other."""
        if policy is None:
            grants = " ".join(f"grant {key.name} zonesub TXT;" for key in self.keys)
            policy = f"update-policy {{ {grants} }};" if grants else ""
        path = self.write(f"{zone.strip('.') or 'root'}.zone", text)
        self.raw(zone, f'type primary; file "{path}"; {policy} {more}')

    def secondary(self, zone, primary, more=""):
        """A zone transferred from another server."""
        path = f"{self.dir}/{zone}.zone"
        self.raw(zone, f'type secondary; file "{path}"; primaries {{ {primary}; }}; '
                       f'allow-notify {{ any; }}; {more}')

    def raw(self, zone, clause, wait=True):
        """Any zone clause."""
        self._zone_clauses.append(f'zone "{zone}" {{ {clause} }};')
        if wait:
            self.zones[zone] = clause

    def start(self, env=None):
        """Starts it."""
        v4, v6 = split(self.addresses)
        listen = "".join(f"listen-on port {port} {braces(v4)}; "
                         f"listen-on-v6 port {port} {braces(v6)};\n" for port in self.ports)
        source = f"notify-source {v4[0]}; transfer-source {v4[0]}; " if v4 else ""
        config = f"""
options {{
    directory "{self.dir}"; pid-file none; session-keyfile none; lock-file none;
    {listen} {source} notify-delay 0; serial-query-rate 1000;
    {"" if "dnssec-validation" in self.options else "dnssec-validation no;"}
    minimal-responses yes; empty-zones-enable no;
    {"recursion no;" if "recursion" not in self.options else ""} {self.options}
}};
controls {{ }};
{"".join(key.bind_text() for key in self.keys)}
{self.extra}
""" + "\n".join(self._zone_clauses)
        path = self.write("named.conf", config)
        self.launch([named_binary(), "-g", "-n", "1", "-c", path], env)
        return self


class Knot(NameServer):
    """Knot: zones with an acl that lets its keys, or anyone, update."""

    def __init__(self, name, addresses, keys=()):
        super().__init__(name, addresses)
        self.keys = list(keys)
        self._zone_lines = []

    def primary(self, zone, text, signed=True):
        """A zone of its own."""
        path = self.write(zone + ".zone", text)
        acl = "signed" if signed else "open"
        self._zone_lines.append(f'  - domain: "{zone}"\n    file: "{path}"\n    acl: [{acl}]')
        self.zones[zone] = path

    def start(self, env=None):
        """Starts it."""
        keys = "".join(f"  - id: {key.name}\n    algorithm: {key.algorithm}\n"
                       f"    secret: {key.secret}\n" for key in self.keys)
        names = ", ".join(key.name for key in self.keys)
        config = f"""server:
    listen: [{", ".join(f'"{address}@53"' for address in self.addresses)}]
    rundir: "{self.dir}"
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: info
database:
    storage: "{self.dir}"
key:
{keys}acl:
  - id: signed
    key: [{names}]
    action: update
  - id: open
    address: [0.0.0.0/0, "::/0"]
    action: update
zone:
"""
        path = self.write("knot.conf", config + "\n".join(self._zone_lines) + "\n")
        self.launch(["knotd", "-c", path], env)
        return self


class PowerDns(NameServer):
    """PowerDNS with the gsqlite3 backend and DNS UPDATE."""

    SCHEMA = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql"

    def __init__(self, name, addresses, keys=()):
        super().__init__(name, addresses)
        self.keys = list(keys)
        self._configure()
        for key in self.keys:
            self._util("import-tsig-key", key.name, key.algorithm, key.secret)

    def _configure(self):
        with open(self.SCHEMA, encoding="utf-8") as schema:
            database = sqlite3.connect(self.dir + "/pdns.db")
            database.executescript(schema.read())
            database.close()
        self.write("pdns.conf", f"""launch=gsqlite3
gsqlite3-database={self.dir}/pdns.db
local-address={",".join(self.addresses)}
dnsupdate=yes
allow-dnsupdate-from=0.0.0.0/0,::/0
socket-dir={self.dir}
daemon=no
guardian=no
disable-syslog=yes
security-poll-suffix=
receiver-threads=1
distributor-threads=1
""")

    def _util(self, *words):
        subprocess.run(["pdnsutil", "--config-dir=" + self.dir, *words], check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, env=clean_environment())

    def primary(self, zone, text, signed=True):
        """A zone of its own."""
        self._util("load-zone", zone, self.write(zone + ".zone", text))
        if signed:
            self._util("set-meta", zone, "TSIG-ALLOW-DNSUPDATE",
                       *(key.name for key in self.keys))
        self.zones[zone] = text

    def start(self, env=None):
        """Starts it."""
        self.launch(["pdns_server", "--config-dir=" + self.dir], env)
        return self


class Nsd(NameServer):
    """NSD: a secondary."""

    def __init__(self, name, addresses):
        super().__init__(name, addresses)
        self._zone_lines = []

    def secondary(self, zone, primary):
        """A zone transferred from another server."""
        self._zone_lines.append(f"""zone:
    name: "{zone}"
    zonefile: "{self.dir}/{zone}.zone"
    allow-notify: 10.53.0.0/16 NOKEY
    request-xfr: AXFR {primary} NOKEY
""")
        self.zones[zone] = primary

    def start(self, env=None):
        """Starts it."""
        config = "server:\n" + "".join(f"    ip-address: {a}\n" for a in self.addresses) + f"""
    server-count: 1
    username: ""
    zonesdir: "{self.dir}"
    database: ""
    pidfile: "{self.dir}/nsd.pid"
    xfrdfile: "{self.dir}/xfrd.state"
    zonelistfile: "{self.dir}/zone.list"
    xfrdir: "{self.dir}"
    logfile: ""
    verbosity: 1
remote-control:
    control-enable: no
"""
        path = self.write("nsd.conf", config + "".join(self._zone_lines))
        self.launch(["nsd", "-d", "-c", path], env)
        return self
