"""How the tests call dnshook for Route 53."""
import os

from .. import desk, process
from ..desk import record, value
from ..namespace import HOME
from ..world import both
from .fleet import Fleet
from .stand import secrets_of

__all__ = ["ADDRESSES", "Desk", "clock_library", "record", "served", "state_directory", "value"]

ADDRESSES = [address for number in Fleet.NUMBERS["a"] for address in both(number)]


def served(name, addresses=None):
    """{address: values} of every name server address."""
    return desk.served(name, addresses or ADDRESSES)


class Desk(desk.Desk):
    """Calls dnshook for Route 53."""

    def __init__(self, world, aws):
        super().__init__(world, "route53", lambda: secrets_of(aws))
        self.aws = aws


def state_directory(name):
    """A state directory of a machine of its own."""
    path = f"{HOME}/state-{name}"
    os.makedirs(path, mode=0o700)
    return path


def clock_library():
    """A library that shifts the wall clock of a program by CLOCK_OFFSET seconds."""
    target = HOME + "/clock.so"
    source = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "clock.c")
    if not os.path.exists(target):
        result = process.run(*os.environ.get("CC", "cc").split(), "-shared", "-fPIC", "-O1", "-o",
                             target, source, "-ldl")
        if result.code != 0:
            raise RuntimeError(str(result))
    return target
