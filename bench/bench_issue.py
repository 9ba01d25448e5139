"""Issuing one document to 500 recipients over HTTP: the clerk's click, and until every delivery is queued.

Half are agencies connected through an axis (which does not answer: only the queue is measured), half people inside.
Against them: the same document to 5 recipients, served within the click.
"""

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
AGENCIES, PEOPLE, FEW, CLICK, QUEUED = 250, 250, 5, 2.0, 10.0


def run():
    """Rows for the bench table: {what, ours, against, ratio, target, ok}, in seconds."""
    sys.path.insert(0, str(ROOT))
    from demo.network import Network

    network = Network(prefix="vbbench")
    try:
        site = network.build_one()
        people, agencies = _people(site), _agencies(site)
        few, _queued, _states = _issue(network, site, people[:FEW], [])
        click, queued, states = _issue(network, site, people, agencies)
        # the axis does not answer: what is queued may have been tried already, nobody has been left out
        everybody = states.get("arrived") == PEOPLE and states.get("queued", 0) + states.get("sent", 0) == AGENCIES
        total = AGENCIES + PEOPLE
        return [
            {
                "what": f"issuing one document to {total} recipients over HTTP: the clerk's click, s (against {FEW} recipients)",
                "ours": round(click, 2), "against": round(few, 2), "ratio": round(click / few, 2),
                "target": f"<= {CLICK} s", "ok": click <= CLICK,
            },
            {
                "what": f"the same: all {total} deliveries queued, s after the click (against {FEW} within it)",
                "ours": round(queued, 2), "against": round(few, 2), "ratio": round(queued / few, 2),
                "target": f"<= {QUEUED} s", "ok": queued <= QUEUED and everybody,
            },
        ]  # fmt: skip
    finally:
        network.close()


def _people(site):
    """Ids of people inside the agency."""
    root = site.login("admin", "admin")
    found = root.find("ir.model.data", [("module", "=", "vanban_core"), ("name", "=", "group_specialist")], ["res_id"])
    return root.create(
        "res.users",
        [
            {"name": f"Cán bộ {number}", "login": f"canbo{number}", "group_ids": [(4, found[0]["res_id"])]}
            for number in range(PEOPLE)
        ],
        context={"no_reset_password": True},
    )


def _agencies(site):
    """Ids of agencies connected through one axis."""
    admin = site.user("quantri")
    axis = admin.create("vanban.transport", {
        "name": "Trục thử", "driver": "rest", "url": "http://127.0.0.1:9", "system_id": "bench", "allow_plain": True,
    })
    partners = admin.create("res.partner", [
        {"name": f"Cơ quan nhận số {number}", "is_company": True, "vanban_code": f"H98.{number}"} for number in range(1, AGENCIES + 1)
    ])
    admin.create("vanban.peer", [
        {"partner_id": partner, "transport_id": axis, "company_id": site.ids["company"]} for partner in partners
    ])
    return partners


def _issue(network, site, people, agencies):
    """(seconds of the click, seconds until nobody is pending, {state: number of recipients})."""
    from demo import letters

    clerk = site.user("vanthu")
    group = clerk.create("vanban.recipient.group", {
        "name": f"Các cơ quan, {len(people) + len(agencies)} nơi nhận", "partner_ids": [(6, 0, agencies)], "member_ids": [(6, 0, people)],
    })
    document = letters.to_leader(site, "phổ biến quy chế làm việc", [{"name": "Các cơ quan"}])
    letters.sign(network, site, document)
    for _name, act in letters.clerk_steps(site)[:-1]:
        act(document)
    row = clerk.search("vanban.recipient", [("document_id", "=", document)])[0]
    clerk.call("vanban.document", "action_add_recipients", document, group_ids=[group], row_id=row)
    began = time.perf_counter()
    clerk.call("vanban.document", "action_issue", document)
    click = time.perf_counter() - began
    while clerk.call("vanban.document", "get_dispatch", document)["running"]:
        if time.perf_counter() - began > 120:
            break
        time.sleep(0.1)
    queued = time.perf_counter() - began
    rows = clerk.find("vanban.recipient", [("document_id", "=", document)], ["state"])
    states = {}
    for found in rows:
        states[found["state"]] = states.get(found["state"], 0) + 1
    return click, queued, states


if __name__ == "__main__":
    for row in run():
        print(row)
