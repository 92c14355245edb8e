"""Signed zones: keys and signatures by BIND's tools."""
import os
import subprocess
import time

from .namespace import HOME
from .process import clean_environment
from .zones import absolute


def _days(number):
    """A time so many days from now, as BIND's tools want it."""
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + number * 86400))


class Signer:
    """Signs zones, each with one key of its own."""

    def __init__(self):
        self.dir = HOME + "/signer"
        os.makedirs(self.dir)
        self._keys = {}

    def _run(self, *words):
        return subprocess.run(words, check=True, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, cwd=self.dir, env=clean_environment()).stdout

    def key(self, zone):
        """The name of the zone's key, made at the first call."""
        if zone not in self._keys:
            self._keys[zone] = self._run("dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", "-f",
                                         "KSK", absolute(zone)).strip()
        return self._keys[zone]

    def sign(self, zone, text, begin=-1, end=20):
        """The text of the zone with its signatures, valid from `begin` to `end`, in
        days from now."""
        name = (zone.strip(".") or "root") + ".zone"
        key = self.key(zone)
        with open(f"{self.dir}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
            with open(f"{self.dir}/{key}.key", encoding="utf-8") as public:
                file.write(public.read())
        self._run("dnssec-signzone", "-z", "-P", "-o", absolute(zone), "-s", _days(begin), "-e",
                  _days(end), "-f", name + ".signed", name, key)
        with open(f"{self.dir}/{name}.signed", encoding="utf-8") as file:
            return file.read()

    def ds(self, zone):
        """The DS records for the zone above."""
        lines = self._run("dnssec-dsfromkey", "-2", self.key(zone)).splitlines()
        return [line.replace(" IN DS ", " 60 IN DS ") for line in lines]

    def spare(self, zone):
        """Another key of the zone, which signs nothing: its DNSKEY record and its DS records."""
        name = self._run("dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", "-f", "KSK", "-K",
                         self._subdir("spare"), absolute(zone)).strip()
        lines = self._run("dnssec-dsfromkey", "-2", "spare/" + name).splitlines()
        with open(f"{self.dir}/spare/{name}.key", encoding="utf-8") as public:
            return public.read(), [line.replace(" IN DS ", " 60 IN DS ") for line in lines]

    def _subdir(self, name):
        os.makedirs(f"{self.dir}/{name}", exist_ok=True)
        return name

    def anchor(self, zone="."):
        """The key as a trust anchor of BIND."""
        with open(f"{self.dir}/{self.key(zone)}.key", encoding="utf-8") as public:
            words = [line for line in public if "DNSKEY" in line and line[0] != ";"][-1].split()
        at = words.index("DNSKEY")
        key = "".join(words[at + 4:])
        return (f'trust-anchors {{ "{absolute(zone)}" static-key {words[at + 1]} {words[at + 2]} '
                f'{words[at + 3]} "{key}"; }};')
