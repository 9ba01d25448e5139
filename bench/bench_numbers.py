"""Registering letters by many clerks at once, against plain records with the same attachment, on one server."""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLERKS, LETTERS, SIZE, TARGET = 16, 320, 200_000, 0.7


def _rate(work, sessions, count):
    """Calls of `work(session, number)` a second, `count` of them spread over the sessions; and what went wrong."""
    share = count // len(sessions)
    start = threading.Barrier(len(sessions) + 1)
    wrong = []

    def client(index):
        start.wait(60)
        for number in range(index * share, (index + 1) * share):
            try:
                work(sessions[index], number)
            except Exception as error:
                wrong.append(repr(error))

    with ThreadPoolExecutor(len(sessions)) as pool:
        jobs = [pool.submit(client, index) for index in range(len(sessions))]
        start.wait(60)
        began = time.perf_counter()
        for job in jobs:
            job.result()
        took = time.perf_counter() - began
    return share * len(sessions) / took, wrong


def _sessions(site):
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda _n: site.login("vanthu", site.agency.person("vanthu").password), range(CLERKS)))


def run():
    """Rows for the bench table: {what, ours, against, ratio, target, ok}; rates in records a second."""
    sys.path.insert(0, str(ROOT))
    from demo import database, papers
    from demo.client import b64
    from demo.network import Network

    network = Network(prefix="vbbench")
    try:
        site = network.build_one()
        sessions = _sessions(site)
        content = b64(papers.text_pdf("Kính gửi: Sở Nội vụ tỉnh Mẫu", size=SIZE))
        kind = sessions[0].search("vanban.document.kind", [], limit=1)[0]

        def letter(session, number):
            vals = {
                "subject": f"Báo cáo công tác cán bộ quý I, số {number}",
                "kind_id": kind,
                "issuer_name": "UBND xã Mẫu Tân",
                "issue_date": "2026-01-05",
            }
            document = session.call(
                "vanban.document", "action_receive_scan", None, vals=vals, filename="van-ban.pdf", content_b64=content
            )
            session.call("vanban.document", "action_register", document)

        def plain(session, number):
            record = session.create("res.partner", {"name": f"Báo cáo công tác cán bộ quý I, số {number}"})
            session.create(
                "ir.attachment",
                {"name": "van-ban.pdf", "datas": content, "res_model": "res.partner", "res_id": record},
            )

        # Every clerk may write contacts here, so that the comparison runs under the same account.
        root = site.login("admin", "admin")
        group = root.find(
            "ir.model.data", [("module", "=", "base"), ("name", "=", "group_partner_manager")], ["res_id"]
        )[0]["res_id"]
        root.write("res.users", site.ids["user.vanthu"], {"group_ids": [(4, group)]})
        for work in (letter, plain):
            _rate(work, sessions, CLERKS)  # warm
        rates = {letter: [], plain: []}
        wrong = []
        for work in (letter, plain, letter, plain):
            rate, errors = _rate(work, sessions, LETTERS // 2)
            rates[work].append(rate)
            wrong += errors
        ours, against = (sum(rates[work]) / 2 for work in (letter, plain))
        numbers = [
            row[0]
            for row in database.query(
                site.db,
                "SELECT number FROM vanban_register_entry WHERE register_id = %s ORDER BY number",
                site.ids["register.in"],
            )
        ]
        gapless = numbers == list(range(1, LETTERS + CLERKS + 1))
        ratio = ours / against
        return [
            {
                "what": f"registering with a 200 KB PDF, {CLERKS} clerks over HTTP, documents/s",
                "ours": round(ours, 1),
                "against": round(against, 1),
                "ratio": round(ratio, 2),
                "target": f">= {TARGET}",
                "ok": ratio >= TARGET and not wrong,
            },
            {
                "what": "the same: gaps, duplicates and errors shown",
                "ours": 0 if gapless and not wrong else max(1, len(wrong)),
                "against": 0,
                "ratio": 1.0,
                "target": "0",
                "ok": gapless and not wrong,
            },
        ]
    finally:
        network.close()


if __name__ == "__main__":
    for row in run():
        print(row)
