import base64
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..remote import RemoteError
from ..remote.csc import CscClient
from ..remote.smartca import SmartCaClient

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SigningService(models.Model):
    """A remote signing service of the agency: address and account; its secret is a file outside the database.

    ``VANBAN_SIGNING_SECRETS`` names a folder; ``<code>.secret`` in it holds the secret of this service (SIGN-26).
    """

    _name = "vanban.signing.service"
    _inherit = ["vanban.log.mixin"]
    _description = "Remote signing service"
    _order = "name"

    name = fields.Char("Name", required=True)
    code = fields.Char("Code", required=True, help="Name of the secret's file: <code>.secret in the folder of secrets.")
    kind = fields.Selection([("csc", "CSC API v2 (MySign)"), ("smartca", "SmartCA")], "Interface", required=True, default="csc")
    url = fields.Char("Address", required=True, help="Base address, for CSC ending in /csc/v2.")
    client = fields.Char("Account of the agency", required=True, help="client_id, or sp_id.")
    encoding = fields.Selection([("hex", "Hexadecimal"), ("base64", "Base64")], "Form of the hash", default="hex", required=True)
    wait_minutes = fields.Integer("Longest wait for the phone (minutes)", default=5, required=True)
    company_id = fields.Many2one(
        "res.company", "Agency", required=True, default=lambda self: self.env.company, ondelete="restrict", index=True
    )
    active = fields.Boolean("In use", default=True)
    has_secret = fields.Boolean("Secret found", compute="_compute_has_secret")

    _code_unique = models.Constraint("UNIQUE(code)", "Another service has this code.")
    _wait_real = models.Constraint("CHECK(wait_minutes BETWEEN 1 AND 15)", "The wait is between 1 and 15 minutes.")

    @api.constrains("code", "url")
    def _check_address(self):
        for service in self:
            if not _CODE.fullmatch(service.code or ""):
                raise ValidationError(self.env._("The code may hold small letters, digits, “-” and “_” only."))
            parts = urlsplit(service.url or "")
            secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
            if not secure or not parts.hostname or parts.username or parts.query or parts.fragment:
                raise ValidationError(self.env._("The address of the service must be an https address without user or query."))

    @api.depends("code")
    def _compute_has_secret(self):
        for service in self:
            service.has_secret = bool(service.code and service._read_secret())

    def _read_secret(self):
        folder = os.environ.get("VANBAN_SIGNING_SECRETS")
        if not folder or not _CODE.fullmatch(self.code or ""):
            return ""
        try:
            return (Path(folder) / f"{self.code}.secret").read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def _client(self):
        """Client of the service, see ``remote``.

        :raise UserError: no secret
        """
        self.ensure_one()
        secret = self._read_secret()
        if not secret:
            raise UserError(
                self.env._(
                    "The secret of “%(name)s” is missing at the server. Ask the system operator to put it into %(code)s.secret in the folder "
                    "VANBAN_SIGNING_SECRETS.",
                    name=self.name,
                    code=self.code,
                )
            )
        verify = os.environ.get("VANBAN_SIGNING_CA") or True
        if self.kind == "csc":
            return CscClient(self.url, self.client, secret, verify=verify)
        return SmartCaClient(self.url, self.client, secret, encoding=self.encoding, verify=verify)

    def action_check(self):
        """Button: is the service reachable with this account?"""
        self.check_access("write")
        for service in self:
            try:
                service._client().certificate("-")
            except RemoteError as error:
                if error.code not in ("credential", "answer"):  # it knows us, it only does not know such a person
                    raise UserError(str(error)) from error
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": self.env._("The service answers and accepts the agency.")},
        }

    def _certificate_of(self, credential):
        """Certificate (DER) that the service holds for a credential."""
        try:
            return self._client().certificate(credential)[0]
        except RemoteError as error:
            raise UserError(str(error)) from error


class CertificateService(models.Model):
    """Where the key of a registered certificate is: with a remote service, else in a device of its holder."""

    _inherit = "vanban.certificate"

    service_id = fields.Many2one("vanban.signing.service", "Remote service", ondelete="restrict", help="Empty: the key is in a device.")
    credential = fields.Char("Account at the service", help="CSC: credentialID. SmartCA: user id, or user id/serial number.")

    @api.onchange("service_id", "credential")
    def _onchange_credential(self):
        """The service itself tells the certificate: nobody has to upload it."""
        if self.service_id and self.credential and not self.content:
            self.check_access("write")
            self.content = base64.b64encode(self.service_id._certificate_of(self.credential))

    @api.constrains("service_id", "credential", "role", "company_id")
    def _check_service(self):
        for certificate in self.filtered("service_id"):
            if not certificate.credential:
                raise ValidationError(self.env._("Enter the account at the remote service."))
            if certificate.role != "personal":
                raise ValidationError(self.env._("The agency's key stays with its custodian: it is not used through a remote service."))
            if certificate.service_id.company_id != certificate.company_id:
                raise ValidationError(self.env._("Certificate and remote service belong to different agencies."))
