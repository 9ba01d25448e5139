"""Databases of the demonstration, made in tenths of a second from a template that holds the four addons.

The template is keyed by the content of the addons: it is built once after a change (from a second template that holds
only what they depend on) and then cloned. Building is the `odoo` command; everything after it goes over HTTP.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg2
from psycopg2 import sql

from .places import ADDONS, OUR_ADDONS, ROOT, VAR

DATA = VAR / "demo"
_IGNORED = {"__pycache__", "tests", "README.md", "bench"}
_TROUBLE = re.compile(r"^\d{4}-\d\d-\d\d \S+ \d+ (WARNING|ERROR|CRITICAL) ", re.MULTILINE)


class InstallFailed(Exception):
    """The `odoo` command failed or left a warning in its log."""


@contextlib.contextmanager
def connect(database: str = "postgres") -> Iterator[psycopg2.extensions.connection]:
    """A connection in autocommit mode, as the owner of the tables."""
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    try:
        yield connection
    finally:
        connection.close()


def query(database: str, statement: str, *params) -> list[tuple]:
    """Run one fixed statement and return its rows (the view of an outside database client)."""
    with connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else []


def exists(name: str) -> bool:
    return bool(query("postgres", "SELECT 1 FROM pg_database WHERE datname = %s", name))


def drop(name: str, data: Path | None = None) -> None:
    """Drop a database and the files that belong to it."""
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    if data is not None:
        for folder in ("filestore", "vanban_secrets"):
            shutil.rmtree(data / folder / name, ignore_errors=True)


def clone(source: str, target: str, source_data: Path, target_data: Path) -> None:
    """Make `target` a copy of `source`, files included, with an identity of its own."""
    drop(target, target_data)
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(target), sql.Identifier(source)))
    files = source_data / "filestore" / source
    if files.is_dir():
        shutil.copytree(files, target_data / "filestore" / target)
    for key in ("database.uuid", "database.secret"):
        query(target, "UPDATE ir_config_parameter SET value = gen_random_uuid()::text WHERE key = %s RETURNING id", key)


def fingerprint() -> str:
    """Return a short digest of everything of the addons that an installation depends on."""
    digest = hashlib.sha256()
    for path in sorted(ADDONS.rglob("*")):
        parts = path.relative_to(ADDONS).parts
        if path.is_file() and not _IGNORED.intersection(parts) and path.suffix != ".pyc":
            digest.update("/".join(parts).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _dependencies() -> list[str]:
    found: set[str] = set()
    for name in OUR_ADDONS:
        manifest = ast.literal_eval((ADDONS / name / "__manifest__.py").read_text())
        found.update(manifest.get("depends", ()))
    return sorted(found.difference(OUR_ADDONS))


def addons_path() -> str:
    return ",".join([str(Path(os.environ["ODOO_HOME"]) / "addons"), str(ADDONS)])


def odoo_environment() -> dict[str, str]:
    """Return the environment of an Odoo process: Odoo itself on the path, nothing that overrides its configuration."""
    environment = {**os.environ, "PYTHONPATH": os.environ["ODOO_HOME"]}
    for name in ("ODOO_RC", "PGDATABASE"):
        environment.pop(name, None)
    return environment


def odoo(database: str, *arguments: str, data: Path, log: str, clean: bool = True) -> str:
    """Run the `odoo` command on a database and return its log.

    :raises InstallFailed: it failed, or (with `clean`) its log has a warning or an error
    """
    log_file = VAR / "log" / f"{log}.log"
    log_file.parent.mkdir(parents=True, exist_ok=True)
    log_file.unlink(missing_ok=True)
    data.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "odoo",
        "server",
        "--config",
        os.devnull,
        "--addons-path",
        addons_path(),
        "--data-dir",
        str(data),
        "--db_host",
        os.environ["PGHOST"],
        "--db_port",
        os.environ["PGPORT"],
        "--db_user",
        os.environ["PGUSER"],
        "--database",
        database,
        "--http-interface",
        "127.0.0.1",
        "--no-http",
        "--unaccent",
        "--max-cron-threads",
        "0",
        "--logfile",
        str(log_file),
        "--stop-after-init",
        *arguments,
    ]
    done = subprocess.run(command, cwd=ROOT, env=odoo_environment(), capture_output=True, text=True)
    text = log_file.read_text(errors="replace") if log_file.exists() else ""
    if done.returncode or (clean and _TROUBLE.search(text)):
        lines = (
            text.splitlines()[-30:] if done.returncode else [line for line in text.splitlines() if _TROUBLE.match(line)]
        )
        raise InstallFailed(f"{log_file} ({done.returncode})\n" + "\n".join([*lines, done.stderr[-2000:]]))
    return text


def _build(name: str, source: str | None, addons: Sequence[str], data: Path) -> None:
    work = f"{name}_making"
    if source:
        clone(source, work, data, data)
    else:
        drop(work, data)
    try:
        odoo(work, "--init", ",".join(addons), "--load-language", "vi_VN", "--without-demo", data=data, log=name)
    except InstallFailed:
        drop(work, data)
        raise
    drop(name, data)
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(work), sql.Identifier(name)))
    files = data / "filestore" / work
    if files.is_dir():
        files.rename(data / "filestore" / name)


def _template(prefix: str, key: str, source: str | None, addons: Sequence[str], data: Path) -> str:
    """Return the template `prefix`_`key`, built when it is missing; older ones of the prefix are dropped."""
    name = f"{prefix}_{key}"
    with connect() as connection, connection.cursor() as cursor:
        # Another run of the demonstration may be building the same one.
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", (prefix,))
        if not exists(name):
            for (old,) in query("postgres", "SELECT datname FROM pg_database WHERE datname LIKE %s", prefix + r"\_%"):
                drop(old, data)
            _build(name, source, addons, data)
    return name


def template() -> tuple[str, Path]:
    """Return (name, data folder) of the template that holds the four addons in Vietnamese."""
    data = DATA / "template"
    needed = _dependencies()
    base = _template("vbdemo_base", hashlib.sha256(",".join(needed).encode()).hexdigest()[:12], None, needed, data)
    return _template("vbdemo_full", fingerprint(), base, OUR_ADDONS, data), data


def create(name: str, data: Path) -> None:
    """Create a fresh database with the four addons installed, without any demonstration record."""
    source, source_data = template()
    clone(source, name, source_data, data)


def template_of(*addons: str) -> tuple[str, Path]:
    """Return (name, data folder) of a template that holds only Odoo's own `addons` (an organisation before us)."""
    data = DATA / "template"
    key = hashlib.sha256(",".join(sorted(addons)).encode()).hexdigest()[:12]
    return _template("vbdemo_other", key, None, sorted(addons), data), data
