"""Databases for tests: a template of the dependencies, one of the installed addons, and clones of it.

Two levels of cache, both named after a digest of what they were made from, so that a second run starts in seconds
and a changed file never meets an old database:

* ``vb_base_<digest>``: Odoo's modules that the addons depend on, Vietnamese, demonstration data;
* ``vb_addons_<set>_<digest>``: the same with the addons of this checkout installed on top.

``python scripts/testdb.py clone NAME [ADDON ...]`` makes a database to play with.
"""
import ast
import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg2

from check_log import check

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VANBAN_VAR", ROOT / "var"))
FILESTORE = VAR / "data" / "filestore"
LOGS = VAR / "log"
LANGUAGE = "vi_VN"
# A change here rebuilds every template.
LAYOUT = "1"


class InstallError(Exception):
    """An installation failed or its log holds a WARNING or an ERROR; the text says which."""


def manifests():
    """Return ``{addon: manifest}`` of the installable addons of this checkout."""
    found = {}
    for path in sorted((ROOT / "addons").glob("*/__manifest__.py")):
        manifest = ast.literal_eval(path.read_text(encoding="utf-8"))
        if manifest.get("installable", True):
            found[path.parent.name] = manifest
    return found


def with_dependencies(addons):
    """Return ``addons`` and the addons of this checkout that they need, sorted."""
    known = manifests()
    needed, todo = set(), list(addons)
    while todo:
        name = todo.pop()
        if name in known and name not in needed:
            needed.add(name)
            todo += known[name].get("depends", [])
    return sorted(needed)


def with_tested(addons):
    """Return ``addons`` and those whose tests they use: what two of them do together is tested where both are installed."""
    found = set(addons)
    for addon in addons:
        for path in (ROOT / "addons" / addon / "tests").glob("**/*.py"):
            found |= set(re.findall(r"\bodoo\.addons\.(vanban_\w+)", path.read_text(encoding="utf-8")))
    return sorted(found & set(manifests()))


def _digest(*parts):
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]


def _outside_dependencies():
    known = manifests()
    needed = {name for manifest in known.values() for name in manifest.get("depends", [])}
    return sorted(needed - set(known)) or ["mail"]


def _content_digest(addons):
    """Digest of every file that ends up in the database (neither tests nor what the browser loads)."""
    digest = hashlib.sha256()
    for addon in addons:
        folder = ROOT / "addons" / addon
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder).parts
            if path.is_file() and inside[0] not in ("tests", "static") and "__pycache__" not in inside:
                digest.update(str(path.relative_to(ROOT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def connect(database="postgres"):
    """Return an autocommit connection; the server comes from the environment (PGHOST, PGUSER)."""
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    return connection


def exists(name):
    with contextlib.closing(connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return bool(cursor.fetchone())


def _identifier(name):
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise ValueError(f"not a database name of ours: {name!r}")
    return f'"{name}"'


def drop(name):
    """Drop the database and its filestore, whoever is connected."""
    with contextlib.closing(connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {_identifier(name)} WITH (FORCE)")
    shutil.rmtree(FILESTORE / name, ignore_errors=True)


def clone(template, name):
    """Make ``name`` a copy of ``template``, filestore included (hard links: a stored file is never rewritten)."""
    drop(name)
    with contextlib.closing(connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {_identifier(name)} TEMPLATE {_identifier(template)}")
    if (FILESTORE / template).is_dir():
        subprocess.run(["cp", "-rl", str(FILESTORE / template), str(FILESTORE / name)], check=True)


def _names(prefix):
    with contextlib.closing(connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        return [row[0] for row in cursor.fetchall()]


@contextlib.contextmanager
def _locked():
    with open(VAR / "testdb.lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _odoo(log_name, *arguments):
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / log_name
    started = time.monotonic()
    with log.open("w") as handle:
        done = subprocess.run(
            ["python", "-m", "odoo", "server", "--no-http", "--stop-after-init", *arguments],
            stdin=subprocess.DEVNULL, stdout=handle, stderr=subprocess.STDOUT, check=False,
        )
    problems = check(log)
    if done.returncode or problems:
        shown = "\n".join(problems[:40]) or "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise InstallError(f"{shown}\n(whole log: {log})")
    return time.monotonic() - started


def base_template():
    """Return the name of the template with the dependencies, built when it does not exist."""
    modules = _outside_dependencies()
    pins = (ROOT / "constraints.txt").read_text()
    release = (Path(os.environ["ODOO_HOME"]) / "odoo" / "release.py").read_text()
    name = f"vb_base_{_digest(LAYOUT, release, pins, *modules)}"
    if not exists(name):
        print(f"test database: installing {', '.join(modules)} (once)", file=sys.stderr, flush=True)
        drop("vb_new_base")
        _odoo(
            "template-base.log", "-d", "vb_new_base", "-i", ",".join(modules), "--load-language", LANGUAGE, "--with-demo"
        )
        _rename("vb_new_base", name)
    return name


def addons_template(addons):
    """Return the name of the template with ``addons`` installed from this checkout; its log held no warning."""
    key = f"vb_addons_{_digest(*addons)[:6]}_"
    name = key + _content_digest(addons) + _digest(base := base_template())[:4]
    if not exists(name):
        print(f"test database: installing {', '.join(addons)}", file=sys.stderr, flush=True)
        work = f"vb_new_{key[3:-1]}"
        clone(base, work)
        seconds = _odoo(f"install-{'-'.join(addons)}.log", "-d", work, "-i", ",".join(addons), "--with-demo")
        if has_browser_tests(addons):
            _build_assets(work)
        for old in _names(key):
            drop(old)
        _rename(work, name)
        print(f"test database: installed in {seconds:.0f} s", file=sys.stderr, flush=True)
    return name


def _rename(old, new):
    with contextlib.closing(connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {_identifier(old)} RENAME TO {_identifier(new)}")
    if (FILESTORE / old).is_dir():
        shutil.rmtree(FILESTORE / new, ignore_errors=True)
        (FILESTORE / old).rename(FILESTORE / new)


def has_browser_tests(addons):
    """Return whether a test of ``addons`` opens the web client in a browser."""
    tests = (path for addon in addons for path in (ROOT / "addons" / addon / "tests").glob("**/*.py"))
    return any(re.search(r"\b(start_tour|browser_js)\(", path.read_text(encoding="utf-8")) for path in tests)


def _build_assets(database):
    """Build the bundles of the web client into the template, so that no clone has to."""
    code = "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()\n"
    log = LOGS / "assets.log"
    with log.open("w") as handle:
        subprocess.run(
            ["python", "-m", "odoo", "shell", "--no-http", "-d", database], input=code, text=True,
            stdout=handle, stderr=subprocess.STDOUT, check=False,
        )
    if problems := check(log):
        raise InstallError("\n".join(problems))


def prepare(addons, name):
    """Make the database ``name`` with ``addons`` and what they need installed; raise ``InstallError``."""
    VAR.mkdir(exist_ok=True)
    with _locked():
        clone(addons_template(with_dependencies(addons)), name)


def drop_orphans():
    """Drop the databases of test runs whose process is gone."""
    for name in _names("vb_test_"):
        owner = name.removeprefix("vb_test_").split("_")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            drop(name)


if __name__ == "__main__":
    try:
        match sys.argv[1:]:
            case ["clone", target, *wanted]:
                prepare(wanted or sorted(manifests()), target)
            case ["drop", target]:
                drop(target)
            case _:
                sys.exit("usage: testdb.py clone NAME [ADDON ...] | drop NAME")
    except InstallError as error:
        sys.exit(str(error))
