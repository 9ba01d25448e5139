from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import text_fold

KEEPERS = (
    "vanban_core.group_clerk,vanban_core.group_unit_clerk,vanban_core.group_office_staff,vanban_core.group_office_chief"
)


class RecipientGroup(models.Model):
    """A saved list of recipients: what “các sở, ban, ngành” means in this agency (BĐ Đ4.2-LY)."""

    _name = "vanban.recipient.group"
    _inherit = ["vanban.log.mixin"]
    _description = "Group of recipients"
    _order = "sequence, name, id"

    name = fields.Char("Group", required=True, help="As it is written under “Nơi nhận”, for instance: Các sở, ban, ngành tỉnh.")
    alias = fields.Char("Other wordings", help="Separated by semicolons.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", "Agency", required=True, default=lambda self: self.env.company, index=True)
    user_id = fields.Many2one("res.users", "Only for", help="Empty: for the whole agency.", ondelete="cascade")
    partner_ids = fields.Many2many("res.partner", string="Agencies and persons")
    department_ids = fields.Many2many("hr.department", string="Units", domain="[('company_id', 'in', [company_id, False])]")
    member_ids = fields.Many2many(
        "res.users", "vanban_recipient_group_member_rel", string="Persons inside", domain="[('company_ids', 'in', company_id)]"
    )
    member_count = fields.Integer("Recipients", compute="_compute_member_count")

    _once = models.UniqueIndex("(company_id, COALESCE(user_id, 0), lower(name))", "You already have a group of this name.")

    @api.depends("partner_ids", "department_ids", "member_ids")
    def _compute_member_count(self):
        for group in self:
            group.member_count = len(group.partner_ids) + len(group.department_ids) + len(group.member_ids)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and not self.env.user.has_groups(KEEPERS):
            # everybody may keep lists of his own; what the whole agency uses is kept by its clerks
            for vals in vals_list:
                vals["user_id"] = self.env.uid
        return super().create(vals_list)

    def write(self, vals):
        if "user_id" in vals and not self.env.su and not self.env.user.has_groups(KEEPERS) and vals["user_id"] != self.env.uid:
            message = self.env._("Groups of the whole agency are kept by its clerks and its office. Keep a group of your own instead.")
            self._log_refused("share_group", message)
            raise AccessError(message)
        return super().write(vals)

    @api.model
    def _named(self, text, company):
        """Groups that are called so, whatever accents, case and punctuation."""
        wanted = text_fold.fold(text or "").strip(" .;:,")
        groups = self.search([("company_id", "=", company.id)])
        return groups.filtered(lambda group: wanted and wanted in {
            text_fold.fold(word).strip(" .;:,") for word in [group.name, *(group.alias or "").split(";")]
        })

    def _targets(self):
        """[(field of the recipient, id)] of all members, each once."""
        return list(dict.fromkeys(
            [("partner_id", partner) for partner in self.partner_ids.ids]
            + [("department_id", department) for department in self.department_ids.ids]
            + [("user_id", user) for user in self.member_ids.ids]
        ))


class DocumentRecipients(models.Model):
    """Filling the list of recipients from groups and codes (OUT-28, OUT-37)."""

    _inherit = "vanban.document"

    def action_add_recipients(self, group_ids=None, codes=None, row_id=None):
        """Add the members of groups and the agencies with these codes; ``row_id`` is the vague line they stand for.

        :param codes: identification codes, list or text separated by white space, commas or semicolons
        :return: number of recipients added; those already named are passed over
        :raise UserError: unknown codes (all named), an empty choice; nothing is added then
        """
        self.ensure_one()
        self.check_access("write")
        rows = self.env["vanban.recipient"]
        vague = self.recipient_ids.filtered(lambda row: row.id == row_id) if row_id else rows
        if row_id and not vague:
            raise UserError(self.env._("This line of the recipients is no longer there. Reload the page."))
        groups = self.env["vanban.recipient.group"].browse(group_ids or [])
        groups.check_access("read")
        if any(group.company_id != self.company_id for group in groups):
            raise UserError(self.env._("This group of recipients belongs to another agency."))
        targets = groups._targets() + [("partner_id", partner) for partner in self._partners_of_codes(codes).ids]
        if not targets:
            raise UserError(self.env._("Choose a group with members, or give identification codes: nobody was named."))
        present = {
            (name, row[name].id) for row in self.recipient_ids for name in ("partner_id", "department_id", "user_id") if row[name]
        }
        new = [target for target in dict.fromkeys(targets) if target not in present]
        sequence = vague.sequence or max(self.recipient_ids.mapped("sequence"), default=0) + 1
        common = {"document_id": self.id, "sequence": sequence, "for_information": vague.for_information, "origin": vague.name or False}
        # safe: the right to write the document was checked, `create` refuses after issue; sudo for the mark `origin` only
        rows.sudo().create([{**common, name: record} for name, record in new])
        vague.unlink()
        self._log("add_recipients", data={"groups": groups.mapped("name"), "instead_of": common["origin"], "added": len(new)})
        return len(new)

    @api.model
    def _partners_of_codes(self, codes):
        words = codes if isinstance(codes, (list, tuple)) else (codes or "").replace(",", " ").replace(";", " ").split()
        wanted = list(dict.fromkeys(str(word).strip().upper() for word in words if str(word).strip()))
        if not wanted:
            return self.env["res.partner"]
        rows = self.env["vanban.agency.code"].sudo().search([("code", "in", wanted)])._in_force()  # safe: codes are public
        unknown = [code for code in wanted if code not in set(rows.mapped("code"))]
        if unknown:
            raise UserError(self.env._(
                "No agency has these identification codes today: %(codes)s. Correct them, or look the agency up by its name.",
                codes=", ".join(unknown[:20]),
            ))
        return rows.partner_id


class Recipient(models.Model):
    _inherit = "vanban.recipient"

    origin = fields.Char("Named in the document as", readonly=True, copy=False, help="The collective wording this recipient stands for.")

    def _closed_reason(self):
        """Why this agency can no longer receive documents, or False: closed, or merged into another."""
        self.ensure_one()
        agency = self.partner_id.sudo()  # safe: the public directory
        if not agency:
            return False
        successor = agency._vanban_successor()
        if successor != agency:
            return self.env._("“%(name)s” was merged into “%(successor)s”", name=agency.name, successor=successor.sudo().name)
        codes = agency.vanban_code_ids
        if not agency.active or (codes and not codes._in_force() and not codes.filtered(lambda code: not code.date_to)):
            return self.env._("“%(name)s” is closed", name=agency.name)
        return False

    def action_use_successor(self):
        """Address the agency that has taken over the duties of a merged one."""
        for row in self:
            successor = row.partner_id._vanban_successor() if row.partner_id else row.partner_id
            if successor == row.partner_id:
                raise UserError(self.env._("“%(name)s” was not merged into another agency: choose the right recipient.", name=row.name))
            if successor in row.document_id.recipient_ids.partner_id:
                row.unlink()
            else:
                row.write({"partner_id": successor.id, "name": successor.name})
        return True
