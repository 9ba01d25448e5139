"""Command line: show, check, pack and unpack packets.

    python -m edxml show FILE                what the packet says, as JSON
    python -m edxml check FILE               exit 0 when readable, complete and without a hold
    python -m edxml validate FILE            exit 0 when of the prescribed structure (qcvn102.xsd)
    python -m edxml pack DATA.json FILE      write a packet; paths are relative to DATA.json
    python -m edxml unpack FILE FOLDER       packet.json and the files
"""
import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from . import (
    HOLD,
    DocumentPacket,
    PacketError,
    findings,
    from_plain,
    read_packet,
    schema_problems,
    to_plain,
    write_packet,
)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="edxml", description="Gói tin liên thông văn bản (QCVN 102:2016/BTTTT)")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, help_text in (("show", "in nội dung gói tin (JSON)"), ("check", "kiểm tra gói tin"), ("validate", "đối chiếu với lược đồ QCVN 102")):
        command = commands.add_parser(name, help=help_text)
        command.add_argument("file")
    command = commands.add_parser("pack", help="tạo gói tin từ tệp JSON")
    command.add_argument("data")
    command.add_argument("file")
    command = commands.add_parser("unpack", help="tách gói tin thành tệp")
    command.add_argument("file")
    command.add_argument("folder")
    options = parser.parse_args(arguments)
    try:
        return globals()["_" + options.command](options)
    except PacketError as error:
        print(f"{error.code}: {error.message_vi}", file=sys.stderr)
    except (OSError, json.JSONDecodeError) as error:
        print(f"Không đọc hoặc ghi được tệp: {error}", file=sys.stderr)
    return 1


def _show(options):
    packet = read_packet(options.file, None)
    print(json.dumps(to_plain(packet), ensure_ascii=False, indent=2))
    return 0


def _check(options):
    with tempfile.TemporaryDirectory() as folder:
        packet = read_packet(options.file, folder)
    problems = findings(packet)
    for remark in packet.remarks:
        print(f"{remark.severity} {remark.code}: {remark.message}")
    for finding in problems:
        print(f"{finding.code} {finding.path}: {finding.message}")
    failed = problems or any(remark.severity == HOLD for remark in packet.remarks)
    print("Gói tin không đạt." if failed else "Gói tin hợp lệ.")
    return 1 if failed else 0


def _validate(options):
    problems = schema_problems(options.file)
    for problem in problems:
        print(problem)
    print("Gói tin không đúng cấu trúc." if problems else "Gói tin đúng cấu trúc.")
    return 1 if problems else 0


def _pack(options):
    data = Path(options.data)
    packet = from_plain(json.loads(data.read_text("utf-8")), data.parent)
    problems = findings(packet)
    for finding in problems:
        print(f"{finding.code} {finding.path}: {finding.message}", file=sys.stderr)
    if problems:
        return 1
    written = write_packet(packet, options.file)
    print(f"{options.file}: {written.size} byte, SHA-256 {written.sha256}")
    return 0


def _unpack(options):
    folder = Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    packet = read_packet(options.file, folder)
    if isinstance(packet, DocumentPacket):
        packet = replace(packet, attachments=tuple(_named(folder, a, i) for i, a in enumerate(packet.attachments, 1)))
    (folder / "packet.json").write_text(
        json.dumps(to_plain(packet), ensure_ascii=False, indent=2) + "\n", "utf-8")
    print(f"{folder}: {len(getattr(packet, 'attachments', ()))} tệp")
    return 0


def _named(folder, attachment, index):
    """Give the file its cleaned name; the number in front keeps equal names apart."""
    target = folder / f"{index:02d}-{attachment.name}"
    attachment.path.rename(target)
    return replace(attachment, path=Path(target.name))


if __name__ == "__main__":
    sys.exit(main())
