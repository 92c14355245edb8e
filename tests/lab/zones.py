"""Zone files."""


def absolute(name):
    """The name with its final dot."""
    return name if name.endswith(".") else name + "."


def is_below(name, zone):
    """True when the name lies in the zone, or is it."""
    zone = absolute(zone)
    return zone == "." or absolute(name) == zone or absolute(name).endswith("." + zone)


def ns_lines(zone, nameservers, inside):
    """NS records of a zone, with the addresses of those servers whose names lie `inside`."""
    lines = [f"{absolute(zone)} 60 NS {absolute(host)}" for host in nameservers]
    for host, addresses in nameservers.items():
        if is_below(host, inside):
            lines += address_lines(host, addresses)
    return lines


def address_lines(host, addresses):
    """A and AAAA records."""
    return [f"{absolute(host)} 60 {'AAAA' if ':' in each else 'A'} {each}" for each in addresses]


def zone_text(zone, nameservers, extra=(), primary=None):
    """A zone file: SOA, NS, the servers' addresses, and the lines of `extra`."""
    primary = absolute(primary or next(iter(nameservers)))
    soa = f"{absolute(zone)} 60 SOA {primary} hostmaster.invalid. 1 3600 600 86400 5"
    return "\n".join(["$TTL 60", soa, *ns_lines(zone, nameservers, zone), *extra, ""])
