"""Many documents to many agencies while servers die and the network fails: set-up, faults, and the count at the end."""

import time
from collections import Counter

from broken_wire import BrokenWire
from demo import database, letters, papers, waiting
from demo.client import b64

KEY, SECRET = "thu-nghiem-loi", "bi-mat-chung-cua-lan-thu-loi-0123456789abcdef"


class FaultRun:
    """Sở Nội vụ sends to ``recipients`` agencies that live together on the server of Sở Tài chính.

    :param network: `demo.network.Network`, built
    :param mark: two capital letters, so that two runs in one database stay apart
    """

    def __init__(self, network, recipients, mark):
        self.sender, self.receiver, self.count, self.mark = network.snv, network.stc, recipients, mark
        self.there = BrokenWire(lambda: self.receiver.server.port)
        self.back = BrokenWire(lambda: self.sender.server.port)
        self.partners, self.companies = [], {}

    @property
    def documents(self):
        """Ids of what was issued so far, also when the issuing clerk never saw the answer."""
        return [document for document, in database.query(
            self.sender.db, "SELECT DISTINCT d.id FROM vanban_document d JOIN vanban_recipient r ON r.document_id = d.id"
            " WHERE r.partner_id = ANY(%s) AND d.issued_date IS NOT NULL", self.partners)]

    def code(self, number):
        return f"{self.mark}99.{number:03d}"

    # ------------------------------------------------------------------ set-up

    def connect(self):
        """Every agency with its own connection; all of them through the wires that break."""
        root, admin = self._admin(self.receiver.login("admin", "admin")), self.sender.user("quantri")
        self._without_scans(root, admin)
        company_ids = self._companies(root)
        allowed = {"allowed_company_ids": [*root.search("res.company", [("id", "not in", company_ids)], limit=1), *company_ids]}
        far = self._transport(root, context=allowed)
        sender = root.search("res.partner", [("name", "=", self.sender.agency.name), ("is_company", "=", True)], limit=1)[0]
        peers = root.create("vanban.peer", [
            {"partner_id": sender, "transport_id": far, "url": self.back.address, "key_id": KEY, "company_id": company, "database": self.sender.db}
            for company in company_ids], context=allowed)
        for peer in peers:
            root.call("vanban.peer", "action_set_secret", peer, secret=SECRET, context=allowed)
        near = self._transport(admin)
        self.partners = admin.create("res.partner", [
            {"name": f"Cơ quan mẫu {code}", "is_company": True, "vanban_code": code} for code in self.companies.values()])
        peers = admin.create("vanban.peer", [
            {"partner_id": partner, "transport_id": near, "url": self.there.address, "key_id": KEY, "company_id": self.sender.ids["company"],
             "database": self.receiver.db} for partner in self.partners])
        admin.call("vanban.peer", "action_set_secret", peers[0], secret=SECRET)

    @staticmethod
    def _admin(root):
        """The first user of a database as administrator of the document system."""
        group = root.one("ir.model.data", [("module", "=", "vanban_core"), ("name", "=", "group_admin")])
        root.write("res.users", root.uid, {"group_ids": [(4, root.value("ir.model.data", group, "res_id"))]})
        return root

    @staticmethod
    def _without_scans(*users):
        for user in users:
            # reading the words of scans would take the machine from what is tried here
            user.write("vanban.profile", user.search("vanban.profile", []), {"ocr": False})

    def _companies(self, root):
        """Make the receiving agencies; their ids."""
        codes = [self.code(number) for number in range(self.count)]
        company_ids = root.create("res.company", [{"name": f"Cơ quan mẫu {code}", "vanban_code": code} for code in codes])
        self.companies = dict(zip(company_ids, codes, strict=True))
        return company_ids

    @staticmethod
    def _transport(admin, **extra):
        return admin.create("vanban.transport", {
            "name": "Mạng hay hỏng", "driver": "https", "timeout": 20, "retry_base": 1, "retry_cap": 4, "allow_plain": True}, **extra)

    def issue(self):
        """One more document, signed with ink and sealed by the key device, to all of them; the moment of issuing."""
        site = self.sender
        document = letters.to_leader(
            site, f"thông báo thử mạng {self.mark}", [{"partner_id": partner} for partner in self.partners])
        clerk = site.user("vanthu")
        clerk.call("vanban.document", "action_sign_on_paper", document, filename="ban-quet.pdf", content_b64=b64(papers.scan("Bản quét")))
        for step in ("action_clerk_check", "action_allocate_number", "action_seal"):
            clerk.call("vanban.document", step, document)
        began = time.monotonic()
        clerk.call("vanban.document", "action_issue", document)
        return began

    # ------------------------------------------------------------------ faults

    def restart_receiver(self):
        self.receiver.stop()
        time.sleep(1)
        self.receiver.start()

    def kill_sender(self):
        """As a power cut: whatever was in its memory is gone."""
        self.sender.server.kill()
        self.sender.start()

    def kill_senders(self):
        """Everything between here and the receiver."""
        self.kill_sender()

    def drop_network(self, seconds=2):
        for wire in (self.there, self.back):
            wire.cut = True
        time.sleep(seconds)
        for wire in (self.there, self.back):
            wire.cut = False

    def lose_answers(self, count):
        """The next ``count`` packets each way arrive, but nobody hears that they did."""
        for wire in (self.there, self.back):
            wire.lose += count

    # -------------------------------------------------------------------- count

    def states(self):
        return Counter(state for state, in database.query(
            self.sender.db, "SELECT state FROM vanban_packet_out WHERE document_id = ANY(%s) AND type = 'document'", self.documents))

    def wait(self, seconds):
        """Until every recipient is known to have every document, without anybody pressing anything."""
        wanted = len(self.documents) * self.count
        waiting.until(
            lambda: self.states()["arrived"] == wanted and not self._unreported(), f"{wanted} gói tin đến nơi", timeout=seconds, pause=1)

    def _unreported(self):
        """Statuses whose answer was lost: the sender has them, the receiver tries once more."""
        return database.query(
            self.receiver.db, "SELECT 1 FROM vanban_packet_status s LEFT JOIN vanban_packet_out o ON o.id = s.packet_out_id"
            " WHERE s.company_id = ANY(%s) AND s.direction = 'out' AND o.state IS DISTINCT FROM 'sent' LIMIT 1", list(self.companies))

    def check(self):
        """Exactly once, whole, complete, nothing in limbo. Raises AssertionError."""
        sent = {code for code, in database.query(
            self.sender.db, "SELECT document_code FROM vanban_document WHERE id = ANY(%s)", self.documents)}
        received = Counter(database.query(
            self.receiver.db, "SELECT company_id, document_code FROM vanban_document WHERE direction = 'in' AND company_id = ANY(%s)",
            list(self.companies)))
        assert len(sent) == len(self.documents)
        assert set(received) == {(company, code) for company in self.companies for code in sent}
        assert set(received.values()) == {1}, "a document came twice"
        # the bytes of each are those that were sent
        digests = self._sent_digests()
        kept = Counter(database.query(
            self.receiver.db, "SELECT sha256, state FROM vanban_packet_in WHERE company_id = ANY(%s) AND type = 'document'", list(self.companies)))
        assert {digest for digest, _state in kept} == digests and {state for _digest, state in kept} == {"done"}, kept
        # the status of each: made once, sent once, logged once
        reported = Counter(database.query(
            self.receiver.db, "SELECT s.document_id, s.code, o.state FROM vanban_packet_status s"
            " LEFT JOIN vanban_packet_out o ON o.id = s.packet_out_id WHERE s.company_id = ANY(%s) AND s.direction = 'out'", list(self.companies)))
        assert {(code, state) for _document, code, state in reported} == {("01", "sent")}, reported.most_common(5)
        logged = Counter(database.query(
            self.sender.db, "SELECT out_id, code FROM vanban_packet_status WHERE document_id = ANY(%s) AND direction = 'in'", self.documents))
        assert len(logged) == len(self.documents) * self.count and set(logged.values()) == {1}
        limbo = database.query(self.sender.db, "SELECT count(*) FROM vanban_packet_in WHERE state = 'received'")
        assert limbo == [(0,)], limbo

    def _sent_digests(self):
        return {digest for digest, in database.query(
            self.sender.db, "SELECT p.sha256 FROM vanban_packet p WHERE p.document_id = ANY(%s) AND p.type = 'document'", self.documents)}

    def close(self):
        self.there.close()
        self.back.close()
