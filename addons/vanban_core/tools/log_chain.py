"""Check an exported log without Odoo: ``python -m tools.log_chain FILE.jsonl``.

Each line is ``{"sequence", "digest", "row": {...}}`` or, for rows outside the export's selection,
``{"sequence", "digest", "row_digest"}``. The digest of a line is SHA-256 over the digest of the line before it and the
SHA-256 of the canonical row, so that any changed, missing, added or moved row is found.
"""

import hashlib
import json
import sys
from dataclasses import dataclass

GENESIS = "0" * 64


def canonical_row(row):
    """Return the bytes that are hashed for a row (a dict of JSON values; dates as text in UTC)."""
    return json.dumps(
        {key: _plain(value) for key, value in row.items()}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def _plain(value):
    if value is None or isinstance(value, int | str):
        return value
    return value.isoformat(sep=" ", timespec="seconds")


def row_digest(row_bytes):
    return hashlib.sha256(row_bytes).hexdigest()


def chain(previous, digest_of_row):
    """Return the digest of the next link."""
    return hashlib.sha256(f"{previous}{digest_of_row}".encode()).hexdigest()


@dataclass(frozen=True)
class ChainResult:
    """``broken`` is the sequence of the first bad line (0 when sound), ``message`` says so in Vietnamese."""

    lines: int
    broken: int
    message: str

    @property
    def sound(self):
        return not self.broken


def check_lines(lines):
    """Check an iterable of JSON text lines; never raises on bad content."""
    previous, count = GENESIS, 0
    for line in lines:
        if not line.strip():
            continue
        count += 1
        try:
            entry = json.loads(line)
            digest = entry["row_digest"] if "row" not in entry else row_digest(canonical_row(entry["row"]))
            sound = entry["sequence"] == count and entry["digest"] == chain(previous, digest)
        except (ValueError, KeyError, TypeError):
            sound = False
        if not sound:
            return ChainResult(count, count, f"Chuỗi nhật ký bị đứt tại dòng {count}: nội dung đã bị sửa, thiếu hoặc chèn thêm.")
        previous = entry["digest"]
    return ChainResult(count, 0, f"Chuỗi nhật ký toàn vẹn: {count} dòng, mã cuối {previous}.")


def main(arguments):
    if len(arguments) != 1:
        sys.stderr.write("Cách dùng: python -m tools.log_chain TỆP.jsonl\n")
        return 2
    with open(arguments[0], encoding="utf-8") as lines:
        result = check_lines(lines)
    sys.stdout.write(result.message + "\n")
    return 0 if result.sound and result.lines else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
