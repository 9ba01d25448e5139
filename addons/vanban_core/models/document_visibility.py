from odoo import api, fields, models
from odoo.tools import SQL

SOURCE = "visibility"
# who reads everything where the profile says so: specialists and leaders (HCM Đ16.2a), not those who only audit or administer
READERS = "vanban_core.group_leader,vanban_core.group_office_chief,vanban_core.group_unit_head,vanban_core.group_department_head," \
    "vanban_core.group_specialist,vanban_core.group_legal"  # fmt: skip
NOT_ACCEPTED = ("received", "checking", "waiting_opinion", "refused", "returned", "no_value")


class Principal(models.Model):
    _inherit = "vanban.principal"

    kind = fields.Selection(selection_add=[("staff", "Specialists and leaders")], ondelete={"staff": "cascade"})

    _staff_unique = models.UniqueIndex("(company_id) WHERE kind = 'staff'")

    @api.model
    def _ensure_all(self):
        super()._ensure_all()
        # safe: at installation, principals only
        self._for("staff", self.env["res.company"].sudo().with_context(active_test=False).search([]))  # pylint: disable=no-search-all


class ResUsers(models.Model):
    _inherit = "res.users"

    def _compute_vanban_principal_ids(self):
        super()._compute_vanban_principal_ids()
        principal = self.env["vanban.principal"]
        for user in self:
            if user.company_ids and any(user.has_group(name) for name in READERS.split(",")):
                user.vanban_principal_ids |= principal.search([("kind", "=", "staff"), ("company_id", "in", user.company_ids.ids)])


class DocumentVisibility(models.Model):
    """Who reads beside those who handle: by the profile, all specialists and leaders or nobody (P-34; SEC-02, SEC-18).

    Reading only: acting stays with those to whom the document was assigned. Drafts and arrivals not yet accepted are
    nobody else's; restricted documents and classes are never shared.
    """

    _inherit = "vanban.document"

    def _visible_to_all(self):
        self.ensure_one()
        document = self.sudo()  # safe: a decision about access, nothing is shown
        if document.company_id._vanban_profile()._value("visibility") != "all":
            return False
        if document.restricted or document.kind_id.restricted or document.secrecy != "0":
            return False
        return document.state not in NOT_ACCEPTED if document.direction == "in" else bool(document.issued_date)

    def _sync_visibility(self):
        shared = self.filtered(lambda document: document._visible_to_all())
        for company, documents in shared.grouped(lambda document: document.sudo().company_id).items():  # safe: as above
            documents._share(company)
        (self - shared)._revoke(SOURCE)

    def _share(self, company):
        principal = self.env["vanban.principal"]._for("staff", company)
        access = self.env["vanban.access"].sudo()  # safe: the profile decides who reads
        present = access.search([("document_id", "in", self.ids), ("principal_id", "=", principal.id), ("source", "=", SOURCE)]).document_id
        new = self.filtered(lambda document: document not in present)
        if new:
            access.create([{"document_id": document.id, "principal_id": principal.id, "act": False, "source": SOURCE} for document in new])
            new._log("grant", data={"to": [principal._label()], "act": False, "source": SOURCE})

    def _after_transition(self, transition, comment):
        super()._after_transition(transition, comment)
        if transition.name in ("register", "issue"):
            opened = self.filtered(lambda document: document._visible_to_all())
            if opened:
                opened._sync_visibility()

    def write(self, vals):
        result = super().write(vals)
        if "restricted" in vals or "kind_id" in vals:
            self._sync_visibility()
        return result


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["vanban.principal"]._for("staff", companies)
        return companies

    def write(self, vals):
        result = super().write(vals)
        if "vanban_profile_id" in vals:
            self.env["res.company"]._plan_visibility()
        return result

    @api.model
    def _plan_visibility(self):
        # safe: starts a scheduled action that follows the profiles
        cron = self.env.ref("vanban_core.cron_visibility", raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger()

    @api.model
    def _cron_visibility(self):
        """Scheduled action: bring the access to all documents in line with the profiles, set by set."""
        for company in self.search([]):  # pylint: disable=no-search-all
            company._sync_visibility()

    def _sync_visibility(self):
        """Share the accepted and issued documents of this agency, or end the sharing, in two statements whatever their number."""
        self.ensure_one()
        principal = self.env["vanban.principal"]._for("staff", self)
        shared = SQL(
            """
            SELECT d.id FROM vanban_document d LEFT JOIN vanban_document_kind k ON k.id = d.kind_id
            WHERE d.company_id = %s AND %s AND d.secrecy = '0' AND d.restricted IS NOT TRUE AND k.restricted IS NOT TRUE
                AND CASE d.direction WHEN 'in' THEN d.state NOT IN %s ELSE d.issued_date IS NOT NULL END
            """,
            self.id, self._vanban_profile().visibility == "all", NOT_ACCEPTED,
        )
        self.env.flush_all()
        gone = self.env.execute_query(SQL(
            "DELETE FROM vanban_access WHERE principal_id = %s AND source = %s AND document_id NOT IN (%s) RETURNING id",
            principal.id, SOURCE, shared,
        ))
        new = self.env.execute_query(SQL(
            "INSERT INTO vanban_access (document_id, principal_id, act, source) SELECT s.id, %s, false, %s FROM (%s) s"
            " ON CONFLICT (document_id, principal_id, source) DO NOTHING RETURNING id",
            principal.id, SOURCE, shared,
        ))
        self.env["vanban.access"].invalidate_model()
        if gone or new:
            self.env["vanban.log"]._note(self, "visibility", {"shared": len(new), "ended": len(gone)})


class Profile(models.Model):
    _inherit = "vanban.profile"

    def write(self, vals):
        result = super().write(vals)
        if "visibility" in vals:
            self.env["res.company"]._plan_visibility()
        return result


class DocumentKind(models.Model):
    _inherit = "vanban.document.kind"

    def write(self, vals):
        result = super().write(vals)
        if "restricted" in vals:
            self.env["res.company"]._plan_visibility()
        return result
