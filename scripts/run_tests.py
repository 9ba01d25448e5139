"""Run the tests: unit, addons, system, browser; one pytest process each, exit status 1 when any fails.

All together they run in two lanes, each part's output printed when it ends; the browser comes last, for the most part
alone, because a person's clicks suffer most from a busy machine.

``run_tests.py [--part unit] [--addon vanban_core] [-k EXPRESSION] [-x]``; ``make test`` passes PART, ADDON and K.
What the tests prove goes to ``var/trace/<part>.json`` and, over all parts, to ``var/trace.json``.
"""
import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import testdb
from coverage_of_rows import merge

ROOT = testdb.ROOT
PARTS = ("unit", "addons", "system", "browser")
#: What may run beside each other, each lane in its order.
LANES = (("addons", "browser"), ("unit", "system"))
# Only when asked for: hours of faults and hundreds of thousands of broken inputs.
ENDURANCE = "soak"
PACKAGES = ("vanban_core", "vanban_signing", "vanban_lienthong", "vanban_archive")


def _pytest(part, folders, options, environment=None, strict=False):
    path = [ROOT / "scripts", ROOT / "tests"]
    env = dict(os.environ, VANBAN_TRACE=str(testdb.VAR / "trace" / f"{part}.json"), **(environment or {}))
    if options.k or options.addon:
        env["VANBAN_TRACE_KEEP"] = "1"
    if strict:
        env["VANBAN_STRICT_LOG"] = "1"
    else:
        # Without it pytest-odoo stays away, and plain packages are proved to need no Odoo.
        path += [ROOT / "addons" / name for name in PACKAGES]
    if part == "unit":
        env.pop("ODOO_RC", None)
        env["PYTHONPATH"] = ""
    env["PYTHONPATH"] = os.pathsep.join([*map(str, path), *filter(None, [env.get("PYTHONPATH")])])
    command = ["python", "-m", "pytest", "-p", "pytest_trace", *map(str, folders)]
    if options.k:
        command += ["-k", options.k]
    if options.exitfirst:
        command.append("-x")
    if part == "addons":
        command += [
            "-p", "pytest_odoo", "--odoo-http", "--odoo-log-level=warn", f"--odoo-database={env['VANBAN_TEST_DB']}",
            f"--odoo-extra=screenshots={testdb.VAR / 'screenshots'}",
        ]
    status = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False).returncode
    # A selection by -k or by addon may leave a part without any test.
    return 0 if status == 5 and (options.k or options.addon) else status


def _plain(part, options):
    folder = ROOT / "tests" / part
    if not folder.is_dir():
        print(f"tests/{part} does not exist")
        return 1
    return _pytest(part, [folder], options)


def _addons(options):
    known = testdb.manifests()
    chosen = [options.addon] if options.addon else sorted(known)
    folders = [ROOT / "addons" / name / "tests" for name in chosen]
    database = f"vb_test_{os.getpid()}"
    testdb.drop_orphans()
    try:
        testdb.prepare(testdb.with_tested(chosen), database)
        environment = {"VANBAN_TEST_DB": database}
        if testdb.has_browser_tests(chosen):
            environment["VANBAN_BROWSER_TESTS"] = "1"
        status = _pytest("addons", [path for path in folders if path.is_dir()], options, environment, strict=True)
        if not options.k and not options.addon:
            status |= subprocess.run(
                ["python", "scripts/check_i18n.py", database, *chosen], cwd=ROOT, check=False
            ).returncode
        return status
    except testdb.InstallError as error:
        print(f"installation failed:\n{error}", file=sys.stderr)
        return 1
    finally:
        testdb.drop(database)


def _run(part, options):
    print(f"== {part}", flush=True)
    started = time.monotonic()
    status = _addons(options) if part == "addons" else _plain(part, options)
    return {part: (status, time.monotonic() - started)}


def _lane(parts, options):
    """Run ``parts`` one after the other, each in a process of its own that keeps its output together."""
    results = {}
    for part in parts:
        command = ["python", "-u", __file__, "--part", part, "--in-lane"]
        command += ["-k", options.k] if options.k else []
        command += ["-x"] if options.exitfirst else []
        print(f"== {part} begins", flush=True)
        started = time.monotonic()
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", check=False,
        )
        sys.stdout.write(done.stdout)
        sys.stdout.flush()
        results[part] = (done.returncode, time.monotonic() - started)
    return results


def _everything(options):
    # Once, before the lanes: the template of the databases would make one of them wait for the other.
    testdb.addons_template(testdb.with_dependencies(sorted(testdb.manifests())))
    results = {}
    with ThreadPoolExecutor(len(LANES)) as pool:
        for found in pool.map(lambda lane: _lane(lane, options), LANES):
            results |= found
    return results


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--part", choices=(*PARTS, ENDURANCE))
    parser.add_argument("--addon")
    parser.add_argument("-k")
    parser.add_argument("-x", "--exitfirst", action="store_true")
    parser.add_argument("--in-lane", action="store_true", help="another process joins the parts' traces")
    options = parser.parse_args()
    subprocess.run([str(ROOT / "scripts" / "odoo_conf.sh")], check=True)
    if options.part or options.addon:
        results = _run(options.part or "addons", options)
    else:
        try:
            results = _everything(options)
        except testdb.InstallError as error:
            sys.exit(f"installation failed:\n{error}")
    if not options.in_lane:
        merge()
    print("== result: " + ", ".join(
        f"{part} {'passed' if status == 0 else 'FAILED'} ({seconds:.0f} s)" for part, (status, seconds) in results.items()
    ))
    return 1 if any(status for status, _seconds in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
