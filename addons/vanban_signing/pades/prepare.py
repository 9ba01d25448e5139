"""Reserve everything that comes later, before the first signature: text fields, signature fields with their locks, the font."""

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from . import DATE, LEADER, NUMBER, SEAL, STAMPS, fonts
from .content_check import require_signable
from .errors import SignError

_PRINT = 4
_SIGNATURES_EXIST, _APPEND_ONLY = 1, 2


def prepare(pdf, placement, *, checked=False):
    """Draft bytes → prepared bytes.

    The draft is written anew as a single revision (nothing of older revisions survives), then gets the fields of ``placement``
    (layout.Placement). The leader's lock is EXCLUDE [number, date, seal], the seal's lock is ALL; with boxes for incoming stamps
    both leave these open, too.
    Raises ContentError when the draft must not be signed (skipped with ``checked=True``: the caller has just done it).
    """
    if not checked:
        require_signable(pdf)
    with pikepdf.open(io.BytesIO(pdf), attempt_recovery=False) as document:
        if "/AcroForm" in document.Root and len(document.Root.AcroForm.get("/Fields", [])):
            raise SignError("has_fields", "Tệp PDF đã có trường biểu mẫu hoặc chữ ký. Hãy dùng bản dự thảo chưa ký.")
        form = _form(document)
        for name, place in ((NUMBER, placement.number), (DATE, placement.date)):
            if place is not None:
                form.Fields.append(_text_field(document, name, place))
        stamps = STAMPS[: len(placement.stamps)]
        if placement.leader is not None:
            form.Fields.append(
                _signature_field(document, LEADER, placement.leader, _all_but(NUMBER, DATE, SEAL, *stamps))
            )
        lock = _all_but(*stamps) if stamps else Dictionary(Type=Name.SigFieldLock, Action=Name.All)
        form.Fields.append(_signature_field(document, SEAL, placement.seal, lock))
        for name, box in zip(stamps, placement.stamps, strict=True):
            form.Fields.append(_signature_field(document, name, box, None))
        out = io.BytesIO()
        document.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            compress_streams=True,
            linearize=False,
            fix_metadata_version=False,
        )
    return out.getvalue()


def _all_but(*names):
    return Dictionary(Type=Name.SigFieldLock, Action=Name.Exclude, Fields=Array([String(name) for name in names]))


def _form(document):
    resources = Dictionary({fonts.RESOURCE[style]: fonts.embed(document, style) for style in fonts.RESOURCE})
    form = Dictionary(Fields=Array(), SigFlags=_SIGNATURES_EXIST | _APPEND_ONLY, DR=Dictionary(Font=resources))
    document.Root.AcroForm = document.make_indirect(form)
    return document.Root.AcroForm


def _widget(document, name, kind, box):
    try:
        page = document.pages[box.page]
    except IndexError as error:
        raise SignError("no_page", f"Văn bản không có trang {box.page + 1}.") from error
    if int(page.get("/Rotate", 0)) % 360:
        raise SignError("rotated", f"Trang {box.page + 1} bị xoay; hãy xuất lại PDF với trang thẳng rồi ký.")
    widget = document.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name("/" + kind),
            T=String(name),
            Rect=Array(box.rect),
            F=_PRINT,
            P=page.obj,
        )
    )
    # a direct, own array: an indirect one could be shared between pages
    page.Annots = Array([*page.get("/Annots", []), widget])
    return widget


def _text_field(document, name, place):
    widget = _widget(document, name, "Tx", place.box)
    widget.DA = String(f"{fonts.RESOURCE[place.style]} {place.size:g} Tf 0 g")
    widget.MaxLen = 60
    widget.AP = Dictionary(N=_empty(document, place.box))
    return widget


def _signature_field(document, name, box, lock):
    widget = _widget(document, name, "Sig", box)
    widget.F = _PRINT | 128
    if lock is not None:
        widget.Lock = document.make_indirect(lock)
    widget.AP = Dictionary(N=_empty(document, box))
    return widget


def _empty(document, box):
    return pikepdf.Stream(
        document,
        b"",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, round(box.width, 2), round(box.height, 2)]),
    )
