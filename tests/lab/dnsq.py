"""Asking servers, and waiting for them."""
import time

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype


def ask(server, name, kind="TXT", tcp=False, timeout=2.0, recurse=False):
    """One question to one address; raises dns.exception.Timeout and OSError."""
    query = dns.message.make_query(name, kind, flags=dns.flags.RD if recurse else 0)
    if tcp:
        return dns.query.tcp(query, server, timeout=timeout)
    answer, _ = dns.query.udp_with_fallback(query, server, timeout=timeout)
    return answer


def patient(server, name, tries=5, **options):
    """ask(), again while no answer comes: on a busy machine a question is lost, or answered late."""
    while True:
        try:
            return ask(server, name, timeout=4.0, **options)
        except dns.exception.Timeout:
            tries -= 1
            if tries == 0:
                raise


def texts(server, name, tcp=False):
    """The TXT values at a name, as one server has them, sorted."""
    answer = patient(server, name, kind="TXT", tcp=tcp)
    if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        raise RuntimeError(f"{server} said {dns.rcode.to_text(answer.rcode())} to {name}")
    return sorted(b"".join(item.strings).decode() for rrset in answer.answer
                  if rrset.rdtype == dns.rdatatype.TXT for item in rrset)


def wait_until(condition, what, seconds=60, server=None):
    """Waits for condition() to be true; a failing question counts as not yet."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server is not None:
            server.check_alive()
        try:
            if condition():
                return
        except (OSError, EOFError, RuntimeError, dns.exception.DNSException):
            pass
        time.sleep(0.02)
    raise TimeoutError("waited in vain for " + what)


def serves(address, zone):
    """True when the server answers for the zone with authority."""
    answer = ask(address, zone, "SOA", timeout=0.1)
    return bool(answer.answer) and bool(answer.flags & dns.flags.AA)
