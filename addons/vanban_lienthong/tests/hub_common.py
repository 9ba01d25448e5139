import tempfile
from dataclasses import replace
from pathlib import Path

from odoo.tests import HttpCase

from ..edxml import Organization
from ..wire.axis import VxpClient
from .common import LienthongCase


class MemberClient(VxpClient):
    """The server works on the test's own transaction: what the test wrote must be there before each call."""

    env = None

    def _request(self, name, parameters):
        self.env.flush_all()
        self.env.invalidate_all()
        return super()._request(name, parameters)


class HubCase(LienthongCase, HttpCase):
    """A hub with two members, over real HTTP with the ordinary client of an axis."""

    @classmethod
    def registry_enter_test_mode_cls(cls):
        if not cls._registry_patched:  # HttpCase has done it
            super().registry_enter_test_mode_cls()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"].create([
            {"name": "UBND xã Mẫu Đông", "is_company": True, "vanban_code_ids": [(0, 0, {"code": "Q95.11"})]},
            {"name": "UBND xã Mẫu Tây", "is_company": True, "vanban_code_ids": [(0, 0, {"code": "Q95.12"})]}])
        cls.east, cls.west = cls.env["vanban.hub.member"].create([
            {"partner_id": partner.id, "system_id": partner.vanban_code.lower()} for partner in partners])

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.enterContext(self.allow_requests(all_requests=True))

    def client(self, member, secret=None):
        if not secret:
            secret = member.with_user(self.admin_user).action_new_secret()
        client = MemberClient(f"{self.base_url()}/vanban/hub/v1", member.system_id, secret, timeout=30)
        client.env = self.env
        return client

    def letter(self, sender="Q95.11", recipient="Q95.12", **changes):
        packet = replace(
            self.packet(), sender=Organization(sender, "UBND xã"), recipients=(Organization(recipient, "Nơi nhận"),), **changes)
        path = self.folder / f"{len(list(self.folder.iterdir()))}.edxml"
        path.write_bytes(self.raw(packet))
        return path

    def deliveries(self):
        self.env.invalidate_all()
        return self.env["vanban.hub.delivery"].search([])
