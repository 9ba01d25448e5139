"""Reading packets of every dialect into the model, leniently and within bounds."""
import contextlib
import io
from dataclasses import replace
from pathlib import Path

from . import mime
from .containers import examine, unwrap
from .errors import HOLD, NOTE, PacketError, Remark
from .limits import Limits
from .model import (
    Attachment,
    Business,
    DocumentPacket,
    Kind,
    Organization,
    OtherInfo,
    Receiver,
    Replacement,
    ResponseFor,
    Signer,
    Staff,
    StatusPacket,
    Trace,
)
from .names import BUSINESS_TYPES, DOTNET, JAVA, LEGACY_NAMESPACE, NAMESPACE, NEW, SOAP, STATUS_CODES
from .scanner import scan
from .tree import freeze, unknown_elements
from .values import read_date, read_flag, read_int, read_timestamp, safe_name

_ROOTS = frozenset({"edxml", "edxmlenvelope", "envelope"})
_MAX_REMARKS = 200


def read_packet(source, workdir, limits=None):
    """Read a document or status packet.

    :param source: path, bytes, or seekable binary file at its start
    :param workdir: existing folder that receives the attachments under names chosen here
        (``attachment-0001.bin`` …), or None to check them without keeping
    :param Limits limits: bounds; the defaults fit traffic between agencies
    :returns: :class:`DocumentPacket` or :class:`StatusPacket`; defects that could be read over
        are in ``remarks``, elements nobody knows in ``unknown``
    :raises PacketError: with code and Vietnamese reason; nothing is left in ``workdir`` then
    """
    limits = limits or Limits()
    opener = _opener(source)
    with opener() as stream:
        head = stream.read(4096)
    if mime.looks_like(head):
        return mime.read(opener, workdir, limits, read_scan)
    result = scan(opener, workdir, limits)
    return read_scan(result, workdir, limits)


def read_scan(result, workdir, limits, parts=None):
    """Turn a parsed tree into the model; ``parts`` {content id: (payload, name, content type)} come from MIME."""
    try:
        return _Reader(result, limits, parts or {}).packet()
    except BaseException:
        for path, _size, _digest in [*result.payloads, *(payload for payload, *_claims in (parts or {}).values())]:
            if path is not None:
                Path(path).unlink(missing_ok=True)
        raise


def _opener(source):
    if isinstance(source, (bytes, bytearray, memoryview)):
        return lambda: io.BytesIO(source)
    if hasattr(source, "read"):
        start = source.tell()

        @contextlib.contextmanager
        def reopen():
            source.seek(start)
            yield source

        return reopen
    return lambda: open(source, "rb")


class _Reader:
    def __init__(self, result, limits, parts):
        self._root = result.root
        self._payloads = result.payloads
        self._limits = limits
        self._parts = parts
        self._remarks = list(result.remarks)

    # helpers that collect remarks

    def _remark(self, code, message, severity=NOTE, path=""):
        self._add((Remark(code, message, severity, path),))

    def _add(self, remarks):
        # A hostile packet must not produce an endless list.
        self._remarks += remarks[:max(0, _MAX_REMARKS - len(self._remarks))]

    def _date(self, node, name):
        return self._read(read_date, node, name)

    def _timestamp(self, node, name):
        return self._read(read_timestamp, node, name)

    def _flag(self, node, name):
        return self._read(read_flag, node, name)

    def _read(self, function, node, name):
        value, remarks = function(node.value(name), f"{node.name}/{name}")
        self._add(remarks)
        return value

    def _int(self, node, name, default):
        value, remarks = read_int(node.value(name), f"{node.name}/{name}", default)
        self._add(remarks)
        return value

    # whole packet

    def packet(self):
        root = self._root
        self._check_root(root)
        headers = root.search("MessageHeader")
        if not headers:
            raise PacketError("NO_HEADER", "Gói tin thiếu phần thông tin văn bản (MessageHeader).")
        if len(headers) > 1:
            # Two readers could pick different ones.
            raise PacketError("AMBIGUOUS", "Gói tin có nhiều hơn một phần MessageHeader; từ chối đọc.")
        header = headers[0]
        header.taken = True
        if any(child.name == "StatusCode" for child in header.children):
            packet = self._status(header)
        else:
            packet = self._document(header)
        return replace(
            packet, dialect=self._dialect(), unknown=unknown_elements(root), remarks=tuple(self._remarks))

    def _check_root(self, root):
        if root.name.lower() not in _ROOTS:
            raise PacketError(
                "NOT_EDXML", "Tệp XML nhận được không phải gói tin edXML (sai phần tử gốc). "
                "Đề nghị bên gửi kiểm tra lại phần mềm.")
        if root.namespace in (NAMESPACE, LEGACY_NAMESPACE):
            return
        if root.namespace == "":
            if not any(remark.code == "NO_NAMESPACE" for remark in self._remarks):
                self._remark("NO_NAMESPACE", "Gói tin không khai báo không gian tên QCVN 102; vẫn đọc theo tên phần tử.")
            return
        if root.name == "Envelope":  # SOAP: the namespace that counts is further inside
            return
        raise PacketError(
            "NAMESPACE", f"Gói tin dùng không gian tên lạ “{root.namespace[:80]}”, không theo QCVN 102:2016/BTTTT. "
            "Đề nghị bên gửi kiểm tra lại phần mềm.")

    def _dialect(self):
        root = self._root
        if root.name == "Envelope" or root.namespace == LEGACY_NAMESPACE or self._parts:
            return SOAP
        if root.search("DigitalSignature"):
            return DOTNET
        if any(node.attributes for node in root.search("TraceHeaderList")):
            return DOTNET
        return JAVA

    # document packet

    def _document(self, header):
        root = self._root
        traces = root.search("TraceHeaderList")
        for node in traces:
            node.taken = True
        sender = self._sender(header)
        recipients = tuple(self._organization(node) for node in header.all("To"))
        code = self._group(header, "Code")
        promulgation = self._group(header, "PromulgationInfo")
        number = code.value("CodeNumber") if code else ""
        notation = code.value("CodeNotation") if code else ""
        day = self._date(promulgation, "PromulgationDate") if promulgation else None
        document_id = header.value("DocumentId")
        if not document_id:
            document_id = f"{sender.organ_id},{day:%Y/%m/%d},{number}/{notation}" if day and number else ""
            if not document_id:
                raise PacketError("NO_DOCUMENT_ID", "Gói tin thiếu mã định danh văn bản (DocumentId). "
                                  "Đề nghị bên gửi gửi lại.")
            self._remark("NO_DOCUMENT_ID", "Gói tin thiếu mã định danh văn bản; hệ thống tự lập từ mã cơ quan, "
                         "ngày và số, ký hiệu.", NOTE, "DocumentId")
        signer = self._group(header, "SignerInfo")
        places = self._group(header, "ToPlaces")
        tasks = self._group(header, "ResponseForTask")
        trace_list, business = self._traces(traces)
        return DocumentPacket(
            sender=sender, recipients=recipients, document_id=document_id,
            code_number=number, code_notation=notation,
            place=promulgation.value("Place") if promulgation else "", promulgation_date=day,
            kind=self._kind(self._group(header, "DocumentType")),
            subject=header.value("Subject"), content=header.value("Content"),
            signer=Signer(
                full_name=signer.value("FullName"), position=signer.value("Position"),
                competence=signer.value("Competence")) if signer else Signer(),
            due_date=self._date(header, "DueDate"),
            other=self._other(self._group(header, "OtherInfo")),
            responses=tuple(self._response(node) for node in header.all("ResponseFor")),
            steering_type=self._int(header, "SteeringType", None),
            to_places=self._texts(places, "Place"),
            task_codes=self._texts(tasks, "TaskCode"),
            application_type=header.value("ApplicationType"),
            traces=trace_list, business=business,
            attachments=self._attachments(), signature=self._signature())

    def _signature(self):
        signatures = self._root.search("Signature", "DigitalSignature")
        for node in signatures:
            node.taken = True
        return freeze(signatures[0], "edXMLHeader") if signatures and signatures[0].children else None

    def _group(self, node, name):
        return node.first(name)

    def _texts(self, node, name):
        if node is None:
            return ()
        return tuple(text for text in (child.text() for child in node.all(name)) if text)

    def _sender(self, header):
        node = header.first("From")
        sender = self._organization(node) if node else None
        if not sender or not sender.organ_id:
            raise PacketError("NO_SENDER", "Gói tin thiếu mã định danh cơ quan gửi (From/OrganId). "
                              "Đề nghị bên gửi gửi lại.")
        return sender

    def _organization(self, node):
        return Organization(
            organ_id=node.value("OrganId"), name=node.value("OrganName"),
            in_charge=node.value("OrganizationInCharge"), address=node.value("OrganAdd"),
            email=node.value("Email"), telephone=node.value("Telephone"),
            fax=node.value("Fax"), website=node.value("Website"))

    def _kind(self, node):
        if node is None:
            return Kind("", None, None)
        return Kind(node.value("TypeName"), self._int(node, "Type", None), self._int(node, "TypeDetail", None))

    def _other(self, node):
        if node is None:
            return OtherInfo()
        priority = self._int(node, "Priority", 0)
        if priority not in range(5):
            self._remark("PRIORITY", f"Độ khẩn “{priority}” không có trong danh mục; coi là Thường.",
                         NOTE, "OtherInfo/Priority")
            priority = 0
        appendixes = node.first("Appendixes")
        return OtherInfo(
            priority=priority, sphere=node.value("SphereOfPromulgation"),
            typer_notation=node.value("TyperNotation"),
            promulgation_amount=self._int(node, "PromulgationAmount", None),
            page_amount=self._int(node, "PageAmount", None),
            direction=bool(self._flag(node, "Direction")),
            appendixes=self._texts(appendixes, "Appendix"),
            reply_fors=node.value("ReplyFors"), reference_codes=node.value("ReferenceCodes"))

    def _response(self, node):
        return ResponseFor(
            organ_id=node.value("OrganId"), code=node.value("Code"),
            document_id=node.value("DocumentId"), promulgation_date=self._date(node, "PromulgationDate"))

    def _staff(self, node):
        return Staff(
            department=node.value("Department"), staff=node.value("Staff"), email=node.value("Email"),
            mobile=node.value("Mobile"), department_id=node.value("DepartmentId"), staff_id=node.value("StaffId"))

    def _traces(self, lists):
        traces, business = [], None
        for node in lists:
            traces += [Trace(trace.value("OrganId"), self._timestamp(trace, "Timestamp"))
                       for trace in node.all("TraceHeader")]
            found = node.first("Bussiness", "Business", "BusinessInfo")
            if found is not None and business is None:
                business = self._business(found)
        if business is None:
            # Accepted packets without it exist; they are new documents.
            business = Business()
        return tuple(traces), business

    def _business(self, node):
        type_node = node.first("BussinessDocType", "BusinessDocType")
        doc_type, remarks = read_int(type_node.text() if type_node else "", "Bussiness/BussinessDocType", NEW)
        self._add(remarks)
        if doc_type not in BUSINESS_TYPES:
            self._remark("BUSINESS_TYPE", f"Loại nghiệp vụ “{doc_type}” không có trong danh mục; "
                         "đề nghị kiểm tra với bên gửi.", HOLD, "Bussiness/BussinessDocType")
        info = node.first("BussinessDocumentInfo", "BusinessDocumentInfo")
        receivers = info.first("ReceiverList") if info is not None else None
        replacements = node.first("ReplacementInfoList")
        return Business(
            doc_type=doc_type, reason=node.value("BussinessDocReason", "BusinessDocReason"),
            document_id=node.value("DocumentId"), paper=self._flag(node, "Paper"),
            staff=tuple(self._staff(staff) for staff in node.all("StaffInfo")),
            document_info=self._flag(info, "DocumentInfo") if info is not None else None,
            document_receiver=self._flag(info, "DocumentReceiver") if info is not None else None,
            receivers=tuple(
                Receiver(item.value("OrganId"), self._int(item, "ReceiverType", 1))
                for item in receivers.all("Receiver")) if receivers is not None else (),
            replacements=tuple(
                self._replacement(item)
                for item in replacements.all("ReplacementInfo")) if replacements is not None else ())

    def _replacement(self, node):
        return Replacement(node.value("DocumentId"), self._texts(node.first("OrganIdList"), "OrganId"))

    # attachments

    def _attachments(self):
        root = self._root
        manifest = {}
        # A revoke brings no files: then the wrappers are empty, not unknown.
        for name in ("edXMLBody", "edXMLManifest", "Manifest", "AttachmentEncoded"):
            for node in root.search(name):
                node.taken = True
        for node in root.search("Reference"):
            node.taken = True
            reference = self._reference(node)
            manifest.setdefault(reference.content_id, reference)
        places = {content_id: place for place, content_id in enumerate(manifest)}
        found, seen = [], set()
        nodes = root.search("Attachment")
        for index, node in enumerate(nodes, 1):
            node.taken = True
            content_id = _bare(node.value("ContentId"))
            if content_id in seen and content_id:
                raise PacketError("AMBIGUOUS", "Hai tệp đính kèm có cùng mã ContentId; từ chối đọc.")
            seen.add(content_id)
            payloads = [child for child in node.all("ContentTransferEncoded") if child.payload is not None]
            if len(payloads) != 1:
                raise PacketError("CONTENT_BROKEN", f"Tệp đính kèm thứ {index} không có nội dung hoặc có nhiều nội dung. "
                                  "Đề nghị bên gửi gửi lại.")
            claimed = manifest.pop(content_id, None)
            found.append(self._attachment(
                index, self._payloads[payloads[0].payload], content_id,
                node.value("AttachmentName") or (claimed.name if claimed else ""),
                node.value("Description") or (claimed.description if claimed else ""),
                node.value("ContentType"), node.value("FieldName"), node.value("MimeType")))
        used = {child.payload for node in nodes for child in node.children if child.payload is not None}
        if len(used) != len(self._payloads):
            raise PacketError("CONTENT_BROKEN", "Gói tin có nội dung tệp nằm ngoài danh sách tệp đính kèm; từ chối đọc.")
        found += self._mime_attachments(manifest, len(found))
        for reference in manifest.values():
            self._remark("FILE_ABSENT", f"Gói tin kê tệp “{reference.name or reference.content_id[:80]}” nhưng không kèm nội dung tệp. "
                         "Đề nghị bên gửi gửi lại.", HOLD, "edXMLManifest/Reference")
        # the manifest says which file is the document itself: the first
        return tuple(sorted(found, key=lambda attachment: places.get(attachment.content_id, len(places))))

    def _mime_attachments(self, manifest, count):
        """Files of the older dialect, which travel as MIME parts beside the XML."""
        found = []
        for content_id, (payload, name, content_type) in self._parts.items():
            claimed = manifest.pop(content_id, None)
            count += 1
            found.append(self._attachment(
                count, payload, content_id, (claimed.name if claimed else "") or name,
                claimed.description if claimed else "", (claimed.content_type if claimed else "") or content_type))
        return found

    def _reference(self, node):
        href = next((value for key, value in node.attributes.items() if key.rpartition(" ")[2] == "href"), "")
        content_id = _bare(node.value("ContentId") or href)
        raw_name = node.value("AttachmentName")
        name, _remarks = safe_name(raw_name, 0, self._limits.name_length)
        return Attachment(
            name=name if raw_name else "", description=node.value("Description"), content_id=content_id,
            content_type=node.value("ContentType"))

    def _attachment(self, index, payload, content_id, raw_name, description, content_type, field="", mime_type=""):
        path, size, digest = payload
        name, remarks = safe_name(raw_name, index, self._limits.name_length)
        self._add(remarks)
        media = ""
        if path is not None:
            unwrapped, remarks = unwrap(path, name, self._limits)
            self._add(remarks)
            if unwrapped:
                size, digest = mime.measure(path)
                if content_type and content_type != "application/zip":
                    self._remark("CONTENT_TYPE", f"Tệp “{name}” được nén nhưng ghi kiểu “{content_type[:60]}”; đã giải nén.")
            elif content_type == "application/zip" and not name.lower().endswith(".zip"):
                self._remark("CONTENT_TYPE", f"Tệp “{name}” ghi kiểu tệp nén nhưng không nén; giữ nguyên.")
            media, remarks = examine(path, name)
            self._add(remarks)
        return Attachment(
            name=name, path=path, description=description, content_id=content_id, content_type=content_type,
            media_type=media, size=size, sha256=digest, field_name=field, mime_type=mime_type)

    # status packet

    def _status(self, header):
        sender = self._sender(header)
        node = header.first("ResponseFor")
        if node is None:
            raise PacketError("NO_RESPONSE_FOR", "Gói tin trạng thái không cho biết văn bản nào (ResponseFor).")
        response = self._response(node)
        if not response.document_id and not response.code:
            raise PacketError("NO_RESPONSE_FOR", "Gói tin trạng thái không có mã định danh hoặc số, ký hiệu văn bản.")
        raw = header.value("StatusCode")
        code = raw.zfill(2) if raw.isascii() and raw.isdecimal() else raw
        if code not in STATUS_CODES:
            raise PacketError("STATUS_CODE", f"Mã trạng thái “{raw[:20]}” không có trong danh mục.")
        if code != raw:
            self._remark("STATUS_CODE", f"Mã trạng thái “{raw}” được hiểu là “{code}”.", NOTE, "StatusCode")
        staff = header.first("StaffInfo")
        return StatusPacket(
            sender=sender, response_for=response, status_code=code,
            description=header.value("Description"), timestamp=self._timestamp(header, "Timestamp"),
            staff=self._staff(staff) if staff is not None else None, signature=self._signature())


def _bare(content_id):
    return content_id.strip().strip("<>").removeprefix("cid:").strip()
