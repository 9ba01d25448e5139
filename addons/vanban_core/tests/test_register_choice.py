from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools import vietnam_time
from .proves import proves
from .register_common import RegisterCase


@tagged("post_install", "-at_install")
class TestRegisterChoice(RegisterCase):
    @proves("REG-05")
    def test_each_issuing_body_unit_and_kind_has_its_own_sequence(self):
        body = self.env["res.partner"].create({"name": "UBND tỉnh Mẫu", "is_company": True, "vanban_symbol": "UBND"})
        decision = self.env.ref("vanban_core.kind_qd")
        registers = self.env["vanban.register"].create([
            {"name": name, "code": name, "direction": "out", "company_id": self.company.id, **vals}
            for name, vals in (
                ("UBND", {"issuer_ids": [fields.Command.set(body.ids)]}), ("QD", {"kind_ids": [fields.Command.set(decision.ids)]}),
                ("UBND-QD", {"issuer_ids": [fields.Command.set(body.ids)], "kind_ids": [fields.Command.set(decision.ids)]}),
                ("TC", {"department_id": self.department.id}),
            )
        ])
        by_body, by_kind, both, by_unit = registers
        find = self.env["vanban.register"]._find
        plain, other = self.kind, self.other_department
        self.assertEqual(find(self.company, "out", plain, other, self.issuer), self.register_out)
        self.assertEqual(find(self.company, "out", plain, other, body), by_body)
        self.assertEqual(find(self.company, "out", decision, other, self.issuer), by_kind)
        self.assertEqual(find(self.company, "out", decision, other, body), both)
        self.assertEqual(find(self.company, "out", plain, self.department, self.issuer), by_unit)
        by_unit.active = False
        codes = []
        for issuer in (self.company.partner_id, body, self.company.partner_id, body):
            document = self.signed_on_paper(issuer_id=issuer.id, department_id=self.department.id)
            document.with_user(self.clerk).action_allocate_number()
            codes.append((document.code, document.register_id))
        self.assertEqual(codes, [
            ("01/SNV-TC", self.register_out), ("01/UBND-TC", by_body), ("02/SNV-TC", self.register_out), ("02/UBND-TC", by_body),
        ])

    @proves("DOC-22")
    def test_symbol_pattern_of_each_body_and_kind(self):
        decision = self.env.ref("vanban_core.kind_qd")
        body = self.env["res.partner"].create({"name": "Bảo hiểm xã hội tỉnh Mẫu", "is_company": True})
        self.env["vanban.document.kind.pattern"].create([
            {"kind_id": decision.id, "company_id": self.company.id, "issuer_id": body.id, "pattern": "{kind}-{agency}", "agency_symbol": "BHXH"},
            {"kind_id": decision.id, "company_id": self.company.id, "pattern": "{kind}-{agency}-{unit}"},
        ])
        register = self.env["vanban.register"].create({
            "name": "Sổ quyết định BHXH", "code": "QD-BHXH", "direction": "out", "company_id": self.company.id,
            "issuer_ids": [fields.Command.set(body.ids)], "kind_ids": [fields.Command.set(decision.ids)],
        })
        self.env.cr.execute("UPDATE vanban_register_counter SET next_number = 599 WHERE register_id = %s", [register.id])
        document = self.signed_on_paper(kind_id=decision.id, issuer_id=body.id)
        self.assertEqual(document.with_user(self.clerk).action_allocate_number(), ["599/QĐ-BHXH"])
        own = self.draft(pdf=False, kind_id=decision.id)
        self.assertEqual(own.code_notation, "QĐ-SNV-TC")
        own.write({"issuer_id": body.id})
        self.assertEqual(own.code_notation, "QĐ-BHXH")

    @proves("IN-02")
    def test_unregistered_document_is_nobodys_duty_but_for_its_own_register(self):
        kind = self.env["vanban.document.kind"].create({"name": "Đơn thư", "code": "don_thu_rieng", "notation_pattern": "{agency}"})
        document = self.incoming(user=self.unit_clerk, kind_id=kind.id)
        lines = [{"role": "lead", "user_id": self.specialist.id}]
        document._grant(users=self.leader, act=True, source="distribution")
        with self.assertRaises(UserError):
            document.with_user(self.leader).action_distribute(lines, "Xử lý ngay")
        with self.assertRaises(UserError):
            document.with_user(self.clerk).write({"deadline": "2099-01-05"})
        with self.assertRaises(UserError):
            document.with_user(self.leader).activity_schedule("mail.mail_activity_data_todo", user_id=self.specialist.id)
        self.assertFalse(document.sudo().assignment_ids | document.sudo().assignment_ids)
        self.assertFalse(document.sudo().deadline)
        with self.assertRaises(AccessError):
            document.with_user(self.unit_clerk).action_register()
        # the same class, flagged, with a register of its own that the unit keeps
        register = self.env["vanban.register"].create({
            "name": "Sổ đơn thư", "code": "DON", "direction": "in", "company_id": self.company.id, "separate": True,
            "department_id": self.department.id, "kind_ids": [fields.Command.set(kind.ids)],
        })
        kind.own_register = True
        self.assertEqual(document.with_user(self.unit_clerk).action_register(), [1])
        self.assertEqual(document.sudo().arrival_register_id, register)
        document.with_user(self.unit_clerk).action_submit("Kính trình", leader_id=self.leader.id)
        document.with_user(self.leader).action_distribute(lines, "Xử lý")
        self.assertEqual(document.sudo().lead_user_id, self.specialist)
        # the common series did not move, and an ordinary document is still the agency clerk's
        self.assertEqual(self.incoming().action_register(), [1])
        ordinary = self.incoming(user=self.unit_clerk)
        with self.assertRaises(AccessError):
            ordinary.with_user(self.unit_clerk).action_register()

    @proves("IN-02", "REG-05")
    def test_class_of_the_catalogue_chooses_its_own_register(self):
        today = vietnam_time.today()
        version = self.env["vanban.class.list"].create({
            "name": "Danh mục năm 2026", "company_id": self.company.id, "valid_from": "2026-01-01",
            "class_ids": [fields.Command.create({"code": "R.1", "name": "Hồ sơ một cửa", "own_register": False}),
                          fields.Command.create({"code": "R.2", "name": "Văn bản thường"})],
        })
        flagged, ordinary = version.class_ids.sorted("code")
        register = self.env["vanban.register"].create({
            "name": "Sổ hồ sơ một cửa", "code": "MOTCUA", "direction": "in", "company_id": self.company.id, "separate": True,
            "department_id": self.department.id, "class_ids": [fields.Command.set(flagged.ids)],
        })
        # named by the register, but not registered separately: it is the agency clerk's, and nobody's duty before
        early = self.incoming(user=self.unit_clerk, class_id=flagged.id)
        with self.assertRaises(AccessError):
            early.with_user(self.unit_clerk).action_register()
        self.assertEqual(early.with_user(self.clerk).action_register(), [1])
        self.assertEqual(early.sudo().arrival_register_id, self.register_in)
        # the next version flags the class; the register knows it by its code
        following = self.env["vanban.class.list"].browse(version.action_new_version()["res_id"])
        following.class_ids.filtered(lambda one: one.code == "R.1").own_register = True
        following.valid_from = "2026-02-01"
        document = self.incoming(user=self.unit_clerk, class_id=following.class_ids.filtered("own_register").id, issue_date=min(
            today, fields.Date.to_date("2026-02-02")))
        self.assertEqual(document.with_user(self.unit_clerk).action_register(), [1])
        self.assertEqual(document.sudo().arrival_register_id, register)
        document.with_user(self.unit_clerk).action_submit("Kính trình", leader_id=self.leader.id)
        self.assertEqual(document.sudo().state, "submitted")
        # of two own registers the one that names the class wins over the one that names the kind
        self.env["vanban.register"].create({
            "name": "Sổ theo loại", "code": "LOAI", "direction": "in", "company_id": self.company.id, "separate": True,
            "kind_ids": [fields.Command.set(self.kind.ids)],
        })
        self.assertEqual(self.env["vanban.register"]._find_for(document.sudo()), register)
        # the common series goes on by itself, for the other class too
        other = self.incoming(class_id=following.class_ids.filtered(lambda one: one.code == "R.2").id, issue_date="2026-02-02")
        self.assertEqual(other.action_register(), [2])

    @proves("IN-02", "REG-05")
    def test_a_changed_or_deleted_class_is_forgotten_at_once(self):
        """The chosen book is kept in memory: it must not outlive the class that led there."""
        def version(code):
            return self.env["vanban.class.list"].create({
                "name": f"Danh mục {code}", "company_id": self.company.id, "valid_from": "2026-01-01",
                "class_ids": [fields.Command.create({"code": code, "name": "Hồ sơ một cửa", "own_register": True})],
            })

        def found(code):
            return self.env["vanban.register"]._find(self.company, "in", self.kind, issuer=self.issuer, apart=True, class_code=code)

        changed, deleted, dropped = version("K.1"), version("K.2"), version("K.3")
        register = self.env["vanban.register"].create({
            "name": "Sổ hồ sơ một cửa", "code": "MOTCUA", "direction": "in", "company_id": self.company.id, "separate": True,
            "class_ids": [fields.Command.set((changed | deleted | dropped).class_ids.ids)],
        })
        self.assertEqual([found(code) for code in ("K.1", "K.2", "K.3")], [register] * 3)
        changed.class_ids.code = "K.9"
        self.assertEqual((found("K.1"), found("K.9")), (self.register_in, register))
        deleted.class_ids.unlink()
        self.assertEqual(found("K.2"), self.register_in)
        dropped.unlink()
        self.assertEqual(found("K.3"), self.register_in)

    @proves("IN-52")
    def test_agency_and_unit_number_with_two_stamps(self):
        self.set_parameter("incoming_series", "agency_and_unit")
        self.incoming(register=True)
        document = self.unit_only(self.incoming(register=True))
        with self.assertRaises(AccessError):
            document.with_user(self.clerk).action_register_in_unit()
        self.assertEqual(document.with_user(self.unit_clerk).action_register_in_unit(), [1])
        today = vietnam_time.today()
        self.assertEqual(document.with_user(self.unit_clerk)._stamps(), [
            {"organisation": self.company.name, "number": "02", "date": today, "department_id": False},
            {"organisation": self.department.name, "number": "01", "date": today, "department_id": self.department.id},
        ])
        own = document.with_user(self.unit_clerk)
        self.assertEqual((own.arrival_number, own.unit_number, own.unit_numbers), (2, 1, "Phòng Tổ chức: 01"))
        found = self.env["vanban.document"].with_user(self.unit_clerk).search([("unit_number", "=", 1)])
        self.assertEqual(found, document)
        self.assertFalse(self.env["vanban.document"].with_user(self.unit_clerk).search([("unit_number", "=", 2)]))
        with self.assertRaises(UserError):
            own.action_register_in_unit()
        # the unit's clerk sees the book of the unit, and nobody else's
        lines = self.env["vanban.register.entry"].with_user(self.unit_clerk).search([])
        self.assertIn(self.register_unit, lines.register_id)
        self.assertEqual(lines.document_id, document)
        self.assertFalse(own.may_register_in_unit)

    def test_unit_number_needs_profile_and_registration(self):
        self.set_parameter("incoming_series", "agency")
        document = self.unit_only(self.incoming(register=True))
        with self.assertRaises(UserError):
            document.with_user(self.unit_clerk).action_register_in_unit()
        self.set_parameter("incoming_series", "agency_and_unit")
        early = self.incoming(user=self.unit_clerk)
        with self.assertRaises(UserError):
            early.with_user(self.unit_clerk).action_register_in_unit()
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).action_register_in_unit()

    def test_registers_of_units_do_not_take_the_agency_number(self):
        self.assertEqual(self.env["vanban.register"]._find_for(self.incoming()), self.register_in)
