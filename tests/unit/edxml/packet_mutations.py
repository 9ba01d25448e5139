"""Packets of every kind, damaged at random but repeatably: the same number always gives the same bytes."""
import base64
import io
import random
import re
import zipfile
from pathlib import Path

from edxml import write_packet
from packet_samples import PDF, REPLACE, REVOKE, UPDATE, attachment, document, status

PIECES = (
    b"<", b">", b"&", b"</a>", b"\x00", b"\xff\xfe", b"<!DOCTYPE a>", b"]]>", b"<!--", b'"', b"=", b"\r\n--x\r\n",
    b"<edXML:To/>", b"999999999999", b"../", b"/etc/passwd", b"%2e%2e%2f", b"&#0;", b"&#x202e;", b"\xef\xbb\xbf",
    b"<Attachment>", b"</AttachmentEncoded>", b' xmlns:edXML="urn:x"', b"<?xml version='1.1'?>", b"A" * 5000,
)


_LEAF = re.compile(rb"<([A-Za-z:]+)[^<>/]*>([^<]*)</\\1>")
#: Well-formed, and hostile only to who believes it.
TEXTS = (
    b"", b"../../../../etc/cron.d/x", b"C:\\Windows\\x.exe", b"con", b"a" * 300, b"-1", b"1e309", b"99999999999999999999", b"2026-13-45",
    b"0000-00-00", b"31/02/2026", b"2026/03/09", b"H56.02", b"H56.10,2026/03/09,118/STC-VP", b"\xe2\x80\xae.fdp.exe", b"\xcc\x80" * 50,
    b"JVBERi0xLjcK", b"UEsDBBQAAAAI", b"====", b"AAAA\r\n\r\nAAAA", b"3", b"13", b"true", b"  ", b"&lt;a&gt;", b"&#9;", b"%00",
)


def _written(packet):
    stream = io.BytesIO()
    write_packet(packet, stream)
    return stream.getvalue()


def _workbook():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>" * 40)
    return stream.getvalue()


def samples(folder):
    """Bytes of sound packets: each business, a status, two attachments, a part with MIME headers around it.

    :param Path folder: for the attachments
    """
    folder = Path(folder)
    two = (attachment(folder, "a.pdf", PDF), attachment(folder, "b.xlsx", _workbook()))
    found = [_written(document(folder, attachments=two))]
    found += [_written(document(folder, business)) for business in (REVOKE, UPDATE, REPLACE)]
    found += [_written(status(code)) for code in ("01", "02", "16")]
    # the dialect whose files are MIME parts, and the one with wrapped base64
    found.append(b"Content-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/xml\r\n\r\n" + found[0] + b"\r\n--x--\r\n")
    body = base64.b64encode(PDF)
    found.append(found[1].replace(body, b"\r\n".join(body[at:at + 16] for at in range(0, len(body), 16))))
    return found


def mutated(sources, number):
    """The damaged packet ``number`` of ``sources``: odd numbers stay well-formed XML, even ones lose bytes as well."""
    generator = random.Random(number)
    raw = bytearray(generator.choice(sources))
    change = _change_meaning if number % 2 else _change_bytes
    for _change in range(generator.randint(1, 4)):
        if raw:
            change(raw, sources, generator)
    return bytes(raw)


def _change_meaning(raw, sources, generator):
    """An element with text gets another text, is doubled, left out, moved, or exchanged for one of another packet."""
    leaves = list(_LEAF.finditer(bytes(raw)))
    if not leaves:
        return
    leaf, other = generator.choice(leaves), generator.choice(leaves)
    kind = generator.randrange(6)
    if kind == 0:
        raw[leaf.start(2):leaf.end(2)] = generator.choice(TEXTS)
    elif kind == 1:
        raw[leaf.end():leaf.end()] = leaf.group() * generator.choice((1, 2, 50))
    elif kind == 2:
        del raw[leaf.start():leaf.end()]
    elif kind == 3:
        first, second = sorted((leaf, other), key=lambda found: found.start())
        if first.end() <= second.start():
            raw[second.start():second.end()] = first.group()
            raw[first.start():first.end()] = second.group()
    elif kind == 4:
        foreign = list(_LEAF.finditer(generator.choice(sources)))
        raw[leaf.start():leaf.end()] = generator.choice(foreign).group()
    elif leaf.group(2):  # one letter of the text, base64 included
        position = generator.randrange(leaf.start(2), leaf.end(2))
        raw[position] = generator.choice(b"ABCabc0189+/=.,- ")


def _change_bytes(raw, sources, generator):
    """Bytes are exchanged, lost, put in, repeated, or mixed with those of another packet, as a broken relay does."""
    position = generator.randrange(len(raw))
    kind = generator.randrange(6)
    if kind == 0:
        raw[position] = generator.randrange(256)
    elif kind == 1:
        del raw[position:position + generator.randint(1, 60)]
    elif kind == 2:
        raw[position:position] = generator.choice(PIECES)
    elif kind == 3:
        other = generator.randrange(len(raw))
        raw[position:position] = raw[other:other + generator.randint(1, 200)]
    elif kind == 4:
        other = generator.choice(sources)
        start = generator.randrange(len(other))
        raw[position:position] = other[start:start + generator.randint(1, 400)]
    else:
        raw[position:position + generator.randint(1, 12)] = generator.choice(PIECES)
