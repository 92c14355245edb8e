"""The name servers of the stand-in: BINDs that receive each change by UPDATE after a delay."""
import threading
import time

from .. import dnsq
from ..feed import FedServer, new_update
from ..world import both
from ..zones import absolute, zone_text


class Fleet:
    """Two pairs of names: "a" is two BINDs, "b" is one BIND at two addresses."""

    PAIRS = {"a": ["ada.ns.cloudflare.test", "bob.ns.cloudflare.test"],
             "b": ["cleo.ns.cloudflare.test", "dan.ns.cloudflare.test"]}
    NUMBERS = {"a": [121, 122], "b": [123, 124]}

    def __init__(self, world):
        self.zones = {"a": [], "b": []}
        b = dict(zip(self.PAIRS["b"], self.NUMBERS["b"]))
        shared = FedServer(world, "cloudflare-b", b)
        self.servers = {host: FedServer(world, "cloudflare-" + str(number), {host: number})
                        for host, number in zip(self.PAIRS["a"], self.NUMBERS["a"])}
        self.servers.update({host: shared for host in b})
        self._last, self._lock = {}, threading.Lock()

    def nameservers(self, pair):
        """{host: addresses} of a pair."""
        return {host: both(number) for host, number in zip(self.PAIRS[pair], self.NUMBERS[pair])}

    def start(self):
        """Starts every name server."""
        for pair, hosts in self.PAIRS.items():
            for server in dict.fromkeys(self.servers[host] for host in hosts):
                server.start([(each.name, zone_text(each.name, self.nameservers(pair),
                                                    _lines(each))) for each in self.zones[pair]])

    def publish(self, zone, touched):
        """Brings the present state of some (name, type) of a zone to its servers, each after its
        delay."""
        begun, seen = time.monotonic(), set()
        for host, delay in zip(zone.servers, zone.delays):
            server = self.servers[host]
            if server in seen:
                continue
            seen.add(server)
            with self._lock:
                due = max(begun + delay, self._last.get((zone.id, host), 0))
                self._last[zone.id, host] = due
            server.schedule(due, _update(zone, touched), lambda _when: None)

    def settle(self, zone, name):
        """Waits until every name server of a zone has what the zone holds at a name."""
        for host in zone.servers:
            address = self.servers[host].address
            dnsq.wait_until(lambda a=address: dnsq.texts(a, name) == sorted(set(zone.texts(name))),
                            f"{name} at {host}")

    def problems(self):
        """What went wrong between the stand-in and its name servers."""
        return [each for server in set(self.servers.values()) for each in server.problems]


def _lines(zone):
    return [f"{absolute(each.name)} {each.seconds()} {each.kind} {_data(each)}"
            for each in zone.records.values()]


def _update(zone, touched):
    """An UPDATE that makes each (name, type) what it is in the zone now."""
    update = new_update(zone.name)
    for name, kind in touched:
        records = [each for each in zone.records.values() if (each.name, each.kind) == (name, kind)]
        update.delete(absolute(name), kind)
        for each in records:
            update.add(absolute(name), min(one.seconds() for one in records), kind, _data(each))
    return update


def _data(record):
    """A record's data as zone files have it."""
    if record.kind == "TXT":
        return " ".join('"' + "".join(
            f"\\{byte:03d}" if byte in b'"\\' or not 0x20 <= byte <= 0x7e else chr(byte)
            for byte in each) + '"' for each in record.strings())
    return absolute(record.content) if record.kind in ("CNAME", "NS") else record.content
