import http.server
import tempfile
import threading

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from ..demo_pki import create_authority
from ..demo_pki.services import Services
from .common import SigningCase, b64


class Lists(http.server.BaseHTTPRequestHandler):
    """Serves ``bytes`` of the class as an authority's server does; nothing at all when there are none."""

    raw = b""

    def do_GET(self):
        self.send_response(200 if self.raw else 503)
        self.send_header("Content-Length", str(len(self.raw)))
        self.end_headers()
        self.wfile.write(self.raw)

    def log_message(self, *args):
        """Quiet."""


@tagged("post_install", "-at_install")
class TestRevocation(SigningCase):
    def setUp(self):
        super().setUp()
        server = http.server.HTTPServer(("127.0.0.1", 0), Lists)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.url = f"http://127.0.0.1:{server.server_address[1]}/ca.crl"

    @proves("SIGN-21")
    def test_lists_are_fetched_checked_and_kept_as_evidence(self):
        anchor = self.anchor.with_user(self.manager)
        self.assertEqual(len(anchor.revocation_ids), 1)
        anchor.crl_url = self.url
        Lists.raw = self.authority.crl.read_bytes()
        # an address inside the network only where the manager allows it
        self.assertEqual(anchor.action_fetch_crl()["params"]["type"], "danger")
        self.assertTrue(anchor.crl_problem)
        anchor.crl_private = True
        self.assertIs(anchor.action_fetch_crl(), True)
        self.assertFalse(anchor.crl_problem)
        self.assertTrue(anchor.crl_tried)
        # the same list is evidence once, another authority's or a broken one never
        count = len(anchor.revocation_ids)
        for raw in (b"", b"not a list"):
            Lists.raw = raw
            self.assertEqual(anchor.action_fetch_crl()["params"]["type"], "danger")
        self.assertEqual(len(anchor.revocation_ids), count)
        row = anchor.revocation_ids[0]
        for act in (lambda: row.sudo().write({"url": "x"}), lambda: row.sudo().unlink(), lambda: row.sudo().create({"anchor_id": anchor.id})):
            with self.assertRaises(AccessError):
                act()
        with self.assertRaises(AccessError):
            self.anchor.with_user(self.clerk).action_fetch_crl()

    def test_a_list_of_another_authority_is_not_taken(self):
        stranger = create_authority(f"{tempfile.mkdtemp()}/other", "CA lạ")
        anchor = self.anchor.with_user(self.manager)
        anchor.write({"crl_url": self.url, "crl_private": True})
        Lists.raw = stranger.crl.read_bytes()
        before = anchor._raw("crl")
        self.assertEqual(anchor.action_fetch_crl()["params"]["type"], "danger")
        self.assertEqual(anchor._raw("crl"), before)
        self.assertNotIn(b64(Lists.raw), anchor.revocation_ids.mapped("sha256"))

    @proves("SIGN-21")
    def test_what_the_job_has_fetched_is_not_fetched_again(self):
        authority = create_authority(f"{tempfile.mkdtemp()}/listed", "CA có danh sách")
        services = Services(authority).__enter__()
        self.addCleanup(services.__exit__)
        key = rsa.generate_private_key(65537, 2048)
        made = authority.issue(key.public_key(), {"common_name": "Người ký", "organization_name": "Đơn vị"}, crl_url=services.url("crl"))
        anchor = self.env["vanban.trust.anchor"].with_user(self.manager).create(
            {"name": "CA có danh sách", "trust_class": "public", "content": b64(authority.certificate.read_bytes()), "crl_url": services.url("crl"),
             "crl_private": True}
        )  # fmt: skip
        certificate = self.env["vanban.certificate"].with_user(self.manager).create(
            {"role": "personal", "company_id": self.company.id, "user_id": self.specialist.id,
             "content": b64(made.public_bytes(serialization.Encoding.DER))}
        )  # fmt: skip
        # by hand first: the same bytes, but nothing says where they are published
        anchor.action_load_crl(b64((authority.folder / "crl.der").read_bytes()))
        self.assertFalse(anchor.revocation_ids.key)
        self.env.ref("vanban_signing.cron_fetch_crl").method_direct_trigger()
        self.assertEqual(services.calls["crl"], 1)
        self.assertEqual(certificate.action_ask_revocation()["params"]["type"], "success")
        self.env.ref("vanban_signing.cron_ask_revocation").method_direct_trigger()
        self.assertEqual(services.calls["crl"], 1, "the list of the job is at hand")
        self.assertEqual(len(anchor.revocation_ids), 2)
