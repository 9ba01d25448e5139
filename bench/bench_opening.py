"""Opening a draft with a long history against one that has just begun: form, course and comments, through the ORM."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench"), str(ROOT / "scripts")]
LONG, SHORT = (30, 200), (1, 5)
TARGET, TIMES = 1.5, 15
# what the web client loads of a list in a form at once
LINES = 40


def _draft(env, officer, versions, comments):
    """A draft of ``officer`` with so many versions of its main file and comments."""
    from odoo.addons.vanban_core.tests.common import make_pdf

    document = env(user=officer)["vanban.document"].create({
        "direction": "out", "kind_id": env.ref("vanban_core.kind_bc").id, "subject": f"Báo cáo {versions} phiên bản", "signer_id": officer.id,
        "code_notation": "BC-MAU",
    })
    for version in range(versions):
        document._add_file(f"du-thao-{version}.pdf", make_pdf(f"Phien ban {version}"), reason=f"Sửa lần {version}")
    for number in range(comments):
        document.message_post(body=f"Ý kiến {number}: đề nghị rà soát số liệu.", message_type="comment", subtype_xmlid="mail.mt_note")
    env.flush_all()
    return document


def _specification(env, arch):
    """Fields of a form as the web client asks for them."""
    specification = {}
    for node in arch.iter("field"):
        if any(parent.tag == "field" for parent in node.iterancestors()):
            continue
        field = env["vanban.document"]._fields[node.get("name")]
        specification[field.name] = {}
        if field.relational:
            inside = {child.get("name") for child in node.iterdescendants("field")} if field.type != "many2one" else {"display_name"}
            known = env[field.comodel_name]._fields
            specification[field.name] = {"fields": {name: {} for name in inside & known.keys()}}
            if field.type != "many2one":
                specification[field.name]["limit"] = LINES
    return specification


def measure(database):
    """(milliseconds of the long one, of the short one)."""
    from lxml import etree

    import generate_people

    cursor, env = generate_people._environment(database)
    try:
        company = env.company
        company.vanban_symbol = "MAU"
        officer = env["res.users"].create({
            "name": "Lê Văn Thử", "login": "bench.officer", "company_id": company.id, "company_ids": [(6, 0, company.ids)],
            "group_ids": [(6, 0, [env.ref("vanban_core.group_specialist").id])],
        })
        drafts = [_draft(env, officer, *size) for size in (LONG, SHORT)]
        view = env.ref("vanban_core.document_outgoing_view_form")
        arch = etree.fromstring(env(user=officer)["vanban.document"].get_view(view.id, "form")["arch"])
        specification = _specification(env, arch)

        def opening(document):
            own = env(user=officer)
            own.invalidate_all()
            began = time.perf_counter()
            record = own["vanban.document"].browse(document.id)
            record.web_read(specification)
            record.get_course()
            # the page of comments that the chatter shows
            own["mail.message"]._message_fetch(domain=None, thread=record, limit=30)["messages"].read(["body", "author_id", "date"])
            return (time.perf_counter() - began) * 1000

        # by turns, so that whatever else the machine does meets both; the first turn fills caches
        turns = [[opening(document) for document in drafts] for _turn in range(TIMES + 1)][1:]
        return [statistics.median(took) for took in zip(*turns, strict=True)]
    finally:
        cursor.close()


def run():
    """Rows {what, ours, against, ratio, target, ok}; milliseconds."""
    import testdb

    name = "vb_bench_opening"
    subprocess.run([sys.executable, str(ROOT / "scripts" / "testdb.py"), "clone", name, "vanban_core"], check=True, cwd=ROOT)
    try:
        long, short = measure(name)
    finally:
        testdb.drop(name)
    return [{
        "what": f"Opening a draft with {LONG[0]} versions and {LONG[1]} comments against {SHORT[0]} and {SHORT[1]}", "ours": long,
        "against": short, "unit": "ms", "ratio": long / short, "target": f"<= {TARGET}", "ok": long <= TARGET * short,
    }]
