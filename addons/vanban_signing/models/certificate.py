import base64
import binascii
import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..pades import images
from ..pades.errors import PadesError
from ..pades.signer_info import certificate_kind, describe
from ..pades.trust import certificates, check_chain, read_certificate

# what follows from the certificate's own bytes; a registered certificate is not turned into another one
FIXED = {
    "content", "role", "user_id", "company_id", "department_id", "body_id", "sha256", "serial", "name", "issuer", "subject", "organisation",
    "valid_from", "valid_to", "suspended", "closed_date", "closed_reason",
}  # fmt: skip
# only code that holds this object suspends or resumes: with its row in the log
_TOKEN = object()


class Certificate(models.Model):
    """Registry of certificates: holder, serial, issuer, validity, state (BHXH Đ2.3, Đ18.1; BG Đ20.3; SIGN-03).

    Private keys are never here: they stay in the token of the holder.
    """

    _name = "vanban.certificate"
    _inherit = ["vanban.log.mixin"]
    _description = "Certificate"
    _order = "valid_to desc, id desc"

    name = fields.Char("Holder on the certificate", readonly=True)
    role = fields.Selection(
        [("personal", "Personal"), ("agency", "Agency or unit")], "Kind", required=True, default="personal"
    )
    user_id = fields.Many2one("res.users", "Person", ondelete="restrict", index=True)
    company_id = fields.Many2one(
        "res.company", "Agency", required=True, default=lambda self: self.env.company, ondelete="restrict", index=True
    )
    department_id = fields.Many2one(
        "hr.department", "Unit", ondelete="restrict", help="Only for the seal of a unit of its own."
    )
    body_id = fields.Many2one(
        "res.partner", "Issuing body", ondelete="restrict", index="btree_not_null",
        help="Only for the seal of another body that the agency issues for: a committee, a Party or youth organisation.",
    )  # fmt: skip
    content = fields.Binary("Certificate (PEM or DER)", required=True, attachment=True)
    sha256 = fields.Char("SHA-256", required=True, readonly=True, index=True)
    serial = fields.Char("Serial number", readonly=True)
    issuer = fields.Char("Issuer", readonly=True)
    subject = fields.Char("Subject", readonly=True)
    organisation = fields.Char("Organisation", readonly=True)
    valid_from = fields.Datetime("Valid from", readonly=True)
    valid_to = fields.Datetime("Valid to", readonly=True)
    trust_class = fields.Char("Class of trust", compute="_compute_state")
    state = fields.Selection(
        [("active", "Usable"), ("early", "Not valid yet"), ("expired", "Expired"), ("revoked", "Revoked"), ("untrusted", "Not trusted"),
         ("suspended", "Suspended")],
        "State", compute="_compute_state",
    )  # fmt: skip
    state_reason = fields.Char("Reason", compute="_compute_state")
    suspended = fields.Boolean("Suspended", readonly=True)
    closed_date = fields.Datetime("Seal closed on", readonly=True, copy=False)
    closed_reason = fields.Char("Reason of the closing", readonly=True, copy=False)
    picture = fields.Image(
        "Picture", max_width=0, max_height=0, help="PNG: blue signature of the person, or red seal of the agency."
    )
    diameter = fields.Float("Size of the seal (mm)", default=36.0)
    token_ids = fields.One2many("vanban.token", "certificate_id", "Tokens")

    _once = models.Constraint("UNIQUE(sha256)", "This certificate is already registered.")
    _holder = models.Constraint(
        "CHECK(role = 'agency' OR user_id IS NOT NULL)", "A personal certificate needs its person."
    )
    _sealer_one = models.Constraint(
        "CHECK(role = 'agency' AND (department_id IS NULL OR body_id IS NULL) OR (department_id IS NULL AND body_id IS NULL))",
        "A seal belongs to the agency, to one of its units or to one body that it issues for; a personal certificate to none of them.",
    )
    _diameter_real = models.Constraint(
        "CHECK(diameter BETWEEN 20 AND 60)", "The size of a seal is between 20 and 60 mm."
    )

    @api.constrains("body_id", "company_id")
    def _check_body(self):
        if any(one.body_id and one.body_id == one.company_id.partner_id for one in self):
            raise ValidationError(self.env._("For the agency's own seal leave the issuing body empty."))

    @api.depends("valid_from", "valid_to", "suspended", "sha256")
    def _compute_state(self):
        store = self.env["vanban.trust.anchor"]._trust_store()
        now = datetime.datetime.now(datetime.UTC)
        for certificate in self:
            if not certificate.sha256:
                certificate.update({"state": False, "state_reason": False, "trust_class": False})
                continue
            anchor, revocation, reason = check_chain(store, certificate._der(), now)
            if anchor is None:
                state = "untrusted"
            elif revocation.status == "revoked":
                state = "revoked"
            elif reason:
                state = "expired" if certificate.valid_to < fields.Datetime.now() else "early"
            else:
                state = "suspended" if certificate.suspended else "active"
            certificate.state, certificate.state_reason = state, reason
            certificate.trust_class = store.class_of(anchor) if anchor is not None else False

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.update(self._read_certificate(vals.get("content"), vals.get("role", "personal")))
            self._prepare_picture(vals, vals.get("role", "personal"))
        enrolled = super().create(vals_list)
        for certificate in enrolled:
            if certificate.state == "untrusted":
                raise ValidationError(certificate.state_reason)
            certificate._log(
                "certificate_enroll",
                data={
                    "serial": certificate.serial,
                    "sha256": certificate.sha256,
                    "holder": certificate.user_id.name or certificate.company_id.name,
                },
            )
        return enrolled

    def write(self, vals):
        if vals.keys() & FIXED and self.env.context.get("vanban_certificate") is not _TOKEN:
            raise AccessError(
                self.env._("A registered certificate is not changed: register the new one and suspend this one.")
            )
        for certificate in self:
            certificate._prepare_picture(vals, certificate.role)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(
            self.env._("A registered certificate is not deleted: suspend it. Earlier signatures refer to it.")
        )

    @api.model
    def _read_certificate(self, content, role):
        try:
            ders = certificates(base64.b64decode(content or b""))
            leaf = read_certificate(ders[0])
        except (PadesError, binascii.Error, ValueError, IndexError) as error:
            raise ValidationError(self.env._("The certificate cannot be read: give it as PEM or DER.")) from error
        words, kind = describe(leaf), certificate_kind(leaf)
        if leaf.ca:
            raise ValidationError(
                self.env._("“%(name)s” is a certification authority, not a signer.", name=words["cn"])
            )
        if kind != "other" and kind != role:
            raise ValidationError(
                self.env._(
                    "The certificate of “%(name)s” is of the other kind: personal and agency certificates are registered apart.",
                    name=words["cn"],
                )
            )
        return {
            "content": base64.b64encode(ders[0]),
            "sha256": words["sha256"],
            "serial": words["serial"],
            "issuer": words["issuer"],
            "subject": words["subject"],
            "name": words["cn"],
            "organisation": words["organisation"],
            "valid_from": leaf.not_valid_before.replace(tzinfo=None),
            "valid_to": leaf.not_valid_after.replace(tzinfo=None),
        }

    @api.model
    def _prepare_picture(self, vals, role):
        """Replace the picture by its checked form: PNG, right colour, white made transparent (NĐ 30/2020 PL I; TH Đ10.2b)."""
        if vals.get("picture"):
            try:
                picture = images.picture(base64.b64decode(vals["picture"]), "red" if role == "agency" else "blue")
            except (PadesError, binascii.Error) as error:
                raise ValidationError(str(error)) from error
            vals["picture"] = base64.b64encode(picture.png)

    def _der(self):
        self.ensure_one()
        return base64.b64decode(self.sudo().with_context(bin_size=False).content)  # safe: certificates are public data

    def _picture(self):
        """``pades.images.Picture`` or None."""
        self.ensure_one()
        data = self.sudo().with_context(bin_size=False).picture  # safe: only drawn into the file that the holder signs
        return images.picture(base64.b64decode(data)) if data else None

    def _require_usable(self):
        """UserError saying why the certificate cannot sign now."""
        self.ensure_one()
        if self.state != "active":
            raise UserError(
                self.env._(
                    "The certificate of “%(name)s” (serial %(serial)s) cannot be used: %(reason)s",
                    name=self.name,
                    serial=self.serial,
                    reason=self.state_reason or self.env._("it is suspended."),
                )
            )

    @api.model
    def _personal_of(self, user):
        """The usable personal certificate of a user with the latest end; UserError when there is none."""
        own = self.sudo().search(
            [("role", "=", "personal"), ("user_id", "=", user.id)]
        )  # safe: own certificates, public data
        usable = own.filtered(lambda certificate: certificate.state == "active")
        if usable:
            return usable[0]
        if own:
            own[0]._require_usable()
        raise UserError(
            self.env._(
                "No certificate of %(user)s is registered. Ask the certificate manager to register it.", user=user.name
            )
        )

    @api.model
    def _seals_of(self, company, unit=None, body=None):
        """Registered seals of an agency, of one of its units, or of a body it issues for, whatever their state; newest first.

        A seal that was closed for good is none any more.
        """
        # safe: public data
        return self.sudo().search([
            ("closed_date", "=", False), ("role", "=", "agency"), ("company_id", "=", company.id), ("department_id", "=", unit.id if unit else False),
            ("body_id", "=", body.id if body else False),
        ])  # fmt: skip

    @api.model
    def _seal_of(self, company, unit=None, body=None):
        """The usable certificate of whoever seals; UserError when there is none."""
        own = self._seals_of(company, unit, body)
        usable = own.filtered(lambda certificate: certificate.state == "active")
        if usable:
            return usable[0]
        if own:
            own[0]._require_usable()
        raise UserError(
            self.env._(
                "No certificate of “%(agency)s” is registered. Ask the certificate manager to register it.",
                agency=(unit or body or company).display_name,
            )
        )

    @api.model
    def _agency_of(self, company):
        """The usable certificate of the agency itself (not of a unit or another body)."""
        return self._seal_of(company)

    def action_suspend(self):
        """Stop the use of a certificate at once (lost token, person who left)."""
        return self._set_suspended(True)

    def action_resume(self):
        return self._set_suspended(False)

    def _set_suspended(self, suspended):
        self.check_access("write")
        if not suspended and any(certificate.closed_date for certificate in self):
            raise UserError(self.env._("A closed seal stays closed: register the new seal of the unit."))
        self.with_context(vanban_certificate=_TOKEN).write({"suspended": suspended})
        self._log("certificate_suspend" if suspended else "certificate_resume")
        return True

    def action_close_seal(self, reason):
        """A unit gives its own seal up for good: what it issues in its register is sealed by the agency from now on (SIGN-02).

        Loss or a new certificate is no reason for it: there the next seal of the unit is registered, and nothing falls back.
        """
        self.ensure_one()
        self.check_access("write")
        reason = (reason or "").strip()
        # with the earlier certificates of the same seal: one of them left open would still count as the unit's seal
        seals = self._seals_of(self.company_id, self.department_id)
        devices = self.env["vanban.token"].sudo().search([  # safe: only their names are told
            ("certificate_id", "in", seals.ids), ("state", "!=", "revoked"),
        ])  # fmt: skip
        problem = None
        if self.role != "agency" or not self.department_id:
            problem = self.env._("Only the seal of a unit can be closed: the agency and the bodies it issues for seal with none but their own.")
        elif self.closed_date:
            problem = self.env._("The seal of “%(name)s” is closed already.", name=self.department_id.display_name)
        elif not reason:
            problem = self.env._("Please write the reason: this step cannot be done without one.")
        elif devices:
            problem = self.env._(
                "The key device of “%(name)s” is still in force: take it back and revoke it before its seal is closed.",
                name=devices[0].certificate_id.name,
            )
        if problem:
            self._log_refused("seal_close", problem)
            raise UserError(problem)
        seals.with_context(vanban_certificate=_TOKEN).write(
            {"suspended": True, "closed_date": fields.Datetime.now(), "closed_reason": reason[:250]}
        )
        for seal in seals:
            self.browse(seal.id)._log("seal_close", comment=reason, data={"unit": seal.department_id.display_name, "sha256": seal.sha256})
        return True
