import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..pades import detached, timestamp
from ..pades.errors import SignError


class RegisterSignature(models.Model):
    """The agency's signature over a closed book: a CMS container beside its sealed file, never changed (BG Đ8.2c; NĐ 30/2020 Đ.33).

    Anybody checks it years later with ``tools.register_chain`` and the certificate, without this system.
    """

    _name = "vanban.register.signature"
    _inherit = ["vanban.append.only"]
    _description = "Signature of a closed register"
    _order = "id"
    _rec_name = "file_name"

    closing_id = fields.Many2one("vanban.register.closing", "Closed book", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one("res.company", "Agency", required=True, ondelete="restrict")
    department_id = fields.Many2one("hr.department", "Unit of the register", ondelete="restrict")
    content = fields.Binary("Signature (.p7s)", required=True, attachment=False)
    certificate_content = fields.Binary("Certificate", related="certificate_id.content", related_sudo=True)
    file_name = fields.Char("Name of the signature", required=True)
    sha256 = fields.Char("SHA-256 of the sealed file", required=True)
    certificate_id = fields.Many2one("vanban.certificate", "Certificate of the agency", required=True, ondelete="restrict")
    serial = fields.Char("Serial number of the certificate", required=True)
    user_id = fields.Many2one("res.users", "Signed by", required=True, ondelete="restrict")
    date = fields.Datetime("Signed on", required=True, default=fields.Datetime.now)

    _once = models.Constraint("UNIQUE(closing_id)", "This book is already signed.")

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url", "target": "self",
            "url": f"/web/content/{self._name}/{self.id}/content/{self.file_name}?download=true",
        }

    def action_download_certificate(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url", "target": "self",
            "url": f"/web/content/{self._name}/{self.id}/certificate_content/chung-thu-so-{self.serial}.cer?download=true",
        }


class RegisterClosing(models.Model):
    _inherit = "vanban.register.closing"

    signature_ids = fields.One2many("vanban.register.signature", "closing_id", "Signature of the agency")
    signature_problem = fields.Char("Why the agency has not signed", compute="_compute_signature_problem")
    may_sign_closing = fields.Boolean(compute="_compute_signature_problem")

    @api.depends_context("uid")
    @api.depends("signature_ids", "state")
    def _compute_signature_problem(self):
        for closing in self:
            wanted = closing.state == "sealed" and not closing.signature_ids
            closing.signature_problem = closing._signing_problem() if wanted else False
            closing.may_sign_closing = wanted and not closing.signature_problem

    def _seal_document(self):
        """A document of this agency that exists only here: custody, certificate and timestamp are asked for as for any seal."""
        return self.env["vanban.document"].new({"company_id": self.company_id.id})

    def _signing_problem(self):
        """Why the current user cannot sign this book with the agency's device at the server; empty when he can."""
        company = self.company_id.sudo()  # safe: a setting and a name
        if company.vanban_seal_provider != "hsm":
            return self.env._(
                "“%(agency)s” has no key device at the server: the closed book is protected by its chain and the log, without signature.",
                agency=company.name,
            )
        if not self._seal_document()._held_token():
            return self.env._("The person who holds the key device of “%(agency)s” signs the closed book here.", agency=company.name)
        return ""

    def _after_sealed(self):
        """Signed at once when whoever closes holds the device; a closing never fails for want of a signature."""
        super()._after_sealed()
        if not self._signing_problem():
            try:
                self._sign_closing()
            except (SignError, UserError) as error:
                self._log_refused("seal", str(error))

    def action_sign_closing(self):
        """The custodian of the agency's key device signs a closed book that has no signature yet."""
        for closing in self:
            closing.check_access("read")
            problem = closing._signing_problem()
            if problem:
                closing._log_refused("seal", problem)
                raise AccessError(problem)
            if closing.state != "sealed" or closing.signature_ids:
                raise UserError(self.env._("“%(book)s” is not written yet, or already signed.", book=closing.display_name))
            try:
                closing._sign_closing()
            except SignError as error:
                closing._log_refused("seal", str(error))
                raise UserError(str(error)) from error
        return True

    def _sign_closing(self):
        """Sign the very bytes of the sealed file with the device at the server.

        :raise SignError, UserError: no certificate, device or timestamp; nothing is stored then
        """
        document = self._seal_document()
        certificate = document._seal_certificate()
        raw = base64.b64decode(self.with_context(bin_size=False).sudo().content)  # safe: right checked by the caller
        digest = hashlib.sha256(raw)
        attributes = detached.begin(digest.digest(), certificate._der())
        signatures, token = self.env["vanban.signing.provider"]._by_name("hsm")._sign(certificate, [attributes])
        url = self.company_id.sudo().vanban_tsa_url  # safe: a setting
        container = detached.finish(
            attributes, signatures[0], certificate._der(), timestamper=timestamp.http_timestamper(url) if url else None,
        )
        # safe: custody was checked; the flow keeps what the device has signed
        self.env["vanban.register.signature"].sudo().create({
            "closing_id": self.id, "company_id": self.company_id.id, "department_id": self.register_id.sudo().department_id.id,
            "content": base64.b64encode(container), "file_name": f"{self.file_name}.p7s", "sha256": digest.hexdigest(),
            "certificate_id": certificate.id, "serial": certificate.serial, "user_id": self.env.uid,
        })
        self._log("use_certificate", data={
            "purpose": "register", "certificate": certificate.serial, "token": token, "sha256": digest.hexdigest(),
        })
