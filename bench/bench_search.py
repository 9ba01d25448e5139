"""Searching words as a specialist over HTTP at full size: against Odoo's own ``ilike``, and against the bare statement in SQL."""
import random
import re
import time

import psycopg2

from generated import LARGE, SMALL, database, percentile, server
from tools.text_index import tsquery

WORDS, ROUNDS = 12, 15
# the lists count so far (count_limit of the view), the web client asks for one more
COUNTED = 1001
SPECIFICATION = {"code": {}, "subject": {}, "issuer_name": {}, "state": {}}
# hardly a letter is without them
COMMON = ("báo cáo", "bao cao", "thực hiện", "công tác", "trên địa bàn", "tình hình thực hiện")


def _texts(name):
    """Words that somebody remembers of a letter: a name of a place, a number with a symbol, the last words of the abstract."""
    with psycopg2.connect(dbname=name) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT content FROM vanban_text WHERE file_id IS NOT NULL ORDER BY hashint8(id) LIMIT %s", [WORDS])
        texts = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT code FROM vanban_document WHERE arrival_number IS NOT NULL ORDER BY hashint8(id) LIMIT %s", [WORDS])
        codes = [row[0] for row in cursor.fetchall()]
    connection.close()
    chance = random.Random(1)
    places = ['"' + re.search(r"khu \w+ \w+", text.lower()).group() + '"' for text in texts]
    phrases = [" ".join(text.split("\n")[0].split()[-5:]) for text in texts]
    mixed = places + codes + phrases
    chance.shuffle(mixed)
    return mixed[:WORDS], places


def _timed(action):
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _search(session, words):
    session.call("vanban.document", "web_search_read", None, domain=[("content_search", "ilike", words)], specification=SPECIFICATION,
                 limit=80, count_limit=COUNTED)


def _ilike(cursor, words):
    """Odoo's ``ilike`` in the same texts, straight in the database (without server and record rules, which only favours it)."""
    cursor.execute(
        "SELECT document_id FROM vanban_text WHERE unaccent(content) ILIKE unaccent(%s) ORDER BY document_id DESC LIMIT 80",
        [f"%{words.strip(chr(34))}%"])


def _bare(cursor, words, principals):
    """The same question as one statement by hand: matching documents that these principals may read, first page and number."""
    for columns, order, limit in (("id", "ORDER BY urgency DESC, id DESC", 80), ("count(*)", "", COUNTED)):
        cursor.execute(
            f"SELECT {columns} FROM (SELECT d.id, d.urgency FROM vanban_document d"
            " WHERE d.id IN (SELECT document_id FROM vanban_text WHERE words @@ %s::tsquery)"
            f" AND d.id IN (SELECT document_id FROM vanban_access WHERE principal_id = ANY(%s)) {order} LIMIT {limit}) found",
            [tsquery(words), principals])
        cursor.fetchall()


def _principals(name, login):
    import generate_people

    cursor, env = generate_people._environment(name)
    try:
        return env["res.users"].search([("login", "=", login)]).vanban_principal_ids.ids
    finally:
        cursor.close()


def _row(what, ours, against, target, ok, times=False):
    ratio = against / ours if times else ours / against
    return {
        "what": what, "unit": "ms", "ours": round(ours * 1000, 1), "against": round(against * 1000, 1), "ratio": round(ratio, 2),
        "target": target, "ok": ok(ratio),
    }  # fmt: skip


def _as_reader(cursor, session, principals, who, words, places):
    """Rows of one reader: ordinary words against ``ilike`` and bare SQL, the commonest words against bare SQL."""
    _search(session, words[0])

    def both(texts):
        """Times of ours and of the bare statement, by turns."""
        pairs = [(_timed(lambda text=text: _search(session, text)), _timed(lambda text=text: _bare(cursor, text, principals))) for text in texts]
        return [ours for ours, _bare_time in pairs], [bare for _ours, bare in pairs]

    ours, bare = map(percentile, both(words))
    common, common_bare = map(max, both(COMMON))
    slow = percentile([_timed(lambda place=place: _ilike(cursor, place)) for place in places[:3]])
    what = f"search of words in {LARGE:,} documents {who}, p95"
    return [
        _row(f"{what}, against ilike", ours, slow, ">= 20 × faster", lambda ratio: ratio >= 20, times=True),
        _row(f"{what}, against bare SQL", ours, bare, "<= 3", lambda ratio: ratio <= 3),
        _row(f"the commonest words {who}, slowest of {len(COMMON)}, against bare SQL", common, common_bare, "<= 3", lambda ratio: ratio <= 3),
    ]  # fmt: skip


def _lists(session_of):
    """p95 of opening the whole list of incoming documents and the clerk's queue."""
    clerk, specialist = session_of("mau.vanthu"), session_of("mau.nv00003")
    cases = {
        "all": (clerk, [("direction", "=", "in")]),
        "queue": (clerk, [("direction", "=", "in"), ("state", "in", ("received", "checking"))]),
        "own": (specialist, []),
    }

    def work(session, domain):
        session.call("vanban.document", "web_search_read", None, domain=domain, specification=SPECIFICATION, limit=80, count_limit=COUNTED)

    for session, domain in cases.values():
        work(session, domain)
    return {key: percentile([_timed(lambda case=case: work(*case)) for _round in range(ROUNDS)]) for key, case in cases.items()}


def run():
    large, small = database(LARGE), database(SMALL)
    words, places = _texts(large)
    rows = []
    with server(large) as login, psycopg2.connect(dbname=large) as connection, connection.cursor() as cursor:
        for account, who in (("mau.nv00003", "a specialist"), ("mau.vanthu", "the clerk, who reads all incoming")):
            rows += _as_reader(cursor, login(account), _principals(large, account), f"as {who} over HTTP", words, places)
        at_large = _lists(login)
    connection.close()
    with server(small) as login:
        at_small = _lists(login)
    for key, what in (("all", "list of all incoming documents"), ("queue", "clerk's queue"), ("own", "all that a specialist reads")):
        rows.append(_row(f"{what}, {LARGE:,} against {SMALL:,} documents, p95", at_large[key], at_small[key], "<= 1.5", lambda ratio: ratio <= 1.5))
    return rows


if __name__ == "__main__":
    for row in run():
        print(row)
