"""Taking in 200 scans: memory after the last against memory after the twentieth, in the process that does the work."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCANS, SIZE, DATABASE = 200, 1_500_000, "vb_bench_import"
_WORK = f"""
import io, json, os, time
import pikepdf
from reportlab.pdfgen import canvas

def resident():
    with open("/proc/self/statm") as facts:
        return int(facts.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024

def scan(number):
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pdfVersion=(1, 4), pageCompression=0)
    page.drawString(80, 760, f"So: {{number}}/STC-VP")
    page.save()
    with pikepdf.open(io.BytesIO(buffer.getvalue())) as pdf:
        pdf.Root.Ballast = pdf.make_stream(os.urandom({SIZE}))
        pdf.save(out := io.BytesIO())
    return out.getvalue()

env.user.group_ids |= env.ref("vanban_core.group_clerk")
batch = env["vanban.import.batch"].create({{}})
for number in range({SCANS}):
    batch._take(f"{{number}}.pdf", scan(number))
    env.cr.commit()
    env.invalidate_all()
memory, began = [], time.perf_counter()
for item in env["vanban.import.item"].search([("batch_id", "=", batch.id)]).ids:
    env["vanban.import.item"].browse(item)._take_in(lambda _n: env.cr.commit())
    env.cr.commit()
    env.invalidate_all()
    memory.append(resident())
print("RESULT", json.dumps({{
    "early": memory[19], "late": memory[-1], "seconds": time.perf_counter() - began, "documents": batch.document_count,
}}))
"""


def _script(*arguments, **options):
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, text=True, **options)


def run():
    """Rows for ``bench/run.py``; memory in MB."""
    _script("scripts/testdb.py", "clone", DATABASE, "vanban_core")
    try:
        done = _script("-m", "odoo", "shell", "--no-http", "-d", DATABASE, "--log-level=error", input=_WORK, capture_output=True)
        line = next(line for line in done.stdout.splitlines() if "RESULT" in line)
        found = json.loads(line.partition("RESULT ")[2])
    finally:
        _script("scripts/testdb.py", "drop", DATABASE)
    ratio = found["late"] / found["early"]
    return [
        {
            "what": f"memory after {SCANS} imported scans, against after 20", "unit": "MB", "ours": round(found["late"]),
            "against": round(found["early"]), "ratio": round(ratio, 2), "target": "≤ 1.2", "ok": ratio <= 1.2 and found["documents"] == SCANS,
        },
        {
            "what": f"importing a scan of {SIZE // 1000} KB", "unit": "s", "ours": round(found["seconds"] / SCANS, 3), "against": 1.0,
            "ratio": round(found["seconds"] / SCANS, 3), "target": "< 1 s", "ok": found["seconds"] / SCANS < 1,
        },
    ]  # fmt: skip


if __name__ == "__main__":
    for row in run():
        print(row)
