"""The agency that the suite plays."""
import time
import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from edxml import (
    Attachment,
    Business,
    DocumentPacket,
    Kind,
    OtherInfo,
    PacketError,
    ResponseFor,
    Signer,
    Staff,
    StatusPacket,
    Trace,
    read_packet,
    write_packet,
)
from wire import DeliveryError

# The smallest file that every reader of PDF opens.
_PDF = (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\nxref\n0 4\n0000000000 65535 f \n"
        b"0000000009 00000 n \n0000000053 00000 n \n0000000102 00000 n \ntrailer<</Size 4/Root 1 0 R>>\n"
        b"startxref\n161\n%%EOF\n")


class Examiner:
    """Sends to one system and collects what it reports.

    :param client: client of an axis (:mod:`wire.axis`)   :param own: our :class:`Organization`
    :param target: the organization under test            :param folder: empty folder for packets
    :param patience: seconds to wait for a report         :param pause: seconds between two looks
    """

    def __init__(self, client, own, target, folder, patience=120, pause=2):
        self.client, self.own, self.target = client, own, target
        self.folder, self.patience, self.pause = Path(folder), patience, pause
        self.series = uuid.uuid4().hex[:8].upper()
        self.began = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).replace(tzinfo=None, microsecond=0)
        self.reports = []  # (document id, status code) in the order of arrival
        self._number = 0

    # ------------------------------------------------------------------ making

    def letter(self, **changes):
        """A document packet with an id never used before; its file lies in the folder."""
        self._number += 1
        now = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).replace(tzinfo=None)
        path = self.folder / f"van-ban-{self._number}.pdf"
        # Each letter has bytes of its own.
        path.write_bytes(_PDF + f"% {self.series}-{self._number}\n".encode())
        code = f"{self._number}/KT-{self.series}"
        packet = DocumentPacket(
            self.own, (self.target,), f"{self.own.organ_id},{now:%Y/%m/%d},{code}", str(self._number), f"KT-{self.series}",
            "Nơi thử", now.date(), Kind("Công văn", 2, 18), f"V/v kiểm tra liên thông {code}", f"V/v kiểm tra liên thông {code}",
            Signer("Người Ký Thử", "GIÁM ĐỐC"), other=OtherInfo(0), traces=(Trace(self.own.organ_id, now),), business=Business(0, ""),
            attachments=(Attachment(f"kiem-tra-{self._number}.pdf", path, "Văn bản chính"),))
        return replace(packet, **changes)

    def bytes_of(self, packet):
        path = self.folder / "packet.edxml"
        write_packet(packet, path)
        return path.read_bytes()

    def received_letter(self):
        """A document that the system under test has sent to us, taken out of our queue; None when there is none."""
        for item in self.client.waiting("document"):
            path = self.folder / "received.edxml"
            self.client.download(item, path, 100 << 20)
            self.client.acknowledge(item)
            try:
                packet = read_packet(path, None)
            except PacketError:
                continue
            if isinstance(packet, DocumentPacket) and packet.sender.organ_id == self.target.organ_id:
                return packet
        return None

    # ----------------------------------------------------------------- talking

    def report(self, document_id, code, status, description, minute=0):
        """Send a status about a document; ``minute`` puts it five minutes before the examination plus that, to try the order of time.

        The same status of the same minute is a repetition: it bears the same time.
        """
        packet = StatusPacket(
            sender=self.own, response_for=ResponseFor(self.target.organ_id, code, document_id, self.began.date()), status_code=status,
            description=description, timestamp=self.began - timedelta(minutes=5 - minute), staff=Staff("Phòng thử", "Người Thử"))
        self.send(packet, "status")

    def send(self, packet_or_bytes, kind="document"):
        """Hand a packet or raw bytes over; the id that the axis gave it. Raises DeliveryError."""
        raw = packet_or_bytes if isinstance(packet_or_bytes, bytes) else self.bytes_of(packet_or_bytes)
        path = self.folder / "to-send.edxml"
        path.write_bytes(raw)
        return self.client.send(path, self.own.organ_id, [self.target.organ_id], kind)

    def collect(self):
        """Take every waiting status out of our queue."""
        for item in self.client.waiting("status"):
            path = self.folder / "status.edxml"
            self.client.download(item, path, 1 << 20)
            try:
                packet = read_packet(path, None)
            except PacketError as error:
                self.reports.append(("", f"unreadable: {error.code}"))
            else:
                if isinstance(packet, StatusPacket):
                    self.reports.append((packet.response_for.document_id, packet.status_code))
            self.client.acknowledge(item)

    def reported(self, document_id):
        return [code for known, code in self.reports if known == document_id]

    def wait_for(self, document_id, *codes):
        """True as soon as one of ``codes`` is reported about the document; False when the patience is over."""
        end = time.monotonic() + self.patience
        while True:
            try:
                self.collect()
            except DeliveryError:
                if time.monotonic() > end:
                    raise
            if set(codes) & set(self.reported(document_id)):
                return True
            if time.monotonic() > end:
                return False
            time.sleep(self.pause)

    def settle(self, seconds):
        """Look for late reports for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.collect()
            time.sleep(min(self.pause, max(0, end - time.monotonic())))
