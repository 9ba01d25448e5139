"""Closed register books (sổ đã đóng): written as a hash chain, checked without Odoo.

``python -m tools.register_chain FILE [DIGEST]`` names every line that was changed, taken out, added or moved; DIGEST is
the final digest as the log of the system recorded it, which also uncovers a file forged as a whole. With
``--signature FILE.p7s --certificate FILE.cer`` the agency's signature beside the book is judged, too.

The file is UTF-8 text, each line ``<digest> <canonical JSON>\\n``. A line's digest is SHA-256 over the digest of the line
before (64 hexadecimal digits) and the very bytes of its JSON. The first line describes the book, the last one counts.
"""

import argparse
import hashlib
import json
import sys
from dataclasses import dataclass, field

from . import register_signature

GENESIS = "0" * 64
# more would tell nobody more: the book is not what it was
MOST_FINDINGS = 20
_HEX = frozenset(b"0123456789abcdef")


def canonical(values):
    """JSON bytes of a line: sorted keys, no blanks, no escapes for Vietnamese letters."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def link(previous, content):
    """Digest (hex) of a line with the JSON bytes ``content`` after the digest ``previous``."""
    return hashlib.sha256(previous.encode() + content).hexdigest()


def write(stream, header, rows):
    """Write the book to a binary stream and return its final digest.

    :param dict header: what the book is; JSON values
    :param rows: iterable of dicts, one for each number, in order
    """
    digest, count = GENESIS, 0

    def put(values):
        nonlocal digest
        content = canonical(values)
        digest = link(digest, content)
        stream.write(b"%s %s\n" % (digest.encode(), content))

    put({"line": 0, "book": header})
    for count, row in enumerate(rows, start=1):
        put({"line": count, **row})
    put({"line": count + 1, "end": {"lines": count}})
    return digest


@dataclass(frozen=True)
class Finding:
    """``line`` of the file (from 1) and what is wrong with it, in Vietnamese."""

    line: int
    message: str


@dataclass
class Result:
    """What a check found; ``digest`` is that of the last line, ``rows`` the numbers in the book, ``header`` its first line."""

    rows: int = 0
    digest: str = ""
    header: dict = field(default_factory=dict)
    findings: list = field(default_factory=list)

    @property
    def sound(self):
        return not self.findings

    @property
    def message(self):
        if self.sound:
            return f"Sổ toàn vẹn: {self.rows} dòng, mã cuối {self.digest}."
        return "\n".join(f"Dòng {finding.line}: {finding.message}" for finding in self.findings)


def check(lines, digest=None):
    """Check an iterable of lines (bytes with their line ends); never raises on bad content.

    :param digest: the final digest as recorded elsewhere
    """
    return _Check().run(lines, digest)


class _Check:
    def __init__(self):
        self.result = Result()
        self.previous = GENESIS
        self.expected = 0  # "line" of the next line
        self.ended = False

    def run(self, lines, digest):
        number = 0
        for number, line in enumerate(lines, start=1):
            if self.ended:
                self.found(number, "nội dung thừa sau dòng kết thúc.")
            else:
                self.line(number, line)
            if len(self.result.findings) >= MOST_FINDINGS:
                return self.result
        if not self.ended:
            self.found(number + 1, "tệp bị cắt: không có dòng kết thúc.")
        elif digest and digest.strip().lower() != self.result.digest:
            self.found(number, f"mã cuối {self.result.digest} khác mã đã ghi trong nhật ký {digest.strip()}: tệp đã bị làm lại.")
        return self.result

    def found(self, number, message):
        self.result.findings.append(Finding(number, message))

    def line(self, number, line):
        claimed, content = line[:64], line[65:-1]
        if line[-1:] != b"\n" or line[64:65] != b" " or len(claimed) != 64 or not _HEX.issuperset(claimed):
            self.found(number, "không đúng khuôn dạng (bị sửa hoặc cắt).")
            self.previous, self.expected = None, self.expected + 1
            return
        own = claimed.decode()
        chained = self.previous is not None and link(self.previous, content) == own
        values = self.values(content)
        if not chained:
            self.broken(number, values, content, own)
        place = values.get("line") if isinstance(values.get("line"), int) else self.expected
        self.previous, self.expected = own, max(place, self.expected if chained else 0) + 1
        self.keep(values)
        self.result.digest = own

    def broken(self, number, values, content, own):
        """Say what happened to a line that does not follow the line before it."""
        place = values.get("line")
        what = f" (số {values['number']}{values.get('suffix') or ''})" if "number" in values else ""
        if self.previous is None:
            # the line before is damaged: whether this one was touched shows only by its order
            if isinstance(place, int) and place != self.expected:
                self.found(number, f"sai thứ tự{what}: có dòng bị xóa hoặc chèn ở phía trước.")
        elif isinstance(place, int) and place > self.expected:
            gone = f"{self.expected}" if place == self.expected + 1 else f"{self.expected}–{place - 1}"
            self.found(number, f"thiếu dòng thứ {gone} ngay trước dòng này{what}.")
        elif isinstance(place, int) and place < self.expected:
            self.found(number, f"dòng thứ {place}{what} bị chèn hoặc lặp lại ở đây.")
        else:
            self.found(number, f"nội dung đã bị sửa{what}.")

    def values(self, content):
        try:
            values = json.loads(content)
        except (ValueError, RecursionError):
            values = None
        return values if isinstance(values, dict) else {}

    def keep(self, values):
        if isinstance(values.get("book"), dict) and not self.result.header:
            self.result.header = values["book"]
        elif "end" in values:
            self.ended = True
        elif "number" in values:
            self.result.rows += 1


def main(arguments):
    parser = argparse.ArgumentParser(prog="python -m tools.register_chain", description="Kiểm tra tệp niêm phong của sổ đã đóng.")
    parser.add_argument("file", metavar="TỆP")
    parser.add_argument("digest", metavar="MÃ-CUỐI", nargs="?")
    parser.add_argument("--signature", metavar="TỆP.p7s", help="chữ ký số của cơ quan trên tệp")
    parser.add_argument("--certificate", metavar="TỆP.cer", help="chứng thư số của cơ quan (PEM hoặc DER)")
    chosen = parser.parse_args(arguments)
    if bool(chosen.signature) != bool(chosen.certificate):
        parser.error("cần cả --signature và --certificate")
    try:
        with open(chosen.file, "rb") as lines:
            result = check(lines, chosen.digest)
    except OSError as error:
        sys.stderr.write(f"Không đọc được tệp {chosen.file}: {error.strerror}.\n")
        return 2
    sys.stdout.write(result.message + "\n")
    if not chosen.signature:
        return 0 if result.sound else 1
    verdict = register_signature.check(chosen.file, chosen.signature, chosen.certificate)
    sys.stdout.write(verdict.message + "\n")
    return 0 if result.sound and verdict.valid else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
