"""Packets: memory and speed of packing and unpacking, each against plain base64 and copying of the same bytes."""
import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDON = ROOT / "addons" / "vanban_lienthong"
SIZE = 200 * 1024 * 1024
SMALL = 600
MB = 1024 * 1024
_CHUNK = 3 * 64 * 1024

# Runs in a process of its own, so that its peak memory is that of the codec alone.
_CHILD = """
import json, sys, time
from datetime import date, datetime
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import edxml
job, folder = sys.argv[2], Path(sys.argv[3])

def memory(name):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024

def packet(path, number=118):
    return edxml.DocumentPacket(
        edxml.Organization("H56.10", "Sở Tài chính tỉnh Mẫu"), (edxml.Organization("H56.02", "Sở Nội vụ tỉnh Mẫu"),),
        f"H56.10,2026/03/09,{number}/STC-VP", str(number), "STC-VP", "Thành phố Mẫu", date(2026, 3, 9),
        edxml.Kind("Công văn", 2, 18), "V/v cung cấp số liệu", "V/v cung cấp số liệu",
        edxml.Signer("Nguyễn Văn Mẫu", "PHÓ GIÁM ĐỐC", "KT. GIÁM ĐỐC"),
        traces=(edxml.Trace("H56.10", datetime(2026, 3, 9, 8, 15)),),
        attachments=(edxml.Attachment("118.pdf", path, "Văn bản chính"),))

Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
idle = memory("VmRSS")
started, worked = time.perf_counter(), time.process_time()
if job == "pack":
    edxml.write_packet(packet(folder / "large.pdf"), folder / "large.edxml")
elif job == "unpack":
    edxml.read_packet(folder / "large.edxml", folder / "out")
elif job == "pack-small":
    for number in range(int(sys.argv[4])):
        edxml.write_packet(packet(folder / "small.pdf", number), folder / f"small-{number}.edxml")
else:
    for number in range(int(sys.argv[4])):
        found = edxml.read_packet(folder / f"small-{number}.edxml", folder / "out")
        found.attachments[0].path.unlink()
print(json.dumps({
    "seconds": time.perf_counter() - started, "work": time.process_time() - worked, "memory": memory("VmHWM") - idle}))
"""

# XML signature over a packet of the same size; a key of its own, so whose it is stays open, integrity is judged.
_SIGN = """
import datetime, json, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pades import trust, xmldsig
folder, size = Path(sys.argv[2]), int(sys.argv[3])

class Key:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Sở mẫu")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER))
    def sign(self, data):
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())

def memory(name):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024

with (folder / "unsigned.edxml").open("wb") as stream:
    stream.write(b"<edXML><edXMLHeader><So>1</So></edXMLHeader><Tep>")
    for _part in range(size >> 20):
        stream.write(b"QUJD" * (1 << 18))
    stream.write(b"</Tep></edXML>")
Path("/proc/self/clear_refs").write_text("5")
idle, worked = memory("VmRSS"), time.process_time()
xmldsig.sign_file(folder / "unsigned.edxml", folder / "signed.edxml", Key(), inside="edXMLHeader")
signed = time.process_time()
report = xmldsig.verify(folder / "signed.edxml", trust.TrustStore())
assert report.signatures[0].groups["signature"].state == "valid", report.reason
print(json.dumps({"sign": signed - worked, "verify": time.process_time() - signed, "memory": memory("VmHWM") - idle}))
"""


def _child(job, folder, *more):
    outcome = subprocess.run(
        [sys.executable, "-c", _CHILD, str(ADDON), job, str(folder), *map(str, more)],
        check=True, capture_output=True, text=True)
    return json.loads(outcome.stdout)


def _plain(function, source, target, chunk):
    """Seconds to convert ``source`` with the standard library and to copy the result once more."""
    started = time.perf_counter()
    with open(source, "rb") as stream, open(target, "wb") as output:
        while data := stream.read(chunk):
            output.write(function(data))
    copy = Path(f"{target}.copy")
    with open(target, "rb") as stream, open(copy, "wb") as output:
        while data := stream.read(chunk):
            output.write(data)
    seconds = time.perf_counter() - started
    copy.unlink()
    return seconds


def _best(function, *arguments, rounds=3):
    """Shortest of several runs: the disk and other programs only ever add time."""
    return min(function(*arguments) for _round in range(rounds))


def _row(what, ours, against, ratio, target, good):
    return {"what": what, "ours": ours, "against": against, "ratio": round(ratio, 2), "target": target, "ok": bool(good)}


def _large(folder):
    large = folder / "large.pdf"
    block = os.urandom(MB)
    with large.open("wb") as stream:
        stream.write(b"%PDF-1.7\n")
        for _part in range(SIZE // MB):
            stream.write(block)
        stream.write(b"\n%%EOF\n")
    (folder / "out").mkdir()
    rows = []
    encoded = folder / "plain.b64"
    encode = _best(_plain, base64.b64encode, large, encoded, _CHUNK)
    packs = [_child("pack", folder) for _round in range(3)]
    decode = _best(_plain, base64.b64decode, encoded, folder / "plain.bin", _CHUNK * 4 // 3)
    unpacks = []
    for _round in range(3):
        unpacks.append(_child("unpack", folder))
        for path in (folder / "out").iterdir():
            path.unlink()
    for name, runs, plain in (("pack", packs, encode), ("unpack", unpacks, decode)):
        memory = max(run["memory"] for run in runs) / MB
        seconds = min(run["seconds"] for run in runs)
        rows.append(_row(
            f"{name} a packet with 200 MB: peak memory over idle", f"{memory:.1f} MB", "64 MB", memory / 64, "<= 1", memory <= 64))
        ratio = plain / seconds
        rows.append(_row(
            f"{name} a packet with 200 MB: speed against base64 + copy", f"{seconds:.2f} s", f"{plain:.2f} s", ratio,
            ">= 0.5", ratio >= 0.5))
    return rows


def _small(folder):
    (folder / "small.pdf").write_bytes(b"%PDF-1.7\n" + os.urandom(60_000) + b"\n%%EOF\n")
    rows = []
    for what, job, target in (("packets written", "pack-small", 300), ("packets read", "unpack-small", 200)):
        # An absolute figure: processor time, so that other programs on the machine do not count.
        rate = SMALL / _child(job, folder, SMALL)["work"]
        rows.append(_row(f"{what} a second of processor time, 60 KB PDF", f"{rate:.0f}/s", f"{target}/s", rate / target, ">= 1", rate >= target))
    return rows


def _signed(folder):
    found = json.loads(subprocess.run(
        [sys.executable, "-c", _SIGN, str(ADDON.parent / "vanban_signing"), str(folder), str(SIZE * 4 // 3)],
        check=True, capture_output=True, text=True).stdout)
    memory = found["memory"] / MB
    return [_row(
        f"sign ({found['sign']:.1f} s) and verify ({found['verify']:.1f} s) a packet with 200 MB: peak memory over idle", f"{memory:.1f} MB",
        "64 MB", memory / 64, "<= 1", memory <= 64)]


def run():
    """Rows {what, ours, against, ratio, target, ok}."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="bench-packet-") as name:
        folder = Path(name)
        rows = _large(folder)
        for path in folder.glob("*.*"):
            path.unlink()
        rows += _small(folder)
        rows += _signed(folder)
    print(f"packets: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return rows


if __name__ == "__main__":
    for line in run():
        print(json.dumps(line, ensure_ascii=False))
