import hashlib
import json
from datetime import datetime, timedelta
from unittest.mock import patch

import requests

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.vanban_core.tests.common import PASSWORD
from odoo.addons.vanban_core.tests.proves import proves

from ..controllers import hub
from ..edxml import Business, OtherInfo, read_packet
from ..wire.axis import Item, Registration
from ..wire.axis.vxp import VIETNAM, file_digest, signed_headers, timestamp
from ..wire.session import DeliveryError, FilePart
from .hub_common import HubCase


@tagged("post_install", "-at_install")
class TestHub(HubCase):
    """Members among themselves, and what the hub keeps and lets nobody do."""

    @proves("LT-01")
    def test_from_member_to_member(self):
        east, west = self.client(self.east), self.client(self.west)
        letter = self.letter()
        doc_id = east.send(letter, "Q95.11", ["Q95.12"], "document")
        self.assertEqual(west.count(), 1)
        [item] = west.waiting("document")
        self.assertEqual((item.sender, item.recipient), ("Q95.11", "Q95.12"))
        target = self.folder / "fetched"
        west.download(item, target, 10_000_000)
        packet = read_packet(target, None)
        # the hub added its own trace and changed nothing else
        self.assertEqual([trace.organ_id for trace in packet.traces], ["H97.03", self.env.ref("base.main_company").vanban_code or "-"])
        original = letter.read_bytes()
        relayed = target.read_bytes()
        start = next(n for n, (a, b) in enumerate(zip(original, relayed, strict=False)) if a != b)
        extra = len(relayed) - len(original)
        self.assertEqual(relayed[start + extra:], original[start:])
        self.assertEqual(self.deliveries().packet_id.original_sha256, hashlib.sha256(original).hexdigest())
        self.assertEqual(self.deliveries().state, "processing")
        self.assertEqual(len(west.waiting("document")), 1)  # until it is confirmed
        west.acknowledge(item)
        self.assertEqual((west.waiting("document"), self.deliveries().state), ([], "done"))
        self.assertTrue(self.east.last_contact and self.west.last_contact)
        # the same again because the answer was lost: the same number, nothing more in the queue
        self.assertEqual(east.send(letter, "Q95.11", ["Q95.12"], "document"), doc_id)
        self.assertEqual((west.count(), len(self.deliveries())), (0, 1))

    @proves("LT-01")
    def test_several_agencies_on_one_system(self):
        """One account sends and receives for the agencies that live on its system; no agency has two queues."""
        third = self.env["res.partner"].create(
            {"name": "UBND xã Mẫu Nam", "is_company": True, "vanban_code_ids": [(0, 0, {"code": "Q95.13"})]})
        self.west.other_partner_ids = third
        east, west = self.client(self.east), self.client(self.west)
        packet = self.letter()
        doc_id = east.send(packet, "Q95.11", ["Q95.12", "Q95.13"], "document")
        waiting = west.waiting("document")
        self.assertEqual([item.recipient for item in waiting], ["Q95.12", "Q95.13"])
        # the answer was lost, and the packet goes once more with others: whoever has it does not get it twice
        west.acknowledge(waiting[0])
        self.assertEqual(east.send(packet, "Q95.11", ["Q95.13", "Q95.12"], "document"), doc_id)
        self.assertEqual([item.doc_id for item in west.waiting("document")], [waiting[1].doc_id])
        # hours later it is asked for once more: “Gửi lại”
        self.deliveries().filtered(lambda row: row.state == "done").state_date -= timedelta(hours=2)
        east.send(packet, "Q95.11", ["Q95.12"], "document")
        self.assertEqual(sorted(item.recipient for item in west.waiting("document")), ["Q95.12", "Q95.13"])
        # it speaks for each of them, and for nobody else
        west.send(self.letter(sender="Q95.13", recipient="Q95.11"), "Q95.13", ["Q95.11"], "document")
        self.assertEqual([item.sender for item in east.waiting("document")], ["Q95.13"])
        self.assertIn("Q95.13", [agency.code for agency in east.agencies()])
        with self.assertRaisesRegex(ValidationError, "UBND xã Mẫu Nam"):
            self.east.other_partner_ids = third

    def call(self, client, name, parameters, hours=0, body=None, added=None):
        """(HTTP status, answer) of a call signed so many hours ago, with headers ``added`` by somebody else."""
        self.env.flush_all()
        self.env.invalidate_all()
        moment = timestamp(datetime.now(VIETNAM) - timedelta(hours=hours))
        headers = signed_headers({"systemid": client._system, "timestamp": moment, **parameters}, client._secret) | (added or {})
        if isinstance(body, FilePart):
            headers["Content-Type"] = body.content_type
        return client._session.call("POST", f"{client._session.base}/{name}", headers, body)

    @proves("LT-12")
    def test_headers_that_nobody_signed(self):
        """Somebody who has read a call adds parameters of his own: refused, logged, nothing done; the list of names convinces nobody."""
        east, west = self.client(self.east), self.client(self.west)
        letter = self.letter()
        east.send(letter, "Q95.11", ["Q95.12"], "document")
        [item] = west.waiting("document")
        forged = self.letter(sender="Q95.12", recipient="Q95.11")
        with open(forged, "rb") as stream:
            digest = file_digest(stream)
        asked = {"servicetype": "eDoc", "messagetype": "edoc"}
        for names in ("systemid;timestamp;servicetype;messagetype", "systemid;timestamp"):
            for name, added, body in (
                    ("downloadEdoc", {"docId": item.doc_id}, None), ("updateStatus", {"docId": item.doc_id, "status": "done"}, None),
                    ("sendEdoc", {"from": "Q95.12", "to": '["Q95.11"]', "hash-file": digest}, FilePart(forged, "file_doc", "x" * 30)),
                    ("deleteAgency", {"AgencyCode": "Q95.12"}, None)):
                headers = {"XroadVnpt-sign-header-key": names, **{f"XroadVnpt-{key}": value for key, value in added.items()}}
                # the row itself does not outlive the refused request in a test, where all share one transaction
                with patch.object(hub, "log_refused") as logged:
                    status, _raw = self.call(west, name, asked, body=body, added=headers)
                self.assertEqual(status, 401, name)
                self.assertIn(f"not signed: {', '.join(sorted(key.lower() for key in added))}", logged.call_args.args[2])
        # without them the same call says nothing about a packet
        for name in ("downloadEdoc", "updateStatus", "sendEdoc", "deleteAgency"):
            status, raw = self.call(west, name, asked)
            self.assertEqual((status, json.loads(raw)["status"]), (200, "FAIL"), name)
        self.assertEqual(self.deliveries().mapped("state"), ["initial"])

    @proves("LT-12")
    def test_recorded_calls_played_again(self):
        """Wholly genuine calls, hours old: nobody gets a packet twice, what was confirmed stays confirmed and is not given out."""
        east, west = self.client(self.east), self.client(self.west)
        letter = self.letter()
        with open(letter, "rb") as stream:
            digest = file_digest(stream)
        sending = {"from": "Q95.11", "servicetype": "eDoc", "messagetype": "edoc", "to": '["Q95.12"]', "hash-file": digest}
        part = FilePart(letter, "file_doc", "x" * 30)
        numbers = {json.loads(self.call(east, "sendEdoc", sending, hours=3, body=part)[1])["DocId"]}
        [item] = west.waiting("document")
        self.assertEqual(self.call(west, "downloadEdoc", {"docId": item.doc_id}, hours=3)[0], 200)
        west.acknowledge(item)
        self.deliveries().state_date -= timedelta(hours=2)
        numbers.add(json.loads(self.call(east, "sendEdoc", sending, hours=3, body=part)[1])["DocId"])
        self.assertEqual((len(numbers), self.deliveries().mapped("state")), (1, ["done"]))
        self.assertTrue(self.env["vanban.log"].sudo().search_count([("action", "=", "hub_repeated")]))
        status, raw = self.call(west, "downloadEdoc", {"docId": item.doc_id}, hours=3)
        self.assertEqual((status, json.loads(raw)["ErrorCode"]), (200, "10"))
        for state in ("fail", "processing"):
            self.call(west, "updateStatus", {"docId": item.doc_id, "status": state}, hours=3)
        self.assertEqual(self.deliveries().state, "done")
        # asked for anew, it is wanted once more
        east.send(letter, "Q95.11", ["Q95.12"], "document")
        self.assertEqual(sorted(self.deliveries().mapped("state")), ["done", "initial"])
        # older than a day: not even read
        self.assertEqual(self.call(east, "sendEdoc", sending, hours=25, body=part)[0], 401)

    @proves("LT-12")
    def test_body_of_a_registration_is_signed(self):
        """Another body behind a genuine call, one that nobody signed, and an old call: refused and logged."""
        east = self.client(self.east)
        body = json.dumps(Registration("Q95.11.02", "Trạm Y tế xã Mẫu Đông").row()).encode()
        signed = {"hash-body": hashlib.sha256(body).hexdigest()}
        other = json.dumps(Registration("Q95.11", "Tên người khác đặt").row()).encode()
        for parameters, sent, hours, words in (
                ({}, body, 0, "hash-body"), (signed, other, 0, "hash-body"), (signed, body, 1, "5 phút"), ({"hash-body": "é"}, body, 0, "hash-body")):
            status, raw = self.call(east, "registerAgency", parameters, hours=hours, body=sent)
            answer = json.loads(raw)
            self.assertEqual((status, answer["ErrorCode"]), (200, "10"))
            self.assertIn(words, answer["ErrorDesc"])
        self.env.invalidate_all()
        self.assertEqual((self.east.name, self.east.other_partner_ids.ids), ("UBND xã Mẫu Đông", []))
        self.assertEqual(len(self.env["vanban.log"].sudo().search([("action", "=", "hub_agency"), ("outcome", "=", "refused")])), 4)
        self.assertEqual(json.loads(self.call(east, "registerAgency", signed, body=body)[1])["status"], "OK")
        answer = json.loads(self.call(east, "deleteAgency", {"AgencyCode": "Q95.11.02"}, hours=1)[1])
        self.assertIn("5 phút", answer["ErrorDesc"])
        self.env.invalidate_all()
        self.assertTrue(self.east.other_partner_ids)

    def test_no_recipient_is_left_out(self):
        """More of them than one call takes: refused, instead of the rest being forgotten."""
        east = self.client(self.east)
        with self.assertRaisesRegex(DeliveryError, "1001 nơi nhận") as error:
            east.send(self.letter(), "Q95.11", [f"Q95.{number}" for number in range(1001)], "document")
        self.assertEqual((error.exception.code, error.exception.retryable), ("axis_10", False))
        self.assertFalse(self.deliveries())

    def test_behind_what_stays(self):
        """A member looks behind packets that it leaves for now."""
        east, west = self.client(self.east), self.client(self.west)
        for subject in ("V/v thứ nhất", "V/v thứ hai", "V/v thứ ba"):
            east.send(self.letter(subject=subject), "Q95.11", ["Q95.12"], "document")
        items = west.waiting("document")
        self.assertEqual([west.waiting("document", offset) for offset in (1, 3)], [items[1:], []])

    @proves("SEC-01")
    def test_nobody_reads_what_passes(self):
        """Keepers see facts and digests; the bytes go to members with their secret, to nobody over RPC or /web/content."""
        east, west = self.client(self.east), self.client(self.west)
        east.send(self.letter(), "Q95.11", ["Q95.12"], "document")
        packet = self.deliveries().packet_id
        attachment = self.env["ir.attachment"].search([("res_model", "=", packet._name), ("res_field", "=", "content")])
        self.assertEqual(len(attachment), 1)
        system = self._make_user("system_keeper", "vanban_core.group_admin,base.group_system")
        for user in (self.admin_user, system):
            with self.subTest(user.login), mute_logger("odoo.http", "odoo.models", "odoo.addons.base.models.ir_rule"):
                [facts] = self.rpc(user, packet._name, "read", packet.ids)
                self.assertEqual((facts["sha256"], "content" in facts), (packet.sha256, False))
                self.refused(user, packet._name, "read", packet.ids, ["content"])
                self.refused(user, packet._name, "search_read", [("id", "=", packet.id)], ["content"])
                self.refused(user, packet._name, "action_download", packet.ids)
                self.refused(user, "ir.attachment", "read", attachment.ids, ["datas"])
                self.refused(user, "ir.attachment", "write", attachment.ids, {"name": "x"})
                for domain in ([("id", "=", attachment.id)], [("res_model", "=", packet._name), ("res_field", "=", "content")]):
                    self.assertEqual(self.rpc(user, "ir.attachment", "search_read", domain, ["datas"]), [])
                self.authenticate(user.login, PASSWORD)
                for path in (f"/web/content/{attachment.id}", f"/web/content/{packet._name}/{packet.id}/content",
                             f"/web/content?model={packet._name}&id={packet.id}&field=content"):
                    answer = requests.get(self.base_url() + path, cookies={"session_id": self.session.sid}, timeout=30)
                    self.assertIn(answer.status_code, (403, 404), path)
                self.authenticate(None, None)
        [item] = west.waiting("document")
        self.assertTrue(west.download(item, self.folder / "fetched", 10_000_000))

    def test_bytes_are_not_kept(self):
        east, west = self.client(self.east), self.client(self.west)
        east.send(self.letter(), "Q95.11", ["Q95.12"], "document")
        packet = self.deliveries().packet_id
        packet._gc_content()
        self.assertTrue(packet.has_content)
        [item] = west.waiting("document")
        west.acknowledge(item)
        packet._gc_content()
        self.assertFalse(packet.has_content or packet.content)
        self.assertTrue(packet.sha256 and packet.original_sha256)
        with self.assertRaisesRegex(DeliveryError, "tệp gói tin không hợp lệ"):
            west.download(item, self.folder / "x", 10_000_000)

    def test_expired(self):
        east = self.client(self.east)
        east.send(self.letter(), "Q95.11", ["Q95.12"], "document")
        self.env["ir.config_parameter"].set_param("vanban_lienthong.hub_days", "2")
        for days, state in ((1, "initial"), (2, "expired")):
            self.env.cr.execute("UPDATE vanban_hub_delivery SET create_date = create_date - interval '%s days'", [days])
            self.env.invalidate_all()
            self.env["vanban.hub.packet"]._gc_content()
            self.assertEqual((self.deliveries().state, self.deliveries().packet_id.has_content), (state, state == "initial"))
        self.assertEqual((self.deliveries().state, self.deliveries().packet_id.has_content), ("expired", False))

    def test_refused(self):
        """Wrong sender, unknown recipient, broken packet, state secret, too large, over the limit: nothing is stored."""
        east = self.client(self.east)
        broken = self.folder / "broken.edxml"
        broken.write_bytes(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><edXML/>')
        cases = (
            ("axis_19", self.letter(sender="Q95.12"), "Q95.11", "Q95.12"),
            ("axis_19", self.letter(), "Q95.12", "Q95.12"),
            ("axis_18", self.letter(recipient="H11.11"), "Q95.11", "H11.11"),
            ("axis_22", broken, "Q95.11", "Q95.12"),
            ("axis_22", self.letter(other=OtherInfo(0, sphere="Mật")), "Q95.11", "Q95.12"),
        )
        for code, path, sender, recipient in cases:
            with self.subTest(code=code), self.assertRaises(DeliveryError) as error:
                east.send(path, sender, [recipient], "document")
            self.assertEqual(error.exception.code, code)
        with self.assertRaises(DeliveryError):
            east.send(self.letter(), "Q95.11", ["Q95.12"], "status")
        self.east.max_packet_mb = 1
        large = self.folder / "large.edxml"
        large.write_bytes(self.letter().read_bytes() + b" " * 1_060_000)
        with self.assertRaises(DeliveryError) as error:
            east.send(large, "Q95.11", ["Q95.12"], "document")
        self.assertEqual(error.exception.code, "axis_10")
        self.east.max_per_hour = 1
        east.send(self.letter(), "Q95.11", ["Q95.12"], "document")
        with self.assertRaises(DeliveryError) as error:
            east.send(self.letter(business=Business(0, "lần hai")), "Q95.11", ["Q95.12"], "document")
        self.assertTrue(error.exception.retryable)
        self.assertEqual(len(self.deliveries()), 1)

    @proves("LT-03")
    def test_members_enter_their_own_agencies(self):
        """Data put right, an agency below added and struck off; nobody takes a code that is not below its own."""
        east, west = self.client(self.east), self.client(self.west)
        before = west.changes("")
        self.assertLessEqual({"Q95.11", "Q95.12"}, {agency.code for agency in before.agencies})
        self.env.cr.execute("UPDATE res_partner SET write_date = write_date - interval '1 hour'")
        self.env.cr.execute("UPDATE vanban_agency_code SET write_date = write_date - interval '1 hour'")
        self.env.cr.execute("UPDATE vanban_hub_member SET write_date = write_date - interval '1 hour', last_contact = now() at time zone 'utc'")
        self.env.invalidate_all()
        quiet = west.changes(before.version)
        self.assertFalse({"Q95.11", "Q95.12"} & {agency.code for agency in quiet.agencies})
        east.register_agency(Registration("Q95.11", "UBND xã Mẫu Đông mới", email="xa@example.vn"))
        self.assertEqual((self.east.partner_id.name, self.east.partner_id.email), ("UBND xã Mẫu Đông mới", "xa@example.vn"))
        east.register_agency(Registration("q95.11.02", "Trạm Y tế xã Mẫu Đông", parent="Q95.11"))
        added = self.east.other_partner_ids
        self.assertEqual((added.vanban_code, added.vanban_written_code), ("Q95.11.02", "q95.11.02"))
        found = {agency.code: agency.name for agency in west.changes(quiet.version).agencies}
        self.assertEqual(found["Q95.11"], "UBND xã Mẫu Đông mới")
        self.assertEqual(found["q95.11.02"], "Trạm Y tế xã Mẫu Đông")
        west.send(self.letter("Q95.12", "Q95.11.02"), "Q95.12", ["Q95.11.02"], "document")
        [item] = east.waiting("document")
        with self.assertRaisesRegex(DeliveryError, "chờ"):
            east.delete_agency("Q95.11.02")
        east.acknowledge(item)
        east.delete_agency("Q95.11.02")
        self.env.invalidate_all()
        self.assertFalse(self.east.other_partner_ids)
        for code in ("Q95.12.01", "Q95.1", "Q95.110.1", "H01", "mã sai"):
            with self.subTest(code=code), self.assertRaises(DeliveryError):
                east.register_agency(Registration(code, "Cơ quan lạ"))
        with self.assertRaises(DeliveryError):
            east.register_agency(Registration("", ""))
        for code in ("Q95.11", "Q95.12", ""):
            with self.subTest(deleted=code), self.assertRaises(DeliveryError):
                east.delete_agency(code)
        actions = self.env["vanban.log"].sudo().search([("action", "like", "hub_%agency%")]).mapped("action")
        self.assertLessEqual({"hub_register_agency", "hub_delete_agency"}, set(actions))

    def test_an_agency_of_another_account_is_not_taken(self):
        below = self.env["res.partner"].create({"name": "Trường Mẫu", "is_company": True, "vanban_code_ids": [(0, 0, {"code": "Q95.11.05"})]})
        self.west.other_partner_ids = below
        with self.assertRaises(DeliveryError) as error:
            self.client(self.east).register_agency(Registration("Q95.11.05", "Trường của ai"))
        self.assertEqual(error.exception.code, "axis_19")
        self.env.invalidate_all()
        self.assertEqual((self.west.other_partner_ids, self.east.other_partner_ids.ids, below.name), (below, [], "Trường Mẫu"))

    def test_wrong_secret_and_foreign_queue(self):
        east, west = self.client(self.east), self.client(self.west)
        east.send(self.letter(), "Q95.11", ["Q95.12"], "document")
        with self.assertRaisesRegex(DeliveryError, "khóa bí mật"):
            self.client(self.west, "x" * 40).waiting("document")
        [item] = west.waiting("document")
        with self.assertRaises(DeliveryError):
            east.download(item, self.folder / "x", 10_000_000)
        with self.assertRaises(DeliveryError):
            east.acknowledge(item)
        with self.assertRaises(DeliveryError):
            west.acknowledge(Item("../etc/passwd", "", "", "document"))
        self.assertEqual(self.deliveries().state, "initial")

    def test_cut_off_by_one_click(self):
        east, west = self.client(self.east), self.client(self.west)
        self.west.with_user(self.admin_user).action_block()
        with self.assertRaisesRegex(DeliveryError, "khóa"):
            west.waiting("document")
        with self.assertRaisesRegex(DeliveryError, "bị khóa"):
            east.send(self.letter(), "Q95.11", ["Q95.12"], "document")
        self.west.with_user(self.admin_user).action_unblock()
        east.send(self.letter(), "Q95.11", ["Q95.12"], "document")
        self.assertEqual(west.count(), 1)

    def test_reason_of_cutting_off(self):
        """Cut off by the press itself; the reason that follows is told to the member, never to a stranger."""
        west = self.client(self.west)
        action = self.west.with_user(self.admin_user).action_cut_off()
        self.assertTrue(self.west.blocked)
        form = self.env[action["res_model"]].with_user(self.admin_user).browse(action["res_id"])
        with self.assertRaises(UserError):
            form.action_apply()
        form.reason = "Nghi lộ khóa"
        form.action_apply()
        with self.assertRaisesRegex(DeliveryError, "Nghi lộ khóa"):
            west.count()
        with self.assertRaises(DeliveryError) as error:
            self.client(self.west, "x" * 40).count()
        self.assertNotIn("Nghi lộ khóa", str(error.exception))
        form.action_undo()
        self.assertEqual((self.west.blocked, west.count()), (False, 0))
        with self.assertRaises(AccessError):
            self.env["vanban.hub.cut.off"].with_user(self.clerk).create({"member_id": self.west.id})
        with self.assertRaises(AccessError):
            self.west.with_user(self.clerk).action_hand_over()

    def test_secret_is_shown_once(self):
        """The secret goes to the screen of who made it and to no row of the database."""
        action = self.west.with_user(self.admin_user).action_hand_over()
        form = self.env[action["res_model"]].with_user(self.admin_user).browse(action["res_id"])
        secret = form.with_context(**action["context"]).shown_secret
        self.assertEqual(self.client(self.west, secret).count(), 0)
        self.assertFalse(form.shown_secret or form.secret)

    def test_system_identifier(self):
        """Proposed from the code; one that no header can carry is refused."""
        partner = self.env["res.partner"].create({"name": "UBND xã Mẫu Nam", "is_company": True, "vanban_code": "Q95.13"})
        member = self.env["vanban.hub.member"].create({"partner_id": partner.id})
        self.assertEqual(member.system_id, "q95.13")
        with self.assertRaises(ValidationError):
            member.system_id = "xã mẫu"

    def test_late_member_is_told_once(self):
        self.client(self.east).send(self.letter(), "Q95.11", ["Q95.12"], "document")
        self.env.cr.execute("UPDATE vanban_hub_delivery SET create_date = create_date - interval '9 hours'")
        self.env.invalidate_all()
        self.assertTrue(self.west.is_late)
        self.run_job("cron_hub")
        self.run_job("cron_hub")
        self.assertEqual(len(self.west.activity_ids.filtered(lambda todo: todo.user_id == self.admin_user)), 1)

    def test_rights(self):
        for model in ("vanban.hub.member", "vanban.hub.packet", "vanban.hub.delivery"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.clerk).search([])
        with self.assertRaises(AccessError):
            self.west.with_user(self.clerk).action_block()
        self.client(self.east).send(self.letter(), "Q95.11", ["Q95.12"], "document")
        with self.assertRaises(AccessError):
            self.deliveries().with_user(self.admin_user).write({"state": "done"})
        with self.assertRaises(UserError):
            self.west.unlink()
