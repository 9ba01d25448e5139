from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.vanban_core.models.language import in_vietnamese
from odoo.addons.vanban_core.models.transition_mixin import Transition
from odoo.addons.vanban_core.tools import vietnam_time

STATES = [
    ("issued", "Issued, not assigned"),
    ("assigned", "Assigned, not yet received"),
    ("in_custody", "In custody"),
    ("temp_handover", "Handed over for a term"),
    ("handed_over", "Handed back, to be assigned"),
    ("suspended", "Suspended"),
    ("revoked", "Revoked"),
]


class Token(models.Model):
    """Custody of the agency's key device, managed like a seal (NĐ 30/2020 Đ.33; BHXH Đ4; TH Đ11; BG Đ11).

    Only the present custodian seals, whatever his groups; every change of custody has its paper and its row.
    """

    _name = "vanban.token"
    _inherit = ["vanban.transition.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Key device of the agency"
    _order = "company_id, name, id"

    _transitions = (
        Transition("assign", ("issued", "handed_over"), ("assigned",), who="_may_assign", guard="_guard_assign"),
        Transition("receive", ("assigned",), ("in_custody",), who="_is_custodian"),
        Transition("lend", ("in_custody",), ("temp_handover",), who="_is_custodian", guard="_guard_lend", comment=True),
        Transition("take_back", ("temp_handover",), ("in_custody",), who="_is_custodian"),
        Transition("hand_over", ("in_custody", "suspended"), ("handed_over",), who="_may_hand_over", guard="_guard_hand_over"),
        Transition("suspend", ("assigned", "in_custody", "temp_handover"), ("suspended",), who="_may_suspend", comment=True),
        Transition("resume", ("suspended",), ("in_custody",), who="_may_assign", comment=True),
        Transition("revoke", ("issued", "assigned", "in_custody", "temp_handover", "handed_over", "suspended"), ("revoked",),
                   who="_may_suspend", comment=True),
    )  # fmt: skip

    name = fields.Char("Device", required=True)
    serial = fields.Char("Serial number of the device")
    company_id = fields.Many2one(
        "res.company", "Agency", required=True, default=lambda self: self.env.company, ondelete="restrict", index=True
    )
    certificate_id = fields.Many2one(
        "vanban.certificate",
        "Certificate",
        required=True,
        ondelete="restrict",
        index=True,
        domain="[('role', '=', 'agency'), ('company_id', '=', company_id)]",
    )
    department_id = fields.Many2one(related="certificate_id.department_id", string="Unit", related_sudo=True)
    body_id = fields.Many2one(related="certificate_id.body_id", string="Issuing body", related_sudo=True)
    custodian_id = fields.Many2one(
        "res.users", "Custodian", readonly=True, copy=False, ondelete="restrict", tracking=True
    )
    temporary_id = fields.Many2one(
        "res.users", "Temporary holder", readonly=True, copy=False, ondelete="restrict", tracking=True
    )
    temporary_until = fields.Date("Term ends", readonly=True, copy=False)
    holder_id = fields.Many2one("res.users", "May seal now", compute="_compute_holder_id")
    handover_ids = fields.One2many("vanban.token.handover", "token_id", "Custody record")
    state = fields.Selection(
        STATES, "Status", required=True, default="issued", readonly=True, copy=False, tracking=True
    )

    @api.depends("state", "custodian_id", "temporary_id", "temporary_until")
    def _compute_holder_id(self):
        today = vietnam_time.today()
        for token in self:
            if token.state == "in_custody":
                token.holder_id = token.custodian_id
            elif token.state == "temp_handover" and token.temporary_until and token.temporary_until >= today:
                token.holder_id = token.temporary_id
            else:
                token.holder_id = False

    def write(self, vals):
        if vals.keys() & {"company_id", "certificate_id", "serial"} and any(token.state != "issued" for token in self):
            message = self.env._(
                "A key device that was assigned keeps its agency, certificate and number: revoke it and record the new one."
            )
            self._log_refused("write_fixed", message)
            raise UserError(message)
        return super().write(vals)

    @api.constrains("certificate_id", "company_id", "state")
    def _check_certificate(self):
        """The certificate of this agency, in one device: a second record of it would go round the handover (SIGN-04)."""
        for token in self:
            certificate = token.certificate_id
            if certificate.role != "agency" or certificate.company_id != token.company_id:
                raise ValidationError(self.env._("Choose the certificate of the agency that owns the device."))
            if token.state != "revoked" and certificate.closed_date:
                raise ValidationError(self.env._("The seal of “%(name)s” is closed already.", name=certificate.department_id.display_name))
            if token.state != "revoked" and len(self._for_seal(certificate)) > 1:
                raise ValidationError(
                    self.env._(
                        "The certificate of “%(name)s” already has its device: hand that one over, or revoke it first.",
                        name=certificate.name,
                    )
                )

    # ------------------------------------------------------------ who may, guards

    def _of_agency(self):
        return self.company_id in self.env.user.company_ids

    def _may_assign(self):
        """The head of the agency assigns in writing (TH Đ11.2; BG Đ11.1), for a unit's own seal its head; the certificate manager records it."""
        user = self.env.user
        heads_unit = self.department_id.sudo().manager_id.user_id == user  # safe: only compared with the user
        return self._of_agency() and (
            user.has_group("vanban_core.group_leader")
            or user.has_group("vanban_signing.group_certificate_manager")
            or (bool(self.department_id) and heads_unit)
        )

    def _is_custodian(self):
        return bool(self.custodian_id) and self.custodian_id == self.env.user

    def _may_hand_over(self):
        return self._is_custodian() or self._may_assign()

    def _may_suspend(self):
        return self._may_assign() or self._is_custodian()

    def _guard_paper(self, kind, message):
        row = self.handover_ids[:1]
        if row.kind != kind or not row.reference or not row.has_file:
            raise UserError(message)

    def _guard_assign(self):
        self._guard_paper(
            "assign",
            self.env._("The key device is assigned in writing: attach the document of the head that assigns it."),
        )

    def _guard_lend(self):
        self._guard_paper(
            "lend",
            self.env._(
                "The key device may be given to somebody else only with written permission of the competent person: attach it, with its term."
            ),
        )

    def _guard_hand_over(self):
        self._guard_paper(
            "hand_over", self.env._("A change of custodian needs the minutes of the handover: attach them.")
        )

    # ------------------------------------------------------------------- actions

    def _record(self, kind, to_user, *paper, **more):
        self.ensure_one()
        self.env["vanban.token.handover"]._record(self, kind, to_user, *paper, **more)
        self.invalidate_recordset(["handover_ids"])

    def _record_each(self, kind, reason=None):
        for token in self:
            token._record(kind, token.custodian_id, reason=(reason or "").strip() or False)

    def action_assign(self, user_id, reference=None, filename=None, content_b64=None, condition=None):
        """The head assigns the device to a clerk by a written document, which is stored."""
        clerk = self.env["res.users"].browse(user_id)
        if not clerk.has_group("vanban_core.group_clerk") and not (
            self.department_id and clerk.has_group("vanban_core.group_unit_clerk")
        ):
            raise UserError(
                self.env._(
                    "The agency's key device is kept by a clerk; %(user)s does not have this role.", user=clerk.name
                )
            )
        self._record("assign", clerk, reference, filename, content_b64, condition=condition)
        self._transition("assign", values={"custodian_id": clerk.id, "temporary_id": False, "temporary_until": False})
        self._remind(
            clerk,
            self.env._("Receive the key device of “%(name)s” and confirm it here.", name=self.certificate_id.name),
        )
        return True

    def action_receive(self):
        """The clerk confirms that he holds the device."""
        self._transition("receive")
        self._let_in_holder()
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])  # safe: it was the reminder to receive
        self._record_each("receive")
        return True

    def action_lend(self, user_id, until, reason, reference=None, filename=None, content_b64=None, condition=None):
        """Give the device to somebody for a term, with written permission."""
        until = fields.Date.to_date(until)
        if not until or until < vietnam_time.today():
            raise UserError(self.env._("Give the last day of the term, today or later."))
        self._record(
            "lend",
            self.env["res.users"].browse(user_id),
            reference,
            filename,
            content_b64,
            until,
            condition=condition,
            reason=reason,
        )
        self._transition("lend", comment=reason, values={"temporary_id": user_id, "temporary_until": until})
        self._let_in_holder()
        return True

    def _waiting_for_seal(self):
        """Numbered documents of the unit whose seal this is, that nobody has sealed yet."""
        self.ensure_one()
        documents = self.env["vanban.document"]
        if not self.department_id:
            return documents
        numbered = documents.sudo().search([  # safe: the holder of the device is let in, whoever that is
            ("register_id.department_id", "=", self.department_id.id), ("company_id", "=", self.company_id.id),
            ("state", "in", ("numbered", "paper_done")),
        ])  # fmt: skip
        return numbered.filtered(lambda document: document._sealer()[0] == self.department_id)

    def _let_in_holder(self):
        """Who got the device seals what waits for it, and reads it for that."""
        for token in self:
            holder, waiting = token.holder_id, token._waiting_for_seal()
            if holder and waiting:
                waiting._grant(users=holder, source="seal")
                for document in waiting.filtered(lambda one, holder=holder: holder not in one.activity_ids.user_id):
                    document._notify(
                        holder, self.env._("The document has its number: seal it with the device of “%(unit)s”.", unit=token.department_id.name)
                    )

    def _shut_out_borrower(self):
        """Whoever held the device for a term neither reads nor is asked to seal what others will seal now."""
        for token in self.filtered("temporary_id"):
            waiting = token._waiting_for_seal()
            waiting._revoke("seal", users=token.temporary_id)
            waiting._done_todos(users=token.temporary_id)

    def action_take_back(self):
        self._record("take_back", self.custodian_id)
        self._shut_out_borrower()
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])  # safe: it was the reminder of the term
        self._transition("take_back", values={"temporary_id": False, "temporary_until": False})
        self._let_in_holder()
        return True

    def action_hand_over(self, reference=None, filename=None, content_b64=None, condition=None):
        """End custody with minutes; the next custodian is assigned by a new document."""
        self._record("hand_over", self.env["res.users"], reference, filename, content_b64, condition=condition)
        self._shut_out_borrower()
        return self._transition(
            "hand_over", values={"custodian_id": False, "temporary_id": False, "temporary_until": False}
        )

    def action_suspend(self, reason):
        """Stop sealing with the device at once: loss, suspicion about its PIN, any incident."""
        self._shut_out_borrower()
        self._transition("suspend", comment=reason)
        self._record_each("suspend", reason)
        for token in self:
            leaders = self.env["vanban.certificate"]._leaders(token.company_id)
            token._remind(
                (leaders | token.certificate_id.sudo()._managers()) - self.env.user,  # safe: who is told of an incident
                self.env._("The key device “%(name)s” was suspended: %(reason)s", name=token.name, reason=reason),
            )
        return True

    def action_resume(self, reason):
        # the term of whoever had it meanwhile is over: it is back with its custodian
        self._transition("resume", comment=reason, values={"temporary_id": False, "temporary_until": False})
        self._record_each("resume", reason)
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])  # safe: the incident is over
        self._let_in_holder()
        return True

    def action_revoke(self, reason):
        self._record_each("revoke", reason)
        self._shut_out_borrower()
        return self._transition("revoke", comment=reason, values={"custodian_id": False, "temporary_id": False})

    def _remind(self, users, note):
        for user in users:
            self.sudo().activity_schedule(  # safe: the step of custody decided who is concerned
                "mail.mail_activity_data_todo", vietnam_time.today(), note, user_id=user.id, automated=True
            )

    @api.model
    def _cron_terms(self):
        """The term of a device given away has ended: its custodian is told, once."""
        self = in_vietnamese(self)
        today = vietnam_time.today()
        for token in self.search([("state", "=", "temp_handover"), ("temporary_until", "<", today)]):
            if not token.activity_ids:
                token._remind(
                    token.custodian_id,
                    self.env._(
                        "The term of the key device “%(name)s” has ended: take it back and confirm it here.",
                        name=token.name,
                    ),
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A key device is not deleted: revoke it. Its custody record is kept."))

    @api.model
    def _for_seal(self, certificate):
        """Devices that hold this certificate and are in force."""
        return self.sudo().search(
            [("certificate_id", "=", certificate.id), ("state", "!=", "revoked")]
        )  # safe: who holds is checked by the caller
