"""Reading and writing the XML of a package: names, hostile input."""

import re

from lxml import etree

from .findings import PackageError

METS = "http://www.loc.gov/METS/"
XLINK = "http://www.w3.org/1999/xlink"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
CSIP = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
PREMIS = "http://www.loc.gov/premis/v3"
MAX_XML_BYTES = 64 * 1024 * 1024

# characters that XML 1.0 cannot carry at all; they come from careless copy and paste
_UNREADABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARATION = re.compile(rb"""^<\?xml[^>]*encoding\s*=\s*["']([^"']*)["']""")


def readable(value):
    """Text without the characters that XML cannot carry."""
    return _UNREADABLE.sub("", str(value))


def one_line(value):
    return " ".join(readable(value).split())


def serialise(root):
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def parse(content):
    """Bytes → root element. Raises :class:`PackageError`; never loads a DTD, an entity or the network."""
    if len(content) > MAX_XML_BYTES:
        raise PackageError(f"Tệp XML lớn hơn {MAX_XML_BYTES // 2**20} MB, không đọc.")
    declared = _DECLARATION.match(content)
    # only UTF-8, so that a DOCTYPE cannot hide in another encoding
    if (declared and declared[1].upper() not in (b"UTF-8", b"US-ASCII")) or b"\x00" in content:
        raise PackageError("Tệp XML không dùng bảng mã UTF-8.")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise PackageError("Tệp XML có khai báo DTD; không chấp nhận.")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=False
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PackageError(f"Tệp XML không đọc được: {error}") from None
