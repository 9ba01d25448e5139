import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vanban_core.models.language import in_vietnamese

from ..pades.errors import PadesError
from ..pades.fetch import Fetcher
from ..pades.trust import read_crl

_TOKEN = object()


class Revocation(models.Model):
    """Every revocation list and answer that was fetched or loaded: kept as evidence of what was known when (TT 41/2017 Đ8, Đ9)."""

    _name = "vanban.revocation"
    _inherit = ["vanban.log.mixin"]
    _description = "Revocation list or answer"
    _order = "id desc"

    anchor_id = fields.Many2one("vanban.trust.anchor", "Certification authority", required=True, ondelete="restrict", index=True)
    kind = fields.Selection([("crl", "Revocation list (CRL)"), ("ocsp", "Answer (OCSP)")], "Kind", required=True)
    certificate_id = fields.Many2one("vanban.certificate", "Certificate", ondelete="restrict", index=True)
    url = fields.Char("Fetched from")
    number = fields.Char("CRL number")
    issued = fields.Datetime("Issued")
    next_date = fields.Datetime("Valid to")
    date = fields.Datetime("Taken on", required=True, default=fields.Datetime.now)
    content = fields.Binary("Content", attachment=True)
    sha256 = fields.Char("SHA-256", required=True, index=True)
    size = fields.Integer("Size (bytes)")

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("vanban_revocation") is not _TOKEN:
            raise AccessError(self.env._("Evidence of revocation is stored when it is fetched, not by hand."))
        return super().create(vals_list)

    def write(self, vals):
        raise AccessError(self.env._("Evidence of revocation is not changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("Evidence of revocation is not deleted."))

    @api.model
    def _keep(self, anchor, kind, raw, url=None, certificate=None, issued=None, following=None, number=None, key=False, **more):
        """Store bytes once for each question; returns the row, an earlier one when the same bytes answered it already.

        :param key: the question under which ``Fetcher`` looks for the bytes again
        """
        digest = hashlib.sha256(raw).hexdigest()
        # safe: revocation data are public, the caller has checked them against their issuer
        model = self.sudo().with_context(vanban_revocation=_TOKEN)
        known = model.search([("anchor_id", "=", anchor.id), ("sha256", "=", digest), ("key", "=", key)], limit=1)
        return known or model.create({
            "anchor_id": anchor.id, "kind": kind, "content": base64.b64encode(raw), "sha256": digest, "size": len(raw), "url": url, "key": key,
            "certificate_id": certificate.id if certificate else False, "issued": issued, "next_date": following, "number": number, **more,
        })  # fmt: skip


class TrustAnchor(models.Model):
    """Fetches the revocation list of an authority, by schedule and on demand."""

    _inherit = "vanban.trust.anchor"

    crl_url = fields.Char("Address of the CRL", help="http(s) address from which the revocation list is fetched every few hours.")
    crl_private = fields.Boolean("In the agency's own network", help="Allows an address inside the network; others are refused.")
    crl_problem = fields.Char("Last problem", readonly=True)
    crl_tried = fields.Datetime("Last tried", readonly=True)
    revocation_ids = fields.One2many("vanban.revocation", "anchor_id", "Lists and answers")

    def _load_crl(self, raw, url=None):
        result = super()._load_crl(raw, url)
        self._keep_crl(raw, url=url)
        return result

    def _keep_crl(self, raw, url=None):
        issued, following, number = read_crl(raw)
        self.env["vanban.revocation"]._keep(
            self, "crl", raw, url=url, issued=issued.replace(tzinfo=None), following=following and following.replace(tzinfo=None),
            number=str(number or ""), key=f"crl:{url}" if url else False,
        )  # fmt: skip

    def _fetcher(self):
        """``pades.fetch.Fetcher`` that goes where the certificate manager has allowed."""
        return Fetcher(allow_private=self.crl_private)

    def action_fetch_crl(self):
        """Fetch the revocation list now; what is wrong is said and kept beside the authority."""
        self.check_access("write")
        for anchor in self:
            problem = anchor._fetch_crl()
            if problem and len(self) == 1:
                # the notice stays beside the authority; raising would roll it back
                return {
                    "type": "ir.actions.client", "tag": "display_notification",
                    "params": {"type": "danger", "sticky": True, "title": self.env._("Revocation list"), "message": problem},
                }  # fmt: skip
        return True

    def _fetch_crl(self):
        """Take a newer list; returns why not, or None."""
        self.ensure_one()
        if not self.crl_url:
            return self.env._("Enter the address of the revocation list first.")
        problem = None
        try:
            raw = self._fetcher().crl(self.crl_url)
            if hashlib.sha256(raw).hexdigest() != hashlib.sha256(self._raw("crl")).hexdigest():
                with self.env.cr.savepoint():
                    self._load_crl(raw, self.crl_url)
            else:
                self._keep_crl(raw, self.crl_url)  # loaded by hand before: now known by its address too
        except (PadesError, UserError) as error:
            problem = str(error)
            self._log_refused("crl_load", problem)
        # safe: a note on the attempt
        self.sudo().write({"crl_problem": problem, "crl_tried": fields.Datetime.now()})
        return problem

    @api.model
    def _cron_fetch_crl(self):
        """Every few hours: one authority after the other, each in its own transaction, a failure hinders no other."""
        self = in_vietnamese(self)
        anchors = self.search([("crl_url", "!=", False)])
        self.env["ir.cron"]._commit_progress(remaining=len(anchors))
        for anchor in anchors:
            anchor._fetch_crl()
            self.env["ir.cron"]._commit_progress(1)
