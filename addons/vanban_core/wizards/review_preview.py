from odoo import api, fields, models

from ..models.review_rule import INITIALS_BY


class ReviewPreview(models.TransientModel):
    """What the data make of a draft before anybody drafts it: the chain that it would take, with its persons (ADM-05)."""

    _name = "vanban.review.preview"
    _description = "Preview of a review chain"

    company_id = fields.Many2one("res.company", "Agency", required=True, default=lambda self: self.env.company)
    kind_id = fields.Many2one("vanban.document.kind", "Kind", required=True, default=lambda self: self.env.ref("vanban_core.kind_cv", False))
    department_id = fields.Many2one("hr.department", "Drafting unit", domain="[('company_id', '=', company_id)]")
    signer_id = fields.Many2one("res.users", "Signer", domain="[('company_ids', 'in', company_id), ('share', '=', False)]")
    signer_capacity = fields.Selection(
        [("tm", "TM."), ("q", "Q."), ("kt", "KT."), ("tl", "TL."), ("tuq", "TUQ.")], "Signing capacity"
    )
    prior_opinion = fields.Boolean("Leader's opinion before signing")
    competence = fields.Selection([("office", "The office"), ("leadership", "The standing leadership")], "Matter of")
    two_levels = fields.Boolean(compute="_compute_line_ids", store=True)
    chain_name = fields.Char("Chain", compute="_compute_line_ids", store=True)
    line_ids = fields.One2many("vanban.review.preview.line", "preview_id", "Steps", compute="_compute_line_ids", store=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        chain = self.env["vanban.review.chain"].browse(self.env.context.get("default_chain_id") or ()).exists()
        if chain:
            values.update({key: value for key, value in (
                ("company_id", chain.company_id.id), ("kind_id", chain.kind_ids[:1].id), ("department_id", chain.department_ids[:1].id),
            ) if value})
        return values

    @api.depends("company_id", "kind_id", "department_id", "signer_id", "signer_capacity", "prior_opinion", "competence")
    def _compute_line_ids(self):
        signer = dict(self.env["vanban.review.step"]._fields["who"]._description_selection(self.env))["signer"]
        for preview in self:
            profile = preview.company_id._vanban_profile()
            preview.two_levels = profile._has_two_levels(preview.company_id)
            # a draft in memory only: nothing is stored, nobody is told
            draft = self.env["vanban.document"].new({
                "direction": "out", "state": "draft", "company_id": preview.company_id.id, "kind_id": preview.kind_id.id,
                "department_id": preview.department_id.id, "signer_id": preview.signer_id.id, "prior_opinion": preview.prior_opinion,
                "signer_capacity": preview.signer_capacity, "competence": preview.competence,
            })
            chain = self.env["vanban.review.chain"]._fitting(draft)
            preview.chain_name = chain.name or profile.name
            values = []
            for number, step in enumerate(draft._resolved_steps(), start=1):
                persons = step._holders(draft)
                unsaid = step.who == "signer" and not preview.signer_id
                names = [signer] if unsaid else persons.sudo().mapped("name")  # safe: names of colleagues
                values.append({
                    "number": number, "step": step.display_name, "persons": ", ".join(names),
                    "missing": not persons and not unsaid,
                    "initials_by": step.initials_by if step._meets_initials(draft) else "none",
                })
            preview.line_ids = [fields.Command.clear(), *(fields.Command.create(row) for row in values)]


class ReviewPreviewLine(models.TransientModel):
    _name = "vanban.review.preview.line"
    _description = "Step in a preview of a review chain"
    _order = "number, id"

    preview_id = fields.Many2one("vanban.review.preview", ondelete="cascade")
    number = fields.Integer("No.")
    step = fields.Char()
    persons = fields.Char("Reviewed by")
    missing = fields.Boolean("Nobody is set up")
    initials_by = fields.Selection(INITIALS_BY, "Initials on paper")
