import os
import re
import uuid
from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import config

_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{2,90}")
_SECRET_MIN = 32


class SecretStore(models.AbstractModel):
    """Secrets shared with other systems: files beside the database, never rows of it.

    Folder: environment VANBAN_LIENTHONG_SECRETS, else ``<data_dir>/vanban_secrets/<database>``. One file a secret,
    readable by the server's account only. A copy of the database holds none of them, and no settings
    administrator can read one.
    """

    _name = "vanban.secret.store"
    _description = "Shared secrets"

    @api.model
    def _folder(self):
        return Path(os.environ.get("VANBAN_LIENTHONG_SECRETS") or os.path.join(config["data_dir"], "vanban_secrets", self.env.cr.dbname))

    @api.model
    def _read(self, name):
        """The secret of this name, or an empty string. Never leaves the server."""
        if not _NAME.fullmatch(name or ""):
            return ""
        try:
            return (self._folder() / name).read_text("utf-8").strip()
        except OSError:
            return ""

    @api.model
    def _write(self, name, secret):
        """Keep ``secret`` (at least 32 characters) under ``name``; an earlier one is gone."""
        if len(secret or "") < _SECRET_MIN:
            raise UserError(self.env._("The shared secret needs at least %(count)s characters.", count=_SECRET_MIN))
        if not _NAME.fullmatch(name or ""):
            raise UserError(self.env._("Give the key a name first."))
        folder = self._folder()
        part = folder / f".{uuid.uuid4().hex}"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
                stream.write(secret)
            part.replace(folder / name)
        except OSError as error:
            raise UserError(self.env._("The folder of the secrets cannot be written: %(folder)s", folder=folder)) from error
