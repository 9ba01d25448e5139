import hashlib
import os
import threading
from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError

from ..agent.token import Module, Pin, TokenError
from .provider import PERSONAL

_modules = {}
_lock = threading.Lock()


class SigningProviderHsm(models.AbstractModel):
    """PKCS#11 device of the agency at the server, for the seal.

    The PIN is read from a secret file outside the database, ``VANBAN_HSM_PIN_FILE``; a folder holds one file
    ``<label of the device>.pin`` for each device. The library: ``VANBAN_HSM_MODULE``. Both only from the environment of the server.
    """

    _name = "vanban.signing.provider.hsm"
    _inherit = "vanban.signing.provider"
    _description = "Key device at the server"
    _where = "server"

    @api.model
    def _certificates(self, certificates, documents, purpose):
        # the device at the server holds the agency's key, never a person's
        if purpose in PERSONAL or set(documents.company_id.sudo().mapped("vanban_seal_provider")) != {"hsm"}:  # safe: a setting
            return certificates.browse()
        return certificates.filtered(lambda one: one.role == "agency")

    @api.model
    def _setting(self, name):
        # of the server's owner alone: whoever could name the library in the database could run any code beside the key
        return os.environ.get(f"VANBAN_{name.upper()}")

    @api.model
    def _device(self):
        path = self._setting("hsm_module")
        if not path:
            raise UserError(
                self.env._(
                    "No key device is set up at the server. Set VANBAN_HSM_MODULE and VANBAN_HSM_PIN_FILE, or seal with the agent on your machine."
                )
            )
        with _lock:
            if path not in _modules:
                _modules[path] = Module(path)
            return _modules[path]

    @api.model
    def _pin(self, label):
        setting = self._setting("hsm_pin_file")
        path = Path(setting or "")
        if setting and path.is_dir():
            path = path / f"{Path(label).name}.pin"
        try:
            return Pin.read(path)
        except (OSError, ValueError) as error:
            raise UserError(
                self.env._(
                    "The PIN file of the key device at the server cannot be read. Ask the system operator to check VANBAN_HSM_PIN_FILE."
                )
            ) from error

    @api.model
    def _sign(self, certificate, attributes):
        try:
            module = self._device()
            found = next(
                (item for item in module.certificates() if item.id == hashlib.sha256(certificate._der()).hexdigest()),
                None,
            )
            if found is None:
                raise UserError(
                    self.env._(
                        "The key device at the server does not hold the certificate %(serial)s of “%(name)s”.",
                        serial=certificate.serial,
                        name=certificate.name,
                    )
                )
            key = module.open(found, None if module.is_open(found) else self._pin(found.token))
            return [key.sign(data) for data in attributes], found.token_serial
        except TokenError as error:
            raise UserError(str(error)) from error
