"""The command line: pack, show, check, unpack."""
import json
from pathlib import Path

from edxml import to_plain, write_packet
from edxml.__main__ import main
from packet_samples import PDF, REPLACE, document, status


def test_pack_check_unpack(tmp_path, capsys):
    data = to_plain(document(tmp_path, REPLACE))
    data["attachments"][0]["path"] = "source-0"
    (tmp_path / "source-0").write_bytes(PDF)
    (tmp_path / "data.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    packet = str(tmp_path / "p.edxml")
    assert main(["pack", str(tmp_path / "data.json"), packet]) == 0
    assert main(["check", packet]) == 0
    assert main(["unpack", packet, str(tmp_path / "out")]) == 0
    unpacked = json.loads((tmp_path / "out" / "packet.json").read_text("utf-8"))
    assert unpacked["business"] == data["business"]
    assert (tmp_path / "out" / unpacked["attachments"][0]["path"]).read_bytes() == PDF
    assert main(["pack", str(tmp_path / "out" / "packet.json"), str(tmp_path / "q.edxml")]) == 0
    assert (tmp_path / "q.edxml").read_bytes() == (tmp_path / "p.edxml").read_bytes()
    capsys.readouterr()
    assert main(["show", packet]) == 0
    assert json.loads(capsys.readouterr().out)["subject"] == data["subject"]


def test_status_and_errors(tmp_path, capsys):
    write_packet(status(), tmp_path / "s.edxml")
    assert main(["check", str(tmp_path / "s.edxml")]) == 0
    (tmp_path / "bad.edxml").write_text("<!DOCTYPE a><edXML/>")
    assert main(["check", str(tmp_path / "bad.edxml")]) == 1
    assert "DTD" in capsys.readouterr().err
    assert main(["show", str(tmp_path / "absent")]) == 1
    (tmp_path / "d.json").write_text('{"sender": 5}')
    assert main(["pack", str(tmp_path / "d.json"), str(tmp_path / "x")]) == 1
    assert "INPUT" in capsys.readouterr().err


def test_incomplete_packet_is_reported(tmp_path, capsys):
    write_packet(document(tmp_path, subject=""), tmp_path / "p.edxml")
    assert main(["check", str(tmp_path / "p.edxml")]) == 1
    assert "Thiếu trích yếu" in capsys.readouterr().out


def test_password_of_an_axis_is_not_shown(capsys):
    packet = Path(__file__).parent / "golden" / "axis-key-info-token.edxml"
    assert b"khong-phai-khoa-that" in packet.read_bytes()
    assert main(["show", str(packet)]) == 0
    shown = capsys.readouterr().out
    assert "khong-phai-khoa-that" not in shown and "000.00.10.H99" in shown
