"""The programs that a manual page shows."""
import os
import re

ESCAPES = {"e": "\\", "&": "", "-": "-", "(aq": "'", "(ga": "`", "(ha": "^", "(ti": "~"}


def literals(page):
    """The literal displays of a page of the sources, as a reader sees them."""
    with open(os.path.join(os.environ["TOP_SRCDIR"], page), encoding="utf-8") as file:
        text = file.read()
    found = re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed$", text, re.M | re.S)
    return [re.sub(r"\\(\(..|.)", lambda each: ESCAPES[each.group(1)], each) for each in found]


def program(page, word):
    """The one program of a page that holds this word."""
    (found,) = [each for each in literals(page) if each.startswith("#!") and word in each]
    return found
