"""A closed register of 100,000 lines: written and checked as a plain file, against hashing the same bytes without a chain."""

import hashlib
import random
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINES, LIMIT = 100_000, 10.0
WORDS = (
    "báo cáo", "tình hình", "thực hiện", "kế hoạch", "chuyển đổi số", "công tác", "văn thư", "lưu trữ", "năm 2026", "quý III",
    "đề nghị", "thẩm định",
)  # fmt: skip


def _rows(chance):
    for number in range(1, LINES + 1):
        subject = " ".join(chance.choices(WORDS, k=chance.randint(4, 20)))
        yield {
            "number": number, "suffix": "", "date": "2026-05-05", "state": "used", "origin": "series", "reason": "", "written": "",
            "entered": "", "document": number, "document_code": "", "file": hashlib.sha256(subject.encode()).hexdigest(),
            "columns": ["05/05/2026", str(number), "Sở Tài chính tỉnh Mẫu", f"{number}/STC-VP", "04/05/2026", f"Công văn {subject}",
                        "Phòng Tổ chức, Biên chế", "05/05/2026", "05/05/2026", ""],
        }  # fmt: skip


def run():
    """Rows for the bench table; seconds."""
    sys.path.insert(0, str(ROOT / "addons" / "vanban_core"))
    from tools import register_chain

    with tempfile.NamedTemporaryFile() as file:
        began = time.perf_counter()
        digest = register_chain.write(file, {"register": "DEN", "year": 2026}, _rows(random.Random(7)))
        file.flush()
        wrote = time.perf_counter() - began

        with open(file.name, "rb") as lines:
            began = time.perf_counter()
            result = register_chain.check(lines, digest)
            checked = time.perf_counter() - began
        began = time.perf_counter()
        with open(file.name, "rb") as lines:
            for line in lines:
                hashlib.sha256(line).hexdigest()
        plain = time.perf_counter() - began

        # one letter somewhere in the middle, one row taken out: both are named
        raw = Path(file.name).read_bytes()
        place = raw.index(b'"number":50000,')
        changed = register_chain.check((raw[:place] + raw[place:].replace("Sở".encode(), "Sớ".encode(), 1)).splitlines(keepends=True))
        lines = raw.splitlines(keepends=True)
        removed = register_chain.check(lines[:50_000] + lines[50_001:])
    named = "(số 50001)" in changed.message and "thiếu dòng thứ 50000 " in removed.message
    return [
        {
            "what": f"checking a closed register of {LINES} lines, against SHA-256 of each line, s", "ours": round(checked, 2),
            "against": round(plain, 2), "ratio": round(checked / plain, 1), "target": f"< {LIMIT:.0f} s",
            "ok": result.sound and result.rows == LINES and checked < LIMIT,
        },
        {
            "what": f"writing the chain of {LINES} lines, s", "ours": round(wrote, 2), "against": round(plain, 2),
            "ratio": round(wrote / plain, 1), "target": f"< {LIMIT:.0f} s", "ok": wrote < LIMIT,
        },
        {
            "what": "the same: a changed letter and a missing row are named", "ours": int(named), "against": 1, "ratio": float(named),
            "target": "1", "ok": named,
        },
    ]  # fmt: skip


if __name__ == "__main__":
    for row in run():
        print(row)
