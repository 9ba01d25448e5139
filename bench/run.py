"""Run every benchmark and write ``bench/results.json`` and ``bench/results.md``.

``make bench``, or ``python bench/run.py numbers search`` for some of them. A benchmark is a module ``bench_<name>.py``
with a function ``run()`` that returns rows ``{what, ours, against, ratio, target, ok}``: two measures of the same run
in the same unit (each a number, with ``unit`` if it needs one), their ratio, what must be reached in words, and
whether it was. Each runs in a process of its own with a limit of time; what is measured is written at once, so that one
that fails or hangs loses nothing of the others. Status 1 when a target is missed or a benchmark breaks down.
"""
import importlib
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

BENCH = Path(__file__).resolve().parent
COLUMNS = ("what", "ours", "against", "ratio", "target", "ok", "busy")
# seconds; the benches on filled databases may have to fill them first
LIMIT, LIMITS = 1200, {"desk": 4500, "search": 4500}

sys.path.insert(0, str(BENCH))
sys.path.insert(0, str(BENCH.parent))


def names():
    """Return the names of all benchmarks beside this file."""
    return sorted(path.stem.removeprefix("bench_") for path in BENCH.glob("bench_*.py"))


def busy(seconds=3):
    """Share of the processors that others use at this moment, in percent."""
    def spent():
        numbers = [int(part) for part in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return sum(numbers), numbers[3] + numbers[4]

    before = spent()
    time.sleep(seconds)
    total, idle = (after - first for after, first in zip(spent(), before, strict=True))
    return round(100 * (1 - idle / max(total, 1)))


def _end(process):
    """End a benchmark that takes too long: it closes its servers itself, by force after half a minute."""
    for number, patience in ((signal.SIGTERM, 30), (signal.SIGKILL, 10)):
        process.send_signal(number)
        try:
            process.wait(patience)
            return
        except subprocess.TimeoutExpired:
            continue


def measure(name):
    """Return the rows of one benchmark; a breakdown becomes a row that failed."""
    load, started = busy(), time.monotonic()
    limit = LIMITS.get(name, LIMIT)
    print(f"bench: {name} ...", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "rows.json"
        process = subprocess.Popen([sys.executable, __file__, "--only", name, str(target)], cwd=BENCH.parent)
        try:
            process.wait(limit)
            problem = "broke down, see its output"
        except subprocess.TimeoutExpired:
            _end(process)
            problem = f"not ended within {limit} s"
        except BaseException:
            _end(process)
            raise
        rows = json.loads(target.read_text()) if target.exists() else [{"what": f"{name}: {problem}", "ok": False}]
    print(f"bench: {name} took {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return [{"bench": name, **row, "busy": load} for row in rows]


def only(name, target):
    """The process of one benchmark: its rows as JSON in ``target``."""
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit(1))  # the way out through every finally
    try:
        rows = [dict(row) for row in importlib.import_module(f"bench_{name}").run()]
    except Exception:
        traceback.print_exc()
        return 1
    Path(target).write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return 0


def _cell(value, unit=""):
    if isinstance(value, bool):
        return "yes" if value else "NO"
    if isinstance(value, float):
        value = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return "" if value is None else f"{value} {unit}".strip()


def table(rows):
    """Return the rows as lines of a Markdown table with aligned columns."""
    units = {"busy": lambda _row: "%"}
    cells = [list(COLUMNS)] + [
        [
            _cell(row.get(column), units.get(column, lambda row, column=column: row.get("unit", "") if column in ("ours", "against") else "")(row))
            for column in COLUMNS
        ]
        for row in rows
    ]  # fmt: skip
    widths = [max(len(line[index]) for line in cells) for index in range(len(COLUMNS))]
    lines = ["| " + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + " |"
             for line in cells]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return lines


def write(measured):
    """Put the rows of the benchmarks just run in the place of their earlier ones."""
    target = BENCH / "results.json"
    kept = json.loads(target.read_text())["rows"] if target.exists() else []
    done = {row["bench"] for row in measured}
    rows = sorted([row for row in kept if row["bench"] not in done and row["bench"] in names()] + measured, key=lambda row: row["bench"])
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.machine()}
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    target.write_text(json.dumps({"measured": moment, "machine": machine, "rows": rows}, indent=1, ensure_ascii=False) + "\n")
    (BENCH / "results.md").write_text(
        f"# Measured speed\n\n`make bench`, {moment}, {machine['cores']} cores, Python {machine['python']}. "
        "Every row compares two measures of the same run. “busy”: share of the processors that other work was using when the bench "
        "began; the higher, the less its times in seconds say, while the ratios hold.\n\n" + "\n".join(table(rows)) + "\n", encoding="utf-8")


def main():
    wanted = sys.argv[1:] or names()
    if unknown := set(wanted) - set(names()):
        sys.exit(f"no such benchmark: {', '.join(sorted(unknown))}; there are: {', '.join(names())}")
    measured = []
    for name in wanted:
        measured += measure(name)
        write(measured)
    print("\n".join(table(measured)))
    return 0 if all(row.get("ok") for row in measured) else 1


if __name__ == "__main__":
    sys.exit(only(*sys.argv[2:]) if sys.argv[1:2] == ["--only"] else main())
