"""How the tests call dnshook for Cloudflare."""
from .. import desk
from ..desk import record, value
from ..world import both
from .fleet import Fleet

__all__ = ["ADDRESSES", "EDIT", "READ", "Desk", "record", "served", "value"]

ADDRESSES = [address for number in Fleet.NUMBERS["a"] for address in both(number)]
EDIT, READ = "DNS:Edit", "Zone:Read"


def served(name, addresses=None):
    """{address: values} of every name server address."""
    return desk.served(name, addresses or ADDRESSES)


class Desk(desk.Desk):
    """Calls dnshook for Cloudflare."""

    def __init__(self, world, cloud):
        super().__init__(world, "cloudflare", cloud.secrets)
