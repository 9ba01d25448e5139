"""A long list of recipients is served by the process that issued, whatever the scheduler is doing, each of them once."""

import pytest

from demo import database, letters, waiting
from proves import proves

PEOPLE = 30


@pytest.fixture
def without_scheduler(snv):
    """Sở Nội vụ on a server that runs no scheduled action."""
    snv.stop()
    snv.server.crons = 0
    snv.start()
    yield snv
    snv.stop()
    snv.server.crons = 1
    snv.start()


@proves("OUT-28")
def test_a_long_list_is_served_without_the_scheduler(network, without_scheduler):
    site = without_scheduler
    root = site.login("admin", "admin")
    group = root.find("ir.model.data", [("module", "=", "vanban_core"), ("name", "=", "group_specialist")], ["res_id"])[0]["res_id"]
    people = root.create(
        "res.users",
        [{"name": f"Cán bộ {number}", "login": f"danhsachdai{number}", "group_ids": [(4, group)]} for number in range(PEOPLE)],
        context={"no_reset_password": True},
    )
    document = letters.issue(network, site, "gửi nhiều người cùng lúc", [{"user_id": person} for person in people])
    clerk = site.user("vanthu")
    waiting.until(lambda: not clerk.call("vanban.document", "get_dispatch", document)["running"], "gửi xong danh sách dài")
    states = database.query(
        site.db, "SELECT state, count(*) FROM vanban_recipient WHERE document_id = %s AND user_id IS NOT NULL GROUP BY state", document
    )
    assert states == [("arrived", PEOPLE)]
    told = database.query(
        site.db, "SELECT user_id, count(*) FROM vanban_notice WHERE document_id = %s AND user_id = ANY(%s) GROUP BY user_id", document, people
    )
    assert sorted(told) == [(person, 1) for person in sorted(people)]
    # the scheduled action, were it to come now, would find nothing left
    assert database.query(site.db, "SELECT dispatching FROM vanban_document WHERE id = %s", document) == [(False,)]
