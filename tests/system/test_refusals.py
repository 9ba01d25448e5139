"""What nobody may do, whatever the tool: refused with a clear message, and the attempt stays in the log."""

import hashlib
import itertools

import psycopg2
import pytest
import requests

from demo import database, letters, papers
from demo.client import RpcError, b64
from demo.facts import Facts
from proves import proves

REFUSED = ("odoo.exceptions.AccessError", "odoo.exceptions.UserError", "odoo.exceptions.ValidationError")


def _refusals(site):
    return database.query(site.db, "SELECT count(*) FROM vanban_log WHERE outcome = 'refused'")[0][0]


def _attachment(site, file):
    """Id of the attachment that holds the bytes of a document's file."""
    return database.query(
        site.db,
        "SELECT id FROM ir_attachment WHERE res_model = 'vanban.file' AND res_field = 'content' AND res_id = %s",
        file,
    )[0][0]


# the same number twice would be a duplicate
_numbers = itertools.count(7)


class Refused:
    """Context: the call inside is refused in Vietnamese words, and logged when `logged`."""

    def __init__(self, site, logged=True):
        self.site, self.logged = site, logged

    def __enter__(self):
        self.before = _refusals(self.site)
        return self

    def __exit__(self, kind, error, _trace):
        assert isinstance(error, RpcError), f"not refused ({kind}: {error})"
        assert error.name in REFUSED, f"{error.name}: {error.message}\n{error.debug}"
        assert error.message.strip() and "Traceback" not in error.message
        assert any(letter in error.message for letter in "ạảãàáặệộợửữđăâêôơưấềốứ"), error.message
        self.message = error.message
        if self.logged:
            assert _refusals(self.site) > self.before, f"not logged: {error.message}"
        return True


@pytest.fixture
def letter(snv):
    """A registered letter of another agency, with its scan."""
    clerk = snv.user("vanthu")
    kind = clerk.search("vanban.document.kind", [], limit=1)[0]
    document = clerk.call(
        "vanban.document",
        "action_receive_scan",
        None,
        vals={
            "subject": "Đề nghị phối hợp",
            "issuer_name": "UBND xã Mẫu Tân",
            "issue_date": "2026-01-05",
            "kind_id": kind,
            "code_number": str(next(_numbers)),
            "code_notation": "UBND-VP",
        },
        filename="cong-van.pdf",
        content_b64=b64(papers.scan("UBND XÃ MẪU TÂN", "Số: 7/UBND")),
    )
    clerk.call("vanban.document", "action_register", document)
    return document


def test_state_is_not_written_by_rpc(snv, letter):
    for login in ("vanthu", "lanhdao", "quantri"):
        user = snv.user(login)
        with Refused(snv, logged=login == "vanthu"):
            user.write("vanban.document", letter, {"state": "done"})
    with Refused(snv):
        snv.user("vanthu").create("vanban.document", {"direction": "in", "subject": "Nhảy cóc", "state": "done"})
    with Refused(snv):
        snv.program("vanthu").write("vanban.document", letter, {"state": "received"})
    assert snv.user("vanthu").value("vanban.document", letter, "state") == "registered"
    # the permission to write a state is an object of the server: no context of a client can stand for it
    with Refused(snv):
        snv.user("vanthu").call(
            "vanban.document",
            "write",
            letter,
            vals={"state": "done"},
            context={"vanban_state": True, "vanban_fixed": True},
        )


@proves("SEC-15")
def test_numbers_documents_and_logs_stay(snv, letter):
    clerk = snv.user("vanthu")
    root = snv.login("admin", "admin")
    entry = clerk.search("vanban.register.entry", [("document_id", "=", letter)])[0]
    with Refused(snv):
        clerk.write("vanban.document", letter, {"arrival_number": 999})
    for user in (clerk, root):
        for model, record, vals in (
            ("vanban.document", letter, None),
            ("vanban.register.entry", entry, None),
            ("vanban.register.entry", entry, {"number": 99}),
        ):
            with Refused(snv, logged=False):
                user.write(model, record, vals) if vals else user.unlink(model, record)
    assert clerk.value("vanban.register.entry", entry, "document_id") == letter


def test_log_rows_are_beyond_everybody(snv, letter):
    row = database.query(snv.db, "SELECT id FROM vanban_log ORDER BY id DESC LIMIT 1")[0][0]
    root = snv.login("admin", "admin")
    for user in (root, snv.user("thanhtra"), snv.user("quantri")):
        for act in ("write", "unlink"):
            with Refused(snv):
                user.write("vanban.log", row, {"comment": "sửa"}) if act == "write" else user.unlink("vanban.log", row)
    for statement in (
        "UPDATE vanban_log SET comment = 'sửa' WHERE id = %s",
        "DELETE FROM vanban_log WHERE id = %s",
        "TRUNCATE vanban_log CASCADE",
        "UPDATE vanban_log_seal SET digest = 'x' WHERE log_id = %s",
        "DELETE FROM vanban_log_seal WHERE log_id = %s",
    ):
        # as owner of the tables, the strongest position an administrator of the database has without taking it apart
        with pytest.raises(psycopg2.Error) as refusal:
            database.query(snv.db, statement, *([row] if "%s" in statement else []))
        assert "vanban" in str(refusal.value).lower() or "log" in str(refusal.value).lower()
    assert database.query(snv.db, "SELECT count(*) FROM vanban_log WHERE id = %s", row) == [(1,)]


@proves("SEC-01", "SEC-17")
def test_strangers_read_nothing(snv, letter):
    clerk = snv.user("vanthu")
    clerk.write("vanban.document", letter, {"note": "Chuyển phòng Tổ chức"})
    file = clerk.search("vanban.file", [("document_id", "=", letter)])[0]
    attachment = _attachment(snv, file)
    for login in ("chuyenvien", "chuyenvien2", "quantri"):
        stranger = snv.user(login)
        assert stranger.search("vanban.document", [("id", "=", letter)]) == [] if login != "quantri" else True
        for model, record in (("vanban.document", letter), ("vanban.file", file), ("ir.attachment", attachment)):
            fields = ["display_name"] if model != "ir.attachment" else ["datas"]
            with Refused(snv, logged=False):
                stranger.read(model, record, fields)
        for path in (
            f"/web/content/{attachment}",
            f"/web/content/{attachment}?download=true",
            f"/web/image/{attachment}",
            f"/web/content?model=vanban.file&id={file}&field=content",
            f"/web/content/vanban.file/{file}/content",
            f"/web/content?model=vanban.document&id={letter}&field=main_file_content",
        ):
            answer = stranger.get(path)
            assert not answer.content.startswith(b"%PDF"), f"{login} reads {path}"
            if not path.startswith("/web/image"):  # pictures answer with a placeholder
                assert answer.status_code in (403, 404), f"{login} {path}: {answer.status_code}"
    reader = clerk.get(f"/web/content/vanban.file/{file}/content")
    assert reader.status_code == 200 and reader.content.startswith(b"%PDF")
    anonymous = requests.get(f"{snv.server.base}/web/content/{attachment}", timeout=30)
    assert anonymous.status_code in (403, 404)
    found = database.query(
        snv.db, "SELECT user_name, remote_addr FROM vanban_log WHERE document_id = %s AND action = 'download'", letter
    )
    assert any(name == snv.agency.person("vanthu").name and address for name, address in found)


def test_files_of_documents_cannot_be_replaced(snv, letter):
    clerk, root = snv.user("vanthu"), snv.login("admin", "admin")
    file = clerk.search("vanban.file", [("document_id", "=", letter)])[0]
    attachment = _attachment(snv, file)
    digest = clerk.value("vanban.file", file, "sha256")
    other = b64(papers.text_pdf("Nội dung khác"))
    for user in (clerk, root):
        for act in (
            lambda user: user.write("vanban.file", file, {"content": other}),
            lambda user: user.unlink("vanban.file", file),
            lambda user: user.write("ir.attachment", attachment, {"datas": other}),
            lambda user: user.write("ir.attachment", attachment, {"res_model": False, "res_id": 0}),
            lambda user: user.unlink("ir.attachment", attachment),
            lambda user: user.create("vanban.file", {"document_id": letter, "name": "x.pdf", "content": other}),
        ):
            with Refused(snv, logged=False):
                act(user)
    with Refused(snv):
        clerk.call("vanban.document", "upload_file", letter, name="khac.pdf", content_b64=other)
    assert hashlib.sha256(clerk.download("vanban.file", file, "content")).hexdigest() == digest


def _draft_ready(site, network):
    """An outgoing letter at the clerk's desk: what the sealing tests start from."""
    return letters.to_leader(site, subject="kiểm tra quyền ký", recipients=[])


@proves("SIGN-07", "OUT-21", "OUT-27")
def test_seal_needs_the_leaders_signature_and_the_custodian(snv, network):
    document = _draft_ready(snv, network)
    clerk = snv.user("vanthu")
    for login in ("vanthu", "quantri", "lanhdao"):
        with Refused(snv):
            snv.user(login).call("vanban.document", "action_seal", document)
    with Refused(snv):  # no number before the signature
        clerk.call("vanban.document", "action_allocate_number", document)
    letters.sign(network, snv, document)
    clerk.call("vanban.document", "action_clerk_check", document)
    clerk.call("vanban.document", "action_allocate_number", document)
    found = clerk.read("vanban.document", document, ["code_number", "issue_date", "state"])
    assert found["state"] == "numbered" and found["code_number"] and found["issue_date"] == Facts.today().isoformat()
    with Refused(snv) as refusal:  # one signature is not enough
        clerk.call("vanban.document", "action_issue", document)
    assert "chữ ký số" in refusal.message.lower()
    for login in ("quantri", "chuyenvien", "lanhdao"):
        with Refused(snv):
            snv.user(login).call("vanban.document", "action_seal", document)
    with Refused(snv):
        snv.login("admin", "admin").call("vanban.document", "action_seal", document)
    assert clerk.value("vanban.document", document, "state") == "numbered"
    clerk.call("vanban.document", "action_seal", document)
    assert clerk.value("vanban.document", document, "state") == "sealed"


@proves("SIGN-28")
def test_issued_document_is_fixed(snv, network):
    document = letters.issue(network, snv, subject="công bố quy chế", recipients=[])
    clerk, root = snv.user("vanthu"), snv.login("admin", "admin")
    files = clerk.search("vanban.file", [("document_id", "=", document)])
    for user in (clerk, snv.user("chuyenvien"), snv.user("lanhdao"), root):
        for act in (
            lambda user: user.write("vanban.document", document, {"subject": "Nội dung khác"}),
            lambda user: user.write("vanban.document", document, {"state": "draft"}),
            lambda user: user.unlink("vanban.document", document),
            lambda user: user.call(
                "vanban.document", "upload_file", document, name="khac.pdf", content_b64=b64(papers.text_pdf("khác"))
            ),
        ):
            with Refused(snv, logged=False):
                act(user)
    for user in (clerk, snv.user("chuyenvien"), snv.user("lanhdao"), snv.user("quantri"), root):
        for act in (
            lambda user: user.unlink("vanban.file", files),
            lambda user: user.write("vanban.file", files[0], {"name": "khac.pdf", "content": b64(b"x")}),
        ):
            with Refused(snv):
                act(user)
    before = _refusals(snv)
    for act in ({"subject": "Nội dung khác"}, {"state": "draft"}):
        with Refused(snv):
            clerk.write("vanban.document", document, act)
    with Refused(snv):
        clerk.unlink("vanban.document", document)
    assert _refusals(snv) >= before + 3
