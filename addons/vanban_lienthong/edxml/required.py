"""Data that a packet must carry (QĐ 28/2018 Điều 10, QCVN 102) before it may leave."""
from .errors import Finding
from .model import StatusPacket
from .names import BUSINESS_TYPES, NEW, REPLACE, REVOKE, STATUS_CODES, STATUS_NEEDS_REASON, UPDATE

_LENGTHS = (
    # attribute path, label, longest
    ("code_number", "Số văn bản", 11),
    ("code_notation", "Ký hiệu văn bản", 30),
    ("place", "Nơi ban hành", 50),
    ("kind.name", "Tên loại văn bản", 100),
    ("subject", "Trích yếu", 500),
    ("content", "Nội dung tóm tắt", 500),
    ("signer.competence", "Quyền hạn ký", 100),
    ("signer.position", "Chức vụ người ký", 100),
    ("signer.full_name", "Họ tên người ký", 255),
    ("other.sphere", "Phạm vi lưu hành", 100),
    ("other.typer_notation", "Ký hiệu người soạn thảo", 10),
    ("document_id", "Mã định danh văn bản", 200),
    ("business.reason", "Lý do", 500),
)
_REQUIRED = (
    ("document_id", "Mã định danh văn bản"),
    ("code_number", "Số văn bản"),
    ("code_notation", "Ký hiệu văn bản"),
    ("promulgation_date", "Ngày ban hành"),
    ("kind.name", "Tên loại văn bản"),
    ("subject", "Trích yếu"),
    ("signer.full_name", "Họ tên người ký"),
)
_ORGANIZATION_LENGTHS = (
    ("organ_id", "mã định danh", 35), ("name", "tên", 200), ("in_charge", "cơ quan chủ quản", 500),
    ("address", "địa chỉ", 500), ("email", "thư điện tử", 100), ("telephone", "điện thoại", 50),
    ("fax", "fax", 50), ("website", "trang tin", 100),
)


def findings(packet):
    """List of :class:`Finding`; an empty list means that the packet may be sent."""
    found = []
    if isinstance(packet, StatusPacket):
        _status(packet, found)
    else:
        _document(packet, found)
    return found


def _get(packet, path):
    value = packet
    for part in path.split("."):
        value = getattr(value, part)
    return value


def _missing(found, path, label):
    found.append(Finding("MISSING", path, f"Thiếu {label[0].lower()}{label[1:]}."))


def _organization(found, organization, path, who):
    if not organization.organ_id:
        found.append(Finding("MISSING", f"{path}.organ_id", f"Thiếu mã định danh của {who}."))
    if not organization.name:
        found.append(Finding("MISSING", f"{path}.name", f"Thiếu tên của {who}."))
    for name, label, longest in _ORGANIZATION_LENGTHS:
        if len(getattr(organization, name)) > longest:
            found.append(Finding(
                "TOO_LONG", f"{path}.{name}", f"Phần {label} của {who} dài quá {longest} ký tự."))


def _document(packet, found):
    _organization(found, packet.sender, "sender", "cơ quan gửi")
    if not packet.recipients:
        _missing(found, "recipients", "Cơ quan nhận")
    seen = set()
    for index, recipient in enumerate(packet.recipients):
        _organization(found, recipient, f"recipients[{index}]", f"cơ quan nhận “{recipient.name or index + 1}”")
        key = recipient.organ_id.strip().upper()
        if key and key in seen:
            found.append(Finding("VALUE", f"recipients[{index}]", f"Cơ quan nhận {recipient.organ_id} bị ghi hai lần."))
        seen.add(key)
    for path, label in _REQUIRED:
        if not _get(packet, path):
            _missing(found, path, label)
    for path, label, longest in _LENGTHS:
        if len(_get(packet, path)) > longest:
            found.append(Finding("TOO_LONG", path, f"{label} dài quá {longest} ký tự."))
    if packet.other.priority not in range(5):
        found.append(Finding("VALUE", "other.priority", "Độ khẩn phải từ 0 đến 4."))
    _business(packet, found)
    for index, attachment in enumerate(packet.attachments):
        if not attachment.name:
            _missing(found, f"attachments[{index}].name", "Tên tệp đính kèm")
        elif len(attachment.name) > 200:
            found.append(Finding("TOO_LONG", f"attachments[{index}].name", "Tên tệp đính kèm dài quá 200 ký tự."))


def _business(packet, found):
    business = packet.business
    if business.doc_type not in BUSINESS_TYPES:
        found.append(Finding("VALUE", "business.doc_type", "Loại nghiệp vụ phải là 0, 1, 2 hoặc 3."))
        return
    if business.doc_type != NEW and not business.reason:
        label = BUSINESS_TYPES[business.doc_type].lower()
        found.append(Finding("MISSING", "business.reason", f"Thiếu lý do {label}."))
    if business.doc_type in (REVOKE, UPDATE) and not business.document_id:
        _missing(found, "business.document_id", "Mã định danh của văn bản bị thu hồi hoặc cập nhật")
    if business.doc_type == REPLACE and not any(item.document_id for item in business.replacements):
        _missing(found, "business.replacements", "Văn bản bị thay thế")
    if business.doc_type in (NEW, REPLACE) and not packet.attachments:
        _missing(found, "attachments", "Tệp văn bản")


def _status(packet, found):
    _organization(found, packet.sender, "sender", "cơ quan báo trạng thái")
    if packet.status_code not in STATUS_CODES:
        found.append(Finding("VALUE", "status_code", f"Mã trạng thái “{packet.status_code}” không có trong danh mục."))
    if not packet.response_for.document_id:
        _missing(found, "response_for.document_id", "Mã định danh văn bản")
    if not packet.response_for.organ_id:
        _missing(found, "response_for.organ_id", "Mã định danh cơ quan kia")
    if not packet.timestamp:
        _missing(found, "timestamp", "Thời điểm")
    if packet.status_code in STATUS_NEEDS_REASON and not packet.description:
        _missing(found, "description", "Lý do")
