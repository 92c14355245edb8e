#!/usr/bin/python3
"""The stand-in for Cloudflare is honest: Cloudflare's own client works against it unmodified, at the
real host name, and what the service refuses is refused in the service's codes."""
import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request

try:
    import CloudFlare
except ImportError:
    CloudFlare = None

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import cloudflare, dnsq, web  # noqa: E402
from lab.cloudflare import text  # noqa: E402
from lab.cloudflare.use import EDIT, READ  # noqa: E402
from lab.world import v4  # noqa: E402

BASE = "https://api.cloudflare.com/client/v4"
SERVERS = [v4(121), v4(122)]
NOWHERE = "0" * 32


class Reply:
    """What came back."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        try:
            self.json = json.loads(body)
        except ValueError:
            self.json = None

    @property
    def result(self):
        """The result."""
        return self.json["result"]

    def codes(self):
        """(HTTP status, code, codes of the chain ...)."""
        if self.json is None or self.json["success"]:
            return (self.status,)
        error = self.json["errors"][0]
        return (self.status, error["code"], *(each["code"] for each in error.get("error_chain", ())))

    def __repr__(self):
        return f"{self.status} {self.body[:600]!r}"


def headers_of(holder):
    """The headers of a token or a key."""
    if isinstance(holder, cloudflare.Key):
        return {"X-Auth-Email": holder.user.email, "X-Auth-Key": holder.value}
    return {"Authorization": "Bearer " + holder.value} if holder else {}


def send(method, path, holder=None, data=None, **more):
    """One request; `more` are headers, with _ for -."""
    headers = {**headers_of(holder), **{name.replace("_", "-"): value for name, value in more.items()}}
    body = None
    if data is not None:
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        headers.setdefault("Content-Type", "application/json")
    request = urllib.request.Request(BASE + path, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return Reply(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        return Reply(error.code, error.headers, error.read())


def txt(name, content, ttl=60, **more):
    """A TXT record as it is sent."""
    return {"type": "TXT", "name": name, "content": content, "ttl": ttl, **more}


class Cast:
    """The accounts and zones of this test."""

    def __init__(self, cloud):
        self.cloud = cloud
        main, self.other, self.crowd = cloud.account("Main"), cloud.account(), cloud.account()
        self.main = main
        self.zone = main.zone("live.test")
        self.zone.delays = [0, 1.0]
        self.bare = main.zone("bare.test", served=False, delegated=False)
        self.second = main.zone("second.test", served=False, delegated=False, status="pending")
        self.twin = self.other.zone("bare.test", served=False, delegated=False)
        for number in range(120):
            self.crowd.zone(f"n{number:03}.crowd.test", served=False, delegated=False)
        self.token = main.token(READ, EDIT)
        self.key = main.key()

    def records(self, zone=None):
        """The path of a zone's records."""
        return f"/zones/{(zone or self.bare).id}/dns_records"


def own_client(t, c):
    """Cloudflare's own client"""
    for holder in (c.token, c.key):
        keys = ({"token": holder.value} if holder is c.token else
                {"email": holder.user.email, "key": holder.value})
        api = CloudFlare.CloudFlare(**keys)
        zones = api.zones.get(params={"name": "live.test"})
        t.equal([each["id"] for each in zones], [c.zone.id], "the zone by its name")
        made = api.zones.dns_records.post(c.zone.id, data=txt("own.live.test", '"one"'))
        t.equal(made["name"], "own.live.test", "a record is made")
        try:
            api.zones.dns_records.post(c.zone.id, data=txt("own.live.test", '"one"'))
            t.ok(False, "the same once more is refused")
        except CloudFlare.exceptions.CloudFlareAPIError as error:
            t.equal(int(error), 81058, "the same once more is refused")
        found = api.zones.dns_records.get(c.zone.id, params={"type": "TXT", "name": "own.live.test"})
        t.equal([each["content"] for each in found], ['"one"'], "it is listed")
        api.zones.dns_records.delete(c.zone.id, made["id"])
        t.equal(c.zone.texts("own.live.test"), [], "and taken away")


def live(t, c):
    """changes reach the name servers"""
    begin = time.monotonic()
    made = send("POST", c.records(c.zone), c.token, txt("a.live.test", '"one"'))
    t.equal(made.codes(), (200,), "made", made)
    dnsq.wait_until(lambda: dnsq.texts(SERVERS[0], "a.live.test") == ["one"], "the first server")
    dnsq.wait_until(lambda: dnsq.texts(SERVERS[1], "a.live.test") == ["one"], "the second server")
    t.ok(time.monotonic() - begin > 0.9, "the second one after its delay")
    changed = send("PATCH", f"{c.records(c.zone)}/{made.result['id']}", c.token, {"content": '"two"'})
    t.equal(changed.result["content"], '"two"', "PATCH changes what is named")
    t.equal(changed.result["ttl"], 60, "and keeps the rest")
    c.cloud.fleet.settle(c.zone, "a.live.test")
    changed = send("PUT", f"{c.records(c.zone)}/{made.result['id']}", c.token,
                   txt("b.live.test", '"a\\"b\\\\c\\195\\164" "d"', ttl=1))
    t.equal(changed.codes(), (200,), "PUT", changed)
    c.cloud.fleet.settle(c.zone, "a.live.test")
    dnsq.wait_until(lambda: dnsq.texts(SERVERS[1], "b.live.test") == ['a"b\\c\u00e4d'], "two strings")
    gone = send("DELETE", f"{c.records(c.zone)}/{made.result['id']}", c.token)
    t.equal(gone.result, {"id": made.result["id"]}, "DELETE tells the id")
    c.cloud.fleet.settle(c.zone, "b.live.test")
    again = send("DELETE", f"{c.records(c.zone)}/{made.result['id']}", c.token)
    t.equal(again.codes(), (404, 81044), "DELETE once more: there is no such record")


def credentials(t, c):
    """keys and tokens"""
    token, key = c.token, c.key
    for name, wanted, more in (
            ("none at all", (400, 9106), {}),
            ("another scheme", (400, 6003, 6111), {"Authorization": "Basic " + token.value}),
            ("bearer in small letters", (400, 6003, 6111), {"Authorization": "bearer " + token.value}),
            ("a global key as a token", (400, 6003, 6111), {"Authorization": "Bearer " + key.value}),
            ("a token too short", (400, 6003, 6111), {"Authorization": "Bearer " + token.value[:-1]}),
            ("quotation marks", (400, 6003, 6111), {"Authorization": f'Bearer "{token.value}"'}),
            ("an unknown token", (403, 9109), {"Authorization": "Bearer " + "x" * 40}),
            ("a token as a key", (400, 6003, 6103), {"X-Auth-Key": token.value,
                                                     "X-Auth-Email": key.user.email}),
            ("a key without an email address", (400, 6003, 6102), {"X-Auth-Key": key.value}),
            ("an email address without a key", (400, 6003, 6103), {"X-Auth-Email": key.user.email}),
            ("no email address", (400, 6003, 6102), {"X-Auth-Key": key.value, "X-Auth-Email": "me"}),
            ("an unknown key", (403, 9103), {"X-Auth-Key": "0" * 37, "X-Auth-Email": key.user.email}),
            ("an unknown email address", (403, 9103), {"X-Auth-Key": key.value,
                                                       "X-Auth-Email": "a@b.test"})):
        more = {header.replace("-", "_"): value for header, value in more.items()}
        reply = send("GET", "/zones", None, **more)
        t.equal(reply.codes(), wanted, name, reply)
        t.equal((reply.json or {}).get("result", 0), None, f"{name}: no result")
    reply = send("GET", c.records(), None, Authorization="Bearer " + "x" * 40)
    t.equal(reply.codes(), (403, 10000), "an unknown token at the records", reply)
    for holder in (token, key):
        t.equal(send("GET", "/zones", holder).codes(), (200,), "the right ones work")
    gone = c.main.token(READ, EDIT)
    gone.expires = time.time() - 1
    off = c.main.token(READ, EDIT)
    off.status = "disabled"
    for holder, state in ((gone, "expired"), (off, "disabled")):
        t.equal(send("GET", "/zones", holder).codes(), (403, 9109), f"{state}: refused")
        t.equal(send("GET", c.records(), holder).codes(), (403, 10000), f"{state}: at the records, too")
        t.equal(send("GET", "/user/tokens/verify", holder).result["status"], state, f"{state}: told")
    away = c.main.token(READ, EDIT)
    away.location = "192.0.2.1"
    reply = send("GET", "/zones", away)
    t.match("9109.*Cannot use the access token from location", reply.body.decode(), "another address")


def verification(t, c):
    """who is it?"""
    reply = send("GET", "/user/tokens/verify", c.token)
    t.equal((reply.result["status"], reply.json["messages"][0]["code"]), ("active", 10000), "a token")
    t.equal(send("GET", "/user/tokens/verify", c.key).codes(), (400, 1001), "not with a key")
    t.equal(send("GET", "/user/tokens/verify", None, Authorization="Bearer " + "x" * 40).codes(),
            (401, 1000), "an unknown token")
    owned = c.main.token(READ, EDIT, owned=True)
    t.equal(send("GET", "/user/tokens/verify", owned).codes(), (401, 1000),
            "an account's token is no user's")
    path = f"/accounts/{c.main.id}/tokens/verify"
    t.equal(send("GET", path, owned).result["status"], "active", "its account knows it")
    t.equal(send("GET", path, c.token).codes(), (401, 1000), "but not a user's token")
    t.equal(send("GET", "/zones?name=bare.test", owned).codes(), (200,), "it works elsewhere")
    t.equal(send("GET", "/user", c.key).result["email"], c.key.user.email, "/user with a key")
    t.equal(send("GET", "/user", c.token).codes(), (403, 9109), "/user with a token that may not")
    reader = c.main.token("User Details:Read")
    t.equal(send("GET", "/user", reader).result["id"], reader.user.id, "/user with one that may")


def scopes(t, c):
    """zones and permissions"""
    record = c.bare.text("scope.bare.test", "there")[0]
    one = c.main.token(READ, EDIT, zones=[c.bare])
    t.equal([each["name"] for each in send("GET", "/zones", one).result], ["bare.test"], "one zone")
    reply = send("GET", "/zones?name=live.test", one)
    t.equal((reply.result, reply.json["success"]), ([], True), "another zone: an empty list")
    t.equal(send("GET", f"/zones/{c.zone.id}", one).codes(), (403, 9109), "another zone by its id")
    t.equal(send("GET", c.records(c.zone), one).codes(), (403, 10000), "its records")
    t.equal(send("POST", c.records(c.zone), one, txt("a.live.test", '"v"')).codes(), (403, 10000),
            "a record there")
    t.equal(send("GET", f"/zones/{NOWHERE}", one).codes(), (403, 9109), "no zone: the same")
    t.equal(send("GET", f"/zones/{NOWHERE}/dns_records", one).codes(), (403, 10000), "its records")
    one.guesses = False
    t.equal(send("GET", "/zones?name=live.test", one).codes(), (403, 9109), "or an error")
    edit = c.main.token(EDIT)
    reply = send("GET", "/zones?name=bare.test", edit)
    t.equal(reply.codes(), (403, 0), "no Zone:Read: no list", reply)
    t.match("requires permission.*zone.list", reply.body.decode(), "and which permission")
    t.equal(send("GET", f"/zones/{c.bare.id}", edit).codes(), (403, 9109), "no zone by its id")
    made = send("POST", c.records(), edit, txt("scope.bare.test", '"v"'))
    t.equal(made.codes(), (200,), "but records")
    t.equal(send("DELETE", f"{c.records()}/{made.result['id']}", edit).codes(), (200,), "and back")
    edit.listing = "empty"
    t.equal(send("GET", "/zones?name=bare.test", edit).result, [], "no Zone:Read: or an empty list")
    read = c.main.token(READ, "DNS:Read")
    t.equal([each["id"] for each in send("GET", c.records() + "?name=scope.bare.test", read).result],
            [record.id], "DNS:Read lists")
    t.equal(send("GET", f"{c.records()}/{record.id}", read).codes(), (200,), "and shows")
    for method, path, data in (("POST", "", txt("scope.bare.test", '"w"')),
                               ("PUT", "/" + record.id, txt("scope.bare.test", '"w"')),
                               ("PATCH", "/" + record.id, {"ttl": 60}), ("DELETE", "/" + record.id, None),
                               ("POST", "/batch", {"deletes": [{"id": record.id}]})):
        t.equal(send(method, c.records() + path, read, data).codes(), (403, 10000),
                f"DNS:Read: no {method} {path[:6]}")
    read.denial = 1009
    t.equal(send("DELETE", f"{c.records()}/{record.id}", read).codes(), (403, 1009), "or 1009")
    only = c.main.token(READ)
    t.equal(send("GET", c.records(), only).codes(), (403, 10000), "Zone:Read: no records")
    split = c.main.token(EDIT, zones=[c.bare]).also(READ)
    t.equal(len(send("GET", "/zones", split).result), 3, "two policies: zones of one")
    t.equal(send("GET", c.records(c.zone), split).codes(), (403, 10000), "records of the other")
    t.equal(c.bare.texts("scope.bare.test"), ["there"], "nothing was changed")


def zones(t, c):
    """zones: filters and pages"""
    api = c.crowd.token(READ)
    reply = send("GET", "/zones", api)
    t.equal(reply.json["result_info"], {"page": 1, "per_page": 20, "count": 20, "total_count": 120,
                                        "total_pages": 6}, "20 a page")
    names = []
    for page in (1, 2, 3, 4):
        names += [each["name"] for each in send("GET", f"/zones?per_page=50&page={page}", api).result]
    t.equal(names, [f"n{number:03}.crowd.test" for number in range(120)], "50 a page at the most")
    for bad in ("per_page=51", "per_page=4", "per_page=x", "page=0"):
        t.equal(send("GET", "/zones?" + bad, api).codes(), (400, 1003), bad)
    both = c.cloud.account().token(READ)
    both.user.accounts = [c.main, c.other]
    t.equal(len(send("GET", "/zones?name=bare.test", both).result), 2, "one name in two accounts")
    for name in (f"account.id={c.other.id}", f"account.name={c.other.name.replace(' ', '%20')}"):
        found = send("GET", "/zones?name=bare.test&" + name, both).result
        t.equal([each["id"] for each in found], [c.twin.id], name)
    t.equal([each["name"] for each in send("GET", "/zones?status=pending", both).result],
            ["second.test"], "by status")
    t.equal(send("GET", "/zones?name=are.test", both).result, [], "not by a part of the name")
    zone = send("GET", f"/zones/{c.zone.id}", c.token).result
    t.equal((zone["name_servers"], zone["account"]["id"], zone["status"]),
            (c.zone.servers, c.main.id, "active"), "a zone")
    t.equal(send("GET", f"/zones/{NOWHERE}", c.key).codes()[0], 403, "no such zone, with a key")


def paths(t, c):
    """paths and bodies"""
    for path in ("/zones/bare.test", "/zones/x/dns_records", "/zones/" + "A" * 32, "/nothing",
                 f"{c.records()}/x", f"/zones/{c.bare.id}/"):
        reply = send("GET", path, c.token)
        t.equal(reply.codes(), (404, 7003), f"GET {path[:30]}", reply)
        t.equal(reply.json["errors"][-1]["code"], 7000, "and 7000")
    t.equal(send("POST", f"/zones/{c.bare.id}", c.token, {}).codes(), (405, 7001), "no such method")
    t.equal(send("POST", c.records(), c.token, b"{").codes(), (400, 6007), "no JSON")
    t.equal(send("POST", c.records(), c.token, txt("j.bare.test", '"v"'),
                 Content_Type="application/x-www-form-urlencoded").codes(), (400, 6003, 6105),
            "another type of content")


def records(t, c):
    """records: filters and pages"""
    for number in range(7):
        c.bare.text("list.bare.test", f"n{number}")
    c.bare.put("list.bare.test", "A", "192.0.2.1")
    c.bare.text("other.bare.test", "n0")

    def listed(query):
        return [each["content"] for each in send("GET", c.records() + "?" + query, c.token).result]

    wanted = [f'"n{number}"' for number in range(7)]
    t.equal(listed("type=TXT&name=list.bare.test"), wanted, "by type and name")
    t.equal(listed("type=TXT&name.exact=LIST.bare.test"), wanted, "name.exact, in any case")
    t.equal(listed("name=list.bare.test&content=%22n3%22"), ['"n3"'], "by content")
    t.equal(listed("name=list.bare.test&content.exact=n3"), [], "as it is shown")
    t.equal(len(listed("match=any&name=other.bare.test&content=192.0.2.1")), 2, "match=any")
    t.equal(send("GET", c.records() + "?match=some", c.token).codes()[0], 400, "match=some")
    t.equal(listed("type=TXT&name=list.bare.test&per_page=5&page=2"), wanted[5:], "pages")
    c.bare.most = 3
    reply = send("GET", c.records() + "?type=TXT&name=list.bare.test&per_page=100&page=3", c.token)
    t.equal(reply.json["result_info"], {"page": 3, "per_page": 3, "count": 1, "total_count": 7,
                                        "total_pages": 3}, "smaller pages than asked for")
    c.bare.most = 5000000
    t.equal(send("GET", c.records() + "?per_page=5000001", c.token).codes(), (400, 1003), "too many")


def rules(t, c):
    """what is taken and what is refused"""
    def make(data, **more):
        return send("POST", c.records(), c.token, data, **more)

    for name, data, wanted in (
            ("no content", {"type": "TXT", "name": "r.bare.test"}, (400, 1004, 9023)),
            ("content that is no text", txt("r.bare.test", 5), (400, 1004, 9023)),
            ("no name", {"type": "TXT", "content": '"v"'}, (400, 1004, 9000)),
            ("a list", [], (400, 1004, 9207)),
            ("another type", {**txt("r.bare.test", "v"), "type": "txt"}, (400, 1004, 9004)),
            ("a name that is none", txt("a..bare.test", '"v"'), (400, 1004, 9000)),
            ("a label too long", txt("a" * 64 + ".bare.test", '"v"'), (400, 1004, 9000)),
            ("a name with a space", txt("a b.bare.test", '"v"'), (400, 1004, 9000)),
            ("TTL 0", txt("r.bare.test", '"v"', ttl=0), (400, 1004, 9021)),
            ("TTL 59", txt("r.bare.test", '"v"', ttl=59), (400, 1004, 9021)),
            ("TTL 86401", txt("r.bare.test", '"v"', ttl=86401), (400, 1004, 9021)),
            ("TTL as text", txt("r.bare.test", '"v"', ttl="60"), (400, 1004, 9021)),
            ("half a string", txt("r.bare.test", '"v'), (400, 1004, 9012)),
            ("text after a string", txt("r.bare.test", '"v"w'), (400, 1004, 9012)),
            ("a quotation mark within", txt("r.bare.test", '"v"w"'), (400, 1004, 9012)),
            ("too much content", txt("r.bare.test", '"' + "v" * 2047 + '"'), (400, 1004, 9011))):
        reply = make(data)
        t.equal(reply.codes(), wanted, name, reply)
    t.equal(c.bare.texts("r.bare.test"), [], "none of them was made")
    for ttl in (1, 60, 86400):
        t.equal(make(txt(f"ttl{ttl}.bare.test", '"v"', ttl=ttl)).codes(), (200,), f"TTL {ttl}")
    c.bare.least_ttl = 30
    t.equal(make(txt("ttl30.bare.test", '"v"', ttl=30)).codes(), (200,), "TTL 30 on Enterprise")
    c.bare.least_ttl = 60
    t.equal(make(txt("same.bare.test", '"v"')).codes(), (200,), "a record")
    t.equal(make(txt("same.bare.test", "v")).codes(), (400, 81058), "the same without quotation marks")
    t.equal(make(txt("Same.Bare.Test.", '"\\118"')).codes(), (400, 81058), "the same with an escape")
    t.equal(make(txt("same.bare.test", '"v"', ttl=120)).codes(), (400, 81057), "with another TTL")
    t.equal(make(txt("same.bare.test", '"V"')).codes(), (200,), "in capital letters it is another")
    c.bare.put("cname.bare.test", "CNAME", "elsewhere.test")
    t.equal(make(txt("cname.bare.test", '"v"')).codes(), (400, 81053), "beside a CNAME")
    c.bare.put("ns.bare.test", "NS", "ns.elsewhere.test")
    t.equal(make(txt("ns.bare.test", '"v"')).codes(), (400, 81056), "beside an NS")
    c.bare.put("a.bare.test", "A", "192.0.2.1")
    reply = make({"type": "CNAME", "name": "a.bare.test", "content": "b.test"})
    t.equal(reply.codes(), (400, 81053), "a CNAME beside an A")
    for number in range(4):
        reply = make(txt("full.bare.test", f'"{number}{"v" * 2000}"'))
    t.equal(reply.codes(), (200,), "8000 characters at one name", reply)
    t.equal(make(txt("full.bare.test", '"' + "w" * 300 + '"')).codes(), (400, 1004, 9011), "8300: no")
    c.second.quota = 1
    reply = [send("POST", c.records(c.second), c.token, txt(f"q{n}.second.test", '"v"')) for n in (1, 2)]
    t.equal([each.codes() for each in reply], [(200,), (400, 81045)], "the quota of a zone")


def forms(t, c):
    """content with and without quotation marks"""
    shown = {"quoted": ['"plain"', '"quoted"', '"a b" "c"', f'"{"v" * 255}" "{"v" * 45}"'],
             "plain": ["plain", "quoted", "a bc", "v" * 300],
             "sent": ["plain", '"quoted"', '"a b" "c"', '"' + "v" * 300 + '"']}
    for form, wanted in shown.items():
        c.bare.form = form
        got = []
        for content in ("plain", '"quoted"', '"a b" "c"', '"' + "v" * 300 + '"'):
            made = send("POST", c.records(), c.token, txt(f"{form}.bare.test", content))
            got.append(made.result["content"])
        t.equal(got, wanted, form)
        t.equal(c.bare.texts(form + ".bare.test"), sorted(["plain", "quoted", "a bc", "v" * 300]),
                f"{form}: the values are the same")
    c.bare.form = "quoted"
    t.equal(text.parse('"a\\"\\\\\\032" "b"'), (b'a"\\ ', b"b"), "escapes")
    t.equal(text.quoted((b'a"\\\xc3',)), '"a\\"\\\\\\195"', "and back")


def batches(t, c):
    """batches: order, one transaction, size"""
    path, zone = c.records() + "/batch", c.bare
    one, two, three = zone.text("batch.bare.test", "one", "two", "three")
    reply = send("POST", path, c.token, {
        "posts": [txt("batch.bare.test", '"one"'), txt("batch.bare.test", '"five"')],
        "deletes": [{"id": one.id}], "patches": [{"id": two.id, "content": '"four"'}],
        "puts": [{"id": three.id, **txt("batch.bare.test", '"two"')}]})
    t.equal(reply.codes(), (200,), "deletes, patches, puts, posts, in this order", reply)
    t.equal(zone.texts("batch.bare.test"), ["five", "four", "one", "two"], "all of it")
    t.equal([len(reply.result[each]) for each in ("deletes", "patches", "puts", "posts")],
            [1, 1, 1, 2], "what was done is told")
    before = dict(zone.records)
    for name, data, wanted in (
            ("a post that is there", {"deletes": [{"id": two.id}], "posts": [
                txt("batch.bare.test", '"new"'), txt("batch.bare.test", '"five"')]}, (400, 81058)),
            ("two equal posts", {"posts": [txt("b.bare.test", '"x"')] * 2}, (400, 81058)),
            ("a delete of nothing", {"posts": [txt("batch.bare.test", '"new"')],
                                     "deletes": [{"id": NOWHERE}]}, (404, 81044)),
            ("a bad post", {"posts": [txt("batch.bare.test", '"new"'),
                                      txt("batch.bare.test", '"x"', ttl=3)]}, (400, 1004, 9021)),
            ("no id", {"deletes": [{}]}, (400, 1004, 9207)),
            ("an unknown list", {"gets": []}, (400, 1004, 9207)),
            ("nothing", {}, (400, 81072)),
            ("201 of them", {"posts": [txt(f"b{number}.bare.test", '"x"') for number in range(201)]},
             (400, 81072))):
        reply = send("POST", path, c.token, data)
        t.equal(reply.codes(), wanted, name, reply)
        t.equal(zone.records, before, f"{name}: nothing was done")
    posts = [txt(f"b{number}.bare.test", '"x"') for number in range(200)]
    t.equal(send("POST", path, c.token, {"posts": posts}).codes(), (200,), "200 of them")


def limits(t, c):
    """the rate limit"""
    token = c.main.token(READ)
    reply = send("GET", "/zones", token)
    t.match(r'^"default";r=1199;t=\d+$', reply.headers["Ratelimit"], "what is left is told")
    t.equal(reply.headers["Ratelimit-Policy"], '"default";q=1200;w=300', "and of what")
    t.equal(reply.headers["retry-after"], None, "no wait")
    token.user.limit = cloudflare.Limit(3, 60, 5.5)
    found = [send("GET", "/zones", token) for _ in range(5)]
    t.equal([each.status for each in found], [200] * 3 + [429] * 2, "429 after the quota")
    t.equal(found[3].headers["retry-after"], "6", "when to come again")
    t.equal(found[3].json["success"], False, "as JSON")
    other = c.main.token(READ, user=token.user)
    t.equal(send("GET", "/zones", other).status, 429, "whatever token the user has")
    t.equal(send("GET", "/zones", c.token).status, 200, "but nobody else")
    time.sleep(5.7)
    t.equal(send("GET", "/zones", token).status, 200, "and then it works")
    t.equal(token.user.limit.early, 2, "who came too early was counted")
    token.user.limit = cloudflare.Limit(0, 60, 30, dated=True)
    t.match(r"^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$", send("GET", "/zones", token).headers["retry-after"],
            "as a date")


def faults(t, c):
    """answers that are spoilt"""
    token = c.main.token(READ, EDIT)

    def spoilt(kind, **options):
        token.user.fault(kind, **options)
        try:
            return send("GET", "/zones", token)
        except (OSError, http.client.HTTPException):
            return None

    t.equal(spoilt("null").json, {"result": None, "success": True, "errors": [], "messages": []},
            "no result")
    for status, code, words in ((520, 1020, "Web server is returning an unknown error"),
                                (429, 1015, "You are being rate limited")):
        reply = spoilt(cloudflare.edge(status, code, words, Retry_After=1))
        t.equal((reply.status, reply.json), (status, None), f"{status} in HTML")
        t.match(f"Error {code}", reply.body.decode(), f"{status}: {code}")
    t.equal(spoilt(cloudflare.ApiError(400, (4711, "Something new."))).codes(), (400, 4711), "any error")
    for kind in ("reset", "close", "cut-json", "cut-http", "html", "empty", 500, 502):
        t.ok(kind in web.KINDS, f"{kind} is known")
        reply = spoilt(kind, after=True)
        t.ok(reply is None or reply.json is None, f"{kind}: nothing of use", reply)
    zone = c.main.zone("fault.test", served=False, delegated=False)
    token.user.fault("reset", "CreateRecord", after=True)
    try:
        send("POST", c.records(zone), token, txt("a.fault.test", '"v"'))
        t.ok(False, "reset after the change")
    except OSError:
        t.equal(zone.texts("a.fault.test"), ["v"], "reset after the change: it was made")
    fault = token.user.fault("reset", "CreateRecord")
    try:
        send("POST", c.records(zone), token, txt("b.fault.test", '"v"'))
    except OSError:
        t.equal((zone.texts("b.fault.test"), fault.done), ([], 1), "reset before it: it was not")
    del zone.account.zones[-1]
    del c.cloud.zones[zone.id]


def forgiven(t, c):
    """what the service forgives is noted"""
    start = len(c.cloud.complaints)
    for more, pattern in (({"path": "/zones?nmae=bare.test"}, "unknown parameter nmae"),
                          ({"path": "/zones?page=1&page=2"}, "occurs twice"),
                          ({"path": "/zones", "data": {}}, "GET with a body")):
        send("GET", more["path"], c.token, more.get("data"))
        t.match(pattern, c.cloud.complaints[-1], pattern)
    send("GET", "/zones", c.token, X_Auth_Key=c.key.value, X_Auth_Email=c.key.user.email)
    t.match("token and a key", c.cloud.complaints[-1], "a token and a key")
    made = send("POST", c.records(), c.token, txt("elsewhere.test", '"v"'))
    t.equal(made.result["name"], "elsewhere.test.bare.test", "a name is taken to be relative")
    t.match("was taken for", c.cloud.complaints[-1], "which is noted, too")
    del c.cloud.complaints[start:]


def main():
    """The test."""
    lab.enter()
    tap = lab.Tap()
    with lab.World() as w:
        cloud = cloudflare.Cloudflare(w)
        cast = Cast(cloud)
        w.start()
        cloud.start()
        if CloudFlare is None:
            tap.skip("Cloudflare's own client", "needs python3-cloudflare")
        else:
            tap.run([own_client], cast)
        tap.run([live, credentials, verification, scopes, zones, paths, records, rules,
                 forms, batches, limits, faults, forgiven], cast)
        cloud.finish(tap)
        w.finish(tap)


if __name__ == "__main__":
    main()
