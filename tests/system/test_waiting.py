"""Two people at one document: who waited for the other sees what the other did."""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2

from demo import arrivals, database
from proves import proves


def _distributed(site):
    """A letter with a lead and a coordinator; its id."""
    document = arrivals.scanned(site, "Đề nghị phối hợp cùng lúc", "8101", "2026-01-05")
    site.user("vanthu").call("vanban.document", "action_submit", document, comment="Kính trình")
    lines = [
        {"role": "lead", "user_id": site.ids["user.chuyenvien"]},
        {"role": "coordinate", "user_id": site.ids["user.chuyenvien2"]},
    ]
    site.user("lanhdao").call("vanban.document", "action_distribute", document, lines=lines)
    return document


def _has_tried(site):
    """Whether a transaction of the server has found the row held by somebody else and now waits to try again."""
    return bool(
        database.query(
            site.db,
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
            " AND query LIKE %s AND query LIKE %s",
            "%vanban_document%",
            "%SKIP LOCKED%",
        )
    )


@proves("IN-49")
def test_who_waited_sees_what_the_other_one_did(snv):
    document = _distributed(snv)
    leader = snv.user("lanhdao")
    other = psycopg2.connect(dbname=snv.db)
    try:
        with other.cursor() as cursor, ThreadPoolExecutor(1) as pool:
            # somebody else relieves the coordinator: the row of the document itself is held, but stays as it was
            cursor.execute("SELECT id FROM vanban_document WHERE id = %s FOR NO KEY UPDATE", [document])
            cursor.execute(
                "UPDATE vanban_assignment SET state = 'stopped' WHERE document_id = %s AND role = 'coordinate'", [document]
            )
            chased = pool.submit(leader.call, "vanban.document", "action_chase", document, kind="remind", text="Khẩn trương")
            while not _has_tried(snv) and not chased.done():
                time.sleep(0.02)
            assert not chased.done(), "it did not wait"
            other.commit()
            ids = chased.result(timeout=60)
    finally:
        other.close()
    told = database.query(
        snv.db, "SELECT user_id FROM vanban_chase_line WHERE chase_id = %s AND role = 'handler'", ids[0]
    )
    assert told == [(snv.ids["user.chuyenvien"],)], "nobody is chased up for what he no longer has to do"
