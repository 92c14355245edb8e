"""The name servers of the stand-in: BINDs that receive each change by UPDATE after a delay."""
import heapq
import itertools
import threading
import time

import dns.name
import dns.query
import dns.tsigkeyring
import dns.update

from .. import servers
from ..world import both, v4
from ..zones import zone_text
from . import text

KEY = servers.Key("fleet")
SOURCE = 90  # the lab address that updates come from


class NameServer:
    """One BIND behind one name or more, and the thread that brings changes to it, in their order."""

    def __init__(self, world, label, hosts):
        self.world, self.label = world, label
        self.hosts = hosts  # {name: number of its address}
        self.address = v4(next(iter(hosts.values())))
        self.bind = None
        self._queue, self._count = [], itertools.count()
        self._wake = threading.Condition()
        self.problems = []

    def start(self, zones):
        """Starts it with these zones (pairs of name and zone file)."""
        addresses = self.world.addresses(*self.hosts.values())
        self.bind = self.world.add(servers.Bind(self.label, addresses, keys=[KEY],
                                                options="tcp-clients 500; update-quota 1000;"))
        for name, content in zones:
            self.bind.primary(name, content, f'allow-update {{ key "{KEY.name}"; }};')
        self.bind.start()
        threading.Thread(target=self._run, daemon=True).start()

    def schedule(self, due, update, done):
        """Sends an update at a time (monotonic), and calls done() with the time it was made."""
        with self._wake:
            heapq.heappush(self._queue, (due, next(self._count), update, done))
            self._wake.notify()

    def _next(self):
        with self._wake:
            while True:
                now = time.monotonic()
                if self._queue and self._queue[0][0] <= now:
                    return heapq.heappop(self._queue)
                self._wake.wait(self._queue[0][0] - now if self._queue else None)

    def _run(self):
        while True:
            _, _, update, done = self._next()
            try:
                answer = dns.query.tcp(update, self.address, timeout=10, source=v4(SOURCE))
                if answer.rcode() != 0:
                    self.problems.append(str(answer))
            except Exception as error:  # told by the test at its end
                self.problems.append(f"{self.address}: {error!r}")
            done(time.monotonic())


class Fleet:
    """Two delegation sets of four names: "a" is four BINDs, "b" is one BIND at four addresses."""

    SETS = {"a": [f"ns-{512 * n + 1}.awsdns-{n + 1:02}.test" for n in range(4)],
            "b": [f"ns-{512 * n + 7}.awsdns-{n + 11:02}.test" for n in range(4)]}
    NUMBERS = {"a": range(101, 105), "b": range(111, 115)}

    def __init__(self, world):
        self.world = world
        self.zones = {"a": [], "b": []}
        a, b = self.hosts("a"), self.hosts("b")
        self.servers = {host: NameServer(world, "route53-" + str(number), {host: number})
                        for host, number in a.items()}
        shared = NameServer(world, "route53-b", b)
        self.servers.update({host: shared for host in b})
        self._last = {}
        self._lock = threading.Lock()

    def hosts(self, name):
        """{host: number of its address} of a delegation set."""
        return dict(zip(self.SETS[name], self.NUMBERS[name]))

    def nameservers(self, name):
        """{host: addresses} of a delegation set."""
        return {host: both(number) for host, number in self.hosts(name).items()}

    def start(self):
        """Starts every name server."""
        for host, server in self.servers.items():
            if server.bind is None:
                name = "a" if host in self.SETS["a"] else "b"
                server.start([(each.name.rstrip("."), self._zone_file(each, name))
                              for each in self.zones[name]])

    def _zone_file(self, zone, name):
        lines = [f"{_name(record.labels)} {record.ttl} {record.kind} {_value(record.kind, value)}"
                 for record in zone.sets.values() for value in record.values
                 if record.kind not in ("NS", "SOA") or record.labels != zone.labels]
        return zone_text(zone.name, self.nameservers(name), lines)

    def publish(self, zone, touched, change):
        """Brings the present state of some (name, type) of a zone to its servers, each after its
        delay; change.served becomes {host: time}."""
        seen = set()
        for host, delay in zip(zone.servers, zone.delays):
            server = self.servers[host]
            if server in seen:
                change.served[host] = change.begun
                continue
            seen.add(server)
            with self._lock:
                due = max(change.begun + delay * zone.vary(), self._last.get((zone.id, host), 0))
                self._last[zone.id, host] = due
            server.schedule(due, update_message(zone, touched),
                            lambda when, host=host: change.served.__setitem__(host, when))

    def problems(self):
        """What went wrong between the stand-in and its name servers."""
        return [each for server in set(self.servers.values()) for each in server.problems]


def update_message(zone, touched):
    """An UPDATE that makes each (labels, type) what it is in the zone now."""
    update = dns.update.UpdateMessage(zone.name, keyring=dns.tsigkeyring.from_text(
        {KEY.name: KEY.secret}), keyalgorithm=KEY.algorithm)
    for labels, kind in touched:
        sets = [each for each in zone.sets.values() if (each.labels, each.kind) == (labels, kind)]
        name = _name(labels)
        update.delete(name, kind)
        for record in sets:
            for value in record.values:
                update.add(name, record.ttl, kind, _value(kind, value))
    return update


def _value(kind, value):
    """A value as zone files have it."""
    return text.zone_file_strings(value) if kind == "TXT" else value


def _name(labels):
    return dns.name.Name(list(labels) + [b""])
