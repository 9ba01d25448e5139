"""Record of a destruction (F-32; Luật Lưu trữ 2024): why, by whose decision, what, by whom, when; kept after the content is gone."""

from .paper import Paper


def destruction_record(data):
    """PDF bytes.

    :param data: ``agency``, ``parent``, ``number``, ``date``, ``reason``, ``decision``, ``decision_date``, ``proposer``, ``council``,
        ``opinion``, ``approver``, ``first``, ``second`` (texts), ``dossiers`` [{code, title, retention, expiry, reason}],
        ``destroyed`` [{code, name, files, digest}], ``kept`` [{code, name, other, expiry}]
    """
    paper = Paper("BIÊN BẢN HỦY TÀI LIỆU HẾT GIÁ TRỊ")
    paper.head(data["agency"], data["parent"], f"Số: {data['number']}")
    for line in (
        f"Thời gian hủy: {data['date']}.",
        f"Căn cứ quyết định hủy số {data['decision']} ngày {data['decision_date']} do {data['approver']} phê duyệt.",
        f"Người đề nghị: {data['proposer']}. Hội đồng xác định giá trị tài liệu: {data['council']}.",
        f"Ý kiến của hội đồng: {data['opinion']}",
        f"Lý do hủy: {data['reason']}",
        f"Xác nhận lần thứ nhất: {data['first']}. Xác nhận lần thứ hai: {data['second']}.",
    ):
        paper.add(line)
    paper.add("1. Danh mục hồ sơ hết giá trị", bold=True)
    paper.table(
        ["STT", "Mã hồ sơ", "Tiêu đề", "Thời hạn", "Hết hạn", "Lý do"],
        [
            [n, one["code"], one["title"], one["retention"], one["expiry"], one["reason"]]
            for n, one in enumerate(data["dossiers"], 1)
        ],
        [9, 50, 44, 18, 22, 22],
    )
    paper.add("2. Tài liệu đã hủy (nội dung không thể khôi phục; dữ liệu đặc tả được giữ lại)", bold=True)
    paper.table(
        ["STT", "Mã tài liệu", "Tên loại và trích yếu", "Số tệp", "SHA-256"],
        [[n, one["code"], one["name"], one["files"], one["digest"]] for n, one in enumerate(data["destroyed"], 1)],
        [9, 50, 44, 10, 52],
    )
    if data["kept"]:
        paper.add("3. Tài liệu được giữ lại vì còn thuộc hồ sơ khác chưa hủy", bold=True)
        paper.table(
            ["STT", "Mã tài liệu", "Trích yếu", "Hồ sơ còn giữ", "Thời hạn đến"],
            [[n, one["code"], one["name"], one["other"], one["expiry"]] for n, one in enumerate(data["kept"], 1)],
            [9, 50, 36, 50, 20],
        )
    paper.add("Biên bản được lập điện tử và lưu ít nhất 20 năm kể từ ngày hủy.")
    paper.signatures([("NGƯỜI PHÊ DUYỆT", data["approver"], ""), ("NGƯỜI THỰC HIỆN HỦY", data["executor"], "")])
    return paper.pdf()
