"""Names and hrefs inside a package. No path is ever built from a name that came from outside."""

import re

MAX_HREF = 240
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,8})$")


def safe_href(href):
    """True for a plain relative path of ASCII parts: no ``..``, scheme, drive, percent sign, backslash."""
    if not href or len(href) > MAX_HREF:
        return False
    return all(_PART.fullmatch(part) and not part.endswith(".") for part in href.split("/"))


def safe_part(name):
    return bool(_PART.fullmatch(name)) and not name.endswith(".") and len(name) <= 100


def beside_name(signed):
    """``File3_2.xlsx.p7s``: the signature that lies beside ``File3_2.xlsx``."""
    return f"{signed}.p7s"


def data_name(document, position, original):
    """``File3.pdf``, and ``File3_2.pdf`` for the second file of the document; only the extension is taken over."""
    found = _EXTENSION.search(original or "")
    extension = found[1].lower() if found else "bin"
    return f"File{document}{'' if position == 1 else f'_{position}'}.{extension}"
