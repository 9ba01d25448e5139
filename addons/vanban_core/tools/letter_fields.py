"""What a letter in the layout of NĐ 30/2020 (Phụ lục I) says of itself: number, symbol, date, issuer, abstract, signer, urgency.

Reads the text layer (or the result of character recognition) and gives suggestions only; a person confirms them.
"""

import datetime
import re

from . import text_fold
from .letter_lines import read

# folded names of kinds that stand above their abstract (NĐ 30/2020 Đ.7) → code of the kind
KINDS = {
    "nghi quyet": "nghi_quyet", "quyet dinh": "quyet_dinh", "chi thi": "chi_thi", "quy che": "quy_che", "quy dinh": "quy_dinh",
    "thong cao": "thong_cao", "thong bao": "thong_bao", "huong dan": "huong_dan", "chuong trinh": "chuong_trinh",
    "ke hoach": "ke_hoach", "phuong an": "phuong_an", "de an": "de_an", "du an": "du_an", "bao cao": "bao_cao",
    "bien ban": "bien_ban", "to trinh": "to_trinh", "hop dong": "hop_dong", "cong dien": "cong_dien",
    "ban ghi nho": "ban_ghi_nho", "ban thoa thuan": "ban_thoa_thuan", "giay uy quyen": "giay_uy_quyen",
    "giay moi": "giay_moi", "giay gioi thieu": "giay_gioi_thieu", "giay nghi phep": "giay_nghi_phep",
    "phieu gui": "phieu_gui", "phieu chuyen": "phieu_chuyen", "phieu bao": "phieu_bao", "thu cong": "thu_cong",
}  # fmt: skip
URGENCY = {"hoa toc": "3", "thuong khan": "2", "khan": "1"}
SECRECY = {"mat": "1", "toi mat": "2", "tuyet mat": "3"}
CAPACITY = {"tm": "tm", "kt": "kt", "tl": "tl", "tuq": "tuq", "q": "q"}
_HEADS = (
    "so", "bo", "ban", "cuc", "chi cuc", "tong cuc", "uy ban", "ubnd", "hdnd", "hoi dong", "van phong", "trung tam", "truong", "phong",
    "cong ty", "vien", "benh vien", "hoi", "doan", "lien doan", "bao hiem", "toa an", "cong an", "thanh tra", "dang uy", "tinh uy",
    "huyen uy", "thanh uy", "vu", "tap doan", "ngan hang", "kho bac", "thue", "hai quan", "mat tran", "hoc vien", "dai hoc",
)  # fmt: skip
# recognition confuses o, ó, 0 and 6 in «Số»
_NUMBER = re.compile(r"^\s*s[o06]\s*[:.;]?\s*(\d{1,6}[a-z]?)?\s*[/\-]\s*(.{1,60})$")
_DATE = re.compile(r"(?:^|[\s,])ngay\s*(\d{1,2})\s*thang\s*(\d{1,2})\s*nam\s*(\d{4})")
_DUE = re.compile(r"(?:truoc|cham nhat(?: la)?|den(?: het)?) ngay\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")
_CAPACITY = re.compile(r"^(tm|kt|tl|tuq|q)\s*\.\s*(.+)$")
_STOP = re.compile(r"^(can cu|kinh gui|thuc hien|noi nhan|xet |theo |dieu 1|i\.|1\.|phan )")
_POSITION = re.compile(
    r"^(pho )?(giam doc|chu tich|bo truong|thu truong|cuc truong|chi cuc truong|truong phong|chanh van phong|vien truong|"
    r"hieu truong|tong giam doc|truong ban|chanh thanh tra|bi thu|tong cuc truong|vu truong|chi huy truong)\b"
)


def fields_of_pdf(raw):
    """Suggestions from a PDF; {} when it has no text. See :func:`fields_of_lines`."""
    lines, _pages = read(raw, first=1, last=2)
    return fields_of_lines(lines)


def fields_of_lines(lines):
    """Suggestions from :class:`letter_lines.Line` of the first and the last pages.

    :return: dict of those found: ``code_number``, ``code_notation``, ``issue_date`` (ISO), ``place``, ``issuer_name``,
        ``parent_name``, ``kind`` (code of the kind), ``subject``, ``urgency``, ``secrecy``, ``external_due_date`` (ISO),
        ``signer_name``, ``signer_position``, ``signer_capacity``
    """
    first = [line for line in lines if line.page == 0]
    if not first:
        return {}
    height = max(line.bottom for line in first)
    found = {}
    number = next((line for line in first if line.top < height * 0.5 and _NUMBER.match(_plain(line.text))), None)
    if number is not None:
        found.update(_number(number.text))
    dated = next((line for line in first if line.top < height * 0.5 and _DATE.search(_plain(line.text))), None)
    if dated is not None:
        found.update(_date(dated.text))
    head_end = min((line.top for line in (number, dated) if line is not None), default=height * 0.2)
    found.update(_issuer([line for line in first if line.bottom <= head_end + 2 and line.centre < 0.48]))
    found.update(_about(first, number, dated, height))
    for line in first:
        plain = _plain(line.text).strip(" .")
        if line.top < height * 0.5 and line.text == line.text.upper():
            urgent = "4" if plain.startswith("hoa toc hen gio") else URGENCY.get(plain)
            if urgent:
                found["urgency"] = urgent
            if plain in SECRECY:
                found["secrecy"] = SECRECY[plain]
    due = _DUE.search(_plain(" ".join(line.text for line in lines)))
    if due and (day := _day(*due.groups())):
        found["external_due_date"] = day
    found.update(_signer(lines))
    return found


def _plain(text):
    return text_fold.fold(text)


def _number(text):
    # folding keeps the length word by word, not letter by letter: cut the original at its own separator
    body = re.sub(r"^\s*(?:[^:.;]{1,4}[:.;]|[^\d/:.;\-]{1,4})\s*", "", text, count=1)
    match = re.match(r"^\s*(\d{1,6}[a-zA-Z]?)?\s*([/\-])\s*(.+)$", body)
    if not match:
        return {}
    notation = re.sub(r"\s*([/\-–&.])\s*", r"\1", match[3]).replace("–", "-").split(" ")[0].strip(" .,;")
    if match[2] == "-":
        notation = "-" + notation
    found = {"code_notation": text_fold.normalize(notation)} if notation else {}
    if match[1]:
        found["code_number"] = match[1]
    return found


def _date(text):
    match = _DATE.search(_plain(text))
    day = _day(*match.groups())
    found = {"issue_date": day} if day else {}
    place = re.split(r",|\bngày\b|\bngay\b", text, maxsplit=1, flags=re.IGNORECASE)[0].strip(" ,.")
    if 1 < len(place) < 40:
        found["place"] = place
    return found


def _day(day, month, year):
    try:
        return datetime.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _issuer(lines):
    """The last name in the left head; what stands above it is the higher agency."""
    names = [line.text for line in lines if len(line.text) > 2 and line.text == line.text.upper() and any(map(str.isalpha, line.text))]
    if not names:
        return {}
    start = 0
    for index, name in enumerate(names):
        plain = _plain(name)
        if any(plain == head or plain.startswith(head + " ") for head in _HEADS):
            start = index
    found = {"issuer_name": text_fold.normalize(" ".join(names[start:]))}
    if start:
        found["parent_name"] = text_fold.normalize(" ".join(names[:start]))
    return found


def _about(first, number, dated, height):
    """Kind and abstract: «V/v …» below the number of an official letter, or the lines below the name of the kind."""
    below = (number or dated).bottom - 2 if (number or dated) else height * 0.1
    lines = [line for line in first if line.top > below]
    for index, line in enumerate(lines):
        plain = _plain(line.text)
        if line.centre < 0.5 and re.match(r"^v\s*/\s*v\b", plain):
            block = _block(line, [one for one in lines[index + 1 :] if one.centre < 0.5 and one.left < line.right])
            subject = re.sub(r"^\s*v\s*/\s*v\s*[:.]?\s*", "", " ".join(block), flags=re.IGNORECASE)
            return {"kind": "cong_van", "subject": "V/v " + text_fold.normalize(subject)}
        if line.text == line.text.upper() and plain.strip(" .:") in KINDS and 0.3 < line.centre < 0.7:
            after = [one for one in lines[index + 1 :] if 0.25 < one.centre < 0.75]
            block = _block(after[0], after[1:]) if after and not _STOP.match(_plain(after[0].text)) else []
            found = {"kind": KINDS[plain.strip(" .:")]}
            if block:
                found["subject"] = text_fold.normalize(" ".join(block))
            return found
    return {}


def _block(start, following):
    """Texts of the lines that belong together: no gap, not the beginning of the body."""
    block, last = [start.text], start
    for line in following[:8]:
        if line.top - last.bottom > max(last.height, line.height) * 0.9 or _STOP.match(_plain(line.text)) or len(block) == 5:
            break
        if set(line.text) <= set("-–—_*. "):
            break
        block.append(line.text)
        last = line
    return block


def _signer(lines):
    """Capacity, position and name at the lower right of the page where a position stands; the last such place counts."""
    right = [line for line in lines if line.centre > 0.5]
    for index in range(len(right) - 1, -1, -1):
        line = right[index]
        plain = _plain(line.text)
        if line.text != line.text.upper() or not _POSITION.match(plain):
            continue
        found = {"signer_position": text_fold.normalize(line.text)}
        before = right[index - 1] if index else None
        match = _CAPACITY.match(_plain(before.text)) if before is not None and before.page == line.page else None
        if match and line.top - before.bottom < line.height * 2:
            found["signer_capacity"] = CAPACITY[match[1]]
        name = next((one for one in right[index + 1 :] if one.page == line.page and _is_name(one.text)), None)
        if name is not None:
            found["signer_name"] = text_fold.normalize(name.text)
        return found
    for index in range(len(right) - 1, -1, -1):
        match = _CAPACITY.match(_plain(right[index].text))
        if match and right[index].text == right[index].text.upper():
            found = {"signer_capacity": CAPACITY[match[1]]}
            position = re.split(r"\.\s*", right[index].text, maxsplit=1)[1]
            if _POSITION.match(_plain(position)):
                found["signer_position"] = text_fold.normalize(position)
            name = next((one for one in right[index + 1 :] if one.page == right[index].page and _is_name(one.text)), None)
            if name is not None:
                found["signer_name"] = text_fold.normalize(name.text)
            return found
    return {}


def _is_name(text):
    words = re.sub(r"^(gs|pgs|ts|ths|bs|ks|cn)\.?\s*", "", text, flags=re.IGNORECASE).split()
    return 2 <= len(words) <= 6 and text != text.upper() and all(word[0].isupper() and word.isalpha() for word in words)
