"""Building and checking a package against ``sha256sum`` + copy of the same bytes."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "addons" / "vanban_archive"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "unit" / "package"))

DOCUMENTS = 200
SIZE = 2 * 1024 * 1024
ROUNDS = 3


def _seconds(action, number):
    started = time.perf_counter()
    action(number)
    return time.perf_counter() - started


def run():
    """Rows {what, ours, against, ratio, target, ok}; ours and against in MB/s."""
    from package import PackageFile, build_package, check_package
    from package_sample import document, package

    folder = Path(tempfile.mkdtemp(prefix="vanban-bench-"))
    try:
        sources = []
        (folder / "source").mkdir()
        block = os.urandom(SIZE)
        for number in range(DOCUMENTS):
            path = folder / "source" / f"{number}.pdf"
            path.write_bytes(number.to_bytes(8, "big") + block)
            sources.append(path)
        documents = []
        for number, path in enumerate(sources, 1):
            one = document(number)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            one.files[:] = [PackageFile.from_path(path, mimetype="application/pdf", sha256=digest)]
            documents.append(one)
        built = {}

        def plain(number):
            subprocess.run(["sha256sum", *sources], check=True, stdout=subprocess.DEVNULL)
            shutil.copytree(folder / "source", folder / f"copy{number}")

        def build(number):
            (folder / f"build{number}").mkdir()
            built[number] = build_package(package(documents), folder / f"build{number}").path

        def check(number):
            report = check_package(built[number])
            if not report.ok:
                raise RuntimeError(str(report.findings[:3]))

        megabytes = DOCUMENTS * (SIZE + 8) / 1e6
        # in turns, so that all meet the same noise of the machine; the fastest of each counts
        times = {action: [] for action in (plain, build, check)}
        for number in range(ROUNDS):
            for action, seconds in times.items():
                seconds.append(_seconds(action, number))
            shutil.rmtree(folder / f"copy{number}")
            shutil.rmtree(folder / f"build{number}")
        against, building, checking = (min(seconds) for seconds in times.values())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    rows = []
    for what, seconds in (
        ("build a package, MB/s", building),
        ("check a package, MB/s", checking),
        ("build and check a package, MB/s", building + checking),
    ):
        ratio = against / seconds
        rows.append(
            {
                "what": what,
                "ours": round(megabytes / seconds, 1),
                "against": round(megabytes / against, 1),
                "ratio": round(ratio, 2),
                "target": ">= 0.5 x sha256sum + copy",
                "ok": ratio >= 0.5,
            }
        )
    return rows


if __name__ == "__main__":
    for row in run():
        print(row)
