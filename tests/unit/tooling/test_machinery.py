"""The machinery that judges everything else must itself tell the truth."""
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from lxml import etree as ElementTree

from proves import proves

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = ROOT / "scripts"


def run(*command, **environment):
    env = dict(os.environ, PYTHONPATH=f"{SCRIPTS}:{ROOT / 'tests'}", **environment)
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False, stdin=subprocess.DEVNULL)


def test_a_warning_in_a_log_is_found_with_its_traceback(tmp_path):
    log = tmp_path / "odoo.log"
    log.write_text(
        "2026-01-02 03:04:05,678 12 INFO db odoo: WARNING is only a word here\n"
        "2026-01-02 03:04:05,678 12 ERROR db odoo: failed\nTraceback (most recent call last):\n  boom\n"
        "2026-01-02 03:04:06,678 12 INFO db odoo: fine\n"
    )
    done = run(sys.executable, str(SCRIPTS / "check_log.py"), str(log))
    assert done.returncode == 1
    assert "boom" in done.stdout
    assert "only a word" not in done.stdout


def test_a_clean_log_passes(tmp_path):
    log = tmp_path / "odoo.log"
    log.write_text("2026-01-02 03:04:05,678 12 INFO db odoo: fine\n")
    assert run(sys.executable, str(SCRIPTS / "check_log.py"), str(log)).returncode == 0


def test_proves_refuses_what_is_no_row():
    with pytest.raises(ValueError, match="IN4"):
        proves("IN4")


def test_outcomes_are_recorded_by_row(tmp_path):
    test = tmp_path / "test_sample.py"
    test.write_text(textwrap.dedent("""
        import logging
        import unittest
        from proves import proves

        @proves("IN-01")
        def test_good(): pass

        @proves("IN-02", "IN-01")
        def test_bad(): assert False

        @proves("IN-03")
        class TestCase(unittest.TestCase):
            @proves("IN-04")
            def test_method(self): pass

            def test_noisy(self): logging.getLogger("any").warning("careful")
    """))
    target = tmp_path / "trace.json"
    done = run(sys.executable, "-m", "pytest", "-p", "pytest_trace", "-p", "no:odoo", "-p", "no:cacheprovider",
               "--rootdir", str(tmp_path), "-c", os.devnull, str(test), VANBAN_TRACE=str(target), VANBAN_STRICT_LOG="1")
    assert done.returncode == 1
    seen = {node.rsplit("::", 1)[1]: (entry["rows"], entry["outcome"])
            for node, entry in json.loads(target.read_text()).items()}
    assert seen == {
        "test_good": (["IN-01"], "passed"),
        "test_bad": (["IN-01", "IN-02"], "failed"),
        "test_method": (["IN-03", "IN-04"], "passed"),
        "test_noisy": (["IN-03"], "failed"),
    }


def test_the_list_of_rows_is_complete():
    sys.path.insert(0, str(SCRIPTS))
    import coverage_of_rows

    assert coverage_of_rows.faults_of_the_list() == []
    assert len(coverage_of_rows.rows()) == coverage_of_rows.ROWS_EXPECTED


def test_every_row_named_by_a_test_exists():
    sys.path.insert(0, str(SCRIPTS))
    import coverage_of_rows

    known = coverage_of_rows.rows()
    assert [(row, place) for row, place in coverage_of_rows.declared() if row not in known] == []


@pytest.mark.parametrize("addon", sorted(path.parent for path in (ROOT / "addons").glob("*/__manifest__.py")), ids=lambda path: path.name)
def test_a_screen_is_declared_once(addon):
    """The second declaration silently replaces the first: half of an action or menu is lost."""
    places = {}
    # data files may say more about a record of another file, screens are whole
    for path in sorted((addon / "views").glob("*.xml")):
        for node in ElementTree.parse(path).getroot().iter("record", "menuitem", "template"):
            if node.get("id"):
                places.setdefault(node.get("id"), []).append(path.name)
    double = {name: files for name, files in places.items() if len(files) > 1}
    assert double == {}
