#!/usr/bin/python3
"""The stand-in for Route 53 is honest: boto3's client works against it unmodified, at the real host
names, and what the service refuses is refused in the service's words."""
import os
import sys
import time
import urllib.request
import xml.etree.ElementTree as ET

import boto3
import botocore.config
import botocore.exceptions
import botocore.session

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import dnsq, route53  # noqa: E402
from lab.route53 import policy, text  # noqa: E402
from lab.world import v4  # noqa: E402

SERVERS = [v4(number) for number in range(101, 105)]
NAME = "_acme-challenge.my.boto.test."


def client(key, service="route53", attempts=0, region="us-east-1"):
    """boto3's client with one of the stand-in's keys."""
    return boto3.client(service, region_name=region, aws_access_key_id=key.access_key,
                        aws_secret_access_key=key.secret, aws_session_token=key.token,
                        config=botocore.config.Config(retries={"max_attempts": attempts}))


def error_of(function, **arguments):
    """(code, message, HTTP status) of the error that a call ends in."""
    try:
        function(**arguments)
    except botocore.exceptions.ClientError as error:
        answer = error.response
        message = answer["Error"].get("Message") or "; ".join(answer.get("messages", []))
        return (answer["Error"]["Code"], message, answer["ResponseMetadata"]["HTTPStatusCode"])
    return None


def refused(t, wanted, pattern, function, **arguments):
    """Checks code and message of an error."""
    found = error_of(function, **arguments) or ("nothing", "it worked", 200)
    t.equal(found[0], wanted, f"{wanted}: {pattern}", found)
    t.match(pattern, found[1], f"{wanted}: says {pattern}", found)
    return found


def rrset(name, *values, kind="TXT", ttl=60, quoted=True, **more):
    """A record set in boto3's words; boto3 sends the members in the order of the dictionary."""
    shown = [f'"{value}"' if quoted else value for value in values]
    return {"Name": name, "Type": kind, **more, "TTL": ttl,
            "ResourceRecords": [{"Value": value} for value in shown]}


def batch(*changes):
    """A batch of (action, record set)."""
    return {"Changes": [{"Action": action, "ResourceRecordSet": each} for action, each in changes]}


def change(api, zone, *changes):
    """Makes a change and returns its ChangeInfo."""
    return api.change_resource_record_sets(HostedZoneId=zone.id, ChangeBatch=batch(*changes))[
        "ChangeInfo"]


class Cast:
    """The accounts and zones of this test."""

    def __init__(self, aws):
        self.aws = aws
        self.main, self.crowd, self.other = aws.account(), aws.account(), aws.account()
        self.zone = self.main.zone("boto.test")
        self.zone.delays, self.zone.insync = [0, 0.3, 0.6, 0.9], 8
        self.private = self.main.private_zone("boto.test")
        self.bare = self.main.zone("bare.test", served=False, delegated=False)
        for number in range(120):
            self.crowd.zone(f"n{number:03}.crowd.test", served=False, delegated=False)
        self.full = self.other.zone("full.test", served=False, delegated=False)
        self.user = self.main.user()
        self.api = client(self.user.keys[0])


def live(t, c):
    """create, wait, nameservers, delete"""
    begin = time.monotonic()
    info = change(c.api, c.zone, ("CREATE", rrset(NAME, "one", "two")))
    t.match(r"^/change/C[A-Z0-9]+$", info["Id"], "the id has its prefix")
    t.equal(info["Status"], "PENDING", "PENDING at first")
    for address, delay in zip(SERVERS, c.zone.delays):
        dnsq.wait_until(lambda a=address: dnsq.texts(a, NAME) == ["one", "two"], address)
        late = time.monotonic() - begin - delay
        t.ok(-0.05 < late < 1, f"{address} has it after {delay} s", f"{late:.3f} s late")
    t.equal(c.api.get_change(Id=info["Id"])["ChangeInfo"]["Status"], "PENDING", "still PENDING")
    time.sleep(max(0, c.main.changes[info["Id"][8:]].insync_at + 0.05 - time.monotonic()))
    t.equal(c.api.get_change(Id=info["Id"])["ChangeInfo"]["Status"], "INSYNC", "then INSYNC")
    t.equal(len(c.main.changes[info["Id"][8:]].served), 4, "the fleet noted when each had it")
    change(c.api, c.zone, ("DELETE", rrset(NAME, "two", "one")))
    dnsq.wait_until(lambda: all(dnsq.texts(each, NAME) == [] for each in SERVERS), "the end of it")


def zones(t, c):
    """hosted zones: order, paging, one by id"""
    api = client(c.crowd.user().keys[0])
    pages = list(api.get_paginator("list_hosted_zones").paginate())
    t.equal([len(page["HostedZones"]) for page in pages], [100, 20], "100 zones a page")
    t.equal(len({each["Id"] for page in pages for each in page["HostedZones"]}), 120, "none twice")
    page = api.list_hosted_zones_by_name(DNSName="n050.crowd.test", MaxItems="3")
    t.equal([each["Name"] for each in page["HostedZones"]],
            [f"n05{number}.crowd.test." for number in range(3)], "by name: from there on")
    t.equal((page["NextDNSName"], page["IsTruncated"]), ("n053.crowd.test.", True), "and the next")
    again = api.list_hosted_zones_by_name(DNSName=page["NextDNSName"], MaxItems="1",
                                          HostedZoneId=page["NextHostedZoneId"])
    t.equal(again["HostedZones"][0]["Name"], "n053.crowd.test.", "which is where it goes on")
    t.equal(len(api.list_hosted_zones_by_name()["HostedZones"]), 100, "at most 100 by name")
    names = [each["Name"] for each in c.api.list_hosted_zones_by_name()["HostedZones"]]
    t.equal(names, ["bare.test.", "boto.test.", "boto.test."], "two zones with one name")
    page = c.api.list_hosted_zones_by_name(DNSName="zzz.boto.test")
    t.equal(page["HostedZones"], [], "nothing after the last")
    zone = c.api.get_hosted_zone(Id=c.zone.id)
    t.equal(zone["DelegationSet"]["NameServers"], c.zone.servers, "the delegation set")
    t.equal(zone["HostedZone"]["Config"]["PrivateZone"], False, "it is public")
    zone = c.api.get_hosted_zone(Id="/hostedzone/" + c.private.id)
    t.equal(zone["HostedZone"]["Config"]["PrivateZone"], True, "the other one is private")
    t.ok("DelegationSet" not in zone, "and has no delegation set")
    refused(t, "NoSuchHostedZone", "No hosted zone found with ID", c.api.get_hosted_zone, Id="Z0")
    refused(t, "InvalidInput", "HostedZoneId", c.api.list_hosted_zones_by_name, HostedZoneId="Z0")
    refused(t, "InvalidDomainName", "empty label", c.api.list_hosted_zones_by_name, DNSName="a..b")
    refused(t, "NoSuchChange", "Could not find", c.api.get_change, Id="C0")


def sets(t, c):
    """record sets: order, paging, escapes"""
    zone, api = c.bare, c.api
    for name in ("b.bare.test", "a.b.bare.test", "c.bare.test", "*.bare.test", "x@y.bare.test"):
        change(api, zone, ("CREATE", rrset(name, "v")))
    change(api, zone, ("CREATE", rrset("b.bare.test", "10.0.0.1", kind="A", quoted=False)))
    found = api.list_resource_record_sets(HostedZoneId=zone.id)["ResourceRecordSets"]
    t.equal([(each["Name"], each["Type"]) for each in found], [
        ("bare.test.", "NS"), ("bare.test.", "SOA"), ("\\052.bare.test.", "TXT"),
        ("b.bare.test.", "A"), ("b.bare.test.", "TXT"), ("a.b.bare.test.", "TXT"),
        ("c.bare.test.", "TXT"), ("x\\100y.bare.test.", "TXT")], "by reversed labels, then type")
    page = api.list_resource_record_sets(HostedZoneId=zone.id, StartRecordName="b.bare.test",
                                         StartRecordType="TXT", MaxItems="1")
    t.equal((page["ResourceRecordSets"][0]["Type"], page["NextRecordName"], page["NextRecordType"]),
            ("TXT", "a.b.bare.test.", "TXT"), "a page from a name and type")
    page = api.list_resource_record_sets(HostedZoneId=zone.id, StartRecordName="aa.bare.test",
                                         StartRecordType="TXT", MaxItems="1")
    t.equal(page["ResourceRecordSets"][0]["Name"], "b.bare.test.", "no such name: the next one")
    pages = api.get_paginator("list_resource_record_sets").paginate(
        HostedZoneId=zone.id, PaginationConfig={"PageSize": 3})
    t.equal(sum(len(each["ResourceRecordSets"]) for each in pages), 8, "boto3's paginator")
    refused(t, "InvalidInput", "without the name", api.list_resource_record_sets,
            HostedZoneId=zone.id, StartRecordType="TXT")
    change(api, zone, ("DELETE", rrset("\\052.bare.test", "v")))
    t.ok("\\052" not in str(api.list_resource_record_sets(HostedZoneId=zone.id)),
         "\\052 is the asterisk")


def swaps(t, c):
    """a batch is a compare-and-swap"""
    name, api, zone = "swap.bare.test", c.api, c.bare
    make = api.change_resource_record_sets

    def no(pattern, *changes):
        refused(t, "InvalidChangeBatch", pattern, make, HostedZoneId=zone.id,
                ChangeBatch=batch(*changes))

    change(api, zone, ("CREATE", rrset(name, "a", ttl=300)))
    no(r"Tried to create resource record set \[name='swap.bare.test.', type='TXT'\] but it already "
       "exists", ("CREATE", rrset(name, "b")))
    for wrong in (rrset(name, "a", ttl=60), rrset(name, "b", ttl=300),
                  rrset(name, "a", "b", ttl=300)):
        no("do not match the current values", ("DELETE", wrong))
    no("but it was not found", ("DELETE", rrset("none." + name, "a")))
    no("already exists", ("CREATE", rrset("new." + name, "n")), ("CREATE", rrset(name, "b")))
    t.equal(zone.texts("new." + name), [], "a batch is all or nothing")
    found = error_of(make, HostedZoneId=zone.id, ChangeBatch=batch(
        ("CREATE", rrset(name, "b")), ("DELETE", rrset("none." + name, "a"))))
    t.match("exists.*not found", found[1], "one message for each that cannot be made", found)
    change(api, zone, ("DELETE", rrset(name, "a", ttl=300)),
           ("CREATE", rrset(name, "a", "b", ttl=300)))
    t.equal(zone.texts(name), ["a", "b"], "DELETE and CREATE of one set in one batch")
    change(api, zone, ("UPSERT", rrset(name, "c", ttl=5)))
    t.equal(zone.txt(name), {None: (5, ["c"])}, "UPSERT overwrites")


def rules(t, c):
    """what values, names and neighbours are refused"""
    api, zone = client(c.other.user().keys[0]), c.full

    def no(pattern, *changes):
        refused(t, "InvalidChangeBatch", pattern, api.change_resource_record_sets,
                HostedZoneId=zone.id, ChangeBatch=batch(*changes))

    no("is not permitted in zone full.test.", ("CREATE", rrset("x.bare.test", "v")))
    no("enclosed in quotation marks", ("CREATE", rrset("q.full.test", "v", quoted=False)))
    no("CharacterStringTooLong", ("CREATE", rrset("q.full.test", "v" * 256)))
    no("InvalidCharacterString", ("CREATE", rrset("q.full.test", '"a""b"', quoted=False)))
    no("InvalidCharacterString", ("CREATE", rrset("q.full.test", "a\\q")))
    no("Duplicate Resource Record", ("CREATE", rrset("q.full.test", "a", "a")))
    no("exceeds the limit of 400", ("CREATE", rrset("q.full.test", *map(str, range(401)))))
    no("records limit of 1000", *[("UPSERT", rrset(f"q{n}.full.test", *map(str, range(251))))
                                  for n in range(2)])
    no("characters limit of 32000", *[("CREATE", rrset(f"q{n}.full.test", "v" * 255))
                                      for n in range(126)])
    change(api, zone, ("CREATE", rrset("long.full.test", '"%s" "%s"' % ("v" * 255, "w\\\"\\303"),
                                       quoted=False)))
    t.equal(zone.texts("long.full.test"), ["v" * 255 + "w\"\xc3"], "two strings, with escapes")
    change(api, zone, ("CREATE", rrset("c.full.test", "x.test", kind="CNAME", quoted=False)))
    no("conflicts with other records", ("CREATE", rrset("c.full.test", "v")))
    no("conflicts with other records", ("CREATE", rrset(
        "long.full.test", "x.test", kind="CNAME", quoted=False)))
    change(api, zone, ("CREATE", rrset("m.full.test", "1", SetIdentifier="i", MultiValueAnswer=True)))
    change(api, zone, ("CREATE", rrset("m.full.test", "1", SetIdentifier="j", MultiValueAnswer=True)))
    no("other RRSets exist", ("CREATE", rrset("m.full.test", "2")))
    no("non multivalue answer rrset exists", ("CREATE", rrset(
        "long.full.test", "2", SetIdentifier="i", MultiValueAnswer=True)))
    no("other RRSets exist", ("CREATE", rrset("m.full.test", "2", SetIdentifier="k", Weight=1)))
    no("must contain at least one NS", ("DELETE", rrset(
        "full.test", *[each + "." for each in zone.servers], kind="NS", ttl=172800, quoted=False)))
    refused(t, "InvalidInput", "MultiValueAnswer", api.change_resource_record_sets,
            HostedZoneId=zone.id, ChangeBatch=batch(("CREATE", rrset("z.full.test", "2",
                                                                     SetIdentifier="i"))))


def raw(t, c):
    """what boto3 would not send"""
    url = f"https://route53.amazonaws.com/2013-04-01/hostedzone/{c.bare.id}/rrset/"
    start = '<ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/">'
    whole = (start + "<ChangeBatch><Changes><Change><Action>CREATE</Action><ResourceRecordSet>"
             "<Name>raw.bare.test</Name><Type>TXT</Type><TTL>1</TTL><ResourceRecords>"
             "<ResourceRecord><Value>\"v\"</Value></ResourceRecord></ResourceRecords>"
             "</ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>")

    def post(body, **changes):
        return send(c.user.keys[0], url, body, **changes)

    for body, name in ((whole.replace(start, "<ChangeResourceRecordSetsRequest>"), "no namespace"),
                       (whole.replace("<Type>TXT</Type><TTL>1</TTL>", "<TTL>1</TTL><Type>TXT</Type>"),
                        "elements out of order"),
                       (whole.replace("<TTL>1</TTL>", ""), "no TTL"),
                       (whole.replace("<TTL>1</TTL>", "<TTL>-1</TTL>"), "a TTL below zero"),
                       (whole[:200], "half a document"), ("<!DOCTYPE a>" + whole, "a DOCTYPE"),
                       (whole.replace("CREATE", "create"), "an action in small letters")):
        t.equal(post(body)[:2], (400, "InvalidInput"), name)
    t.equal(post(whole, body_after=whole.replace("raw", "cow"))[:2], (403, "SignatureDoesNotMatch"),
            "a body that is not the signed one")
    t.equal(post(whole, unsigned="x-amz-date")[:2], (403, "SignatureDoesNotMatch"),
            "a date that is not signed")
    t.equal(post(whole, drop="authorization")[:2], (403, "MissingAuthenticationToken"), "no signature")
    t.equal(post(whole, shift=-400)[:2], (403, "RequestTimeTooSkewed"), "six minutes late")
    t.equal(post(whole, shift=400)[:2], (403, "RequestTimeTooSkewed"), "six minutes early")
    t.equal(post(whole, shift=280)[:2], (200, None), "within five minutes: it works")
    t.equal(post(whole)[:2], (400, "InvalidChangeBatch"), "which shows that it was done")
    c.main.own_shape = True
    status, root, body = post(whole)
    c.main.own_shape = False
    t.equal((status, root), (400, "InvalidChangeBatch"), "the other shape of this error")
    t.match("<InvalidChangeBatch.*<Messages><Message>Tried to create.*</Message></Messages><RequestId>",
            body.decode(), "the other shape has its own root")


def send(key, url, body, body_after=None, unsigned=None, drop=None, shift=0):
    """Signs and sends by hand; returns (status, error code, body)."""
    import datetime
    from botocore import auth, awsrequest, credentials
    signer = auth.SigV4Auth(credentials.Credentials(key.access_key, key.secret, key.token),
                            "route53", "us-east-1")
    request = awsrequest.AWSRequest("POST", url, data=body.encode())
    stamp = (datetime.datetime.utcnow() + datetime.timedelta(seconds=shift))
    request.context["timestamp"] = stamp.strftime("%Y%m%dT%H%M%SZ")
    request.headers["X-Amz-Date"] = request.context["timestamp"]
    canonical = signer.canonical_request(request)
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    signer._inject_signature_to_request(request, signature)
    headers = {name.lower(): value for name, value in request.headers.items()}
    if unsigned:
        headers["authorization"] = headers["authorization"].replace(unsigned, "x-amz-nothing")
    if drop:
        del headers[drop]
    prepared = urllib.request.Request(url, (body_after or body).encode(), headers, method="POST")
    try:
        with urllib.request.urlopen(prepared, timeout=10) as answer:
            return answer.status, None, answer.read()
    except urllib.error.HTTPError as error:
        content = error.read()
        root = ET.fromstring(content)
        code = root.find(".//{*}Code")
        return error.code, code.text if code is not None else root.tag.split("}")[1], content


def keys(t, c):
    """keys, tokens, policies"""
    wrong = c.main.user().key()
    good = wrong.secret
    wrong.secret = "canaryX"
    api = client(wrong)
    wrong.secret = good
    refused(t, "SignatureDoesNotMatch", "does not match the signature", api.list_hosted_zones)
    stranger = c.main.user().key()
    del c.aws.keys[stranger.access_key]
    refused(t, "InvalidClientTokenId", "security token", client(stranger).list_hosted_zones)
    role = c.main.role(trusted=[c.user.arn], external_id="e1")
    t.ok(client(role.assume("s1")).list_hosted_zones(), "a session's key with its token works")
    refused(t, "ExpiredToken", "expired", client(role.assume("s2", lifetime=-1)).list_hosted_zones)
    session = role.assume("s3")
    session.token = None
    api = client(session)
    session.token = "other"
    refused(t, "InvalidClientTokenId", "security token", api.list_hosted_zones)
    user = c.main.user(policy.deny("route53:GetChange"))
    found = refused(t, "AccessDenied", "is not authorized to perform: route53:GetChange on resource: "
                    "arn:aws:route53:::change/C0", client(user.keys[0]).get_change, Id="C0")
    t.equal(found[2], 403, "403")
    user = c.main.user(policy.allow("route53:ChangeResourceRecordSets",
                                    resource="arn:aws:route53:::hostedzone/Z0"))
    t.equal(error_of(client(user.keys[0]).change_resource_record_sets, HostedZoneId=c.bare.id,
                     ChangeBatch=batch(("CREATE", rrset("p.bare.test", "v"))))[0], "AccessDenied",
            "a policy for another zone")
    names = {"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "route53:ChangeResourceRecordSets", "Resource": "*",
        "Condition": {"ForAllValues:StringEquals": {
            "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["p.bare.test"],
            "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"],
            "route53:ChangeResourceRecordSetsActions": ["CREATE", "DELETE"]}}}}
    api = client(c.main.user(names).keys[0])
    t.ok(change(api, c.bare, ("CREATE", rrset("P.bare.test.", "v"))), "a policy by names: allowed")
    for action, record in (("CREATE", rrset("q.bare.test", "v")), ("UPSERT", rrset("p.bare.test", "v")),
                           ("CREATE", rrset("p.bare.test", "1.2.3.4", kind="A", quoted=False))):
        t.equal(error_of(api.change_resource_record_sets, HostedZoneId=c.bare.id,
                         ChangeBatch=batch((action, record)))[0], "AccessDenied",
                f"a policy by names: not {action} {record['Name']} {record['Type']}")


def regions(t, c):
    """regions and partitions"""
    for region, host in (("eu-west-1", "route53.amazonaws.com"),
                         ("cn-north-1", "route53.amazonaws.com.cn"),
                         ("us-gov-east-1", "route53.us-gov.amazonaws.com")):
        api = client(c.user.keys[0], region=region)
        t.ok(api.list_hosted_zones(), f"{region}: works")
        t.equal(c.aws.log[-1][0], host, f"{region}: at {host}")


def limits(t, c):
    """rate limit, prior request, faults"""
    account = c.aws.account()
    zone = account.zone("limit.test", served=False, delegated=False)
    user = account.user()
    api = client(user.keys[0])
    account.limit(0.01, 5)
    found = [error_of(api.list_hosted_zones) for _ in range(8)]
    t.ok(("Throttling", "Rate exceeded", 400) in found, "Throttling", found)
    t.ok(found[:5] == [None] * 5, "not before the burst is spent", found)
    account.limit(None, 0)
    zone.busy = 60
    change(api, zone, ("CREATE", rrset("a.limit.test", "v")))
    t.equal(error_of(api.change_resource_record_sets, HostedZoneId=zone.id, ChangeBatch=batch(
        ("CREATE", rrset("b.limit.test", "v"))))[::2], ("PriorRequestNotComplete", 400),
        "PriorRequestNotComplete")
    zone.busy = zone.busy_until = 0
    patient = client(user.keys[0], attempts=3)
    for kind in (500, 503, "reset", "close"):
        fault = user.fault(kind, "GetHostedZone")
        t.ok(patient.get_hosted_zone(Id=zone.id), f"{kind}: boto3 tries again and works")
        t.equal(fault.left, 0, f"{kind}: it was met")
    user.fault("reset", "ChangeResourceRecordSets", after=True)
    found = error_of(patient.change_resource_record_sets, HostedZoneId=zone.id, ChangeBatch=batch(
        ("CREATE", rrset("c.limit.test", "v"))))
    t.equal(found and found[0], "InvalidChangeBatch", "a reset after the change: the retry conflicts",
            found)
    for kind in ("cut-xml", "cut-http", "empty", "html", "bomb", "huge"):
        user.fault(kind, "ListHostedZones", after=True)
        try:
            spoilt = "HostedZones" not in api.list_hosted_zones()
        except Exception:  # boto3 ends in many ways
            spoilt = True
        t.ok(spoilt, f"{kind}: boto3 gets nothing of use")


def identities(t, c):
    """STS, SSO and the metadata services as botocore asks them"""
    api = client(c.user.keys[0], "sts")
    t.equal(api.get_caller_identity()["Arn"], c.user.arn, "GetCallerIdentity")
    role = c.main.role(trusted=[c.user.arn], external_id="e1", web_tokens=["web-token"])
    given = api.assume_role(RoleArn=role.arn, RoleSessionName="lab", ExternalId="e1")["Credentials"]
    t.equal(c.aws.keys[given["AccessKeyId"]].token, given["SessionToken"], "AssumeRole")
    refused(t, "AccessDenied", "sts:AssumeRole", api.assume_role, RoleArn=role.arn,
            RoleSessionName="lab")
    given = api.assume_role_with_web_identity(RoleArn=role.arn, RoleSessionName="lab",
                                              WebIdentityToken="web-token")
    t.equal(given["AssumedRoleUser"]["Arn"], role.sessions[-1].arn, "AssumeRoleWithWebIdentity")
    refused(t, "InvalidIdentityToken", "OpenID", api.assume_role_with_web_identity,
            RoleArn=role.arn, RoleSessionName="lab", WebIdentityToken="wrong-token")
    c.aws.metadata.role = c.aws.container.role = role
    os.environ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = c.aws.container.path
    t.equal(fetched(c, "container-role"), "metadata", "the container's credentials")
    del os.environ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
    t.equal(fetched(c, "iam-role"), "metadata", "the instance's credentials")
    c.aws.sso.tokens["t"] = {(str(c.main.number), "admin"): role}
    portal = boto3.client("sso", region_name="us-east-1")
    given = portal.get_role_credentials(roleName="admin", accountId=str(c.main.number),
                                        accessToken="t")["roleCredentials"]
    t.equal(c.aws.keys[given["accessKeyId"]].secret, given["secretAccessKey"], "the SSO portal")
    t.equal(error_of(portal.get_role_credentials, roleName="admin", accountId="1",
                     accessToken="x")[0], "UnauthorizedException", "a wrong SSO token")
    with_none = urllib.request.Request("http://169.254.169.254/latest/meta-data/")
    try:
        urllib.request.urlopen(with_none, timeout=5)
        t.ok(False, "IMDSv1 is refused")
    except urllib.error.HTTPError as error:
        t.equal(error.code, 401, "IMDSv1 is refused")
    t.equal(c.aws.metadata.refused, [(401, "GET", "/latest/meta-data/")], "and remembered")
    c.aws.metadata.refused.clear()


def fetched(c, method):
    """Whose credentials botocore's own chain finds; None: not by this method."""
    found = botocore.session.Session().get_credentials()
    if found is None or found.method != method:
        return None
    return c.aws.keys[found.get_frozen_credentials().access_key].principal.name


def names(t, _):
    """names and strings to and from text"""
    t.equal(text.show_name(text.parse_name("*.A\\100b.x")), "\\052.a\\100b.x.", "escapes")
    for bad in ("a..b", "a b", "a\\9", "x" * 64, "", "\u00e9"):
        try:
            t.ok(False, f"{bad!r} is refused", text.parse_name(bad))
        except ValueError:
            t.ok(True, f"{bad!r} is refused")
    t.equal(text.zone_file_strings('"a\\303" "\\""'), '"a\\195" "\\034"', "decimal in zone files")
    t.equal(text.parse_strings('"a \\"b\\\\" "\\012"'), (b'a "b\\', b"\n"), "strings")


def main():
    """The test."""
    lab.enter()
    tap = lab.Tap()
    with lab.World() as w:
        aws = route53.Aws(w)
        cast = Cast(aws)
        w.start()
        aws.start()
        tap.run([live, zones, sets, swaps, rules, raw, keys, regions, limits, identities, names],
                cast)
        aws.finish(tap)
        w.finish(tap)


if __name__ == "__main__":
    main()
