"""Opening the clerk's queue, “Xử lý chính” and the work desk in a small agency and in a large one."""

import time

from generated import LARGE, SMALL, database, percentile

TARGET, TIMES = 1.5, 20
COLUMNS = {
    "vanban.document": ("arrival_number", "urgency", "code", "subject", "deadline", "state", "lateness"),
    "vanban.assignment": ("urgency", "code", "subject", "deadline", "state", "lateness"),
}


def _page(env, user, xmlid):
    """What the web client asks when a list opens, through the ORM with all its rules."""
    from odoo.tools.safe_eval import safe_eval

    action = env.ref(xmlid)
    domain = safe_eval(action.domain, {"uid": user.id})
    specification = {name: {} for name in COLUMNS[action.res_model]}

    def work():
        own = env(user=user)
        own.invalidate_all()
        own[action.res_model].web_search_read(domain, specification, limit=80, count_limit=10_001)

    return work


def _desk(env, user):
    def work():
        own = env(user=user)
        own.invalidate_all()
        own["vanban.work.box"].get_boxes()
        own["vanban.work.box"].get_pending()

    return work


def _works(env):
    """{what: a call}"""
    clerk = env["res.users"].search([("login", "=", "mau.vanthu")])
    env.cr.execute(
        "SELECT user_id FROM vanban_assignment WHERE role = 'lead' AND state = 'processing' AND user_id IS NOT NULL"
        " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")
    officer = env["res.users"].browse(env.cr.fetchone()[0])
    return {
        "clerk's queue “to be submitted”": _page(env, clerk, "vanban_core.action_incoming_to_route"),
        "clerk's queue “waiting for acceptance”": _page(env, clerk, "vanban_core.action_incoming_arrived"),
        "list “Xử lý chính”": _page(env, officer, "vanban_core.action_assignment_lead"),
        "work desk of the clerk": _desk(env, clerk),
        "work desk of an officer": _desk(env, officer),
    }


def _compare(ours, against):
    """p95 in milliseconds of two calls done by turns, so that other work on the machine burdens both; the first three warm up."""
    took = {ours: [], against: []}
    for number in range(TIMES + 3):
        for work, times in took.items():
            began = time.perf_counter()
            work()
            if number >= 3:
                times.append((time.perf_counter() - began) * 1000)
    return percentile(took[ours]), percentile(took[against])


def run():
    """Rows {what, ours (large), against (small), ratio, target, ok}; milliseconds, p95."""
    import generate_people

    names = database(SMALL), database(LARGE)
    (small_cursor, small), (large_cursor, large) = map(generate_people._environment, names)
    try:
        rows, against = [], _works(small)
        for what, work in _works(large).items():
            at_large, at_small = _compare(work, against[what])
            rows.append({
                "what": f"opening the {what}, p95: {LARGE:,} against {SMALL:,} documents", "ours": round(at_large, 1),
                "against": round(at_small, 1), "unit": "ms", "ratio": round(at_large / at_small, 2), "target": f"<= {TARGET}",
                "ok": at_large <= TARGET * at_small,
            })
        return rows
    finally:
        small_cursor.close()
        large_cursor.close()


if __name__ == "__main__":
    for row in run():
        print(row)
