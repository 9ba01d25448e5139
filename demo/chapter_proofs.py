"""Step 7: the products, and what outside programs say about them."""

from __future__ import annotations

import base64
import shutil

from . import packets, proofs
from .facts import Facts
from .network import Network
from .places import STORY
from .report import Record
from .site import Site

CODES = {"01": "da-den", "03": "da-tiep-nhan", "04": "phan-cong", "05": "dang-xu-ly", "06": "hoan-thanh"}


def prove(record: Record, net: Network, facts: Facts) -> None:
    record.chapter("7. Kiểm chứng bằng chương trình bên ngoài")
    site = net.snv
    clerk = site.user("vanthu")
    issued, ca, packet = STORY / "issued.pdf", STORY / "ca.pem", STORY / "outgoing.edxml"
    document = clerk.read(
        "vanban.document", facts.reply, ["code", "code_number", "code_notation", "issue_date", "signer_name"]
    )

    with record.step("Kết xuất sản phẩm: văn bản đã ký, gói tin, trạng thái, sổ, nhật ký"):
        issued.write_bytes(clerk.download("vanban.document", facts.reply, "main_file_content"))
        shutil.copy(net.authority.certificate, ca)
        packets.save(site, facts.reply, packet)
        statuses = _save_statuses(site, facts.arrival)
        for register, name in (("in", "register-in.pdf"), ("out", "register-out.pdf")):
            _print_register(site, register, facts, STORY / name)
        log = site.user("thanhtra").call("vanban.log", "export_jsonl", None)
        (STORY / "access-log.jsonl").write_bytes(base64.b64decode(log))
        assert sorted(statuses) == sorted(CODES), statuses

    year, month, day = document["issue_date"].split("-")
    number, place = f"Số: {document['code_number']}/{document['code_notation']}", site.agency.place
    date = f"{place}, ngày {day} tháng {month} năm {year}"
    checks = [
        ("pdfsig (poppler): hai chữ ký hợp lệ, chứng thư tin cậy", lambda: proofs.poppler(issued, ca, 2)),
        ("pyHanko: hai chữ ký hợp lệ theo toàn bộ tiêu chí", lambda: proofs.pyhanko(issued, ca, 2)),
        (
            "pdftotext: số, ký hiệu, ngày tháng đọc được trên trang",
            lambda: proofs.text(issued, number, date, document["signer_name"]),
        ),
        ("Dấu đúng kích thước thật, trùm 1/3 chữ ký về bên trái", lambda: proofs.seal_place(issued)),
        ("xmllint: gói tin đúng cú pháp XML", lambda: proofs.xml(packet)),
        ("Kiểm tra gói lưu trữ ngoài hệ thống", lambda: proofs.package(STORY / "package")),
        ("Kiểm tra chuỗi nhật ký ngoài hệ thống", lambda: proofs.log_chain(STORY / "access-log.jsonl")),
        (
            "Sổ đăng ký văn bản đến in được",
            lambda: proofs.text(STORY / "register-in.pdf", "SỔ ĐĂNG KÝ VĂN BẢN ĐẾN", "STC-NS", "UBND-NV"),
        ),
        (
            "Sổ đăng ký văn bản đi in được",
            lambda: proofs.text(STORY / "register-out.pdf", "SỔ ĐĂNG KÝ VĂN BẢN ĐI", document["code"]),
        ),
    ]
    for path in sorted(STORY.glob("status-*.edxml")):
        checks.append((f"xmllint: {path.name}", lambda path=path: proofs.xml(path)))
    for name, check in checks:
        with record.step(name) as row:
            row["note"] = check()


def _save_statuses(site: Site, document: int) -> list[str]:
    """Write every status packet that was sent about an incoming document; the codes, in order of sending."""
    clerk = site.user("vanthu")
    rows = clerk.find(
        "vanban.packet", [("document_id", "=", document), ("type", "=", "status")], ["status_code"], order="id"
    )
    for row in rows:
        name = f"status-{row['status_code']}-{CODES.get(row['status_code'], 'khac')}.edxml"
        (STORY / name).write_bytes(clerk.download("vanban.packet", row["id"], "content"))
    return [row["status_code"] for row in rows]


def _print_register(site: Site, register: str, facts: Facts, path) -> None:
    clerk = site.user("vanthu")
    year = facts.today().year
    action = clerk.call(
        "vanban.register",
        "action_print",
        site.ids[f"register.{register}"],
        date_from=f"{year}-01-01",
        date_to=f"{year}-12-31",
    )
    answer = clerk.get(action["url"])
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF"), answer.status_code
    path.write_bytes(answer.content)
