#!/usr/bin/python3
"""Route 53, where it is asked: partitions, FIPS, dual-stack, endpoints of one's own, certificate
authorities and proxies."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import route53  # noqa: E402
from lab.route53.proxy import Proxy  # noqa: E402
from lab.route53.use import record, value  # noqa: E402
from lab.world import v4  # noqa: E402

VPCE = "vpce-1.route53.lab.test"
PORT, PROXY = 8443, 99


class Cast:
    """A zone, and an endpoint behind a CA of its own."""

    def __init__(self, w, aws):
        self.world, self.desk, self.aws = w, route53.Desk(w, aws), aws
        self.zone = aws.account().zone("end.test")
        self.ca = None

    def environment(self, **more):
        """A new user's keys, the zone and more."""
        return self.zone.account.user().environment(ACME_HOSTED_ZONE=self.zone.id, **more)


def works(t, c, env, host, name):
    """A start and a stop that ask this host alone."""
    c.aws.log.clear()
    word = value()
    result = c.desk.start(env, "my.end.test", word, timeout=60)
    t.exits(result, 0, f"{name}: start works")
    t.equal(c.zone.texts(record("my.end.test")), [word], f"{name}: the value is there")
    t.exits(c.desk.stop(env, "my.end.test", word), 0, f"{name}: stop works")
    t.equal({each[0] for each in c.aws.log}, {host}, f"{name}: at {host}", result)


def fails(t, c, env, pattern, name):
    """A start that asks nobody who understands it."""
    result = c.desk.start(env, "fails.end.test", value(), "--timeout", "20", timeout=60)
    t.exits(result, 1, f"{name}: fails")
    t.match(pattern, result.err, f"{name}: says why", result)
    t.equal(c.zone.texts(record("fails.end.test")), [], f"{name}: nothing was written")


def partitions(t, c):
    """regions, FIPS and dual-stack"""
    for region, host in (("us-west-2", "route53.amazonaws.com"),
                         ("mx-central-1", "route53.amazonaws.com"),
                         ("somewhere-new-1", "route53.amazonaws.com"),
                         ("cn-north-1", "route53.amazonaws.com.cn"),
                         ("us-gov-east-1", "route53.us-gov.amazonaws.com"),
                         ("eusc-de-east-1", "route53.amazonaws.eu")):
        works(t, c, c.environment(AWS_REGION=region), host, region)
    works(t, c, c.environment(AWS_USE_FIPS_ENDPOINT="true"), "route53-fips.amazonaws.com", "FIPS")
    works(t, c, c.environment(AWS_USE_DUALSTACK_ENDPOINT="true"), "route53.global.api.aws",
          "dual-stack")


def own_endpoints(t, c):
    """endpoints of one's own, and certificate authorities"""
    url, host = f"https://{VPCE}:{PORT}", f"{VPCE}:{PORT}"
    for name in ("AWS_ENDPOINT_URL_ROUTE_53", "AWS_ENDPOINT_URL"):
        works(t, c, c.environment(**{name: url}, AWS_CA_BUNDLE=c.ca), host, name)
    fails(t, c, c.environment(AWS_ENDPOINT_URL=url), r"certificate|CA|trust", "a CA nobody trusts")
    fails(t, c, c.environment(AWS_CA_BUNDLE=c.ca), r"certificate|CA|trust", "the real host, a wrong CA")
    fails(t, c, c.environment(AWS_CA_BUNDLE="/nonexistent.pem"), r"/nonexistent\.pem|AWS_CA_BUNDLE",
          "a CA file that is not there")
    fails(t, c, c.environment(AWS_ENDPOINT_URL=f"https://{v4(90)}:{PORT}", AWS_CA_BUNDLE=c.ca),
          r"certificate|name|match", "a host that the certificate does not name")
    fails(t, c, c.environment(AWS_ENDPOINT_URL="http://" + host), r"http|AWS_ENDPOINT_URL",
          "plain http")
    fails(t, c, c.environment(AWS_ENDPOINT_URL=url, AWS_CA_BUNDLE=c.ca, AWS_USE_FIPS_ENDPOINT="true"),
          r"FIPS", "FIPS and an endpoint of one's own")
    works(t, c, c.environment(AWS_ENDPOINT_URL="https://nowhere.test",
                              AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="true"), "route53.amazonaws.com",
          "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")


def in_profiles(t, c):
    """endpoints in the shared config file"""
    url = f"https://{VPCE}:{PORT}"
    path = lab.namespace.HOME + "/config"
    for name, content in (
            ("endpoint_url", f"[default]\nendpoint_url = {url}\nca_bundle = {c.ca}\n"),
            ("[services]", f"[default]\nservices = lab\nca_bundle = {c.ca}\n[services lab]\n"
                           f"route_53 =\n  endpoint_url = {url}\n")):
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
        works(t, c, c.environment(AWS_CONFIG_FILE=path), f"{VPCE}:{PORT}", name)
    with open(path, "w", encoding="utf-8") as file:
        file.write("[default]\nregion = us-gov-west-1\n")
    works(t, c, c.environment(AWS_CONFIG_FILE=path), "route53.us-gov.amazonaws.com", "region")


def proxies(t, c):
    """proxies"""
    c.world.addresses(PROXY)
    proxy = c.world.add(Proxy(v4(PROXY), 3128))
    url = f"http://{v4(PROXY)}:3128"
    for name in ("https_proxy", "HTTPS_PROXY"):
        proxy.targets.clear()
        works(t, c, c.environment(**{name: url}), "route53.amazonaws.com", name)
        t.equal(set(proxy.targets), {"route53.amazonaws.com:443"}, f"{name}: through it")
        t.equal(len(proxy.targets), 2, f"{name}: one tunnel a call of the hook", proxy.targets)
    proxy.targets.clear()
    works(t, c, c.environment(HTTPS_PROXY=url, NO_PROXY=".amazonaws.com"), "route53.amazonaws.com",
          "NO_PROXY")
    t.equal(proxy.targets, [], "NO_PROXY: not through it")
    t.equal(proxy.others, [], "nothing but CONNECT")
    fails(t, c, c.environment(HTTPS_PROXY=f"http://{v4(PROXY)}:3129"), r"proxy|3129|connect",
          "a proxy that is not there")


def main():
    """The test."""
    lab.enter()
    tap = lab.Tap()
    with lab.World() as w:
        aws = route53.Aws(w)
        cast = Cast(w, aws)
        w.start()
        aws.start()
        cast.ca = aws.endpoint(VPCE, PORT)
        tap.run([partitions, own_endpoints, in_profiles, proxies], cast)
        cast.desk.finish(tap)
        aws.finish(tap)
        w.finish(tap)


if __name__ == "__main__":
    main()
