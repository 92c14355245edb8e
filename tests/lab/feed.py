"""Name servers of a stand-in for a DNS service: BINDs that receive each change by UPDATE after a
delay."""
import heapq
import itertools
import threading
import time

import dns.query
import dns.tsigkeyring
import dns.update

from . import servers
from .world import v4

KEY = servers.Key("fleet")
SOURCE = 90  # the lab address that updates come from


class FedServer:
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


def new_update(zone):
    """An UPDATE of a zone that a FedServer takes."""
    return dns.update.UpdateMessage(zone, keyring=dns.tsigkeyring.from_text(
        {KEY.name: KEY.secret}), keyalgorithm=KEY.algorithm)
