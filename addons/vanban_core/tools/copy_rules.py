"""Which copies of a document there are: sao y, sao lục, trích sao (NĐ 30/2020/NĐ-CP, Điều 3.10–12, 25).

Codes of the forms are those of the document kinds; ``paper`` and ``electronic`` are the two media.
"""

import re

FORMS = ("sao_y", "sao_luc", "trich_sao")
# Điều 25.1–3: form → (medium of the source, medium of the copy)
CONVERSIONS = {
    "sao_y": {("paper", "paper"), ("electronic", "paper"), ("paper", "electronic")},
    "sao_luc": {("paper", "paper"), ("paper", "electronic"), ("electronic", "paper")},
    "trich_sao": {("paper", "paper"), ("paper", "electronic"), ("electronic", "electronic"), ("electronic", "paper")},
}
# Điều 3.10–12: what each form is made from
SOURCES = {"sao_y": {"original"}, "sao_luc": {"sao_y"}, "trich_sao": {"original"}}
MAX_PAGES = 2000


class CopyRuleError(ValueError):
    """Not a copy that the decree knows; ``key`` names the rule: ``form``, ``medium``, ``source``, ``pages``, ``too_long``."""

    def __init__(self, key, detail=""):
        super().__init__(f"{key}: {detail}" if detail else key)
        self.key, self.detail = key, detail


def check(form, source, taken_from, made_into):
    """Refuse what Điều 25 does not provide for.

    :param str form: one of ``FORMS``
    :param str source: ``original`` (bản gốc, bản chính), or the form of copy that the source itself is
    :raises CopyRuleError: ``form``, ``medium`` or ``source``
    """
    if form not in FORMS:
        raise CopyRuleError("form", form)
    if source not in SOURCES[form]:
        raise CopyRuleError("source", source)
    if (taken_from, made_into) not in CONVERSIONS[form]:
        raise CopyRuleError("medium", f"{taken_from}, {made_into}")


def page_numbers(text, count):
    """Indexes (from 0) of the pages of “1, 3-5”, in order, each once.

    :raises CopyRuleError: ``pages`` with what cannot be read or does not exist
    """
    found = set()
    for part in re.split(r"[,;]", text or ""):
        part = part.strip()
        if not part:
            continue
        match = re.fullmatch(r"(\d{1,6})(?:\s*[-–]\s*(\d{1,6}))?", part, re.ASCII)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last <= count:
            raise CopyRuleError("pages", part)
        found.update(range(first - 1, last))
    if not found:
        raise CopyRuleError("pages", (text or "").strip())
    return sorted(found)
