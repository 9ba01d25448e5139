import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.document_copy import FORMS, MEDIA
from ..tools import copy_rules


class CopyWizard(models.TransientModel):
    """“Sao văn bản”: which form of copy, from what into what, who decides, who gets it (NĐ 30/2020 Đ.25–27)."""

    _name = "vanban.copy.wizard"
    _description = "Make a copy of a document"

    document_id = fields.Many2one("vanban.document", required=True, readonly=True)
    company_id = fields.Many2one(related="document_id.company_id", related_sudo=False)
    direction = fields.Selection(related="document_id.direction", related_sudo=False)
    may_correct = fields.Boolean(compute="_compute_document")
    received_form = fields.Selection(
        selection=lambda self: self.env["vanban.document"]._fields["received_form"]._description_selection(self.env), string="Received as",
    )  # fmt: skip
    form = fields.Selection(FORMS, "Form of copy", required=True)
    taken_from = fields.Selection(MEDIA, "Copied from", required=True)
    made_into = fields.Selection(MEDIA, "Copied to", required=True)
    possible = fields.Char("What is possible", compute="_compute_possible")
    extract = fields.Selection([("pages", "Chosen pages"), ("text", "Text")], default="pages")
    pages = fields.Char(help="For instance 1, 3-5.")
    text = fields.Html("Copied part", help="The part that is copied, word for word; the form of the original is made again around it.")
    needs_scan = fields.Boolean(compute="_compute_document")
    scan = fields.Binary("Scan of the paper (PDF)", attachment=False)
    scan_name = fields.Char("File name")
    signer_ids = fields.Many2many("res.users", compute="_compute_document")
    signer_id = fields.Many2one("res.users", "Decided and signed by", required=True, domain="[('id', 'in', signer_ids)]")
    signer_capacity = fields.Selection(
        selection=lambda self: self.env["vanban.document"]._fields["signer_capacity"]._description_selection(self.env), string="Signing capacity",
    )  # fmt: skip
    authority_title = fields.Char("Title signed for", help="Title of the head for whom the signer signs (KT., TL., TUQ.): “Giám đốc”.")
    partner_ids = fields.Many2many("res.partner", string="Agencies and persons")
    department_ids = fields.Many2many("hr.department", string="Units", domain="[('company_id', '=', company_id)]")
    user_ids = fields.Many2many("res.users", string="Colleagues", domain="[('share', '=', False), ('company_ids', 'in', company_id)]")
    copies = fields.Integer("Copies for each", default=1)
    reason = fields.Char("Purpose")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        values.setdefault("document_id", self.env.context.get("active_id"))
        document = self.env["vanban.document"].browse(values["document_id"])
        if not document:
            return values
        document.check_access("read")
        problem = document._copy_problem()
        if problem:
            raise UserError(problem)
        media = document._copy_media()
        taken = "electronic" if "electronic" in media else "paper"
        held = document._held_form()
        signers = document._copy_signers()
        chief = signers.filtered(lambda user: user.has_group("vanban_core.group_office_chief"))[:1]
        values.update(
            received_form=document.received_form, taken_from=taken, made_into="paper" if taken == "electronic" else "electronic",
            form="sao_luc" if held == "sao_y" else "sao_y", signer_id=(chief or signers[:1]).id,
        )
        values.update(self._capacity_of(chief or signers[:1], document))
        return values

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards.document_id.check_access("read")
        return wizards

    @api.depends("document_id", "taken_from")
    def _compute_document(self):
        for wizard in self:
            document = wizard.document_id
            wizard.signer_ids = document._copy_signers() if document else False
            wizard.may_correct = bool(document) and document.direction == "in" and document._is_registry()
            wizard.needs_scan = bool(document) and wizard.taken_from == "paper" and not document.main_file_id

    @api.depends("form", "taken_from", "made_into", "received_form", "document_id")
    def _compute_possible(self):
        """The reason why the present choice is no copy, shown before the button is pressed."""
        for wizard in self:
            document = wizard.document_id
            wizard.possible = False
            if not (document and wizard.form and wizard.taken_from and wizard.made_into):
                continue
            held = wizard.received_form if document._held_form() == document.received_form and document.direction == "in" else document._held_form()
            try:
                copy_rules.check(wizard.form, held, wizard.taken_from, wizard.made_into)
            except copy_rules.CopyRuleError as error:
                wizard.possible = document._copy_rule_message(error)

    @api.onchange("signer_id")
    def _onchange_signer_id(self):
        self.update(self._capacity_of(self.signer_id, self.document_id))

    @api.model
    def _capacity_of(self, signer, document):
        """By order (TL.) when the signer is no leader, with the title that stood there last."""
        if not signer or signer.sudo().has_group("vanban_core.group_leader"):  # safe: whether a role is held
            return {"signer_capacity": False, "authority_title": False}
        last = document.search([
            ("company_id", "=", document.company_id.id), ("signer_capacity", "=", "tl"), ("authority_title", "!=", False),
        ], order="id desc", limit=1)
        return {"signer_capacity": "tl", "authority_title": last.authority_title}

    def action_apply(self):
        self.ensure_one()
        document = self.document_id
        if self.may_correct and self.received_form and self.received_form != document.received_form:
            document.write({"received_form": self.received_form})
        extract = self.form == "trich_sao"
        scan = self.with_context(bin_size=False).scan or False
        draft = document.browse(document.action_copy({
            "form": self.form, "taken_from": self.taken_from, "made_into": self.made_into, "signer_id": self.signer_id.id,
            "signer_capacity": self.signer_capacity, "authority_title": self.authority_title, "copies": self.copies, "reason": self.reason,
            "pages": self.pages if extract and self.extract == "pages" else False,
            "text": self.text if extract and self.extract == "text" else False,
            "scan_name": self.scan_name, "scan": scan if isinstance(scan, (str, bool)) else base64.b64encode(base64.b64decode(scan)).decode(),
            "recipients": [
                *({"partner_id": one.id} for one in self.partner_ids), *({"department_id": one.id} for one in self.department_ids),
                *({"user_id": one.id} for one in self.user_ids),
            ],
        }))
        return {
            "type": "ir.actions.act_window", "res_model": draft._name, "res_id": draft.id,
            "views": [(draft.get_formview_id(), "form")], "target": "current",
        }
