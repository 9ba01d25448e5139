"""Distributing one document to 300 people over HTTP, against the same to 3 people: time, and notifications for each."""

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PEOPLE, FEW, ROUNDS, TARGET = 300, 3, 3, 2.0


def run():
    """Rows for the bench table: {what, ours, against, ratio, target, ok}; seconds, then notifications of one person."""
    sys.path.insert(0, str(ROOT))
    from demo import database, papers
    from demo.client import b64
    from demo.network import Network

    network = Network(prefix="vbbench")
    try:
        site = network.build_one()
        root, clerk, leader = site.login("admin", "admin"), site.user("vanthu"), site.user("lanhdao")
        group = root.find("ir.model.data", [("module", "=", "vanban_core"), ("name", "=", "group_specialist")], ["res_id"])[0]["res_id"]
        users = root.create(
            "res.users",
            [{"name": f"Cán bộ {number}", "login": f"canbo{number}", "group_ids": [(4, group)]} for number in range(PEOPLE)],
            context={"no_reset_password": True},
        )
        content = b64(papers.text_pdf("Kính gửi: Sở Nội vụ tỉnh Mẫu", size=200_000))
        kind = clerk.search("vanban.document.kind", [], limit=1)[0]

        def distribute(count):
            vals = {"subject": "Phổ biến quy chế", "kind_id": kind, "issuer_name": "UBND xã Mẫu Tân", "issue_date": "2026-01-05"}
            document = clerk.call(
                "vanban.document", "action_receive_scan", None, vals=vals, filename="van-ban.pdf", content_b64=content
            )
            clerk.call("vanban.document", "action_register", document)
            clerk.call("vanban.document", "action_submit", document, comment="Kính trình")
            lines = [{"role": "inform", "user_id": user, "deadline": None, "note": None} for user in users[1:count]]
            lead = {"role": "lead", "user_id": users[0], "deadline": None, "note": None}
            began = time.perf_counter()
            leader.call("vanban.document", "action_distribute", document, lines=[lead, *lines], direction_text="Biết, thực hiện.")
            return time.perf_counter() - began, document

        distribute(FEW)  # warm
        few = min(distribute(FEW)[0] for _round in range(ROUNDS))
        many, document = min(distribute(PEOPLE) for _round in range(ROUNDS))
        # the server's own notices, and Odoo's messages to the inbox, if there were any
        told = dict(database.query(
            site.db,
            "SELECT user_id, count(*) FROM (SELECT user_id FROM vanban_notice WHERE document_id = %s UNION ALL"
            " SELECT u.id FROM mail_notification n JOIN mail_message m ON m.id = n.mail_message_id"
            " JOIN res_users u ON u.partner_id = n.res_partner_id"
            " WHERE m.model = 'vanban.document' AND m.res_id = %s) told GROUP BY 1",
            document, document,
        ))  # fmt: skip
        each = [told.get(user, 0) for user in users]
        return [
            {
                "what": f"distributing one document to {PEOPLE} people over HTTP, s (against {FEW} people)",
                "ours": round(many, 2), "against": round(few, 2), "ratio": round(many / few, 1),
                "target": f"<= {TARGET} s", "ok": many <= TARGET,
            },
            {
                "what": "the same: notices of one person",
                "ours": max(each), "against": 1, "ratio": max(each) / 1, "target": "1 each", "ok": set(each) == {1},
            },
        ]  # fmt: skip
    finally:
        network.close()


if __name__ == "__main__":
    for row in run():
        print(row)
