"""A relay leaves a packet alone that its sender has signed: one more trace would break the signature."""
from datetime import datetime

from edxml import write_packet
from edxml.relay import add_trace
from packet_samples import document


def test_signed_packet_passes_unchanged(tmp_path):
    source, target = tmp_path / "a.edxml", tmp_path / "b.edxml"
    write_packet(document(tmp_path), source)
    plain = source.read_bytes()
    assert add_trace(source, target, "H99.01", datetime(2026, 3, 9, 8, 0)).size > len(plain)
    signed = plain.replace(
        b"</edXML:edXMLHeader>", b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature></edXML:edXMLHeader>')
    assert signed != plain
    source.write_bytes(signed)
    written = add_trace(source, target, "H99.01", datetime(2026, 3, 9, 8, 0))
    assert target.read_bytes() == signed and written.size == len(signed)
    # the signature may also be the last child of the root, behind files longer than what is read at once
    signature = b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>'
    root = plain.rstrip().rfind(b"</")
    behind = plain[:root] + b"<!--" + b"x" * (5 * 1024 * 1024) + b"-->" + signature + plain[root:]
    source.write_bytes(behind)
    add_trace(source, target, "H99.01", datetime(2026, 3, 9, 8, 0))
    assert target.read_bytes() == behind
