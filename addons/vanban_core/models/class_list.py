import csv

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import file_open

from ..tools import vietnam_time

BHXH_FILE = "vanban_core/data/document_class_bhxh.csv"
USE_FORMS = [
    ("electronic", "Electronic only"),
    ("both", "Electronic and paper"),
    ("both_single", "Electronic, one paper copy kept (*)"),
    ("both_full", "Electronic and all paper copies (**)"),
    ("paper", "Paper only"),
    ("undecided", "As the head decides"),
]
SUBMISSION_FORMS = [
    ("electronic", "Electronic"), ("both", "Electronic and paper"), ("paper", "Paper"), ("undecided", "As the head decides"),
]  # fmt: skip
SCAN_RULES = [
    ("required", "Must be digitised"),
    ("optional", "May be digitised"),
    ("forbidden", "Must not be digitised"),
    ("none", "Electronic from the beginning"),
]
# medium of a draft whose class prescribes its form
MEDIUM = {"electronic": "electronic", "both": "both", "both_single": "both", "both_full": "both", "paper": "paper"}
_YES = "yes"


class ClassList(models.Model):
    """One issued version of an agency's catalogue of document classes; in force from its date until the next one (ADM-06).

    BHXH 599/2018 PL03; Thanh Hóa 20/2019 Đ19.3; NĐ 30/2020 profiles by the list of the agency.
    """

    _name = "vanban.class.list"
    _inherit = ["vanban.log.mixin", "vanban.kept.in.memory"]
    _decisive = frozenset({"class_ids"})  # registers know their classes by code
    _description = "Catalogue of document classes"
    _order = "valid_from desc, id desc"

    name = fields.Char("List", required=True)
    decision = fields.Char("Issued by", help="Decision that issued the list: number, date.")
    company_id = fields.Many2one("res.company", "Agency", default=lambda self: self.env.company, help="Empty: for every agency of the profile.")
    profile_id = fields.Many2one("vanban.profile", "Profile", ondelete="cascade", help="Regulation to which the shipped list belongs.")
    valid_from = fields.Date("In force from", required=True, index=True)
    active = fields.Boolean(default=True)
    class_ids = fields.One2many("vanban.document.class", "list_id", "Classes", copy=True)
    is_used = fields.Boolean(compute="_compute_is_used")

    def _compute_is_used(self):
        used = self.env["vanban.document"].sudo()._read_group(  # safe: existence only
            [("class_id.list_id", "in", self.ids)], ["class_id"], ["__count"]
        )
        lists = {document_class.list_id.id for document_class, _count in used}
        for version in self:
            version.is_used = version.id in lists

    @api.model
    def _valid_on(self, company, date):
        """The version in force at ``company`` on ``date``; the agency's own list wins over that of its profile."""
        versions = self.sudo().search([  # safe: a catalogue, no content
            ("valid_from", "<=", date), "|", ("company_id", "=", company.id),
            "&", ("company_id", "=", False), ("profile_id", "in", [False, company._vanban_profile().id]),
        ])
        own = versions.filtered("company_id")
        return (own or versions)[:1]

    def action_new_version(self):
        """Copy the list as a draft of its next version, valid from tomorrow; the old one stays for older documents."""
        self.ensure_one()
        tomorrow = fields.Date.add(vietnam_time.today(), days=1)
        version = self.copy({
            "name": self.env._("%(name)s (new version)", name=self.name), "valid_from": max(tomorrow, self.valid_from), "decision": False,
            "company_id": self.company_id.id or self.env.company.id, "profile_id": False,
        })
        return {"type": "ir.actions.act_window", "res_model": self._name, "res_id": version.id, "view_mode": "form", "views": [(False, "form")]}

    def write(self, vals):
        if vals.keys() & {"valid_from", "company_id", "profile_id"} and any(version.is_used for version in self):
            raise UserError(self.env._("Documents already follow this list: its dates and agency are fixed. Make a new version."))
        result = super().write(vals)
        self._log("write", data={"fields": sorted(vals)})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        if any(version.is_used for version in self):
            raise UserError(self.env._("Documents already follow this list: archive it or issue a new version instead."))

    @api.model
    def _load_shipped(self):
        """Phụ lục 03 of 599/QĐ-BHXH for the BHXH profile, and an empty list for HCM, whose annex was not printed."""
        bhxh, hcm = (self.env.ref(f"vanban_core.profile_{code}", raise_if_not_found=False) for code in ("bhxh", "hcm"))
        if bhxh and not self.search_count([("profile_id", "=", bhxh.id)], limit=1):
            self.create({
                "name": "Phụ lục 03 – Danh mục văn bản theo hình thức sử dụng", "decision": "599/QĐ-BHXH ngày 15/5/2018",
                "company_id": False, "profile_id": bhxh.id, "valid_from": "2018-06-01",
                "class_ids": [fields.Command.create(values) for values in self._shipped_classes()],
            })
        if hcm and not self.search_count([("profile_id", "=", hcm.id)], limit=1):
            self.create({
                "name": "Danh mục văn bản đến cần số hóa", "company_id": False, "profile_id": hcm.id, "valid_from": "2019-01-01",
            })

    @api.model
    def _shipped_classes(self):
        flags = ("send_on_system", "restricted", "fast_path", "addressed_exempt", "fixed_term", "paper_kept_only")
        with file_open(BHXH_FILE, "r") as stream:
            for sequence, row in enumerate(csv.DictReader(stream, delimiter="|"), start=1):
                yield {**row, **{flag: row[flag] == _YES for flag in flags}, "sequence": sequence * 10}


class DocumentClass(models.Model):
    """A class of the catalogue: in which form it is used, submitted and kept, and whether its paper is digitised (DOC-15)."""

    _name = "vanban.document.class"
    _inherit = ["vanban.log.mixin", "vanban.kept.in.memory"]
    _decisive = frozenset({"code"})  # registers know their classes by code
    _description = "Document class"
    _order = "list_id, sequence, id"
    _rec_names_search = ["code", "name"]

    list_id = fields.Many2one("vanban.class.list", "List", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="list_id.company_id", store=True)
    valid_from = fields.Date(related="list_id.valid_from")
    sequence = fields.Integer(default=10)
    code = fields.Char("Code", required=True)
    name = fields.Char("Class", required=True)
    section = fields.Char("Section")
    direction = fields.Selection([("in", "Incoming"), ("out", "Outgoing")], required=True, default="in")
    use_form = fields.Selection(USE_FORMS, "Form of use", required=True, default="electronic")
    submission_form = fields.Selection(SUBMISSION_FORMS, "Form of submission", required=True, default="electronic")
    scan_rule = fields.Selection(SCAN_RULES, "Digitising of paper", required=True, default="required")
    addressed_exempt = fields.Boolean(
        "Not digitised when addressed personally", default=True, help="Paper addressed to a named person or unit stays closed (gửi đích danh)."
    )
    own_register = fields.Boolean("Registered separately", help="Handled through a register of its own (loại đăng ký riêng).")
    fast_path = fields.Boolean("Clerk distributes directly", help="Reports that go to the handling unit without the leader.")
    fixed_term = fields.Boolean("With a fixed term", help="Documents with a term of their own are handled as urgent.")
    send_on_system = fields.Boolean("May go through the network", default=True)
    paper_kept_only = fields.Boolean(
        "Paper is only kept", help="Signed in both forms; recipients get the electronic copy, the paper one stays here (BHXH PL03-B.III.1)."
    )
    restricted = fields.Boolean("Restricted", help="Only those who handle it may read it.")

    _code_once = models.Constraint("UNIQUE(list_id, code)", "The list already has a class with this code.")

    @api.depends("code", "name")
    def _compute_display_name(self):
        for one in self:
            name = one.name or ""
            one.display_name = f"{one.code} – {name[:80]}{'…' if len(name) > 80 else ''}"

    def _on(self, company, date):
        """The class of the same code in the version valid on ``date``; empty when that version has none."""
        self.ensure_one()
        version = self.env["vanban.class.list"]._valid_on(company, date)
        if version == self.list_id:
            return self
        return self.sudo().search([("list_id", "=", version.id), ("code", "=", self.code)], limit=1)  # safe: a catalogue

    def write(self, vals):
        rules = vals.keys() - {"sequence", "name", "section"}
        if rules and self.list_id.filtered("is_used"):
            raise UserError(self.env._("Documents already follow this list: its rules are fixed. Make a new version."))
        return super().write(vals)
