"""Packets as other makers send them (golden/): every field that is read equals the record written by hand beside the packet."""
import hashlib
import io
import json
from collections import Counter
from pathlib import Path

import pytest

from edxml import DocumentPacket, read_packet, to_plain, write_packet
from proves import proves

GOLDEN = Path(__file__).parent / "golden"
PACKETS = sorted(path for path in GOLDEN.iterdir() if path.suffix in (".edxml", ".mime"))
# What the reader adds to the facts; the writer has a dialect of its own and does not write it.
OF_THE_READER = ("dialect", "remarks", "unknown", "signature")
# Remarks about the file itself, true again whoever wrote the packet around it.
ABOUT_FILES = {"FILE_EMPTY", "FILE_EXECUTABLE", "FILE_TYPE", "FILE_CUT"}

golden = pytest.mark.parametrize("path", PACKETS, ids=lambda path: path.stem)


def facts(packet):
    """The whole packet as plain data, without what is empty, without our paths and without the wording of remarks."""
    data = to_plain(packet)
    data["packet"] = "document" if isinstance(packet, DocumentPacket) else "status"
    if isinstance(packet, DocumentPacket):
        data |= {"code": packet.code, "target_id": packet.target_id}
    for attachment in data.get("attachments", ()):
        del attachment["path"]
    for remark in data["remarks"]:
        del remark["message"]
    for element in [*data["unknown"], data["signature"]]:
        for child in (element or {}).get("children", ()):
            _without_path(child)
    return ordered(_without_empty(data))


def ordered(data):
    """Remarks have no order of their own."""
    if "remarks" in data:
        data["remarks"] = sorted(data["remarks"], key=lambda remark: sorted(remark.items()))
    return data


def _without_path(element):
    # That of the outermost element says it all.
    del element["path"]
    for child in element["children"]:
        _without_path(child)


def _without_empty(value):
    if isinstance(value, dict):
        kept = {key: _without_empty(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in ("", None, [], {})}
    return [_without_empty(item) for item in value] if isinstance(value, list) else value


def recorded(path):
    return ordered(json.loads(path.with_suffix(".json").read_text("utf-8")))


def read(source, folder):
    """The packet; its files lie in ``folder``, each with the size and the digest that the reader tells."""
    folder.mkdir()
    packet = read_packet(source, folder)
    for attachment in getattr(packet, "attachments", ()):
        content = attachment.path.read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (attachment.size, attachment.sha256)
    assert len(list(folder.iterdir())) == len(getattr(packet, "attachments", ()))
    return packet


def test_every_packet_has_its_record():
    assert len(PACKETS) >= 18
    assert {path.stem for path in PACKETS} == {path.stem for path in GOLDEN.glob("*.json")}


@proves("LT-20")
@golden
def test_read_as_recorded(path, tmp_path):
    assert facts(read(path, tmp_path / "read")) == recorded(path)


@golden
def test_read_the_same_from_bytes_without_keeping_files(path):
    """Nothing but the look into the files is lost: names, order and header are the same."""
    wanted, found = recorded(path), facts(read_packet(path.read_bytes(), None))
    for data in (wanted, found):
        for attachment in data.get("attachments", ()):
            for key in ("size", "sha256", "media_type"):
                attachment.pop(key, None)
        data["remarks"] = [one for one in data.get("remarks", ()) if one["code"] not in {*ABOUT_FILES, "CONTENT_TYPE"}]
    assert found == wanted


@proves("LT-20")
@golden
def test_written_again_it_says_the_same(path, tmp_path):
    stream = io.BytesIO()
    write_packet(read(path, tmp_path / "read"), stream)
    wanted, found = recorded(path), facts(read(stream.getvalue(), tmp_path / "again"))
    # In our dialect there is nothing left to remark on or to puzzle over.
    assert found["dialect"] == "java"
    assert Counter(one["code"] for one in found.get("remarks", ())) == Counter(
        one["code"] for one in wanted.get("remarks", ()) if one["code"] in ABOUT_FILES)
    assert not found.get("unknown") and not found.get("signature")
    for data in (wanted, found):
        for key in OF_THE_READER:
            data.pop(key, None)
        for attachment in data.get("attachments", ()):
            # Ours follows from the extension.
            attachment.pop("content_type", None)
    assert found == wanted


def test_unknown_elements_and_signatures_are_kept_whole():
    """With namespace, attributes, order and everything below: a record of each must be in the folder."""
    records = [recorded(path) for path in PACKETS]
    kept = [element for record in records for element in record.get("unknown", ())]
    assert {element["name"] for element in kept} >= {"LichHop", "ErrorList"}
    assert sum("signature" in record for record in records) >= 3
