"""The first group of a verdict: is everything that was signed still what it was, and did only the permitted things come later?

Stricter than common validators: appearance streams changed in place are refused, later changes of form fields are allowed only for
number and date (each written once) and for signature fields, new signature fields may not lie empty on a page, nor be added at
all to a document that its author certified.
"""

import hashlib
import re

from asn1crypto import parser
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, ModificationLevel, StandardDiffPolicy
from pyhanko.sign.diff_analysis.form_rules_api import FormUpdatingRule
from pyhanko.sign.diff_analysis.rules.form_field_rules import (
    GenericFieldModificationRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
)
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.status import SignatureCoverageLevel

from . import DATE, NUMBER
from .report import VALID

POLICY = StandardDiffPolicy(
    global_rules=DEFAULT_DIFF_POLICY.global_rules,
    form_rule=FormUpdatingRule(
        [
            SigFieldCreationRule(),
            SigFieldModificationRule(allow_in_place_appearance_stream_changes=False),
            GenericFieldModificationRule(allow_in_place_appearance_stream_changes=False),
        ]
    ),
)
_HEX = re.compile(rb"<[0-9A-Fa-f]+>")


def judge(one, embedded, status, signature_fields):
    """Fill the group "signature" and the facts about later changes. ``signature_fields``: all names of such fields today."""
    group = one.groups["signature"]
    one.covers_file = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    one.covers_revision = status.coverage in (
        SignatureCoverageLevel.ENTIRE_FILE,
        SignatureCoverageLevel.ENTIRE_REVISION,
    )
    level = status.modification_level
    one.later_changes = level.name if level is not None else "UNKNOWN"
    changed = getattr(status.diff_result, "changed_form_fields", None) or set()
    one.changed_fields = sorted(str(name) for name in changed)
    if not status.intact:
        group.invalid("Văn bản không toàn vẹn: nội dung đã bị thay đổi sau khi ký.")
    elif not status.valid:
        group.invalid("Chữ ký số sai: không khớp với khóa của chứng thư số.")
    elif not one.covers_revision:
        group.invalid("Chữ ký không bao phủ trọn phiên bản văn bản, không công nhận.")
    elif not one.covers_file and embedded.signed_revision == embedded.reader.xrefs.total_revisions - 1:
        group.invalid("Sau phần đã ký còn dữ liệu lạ ở cuối tệp, không công nhận.")
    elif _odd_container(embedded):
        group.invalid("Vùng chứa chữ ký có dữ liệu lạ, không công nhận.")
    elif level is None or level == ModificationLevel.OTHER:
        group.invalid("Văn bản bị thay đổi sau khi ký, ngoài phạm vi được phép.")
    elif status.docmdp_ok is False or level.value > ModificationLevel.FORM_FILLING.value:
        group.invalid("Sau khi ký có chú thích hoặc thay đổi không được phép.")
    elif outside := {str(name) for name in changed} - {NUMBER, DATE} - signature_fields:
        group.invalid(f"Trường “{', '.join(sorted(outside))}” bị thay đổi sau khi ký.")
    elif not getattr(status, "seed_value_ok", True):
        group.invalid("Chữ ký không theo ràng buộc của ô ký.")
    elif rewritten := _rewritten(embedded, changed):
        group.invalid(f"{rewritten} bị ghi lại sau khi đã ghi.")
    elif laid := (not one.covers_file and _laid_over(embedded)):
        group.invalid(laid)
    else:
        group.state = VALID
        group.reason = (
            "Văn bản toàn vẹn từ khi ký."
            if one.covers_file or not changed
            else "Văn bản toàn vẹn; sau khi ký chỉ ghi số, ngày và ký tiếp trong các ô đã chừa sẵn."
        )


def _odd_container(embedded):
    """Whether the only bytes that no signature covers hold anything but one hexadecimal string: the container, then zeros."""
    content = embedded.pkcs7_content
    _class, _method, _tag, header, body, trailer = parser.parse(content, strict=False)
    if any(content[len(header) + len(body) + len(trailer) :]):
        return True
    _start, length, following, _rest = embedded.byte_range
    embedded.reader.stream.seek(length)
    return not _HEX.fullmatch(embedded.reader.stream.read(following - length))


def _rewritten(embedded, changed):
    """Words for a number or date that has had two values since this signature, or None."""
    reader = embedded.reader
    for name, words in ((NUMBER, "Số văn bản"), (DATE, "Ngày ban hành")):
        if name not in changed:
            continue
        seen = []
        for revision in range(embedded.signed_revision, reader.xrefs.total_revisions):
            value = _value(reader.get_historical_root(revision), name)
            if value and (not seen or seen[-1] != value):
                seen.append(value)
        if len(seen) > 1:
            return words
    return None


def _value(root, name):
    for reference in root["/AcroForm"]["/Fields"]:
        item = reference.get_object()
        if item.get("/T") == name:
            return str(item.get("/V", "") or "")
    return ""


def _laid_over(embedded):
    """Words for a signature field that came after this signature to hide something ("sneaky signature"), or None.

    An empty field needs no key at all, so it may show nothing; on a certified document even a signed one is refused, since the
    author has reserved the places himself.
    """
    reader = embedded.reader
    then = {
        name: value is not None
        for name, value, _field in enumerate_sig_fields(reader.get_historical_resolver(embedded.signed_revision))
    }
    certified = embedded.docmdp_level is not None
    for name, value, reference in enumerate_sig_fields(reader):
        if then.get(name):
            continue
        field = reference.get_object()
        stamp = value is not None and value.get_object().get("/Type", None) == "/DocTimeStamp"
        if name not in then and _visible(field) and (value is None or certified or stamp):
            return f"Sau khi ký có ô chữ ký mới “{name}” đặt chồng lên trang, không công nhận."
        if name in then and value is None and _looks_different(embedded, name, field):
            return f"Hình hiển thị của ô chữ ký trống “{name}” bị thay đổi sau khi ký."
    return None


def _visible(field):
    for widget in _widgets(field):
        left, bottom, right, top = (float(number) for number in widget.get("/Rect", (0, 0, 0, 0)))
        if abs(right - left) > 0.1 and abs(top - bottom) > 0.1:
            return True
    return False


def _widgets(field):
    kids = [kid.get_object() for kid in field.get("/Kids", ())]
    return kids or [field]


def _looks_different(embedded, name, field):
    before = embedded.reader.get_historical_resolver(embedded.signed_revision)
    for known, _value, reference in enumerate_sig_fields(before):
        if known == name:
            return [_look(widget) for widget in _widgets(reference.get_object())] != [
                _look(widget) for widget in _widgets(field)
            ]
    return True


def _look(widget):
    look = widget.get("/AP", None)
    normal = look.get("/N", None) if look is not None else None
    return (bytes(normal.data) if normal is not None and hasattr(normal, "data") else None), str(widget.get("/Rect"))


def signature_removed(reader, stream, fields):
    """Names of signature fields that were signed in an earlier revision and are not, or differently, today.

    Looked for only when the bytes mention more signatures than the form has.
    """
    if reader.xrefs.total_revisions < 2 or _mentions(stream) <= len(fields):
        return []
    today = {str(name): _contents(value) for name, value, _reference in fields}
    gone = []
    for revision in range(reader.xrefs.total_revisions - 1):
        try:
            found = list(enumerate_sig_fields(reader.get_historical_resolver(revision), filled_status=True))
            gone += [str(name) for name, value, _field in found if today.get(str(name)) != _contents(value)]
        except Exception:  # a damaged older revision is judged by the signatures that cover it
            continue
    return list(dict.fromkeys(gone))


def _mentions(stream):
    stream.seek(0)
    count, tail = 0, b""
    while chunk := stream.read(1 << 20):
        data = tail + chunk
        count += data.count(b"/ByteRange")
        tail = data[-9:]
    return count


def _contents(value):
    try:
        contents = value.get_object().raw_get("/Contents")
        return hashlib.sha256(contents.original_bytes).digest()
    except Exception:
        return b""


