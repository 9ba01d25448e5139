from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import vietnam_time
from .class_list import MEDIUM, SCAN_RULES, SUBMISSION_FORMS, USE_FORMS

DECISIONS = [choice for choice in USE_FORMS if choice[0] != "undecided"]


class DocumentClassified(models.Model):
    """The class of a document decides its form of use, its form of submission and whether its paper is digitised (DOC-15)."""

    _inherit = "vanban.document"

    class_list_id = fields.Many2one("vanban.class.list", compute="_compute_class_list_id")
    class_offered = fields.Boolean(compute="_compute_class_offered")
    class_id = fields.Many2one("vanban.document.class", "Class", ondelete="restrict", index="btree_not_null")
    use_form = fields.Selection(USE_FORMS, "Form of use", compute="_compute_forms", store=True, readonly=True)
    submission_form = fields.Selection(SUBMISSION_FORMS, "Form of submission", compute="_compute_forms", store=True, readonly=True)
    scan_rule = fields.Selection(SCAN_RULES, "Digitising of paper", compute="_compute_scan_rule")
    without_file = fields.Boolean(
        "Metadata only", compute="_compute_without_file",
        help="An outgoing document on paper alone that must not be digitised: it is numbered, issued and kept in the register without "
        "a scan (BHXH PL03-B.I).")
    use_form_decided = fields.Selection(DECISIONS, "Form decided by the head", readonly=True, copy=False)
    use_form_reason = fields.Char("Reason of the decision", readonly=True, copy=False)
    use_form_user_id = fields.Many2one("res.users", "Decided by", readonly=True, copy=False)
    addressed_personally = fields.Boolean("Addressed personally", help="Gửi đích danh: to a named person or unit, not to the agency.")
    addressed_user_id = fields.Many2one("res.users", "Named person")
    addressed_department_id = fields.Many2one("hr.department", "Named unit")

    @api.depends("issue_date", "company_id")
    def _compute_class_list_id(self):
        lists = self.env["vanban.class.list"]
        found = {}
        for document in self:
            key = (document.company_id.id, document._class_date())
            if key not in found:
                found[key] = lists._valid_on(document.company_id, key[1]) if document.company_id else lists
            document.class_list_id = found[key]

    @api.depends("class_list_id", "direction")
    def _compute_class_offered(self):
        """Whether the catalogue has classes of this direction: that of HCM speaks of incoming documents only."""
        for document in self:
            wanted = "in" if document.direction == "in" else "out"
            document.class_offered = wanted in document.sudo().class_list_id.class_ids.mapped("direction")  # safe: a catalogue

    def _class_date(self):
        """The day whose version of the catalogue applies: that of the document, else today."""
        return self.issue_date or vietnam_time.today()

    @api.depends("class_id", "use_form_decided")
    def _compute_forms(self):
        for document in self:
            one = document.sudo().class_id  # safe: a catalogue
            document.use_form = document.use_form_decided or one.use_form
            document.submission_form = one.submission_form

    @api.depends("class_id", "kind_id", "medium", "secrecy", "addressed_personally", "company_id")
    def _compute_scan_rule(self):
        for document in self:
            document.scan_rule = document._scan_rule()

    @api.depends("scan_rule", "use_form", "medium", "direction")
    def _compute_without_file(self):
        for document in self:
            document.without_file = document.direction != "in" and document.scan_rule == "forbidden" and document._is_paper_only()

    def _scan_rule(self):
        """Whether paper of this document must, may or must not be digitised (IN-14, IN-18…20; P-12)."""
        one = self.class_id
        if self.secrecy != "0" or one.scan_rule == "forbidden" or (not one and self.kind_id._digitising() == "forbidden"):
            return "forbidden"
        if self.medium == "electronic":
            return "none"
        if self.addressed_personally and (not one or one.addressed_exempt):
            return "optional"
        if one and one.scan_rule != "none":
            return one.scan_rule
        policy = self.company_id._vanban_profile()._value("scan_list") if self.company_id else ""
        if policy in ("all", "all_paper_only"):
            return "required"
        # an agency with a list of its own digitises what stands in it, and what its kinds say
        return self.kind_id._digitising() or "required"

    def _message_not_digitised(self):
        rule = f"{self.class_id.code} – {self.class_id.name}" if self.class_id else self.kind_id.name or ""
        return self.env._(
            "This document is not digitised by the catalogue: %(rule)s. Register it on paper, without a file.", rule=rule[:160]
        )

    @api.onchange("class_id")
    def _onchange_class_id(self):
        """What the class prescribes appears at once; the person sees it before saving."""
        if not self.class_id:
            return
        self.restricted = self.restricted or self.class_id.restricted
        if self.direction == "in":
            if self.class_id.use_form == "paper" and not self.main_file_id:
                self.medium = "paper"
            if self.class_id.fixed_term and self.urgency == "0":
                self.urgency = "1"
        elif self.class_id.use_form in MEDIUM:
            self.medium = MEDIUM[self.class_id.use_form]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("class_id"):
                self._complete_class(vals)
        documents = super().create(vals_list)
        documents.filtered("class_id")._fit_class()
        return documents

    @api.model
    def _complete_class(self, vals):
        one = self.env["vanban.document.class"].browse(vals["class_id"])
        if one.restricted:
            vals.setdefault("restricted", True)
        if (vals.get("direction") or "in") != "in" and one.use_form in MEDIUM:
            vals.setdefault("medium", MEDIUM[one.use_form])

    def write(self, vals):
        if vals.get("class_id") and "medium" not in vals:
            one = self.env["vanban.document.class"].browse(vals["class_id"])
            drafts = self.filtered(lambda document: document.direction != "in" and not document.use_form_decided)
            if one.use_form in MEDIUM and drafts == self:
                vals = {**vals, "medium": MEDIUM[one.use_form]}
        result = super().write(vals)
        if vals.keys() & {"class_id", "issue_date"} and not self.env.context.get("vanban_class_fitted"):
            self.filtered("class_id")._fit_class()
        return result

    def _fit_class(self):
        """Take the class from the version of the catalogue that was valid on the document's date."""
        for document in self:
            date = document._class_date()
            fitting = document.class_id._on(document.company_id, date)
            if not fitting:
                raise ValidationError(self.env._(
                    "The catalogue valid on %(date)s has no class “%(code)s”. Choose a class of that list.",
                    date=date.strftime("%d/%m/%Y"), code=document.class_id.code,
                ))
            if fitting != document.class_id:
                document.with_context(vanban_class_fitted=True).class_id = fitting

    @api.constrains("class_id", "kind_id")
    def _check_class_files(self):
        for document in self:
            if document.direction == "in" and document.class_id.scan_rule == "forbidden" and document.sudo().file_ids:  # safe: existence
                raise ValidationError(document._message_not_digitised())

    # ------------------------------------------------------- head's decision

    def _may_decide_use_form(self):
        """Heads of agency and unit decide; the Chief of Office when the profile lets him act for the leader (BHXH PL03, ghi chú)."""
        user = self.env.user
        if self.company_id not in user.company_ids:
            return False
        return user.has_group("vanban_core.group_leader") or user.has_group("vanban_core.group_unit_head") or (
            user.has_group("vanban_core.group_office_chief") and self.company_id._vanban_profile().proxy_entry
        )

    def action_decide_use_form(self, use_form, reason):
        """The head decides the form of use of this document, outside or against the catalogue (DOC-16); logged with its reason.

        :raise AccessError: not a head; :raise UserError: no reason, or already issued
        """
        self.ensure_one()
        self.check_access("read")
        reason = (reason or "").strip()
        problem = None
        if not self._may_decide_use_form():
            problem = AccessError(self.env._(
                "Only the head of the agency or unit decides the form of use of “%(document)s” outside the catalogue.",
                document=self.display_name,
            ))
        elif use_form not in dict(DECISIONS):
            problem = UserError(self.env._("Choose electronic, electronic and paper, or paper."))
        elif not reason:
            problem = UserError(self.env._("Please write the reason: this step cannot be done without one."))
        elif self.issued_date:
            problem = UserError(self.env._("“%(document)s” is already issued: its form can no longer be changed.", document=self.display_name))
        if problem:
            self._log_refused("decide_use_form", str(problem))
            raise problem
        before = self.use_form
        vals = {"use_form_decided": use_form, "use_form_reason": reason, "use_form_user_id": self.env.uid}
        if self.direction != "in":
            vals["medium"] = MEDIUM[use_form]
        self._write_fixed(vals)
        self._log("decide_use_form", comment=reason, data={"from": before or False, "to": use_form})
        return True

    # --------------------------------------------------------------- sending

    def _is_paper_only(self):
        """The decision and the class come before the kind."""
        if self.use_form_decided or self.class_id.use_form in MEDIUM:
            return self.medium == "paper" or self.use_form == "paper"
        return super()._is_paper_only()

    def _guard_recipients(self):
        super()._guard_recipients()
        # “không gửi trên phần mềm”: neither to other agencies nor to the own units (BHXH PL03-B.I)
        by_network = self.recipient_ids.filtered(lambda row: row.channel in ("lienthong", "internal"))
        if self.class_id and not self.class_id.send_on_system and by_network:
            raise UserError(self.env._(
                "Class %(rule)s is not sent through the network: choose paper for %(names)s.",
                rule=self.class_id.display_name, names=", ".join(by_network.mapped("name")),
            ))
