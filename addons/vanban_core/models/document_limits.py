from odoo import api, fields, models
from odoo.exceptions import UserError

NETWORK_GROUPS = [
    ("notice", "Invitations, notices, calendars"),
    ("report", "Reports, guidance, forms"),
    ("exchange", "Work exchange, meeting papers"),
]


class DocumentKind(models.Model):
    _inherit = "vanban.document.kind"

    network_group = fields.Selection(
        NETWORK_GROUPS, "Group for the network", help="For agencies that send only listed groups of documents through the network (P-54)."
    )


class DocumentLimits(models.Model):
    """What the profile leaves to choose: levels of urgency (P-41), types on the network (P-54), formats of files (P-57).

    They bind what people of the agency enter; what another agency sent is kept as it came.
    """

    _inherit = "vanban.document"

    urgency_choices = fields.Char(compute="_compute_urgency_choices", help="Levels that may be chosen, as “0,1,2,3”.")
    network_problem = fields.Char(compute="_compute_network_problem")

    # ----------------------------------------------------------- urgency (P-41)

    @api.depends("company_id")
    def _compute_urgency_choices(self):
        for document in self:
            document.urgency_choices = ",".join(self._urgency_levels(document.company_id or self.env.company))

    @api.model
    def _urgency_levels(self, company):
        """Levels of the agency's profile in their order; all where it names none."""
        every = [value for value, _label in self._fields["urgency"].selection]
        named = {level.strip() for level in company._vanban_profile()._value("urgency_levels").split(",")}
        return [level for level in every if level in named] or every

    def _urgency_text(self):
        """The level of urgency as printed, in Vietnamese; empty for an ordinary document (DOC-08)."""
        if not self or self.urgency == "0":
            return ""
        return dict(self._fields["urgency"]._description_selection(self.with_context(lang="vi_VN").env)).get(self.urgency, "")

    def _own_urgency(self):
        """The level for a draft of our own on this matter: what the sender chose, or the next lower one that this agency knows."""
        return max((level for level in self._urgency_levels(self.company_id) if level <= self.urgency), default=self.urgency)

    def _check_urgency(self, level, company):
        if self.env.su or not level:
            return
        allowed = self._urgency_levels(company)
        if level not in allowed:
            labels = dict(self._fields["urgency"]._description_selection(self.env))
            message = self.env._(
                "“%(level)s” is no level of urgency of “%(agency)s”. Choose one of: %(levels)s.",
                level=labels.get(level, level), agency=company.sudo().name,  # safe: the user's own agency
                levels=", ".join(labels[value] for value in allowed),
            )
            self._log_refused("write_urgency", message)
            raise UserError(message)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_urgency(vals.get("urgency"), self.env["res.company"].browse(vals.get("company_id")) or self.env.company)
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("urgency"):
            # a level that a document already has may be sent back unchanged
            for document in self.filtered(lambda document: document.urgency != vals["urgency"]):
                document._check_urgency(vals["urgency"], document.company_id)
        return super().write(vals)

    # ----------------------------------------------------------- formats (P-57)

    def _check_upload_format(self, name, role, stage):
        """What arrives comes in the formats of the profile; drafts, editable sources and working papers added later in any accepted one."""
        if role == "source" or self.direction != "in" or (role == "annex" and (self.arrival_number or self.bypass_date)):
            return
        formats = [one.strip() for one in self.company_id._vanban_profile()._value("file_formats").split(",") if one.strip()]
        extension = (name or "").rpartition(".")[2].lower()
        if formats and extension not in formats:
            raise UserError(self.env._(
                "“%(file)s”: this agency takes documents only as %(formats)s. Save or scan it in such a format and attach it again.",
                file=name, formats=", ".join(f".{one}" for one in formats),
            ))

    # ----------------------------------------------------------- network (P-54)

    @api.depends("kind_id", "restricted", "company_id", "recipient_ids.channel")
    def _compute_network_problem(self):
        for document in self:
            by_network = document.direction != "in" and document.recipient_ids.filtered(lambda row: row.channel == "lienthong")
            document.network_problem = document._network_problem(by_network) if by_network else False

    def _network_problem(self, recipients):
        """Why this document may not go through the network to ``recipients``; empty when it may."""
        if not self.kind_id or self.company_id._vanban_profile()._value("allowed_types") != "groups":
            return ""
        names = ", ".join(recipients.mapped("name"))
        if self.restricted:
            return self.env._("Restricted documents of this agency are not sent through the network: choose paper for %(names)s.", names=names)
        if self.kind_id.network_group:
            return ""
        groups = self.env["vanban.document.kind"]._fields["network_group"]._description_selection(self.env)
        return self.env._(
            "“%(kind)s” is none of the types that this agency sends through the network (%(groups)s): choose paper for %(names)s.",
            kind=self.kind_id.name, groups="; ".join(label for _value, label in groups), names=names,
        )

    def _guard_recipients(self):
        super()._guard_recipients()
        problem = self.network_problem
        if problem:
            raise UserError(problem)
