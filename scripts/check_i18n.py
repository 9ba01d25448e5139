"""Every term of an addon has its Vietnamese translation in ``i18n/vi.po``.

``check_i18n.py DATABASE ADDON ...`` compares what Odoo exports from a database where the addons are installed with
the shipped files; status 1 and a list when something is missing.
``check_i18n.py --update DATABASE ADDON`` rewrites the addon's vi.po with today's terms: kept translations stay, terms
that Odoo itself translates are filled from its own files, and what is left for a person is printed.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
# Letters that no English word has.
LETTERS = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+")
# What a word without accents looks like in Vietnamese, or an abbreviation.
SYLLABLE = re.compile(
    r"(?:b|ch?|d|g[hi]?|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|t[hr]?|v|x)?[aeiouy]{1,3}(?:ch?|m|n[gh]?|p|t)?|[A-Z]{2,}|[A-Za-z]"
)
# Terms made only of these are the same in both languages.
SAME = re.compile(r"(?:%\([a-z_]+\)[sd]|%[sd]|\{[a-z_]*\}|PDF|XML|edXML|URL|ID|SHA-256|PIN|HSM|PKCS#11|SOAP|HTTPS?|JSON|"
                  r"TLS|CSV|ZIP|OCR|VGCA|CSC|[\W\d_])+")


def is_vietnamese(term):
    """Return whether a term of the sources is Vietnamese already (data such as the names of document types)."""
    text = re.sub(r"%\([a-z_]+\)[sd]|\{[a-z_]*\}|<[^>]*>", " ", term)
    if not LETTERS.search(text):
        return False
    plain = [word for word in WORD.findall(text) if not LETTERS.search(word)]
    return all(SYLLABLE.fullmatch(word) or SYLLABLE.fullmatch(word.lower()) for word in plain)


def exported(database, addon):
    """Return the ``polib.POFile`` of every term that Odoo finds in ``addon`` (records, views, Python, JavaScript)."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "terms.po"
        done = subprocess.run(
            ["python", "-m", "odoo", "i18n", "export", "-d", database, "-l", "pot", "-o", str(target), addon],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )
        if done.returncode or not target.exists():
            sys.exit(f"export of {addon} failed:\n{done.stderr[-2000:]}")
        return polib.pofile(str(target))


def untranslated(terms, shipped):
    """Return the terms of ``terms`` that ``shipped`` does not translate."""
    known = {entry.msgid: entry for entry in shipped}
    missing = []
    for entry in terms:
        have = known.get(entry.msgid)
        own = is_vietnamese(entry.msgid) or SAME.fullmatch(entry.msgid)
        # English with a Vietnamese word in it that was only copied is not translated.
        copied = have is not None and have.msgstr == entry.msgid and LETTERS.search(entry.msgid)
        if own or (have is not None and have.msgstr.strip() and "fuzzy" not in have.flags and not copied):
            continue
        missing.append(entry.msgid)
    return missing


def _odoo_translations():
    """Return ``{msgid: msgstr}`` from Odoo's own Vietnamese files, the most basic module winning."""
    found = {}
    home = Path(os.environ["ODOO_HOME"])
    for module in ("base", "web", "mail", "hr", "calendar", "resource"):
        for path in (home / "odoo" / "addons" / module / "i18n" / "vi.po", home / "addons" / module / "i18n" / "vi.po"):
            if path.exists():
                for entry in polib.pofile(str(path)):
                    if entry.msgstr:
                        found.setdefault(entry.msgid, entry.msgstr)
    return found


def update(database, addon):
    """Rewrite the addon's vi.po; return the terms that still need a person."""
    path = ROOT / "addons" / addon / "i18n" / "vi.po"
    kept = {}
    if path.exists():
        kept = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if entry.msgstr.strip()}
    standard = _odoo_translations()
    terms = exported(database, addon)
    for entry in terms:
        own = entry.msgid if is_vietnamese(entry.msgid) or SAME.fullmatch(entry.msgid) else ""
        entry.msgstr = kept.get(entry.msgid) or own or standard.get(entry.msgid, "")
    terms.metadata.update({
        "Project-Id-Version": "Văn bản 19.0",
        "Language": "vi",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    })
    # The dates change at every export and would make every run a difference.
    for volatile in ("POT-Creation-Date", "PO-Revision-Date"):
        terms.metadata.pop(volatile, None)
    terms.header = f"Vietnamese of {addon}."
    path.parent.mkdir(exist_ok=True)
    terms.wrapwidth = 110
    terms.save(str(path))
    return untranslated(terms, terms)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true")
    parser.add_argument("database")
    parser.add_argument("addons", nargs="+")
    options = parser.parse_args()
    status = 0
    for addon in options.addons:
        if options.update:
            missing = update(options.database, addon)
        else:
            path = ROOT / "addons" / addon / "i18n" / "vi.po"
            missing = untranslated(exported(options.database, addon), polib.pofile(str(path)) if path.exists() else [])
        status |= bool(missing)
        print(f"i18n {addon}: {f'{len(missing)} terms without Vietnamese' if missing else 'complete'}")
        for term in missing:
            print("   ", term.replace("\n", "\\n"))
    return status


if __name__ == "__main__":
    sys.exit(main())
