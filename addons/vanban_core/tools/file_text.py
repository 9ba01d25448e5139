"""The words of a file, for search: PDF, Word, OpenDocument, Excel, plain text. Bounded in time, size and memory."""

import io
import re
import zipfile

from . import text_fold

MAX_CHARS = 2_000_000
MAX_MEMBER = 64 * 1024 * 1024
READABLE = {
    "application/pdf": "pdf",
    "text/plain": "text",
    "text/csv": "text",
    "application/rtf": "rtf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.text": "odf",
    "application/vnd.oasis.opendocument.spreadsheet": "odf",
}
_MEMBERS = {
    "docx": re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml$"),
    "xlsx": re.compile(r"xl/(sharedStrings|worksheets/sheet\d+)\.xml$"),
    "odf": re.compile(r"content\.xml$"),
}
# ends of paragraphs, rows and cells of the three families
_BREAKS = {"p", "h", "tr", "br", "row", "table-row", "si", "is"}
_SPACES = {"tab", "tc", "table-cell", "s", "c"}


def extract(raw, mimetype, max_chars=MAX_CHARS):
    """Plain text (composed form) of a file that passed ``file_check``, at most ``max_chars`` characters.

    :return: text, ``""`` when the format holds none (pictures, old Office files) or the file has no text
    """
    kind = READABLE.get(mimetype)
    if kind == "pdf":
        text = _pdf(raw, max_chars)
    elif kind == "text":
        text = _plain(raw[: max_chars * 4])
    elif kind == "rtf":
        text = _rtf(raw[: max_chars * 8])
    elif kind:
        text = _zip(raw, _MEMBERS[kind], max_chars)
    else:
        text = ""
    return text_fold.normalize(text[:max_chars])


def has_text(text, pages=1):
    """Whether a PDF of ``pages`` pages has a usable text layer (some scanners write a few stray letters)."""
    letters = sum(char.isalpha() for char in text[:20000])
    return letters >= 20 * min(pages or 1, 10)


def _pdf(raw, max_chars):
    import pypdfium2

    from .pdfium_lock import LOCK

    pieces, total, index, count = [], 0, 0, 1
    document = None
    try:
        while index < count and total < max_chars:
            with LOCK:  # one page at a time: other threads draw pages meanwhile
                if document is None:
                    document = pypdfium2.PdfDocument(raw)
                    count = len(document)
                page = document[index]
                words = page.get_textpage()
                piece = words.get_text_range()
                words.close()
                page.close()
            pieces.append(piece)
            total += len(piece)
            index += 1
    finally:
        if document is not None:
            with LOCK:
                document.close()
    return "\n".join(pieces).replace("\r\n", "\n").replace("\ufffe", "")


def _plain(raw):
    for encoding in ("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "cp1258"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", errors="ignore")


def _rtf(raw):
    """Rough text of RTF: control words and groups of tables of fonts and styles dropped, ``\\uN`` and ``\\'hh`` read."""
    text = raw.decode("latin-1")
    text = re.sub(r"\{\\\*[^{}]*\}|\{\\(?:fonttbl|colortbl|stylesheet|info|pict)(?:[^{}]|\{[^{}]*\})*\}", " ", text)
    text = re.sub(r"\\u(-?\d+) ?\??", lambda match: chr(int(match[1]) % 65536), text)
    text = re.sub(r"\\'([0-9a-fA-F]{2})", lambda match: bytes.fromhex(match[1]).decode("cp1258", "ignore"), text)
    text = re.sub(r"\\(?:par|line|row)\b ?", "\n", text)
    text = re.sub(r"\\[a-zA-Z]+-?\d* ?|[{}]|\\.", "", text)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore").replace("\n ", "\n")


def _zip(raw, members, max_chars):
    pieces, total = [], 0
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for entry in archive.infolist():
            if members.search(entry.filename) and entry.file_size <= MAX_MEMBER and total < max_chars:
                with archive.open(entry) as stream:
                    for piece in _xml(stream, max_chars - total):
                        pieces.append(piece)
                        total += len(piece)
    return re.sub(r"[ \t]+", " ", "".join(pieces))


def _xml(stream, limit):
    """Texts of an XML member, read as a stream: entities, networks and DTDs are off."""
    from lxml import etree

    taken = 0
    events = etree.iterparse(
        stream, events=("end",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True,
    )  # fmt: skip
    for _event, element in events:
        name = etree.QName(element).localname if isinstance(element.tag, str) else ""
        # lxml ends children before parents, so that the order of the words is that of the document
        for piece in _pieces(element, name):
            taken += len(piece)
            yield piece
        if taken > limit:
            return
        if name in _BREAKS or name in ("v", "t"):
            element.clear(keep_tail=True)


def _pieces(element, name):
    if name in ("t", "v") or (name in ("p", "h", "span", "a") and element.text):
        yield element.text or ""
    if name in _BREAKS:
        yield "\n"
    elif name in _SPACES:
        yield " "
    if element.tail and element.tail.strip():
        yield element.tail
