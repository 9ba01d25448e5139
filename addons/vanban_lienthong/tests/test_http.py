import hashlib
import time
import uuid
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from odoo.tests import HttpCase, tagged

from odoo.addons.vanban_core.tests.proves import proves

from ..controllers import strangers
from ..models.packet_out_delivery import Kept
from ..wire import Envelope
from ..wire.http_client import PACKETS_PATH, DeliveryError, HttpClient
from .common import KEY, SECRET, LienthongCase


@tagged("post_install", "-at_install")
class TestHttp(LienthongCase, HttpCase):
    """The real endpoint over real HTTP."""

    @classmethod
    def registry_enter_test_mode_cls(cls):
        if not cls._registry_patched:  # HttpCase has done it
            super().registry_enter_test_mode_cls()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        https = cls.env.ref("vanban_lienthong.transport_https")
        for peer in (cls.peer, cls.peer_back):
            peer.write({"transport_id": https.id, "url": cls.base_url(), "key_id": KEY, "database": cls.env.cr.dbname})
            peer.with_user(cls.admin_user).sudo().action_set_secret(SECRET)

    def setUp(self):
        super().setUp()
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        strangers.forget()

    def post(self, raw, secret=SECRET, key=KEY, recipient="H96.02", message=None, digest=None):
        path = self.folder / uuid.uuid4().hex
        path.write_bytes(raw)
        client = HttpClient(self.base_url(), key, secret, database=self.env.cr.dbname)
        with self.allow_requests(all_requests=True):
            return client.send(
                path, message or str(uuid.uuid4()), "H97.03", recipient, "document", len(raw),
                digest or hashlib.sha256(raw).hexdigest())

    def inbox(self, **extra):
        return self.env["vanban.packet.in"].search([("company_id", "=", self.company.id)])

    @proves("LT-01")
    def test_stored_before_the_receipt(self):
        raw = self.raw(self.packet())
        answer = self.post(raw)
        packet = self.env["vanban.packet.in"].browse(int(answer["id"]))
        self.assertEqual((packet.state, packet.sha256), ("received", hashlib.sha256(raw).hexdigest()))
        with packet._content_path() as path:
            self.assertEqual(Path(path).read_bytes(), raw)
        self.run_job("cron_read")
        self.assertEqual(packet.state, "done")

    def test_delivered_twice(self):
        raw, message = self.raw(self.packet()), str(uuid.uuid4())
        self.assertEqual(self.post(raw, message=message)["id"], self.post(raw, message=message)["id"])
        self.assertEqual(len(self.inbox()), 1)

    def refused(self, code, **arguments):
        # assertRaises of the test case would roll back what the server stored
        try:
            self.post(self.raw(self.packet()), **arguments)
        except DeliveryError as error:
            self.assertEqual(error.code, code)
            return error
        return self.fail("the packet was accepted")

    def logged(self):
        """What the log tells of requests that were refused."""
        return self.env["vanban.log"].search(
            [("action", "=", "receive_packet"), ("outcome", "=", "refused")], order="id").mapped("comment")

    @proves("LT-12")
    def test_strangers_are_refused(self):
        self.refused("signature", secret="mot-bi-mat-khac-dai-hon-ba-muoi-hai-ky-tu")
        self.refused("signature", key="khoa-la")
        self.assertFalse(self.refused("recipient", recipient="H97.55").retryable)
        self.assertFalse(self.inbox())

    @proves("LT-12")
    def test_changed_on_the_way(self):
        error = self.refused("digest", digest="0" * 64)
        self.assertTrue(error.retryable)
        self.assertEqual((self.inbox().state, self.inbox().reason_code), ("quarantined", "INTEGRITY"))

    @proves("LT-12")
    def test_replay_and_clock(self):
        raw = self.raw(self.packet())
        envelope = Envelope(
            key=KEY, message="goi-tin-0001", sender="H97.03", recipient="H96.02", type="document", length=len(raw),
            digest=hashlib.sha256(raw).hexdigest(), timestamp=int(time.time()), nonce=Envelope.new_nonce())

        def call(envelope, method="POST"):
            headers = {**envelope.headers(method, PACKETS_PATH, SECRET), "X-Odoo-Database": self.env.cr.dbname}
            with self.allow_requests(all_requests=True):
                return requests.post(self.base_url() + PACKETS_PATH, headers=headers, files={"packet": raw}, timeout=30)

        self.assertEqual(call(envelope).status_code, 200)
        again = call(envelope)
        self.assertEqual((again.status_code, again.json()["error"]["code"]), (409, "replay"))
        self.assertTrue(self.logged()[0].startswith("replay: "), self.logged())
        old = call(replace(envelope, timestamp=int(time.time()) - 3600, nonce=Envelope.new_nonce()))
        self.assertEqual((old.status_code, old.json()["error"]["code"]), (401, "clock"))
        wrong = call(replace(envelope, nonce=Envelope.new_nonce()), method="PUT")
        self.assertEqual(wrong.status_code, 401)

    def test_unsigned_bodies_are_not_read(self):
        with self.allow_requests(all_requests=True):
            answer = requests.post(
                self.base_url() + PACKETS_PATH, headers={"X-Odoo-Database": self.env.cr.dbname},
                files={"packet": b"x" * 3_000_000}, timeout=30)
        self.assertEqual((answer.status_code, answer.json()["error"]["code"]), (400, "headers"))
        self.assertFalse(self.inbox())

    def test_too_large(self):
        self.env["ir.config_parameter"].set_param("vanban_lienthong.max_packet_mb", 1)
        with self.assertRaises(DeliveryError) as caught:
            self.post(b"x" * 1_500_000)
        self.assertEqual((caught.exception.code, caught.exception.retryable), ("too_large", False))
        self.assertFalse(self.inbox())

    def test_health_and_check(self):
        self.assertEqual(self.url_open("/vanban/lienthong/v1/health").json()["status"], "ok")
        with self.allow_requests(all_requests=True):
            action = self.peer.with_user(self.admin_user).action_check_connection()
        self.assertIn("H97.03", action["params"]["message"])

    def known(self, numbers, secret=SECRET, key=KEY):
        client = HttpClient(self.base_url(), key, secret, database=self.env.cr.dbname)
        with self.allow_requests(all_requests=True):
            return client.known(dict.fromkeys(numbers, "H96.02"), "H97.03")

    def test_compared_over_http(self):
        """The other side tells the digests of the asker's own packets, and of nobody else's."""
        raw, message = self.raw(self.packet()), str(uuid.uuid4())
        self.post(raw, message=message)
        own = self.env["vanban.packet.in"].search([("message", "=", message)])
        stranger = self.receive(self.packet(document_id="H97.03,2026/03/09,200/STC-VP"), read=False)  # came by another way
        found = self.known([message, stranger.message, "khong-co"])
        self.assertEqual(found, {message: own.sha256})
        self.assertEqual(self.known([str(number) for number in range(900)]), {})  # in several pages
        try:
            self.known([message], secret="mot-bi-mat-khac-dai-hon-ba-muoi-hai-ky-tu")
        except DeliveryError as error:
            self.assertEqual(error.code, "signature")
        else:
            self.fail("a stranger was answered")

    def test_report_in_the_browser(self):
        day = self.env["vanban.reconciliation"]._make(self.company, "2026-03-09")
        for user, status in ((self.clerk, 200), (self.specialist, 404), (self.other_clerk, 404)):
            with self.subTest(user.login):
                user.sudo().password = user.login * 3
                self.authenticate(user.login, user.login * 3)
                answer = self.url_open(f"/vanban/reconciliation/{day.id}")
                self.assertEqual(answer.status_code, status)
        self.authenticate(None, None)

    @proves("LT-05")
    def test_whole_way_over_http(self):
        document = self.issued()
        row = document.delivery_ids.sudo()
        self.send(row)
        self.assertEqual(row.state, "sent")
        self.assertTrue(row.remote_id)
        received = self.env["vanban.packet.in"].search([("company_id", "=", self.other.id), ("type", "=", "document")])
        self.run_job("cron_read")
        self.assertEqual(received.document_id.code, document.code)
        self.env["vanban.packet.status"]._queue_pending()
        status = self.env["vanban.packet.out"].search([("company_id", "=", self.other.id), ("type", "=", "status")])
        self.send(status)
        self.run_job("cron_read")
        self.assertEqual(row.state, "arrived")

    def send(self, row):
        """One attempt of the delivery, without its job: two cursors of a test would wait for each other."""
        self.env.flush_all()
        with self.allow_requests(all_requests=True), Kept() as kept:
            self.assertIsNone(row._deliver(kept))
