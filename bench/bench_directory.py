"""Directory of 120,000 agencies: reading it in, and searching it without accents as a clerk's field does."""
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SMALL, LARGE, SEARCHES = 1_000, 120_000, 400
DATABASE = f"vb_bench_directory_{os.getpid()}"

# In Odoo itself: what is measured is the server's own search, without the network.
_INSIDE = """
import json, random, time
from odoo.addons.vanban_lienthong.wire.axis import Agency

KINDS = ("Sở Nội vụ", "Sở Tài chính", "Sở Y tế", "UBND xã", "UBND phường", "Trường Tiểu học", "Trạm Y tế", "Ban Quản lý dự án")
PLACES = ("Mẫu", "Thử", "Đường Hoa", "Suối Đá", "Đồng Bằng", "Núi Xanh", "Ví Dụ", "Sông Quê", "Đảo Gió", "Rừng Thông")
numbers = random.Random(7)

def agencies(start, stop):
    for n in range(start, stop):
        name = f"{KINDS[n % len(KINDS)]} {PLACES[n // 8 % 10]} {PLACES[n // 80 % 10]} {n // 800 + 1}"
        old = f"{n % 1000:03d}.{n // 1000 % 100:02d}.00.Y{n % 90 + 10}" if n % 3 == 0 and n < 90_000 else ""
        yield Agency(f"Z{n % 90 + 10}.{n // 90:05d}", name, old)

def searches():
    partners = env["res.partner"].with_context(vanban_directory=True)
    times = []
    for _ in range(SEARCHES):
        n = numbers.randrange(SMALL)
        text = numbers.choice([
            "so noi vu duong hoa", "UBND xã Suối Đá", f"z{n % 90 + 10}.{n // 90:05d}", "truong tieu hoc nui xanh 1", "dao gio", "sở y tế ví dụ"])
        started = time.perf_counter()
        partners.name_search(text, limit=8)
        times.append(time.perf_counter() - started)
        env.invalidate_all()
    return times

def load(start, stop):
    started = time.perf_counter()
    env["vanban.directory"]._import(agencies(start, stop), None, lambda count: env.cr.commit() or True)
    env.cr.commit()
    return time.perf_counter() - started

result = {"load_small": load(0, SMALL)}
env.cr.execute("ANALYZE")
result["small"] = searches()
result["load_large"] = load(SMALL, LARGE)
env.cr.execute("ANALYZE")
result["large"] = searches()
again = time.perf_counter()
env["vanban.directory"]._import(agencies(0, LARGE), None, lambda count: env.cr.commit() or True)
result["again"] = time.perf_counter() - again
print("RESULT " + json.dumps(result))
"""


def _inside():
    sys.path.insert(0, str(ROOT / "scripts"))
    import testdb

    testdb.prepare(["vanban_lienthong"], DATABASE)
    try:
        done = subprocess.run(
            [str(ROOT / "scripts" / "odoo.sh"), "shell", "-d", DATABASE, "--no-http", "--log-level=error"], cwd=ROOT, text=True,
            input=f"SMALL, LARGE, SEARCHES = {SMALL}, {LARGE}, {SEARCHES}\n" + _INSIDE, capture_output=True, check=True)
        return json.loads(next(line for line in done.stdout.splitlines() if "RESULT " in line).split("RESULT ", 1)[1])
    finally:
        testdb.drop(DATABASE)


def run():
    """Rows of the table; see run.py."""
    found = _inside()
    small, large = (statistics.quantiles(found[key], n=20)[18] for key in ("small", "large"))
    return [
        {"what": "agency found among 120,000 (p95) against 1,000", "ours": large * 1000, "against": small * 1000, "unit": "ms",
         "ratio": large / small, "target": "≤ 50 ms", "ok": large <= 0.05},
        {"what": "directory of 120,000 read in, against reading the unchanged one again", "ours": found["load_small"] + found["load_large"],
         "against": found["again"], "unit": "s", "ratio": (found["load_small"] + found["load_large"]) / found["again"],
         "target": "–", "ok": True},
    ]


if __name__ == "__main__":
    started = time.monotonic()
    print(json.dumps(run(), indent=1, ensure_ascii=False), f"{time.monotonic() - started:.0f} s")
