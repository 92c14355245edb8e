"""The name servers of the stand-in: BINDs that receive each change by UPDATE after a delay."""
import threading

import dns.name

from ..feed import SOURCE, FedServer, new_update
from ..world import both
from ..zones import zone_text
from . import text

__all__ = ["SOURCE", "Fleet"]


class Fleet:
    """Two delegation sets of four names: "a" is four BINDs, "b" is one BIND at four addresses."""

    SETS = {"a": [f"ns-{512 * n + 1}.awsdns-{n + 1:02}.test" for n in range(4)],
            "b": [f"ns-{512 * n + 7}.awsdns-{n + 11:02}.test" for n in range(4)]}
    NUMBERS = {"a": range(101, 105), "b": range(111, 115)}

    def __init__(self, world):
        self.world = world
        self.zones = {"a": [], "b": []}
        a, b = self.hosts("a"), self.hosts("b")
        self.servers = {host: FedServer(world, "route53-" + str(number), {host: number})
                        for host, number in a.items()}
        shared = FedServer(world, "route53-b", b)
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
    update = new_update(zone.name)
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
