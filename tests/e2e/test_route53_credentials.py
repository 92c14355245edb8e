#!/usr/bin/python3
"""Route 53, whose credentials: every source of the chain end to end, refreshed once when they have
expired, and what is said when a source fails."""
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import route53  # noqa: E402
from lab.route53.use import record, value  # noqa: E402

HOST = "my.keys.test"
NO_IMDS = {"AWS_EC2_METADATA_DISABLED": "true"}


class Cast:
    """An account with a zone, a user without rights of his own, and a role."""

    def __init__(self, w, aws):
        self.desk, self.aws = route53.Desk(w, aws), aws
        self.zone = aws.account().zone("keys.test")
        self.account = self.zone.account
        self.number = 0

    def folder(self):
        """A directory of a scenario's own."""
        self.number += 1
        path = f"{lab.namespace.HOME}/aws-{self.number}"
        os.makedirs(path, mode=0o700)
        return path

    def environment(self, **more):
        """The zone, no metadata service, and more."""
        return {"ACME_HOSTED_ZONE": self.zone.id, **NO_IMDS, **more}

    def role(self, *users, **more):
        """A role that these users may assume."""
        return self.account.role(trusted=[each.arn for each in users], **more)


def write(path, content, mode=0o600):
    """A file."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)
    os.chmod(path, mode)
    return path


def files(c, config="", credentials=""):
    """The shared files; returns the environment that names them."""
    folder = c.folder()
    return {"AWS_CONFIG_FILE": write(folder + "/config", config),
            "AWS_SHARED_CREDENTIALS_FILE": write(folder + "/credentials", credentials)}


def static(key):
    """A key as lines of a profile."""
    names = {"AWS_ACCESS_KEY_ID": "aws_access_key_id", "AWS_SESSION_TOKEN": "aws_session_token",
             "AWS_SECRET_ACCESS_KEY": "aws_secret_access_key"}
    return "".join(f"{names[name]} = {text}\n" for name, text in key.environment().items())


def works(t, c, env, calls, name, host=HOST):
    """A start and a stop, whose calls end up in `calls()`."""
    before, word = len(calls()), value()
    result = c.desk.start(env, host, word, timeout=60)
    t.exits(result, 0, f"{name}: start works")
    t.ok(word in c.zone.texts(record(host)), f"{name}: the value is there", result)
    t.ok(len(calls()) > before, f"{name}: with these credentials", calls())
    t.exits(c.desk.stop(env, host, word), 0, f"{name}: stop works")
    return result


def fails(t, c, env, pattern, name, host="fails.keys.test"):
    """A start that ends with this message."""
    result = c.desk.start(env, host, value(), timeout=60)
    t.exits(result, 1, f"{name}: fails")
    t.match(pattern, result.err, f"{name}: says why", result)
    t.equal(c.zone.texts(record(host)), [], f"{name}: nothing is left")
    return result


def environment(t, c):
    """the environment"""
    user = c.account.user()
    works(t, c, c.environment(**user.environment()), lambda: user.calls, "keys")
    session = user.key(temporary=True)
    works(t, c, c.environment(**session.environment()), lambda: user.calls, "keys and token")
    path = c.folder()
    key = user.keys[0]
    env = c.environment(AWS_ACCESS_KEY_ID=key.access_key, AWS_SECRET_ACCESS_KEY_FILE=write(
        path + "/secret", key.secret + "\n"))
    works(t, c, env, lambda: user.calls, "the secret from a file")
    fails(t, c, c.environment(AWS_ACCESS_KEY_ID=key.access_key), r"AWS_SECRET_ACCESS_KEY",
          "a key without its secret")
    fails(t, c, c.environment(AWS_ACCESS_KEY_ID=key.access_key, AWS_SECRET_ACCESS_KEY="canary-x"),
          r"SignatureDoesNotMatch|does not match|secret", "a wrong secret")
    fails(t, c, c.environment(AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE",
                              AWS_SECRET_ACCESS_KEY="canary-x"),
          r"AKIAIOSFODNN7EXAMPLE|InvalidClientTokenId", "an unknown key")
    expired = user.key(temporary=True, lifetime=-10)
    result = fails(t, c, c.environment(**expired.environment()), r"expired", "an expired token")
    t.match(r"environment|AWS_SESSION_TOKEN", result.err, "an expired token: names the source")
    fails(t, c, c.environment(HOME="/nonexistent"), r"credentials.*(environment|AWS_ACCESS_KEY_ID)",
          "no credentials at all")


def hidden_home(t, c):
    """a service that hides /root (ProtectHome=yes, no CAP_DAC_OVERRIDE), as acmetool.service"""
    user = c.account.user()
    home = c.folder()
    os.chmod(home, 0)
    world = c.desk.world
    world.wrapper = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--no-new-privs"]
    try:
        works(t, c, c.environment(HOME=home, **user.environment()), lambda: user.calls,
              "keys from the environment")
        fails(t, c, c.environment(HOME=home), r"credentials.*AWS_ACCESS_KEY_ID", "no keys at all")
        fails(t, c, c.environment(HOME=home, AWS_CONFIG_FILE=home + "/config"),
              r"/config cannot be read: Permission denied", "a file that was named")
    finally:
        world.wrapper = []


def profiles(t, c):
    """the shared files"""
    first, second = c.account.user(), c.account.user()
    env = files(c, f"[default]\n{static(second.keys[0])}", f"[default]\n{static(first.keys[0])}")
    works(t, c, c.environment(**env), lambda: first.calls, "[default], the credentials file first")
    env = files(c, "[profile dns]\nregion = eu-west-1\n", f"[dns]\n{static(second.keys[0])}")
    works(t, c, c.environment(AWS_PROFILE="dns", **env), lambda: second.calls, "AWS_PROFILE")
    works(t, c, c.environment(**first.environment(), AWS_PROFILE="dns", **env), lambda: first.calls,
          "the environment before the profile")
    fails(t, c, c.environment(AWS_PROFILE="none", **env), r"none", "a profile that is not there")
    home = c.folder()
    os.makedirs(home + "/.aws")
    write(home + "/.aws/credentials", f"[default]\n{static(first.keys[0])}")
    works(t, c, c.environment(HOME=home), lambda: first.calls, "~/.aws/credentials")
    works(t, c, c.environment(**files(c, credentials="[default]\n" + static(
        second.key(temporary=True)))), lambda: second.calls, "a token of over 300 characters")


def assumed(t, c):
    """roles"""
    user = c.account.user()
    role = c.role(user, external_id="canary-external")
    base = f"[base]\n{static(user.keys[0])}"
    config = (f"[profile r]\nrole_arn = {role.arn}\nsource_profile = base\n"
              f"external_id = canary-external\nrole_session_name = lab\nregion = us-east-1\n")
    env = c.environment(AWS_PROFILE="r", **files(c, config, base))
    works(t, c, env, role.calls, "source_profile with an external id")
    t.equal(role.sessions[-1].name, "lab", "the session's name")
    t.equal(user.calls, [], "the user himself made no call of Route 53")
    wrong = files(c, config.replace("external_id = canary-external\n", ""), base)
    fails(t, c, c.environment(AWS_PROFILE="r", **wrong), r"AssumeRole.*role|role.*AssumeRole",
          "without the external id")
    config = f"[profile r]\nrole_arn = {role.arn}\ncredential_source = Environment\n" \
             "external_id = canary-external\nregion = us-east-1\n"
    inner = c.role()
    chain = c.role(user)
    inner.trusted = {f"arn:aws:sts::{c.account.number}:assumed-role/{chain.name}/chained"}
    config += (f"[profile inner]\nrole_arn = {inner.arn}\nsource_profile = outer\n"
               f"region = us-east-1\n"
               f"[profile outer]\nrole_arn = {chain.arn}\nsource_profile = base\n"
               f"role_session_name = chained\nregion = us-east-1\n")
    shared = files(c, config, base)
    works(t, c, c.environment(AWS_PROFILE="inner", **shared), inner.calls, "a chain of roles")
    c.aws.sts.faults.append(route53.ApiError(400, "Throttling", "Rate exceeded"))
    works(t, c, c.environment(AWS_PROFILE="inner", **shared), inner.calls, "STS throttles once")
    loop = "[profile a]\nrole_arn = x\nsource_profile = b\n[profile b]\nrole_arn = x\n" \
           "source_profile = a\n"
    fails(t, c, c.environment(AWS_PROFILE="a", **files(c, loop)), r"loop|itself|circular|again",
          "profiles in a circle")


def account_role(t, c):
    """an account of the configuration that takes on a role, with a profile or with a key"""
    user = c.account.user()
    role = c.role(user, external_id="canary-external")
    key = user.keys[0]
    shared = files(c, credentials=f"[dns]\n{static(key)}")

    def env(*lines, **more):
        text = ["[account route53]", "provider = route53", "region = us-east-1",
                f"role-arn = {role.arn}", "external-id = canary-external", *lines, "",
                "[domain keys.test]", "account = route53", f"zone = {c.zone.id}", ""]
        return {"DNSHOOK_CONFIG": write(c.folder() + "/dnshook.conf", "\n".join(text)), **more}

    by_profile = ["profile = dns", f"shared-credentials-file = {shared['AWS_SHARED_CREDENTIALS_FILE']}"]
    by_key = [f"access-key-id = {key.access_key}", f"secret-access-key = {key.secret}"]
    works(t, c, env(*by_profile, "role-session-name = night"), role.calls, "with a profile")
    t.equal(role.sessions[-1].name, "night", "the session's name")
    works(t, c, env(*by_key), role.calls, "with a key")
    other = c.account.user()
    works(t, c, env(*by_key, **other.environment(), AWS_PROFILE="none"), role.calls,
          "whatever the environment says")
    t.equal(user.calls + other.calls, [], "no user made a call of Route 53")
    fails(t, c, env("profile = none"), r"none", "a profile that is not there")
    role.external_id = "canary-another"
    result = fails(t, c, env(*by_key), r"sts:AssumeRole", "a wrong external id")
    t.match(r"the parameter role-arn", result.err, "a wrong external id: names the parameter")
    trusted = c.role(user)
    works(t, c, c.environment(AWS_ROLE_ARN=trusted.arn, **user.environment()), lambda: user.calls,
          "AWS_ROLE_ARN in the environment")
    t.equal(trusted.sessions, [], "AWS_ROLE_ARN in the environment: is for web identity alone")


def account_file(t, c):
    """an account of the configuration that has a credentials file of its own"""
    user, other = c.account.user(), c.account.user()
    shared = files(c, credentials=f"[default]\n{static(user.keys[0])}")
    text = ["[account route53]", "provider = route53",
            f"shared-credentials-file = {shared['AWS_SHARED_CREDENTIALS_FILE']}", "",
            "[domain keys.test]", "account = route53", f"zone = {c.zone.id}", ""]
    env = {"DNSHOOK_CONFIG": write(c.folder() + "/dnshook.conf", "\n".join(text))}
    works(t, c, {**env, **other.environment(), "AWS_PROFILE": "none"}, lambda: user.calls,
          "whatever the environment says")
    t.equal(other.calls, [], "the key of the environment is not used")


def expired_once(t, c):
    """expired credentials are refreshed once"""
    user = c.account.user()
    role = c.role(user)
    config = (f"[profile r]\nrole_arn = {role.arn}\nsource_profile = base\nregion = us-east-1\n")
    env = c.environment(AWS_PROFILE="r", **files(c, config, f"[base]\n{static(user.keys[0])}"))
    assume, lifetimes = role.assume, [-1]

    def short(session, lifetime=3600):
        key = assume(session, lifetime)
        if lifetimes:
            claimed, key.expires = key.expires, time.time() + lifetimes.pop(0)
            key.expiration = lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(claimed))
        return key
    role.assume = short
    before = len(c.aws.sts.calls)
    works(t, c, env, role.calls, "ExpiredToken from Route 53")
    t.ok(len(c.aws.sts.calls) - before <= 3, "asked anew once (and once by stop)",
         c.aws.sts.calls[before:])
    lifetimes.extend([-1] * 9)
    before = len(c.aws.sts.calls)
    result = fails(t, c, env, r"expired", "expired again and again")
    t.ok(len(c.aws.sts.calls) - before <= 2, "expired again and again: asked twice",
         c.aws.sts.calls[before:], result)


def web_identity(t, c):
    """web identity"""
    role = c.account.role(web_tokens=["canary-web-token"])
    path = write(c.folder() + "/token", "canary-web-token")
    env = c.environment(AWS_ROLE_ARN=role.arn, AWS_WEB_IDENTITY_TOKEN_FILE=path,
                        AWS_REGION="us-east-1", AWS_ROLE_SESSION_NAME="pod")
    works(t, c, env, role.calls, "from the environment")
    t.equal(role.sessions[-1].name, "pod", "the session's name")
    works(t, c, {each: env[each] for each in env if "REGION" not in each}, role.calls,
          "without a region")
    config = f"[default]\nrole_arn = {role.arn}\nweb_identity_token_file = {path}\nregion = eu-west-1\n"
    works(t, c, c.environment(**files(c, config)), role.calls, "from a profile")
    write(path, "canary-other")
    fails(t, c, env, r"InvalidIdentityToken|OpenID", "a wrong token")
    write(path, "expired")
    fails(t, c, env, r"expired", "an expired web token")
    os.remove(path)
    fails(t, c, env, r"token", "a token file that is not there")


def process(t, c):
    """credential_process"""
    user = c.account.user()
    key = user.key(temporary=True)
    folder = c.folder()
    answer = {"Version": 1, "AccessKeyId": key.access_key, "SecretAccessKey": key.secret,
              "SessionToken": key.token, "Expiration": key.expiration()}
    script = folder + "/give creds"
    write(script, "#!/bin/sh\n[ \"$1\" = 'one word' ] || exit 3\ncat <<'E'\n" +
          json.dumps(answer) + "\nE\n", 0o755)

    def env(line):
        return c.environment(**files(c, f"[default]\ncredential_process = {line}\n"))

    works(t, c, env(f'"{script}" "one word"'), lambda: user.calls, "works")
    result = fails(t, c, env(f'"{script}" other'), r"(exit|status|ended).*3|3.*(exit|status|ended)",
                   "exit status 3")
    t.match(r"credential_process", result.err, "exit status 3: names credential_process")
    marker = folder + "/pwned"
    c.desk.start(env(f"/bin/true; touch {marker}"), HOST, value(), timeout=60)
    c.desk.start(env(f"/bin/echo $(touch {marker})"), HOST, value(), timeout=60)
    t.ok(not os.path.exists(marker), "no shell")
    write(script, "#!/bin/sh\necho 'canary-noise' >&2\necho '{\"Version\": 2}'\n", 0o755)
    fails(t, c, env(f'"{script}"'), r"version", "another version")
    write(script, "#!/bin/sh\nexec cat /dev/zero\n", 0o755)
    result = fails(t, c, env(f'"{script}"'), r"more than|long|large|limit|bytes", "an endless output")
    t.ok(result.maxrss < 64 << 10, "an endless output: bounded")
    fails(t, c, env("/nonexistent/program"), r"/nonexistent/program", "no such program")


def sso(t, c):
    """the SSO token cache"""
    role = c.account.role()
    number = str(c.account.number)
    c.aws.sso.tokens["canary-sso"] = {(number, "admin"): role}
    home = c.folder()
    os.makedirs(home + "/.aws/sso/cache", 0o700)
    config = (f"[default]\nsso_session = corp\nsso_account_id = {number}\nsso_role_name = admin\n"
              "[sso-session corp]\nsso_region = us-east-1\n"
              "sso_start_url = https://corp.awsapps.com/start\n")
    write(home + "/.aws/config", config)
    import hashlib
    cache = f"{home}/.aws/sso/cache/{hashlib.sha1(b'corp').hexdigest()}.json"

    def token(text, seconds):
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
        write(cache, json.dumps({"accessToken": text, "expiresAt": stamp, "region": "us-east-1"}))

    env = c.environment(HOME=home)
    token("canary-sso", 3600)
    works(t, c, env, role.calls, "works")
    token("canary-wrong", 3600)
    fails(t, c, env, r"SSO|sso|portal", "a token that the portal does not know")
    token("canary-sso", -3600)
    result = fails(t, c, env, r"expired", "an expired token")
    t.match(r"aws sso login", result.err, "an expired token: says what to do")
    os.remove(cache)
    fails(t, c, env, r"aws sso login", "no token")


def container(t, c):
    """container endpoints"""
    service = c.aws.container
    role = service.role = c.account.role()
    works(t, c, c.environment(AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=service.path), role.calls, "ECS")
    for address in ("169.254.170.23", "[fd00:ec2::23]"):
        service.token = "canary-pod-token"
        path = write(c.folder() + "/token", service.token)
        env = c.environment(AWS_CONTAINER_CREDENTIALS_FULL_URI=f"http://{address}{service.path}",
                            AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=path)
        works(t, c, env, role.calls, f"EKS Pod Identity at {address}")
    env = c.environment(AWS_CONTAINER_CREDENTIALS_FULL_URI=f"http://169.254.170.2{service.path}",
                        AWS_CONTAINER_AUTHORIZATION_TOKEN="canary-pod-token")
    works(t, c, env, role.calls, "the token in the environment")
    fails(t, c, dict(env, AWS_CONTAINER_AUTHORIZATION_TOKEN="canary-wrong"), r"401|not authorized|denied",
          "a wrong token")
    service.refused.clear()
    fails(t, c, dict(env, AWS_CONTAINER_AUTHORIZATION_TOKEN="canary\r\nX: y"),
          r"AWS_CONTAINER_AUTHORIZATION_TOKEN", "a token with a line feed")
    t.equal(service.refused, [], "a token with a line feed: was not sent")
    calls = len(service.calls)
    fails(t, c, dict(env, AWS_CONTAINER_CREDENTIALS_FULL_URI="http://route53.amazonaws.com/x"),
          r"AWS_CONTAINER_CREDENTIALS_FULL_URI", "plain http elsewhere")
    t.equal(len(service.calls), calls, "plain http elsewhere: not asked")
    service.token = None


def instance(t, c):
    """the instance's metadata, version 2"""
    service = c.aws.metadata
    env = {"ACME_HOSTED_ZONE": c.zone.id}
    fails(t, c, env, r"instance|metadata|IMDS", "an instance without a role")
    role = service.role = c.account.role()
    works(t, c, env, role.calls, "IPv4")
    t.equal(service.calls[0], ("PUT", "/latest/api/token"), "the token comes first")
    works(t, c, dict(env, AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE="IPv6"), role.calls, "IPv6")
    works(t, c, dict(env, AWS_EC2_METADATA_SERVICE_ENDPOINT="http://[fd00:ec2::254]/"), role.calls,
          "AWS_EC2_METADATA_SERVICE_ENDPOINT")
    works(t, c, dict(env, http_proxy="http://10.53.0.99:3128", HTTP_PROXY="http://10.53.0.99:3128"),
          role.calls, "no proxy is used")
    t.equal(service.refused, [], "never without a token")
    calls = len(service.calls)
    fails(t, c, c.environment(HOME="/nonexistent"), r"credentials", "AWS_EC2_METADATA_DISABLED")
    t.equal(len(service.calls), calls, "AWS_EC2_METADATA_DISABLED: not asked")
    old = role.assume("metadata", lifetime=-60)
    service.keys = [old]
    works(t, c, env, role.calls, "expired, then refreshed")


def main():
    """The test."""
    lab.enter()
    tap = lab.Tap()
    with lab.World() as w:
        aws = route53.Aws(w)
        cast = Cast(w, aws)
        w.start()
        aws.start()
        tap.run([environment, hidden_home, profiles, assumed, account_role, account_file,
                 expired_once, web_identity, process, sso, container, instance], cast, parallel=1)
        cast.desk.finish(tap)
        aws.finish(tap)
        w.finish(tap)


if __name__ == "__main__":
    main()
