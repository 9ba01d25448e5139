from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .document import FIXED_TOKEN
from .document_outgoing_transitions import EDITABLE, NOT_NUMBERED, OUTGOING_TRANSITIONS, REVIEW

FIXED_AFTER_SIGNATURE = {
    "kind_id", "subject", "code_notation", "issuer_id", "issuer_name", "signer_id", "signer_name", "signer_position",
    "signer_capacity", "authority_title", "department_id", "drafter_id", "urgency", "body", "template_id", "prior_opinion",
    "annex_title", "annex_body", "express_time", "unit_deputy_of",
}  # fmt: skip


class DocumentOutgoing(models.Model):
    """Outgoing and internal documents (văn bản đi): data, drafter, signer and who may do what."""

    _inherit = "vanban.document"
    _transitions = OUTGOING_TRANSITIONS

    drafter_id = fields.Many2one("res.users", "Drafter", index=True, copy=False, ondelete="restrict")
    department_id = fields.Many2one("hr.department", "Drafting unit", index=True, check_company=True, ondelete="restrict")
    signer_id = fields.Many2one("res.users", "Signer", index=True, ondelete="restrict", tracking=True)
    prior_opinion = fields.Boolean(
        "Leader's opinion before signing", help="Signed by order (TL.), after the leader has agreed."
    )
    register_id = fields.Many2one("vanban.register", "Register", check_company=True, ondelete="restrict")
    recipient_ids = fields.One2many("vanban.recipient", "document_id", "Recipients")
    review_ids = fields.One2many("vanban.review", "document_id", "Opinions")
    round = fields.Integer("Submission round", readonly=True, copy=False, help="How many times it was submitted (Trình lần thứ n).")
    summary = fields.Text("Summary for the leader")
    copy_count = fields.Integer("Copies issued")
    signed_on_paper = fields.Boolean("Signed on paper", readonly=True, copy=False)
    signed_date = fields.Datetime("Signed on", readonly=True, copy=False)
    clerk_id = fields.Many2one("res.users", "Issuing clerk", readonly=True, copy=False, ondelete="restrict")
    number_date = fields.Date("Numbered on", readonly=True, copy=False)
    sealed_date = fields.Datetime("Sealed on", readonly=True, copy=False)
    issued_date = fields.Datetime("Issued on", readonly=True, copy=False, index=True)
    issue_deadline = fields.Datetime("To be issued by", readonly=True, copy=False)
    cancel_reason = fields.Text("Reason of cancellation", readonly=True, copy=False)

    # ---------------------------------------------------------------- creation

    @api.model
    def default_get(self, fields_list):
        """A new outgoing document is a draft of the current user and his unit, in the blank form already."""
        values = super().default_get(fields_list)
        if "state" in values and self._direction_of(values) != "in":
            values["state"] = "draft"
            if "drafter_id" in fields_list:
                values["drafter_id"] = self.env.uid
            if "department_id" in fields_list and not values.get("department_id"):
                # safe: unit of the drafter
                values["department_id"] = self.env.user.sudo().with_company(self.env.company).employee_id.department_id.id
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if self._direction_of(vals) != "in":
                self._complete_draft(vals)
        documents = super().create(vals_list)
        for document in documents:
            if document.direction != "in" and document.drafter_id != document.create_uid:
                document._grant(users=document.drafter_id, act=True, source="drafter")
        return documents

    def write(self, vals):
        if vals.keys() & {"kind_id", "department_id", "signer_id", "issuer_id", "signer_capacity"}:
            drafts = self.filtered(lambda document: document.direction != "in" and document.state in NOT_NUMBERED)
            if drafts and len(self) == 1:
                vals = {**vals, **drafts._derived(vals)}
        return super().write(vals)

    @api.model
    def _direction_of(self, vals):
        return vals.get("direction") or self.default_get(["direction"]).get("direction")

    @api.model
    def _complete_draft(self, vals):
        """Fill what a draft takes from its drafter and agency."""
        if vals.get("secrecy", "0") != "0":
            self._log_refused("create", self._message_secret())
            raise UserError(self._message_secret())
        company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
        vals.setdefault("company_id", company.id)
        drafter = self.env["res.users"].browse(vals.get("drafter_id")) or self.env.user
        vals["drafter_id"] = drafter.id
        employee = drafter.sudo().with_company(company).employee_id  # safe: unit of the drafter
        vals.setdefault("department_id", employee.department_id.id)
        vals.setdefault("issuer_id", company.partner_id.id)
        vals.setdefault("medium", "electronic")
        vals.update(self._derived(vals, company))

    @api.model
    def _derived(self, vals, company=None):
        """Symbol and signer's particulars that follow from kind, unit and signer, unless given."""
        company = company or self.company_id
        derived = {}
        kind = self.env["vanban.document.kind"].browse(vals.get("kind_id", self.kind_id.id))
        department = self.env["hr.department"].browse(vals.get("department_id", self.department_id.id))
        issuer = self.env["res.partner"].browse(vals.get("issuer_id", self.issuer_id.id))
        if vals.keys() & {"kind_id", "department_id", "issuer_id"} and "code_notation" not in vals and kind and company.vanban_symbol:
            derived["code_notation"] = kind._notation(company, department, issuer=issuer)
        if vals.get("kind_id") and "template_id" not in vals:
            derived["template_id"] = self.env["vanban.template"]._fitting(kind, company)[:1].id
        if vals.get("signer_id"):
            signer = self.env["res.users"].browse(vals["signer_id"]).sudo().with_company(company)  # safe: name and post are printed
            derived["signer_name"] = vals.get("signer_name") or signer.name
            derived["signer_position"] = vals.get("signer_position") or signer.employee_id.job_title or signer.employee_id.job_id.name
        return derived

    @api.onchange("signer_id")
    def _onchange_signer_id(self):
        if self.direction != "in" and self.signer_id:
            self.update(self._derived({"signer_id": self.signer_id.id}))

    @api.onchange("kind_id", "department_id", "issuer_id")
    def _onchange_notation(self):
        if self.direction != "in" and self.kind_id:
            self.update(self._derived({
                "kind_id": self.kind_id.id, "department_id": self.department_id.id, "issuer_id": self.issuer_id.id,
            }))
            self.restricted = self.restricted or self.kind_id.restricted

    def _check_fixed(self, vals):
        """What is printed on the signed pages cannot be changed beside them; only a return to the drafter frees it."""
        super()._check_fixed(vals)
        if self.env.context.get("vanban_fixed") is FIXED_TOKEN:
            return
        if "drafter_id" in vals and any(
            document.direction != "in" and document.drafter_id.id != vals["drafter_id"] for document in self
        ):
            message = self.env._("The drafter answers for the draft and is not changed: cancel the draft and have another one made.")
            self._log_refused("write_fixed", message)
            raise AccessError(message)
        if not self.env.su:
            self._check_signer_edits(vals)
        signed = self.filtered(lambda document: document.direction != "in" and document.signed_date)
        touched = sorted(name for name in vals.keys() & FIXED_AFTER_SIGNATURE if any(
            document._fields[name].convert_to_write(document[name], document) != vals[name] for document in signed
        ))
        if touched:
            message = self.env._(
                "“%(document)s” is signed: %(fields)s can no longer be changed. Return it to the drafter if it must be corrected.",
                document=signed[0].display_name,
                fields=", ".join(self._fields[name]._description_string(self.env) for name in touched),
            )
            signed._log_refused("write_fixed", message)
            raise AccessError(message)

    def _check_signer_edits(self, vals):
        """Who signs is proposed by the drafter with the draft; reviewers agree or return, they do not choose another (NĐ 30 Đ.10)."""
        named = [name for name in (
            "signer_id", "signer_name", "signer_position", "signer_capacity", "authority_title", "unit_deputy_of", "department_id",
        ) if name in vals]  # fmt: skip
        for document in self if named else ():
            changed = document._changed_names(vals, named)
            if document.direction != "in" and changed and (document.state not in EDITABLE or document.drafter_id != self.env.user):
                message = self.env._(
                    "“%(document)s”: %(fields)s can be changed by the drafter only, while it is a draft. Return it with your opinion instead.",
                    document=document.display_name,
                    fields=", ".join(self._fields[name]._description_string(self.env) for name in changed),
                )
                document._log_refused("write_fixed", message)
                raise AccessError(message)

    def _next_actions(self):
        # stamped by hand: the copies are printed where the others are sealed
        agency = "paper_done" if self.direction != "in" and self._is_paper_only() else "seal"
        return [
            *super()._next_actions(),
            "submit_review", "approve", "sign", "clerk_check", "number", agency, "issue", "recall_approve",
        ]  # fmt: skip

    # ----------------------------------------------------------------- who may

    def _is_outgoing(self):
        return self.direction != "in"

    def _is_drafter(self):
        return self._is_outgoing() and self.drafter_id == self.env.user

    def _is_clerk(self):
        """Clerk of the document's agency."""
        user = self.env.user
        return user.has_group("vanban_core.group_clerk") and self.sudo().company_id in user.company_ids  # safe: which agency

    def _may_clerk(self):
        return self._is_outgoing() and self._is_clerk()

    def _may_sign(self):
        """The signer; by order (TL.) with prior opinion only after the leader agreed (OUT-14)."""
        too_early = self.state in REVIEW and self.state != self._final_review_state()
        return self._is_outgoing() and self.signer_id == self.env.user and not too_early

    def _may_record_ink(self):
        return self._may_clerk()

    def _may_paper_done(self):
        return self._may_clerk()

    def _may_seal(self):
        """Clerks; the signing addon narrows this to the present custodian of the agency's key."""
        return self._may_clerk()

    def _may_issue(self):
        """A clerk who is not the signer himself (OUT-18)."""
        return self._may_clerk() and self.signer_id != self.env.user

    # ------------------------------------------------------------------- files

    def _check_upload(self, role):
        """Reviewers may put in their own version in their own step (OUT-08)."""
        if role == "annex" and self.state == "tl_agreed" and self.prior_opinion:
            raise UserError(self.env._(
                "The leader agreed to “%(document)s” with its annexes as they are: return it with your reason if an annex must be changed.",
                document=self.display_name,
            ))
        if self._is_outgoing() and self.state not in EDITABLE and self._may_review():
            return
        super()._check_upload(role)

    # -------------------------------------------------------------- signatures

    def _has_valid_personal_signature(self):
        """Whether the competent person has signed; signing adds the verified electronic signature."""
        self.ensure_one()
        return self.signed_on_paper

    def _has_valid_agency_signature(self):
        """Whether the agency has signed; signing answers."""
        self.ensure_one()
        return False

    def _stop_acting_of_all(self):
        # safe: only takes away; reading stays for those who had it before them
        self.env["vanban.access"].sudo().search([("document_id", "in", self.ids), ("act", "=", True)]).act = False

    @api.ondelete(at_uninstall=False)
    def _unlink_draft_never(self):
        if any(document.direction != "in" for document in self):
            raise AccessError(self.env._("A draft is not deleted: cancel it with its reason."))
