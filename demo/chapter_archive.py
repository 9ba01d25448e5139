"""Step 6: the dossier is closed, handed over, archived and packed; an expired one is destroyed, a shared document kept."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from . import arrivals, database, waiting
from .client import RpcError
from .facts import Facts
from .network import Network
from .places import STORY
from .report import Record
from .site import Site

DECISION = "15/QĐ-SNV"


def archive(record: Record, net: Network, facts: Facts) -> None:
    record.chapter("6. Nộp lưu hồ sơ, đóng gói; tiêu hủy hồ sơ hết hạn")
    site = net.snv
    keeper, archivist = site.user("chuyenvien"), site.user("luutru")

    with record.step("Hồ sơ cũ năm 2019 (bảo quản 5 năm) và văn bản dùng chung với hồ sơ đang giải quyết") as row:
        facts.old_dossier = _old_dossier(site, facts)
        row["note"] = keeper.value("vanban.dossier", facts.old_dossier, "code")

    with record.step("Chuyên viên rà soát, đóng hồ sơ công việc") as row:
        keeper.call("vanban.dossier", "add_documents", facts.dossier, document_ids=[facts.reply])
        _close(site, facts.dossier, facts.today().isoformat())
        found = keeper.read("vanban.dossier", facts.dossier, ["document_count", "page_count"])
        row["note"] = f"{found['document_count']} văn bản, {found['page_count']} trang"

    with record.step("Giao nộp; lưu trữ kiểm tra, tiếp nhận; hai bên ký biên bản; vào kho lưu trữ điện tử") as row:
        row["note"] = _hand_over(site, [facts.dossier, facts.old_dossier])
        assert archivist.value("vanban.dossier", facts.dossier, "state") == "archived"

    with record.step("Hệ thống đóng gói hồ sơ (METS, PREMIS, hai chữ ký và báo cáo xác thực bên trong)") as row:
        package = waiting.until(
            lambda: archivist.search(
                "vanban.package", [("dossier_id", "=", facts.dossier), ("kind", "=", "AIP"), ("result", "=", "passed")]
            ),
            "gói lưu trữ của hồ sơ",
        )[0]
        raw = archivist.download("vanban.package", package, "content")
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            _unpack(packed, STORY / "package")
        found = archivist.read("vanban.package", package, ["name", "file_count"])
        row["note"] = f"{found['name']}, {found['file_count']} tệp"


def destroy(record: Record, net: Network, facts: Facts) -> None:
    site = net.snv
    archivist, leader = site.user("luutru"), site.user("lanhdao")

    with record.step("Hồ sơ cũ hết hạn bảo quản"):
        admin = site.user("quantri")
        job = admin.find("ir.model.data", [("module", "=", "vanban_archive"), ("name", "=", "cron_expire")], ["res_id"])
        admin.call("ir.cron", "method_direct_trigger", job[0]["res_id"])
        assert archivist.value("vanban.dossier", facts.old_dossier, "state") == "expired"

    with record.step("Đề nghị tiêu hủy; cảnh báo văn bản dùng chung được giữ lại") as row:
        destruction = archivist.call(
            "vanban.destruction",
            "propose",
            None,
            dossier_ids=[facts.old_dossier],
            reason="Hết thời hạn bảo quản, không còn giá trị.",
        )
        archivist.call("vanban.destruction", "action_check_shared", destruction)
        shared = archivist.call("vanban.destruction", "get_shared_documents", destruction)
        assert [one["document_id"] for one in shared] == [facts.shared], shared
        row["note"] = shared[0]["name"]

    with record.step("Hội đồng xét giá trị cho ý kiến; Giám đốc phê duyệt"):
        council = [site.ids[f"user.{login}"] for login in ("chanhvanphong", "truongphong")]
        archivist.write("vanban.destruction", destruction, {"council_ids": [(6, 0, council)]})
        archivist.call("vanban.destruction", "action_appraise", destruction)
        site.user("chanhvanphong").call(
            "vanban.destruction", "action_record_opinion", destruction, opinion="Nhất trí tiêu hủy."
        )
        leader.call("vanban.destruction", "action_approve", destruction, decision=DECISION)

    with record.step("Xác nhận hai lần; nội dung bị hủy, siêu dữ liệu và biên bản còn lại") as row:
        stored = _stored_files(site, facts.old)
        assert stored and all(path.exists() for path in stored)
        archivist.call("vanban.destruction", "action_confirm_first", destruction)
        assert all(path.exists() for path in stored), "nothing may go before the second confirmation"
        archivist.call("vanban.destruction", "action_confirm_second", destruction, decision=DECISION)
        waiting.until(lambda: not any(path.exists() for path in stored), "tệp tin bị xóa khỏi kho")
        keeper = site.user("chuyenvien")
        assert archivist.value("vanban.dossier", facts.old_dossier, "state") == "destroyed"
        assert keeper.value("vanban.document", facts.old, "subject")
        _gone(site, facts.old)
        kept = keeper.value("vanban.document", facts.shared, "main_file_id")
        assert keeper.download("vanban.file", kept, "content").startswith(b"%PDF")
        minutes = archivist.download("vanban.destruction", destruction, "record")
        assert minutes.startswith(b"%PDF")
        row["note"] = f"quyết định {DECISION}, {len(stored)} tệp"


def _old_dossier(site: Site, facts: Facts) -> int:
    """A dossier of 2019 with two letters, one of which the present dossier needs as well; its id."""
    keeper = site.user("chuyenvien")
    five = keeper.one("vanban.retention", [("kind", "=", "years"), ("years", "=", 5)])
    dossier = keeper.create(
        "vanban.dossier",
        {
            "title": "Báo cáo biên chế năm 2019",
            "symbol": "01.TCBC",
            "year": 2019,
            "retention_id": five,
            "start_date": "2019-01-02",
        },
    )
    keeper.call("vanban.dossier", "action_open", dossier)
    facts.old = arrivals.scanned(site, "Về việc rà soát biên chế năm 2019", "31", "2019-03-05")
    facts.shared = arrivals.scanned(site, "Về việc giao biên chế giai đoạn 2019-2026", "32", "2019-04-10")
    arrivals.settle(site, facts.old, dossier)
    arrivals.settle(site, facts.shared, dossier, facts.dossier)
    _close(site, dossier, "2019-12-31")
    return dossier


def _close(site: Site, dossier: int, end: str) -> None:
    keeper = site.user("chuyenvien")
    keeper.call("vanban.dossier", "action_review", dossier)
    keeper.call("vanban.dossier", "action_close", dossier, vals={"end_date": end})


def _hand_over(site: Site, dossiers: list[int]) -> str:
    """From the keeper to the electronic archive; the words of the result."""
    keeper, archivist = site.user("chuyenvien"), site.user("luutru")
    handover = keeper.call("vanban.handover", "submit_dossiers", None, dossier_ids=dossiers)
    archivist.call("vanban.handover", "action_check", handover)
    checks = archivist.find("vanban.handover.check", [("handover_id", "=", handover)], ["kind", "result", "detail"])
    failed = [check for check in checks if check["result"] == "failed"]
    assert not failed, failed
    open_checks = [check["id"] for check in checks if check["result"] == "manual"]
    if open_checks:
        archivist.call(
            "vanban.handover.check",
            "action_judge",
            open_checks,
            passed=True,
            note="Đã quét bằng phần mềm diệt mã độc của cơ quan, không phát hiện.",
        )
    archivist.call("vanban.handover", "action_accept", handover)
    for side in (keeper, archivist):
        side.call("vanban.handover", "action_sign_minutes", handover)
    archivist.call("vanban.handover", "action_archive", handover)
    return f"{len(checks)} mục kiểm tra, biên bản {archivist.value('vanban.handover', handover, 'name')}"


def _unpack(packed: zipfile.ZipFile, target: Path) -> None:
    """Extract the package into `target`: one folder that bears the package's identifier."""
    tops = {name.split("/", 1)[0] for name in packed.namelist()}
    assert len(tops) == 1, tops
    target.mkdir()
    packed.extractall(target)


def _stored_files(site: Site, document: int) -> list[Path]:
    """Where the bytes of a document lie on the disk of its agency."""
    rows = database.query(
        site.db,
        """SELECT attachment.store_fname FROM ir_attachment attachment
             JOIN vanban_file file ON file.id = attachment.res_id
            WHERE attachment.res_model = 'vanban.file' AND attachment.res_field = 'content' AND file.document_id = %s""",
        document,
    )
    return [site.server.data / "filestore" / site.db / name for (name,) in rows]


def _gone(site: Site, document: int) -> None:
    """The content of a destroyed document cannot be had any more."""
    keeper = site.user("chuyenvien")
    file = keeper.search("vanban.file", [("document_id", "=", document)], limit=1)[0]
    try:
        assert not keeper.download("vanban.file", file, "content"), "destroyed content was delivered"
    except RpcError:
        return
