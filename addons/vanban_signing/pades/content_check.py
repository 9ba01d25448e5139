"""What must not be signed: unreadable files, and content that can look different tomorrow (shadow content).

Checked before the token is touched. The check is strict on purpose: a clean export from Word or LibreOffice passes, anything
that could be switched, hidden, replaced or executed does not, and the message says how to get a clean file.
"""

import io
from dataclasses import dataclass, field

import pikepdf

from .covered import covered_text
from .errors import ContentError

MAX_BYTES = 200 * 1024 * 1024
MAX_OBJECTS = 1_000_000
MAX_PAGES = 10_000
_REMEDY = "Hãy xuất lại tệp PDF từ phần mềm soạn thảo (không thêm lớp, chú thích, biểu mẫu, tệp đính kèm) rồi ký."
_KINDS = (
    (b"MZ", "tệp chương trình (.exe)"),
    (b"PK\x03\x04", "tệp nén hoặc tệp Word/Excel"),
    (b"\xd0\xcf\x11\xe0", "tệp Office đời cũ"),
    (b"\x89PNG", "ảnh PNG"),
    (b"\xff\xd8\xff", "ảnh JPEG"),
    (b"II*\0", "ảnh TIFF"),
    (b"\x7fELF", "tệp chương trình"),
    (b"<?xml", "tệp XML"),
    (b"<html", "trang web"),
    (b"{\\rtf", "tệp RTF"),
)
_BAD_ACTIONS = {
    "/JavaScript": "mã JavaScript",
    "/Launch": "lệnh chạy chương trình",
    "/SubmitForm": "lệnh gửi biểu mẫu",
    "/ImportData": "lệnh nạp dữ liệu",
    "/ResetForm": "lệnh xóa biểu mẫu",
    "/Hide": "lệnh ẩn nội dung",
    "/SetOCGState": "lệnh bật tắt lớp",
    "/Rendition": "phương tiện nhúng",
    "/Movie": "phim nhúng",
    "/Sound": "âm thanh nhúng",
    "/GoToE": "liên kết vào tệp nhúng",
    "/GoToR": "liên kết tới tệp ngoài",
    "/RichMediaExecute": "phương tiện nhúng",
    "/Trans": "hiệu ứng chuyển nội dung",
    "/GoTo3DView": "mô hình 3D",
}
_LINK_ACTIONS = {"/URI", "/GoTo", "/Named"}


@dataclass(frozen=True)
class Problem:
    """One finding: stable English ``code``, Vietnamese ``message``, 1-based ``page`` or None."""

    code: str
    message: str
    page: int | None = None


@dataclass
class ContentReport:
    """Result of ``check``: ``pages`` and the problems; signable when there are none."""

    pages: int = 0
    problems: list = field(default_factory=list)

    @property
    def ok(self):
        return not self.problems

    def add(self, code, message, page=None):
        if not any(known.code == code and known.page == page for known in self.problems):
            self.problems.append(Problem(code, message, page))


def require_signable(pdf):
    """ContentError with every finding in one message; returns the number of pages."""
    report = check(pdf)
    if report.ok:
        return report.pages
    raise ContentError(report.problems[0].code, " ".join(dict.fromkeys(problem.message for problem in report.problems)))


def check(pdf):
    """Draft bytes → ContentReport; never raises for a bad file."""
    report = ContentReport()
    if _refused_as_file(pdf, report):
        return report
    try:
        with pikepdf.open(io.BytesIO(pdf), attempt_recovery=False, suppress_warnings=True) as document:
            if document.is_encrypted:
                _encrypted(report)
                return report
            _structure(document, pdf, report)
            if report.ok:
                for page, share in covered_text(pdf):
                    report.add(
                        "covered",
                        f"Trang {page + 1} có chữ bị hình hoặc khối màu che ({share:.0%} diện tích chữ). {_REMEDY}",
                        page + 1,
                    )
    except pikepdf.PasswordError:
        _encrypted(report)
    except (pikepdf.PdfError, ValueError, RuntimeError, RecursionError, OverflowError) as error:
        report.add(
            "broken",
            f"Tệp PDF bị hỏng, không đọc được ({type(error).__name__}). Hãy xuất lại tệp PDF rồi tải lên lần nữa.",
        )
    return report


def _encrypted(report):
    report.add(
        "encrypted", "Tệp PDF có mật khẩu hoặc bị mã hóa nên không ký được. Hãy bỏ mật khẩu, xuất lại tệp rồi tải lên."
    )


def _refused_as_file(pdf, report):
    if not pdf:
        report.add("empty", "Tệp rỗng (0 byte). Hãy chọn lại tệp PDF.")
    elif len(pdf) > MAX_BYTES:
        report.add(
            "too_big", f"Tệp lớn {len(pdf) // 2**20} MB, vượt mức {MAX_BYTES // 2**20} MB. Hãy giảm dung lượng tệp."
        )
    elif not pdf.startswith(b"%PDF-"):
        kind = next((name for magic, name in _KINDS if pdf[:64].lstrip().startswith(magic)), None)
        report.add(
            "not_pdf",
            f"Đây không phải tệp PDF{f' mà là {kind}' if kind else ''}, dù tên tệp thế nào. Chỉ ký tệp PDF: "
            "hãy chuyển văn bản sang PDF rồi ký.",
        )
    return bool(report.problems)


def _structure(document, pdf, report):
    root = document.Root
    report.pages = len(document.pages)
    if not report.pages or report.pages > MAX_PAGES:
        report.add("pages", f"Tệp PDF có {report.pages} trang; cần từ 1 đến {MAX_PAGES} trang.")
        return
    if len(document.objects) > MAX_OBJECTS:
        report.add("too_complex", f"Tệp PDF quá phức tạp ({len(document.objects)} đối tượng). {_REMEDY}")
        return
    _revisions(document, pdf, report)
    if "/OCProperties" in root:
        report.add("layers", f"Tệp PDF có lớp nội dung bật/tắt được. {_REMEDY}")
    for key, name in (
        ("/AA", "hành động tự chạy"),
        ("/Collection", "tập tệp đính kèm"),
        ("/Requirements", "yêu cầu chạy mã"),
        ("/NeedsRendering", "biểu mẫu động"),
    ):
        if key in root:
            report.add("catalog", f"Tệp PDF có {name}. {_REMEDY}")
    action = root.get("/OpenAction")
    if isinstance(action, pikepdf.Dictionary) and str(action.get("/S", "")) != "/GoTo":
        report.add("open_action", f"Tệp PDF có lệnh tự chạy khi mở. {_REMEDY}")
    names = root.get("/Names", {})
    if "/JavaScript" in names:
        report.add("javascript", f"Tệp PDF chứa mã JavaScript. {_REMEDY}")
    if "/EmbeddedFiles" in names or "/AF" in root:
        report.add("embedded_file", f"Tệp PDF có tệp đính kèm bên trong. {_REMEDY}")
    form = root.get("/AcroForm")
    if form is not None:
        if "/XFA" in form:
            report.add("xfa", f"Tệp PDF là biểu mẫu XFA, nội dung thay đổi được. {_REMEDY}")
        if len(form.get("/Fields", [])):
            report.add("fields", f"Tệp PDF có trường biểu mẫu hoặc chữ ký sẵn. {_REMEDY}")
    _annotations(document, report)
    _objects(document, report)


def _revisions(document, pdf, report):
    ends = pdf.count(b"startxref")
    allowed = 2 if document.is_linearized else 1
    if ends > allowed:
        report.add("revisions", f"Tệp PDF chứa {ends} phiên bản chồng lên nhau (đã bị sửa sau khi xuất). {_REMEDY}")


def _annotations(document, report):
    for number, page in enumerate(document.pages, 1):
        if "/AA" in page:
            report.add("page_action", f"Trang {number} có hành động tự chạy. {_REMEDY}", number)
        for annotation in page.get("/Annots", []):
            if not isinstance(annotation, pikepdf.Dictionary):
                continue
            kind = str(annotation.get("/Subtype", ""))
            action = annotation.get("/A", {})
            plain_link = (
                kind == "/Link"
                and "/AP" not in annotation
                and "/AA" not in annotation
                and ("/A" not in annotation or str(action.get("/S", "")) in _LINK_ACTIONS)
            )
            if not plain_link:
                report.add(
                    "annotation",
                    f"Trang {number} có chú thích hoặc đối tượng chồng lên nội dung ({kind.strip('/') or 'không rõ'}). "
                    f"{_REMEDY}",
                    number,
                )


def _objects(document, report):
    for item in document.objects:
        if not isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
            continue
        dictionary = item.stream_dict if isinstance(item, pikepdf.Stream) else item
        action = dictionary.get("/S")
        if (
            isinstance(action, pikepdf.Name)
            and str(action) in _BAD_ACTIONS
            and str(dictionary.get("/Type", "/Action")) == "/Action"
        ):
            report.add("action", f"Tệp PDF có {_BAD_ACTIONS[str(action)]}. {_REMEDY}")
        if "/JS" in dictionary:
            report.add("javascript", f"Tệp PDF chứa mã JavaScript. {_REMEDY}")
        kind = str(dictionary.get("/Type", ""))
        if kind == "/EmbeddedFile":
            report.add("embedded_file", f"Tệp PDF có tệp đính kèm bên trong. {_REMEDY}")
        if kind in ("/OCG", "/OCMD") or "/OC" in dictionary:
            report.add("layers", f"Tệp PDF có lớp nội dung bật/tắt được. {_REMEDY}")
        if isinstance(item, pikepdf.Stream):
            if "/F" in dictionary:
                report.add("external", f"Tệp PDF lấy nội dung từ tệp bên ngoài. {_REMEDY}")
            if "/Alternates" in dictionary or "/Ref" in dictionary or str(dictionary.get("/Subtype", "")) == "/PS":
                report.add("alternate", f"Tệp PDF có nội dung thay thế được. {_REMEDY}")
