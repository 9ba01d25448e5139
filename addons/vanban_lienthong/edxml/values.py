"""Reading single values: dates, numbers and file names as they really come."""
import re
import unicodedata
from datetime import date, datetime

from .errors import HOLD, NOTE, Remark

_DATE_FORMATS = (
    ("%Y/%m/%d", True),
    ("%Y-%m-%d", False),
    ("%d/%m/%Y", False),
    ("%d-%m-%Y", False),
    ("%Y%m%d", False),
)
_TIME_FORMATS = ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f")
_ZONE = re.compile(r"(?:Z|[+-]\d{2}:?\d{2})$")
_EARLIEST_YEAR = 1945
_INTEGER = re.compile(r"-?[0-9]{1,9}")

# Marks that turn the reading direction or are invisible: they disguise an extension.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')
_WINDOWS_DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_DRIVE = re.compile(r"^[A-Za-z]:[\\/]")

# Characters that XML 1.0 cannot carry, even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text):
    """``text`` without characters that XML cannot carry (a space stands in for each)."""
    return _NOT_XML.sub(" ", text)


def read_date(text, path):
    """(date or None, remarks). Accepts the written form and the usual mistakes."""
    moment, remarks = _moment(text, path)
    return (moment.date() if moment else None), remarks


def read_timestamp(text, path):
    """(naive datetime in Vietnamese time or None, remarks)."""
    return _moment(text, path)


def _moment(text, path):
    text = text.strip()
    if not text:
        return None, ()
    head, _sep, tail = text.replace("T", " ", 1).partition(" ")
    for date_format, regular in _DATE_FORMATS:
        try:
            day = datetime.strptime(head, date_format)
        except ValueError:
            continue
        if day.year < _EARLIEST_YEAR:
            continue
        clock = _clock(tail)
        remarks = ()
        if not regular or clock is None or text != " ".join(text.split()) or "T" in text:
            remarks = (Remark(
                "DATE_FORMAT",
                f"Ngày giờ “{text[:40]}” không đúng dạng năm/tháng/ngày; hệ thống hiểu là "
                f"ngày {day:%d/%m/%Y}. Đề nghị kiểm tra với văn bản.", NOTE, path),)
        return datetime.combine(day.date(), clock or datetime.min.time()), remarks
    return None, (Remark(
        "DATE_UNREADABLE",
        f"Không đọc được ngày “{text[:40]}”. Đề nghị nhập ngày theo văn bản.", NOTE, path),)


def _clock(tail):
    tail = _ZONE.sub("", tail.strip()).strip()
    if not tail:
        return datetime.min.time()
    for time_format in _TIME_FORMATS:
        try:
            return datetime.strptime(tail, time_format).time().replace(microsecond=0)
        except ValueError:
            continue
    return None


def read_int(text, path, default):
    """(int or ``default``, remarks)."""
    text = text.strip()
    if not text:
        return default, ()
    if _INTEGER.fullmatch(text):
        return int(text), ()
    return default, (Remark(
        "NUMBER_UNREADABLE", f"“{text[:40]}” không phải là số; hệ thống bỏ qua giá trị này.",
        NOTE, path),)


def read_flag(text, path):
    """(True, False or None, remarks)."""
    value = text.strip().lower()
    if not value:
        return None, ()
    if value in ("1", "true", "yes"):
        return True, ()
    if value in ("0", "false", "no"):
        return False, ()
    return None, (Remark(
        "FLAG_UNREADABLE", f"“{text[:40]}” không phải là 0 hoặc 1; hệ thống bỏ qua giá trị này.",
        NOTE, path),)


def safe_name(raw, index, limit):
    """(file name that is never a path, remarks). ``index`` names a file without a name."""
    cleaned = unicodedata.normalize("NFC", raw).strip()
    remarks = []
    parts = re.split(r"[\\/]", cleaned)
    if ".." in (part.strip() for part in parts) or cleaned.startswith(("/", "\\")) or "\x00" in cleaned:
        remarks.append(Remark(
            "NAME_PATH",
            f"Tên tệp đính kèm “{_shown(raw)}” chứa đường dẫn, có thể là tấn công. Chỉ dùng phần tên "
            "tệp; đề nghị kiểm tra với bên gửi trước khi tiếp nhận.", HOLD, "Attachment/AttachmentName"))
    elif len(parts) > 1 or _DRIVE.match(cleaned):
        remarks.append(Remark(
            "NAME_CLEANED", f"Tên tệp “{_shown(raw)}” kèm đường dẫn; chỉ dùng phần tên tệp.",
            NOTE, "Attachment/AttachmentName"))
    name = parts[-1]
    plain = _FORBIDDEN.sub("_", _INVISIBLE.sub("", name)).strip().strip(".").strip()
    if _WINDOWS_DEVICES.match(plain):
        plain = "_" + plain
    plain = _shorten(plain, limit)
    if not plain:
        plain = f"tep-dinh-kem-{index}.bin"
    if plain != name and not remarks:
        remarks.append(Remark(
            "NAME_CLEANED", f"Tên tệp “{_shown(raw)}” được đổi thành “{plain}”.",
            NOTE, "Attachment/AttachmentName"))
    return plain, tuple(remarks)


def _shorten(name, limit):
    if len(name) <= limit:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        return name[:limit]
    return stem[:limit - len(extension) - 1] + "." + extension


def _shown(raw):
    return "".join(c if c.isprintable() else "·" for c in raw[:80])


def extension(name):
    """Lower-case extension without the dot, or an empty string."""
    _stem, dot, tail = name.rpartition(".")
    return tail.lower() if dot else ""


def format_date(value: date | None):
    return value.strftime("%Y/%m/%d") if value else ""


def format_timestamp(value: datetime | None):
    return value.strftime("%Y/%m/%d %H:%M:%S") if value else ""
