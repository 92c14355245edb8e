"""A stand-in for Cloudflare's API v4, at its real host name inside the lab's namespace, over TLS, as
strict as the service. Its changes reach real name servers, each after a delay of its own.

    with lab.World() as w:
        cloud = cloudflare.Cloudflare(w)
        zone = cloud.account().zone("example.test")
        w.start()
        cloud.start()
        token = zone.account.token("Zone:Read", "DNS:Edit")
        # token.environment() is what dnshook needs

What it promises to do as the service does is shown by tests/e2e/test_cloudflare_standin.py.
"""
from .account import Account, Fault, Key, Limit, Token
from .errors import ApiError, edge
from .records import Record
from .stand import Cloudflare
from .use import Desk

__all__ = ["Account", "ApiError", "Cloudflare", "Desk", "Fault", "Key", "Limit", "Record", "Token",
           "edge"]
