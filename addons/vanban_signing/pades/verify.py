"""Verify every signature of a PDF under a strict policy. Whatever the file holds, the answer is a report, never an exception.

Stricter than common validators, see ``integrity``; and revocation that is not known is not valid, see ``authentication``. The time
is bounded: what could not be judged in it is not valid either.
"""

import asyncio
import datetime
import hashlib
import io
import logging
import os
import re

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints

from . import integrity, oldformats
from .authentication import Judge
from .bounds import TimeLimit, within
from .content_check import MAX_BYTES, _refused_as_file
from .embedded import of_file
from .report import INVALID, UNKNOWN, Report, SignatureReport
from .signer_info import algorithm_words, certificate_kind, describe, iso, oid_time

# what the library would log is part of the report
for _name in ("pyhanko", "pyhanko_certvalidator", "fontTools"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

MAX_SIGNATURES = 100
#: Seconds for one file, and more for every megabyte.
SECONDS, SECONDS_PER_MEGABYTE = 60.0, 1.0
_LARGE = 16 * 1024 * 1024
_END = re.compile(rb"startxref\s+\d+\s+%%EOF\s*$")
_USAGE = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"})
_FORMATS = {
    "/ETSI.CAdES.detached": "PAdES",
    "/adbe.pkcs7.detached": "PDF/CMS",
    "/adbe.pkcs7.sha1": "PDF/CMS SHA-1",
    "/adbe.x509.rsa_sha1": "PDF/RSA SHA-1",
    "/ETSI.RFC3161": "RFC 3161",
}


def verify(pdf, trust, *, file_name="", verified_by="", moment=None, seconds=None):
    """Bytes, or the path of a file, and a trust.TrustStore → report.Report. ``moment``: time of the verification (aware), default now.

    A large file is better given by its path: the comparison of its revisions holds its objects in memory already.
    ``seconds``: bound of the time, by default SECONDS and more for a large file.
    """
    moment = moment or datetime.datetime.now(datetime.UTC)
    with _opened(pdf) as stream:
        size = stream.seek(0, io.SEEK_END)
        report = Report(
            file_name=file_name, sha256=_sha256(stream), size=size, verified_at=iso(moment), verified_by=verified_by
        )
        bound = seconds or SECONDS + SECONDS_PER_MEGABYTE * size / 2**20
        try:
            return within(bound, lambda: _verify_stream(stream, report, trust, moment))
        except TimeLimit:
            return _unfinished(
                report,
                f"Tệp quá phức tạp: kiểm tra chưa xong sau {bound:.0f} giây. Hãy đề nghị bên gửi gửi lại tệp gốc hoặc báo quản trị viên.",
            )
        except MemoryError:
            return _unfinished(report, "Tệp quá phức tạp: không đủ bộ nhớ để kiểm tra. Hãy đề nghị gửi lại tệp gốc.")


def _opened(pdf):
    if isinstance(pdf, (str, os.PathLike)):
        return open(pdf, "rb")
    # digests of a plain BytesIO are taken through a buffer that copies it whole
    return io.BytesIO(pdf) if len(pdf) < _LARGE else io.BufferedReader(io.BytesIO(pdf))


def _sha256(stream):
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def _verify_stream(stream, report, trust, moment):
    refusal = _Refusal()
    stream.seek(0)
    if report.size > MAX_BYTES or _refused_as_file(stream.read(1024), refusal):
        return _unreadable(report, refusal.text or "Tệp quá lớn để kiểm tra.")
    stream.seek(max(0, report.size - 100))
    whole = _END.search(stream.read())
    try:
        reader = PdfFileReader(stream, strict=False)
        if reader.encrypted:
            return _unreadable(
                report,
                "Tệp PDF có mật khẩu hoặc bị mã hóa, không kiểm tra được chữ ký. Hãy đề nghị bên gửi gửi lại tệp không đặt mật khẩu.",
            )
        fields = list(enumerate_sig_fields(reader, filled_status=True))
        removed = integrity.signature_removed(reader, stream, fields)
    except Exception as error:  # any exception of the parser on a hostile file is a verdict
        return _unreadable(
            report,
            f"Tệp PDF bị hỏng, không đọc được, không công nhận ({type(error).__name__}). Hãy đề nghị gửi lại tệp.",
        )
    if removed:
        return _unreadable(
            report,
            f"Chữ ký số “{', '.join(removed)}” đã bị gỡ hoặc thay trong tệp, không công nhận. Hãy đề nghị gửi lại tệp gốc.",
        )
    if fields and not whole:
        return _unreadable(
            report, "Cuối tệp PDF có dữ liệu lạ ngoài văn bản đã ký, không công nhận. Hãy đề nghị gửi lại tệp gốc."
        )
    if not fields:
        report.overall, report.reason = UNKNOWN, "Tệp PDF không có chữ ký số nào."
        return report
    if len(fields) > MAX_SIGNATURES:
        return _unreadable(report, f"Tệp PDF có {len(fields)} chữ ký, vượt mức {MAX_SIGNATURES}; không kiểm tra.")
    asyncio.run(_judge_all(reader, fields, trust, moment, report))
    return report.conclude()


class _Refusal:
    """Takes what content_check says about the outer form of a file."""

    text = ""

    @property
    def problems(self):
        return self.text

    def add(self, code, message):
        self.text = message


def _unreadable(report, reason):
    report.readable, report.overall, report.reason = False, INVALID, reason
    return report


def _unfinished(report, reason):
    """What was found so far stays visible, but only a fault that is certain counts."""
    for one in report.signatures:
        one.conclude()
    faults = [one for one in report.signatures if one.overall == INVALID]
    report.conclude()
    report.readable = False
    if not faults:
        report.overall, report.reason = UNKNOWN, reason
    return report


async def _judge_all(reader, fields, trust, moment, report):
    judge = Judge(trust, moment, of_file(reader.root))
    names = {str(name) for name, _value, _reference in enumerate_sig_fields(reader)}
    opened = []
    for name, value, reference in fields:
        one = SignatureReport(0, field=str(name))
        try:
            embedded = EmbeddedPdfSignature(reader, reference.get_object(), name)
            opened.append((embedded.signed_revision, one, embedded))
        except Exception:
            state, reason = oldformats.unreadable(value)
            one.groups["signature"].state, one.groups["signature"].reason = state, reason
            opened.append((reader.xrefs.total_revisions, one, None))
    opened.sort(key=lambda item: item[0])
    for index, (_revision, one, _embedded) in enumerate(opened, 1):
        one.index = index
        report.signatures.append(one)
    # timestamps over the document first, the last one before the others: each proves what lies under it
    proof = moment
    ordered = sorted(opened, key=lambda item: (item[2] is not None and _is_timestamp(item[2]), item[0]), reverse=True)
    times = []
    for revision, one, embedded in ordered:
        if embedded is None:
            one.conclude()
            continue
        try:
            if _is_timestamp(embedded):
                time = await _judge_timestamp(one, embedded, judge, names, proof)
                if time:
                    proof = min(proof, time)
                    times.append((revision, proof))
            else:
                before = [time for at, time in times if at > revision]
                await _judge_signature(one, embedded, judge, names, min(before) if before else None)
        except Exception:
            one.groups["signature"].invalid("Không phân tích được chữ ký hoặc thay đổi sau khi ký, không công nhận.")
        one.conclude()


def _is_timestamp(embedded):
    return embedded.sig_object_type == "/DocTimeStamp"


def _describe(one, embedded):
    certificate = embedded.signer_cert
    one.signer = describe(certificate)
    one.kind = certificate_kind(certificate)
    subfilter = str(embedded.sig_object.get("/SubFilter", ""))
    one.format = _FORMATS.get(subfilter, subfilter)
    one.algorithm = algorithm_words(embedded)


async def _judge_timestamp(one, embedded, judge, names, proof):
    _describe(one, embedded)
    one.kind = "timestamp"
    status = await async_validate_pdf_timestamp(embedded, judge.context(proof), diff_policy=integrity.POLICY)
    integrity.judge(one, embedded, status, names)
    return judge.document_timestamp(one, status, proof)


async def _judge_signature(one, embedded, judge, names, later):
    """``later``: time of a document timestamp over this signature, or None."""
    _describe(one, embedded)
    if weak := oldformats.not_comparable(embedded):
        one.groups["signature"].state, one.groups["signature"].reason = weak
        return
    claimed = embedded.self_reported_timestamp or oid_time(embedded)
    one.claimed_time = iso(claimed)
    at = min(claimed, judge.moment) if claimed else later or judge.moment
    proof = later or judge.moment
    status = await async_validate_pdf_signature(
        embedded,
        judge.context(at),
        ts_validation_context=judge.context(proof),
        diff_policy=integrity.POLICY,
        key_usage_settings=_USAGE,
    )
    integrity.judge(one, embedded, status, names)
    proven = judge.signature_timestamp(one, status, proof) or later
    if proven and abs(proven - at) > datetime.timedelta(days=1):
        # the claimed time is far from the proven one: judge the chain at the proven time
        status = await async_validate_pdf_signature(
            embedded, judge.context(proven), skip_diff=True, key_usage_settings=_USAGE
        )
    judge.signer(one, embedded, status, proven or at, claimed, proven is not None)
