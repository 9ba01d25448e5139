"""Packets composed for the tests (fictional agencies and people)."""
from datetime import date, datetime
from pathlib import Path

from edxml import (
    Attachment,
    Business,
    DocumentPacket,
    Kind,
    Organization,
    OtherInfo,
    Receiver,
    Replacement,
    ResponseFor,
    Signer,
    Staff,
    StatusPacket,
    Trace,
)

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\nstartxref 0\n%%EOF\n"
SENDER = Organization(
    "H56.10", "Sở Tài chính tỉnh Mẫu", "UBND tỉnh Mẫu", "01 đường A, phường B, tỉnh Mẫu",
    "vanthu@stc.example.vn", "02370000001", "", "stc.example.vn")
RECEIVER = Organization("H56.02", "Sở Nội vụ tỉnh Mẫu")
STAFF = Staff("Văn phòng Sở", "Trần Thị Mẫu", "vanthu@stc.example.vn", "0900000000")


def attachment(folder, name, content, description=""):
    path = Path(folder) / f"source-{len(list(Path(folder).iterdir()))}"
    path.write_bytes(content)
    return Attachment(name=name, path=path, description=description)


def document(folder, business=None, **changes):
    values = {
        "sender": SENDER,
        "recipients": (RECEIVER,),
        "document_id": "H56.10,2026/03/09,118/STC-VP",
        "code_number": "118",
        "code_notation": "STC-VP",
        "place": "Thành phố Mẫu",
        "promulgation_date": date(2026, 3, 9),
        "kind": Kind("Công văn", 2, 18),
        "subject": "V/v cung cấp số liệu quý I năm 2026",
        "content": "V/v cung cấp số liệu quý I năm 2026",
        "signer": Signer("Nguyễn Văn Mẫu", "PHÓ GIÁM ĐỐC", "KT. GIÁM ĐỐC"),
        "due_date": date(2026, 3, 20),
        "other": OtherInfo(1, "Liên thông văn bản", "NVM", 1, 2, False, ("Phụ lục số liệu",)),
        "responses": (ResponseFor("H56.02", "77/SNV-VP", "H56.02,2026/03/02,77/SNV-VP", date(2026, 3, 2)),),
        "to_places": ("Như trên", "Lưu: VT"),
        "traces": (Trace("H56.10", datetime(2026, 3, 9, 8, 15, 30)),),
        "business": business or Business(0, "Văn bản điện tử mới", paper=False, staff=(STAFF,)),
        "attachments": (attachment(folder, "118_STC-VP.signed.pdf", PDF, "Văn bản chính đã ký số"),),
    }
    values.update(changes)
    return DocumentPacket(**values)


REVOKE = Business(1, "Ban hành nhầm", "H56.10,2026/03/09,118/STC-VP")
UPDATE = Business(
    2, "Bổ sung nơi nhận", "H56.10,2026/03/09,118/STC-VP", document_info=False, document_receiver=True,
    receivers=(Receiver("H56.03", 1), Receiver("H56.04", 0)))
REPLACE = Business(
    3, "Thay thế do sai số liệu",
    replacements=(Replacement("H56.10,2026/03/09,118/STC-VP", ("H56.02", "H56.03")),))


def status(code="03", **changes):
    values = {
        "sender": RECEIVER,
        "response_for": ResponseFor("H56.10", "118/STC-VP", "H56.10,2026/03/09,118/STC-VP", date(2026, 3, 9)),
        "status_code": code,
        "description": "Văn thư đã tiếp nhận, vào sổ văn bản đến",
        "timestamp": datetime(2026, 3, 9, 9, 2, 11),
        "staff": Staff("Văn phòng Sở", "Lê Thị Ví Dụ", "vanthu@snv.example.vn", "0900000001"),
    }
    values.update(changes)
    return StatusPacket(**values)
