"""Made-up documents for measurements are such as the ORM would have made."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT)]

import testdb  # noqa: E402
from demo import database  # noqa: E402

DOCUMENTS = 1500


@pytest.fixture(scope="module")
def filled():
    name = "vbtest_generated"
    testdb.prepare(["vanban_core"], name)
    try:
        _run("generate.py", name, "--documents", str(DOCUMENTS))
        yield name
    finally:
        testdb.drop(name)


def _run(script, *arguments):
    done = subprocess.run([sys.executable, ROOT / "bench" / script, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_generated_documents_are_consistent(filled):
    _run("check_generated.py", filled, "--sample", "150")
    ((count, states),) = database.query(filled, "SELECT count(*), count(DISTINCT state) FROM vanban_document")
    assert count >= DOCUMENTS and states > 8


def test_the_check_finds_what_is_wrong(filled):
    with testdb.connect(filled) as connection, connection.cursor() as cursor:
        first = "SELECT id FROM vanban_assignment ORDER BY hashint8(id) LIMIT 5"
        cursor.execute(f"UPDATE vanban_assignment SET assignee_name = 'Sai' WHERE id IN ({first})")
        cursor.execute("UPDATE vanban_register_counter SET next_number = next_number + 1 WHERE next_number > 10")
    command = [sys.executable, ROOT / "bench" / "check_generated.py", filled, "--sample", "150"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "assignee_name" in done.stdout and "next" in done.stdout
