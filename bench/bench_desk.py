"""Opening the clerk's queue, “Xử lý chính” and the work desk in a small agency and in a large one."""

import time

from generated import LARGE, SMALL, database, percentile

TARGET, TIMES, PAGE = 1.5, 20, 80
# how far the view counts (count_limit, otherwise that of the web client); it asks for one more
COUNTED = {"vanban.document": 1001, "vanban.recipient": 1001, "vanban.assignment": 10_001}
COLUMNS = {
    "vanban.document": ("arrival_number", "urgency", "code", "subject", "deadline", "state", "lateness"),
    "vanban.assignment": ("urgency", "code", "subject", "deadline", "state", "lateness"),
    "vanban.recipient": ("urgency", "document_code", "document_subject", "name", "channel", "issued_date", "state", "not_arrived_cause"),
}
# of the view, where it is not the model's
ORDERS = {"vanban.recipient": "issued_date"}


LISTS = {
    "clerk's queue “to be submitted”": ("clerk", "vanban_core.action_incoming_to_route"),
    "clerk's queue “waiting for acceptance”": ("clerk", "vanban_core.action_incoming_arrived"),
    "list “Xử lý chính”": ("officer", "vanban_core.action_assignment_lead"),
    "list “Not arrived”": ("clerk", "vanban_core.action_recipient_not_arrived"),
}


def _question(env, user, xmlid):
    """(model, domain) of a menu action."""
    from odoo.tools.safe_eval import safe_eval

    action = env.ref(xmlid)
    return action.res_model, safe_eval(action.domain, {"uid": user.id})


def _rows(env):
    """{list: rows of its first page}: a small agency may not fill a page, and more rows take longer to read wherever they come from."""
    users = _users(env)
    found = {}
    for what, (who, xmlid) in LISTS.items():
        model, domain = _question(env, users[who], xmlid)
        found[what] = env(user=users[who])[model].search_count(domain, limit=PAGE)
    return found


def _page(env, user, xmlid, rows):
    """What the web client asks when a list opens, through the ORM with all its rules."""
    model, domain = _question(env, user, xmlid)
    specification = {name: {} for name in COLUMNS[model]}
    order = ORDERS.get(model)

    def work():
        own = env(user=user)
        own.invalidate_all()
        own[model].web_search_read(domain, specification, limit=rows, order=order, count_limit=COUNTED[model])

    return work


def _desk(env, user):
    def work():
        own = env(user=user)
        own.invalidate_all()
        own["vanban.work.box"].get_boxes()
        own["vanban.work.box"].get_pending()

    return work


def _users(env):
    env.cr.execute(
        "SELECT user_id FROM vanban_assignment WHERE role = 'lead' AND state = 'processing' AND user_id IS NOT NULL"
        " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")
    officer = env["res.users"].browse(env.cr.fetchone()[0])
    return {"clerk": env["res.users"].search([("login", "=", "mau.vanthu")]), "officer": officer}


def _works(env, rows):
    """{what: a call}"""
    users = _users(env)
    pages = {what: _page(env, users[who], xmlid, rows[what]) for what, (who, xmlid) in LISTS.items()}
    return {**pages, "work desk of the clerk": _desk(env, users["clerk"]), "work desk of an officer": _desk(env, users["officer"])}


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
        of_small, of_large = _rows(small), _rows(large)
        pages = {what: min(number, of_large[what]) for what, number in of_small.items()}
        rows, against = [], _works(small, pages)
        for what, work in _works(large, pages).items():
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
