"""Who may do what: identity policies of IAM, as far as Route 53 and STS need them."""
from fnmatch import fnmatchcase

ALLOW_ALL = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def allow(*actions, resource="*"):
    """A policy of one statement."""
    return {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": list(actions), "Resource": resource}]}


def deny(*actions):
    """Everything but these."""
    return {"Version": "2012-10-17", "Statement": [
        *ALLOW_ALL["Statement"], {"Effect": "Deny", "Action": list(actions), "Resource": "*"}]}


def _list(value):
    return value if isinstance(value, list) else [value]


def _matches(patterns, value):
    return any(fnmatchcase(value.lower(), each.lower()) for each in _list(patterns))


def _pattern(condition_value):
    """fnmatch knows [...], which IAM does not."""
    return condition_value.replace("[", "[[]")


OPERATORS = {
    "StringEquals": lambda wanted, got: got in _list(wanted),
    "StringLike": lambda wanted, got: any(fnmatchcase(got, _pattern(each))
                                          for each in _list(wanted)),
}


def _condition(statement, context):
    """True when every condition of a statement holds; unknown operators raise."""
    for operator, keys in statement.get("Condition", {}).items():
        every = operator.startswith("ForAllValues:")
        test = OPERATORS[operator.removeprefix("ForAllValues:")]
        for name, wanted in keys.items():
            got = context.get(name.lower(), [])
            if not every and len(got) != 1:
                return False
            if not all(test(wanted, each) for each in got):
                return False
    return True


def permits(policy, action, resource, context=None):
    """Whether a policy allows an action on a resource; a Deny wins."""
    allowed = False
    for statement in _list(policy["Statement"]):
        if not _matches(statement["Action"], action):
            continue
        if not _matches(statement.get("Resource", "*"), resource):
            continue
        if not _condition(statement, context or {}):
            continue
        if statement["Effect"] == "Deny":
            return False
        allowed = True
    return allowed
