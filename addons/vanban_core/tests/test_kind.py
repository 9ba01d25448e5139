from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from ..tools import vietnam_time
from .outgoing_common import OutgoingCase


@tagged("post_install", "-at_install")
class TestKind(OutgoingCase):
    def test_the_29_kinds_with_their_abbreviations(self):
        kinds = self.env["vanban.document.kind"].search([("group", "=", "administrative")])
        self.assertEqual(sorted(kinds.mapped("number")), list(range(1, 30)))
        by_number = {kind.number: kind.abbreviation or "" for kind in kinds}
        self.assertEqual(
            [by_number[number] for number in range(1, 30)],
            "NQ QĐ CT QC QyĐ TC TB HD CTr KH PA ĐA DA BC BB TTr HĐ - CĐ BGN BTT GUQ GM GGT GNP PG PC PB -".replace("-", "").split(" "),
        )

    @proves("DOC-22")
    def test_symbols(self):
        kind = self.env.ref
        self.assertEqual(kind("vanban_core.kind_qd")._notation(self.company), "QĐ-SNV")
        self.assertEqual(kind("vanban_core.kind_cv")._notation(self.company, self.department), "SNV-TC")
        self.assertEqual(kind("vanban_core.kind_qyd")._notation(self.company), "QyĐ-SNV")
        year = vietnam_time.today().year
        self.assertEqual(kind("vanban_core.kind_nd")._notation(self.company), f"{year}/NĐ-SNV")
        kind("vanban_core.kind_qd").pattern_ids = [(0, 0, {
            "company_id": self.company.id, "pattern": "{kind}-{agency}", "agency_symbol": "CTUBND",
        })]
        self.assertEqual(kind("vanban_core.kind_qd")._notation(self.company), "QĐ-CTUBND")

    def test_bad_patterns_are_refused(self):
        kind = self.env.ref("vanban_core.kind_qd")
        for pattern in ("{serial}-{agency}", "{kind-{agency}"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                kind.notation_pattern = pattern

    def test_agency_without_symbol_is_told_so(self):
        self.company.vanban_symbol = False
        with self.assertRaises(ValidationError):
            self.env.ref("vanban_core.kind_qd")._notation(self.company)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.company.vanban_symbol = "S N V"

    def test_kind_out_of_force_cannot_be_used_for_new_documents(self):
        kind = self.env.ref("vanban_core.kind_tb")
        kind.valid_to = "2020-12-31"
        document = self.draft(kind_id=kind.id)
        with self.assertRaises(UserError):
            document.action_submit_review()
        kind.valid_to = False
        document.action_submit_review()

    @proves("ADM-08")
    def test_presets_load_all_parameters(self):
        profile = self.env["vanban.profile"].create({"name": "Thử nghiệm", "code": "thu"})
        profile.action_load_preset("hcm")
        self.assertEqual(len(profile.parameter_ids), 65)
        self.assertEqual(sorted(profile.parameter_ids.mapped("number")), [f"P-{number:02d}" for number in range(1, 66)])
        self.assertEqual((profile.visibility, profile.default_deadline_days, profile.proxy_entry), ("all", 7, True))
        self.assertEqual(profile._value("agency_sign"), "first_page_top_right")
        self.assertEqual(profile._value("P-34"), "all")
        self.assertEqual(profile.step_ids.mapped("state"), ["review_unit", "format_check", "office_review", "leader"])
        profile.action_load_preset("bhxh")
        self.assertEqual((profile.visibility, profile.default_deadline_days, profile.scan_max_mb), ("duty", 0, 30))
        self.assertEqual(len(profile.parameter_ids), 65)
        with self.assertRaises(UserError):
            profile.action_load_preset("khong-co")

    @proves("ADM-08")
    def test_parameters_may_be_changed_afterwards_in_the_table(self):
        profile = self.env.ref("vanban_core.profile_hcm")
        line = profile.parameter_ids.filtered(lambda row: row.key == "default_deadline_days")
        line.value = "10"
        self.assertEqual(profile.default_deadline_days, 10)
        profile.default_deadline_days = 5
        self.assertEqual(line.value, "5")
        with self.assertRaises(UserError):
            profile.parameter_ids.filtered(lambda row: row.key == "visibility").value = "moi-nguoi"
