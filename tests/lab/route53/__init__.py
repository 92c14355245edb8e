"""A stand-in for Amazon Route 53 and for what its credentials come from (STS, SSO portal, instance
and container metadata), at the real host names inside the lab's namespace, over TLS, as strict as
the service. Its changes reach real name servers, each after a delay of its own.

    with lab.World() as w:
        aws = route53.Aws(w)
        zone = aws.account().zone("example.test")
        w.start()
        aws.start()
        user = zone.account.user()       # user.environment() is what dnshook needs

What it promises to do as the service does is shown by tests/e2e/test_route53_standin.py, in which
boto3's client drives it unmodified.
"""
from .account import Account, Fault, User
from .errors import ApiError
from .records import RecordSet
from .stand import Aws
from .use import Desk

__all__ = ["Account", "ApiError", "Aws", "Desk", "Fault", "RecordSet", "User"]
