"""pytest plugin: keeps which test proves which row, and fails a test during which the log held a WARNING or worse.

Loaded with ``-p pytest_trace``. ``VANBAN_TRACE`` names the JSON file that receives ``{nodeid: {rows, outcome}}``;
``VANBAN_STRICT_LOG=1`` switches the log check on (addon tests, where Odoo runs inside the test process). A test that
provokes a refusal takes the message with ``assertLogs`` or ``mute_logger``; nothing else is let through.
"""
import json
import logging
import os
from pathlib import Path

import pytest

_outcomes = {}
_rows = {}


class _Collector(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        try:
            text = self.format(record)
        except Exception:  # a message that cannot be formatted is a fault as well
            text = str(record.msg)
        self.lines.append(f"{record.levelname} {record.name}: {text}")

    def take(self):
        lines, self.lines = self.lines, []
        return lines


_collector = _Collector()


def _proved(item):
    function = getattr(item, "function", None) or getattr(getattr(item, "obj", None), "__func__", None)
    rows = [*getattr(function, "proves", ())]
    if item.cls is not None:
        rows += item.cls.__dict__.get("proves", ())
    return sorted(set(rows))


def pytest_collection_modifyitems(items):
    for item in items:
        _rows[item.nodeid] = _proved(item)


def pytest_sessionstart(session):
    if os.environ.get("VANBAN_STRICT_LOG"):
        logging.getLogger().addHandler(_collector)


@pytest.fixture(scope="session", autouse=True)
def _browser_assets(request):
    """Build the web client's bundles once, before a browser waits for them: at first use it takes longer than a test may."""
    if os.environ.get("VANBAN_STRICT_LOG") and os.environ.get("VANBAN_BROWSER_TESTS"):
        request.getfixturevalue("load_registry")
        from odoo import SUPERUSER_ID
        from odoo.api import Environment
        from odoo.modules.registry import Registry
        from odoo.tests.common import get_db_name
        with Registry(get_db_name()).cursor() as cursor:
            Environment(cursor, SUPERUSER_ID, {})["ir.qweb"]._pregenerate_assets_bundles()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    result = yield
    lines = _collector.take()
    if lines:
        pytest.fail("the log must stay free of warnings:\n" + "\n".join(lines), pytrace=False)
    return result


def pytest_runtest_logreport(report):
    worst = _outcomes.get(report.nodeid, "passed")
    if report.failed:
        worst = "failed"
    elif report.skipped and worst == "passed":
        worst = "skipped"
    _outcomes[report.nodeid] = worst


def pytest_sessionfinish(session):
    target = os.environ.get("VANBAN_TRACE")
    if not target or session.config.option.collectonly:
        return
    path = Path(target)
    kept = json.loads(path.read_text()) if path.exists() and os.environ.get("VANBAN_TRACE_KEEP") else {}
    if not session.config.option.keyword:
        # A whole folder was run: what it held before and holds no longer is forgotten.
        folders = tuple(os.path.relpath(folder, session.config.rootpath) + "/" for folder in session.config.args)
        kept = {node: entry for node, entry in kept.items() if not node.startswith(folders)}
    kept.update({node: {"rows": _rows.get(node, []), "outcome": outcome} for node, outcome in _outcomes.items()})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, indent=1, sort_keys=True))
