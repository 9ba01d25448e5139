import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from ..demo_pki.services import Services
from .common import SigningCase


class Down(BaseHTTPRequestHandler):
    asked = 0

    def do_POST(self):
        Down.asked += 1
        self.send_error(503)

    def log_message(self, *_arguments):
        pass


@tagged("post_install", "-at_install")
class TestTimestampQueue(SigningCase):
    def setUp(self):
        super().setUp()
        server = HTTPServer(("127.0.0.1", 0), Down)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.company.vanban_tsa_url = f"http://127.0.0.1:{server.server_address[1]}/tsa"

    @proves("SIGN-23")
    def test_refused_when_the_agency_says_so(self):
        document, Down.asked = self.outgoing(), 0
        with self.assertRaisesRegex(UserError, "dấu thời gian"):
            self.sign(document)
        self.assertEqual(Down.asked, 3, "three tries, then the agency's rule decides")
        self.assertEqual((document.state, document.main_file_id.stage), ("leader", "draft"))

    @proves("SIGN-23")
    def test_queued_and_never_without(self):
        self.company.vanban_tsa_policy = "queue"
        document = self.outgoing()
        self.assertFalse(self.sign(document))
        self.assertEqual((document.state, document.main_file_id.stage), ("leader", "draft"))
        session = self.env["vanban.signing.session"].search([("document_id", "=", document.id)], limit=1)
        self.assertEqual(session.outcome, "queued")
        # signed once is enough: the device is not asked again
        with self.assertRaisesRegex(UserError, "timestamp|dấu thời gian"):
            document.with_user(self.leader).action_sign_prepare()
        self.env.ref("vanban_signing.cron_signing_timestamp").method_direct_trigger()
        self.assertEqual((session.outcome, document.state), ("queued", "leader"))
        # the service is given up by the agency: the document goes on; with a service it goes on only with its timestamp
        self.company.vanban_tsa_url = False
        self.env.ref("vanban_signing.cron_signing_timestamp").method_direct_trigger()
        self.assertEqual((session.outcome, document.state), ("done", "signed"))
        self.assertFalse(session.sudo().signature)

    @proves("SIGN-23")
    def test_the_service_is_back(self):
        """The signature that waited gets its timestamp, without the device and without the signer."""
        self.company.vanban_tsa_policy = "queue"
        document = self.outgoing()
        self.sign(document)
        before = document.sudo().file_ids
        services = Services(self.authority).__enter__()
        self.addCleanup(services.__exit__)
        self.company.vanban_tsa_url = services.url("tsa")
        self.env.ref("vanban_signing.cron_signing_timestamp").method_direct_trigger()
        document.invalidate_recordset()
        self.assertEqual((document.state, document.main_file_id.stage), ("signed", "signed"))
        self.assertEqual(len(document.sudo().file_ids - before), 1)
        report = document.sudo().main_file_id._report()
        self.assertEqual((report.overall, report.signatures[0].timestamp["present"]), ("valid", True))


