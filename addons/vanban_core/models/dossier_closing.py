from odoo import models
from odoo.exceptions import UserError

from ..tools import vietnam_time
from .dossier_item import ITEM_TOKEN

# a document in one of these states is still being worked on, so the dossier around it cannot be closed
OPEN_INCOMING = {
    "received", "checking", "waiting_opinion", "registered", "submitted", "distributed", "in_progress",
}  # fmt: skip
FINISHED_OUTGOING = {"issued", "delivered", "cancelled", "recalled"}
OPEN_ASSIGNMENT = ("new", "received", "processing")


class DossierClosing(models.Model):
    """Review and closing (NĐ 30/2020 Đ.29.4; BĐ Đ4.3-B2): nothing open inside, duplicates decided, data complete."""

    _inherit = "vanban.dossier"

    # ----------------------------------------------------------------- review

    def _guard_review(self):
        open_items = self._open_work()
        if open_items:
            raise UserError(
                self.env._(
                    "“%(dossier)s” still holds unfinished work: %(items)s. Finish or take it out of the dossier first.",
                    dossier=self.display_name,
                    items="; ".join(open_items[:5]),
                )
            )
        if not self.item_ids:
            raise UserError(self.env._("The dossier is empty: there is nothing to close."))

    def _open_work(self):
        """Names of documents in the dossier that are drafts or have an open assignment."""
        self.ensure_one()
        # safe: states and names of what is in the keeper's own dossier
        documents = self.sudo().item_ids.document_id
        busy = documents.filtered(
            lambda document: document.state in OPEN_INCOMING
            if document.direction == "in"
            else document.state not in FINISHED_OUTGOING
        )
        assignments = self.env["vanban.assignment"].sudo()._read_group(
            [("document_id", "in", documents.ids), ("state", "in", OPEN_ASSIGNMENT), ("role", "!=", "inform")], ["document_id"]
        )
        for (document,) in assignments:
            busy |= document
        return busy.mapped("display_name")

    # -------------------------------------------------------------- duplicates

    def _duplicates(self):
        """Items whose content is the same as that of an earlier item and about which nothing was decided yet."""
        self.ensure_one()
        seen, found = set(), self.env["vanban.dossier.item"]
        # safe: digests of files in a dossier that the user keeps
        for item in self.sudo().item_ids.sorted("ordinal"):
            digest = item.document_id.main_file_id.sha256 if item.document_id else item.sha256
            if not digest:
                continue
            if digest in seen and not item.decision:
                found |= item
            seen.add(digest)
        return found.sudo(False)

    def get_duplicates(self):
        """[{id, code, name}] of undecided duplicates, for the closing dialog and JSON-2."""
        self.ensure_one()
        self.check_access("read")
        return [{"id": item.id, "code": item.code, "name": item.name} for item in self._duplicates()]

    # ----------------------------------------------------------------- closing

    def _guard_close(self):
        self._guard_review()
        needed = ["title", "retention_id", "start_date", "end_date"]
        if self.medium in ("paper", "both"):
            needed += ["sheet_count", "paper_location"]
        missing = [self._fields[name]._description_string(self.env) for name in needed if not self[name]]
        if missing:
            raise UserError(
                self.env._("“%(dossier)s” cannot be closed, these data are missing: %(fields)s.",
                           dossier=self.display_name, fields=", ".join(missing))
            )  # fmt: skip
        if self.end_date < self.start_date:
            raise UserError(self.env._("The end of the dossier is before its start."))
        if self.end_date > vietnam_time.today():
            raise UserError(self.env._("The end of the dossier lies in the future."))
        duplicates = self._duplicates()
        if duplicates:
            raise UserError(
                self.env._(
                    "These items have the same content as an earlier one: %(items)s. Take each out, or decide that it stays.",
                    items="; ".join(duplicates.mapped("display_name")),
                )
            )

    def _effect_close(self, comment):
        for dossier in self:
            dossier._renumber()
            dossier._write_fixed({"closed_date": vietnam_time.today()})

    def _renumber(self):
        """Close the gaps that taking out left, in time order, so that the table of contents counts from 1."""
        self.ensure_one()
        # safe: the keeper is closing the dossier; order is not changed
        items = self.sudo().item_ids.sorted("ordinal").with_context(vanban_item=ITEM_TOKEN)
        for ordinal, item in enumerate(items, 1):
            if item.ordinal != ordinal:
                item.ordinal = ordinal
                # one after the other: the unique number of the next item is free only after this row is written
                item.flush_recordset(["ordinal"])
        self._write_fixed({"next_ordinal": len(items) + 1})

    def _effect_reopen(self, comment):
        for dossier in self:
            dossier._write_fixed({"closed_date": False, "end_date": False})

    def action_close(self, vals=None):
        """Close the dossier.

        :param vals: data recorded at closing: ``end_date``, ``sheet_count``, ``paper_location``, ``retention_id``, ``note``
        :raise UserError: unfinished work, missing data or undecided duplicates
        """
        self.ensure_one()
        allowed = {"end_date", "sheet_count", "paper_location", "retention_id", "note", "medium", "title", "keyword"}
        if vals:
            self.check_access("write")
            self.write({key: value for key, value in vals.items() if key in allowed})
        return self._transition("close")
