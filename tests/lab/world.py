"""The lab's DNS: a root and the TLD test. (one BIND, two views), a recursive resolver that
/etc/resolv.conf names, and whatever servers a test adds. Addresses: 10.53.0.N and fd00:53::N."""
import glob
import os
import re
import subprocess

from . import dnsq, process, zones
from .namespace import HOME, need
from .servers import Bind, NameServer, braces, named_binary

ROOT, TLD, RESOLVER = 1, 2, 3


def v4(number):
    """The IPv4 lab address of a number."""
    return f"10.53.{number // 256}.{number % 256}"


def v6(number):
    """The IPv6 lab address of a number."""
    return f"fd00:53::{number:x}"


def both(number):
    """Both."""
    return [v4(number), v6(number)]


class World:
    """Declare zones with delegate() and host(), then start(). A context manager."""

    def __init__(self):
        self._tld_lines = []
        self._added = set()
        self._servers = []
        self.resolver = None
        self.signer = None  # a dnssec.Signer: root and TLD are signed, too
        self.wrapper = []  # words before the program under test, as for valgrind
        os.makedirs(process.REPORTS)

    def __enter__(self):
        need("named", "ip")
        return self

    def __exit__(self, broken, *_):
        if broken:
            print_logs()
        for server in reversed(self._servers):
            server.stop()

    # ---- what there is -------------------------------------------------------------------------

    def addresses(self, *numbers, kinds=(v4, v6)):
        """Gives loopback these addresses and returns them."""
        wanted = [kind(number) for number in numbers for kind in kinds]
        for address in wanted:
            self.add_address(address)
        return wanted

    def add_address(self, address):
        """Gives loopback one address."""
        if address in self._added:
            return
        length, flags = ("128", ["nodad"]) if ":" in address else ("32", [])
        subprocess.run(["ip", "addr", "add", f"{address}/{length}", "dev", "lo", *flags],
                       check=True)
        self._added.add(address)

    def delegate(self, zone, nameservers):
        """Delegates ZONE.test in the TLD; nameservers: {host: [addresses]}."""
        self._tld_lines += zones.ns_lines(zone, nameservers, "test.")

    def host(self, name, addresses):
        """A host in the TLD itself."""
        self._tld_lines += zones.address_lines(name, addresses)

    def tld(self, *lines):
        """Any lines in the TLD."""
        self._tld_lines += lines

    def add(self, server):
        """Takes charge of a server: it is stopped at the end, its log shown after a failure."""
        self._servers.append(server)
        return server

    # ---- start ---------------------------------------------------------------------------------

    def start(self):
        """Starts the root, the TLD and the resolver."""
        self._start_roots()
        self.resolver = self.start_resolver("resolver", RESOLVER)
        with open("/etc/resolv.conf", "w", encoding="utf-8") as file:
            file.write(f"nameserver {v4(RESOLVER)}\n")
        with open("/etc/hosts", "w", encoding="utf-8") as file:
            file.write("127.0.0.1 localhost lab\n::1 localhost\n")
        return self

    def _start_roots(self):
        self.addresses(ROOT, TLD)
        bind = self.add(NameServer("roots", [v4(ROOT)]))
        tld = {"ns.nic.test": both(TLD)}
        root_lines = zones.ns_lines("test", tld, ".")
        tld_text = zones.zone_text("test", tld, self._tld_lines)
        if self.signer is not None:
            tld_text = self.signer.sign("test", tld_text)
            root_lines += self.signer.ds("test")
        root_text = zones.zone_text(".", {"ns.root": both(ROOT)}, root_lines)
        if self.signer is not None:
            root_text = self.signer.sign(".", root_text)
        root_file = bind.write("root.zone", root_text)
        tld_file = bind.write("test.zone", tld_text)
        config = f"""
options {{ directory "{bind.dir}"; pid-file none; session-keyfile none; lock-file none;
    listen-on {braces([v4(ROOT), v4(TLD)])}; listen-on-v6 {braces([v6(ROOT), v6(TLD)])};
    recursion no; dnssec-validation no; empty-zones-enable no; minimal-responses no; }};
controls {{ }};
view root {{ match-destinations {braces(both(ROOT))};
    zone "." {{ type primary; file "{root_file}"; }}; }};
view tld {{ match-destinations {braces(both(TLD))};
    zone "test" {{ type primary; file "{tld_file}"; }}; }};
"""
        path = bind.write("named.conf", config)
        bind.zones = {".": root_file}
        bind.launch([named_binary(), "-g", "-n", "1", "-c", path])

    def start_resolver(self, name, number, more="", extra=""):
        """Starts a recursive resolver; `more` goes into its options, `extra` beside them."""
        self.addresses(number)
        options = ("recursion yes; allow-recursion { any; }; allow-query-cache { any; }; "
                   f"query-source address {v4(number)}; query-source-v6 address {v6(number)}; "
                   f"querylog yes; servfail-ttl 0; resolver-query-timeout 3000; {more}")
        resolver = self.add(Bind(name, both(number), options, extra=extra))
        hints = resolver.write("hints", ". 60 NS ns.root.\n" + "\n".join(
            zones.address_lines("ns.root", both(ROOT))) + "\n")
        resolver.raw(".", f'type hint; file "{hints}";', wait=False)
        resolver.start()
        dnsq.wait_until(
            lambda: dnsq.ask(v4(number), "test", "SOA", recurse=True, timeout=1).answer,
            name, server=resolver.server)
        return resolver

    # ---- use -----------------------------------------------------------------------------------

    def resolver_questions(self):
        """Every (name, type) that a client asked the resolver."""
        pattern = r"query: (\S+) IN (\S+) "
        return [(name.lower().rstrip("."), kind)
                for name, kind in re.findall(pattern, self.resolver.server.log_text())]

    def start_dnshook(self, *words, env=None, name="dnshook", **options):
        """Starts the installed program; `name` is the path or name it is called by."""
        path = name if "/" in name else os.path.join(os.environ["BINDIR"], name)
        environment = process.clean_environment(**(env or {}))
        return process.Running([*self.wrapper, path, *words], env=environment, **options)

    def dnshook(self, *words, **options):
        """Runs the installed program to its end."""
        return self.start_dnshook(*words, **options).wait()

    def finish(self, tap):
        """The last checks and, after a failure, the servers' logs."""
        texts = []
        for path in glob.glob(process.REPORTS + "/*"):
            with open(path, encoding="utf-8", errors="replace") as file:
                texts.append(file.read())
        texts = [text for text in texts if text]
        tap.ok(not texts, "no report of a sanitizer or of valgrind", *texts)
        if tap.failed:
            print_logs()
        tap.done()


def print_logs(count=40):
    """The end of every server's log, as TAP comments."""
    for path in sorted(glob.glob(HOME + "/log/*")):
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()[-count:]
        print("\n".join(f"# {os.path.basename(path)}: {line}" for line in lines))
