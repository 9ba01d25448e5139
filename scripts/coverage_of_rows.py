"""Which requirement row is proved by which test, and how that test ended last.

``make trace`` prints the coverage by area and the rows without a passing test, and leaves with status 1 when a test
names a row that does not exist or when ``docs/requirements.csv`` is not complete. The whole table goes to
``var/trace.txt``.
"""
import ast
import csv
import json
import os
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VANBAN_VAR", ROOT / "var"))
ROWS_EXPECTED = 306


def rows():
    """Return ``{id: summary}`` from docs/requirements.csv, in the order of the file."""
    with open(ROOT / "docs" / "requirements.csv", encoding="utf-8", newline="") as handle:
        return {line["id"]: line["summary"] for line in csv.DictReader(handle)}


def faults_of_the_list():
    """Return what is wrong with docs/requirements.csv, as sentences."""
    with open(ROOT / "docs" / "requirements.csv", encoding="utf-8", newline="") as handle:
        lines = list(csv.DictReader(handle))
    faults = []
    if len(lines) != ROWS_EXPECTED:
        faults.append(f"docs/requirements.csv has {len(lines)} rows, {ROWS_EXPECTED} are expected")
    double = [row for row, count in Counter(line["id"] for line in lines).items() if count > 1]
    if double:
        faults.append(f"docs/requirements.csv names twice: {', '.join(double)}")
    faults += [
        f"docs/requirements.csv, {line['id']}: {column} is empty"
        for line in lines for column in ("summary", "clauses", "addon") if not (line[column] or "").strip()
    ]
    return faults


def _test_files():
    yield from (ROOT / "tests").rglob("*.py")
    yield from (ROOT / "addons").glob("*/tests/**/*.py")


def declared():
    """Yield ``(row, place)`` for every literal in every ``@proves(...)``, found without importing anything."""
    for path in sorted(_test_files()):
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        for node in ast.walk(tree):
            for mark in getattr(node, "decorator_list", ()):
                if isinstance(mark, ast.Call) and getattr(mark.func, "id", getattr(mark.func, "attr", "")) == "proves":
                    place = f"{path.relative_to(ROOT)}:{mark.lineno}"
                    for argument in mark.args:
                        yield getattr(argument, "value", ast.unparse(argument)), place


def merge():
    """Join the parts' results into var/trace.json: ``{row: {"tests": [...], "result": "passed|failed|none"}}``."""
    tests = defaultdict(dict)
    for part in sorted((VAR / "trace").glob("*.json")):
        for node, entry in json.loads(part.read_text()).items():
            for row in entry["rows"]:
                tests[row][node] = entry["outcome"]
    table = {}
    for row in [*rows(), *sorted(set(tests) - set(rows()))]:
        outcomes = set(tests[row].values()) if row in tests else set()
        result = "failed" if "failed" in outcomes else "passed" if "passed" in outcomes else "none"
        table[row] = {"tests": sorted(tests.get(row, ())), "result": result}
    VAR.mkdir(exist_ok=True)
    (VAR / "trace.json").write_text(json.dumps(table, indent=1, ensure_ascii=False))
    return table


def _short(names, known):
    """Return lines of runs, one area each: ``IN-03 IN-07..IN-12``."""
    order = list(known)
    for area in dict.fromkeys(name.split("-")[0] for name in names):
        runs = []
        for name in (name for name in names if name.split("-")[0] == area):
            if runs and order.index(runs[-1][-1]) + 1 == order.index(name):
                runs[-1].append(name)
            else:
                runs.append([name])
        yield "  " + " ".join(run[0] if len(run) == 1 else f"{run[0]}..{run[-1].split('-')[1]}" for run in runs)


def main():
    known, faults = rows(), faults_of_the_list()
    places = defaultdict(list)
    for row, place in declared():
        places[row].append(place)
        if row not in known:
            faults.append(f"{place}: there is no requirement row {row!r}")
    table = merge()
    report = []
    for row, summary in known.items():
        report.append(f"{row:8} {table[row]['result']:7} {summary}")
        report += [f"{'':16} {test}" for test in table[row]["tests"]]
    (VAR / "trace.txt").write_text("\n".join(report) + "\n", encoding="utf-8")

    areas = list(dict.fromkeys(row.split("-")[0] for row in known))
    print(f"{'area':6}{'rows':>6}{'marked':>8}{'passed':>8}{'failed':>8}{'none':>6}")
    total = Counter()
    for area in [*areas, "total"]:
        count = total
        if area != "total":
            mine = [row for row in known if row.split("-")[0] == area]
            count = Counter(table[row]["result"] for row in mine)
            count.update(rows=len(mine), marked=sum(1 for row in mine if row in places))
            total.update(count)
        print(f"{area:6}{count['rows']:6}{count['marked']:8}{count['passed']:8}{count['failed']:8}{count['none']:6}")
    for result, title in (("failed", "last result failed"), ("none", "no test has passed yet")):
        names = [row for row in known if table[row]["result"] == result]
        if names:
            print(f"\n{title} ({len(names)}):")
            print("\n".join(_short(names, known)))
    print(f"\neach row with its tests: {(VAR / 'trace.txt')}")
    for fault in faults:
        print(f"FAULT: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
