"""What an ordinary account may try through ``call_kw``: every way round the flow ends in a refusal."""
import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import make_pdf
from .outgoing_common import OutgoingCase
from .proves import proves

MAIL = """From: {sender}
To: van-ban@example.com
Subject: Thu gia mao
Message-Id: <{number}@example.com>

Noi dung
"""


@tagged("post_install", "-at_install")
class TestRpcBypass(OutgoingCase):
    # ------------------------------------------------------------- e-mail gateway

    def test_gateway_creates_and_changes_nothing(self):
        """``message_process`` is public and works with full rights: documents do not come by e-mail."""
        secret = self.incoming(register=True)
        dossier_values = {"title": "Hồ sơ giả", "company_id": self.company.id, "user_id": self.outsider.id}
        for number, (model, values) in enumerate((
            ("vanban.document", {"direction": "out", "company_id": self.company.id, "signed_on_paper": True}),
            ("vanban.dossier", dossier_values),
            ("vanban.assignment", {"document_id": secret.id, "role": "lead", "user_id": self.outsider.id}),
        )):
            mail = MAIL.format(sender="la@example.com", number=number)
            for user in (self.outsider, self.env.ref("base.user_admin")):
                self.refused(user, "mail.thread", "message_process", model, mail, values)
        mail = MAIL.format(sender="la@example.com", number="x")
        self.refused(self.outsider, "mail.thread", "message_process", "vanban.document", mail, None, thread_id=secret.id)
        self.refused(self.outsider, "vanban.document", "message_new", {"subject": "x"}, {"direction": "in"})

    # ------------------------------------------------------- default_* and ir.default

    @proves("REG-06")
    def test_defaults_of_the_client_set_no_state_number_or_signature(self):
        context = {
            "default_state": "issued", "default_arrival_number": 7, "default_number_date": "2026-01-05", "default_signed_on_paper": True,
            "default_signed_date": "2026-01-05 00:00:00", "default_issued_date": "2026-01-05 00:00:00", "default_code": "99/QĐ-SNV",
        }
        values = {"direction": "out", "company_id": self.company.id, "kind_id": self.kind.id, "subject": "giả"}
        document = self.env["vanban.document"].browse(
            self.rpc(self.specialist, "vanban.document", "create", [values], context=context)).sudo()
        self.assertEqual(document.state, "draft")
        for name in ("arrival_number", "number_date", "signed_on_paper", "signed_date", "issued_date"):
            self.assertFalse(document[name], name)
        self.assertNotIn("99/", document.code or "")
        plan = self.env["vanban.file.plan"].browse(self.rpc(
            self.clerk, "vanban.file.plan", "create", [{"year": 2031, "company_id": self.company.id}], context={"default_state": "approved"}))
        self.assertEqual(plan.sudo().state, "draft")
        dossier = self.env["vanban.dossier"].browse(self.rpc(
            self.specialist, "vanban.dossier", "create", [{"title": "Hồ sơ", "company_id": self.company.id}],
            context={"default_state": "archived", "default_code": "GIA.MAO", "default_next_ordinal": 9}))
        self.assertEqual(dossier.sudo().state, "planned")
        self.assertFalse(dossier.sudo().code)

    # --------------------------------------------------- stored computed fields, identity

    @proves("REG-06")
    def test_number_and_symbol_cannot_be_written_by_way_of_their_display(self):
        document = self.on_paper()
        document.with_user(self.clerk).action_issue()
        code = document.code
        for name, value in (("code", "99/QĐ-SNV"), ("lead_user_id", self.outsider.id), ("direction", "in"), ("company_id", 1)):
            self.refused(self.clerk, "vanban.document", "write", document.ids, {name: value})
        self.assertEqual(document.sudo().code, code)

    def test_direction_and_agency_of_a_draft_are_fixed(self):
        draft = self.draft(pdf=False)
        self.refused(self.specialist, "vanban.document", "write", draft.ids, {"direction": "in"})
        self.refused(self.specialist, "vanban.document", "write", draft.ids, {"company_id": self.env.ref("base.main_company").id})

    def test_number_comes_from_a_register_of_the_right_direction(self):
        document = self.signed_on_paper(register_id=self.register_in.id)
        self.refused(self.clerk, "vanban.document", "action_allocate_number", document.ids)

    def test_voiding_a_number_is_logged_and_final(self):
        entry = self.incoming(register=True).entry_ids
        self.refused(self.clerk, "vanban.register.entry", "write", entry.ids, {"state": "void", "reason": "Cấp nhầm số"})
        self.refused(self.clerk, "vanban.register.entry", "action_void", entry.ids, "Cấp nhầm số")
        self.clerk.group_ids |= self.env.ref("vanban_core.group_number_exception")
        self.rpc(self.clerk, "vanban.register.entry", "action_void", entry.ids, "Cấp nhầm số")
        row = self.env["vanban.log"].sudo().search([("model", "=", "vanban.register.entry"), ("res_id", "=", entry.id)], limit=1)
        self.assertEqual((row.action, row.comment, row.user_id), ("void_number", "Cấp nhầm số", self.clerk.id))
        self.refused(self.clerk, "vanban.register.entry", "write", entry.ids, {"state": "used"})
        self.refused(self.clerk, "vanban.register.entry", "action_void", entry.ids, "Khác")

    # --------------------------------------------------------------- names and related

    @proves("SEC-01")
    def test_nothing_leaks_through_relations_and_forms(self):
        """``display_name`` of a relation is read with full rights by Odoo: any id can be put into a relation."""
        document = self.incoming(register=True, subject="Việc tuyệt đối riêng", restricted=True)
        me = self.outsider
        draft = self.draft(user=me, pdf=False)
        self.refused(me, "vanban.document.link", "create", [{"document_id": draft.id, "target_id": document.id}])
        self.refused(me, "vanban.document", "write", draft.ids, {"link_ids": [(0, 0, {"target_id": document.id})]})
        name = {"fields": {"display_name": {}}}
        for model, field, spec in (
            ("vanban.document.link", "target_id", {"target_id": name}),
            ("vanban.dossier.item", "document_id", {"document_id": name, "name": {}, "author": {}}),
            ("vanban.distribute.wizard", "document_id", {"document_id": name, "subject": {}, "proposal_text": {}}),
            ("vanban.outcome.wizard", "document_id", {"document_id": name}),
        ):
            text = self._text(me, model, "onchange", [], {field: document.id}, [field], spec)
            self.assertNotIn("tuyệt đối riêng", text, f"{model} onchange")
        for model, values in (
            ("vanban.distribute.wizard", {"document_id": document.id}),
            ("vanban.outcome.wizard", {"document_id": document.id, "outcome": "reply"}),
            ("vanban.upload.wizard", {"document_id": document.id, "content": "eA=="}),
        ):
            try:
                made = self.rpc(me, model, "create", [values])
            except AccessError:
                continue
            names = [name for name in self.env[model]._fields if name in ("document_id", "subject", "proposal_text", "display_name")]
            self.assertNotIn("tuyệt đối riêng", self._text(me, model, "read", made, names), f"{model} read")

    def _text(self, user, model, method, *args):
        try:
            return str(self.rpc(user, model, method, *args))
        except AccessError:
            return ""

    def test_dossier_data_do_not_leak_through_the_closing_form(self):
        dossier = self.env["vanban.dossier"].with_user(self.specialist).create({"title": "Hồ sơ riêng tư", "company_id": self.company.id})
        text = self._text(
            self.outsider, "vanban.dossier.close.wizard", "onchange", [], {"dossier_id": dossier.id}, ["dossier_id"],
            {"dossier_id": {"fields": {"display_name": {}}}, "title": {}, "paper_location": {}})
        self.assertNotIn("riêng tư", text)

    # -------------------------------------------------------------------- relations

    def test_readers_make_and_remove_no_relations(self):
        document = self.distributed(lines=[
            {"role": "lead", "user_id": self.specialist.id}, {"role": "inform", "user_id": self.outsider.id},
        ])
        mine = self.draft(user=self.outsider, pdf=False)
        self.refused(self.outsider, "vanban.document.link", "create", [{"document_id": document.id, "target_id": mine.id}])
        document.sudo()._link(mine.sudo(), "related")
        self.refused(self.outsider, "vanban.document.link", "unlink", document.sudo().link_ids.ids)
        self.refused(self.specialist, "vanban.document.link", "create", [
            {"document_id": document.id, "target_id": mine.id, "kind": "answers"}])

    # ------------------------------------------------------------------- assignments

    @proves("SEC-03")
    def test_specialist_hands_nothing_on_to_others(self):
        document = self.distributed()
        item = document.sudo().assignment_ids.filtered(lambda item: item.user_id == self.specialist)
        for target in (self.outsider, self.specialist2):
            self.refused(self.specialist, "vanban.assignment", "action_assign", item.ids, [{"role": "lead", "user_id": target.id}])
        head = self.distributed(lines=[{"role": "lead", "department_id": self.department.id}]).sudo().assignment_ids
        self.refused(self.unit_head, "vanban.assignment", "action_assign", head.ids, [{"role": "lead", "user_id": self.outsider.id}])
        self.rpc(self.unit_head, "vanban.assignment", "action_assign", head.ids, [{"role": "lead", "user_id": self.specialist.id}])

    @proves("SEC-03")
    def test_readers_do_not_speak_as_handlers(self):
        document = self.distributed(lines=[
            {"role": "lead", "user_id": self.specialist.id}, {"role": "inform", "user_id": self.outsider.id},
        ])
        item = document.sudo().assignment_ids.filtered(lambda item: item.role == "lead")
        self.refused(self.outsider, "vanban.document", "message_post", document.ids, body="Đã xử lý")
        self.refused(self.outsider, "vanban.assignment", "message_post", item.ids, body="Đã xử lý")
        self.rpc(self.specialist, "vanban.assignment", "message_post", item.ids, body="Đang xử lý")

    def test_specialist_signs_nothing_in_the_agency_s_name(self):
        draft = self.draft(signer_id=self.specialist.id, signer_capacity="tl")
        self.refused(self.specialist, "vanban.document", "action_submit_review", draft.ids, "Kính trình")

    # ------------------------------------------------------------------- attachments

    @proves("SIGN-28")
    def test_bytes_are_not_replaced_by_way_of_attachments(self):
        document = self.distributed()
        dossier = self.env["vanban.dossier"].with_user(self.specialist).create({
            "title": "Hồ sơ", "company_id": self.company.id, "retention_id": self.env.ref("vanban_core.retention_10").id, "symbol": "01.X",
        })
        dossier.action_open()
        item = dossier.add_material("Ảnh", "other", file_name="a.pdf", content_b64=base64.b64encode(make_pdf("That")).decode())
        raw = base64.b64encode(b"gia").decode()
        for model, res_id in (("vanban.dossier.item", item), ("vanban.file", document.sudo().main_file_id.id)):
            owner = {"res_model": model, "res_id": res_id}
            self.refused(self.specialist, "ir.attachment", "create", [{"name": "x", "datas": raw, **owner, "res_field": "content"}])
            self.refused(
                self.specialist, "ir.attachment", "create", [{"name": "x", "datas": raw}],
                context={f"default_{name}": value for name, value in {**owner, "res_field": "content"}.items()})
            loose = self.rpc(self.specialist, "ir.attachment", "create", [{"name": "x", "datas": raw}])
            self.refused(self.specialist, "ir.attachment", "write", loose, {**owner, "res_field": "content"})
            with self.assertRaises(UserError), self.env.cr.savepoint():
                placed = self.rpc(self.specialist, "ir.attachment", "create", [{"name": "x", "datas": raw, **owner}])
                self.rpc(self.specialist, "ir.attachment", "write", placed, {"res_field": "content"})
        attachment = document.sudo().main_file_id._attachment()
        for user in (self.specialist, self.clerk, self.env.ref("base.user_admin")):
            self.refused(user, "ir.attachment", "write", attachment.ids, {"raw": raw})
            self.refused(user, "ir.attachment", "write", attachment.ids, {"public": True})
            self.refused(user, "ir.attachment", "unlink", attachment.ids)
            self.refused(user, "ir.attachment", "copy", attachment.ids, {"res_model": False, "res_id": False, "res_field": False})
            self.refused(user, "ir.attachment", "generate_access_token", attachment.ids)

    @proves("SEC-06")
    def test_no_file_reaches_a_state_secret_by_the_chatter(self):
        document = self.env["vanban.document"].with_user(self.clerk).create({
            "direction": "in", "company_id": self.company.id, "subject": "mật", "secrecy": "1",
        })
        raw = base64.b64encode(make_pdf()).decode()
        self.refused(self.clerk, "ir.attachment", "create", [
            {"name": "a.pdf", "datas": raw, "res_model": "vanban.document", "res_id": document.id}])
        self.refused(self.clerk, "vanban.document", "message_post", document.ids, body="x", attachments=[("a.pdf", raw)])
        loose = self.rpc(self.clerk, "ir.attachment", "create", [{"name": "a.pdf", "datas": raw}])
        self.refused(self.clerk, "vanban.document", "message_post", document.ids, body="x", attachment_ids=loose)

    # -------------------------------------------------------------------------- log

    @proves("SEC-04")
    def test_bytes_read_over_rpc_are_logged(self):
        document = self.distributed()
        file = document.sudo().main_file_id
        self.specialist.sudo().group_ids += self.env.ref("base.group_allow_export")

        def downloads():
            return self.env["vanban.log"].sudo().search_count([
                ("action", "in", ("download", "export")), ("user_id", "=", self.specialist.id), ("document_id", "=", document.id)])

        for call in (
            ("vanban.file", "read", file.ids, ["content"]),
            ("vanban.file", "web_read", file.ids, {"content": {}}),
            ("vanban.document", "read", document.ids, ["main_file_content"]),
            ("ir.attachment", "read", file._attachment().ids, ["datas"]),
            ("ir.attachment", "read", file._attachment().ids, ["raw"]),
            ("vanban.document", "export_data", document.ids, ["subject"]),
            ("vanban.file", "export_data", file.ids, ["name"]),
        ):
            before = downloads()
            self.rpc(self.specialist, *call)
            self.assertGreater(downloads(), before, call[:2])

    # ---------------------------------------------------------------------- dossiers

    @proves("SEC-18")
    def test_a_restricted_document_is_not_shared_by_filing_it(self):
        document = self.distributed(restricted=True)
        dossier = self.env["vanban.dossier"].with_user(self.specialist).create({
            "title": "Hồ sơ", "company_id": self.company.id, "retention_id": self.env.ref("vanban_core.retention_10").id, "symbol": "02.X",
            "member_ids": [(6, 0, self.outsider.ids)],
        })
        dossier.action_open()
        self.rpc(self.specialist, "vanban.dossier", "add_documents", dossier.ids, document.ids)
        self.refused(self.outsider, "vanban.document", "read", document.ids, ["subject"])

    @proves("SEC-05")
    def test_sharing_by_dossier_is_logged(self):
        document = self.distributed()
        dossier = self.env["vanban.dossier"].with_user(self.specialist).create({
            "title": "Hồ sơ", "company_id": self.company.id, "retention_id": self.env.ref("vanban_core.retention_10").id, "symbol": "03.X",
        })
        dossier.action_open()
        self.rpc(self.specialist, "vanban.dossier", "add_documents", dossier.ids, document.ids)
        self.rpc(self.specialist, "vanban.dossier", "write", dossier.ids, {"member_ids": [(4, self.outsider.id)]})
        rows = self.env["vanban.log"].sudo().search([("document_id", "=", document.id), ("action", "=", "grant")])
        self.assertTrue(rows.filtered(lambda row: row.user_id == self.specialist.id and self.outsider.name in (row.data or "")))

    def test_readers_of_a_dossier_do_not_edit_its_items(self):
        dossier = self.env["vanban.dossier"].with_user(self.specialist).create({
            "title": "Hồ sơ", "company_id": self.company.id, "retention_id": self.env.ref("vanban_core.retention_10").id, "symbol": "04.X",
        })
        dossier.action_open()
        item = dossier.add_material("Ý kiến", "opinion", text="Đồng ý")
        dossier.sudo()._write_fixed({"principal_ids": [(4, self.outsider.sudo().vanban_principal_ids.filtered("user_id").id)]})
        self.refused(self.outsider, "vanban.dossier.item", "write", [item], {"name": "Sửa"})

    # --------------------------------------------------------- roles withdrawn from outside

    def test_a_role_withdrawn_in_the_group_ends_reading_at_once(self):
        document = self.incoming(register=True)
        clerk = self._make_user("clerk_leaving", "vanban_core.group_clerk")
        self.assertTrue(self.rpc(clerk, "vanban.document", "read", document.ids, ["subject"]))
        self.env.ref("vanban_core.group_clerk").write({"user_ids": [(3, clerk.id)]})
        self.env.ref("vanban_core.group_user").write({"user_ids": [(4, clerk.id)]})
        self.refused(clerk, "vanban.document", "read", document.ids, ["subject"])

    # ------------------------------------------------------------------- who registers

    def test_only_reception_creates_incoming_documents(self):
        self.refused(self.specialist, "vanban.document", "create", [{"direction": "in", "subject": "giả", "company_id": self.company.id}])

    @proves("SEC-01")
    def test_no_file_is_read_by_trying_ids_in_a_form(self):
        file = self.incoming(register=True).sudo().main_file_id
        text = self._text(
            self.outsider, "vanban.document", "onchange", [], {"direction": "out", "main_file_id": file.id}, ["main_file_id"],
            {"main_file_id": {"fields": {"display_name": {}}}, "main_file_content": {}, "main_file_name": {}, "main_mimetype": {}})
        self.assertNotIn(file.name, text)
        self.assertNotIn(base64.b64encode(file._attachment().raw).decode()[:60], text)
