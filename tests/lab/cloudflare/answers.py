"""The envelope of every answer."""
import json

from ..web import Answer


def document(result, info=None, failed=(), messages=()):
    """What every answer is wrapped in."""
    whole = {"result": result, "success": not failed, "errors": list(failed),
             "messages": list(messages)}
    if info is not None:
        whole["result_info"] = info
    return json.dumps(whole).encode()


def success(result, info=None, messages=()):
    """An answer."""
    return Answer(200, document(result, info, messages=messages), "application/json")


def failure(error):
    """An error as an answer."""
    return Answer(error.status, document(None, failed=error.content()), "application/json")
