"""The prescribed structure: what we write has it, what is out of place is named with its line."""
import subprocess

import pytest

from edxml import Attachment, schema_problems, write_packet
from edxml.__main__ import main
from edxml.names import STATUS_CODES
from edxml.schema import PATH
from packet_samples import REPLACE, REVOKE, UPDATE, attachment, document, status
from proves import proves


def valid_for_xmllint(path):
    command = ["xmllint", "--noout", "--nonet", "--huge", "--schema", str(PATH), str(path)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@proves("LT-20")
@pytest.mark.parametrize("business", [None, REVOKE, UPDATE, REPLACE])
def test_documents(tmp_path, business):
    write_packet(document(tmp_path, business), tmp_path / "packet.edxml")
    assert schema_problems(tmp_path / "packet.edxml") == []
    assert valid_for_xmllint(tmp_path / "packet.edxml")


@proves("LT-20")
@pytest.mark.parametrize("code", sorted(STATUS_CODES))
def test_statuses(tmp_path, code):
    write_packet(status(code), tmp_path / "packet.edxml")
    assert schema_problems(tmp_path / "packet.edxml") == []
    assert valid_for_xmllint(tmp_path / "packet.edxml")


@pytest.mark.parametrize(("old", "new"), [
    (b"<edXML:Priority>1<", b"<edXML:Priority>7<"), (b"2026/03/09</edXML:PromulgationDate>", b"09/03/2026</edXML:PromulgationDate>"),
    (b"<edXML:SteeringType>0</edXML:SteeringType>", b""), (b"<edXML:Paper>0<", b"<edXML:Paper>5<"), (b"cid:", b"sid:"),
    (b"<edXML:Subject>", b"<edXML:La>x</edXML:La><edXML:Subject>"), (b"QCVN_102_2016", b"QCVN_102_2999"),
])  # fmt: skip
def test_what_is_out_of_place_is_named(tmp_path, capsys, old, new):
    path = tmp_path / "packet.edxml"
    write_packet(document(tmp_path), path)
    raw = path.read_bytes()
    assert old in raw
    path.write_bytes(raw.replace(old, new))
    assert schema_problems(path)
    assert not valid_for_xmllint(path)
    assert main(["validate", str(path)]) == 1
    assert "không đúng cấu trúc" in capsys.readouterr().out


def test_large_file_and_no_xml(tmp_path):
    packet = document(tmp_path, attachments=(attachment(tmp_path, "lon.pdf", b"%PDF-1.4" + b"0" * 12_000_000),))
    write_packet(packet, tmp_path / "packet.edxml")
    assert main(["validate", str(tmp_path / "packet.edxml")]) == 0
    (tmp_path / "junk.edxml").write_bytes(b"khong phai xml")
    assert schema_problems(tmp_path / "junk.edxml")
    assert isinstance(packet.attachments[0], Attachment)
