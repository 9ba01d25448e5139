"""Names and codes of the packet format (QCVN 102:2016/BTTTT, amended 2022).

The double s of ``Bussiness`` and the literal prefix ``edXML`` are part of the format: some
consumers look for the qualified name as text.
"""

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
LEGACY_NAMESPACE = "http://www.e-doc.vn/Schema/"
DSIG_NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"
SOAP_NAMESPACE = "http://schemas.xmlsoap.org/soap/envelope/"
PREFIX = "edXML"

DATE_FORMAT = "%Y/%m/%d"
TIMESTAMP_FORMAT = "%Y/%m/%d %H:%M:%S"

# Business types of a document packet.
NEW, REVOKE, UPDATE, REPLACE = 0, 1, 2, 3
BUSINESS_TYPES = {
    NEW: "Văn bản mới",
    REVOKE: "Thu hồi văn bản",
    UPDATE: "Cập nhật văn bản",
    REPLACE: "Thay thế văn bản",
}

# Status codes of a status packet. Codes 07-12 and 14 are not used by anybody.
ARRIVED, REJECTED, ACCEPTED, ASSIGNED, PROCESSING, COMPLETED = "01", "02", "03", "04", "05", "06"
TAKE_BACK, AGREED, REFUSED = "13", "15", "16"
STATUS_CODES = {
    ARRIVED: "Đã đến",
    REJECTED: "Từ chối tiếp nhận",
    ACCEPTED: "Đã tiếp nhận",
    ASSIGNED: "Phân công",
    PROCESSING: "Đang xử lý",
    COMPLETED: "Hoàn thành",
    TAKE_BACK: "Yêu cầu lấy lại",
    AGREED: "Đồng ý thu hồi, lấy lại, cập nhật",
    REFUSED: "Từ chối thu hồi, lấy lại, cập nhật",
}
# An answer to an update begins so: codes 15 and 16 alone do not say which request they answer.
ABOUT_UPDATE = "Về cập nhật văn bản: "
STATUS_NEEDS_REASON = frozenset({REJECTED, TAKE_BACK, REFUSED})

PRIORITIES = {0: "Thường", 1: "Khẩn", 2: "Thượng khẩn", 3: "Hỏa tốc", 4: "Hỏa tốc hẹn giờ"}

# Dialects a packet may be written in.
JAVA, DOTNET, SOAP = "java", "dotnet", "soap"
