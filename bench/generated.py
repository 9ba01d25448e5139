"""Filled databases for the benches, made once per content of addons and generator, and a server on one of them."""
import contextlib
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BENCH = ROOT / "bench"
sys.path[:0] = [str(ROOT), str(BENCH), str(ROOT / "scripts"), str(ROOT / "addons" / "vanban_core")]

import testdb  # noqa: E402
from generate_people import PASSWORD  # noqa: E402

SMALL, LARGE = 10_000, int(os.environ.get("VANBAN_BENCH_DOCUMENTS", "1000000"))


def database(documents):
    """Name of a database with all addons and ``documents`` made-up documents.

    An older one of the same generator is brought up to date as an agency's would be; one of another generator is dropped.
    """
    makers = [*sorted(path for path in BENCH.glob("generate*.py") if path.name != "generated.py"), BENCH / "vocabulary.py"]
    content = hashlib.sha256("".join(path.read_text() for path in makers).encode())
    addons = testdb.with_dependencies(sorted(testdb.manifests()))
    prefix = f"vb_bench_{documents}_"
    made = prefix + content.hexdigest()[:6]
    name = made + testdb._content_digest(addons)
    for old in testdb._names(prefix):
        if old != name and old.startswith(made) and not testdb.exists(name):
            testdb._odoo(f"update-{documents}.log", "-d", old, "-u", ",".join(addons))
            testdb._rename(old, name)
        elif old != name:
            testdb.drop(old)
    if not testdb.exists(name):
        work = f"vb_new_bench_{documents}"
        testdb.prepare(addons, work)
        # in a process of its own: the connections that this one keeps would hold the name
        subprocess.run([sys.executable, str(BENCH / "generate.py"), work, "--documents", str(documents)], check=True, cwd=ROOT)
        testdb._rename(work, name)
    return name


@contextlib.contextmanager
def server(name):
    """A running server on the database; yields ``login(account)`` → web session."""
    from demo.client import WebUser
    from demo.server import OdooServer

    odoo = OdooServer(name, name)
    odoo.data, odoo.crons = testdb.VAR / "data", 0
    odoo.folder.mkdir(parents=True, exist_ok=True)
    odoo.start()
    try:
        yield lambda account: WebUser(odoo.base, name, account, PASSWORD)
    finally:
        odoo.stop()


def percentile(seconds, share=0.95):
    """Value below which ``share`` of the measured times lie."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
