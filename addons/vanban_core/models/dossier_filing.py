import base64
import binascii

from odoo import models
from odoo.exceptions import AccessError, UserError

from ..tools import material_check
from ..tools.file_refused import FileRefused
from .document_files import FILE_TOKEN
from .dossier import DOSSIER_TOKEN, WORKING
from .dossier_item import DESCRIPTION, ITEM_TOKEN


class DossierFiling(models.Model):
    """Filing: what goes into a dossier while the work proceeds."""

    _inherit = "vanban.dossier"

    def _check_collecting(self):
        for dossier in self.sudo():  # safe: state only
            if dossier.state not in WORKING:
                dossier.sudo(False)._refuse_change(())

    def _take_ordinals(self, count):
        """Iterator over the next ``count`` ordinals; concurrent filing waits or is replayed, never repeats a number."""
        self.ensure_one()
        first = self.sudo().next_ordinal  # safe: a counter
        # safe: a counter; the row lock of this write orders concurrent filing
        self.sudo().with_context(vanban_dossier=DOSSIER_TOKEN).next_ordinal = first + count
        return iter(range(first, first + count))

    def _start_by_filing(self):
        """The first thing filed starts the work; the system does it, whoever filed."""
        opened = self.filtered(lambda dossier: dossier.state == "open")
        if opened:
            opened.with_user(self.env.ref("base.user_root"))._transition("first_item")

    def _may_file(self):
        """Whether the current user may put something in."""
        self.ensure_one()
        user = self.env.user
        return self._may_handle() or user in self.member_ids or self.department_id.sudo().manager_id.user_id == user  # safe: the head

    def _add_documents(self, documents, kind="document"):
        """File documents on behalf of the flow (completion, contributions); those already inside are passed over.

        :return: the new ``vanban.dossier.item`` records
        """
        self.ensure_one()
        present = self.sudo().item_ids.document_id  # safe: ids only
        # safe: the flow calls this after its own check of right; state of the dossier is checked in create()
        return self.env["vanban.dossier.item"].sudo().create([
            {"dossier_id": self.id, "document_id": document.id, "kind": kind} for document in documents - present
        ])

    def add_documents(self, document_ids):
        """File documents (ids) as the current user, who must be able to read them; for forms and JSON-2.

        :return: ids of the new items
        """
        self.ensure_one()
        documents = self.env["vanban.document"].browse(document_ids)
        documents.check_access("read")
        self._check_may_file()
        return self._add_documents(documents).ids

    def add_material(self, name, kind="other", text=None, file_name=None, content_b64=None, vals=None):
        """File what is no document: a direction, an opinion, a photo, a recording (BHXH Đ12.2).

        :param vals: descriptive data: ``date``, ``author``, ``place``, ``event``, ``note``, ``page_count``
        :return: id of the new item
        :raise UserError: neither text nor file, or a file that is not sound
        """
        self.ensure_one()
        self._check_may_file()
        if not (text or content_b64):
            raise UserError(self.env._("Give the text or the file of the material."))
        values = {key: value for key, value in (vals or {}).items() if key in DESCRIPTION}
        values.update(dossier_id=self.id, name=name, kind=kind, text=text)
        raw = None
        if content_b64:
            raw = self._decode(file_name or name, content_b64)
            info = self._inspect_material(file_name or name, raw)
            values.update(
                file_name=info.name, mimetype=info.mimetype, sha256=info.sha256, size=info.size,
                page_count=info.pages or values.get("page_count") or 0,
            )  # fmt: skip
        # safe: right and state were just checked
        item = self.env["vanban.dossier.item"].sudo().with_context(vanban_item=ITEM_TOKEN, vanban_file=FILE_TOKEN).create(values)
        if raw is not None:
            item._store_content(raw)
        return item.id

    def _check_may_file(self):
        self.check_access("read")
        if not self._may_file():
            raise AccessError(
                self.env._("“%(dossier)s” is kept by %(person)s. Ask to be added to it before filing.",
                           dossier=self.display_name, person=self.user_id.name)
            )  # fmt: skip
        self._check_collecting()

    def _decode(self, name, content_b64):
        try:
            return base64.b64decode(content_b64, validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(self.env._("The file “%(name)s” did not arrive whole. Please upload it again.", name=name)) from error

    def _inspect_material(self, name, raw):
        try:
            return material_check.check(name, raw, max_bytes=self.env["vanban.document"]._max_file_bytes())
        except FileRefused as error:
            self._log_refused("upload", str(error))
            raise UserError(str(error)) from error
