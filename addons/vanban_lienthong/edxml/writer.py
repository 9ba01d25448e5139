"""Writing packets in the dialect that every known consumer reads.

Prefix ``edXML:`` literally, element order of the official samples, dates yyyy/MM/dd. Attachments
stream from disk. The same packet gives the same bytes every time.
"""
import contextlib
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from . import base64_stream
from .containers import wrap, wrap_type
from .errors import PacketError
from .model import StatusPacket
from .names import NAMESPACE, PREFIX
from .values import extension, format_date, format_timestamp, xml_text

_ENTITIES = {"\r": "&#13;"}


@dataclass(frozen=True)
class Written:
    """Size in bytes and SHA-256 (hexadecimal) of what was written."""

    size: int
    sha256: str


class _Sink:
    """Writes to a binary file, counting and hashing."""

    def __init__(self, stream):
        self._stream = stream
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data):
        self._stream.write(data)
        self._digest.update(data)
        self.size += len(data)

    def result(self):
        return Written(self.size, self._digest.hexdigest())


class _Xml:
    """Small element writer: nested ``with`` blocks, empty leaves left out."""

    def __init__(self, sink):
        self._sink = sink
        self._parts = []

    def raw(self, text):
        self._parts.append(text)

    def flush(self):
        self._sink.write("".join(self._parts).encode("utf-8"))
        self._parts.clear()

    @contextlib.contextmanager
    def node(self, name, attributes="", prefix=PREFIX):
        tag = f"{prefix}:{name}" if prefix else name
        self.raw(f"<{tag}{attributes}>")
        yield
        self.raw(f"</{tag}>")

    def leaf(self, name, value, prefix=PREFIX):
        if value is None or value == "":
            return
        if isinstance(value, bool):
            value = "true" if value else "false"
        tag = f"{prefix}:{name}" if prefix else name
        self.raw(f"<{tag}>{escape(xml_text(str(value)), _ENTITIES)}</{tag}>")

    def bit(self, name, value):
        self.leaf(name, None if value is None else int(value))


def write_packet(packet, target):
    """Write ``packet`` to ``target`` (path or binary file); returns :class:`Written`.

    A path is written beside its place first and then moved there, so that a broken write
    leaves nothing. Raises PacketError when an attachment cannot be read.
    """
    if hasattr(target, "write"):
        return _write(packet, target)
    target = Path(target)
    handle, temporary = tempfile.mkstemp(prefix=target.name, suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            written = _write(packet, stream)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return written


def _write(packet, stream):
    sink = _Sink(stream)
    xml = _Xml(sink)
    xml.raw('<?xml version="1.0" encoding="UTF-8"?>\n')
    is_status = isinstance(packet, StatusPacket)
    with xml.node("edXML", f' xmlns="{NAMESPACE}"', prefix=""):
        with xml.node("edXMLEnvelope", f' xmlns:{PREFIX}="{NAMESPACE}"'):
            with xml.node("edXMLHeader"):
                if is_status:
                    _status_header(xml, packet)
                else:
                    _document_header(xml, packet)
                    _trace_list(xml, packet)
            if not is_status:
                _manifest(xml, packet)
        if not is_status and packet.attachments:
            with xml.node("AttachmentEncoded", prefix=""):
                for attachment in packet.attachments:
                    _attachment(xml, sink, attachment)
    xml.raw("\n")
    xml.flush()
    return sink.result()


def _organization(xml, name, organization):
    with xml.node(name):
        xml.leaf("OrganId", organization.organ_id)
        xml.leaf("OrganizationInCharge", organization.in_charge)
        xml.leaf("OrganName", organization.name)
        xml.leaf("OrganAdd", organization.address)
        xml.leaf("Email", organization.email)
        xml.leaf("Telephone", organization.telephone)
        xml.leaf("Fax", organization.fax)
        xml.leaf("Website", organization.website)


def _response_for(xml, response):
    with xml.node("ResponseFor"):
        xml.leaf("OrganId", response.organ_id)
        xml.leaf("Code", response.code)
        xml.leaf("DocumentId", response.document_id)
        xml.leaf("PromulgationDate", format_date(response.promulgation_date))


def _staff(xml, staff):
    with xml.node("StaffInfo"):
        xml.leaf("DepartmentId", staff.department_id)
        xml.leaf("Department", staff.department)
        xml.leaf("StaffId", staff.staff_id)
        xml.leaf("Staff", staff.staff)
        xml.leaf("Email", staff.email)
        xml.leaf("Mobile", staff.mobile)


def _document_header(xml, packet):
    with xml.node("MessageHeader"):
        _organization(xml, "From", packet.sender)
        for recipient in packet.recipients:
            _organization(xml, "To", recipient)
        xml.leaf("DocumentId", packet.document_id)
        with xml.node("Code"):
            xml.leaf("CodeNumber", packet.code_number)
            xml.leaf("CodeNotation", packet.code_notation)
        with xml.node("PromulgationInfo"):
            xml.leaf("Place", packet.place)
            xml.leaf("PromulgationDate", format_date(packet.promulgation_date))
        with xml.node("DocumentType"):
            xml.leaf("Type", packet.kind.type)
            xml.leaf("TypeDetail", packet.kind.detail)
            xml.leaf("TypeName", packet.kind.name)
        xml.leaf("Subject", packet.subject)
        xml.leaf("Content", packet.content)
        with xml.node("SignerInfo"):
            xml.leaf("Competence", packet.signer.competence)
            xml.leaf("Position", packet.signer.position)
            xml.leaf("FullName", packet.signer.full_name)
        xml.leaf("DueDate", format_date(packet.due_date))
        _other_info(xml, packet.other)
        for response in packet.responses:
            _response_for(xml, response)
        xml.leaf("SteeringType", packet.steering_type)
        if packet.to_places:
            with xml.node("ToPlaces"):
                for place in packet.to_places:
                    xml.leaf("Place", place)
        if packet.task_codes:
            with xml.node("ResponseForTask"):
                for code in packet.task_codes:
                    xml.leaf("TaskCode", code)
        xml.leaf("ApplicationType", packet.application_type)


def _other_info(xml, other):
    with xml.node("OtherInfo"):
        xml.leaf("Priority", other.priority)
        xml.leaf("SphereOfPromulgation", other.sphere)
        xml.leaf("TyperNotation", other.typer_notation)
        xml.leaf("PromulgationAmount", other.promulgation_amount)
        xml.leaf("PageAmount", other.page_amount)
        xml.leaf("Direction", other.direction)
        if other.appendixes:
            with xml.node("Appendixes"):
                for appendix in other.appendixes:
                    xml.leaf("Appendix", appendix)
        xml.leaf("ReplyFors", other.reply_fors)
        xml.leaf("ReferenceCodes", other.reference_codes)


def _trace_list(xml, packet):
    business = packet.business
    with xml.node("TraceHeaderList"):
        for trace in packet.traces:
            with xml.node("TraceHeader"):
                xml.leaf("OrganId", trace.organ_id)
                xml.leaf("Timestamp", format_timestamp(trace.timestamp))
        with xml.node("Bussiness"):
            xml.leaf("BussinessDocType", business.doc_type)
            xml.leaf("BussinessDocReason", business.reason)
            xml.leaf("DocumentId", business.document_id)
            xml.bit("Paper", business.paper)
            for staff in business.staff:
                _staff(xml, staff)
            _document_info(xml, business)
            if business.replacements:
                with xml.node("ReplacementInfoList"):
                    for replacement in business.replacements:
                        _replacement(xml, replacement)


def _document_info(xml, business):
    if business.document_info is None and business.document_receiver is None and not business.receivers:
        return
    with xml.node("BussinessDocumentInfo"):
        xml.bit("DocumentInfo", business.document_info)
        xml.bit("DocumentReceiver", business.document_receiver)
        if business.receivers:
            with xml.node("ReceiverList"):
                for receiver in business.receivers:
                    with xml.node("Receiver"):
                        xml.leaf("OrganId", receiver.organ_id)
                        xml.leaf("ReceiverType", receiver.receiver_type)


def _replacement(xml, replacement):
    with xml.node("ReplacementInfo"):
        xml.leaf("DocumentId", replacement.document_id)
        if replacement.organ_ids:
            with xml.node("OrganIdList"):
                for organ_id in replacement.organ_ids:
                    xml.leaf("OrganId", organ_id)


def _status_header(xml, packet):
    with xml.node("MessageHeader"):
        _organization(xml, "From", packet.sender)
        _response_for(xml, packet.response_for)
        if packet.staff:
            _staff(xml, packet.staff)
        xml.leaf("StatusCode", packet.status_code)
        xml.leaf("Description", packet.description)
        xml.leaf("Timestamp", format_timestamp(packet.timestamp))


def _manifest(xml, packet):
    with xml.node("edXMLBody"), xml.node("edXMLManifest", ' version="1.0"'):
        for attachment in packet.attachments:
            with xml.node("Reference"):
                xml.leaf("ContentId", "cid:" + attachment.content_id)
                xml.leaf("ContentType", wrap_type(attachment.name)[0])
                xml.leaf("Description", attachment.description)
                xml.leaf("AttachmentName", attachment.name)


def _attachment(xml, sink, attachment):
    content_type, wrapped = wrap_type(attachment.name)
    with xml.node("Attachment", prefix=""):
        xml.leaf("ContentId", "cid:" + attachment.content_id, prefix="")
        xml.leaf("AttachmentName", attachment.name, prefix="")
        xml.leaf("Description", attachment.description, prefix="")
        xml.leaf("ContentType", content_type, prefix="")
        xml.leaf("FieldName", attachment.field_name, prefix="")
        xml.leaf("MimeType", attachment.mime_type, prefix="")
        with xml.node("ContentTransferEncoded", f' xmlns:{PREFIX}="{NAMESPACE}"'):
            xml.flush()
            _content(sink, attachment, wrapped)


def _content(sink, attachment, wrapped):
    if attachment.path is None:
        raise PacketError(
            "FILE_MISSING", f"Tệp đính kèm “{attachment.name}” không có nội dung; hãy đính kèm lại tệp.")
    try:
        if not wrapped:
            with open(attachment.path, "rb") as source:
                base64_stream.encode(source, sink.write)
            return
        suffix = extension(attachment.name)
        entry = attachment.content_id + ("." + suffix if suffix else "")
        with tempfile.TemporaryFile() as spool:
            wrap(attachment.path, spool, entry)
            spool.seek(0)
            base64_stream.encode(spool, sink.write)
    except FileNotFoundError:
        raise PacketError(
            "FILE_MISSING", f"Không tìm thấy nội dung của tệp đính kèm “{attachment.name}”; "
            "hãy đính kèm lại tệp.") from None
