"""Minutes of the hand-over (F-30; NĐ 30/2020, Phụ lục V): parties, counts, list, results of the checks. Vietnamese form."""

from .paper import Paper

RESULTS = {"passed": "Đạt", "failed": "Không đạt", "manual": "Chờ kết luận", "not_applicable": "Không áp dụng"}
CHECKS = {
    "plan": "Đối chiếu danh mục, mã hồ sơ",
    "metadata": "Dữ liệu đặc tả đầy đủ",
    "complete": "Tài liệu đủ, đúng thứ tự",
    "readable": "Mở đọc được",
    "integrity": "Toàn vẹn (SHA-256)",
    "authenticity": "Xác thực chữ ký số",
    "format": "Định dạng thống nhất",
    "malware": "Không có mã độc",
    "paper": "Hồ sơ giấy kèm theo",
}


def handover_minutes(data):
    """PDF bytes.

    :param data: ``agency``, ``parent``, ``number``, ``date`` (text), ``giver``/``receiver`` {name, title},
        ``dossiers`` [{code, title, period, retention, documents, files, pages, sheets, note}], ``checks`` [(code, kind, result, detail)]
    """
    paper = Paper("BIÊN BẢN GIAO NHẬN HỒ SƠ, TÀI LIỆU")
    paper.head(data["agency"], data["parent"], f"Số: {data['number']}")
    paper.add(f"Thời gian: {data['date']}.")
    paper.add(f"BÊN GIAO: {data['giver']['name']}, {data['giver']['title']}", bold=True)
    paper.add(f"BÊN NHẬN: {data['receiver']['name']}, {data['receiver']['title']}", bold=True)
    paper.add("Hai bên thống nhất lập biên bản giao nhận hồ sơ, tài liệu vào lưu trữ hiện hành như sau:")
    dossiers = data["dossiers"]
    total = {key: sum(one[key] for one in dossiers) for key in ("documents", "files", "pages", "sheets")}
    paper.add(
        f"1. Tài liệu điện tử: {len(dossiers)} hồ sơ, {total['documents']} văn bản, tài liệu, {total['files']} tệp tin, {total['pages']} trang."
    )
    paper.add(f"2. Tài liệu giấy kèm theo: {total['sheets']} tờ.")
    paper.add("3. Mục lục hồ sơ, tài liệu nộp lưu:")
    paper.table(
        ["STT", "Số, ký hiệu hồ sơ", "Tiêu đề hồ sơ", "Thời gian tài liệu", "Thời hạn bảo quản", "Số trang", "Ghi chú"],
        [
            [n, one["code"], one["title"], one["period"], one["retention"], one["pages"], one["note"]]
            for n, one in enumerate(dossiers, 1)
        ],
        [9, 50, 36, 24, 18, 12, 16],
    )
    paper.add("4. Kết quả kiểm tra khi tiếp nhận:")
    paper.table(
        ["Hồ sơ", "Nội dung kiểm tra", "Kết quả", "Chi tiết"],
        [[code, CHECKS.get(kind, kind), RESULTS.get(result, result), detail] for code, kind, result, detail in data["checks"]],
        [50, 40, 20, 55],
    )
    paper.add("Biên bản được lập điện tử, hai bên xác nhận trên hệ thống bằng tài khoản của mình.")
    paper.signatures([
        ("BÊN GIAO", data["giver"]["name"], data["giver"].get("signed", "")),
        ("BÊN NHẬN", data["receiver"]["name"], data["receiver"].get("signed", "")),
    ])
    return paper.pdf()
