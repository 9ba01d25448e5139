import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.vanban_core.models.transition_mixin import Transition
from odoo.addons.vanban_core.tools import vietnam_time

from .paper_mixin import PDF

KINDS = [("issue", "Issue a certificate"), ("renew", "Renew a certificate"), ("revoke", "Revoke a certificate"),
         ("change", "Change data of a certificate"), ("unlock", "Unlock a device, reset its PIN")]  # fmt: skip
PRINTED = {"issue": "cấp chứng thư số", "renew": "gia hạn chứng thư số", "revoke": "thu hồi chứng thư số",
           "change": "thay đổi thông tin chứng thư số", "unlock": "mở khóa thiết bị lưu khóa bí mật"}  # fmt: skip
STATES = [("draft", "Being written"), ("submitted", "Waiting for the head"), ("approved", "Sent to the certificate manager"),
          ("processing", "With the certification authority"), ("done", "Done"), ("rejected", "Refused"), ("withdrawn", "Withdrawn")]  # fmt: skip
MAX_BYTES = 20 * 1024 * 1024
# what is asked for is fixed once it is sent
ASKED = {
    "kind",
    "subject_kind",
    "user_id",
    "department_id",
    "certificate_id",
    "reason",
    "details",
    "attachment",
    "company_id",
}


class CertificateRequest(models.Model):
    """Request for issue, renewal, revocation or change of a certificate, tracked to its result (BHXH Đ16.2, Đ17.2a, Đ18.1; F-34)."""

    _name = "vanban.certificate.request"
    _inherit = ["vanban.transition.mixin", "vanban.paper.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Request about a certificate"
    _order = "id desc"

    _transitions = (
        Transition(
            "submit",
            ("draft",),
            ("submitted", "approved"),
            who="_is_requester",
            guard="_guard_submit",
            effect="_effect_submit",
        ),
        Transition("approve", ("submitted",), ("approved",), who="_is_head", effect="_effect_submit"),
        Transition(
            "refuse",
            ("submitted", "approved", "processing"),
            ("rejected",),
            who="_may_refuse",
            comment=True,
            effect="_effect_end",
        ),
        Transition("process", ("approved",), ("processing",), who="_is_manager"),
        Transition(
            "complete",
            ("approved", "processing"),
            ("done",),
            who="_is_manager",
            guard="_guard_complete",
            comment=True,
            effect="_effect_end",
        ),
        Transition(
            "withdraw", ("draft", "submitted", "approved"), ("withdrawn",), who="_is_requester", effect="_effect_end"
        ),
    )

    name = fields.Char("Request", compute="_compute_name")
    kind = fields.Selection(KINDS, "Asked for", required=True, default="issue")
    subject_kind = fields.Selection(
        [("person", "A person"), ("unit", "A unit"), ("agency", "The agency")], "For", required=True, default="person"
    )
    user_id = fields.Many2one("res.users", "Person", ondelete="restrict")
    department_id = fields.Many2one("hr.department", "Unit", ondelete="restrict")
    company_id = fields.Many2one(
        "res.company", "Agency", required=True, default=lambda self: self.env.company, ondelete="restrict", index=True
    )
    certificate_id = fields.Many2one(
        "vanban.certificate", "Certificate", ondelete="restrict", domain="[('company_id', '=', company_id)]"
    )
    reason = fields.Text("Reason")
    details = fields.Text(
        "Data",
        help="For a change: old and new data; for an issue: full name, position, unit, identity number as the authority asks.",
    )
    attachment = fields.Binary("Paper", attachment=True)
    attachment_name = fields.Char("File name")
    requester_id = fields.Many2one(
        "res.users", "Requested by", readonly=True, copy=False, ondelete="restrict", default=lambda self: self.env.user
    )
    submitted_date = fields.Datetime("Sent on", readonly=True, copy=False)
    approver_id = fields.Many2one("res.users", "Approved by", readonly=True, copy=False, ondelete="restrict")
    approved_date = fields.Datetime("Approved on", readonly=True, copy=False)
    manager_id = fields.Many2one("res.users", "Certificate manager", readonly=True, copy=False, ondelete="restrict")
    result = fields.Text("Result", readonly=True, copy=False)
    result_certificate_id = fields.Many2one(
        "vanban.certificate",
        "New certificate",
        copy=False,
        ondelete="restrict",
        domain="[('company_id', '=', company_id)]",
    )
    closed_date = fields.Datetime("Closed on", readonly=True, copy=False)
    state = fields.Selection(STATES, "Status", required=True, default="draft", readonly=True, copy=False, index=True)

    @api.depends("kind", "user_id", "department_id", "company_id", "subject_kind")
    def _compute_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for request in self:
            request.name = f"{labels.get(request.kind, '')}: {request._subject_name()}"

    def _subject_name(self):
        self.ensure_one()
        subject = {"person": self.user_id, "unit": self.department_id}.get(self.subject_kind, self.company_id)
        return subject.sudo().display_name or ""  # safe: a name chosen by the requester

    @api.onchange("certificate_id")
    def _onchange_certificate(self):
        if self.certificate_id:
            self.user_id, self.department_id = self.certificate_id.user_id, self.certificate_id.department_id
            self.subject_kind = (
                "person"
                if self.certificate_id.role == "personal"
                else "unit"
                if self.certificate_id.department_id
                else "agency"
            )

    @api.constrains("attachment")
    def _check_attachment(self):
        for request in self:
            try:
                size = len(base64.b64decode(request.with_context(bin_size=False).attachment or b""))
            except (binascii.Error, ValueError) as error:
                raise ValidationError(self.env._("The file did not arrive whole. Please attach it again.")) from error
            if size > MAX_BYTES:
                raise ValidationError(self.env._("The file is too large (over %(size)s MB).", size=MAX_BYTES // 2**20))

    def write(self, vals):
        if not self.env.su and vals.keys() & ASKED and any(request.state != "draft" for request in self):
            message = self.env._("A request that was sent is not changed: withdraw it and write a new one.")
            self._log_refused("write_fixed", message)
            raise UserError(message)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A request is not deleted: withdraw it."))

    # ------------------------------------------------------------ who may, guards

    def _of_agency(self):
        return self.company_id in self.env.user.company_ids

    def _is_requester(self):
        return self.requester_id == self.env.user

    def _is_head(self):
        """The head of the requester's unit, or the head of the agency."""
        user = self.env.user
        if not self._of_agency():
            return False
        units = (
            self.department_id
            | self.user_id.sudo().employee_ids.department_id
            | self.requester_id.sudo().employee_ids.department_id
        )  # safe: only who heads them
        return user.has_group("vanban_core.group_leader") or user in units.sudo().manager_id.user_id  # safe: as above

    def _is_manager(self):
        return self._of_agency() and self.env.user.has_group("vanban_signing.group_certificate_manager")

    def _may_refuse(self):
        return self._is_head() if self.state == "submitted" else self._is_manager()

    def _guard_submit(self):
        if not (self.reason or "").strip():
            raise UserError(self.env._("Write the reason of the request."))
        if self.kind != "issue" and not self.certificate_id:
            raise UserError(self.env._("Choose the certificate that the request is about."))
        if self.kind == "change" and not (self.details or "").strip():
            raise UserError(self.env._("Write which data change: the old and the new ones."))
        if (self.subject_kind == "person" and not self.user_id) or (
            self.subject_kind == "unit" and not self.department_id
        ):
            raise UserError(self.env._("Choose for whom the certificate is."))

    def _guard_complete(self):
        if self.kind in ("issue", "renew") and not self.result_certificate_id:
            raise UserError(
                self.env._("Register the new certificate first and choose it here; then close the request.")
            )

    # -------------------------------------------------------------------- effects

    def _effect_submit(self, comment):
        self.ensure_one()
        now = fields.Datetime.now()
        if self.state == "approved":
            # safe: the transition was checked
            self.sudo().write(
                {"approver_id": self.env.uid, "approved_date": now, "submitted_date": self.submitted_date or now}
            )
            self._tell(self.env["vanban.certificate"].new({"company_id": self.company_id.id}).sudo()._managers())
        else:
            self.sudo().write({"submitted_date": now})  # safe: as above
            heads = self.requester_id.sudo().employee_ids.department_id.manager_id.user_id  # safe: only who is told
            self._tell(heads)

    def _effect_end(self, comment):
        values = {"closed_date": fields.Datetime.now()}
        if self.state in ("done", "rejected"):
            values |= {"result": comment, "manager_id": self.env.uid}
        self.sudo().write(values)  # safe: the transition was checked
        if self.state == "done" and self.kind == "revoke" and not self.certificate_id.suspended:
            self.certificate_id.sudo()._set_suspended(
                True
            )  # safe: the manager closes an approved request for revocation
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])  # safe: nothing is left to do
        if self.requester_id != self.env.user and self.state in ("done", "rejected"):
            self._tell(self.requester_id)

    def _tell(self, users):
        for user in users:
            self.sudo().activity_schedule(  # safe: the flow decided that it is this user's turn
                "mail.mail_activity_data_todo", vietnam_time.today(), self.name, user_id=user.id, automated=True
            )

    # -------------------------------------------------------------------- actions

    def action_submit(self):
        """Send the request: to the head of the unit, or, when the head himself asks, to the certificate manager."""
        for request in self:
            request._transition("submit", target="approved" if request._is_head() else "submitted")
        return True

    def action_approve(self):
        return self._transition("approve")

    def action_refuse(self, reason):
        return self._transition("refuse", comment=reason)

    def action_process(self):
        return self._transition("process")

    def action_complete(self, result, certificate_id=None):
        """Close with the result; for an issue or renewal with the newly registered certificate."""
        if certificate_id:
            self.result_certificate_id = certificate_id
        return self._transition("complete", comment=result)

    def action_withdraw(self):
        return self._transition("withdraw")

    def action_print(self):
        return self._paper_open("request")

    def _paper(self):
        """F-34: Đề nghị cấp, thu hồi, thay đổi thông tin chứng thư số."""
        self.ensure_one()
        certificate = self.certificate_id
        blocks = [
            f"Kính gửi: Đơn vị quản lý chứng thư số của {self.company_id.sudo().name}",  # safe: name of the own agency
            ("Nội dung đề nghị", PRINTED[self.kind].capitalize()),
            ("Đối tượng", self._subject_name()),
        ]
        if certificate:
            blocks.append(
                (
                    "Chứng thư số",
                    f"{certificate.name} – số {certificate.serial}, hiệu lực đến {self._vietnamese_time(certificate.valid_to, True)}",
                )
            )
        blocks += [("Lý do", self.reason), ("Thông tin", self.details)] if self.details else [("Lý do", self.reason)]
        blocks += [
            (
                "Người đề nghị",
                f"{self.requester_id.name}, ngày {self._vietnamese_time(self.submitted_date or self.create_date)}",
            ),
            ("Người duyệt", f"{self.approver_id.name or ''} {self._vietnamese_time(self.approved_date)}"),
            ("Kết quả", self.result or "(đang xử lý)"),
        ]
        if self.result_certificate_id:
            blocks.append(
                ("Chứng thư số mới", f"{self.result_certificate_id.name} – số {self.result_certificate_id.serial}")
            )
        signers = (
            ("Người đề nghị", self.requester_id.name),
            ("Thủ trưởng đơn vị", self.approver_id.name or ""),
            ("Người quản lý chứng thư số", self.manager_id.name or ""),
        )
        raw = self._paper_pdf(
            self.company_id, f"Giấy đề nghị {PRINTED[self.kind]}", blocks=tuple(blocks), signers=signers
        )
        return f"de-nghi-{self.id}.pdf", raw, PDF
