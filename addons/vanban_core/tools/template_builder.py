"""Makes the templates shipped in ``data/templates``: the layouts of NĐ 30/2020/NĐ-CP, Phụ lục III, and working forms.

``python -m tools.template_builder FOLDER`` (with ``addons/vanban_core`` on the path). Agencies change the result in
Word; the fields in braces are those of ``vanban.template``. Which kind a file is for, and the text a draft begins with,
stand in ``data/templates/templates.csv``.
"""

import pathlib
import sys

from . import template_parts as parts
from .template_parts import CENTER


def build(folder):
    """Write one ``.docx`` per layout into ``folder``; returns their paths."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, layout in LAYOUTS.items():
        document = parts.page()
        layout(document)
        path = folder / f"{name}.docx"
        document.core_properties.author = "Văn bản"
        document.core_properties.title = name
        document.save(path)
        paths.append(path)
    return paths


def _letter(document):
    """Công văn (mẫu 1.5)."""
    parts.head(document, subject_left=True)
    parts.listed(document, "Kính gửi:")
    parts.body(document)
    parts.foot(document)
    parts.contact_line(document)


def _decision(document):
    """Nghị quyết, quyết định quy định trực tiếp (mẫu 1.1, 1.2)."""
    parts.head(document)
    parts.title(document)
    parts.text(document, "{{ authority }}", size=14, bold=True, align=CENTER, before=6, after=6)
    parts.body(document)
    parts.foot(document)


def _decision_with_text(document):
    """Quyết định quy định gián tiếp: issues or approves the text that follows it (mẫu 1.3)."""
    _decision(document)
    parts.annex(document, "{{ annex_kind }}", "(Ban hành kèm theo {{ kind_title }} của {{ issuer_title }})")


def _named(document):
    """Văn bản có tên loại (mẫu 1.4)."""
    parts.head(document)
    parts.title(document)
    parts.tag(document, "{%p if addressed %}")
    parts.tag(document, "{%p if to_list %}")
    parts.text(document, "Kính gửi: {{ to_list|join('; ') }}", size=14, align=CENTER, before=6, after=6)
    parts.tag(document, "{%p endif %}")
    parts.tag(document, "{%p endif %}")
    parts.body(document)
    parts.foot(document)


def _telegram(document):
    """Công điện (mẫu 1.6)."""
    parts.head(document)
    parts.title(document)
    parts.listed(document, "{{ authority }} điện:")
    parts.body(document)
    parts.foot(document)
    parts.contact_line(document)


def _invitation(document):
    """Giấy mời (mẫu 1.7)."""
    parts.head(document)
    parts.title(document)
    parts.listed(document, "{{ issuer_title }} trân trọng kính mời:")
    parts.body(document)
    parts.foot(document)
    parts.contact_line(document)


def _introduction(document):
    """Giấy giới thiệu (mẫu 1.8)."""
    parts.head(document)
    parts.title(document, subject=None)
    parts.line(document, "{{ issuer_title }} trân trọng giới thiệu:")
    parts.body(document)
    parts.line(document, "Được cử đến: {{ to_list|join('; ') }}")
    parts.line(document, "Về việc: {{ subject }}")
    parts.line(document, "Đề nghị Quý cơ quan tạo điều kiện để ông (bà) có tên ở trên hoàn thành nhiệm vụ./.")
    parts.foot(document)
    parts.contact_line(document)


def _minutes(document):
    """Biên bản (mẫu 1.9): the secretary signs on the left, the chair on the right."""
    parts.head(document)
    parts.title(document)
    parts.body(document)
    parts.foot(document, left_signature=("THƯ KÝ", "{{ drafter_name }}"))


def _leave(document):
    """Giấy nghỉ phép (mẫu 1.10)."""
    parts.head(document)
    parts.title(document, subject=None)
    parts.body(document)
    parts.foot(document, left_signature=("Xác nhận của cơ quan, tổ chức (nếu cần)", ""))
    parts.contact_line(document)


def _annex(document):
    """Phụ lục as a file of its own (mẫu 2.1, 2.2)."""
    parts.annex_text(document, "PHỤ LỤC", "(Kèm theo {{ kind_title }} của {{ issuer_title }})")


def _copy(document):
    """Bản sao: sao y, sao lục, trích sao on the form of copies (mẫu 3.1)."""
    parts.head(document, middle="{{ kind_name }}")
    parts.body(document)
    parts.foot(document)


def _extract(document):
    """Trích sao as text: the form of the copied document made again around the copied part (NĐ 30/2020 Đ.25.3b)."""
    left, right = parts.columns(document)
    parts.text(left, "{{ original.agency }}", size=12, bold=True, align=CENTER, first=True)
    parts.rule(left, 22)
    parts.text(left, "Số: {{ original.code }}", align=CENTER, before=6)
    parts.motto(right, first=True)
    parts.text(right, "{{ original.place_date }}", italic=True, align=CENTER, before=6)
    parts.title(document, "{{ original.kind }}", "{{ original.subject }}")
    parts.body(document, "extract_paragraphs")
    parts.text(document, "", size=6)
    _left, right = parts.columns(document)
    parts.text(right, "{{ original.position }}", bold=True, align=CENTER, first=True, keep=True)
    parts.text(right, "(Đã ký)", italic=True, align=CENTER, before=12, keep=True)
    parts.text(right, "{{ original.signer }}", size=14, bold=True, align=CENTER, before=12)


def _question(document):
    """Phiếu xin ý kiến giải quyết công việc (F-01); carries no number."""
    _form_head(document, "PHIẾU XIN Ý KIẾN GIẢI QUYẾT CÔNG VIỆC")
    parts.listed(document, "Kính gửi:")
    parts.line(document, "1. Nội dung cần báo cáo, xin ý kiến: {{ subject }}")
    parts.body(document)
    parts.line(document, "2. Ý kiến đề xuất: {{ document.summary }}")
    parts.foot(document)


def _request(document):
    """Phiếu đề nghị (F-02)."""
    _form_head(document, "PHIẾU ĐỀ NGHỊ")
    parts.listed(document, "Kính gửi:")
    parts.line(document, "Đơn vị đề nghị: {{ unit_name }}")
    parts.line(document, "Nội dung đề nghị: {{ subject }}")
    parts.body(document)
    parts.foot(document)


def _proposal(document):
    """Tờ trình (F-06)."""
    parts.head(document)
    parts.title(document)
    parts.listed(document, "Kính gửi:")
    parts.body(document)
    parts.tag(document, "{%p if document.summary %}")
    parts.line(document, "Ý kiến đề xuất: {{ document.summary }}")
    parts.tag(document, "{%p endif %}")
    parts.foot(document)


def _form_head(document, name):
    left, right = parts.columns(document)
    parts.text(left, "{{ agency_name }}", size=12, align=CENTER, first=True)
    parts.text(left, "{{ unit_name|upper }}", size=12, bold=True, align=CENTER)
    parts.rule(left, 22)
    parts.motto(right, first=True)
    place = parts.text(right, "{{ place }},", italic=True, align=parts.RIGHT_ALIGNED, before=6)
    place.paragraph_format.right_indent = parts.DATE_GAP
    parts.title(document, name, None)


LAYOUTS = {
    "cong_van": _letter,
    "nghi_quyet": _decision,
    "quyet_dinh": _decision,
    "quyet_dinh_gian_tiep": _decision_with_text,
    "co_ten_loai": _named,
    "cong_dien": _telegram,
    "giay_moi": _invitation,
    "giay_gioi_thieu": _introduction,
    "bien_ban": _minutes,
    "giay_nghi_phep": _leave,
    "phu_luc": _annex,
    "ban_sao": _copy,
    "noi_dung_trich_sao": _extract,
    "phieu_xin_y_kien": _question,
    "phieu_de_nghi": _request,
    "van_ban_trao_doi": _letter,  # F-04: the letter of a unit
    "to_trinh": _proposal,
}


if __name__ == "__main__":
    for path in build(sys.argv[1]):
        print(path)
