from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .document_due import IN_WORK, UNROUTED

KINDS = [("remind", "Remind"), ("criticise", "Criticise"), ("inspect", "Inspect")]
CHASABLE = (*UNROUTED, *IN_WORK)


class Chase(models.Model):
    """A chase-up (đôn đốc lần n) of an incoming document: numbered, never changed, with the read mark of each recipient (IN-49)."""

    _name = "vanban.chase"
    _inherit = ["vanban.append.only"]
    _description = "Chase-up"
    _order = "id desc"

    document_id = fields.Many2one("vanban.document", required=True, readonly=True, ondelete="restrict", index=True)
    urgency = fields.Selection(related="document_id.urgency")
    company_id = fields.Many2one("res.company", "Agency", required=True, readonly=True, index=True)
    number = fields.Integer("Chase-up no.", required=True, readonly=True, aggregator=None)
    kind = fields.Selection(KINDS, "Manner", required=True, readonly=True)
    text = fields.Text("What is said", required=True, readonly=True)
    author_id = fields.Many2one("res.users", "By", required=True, readonly=True, ondelete="restrict")
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    deadline = fields.Date("Deadline at that time", readonly=True)
    state = fields.Char("Status at that time", readonly=True)
    line_ids = fields.One2many("vanban.chase.line", "chase_id", "Recipients")
    mine_unread = fields.Boolean(compute="_compute_mine_unread")
    readers = fields.Char("Read by", compute="_compute_readers")

    _number_unique = models.Constraint("UNIQUE(document_id, number)", "This chase-up is already recorded.")

    @api.depends("number", "document_id")
    def _compute_display_name(self):
        for chase in self:
            chase.display_name = self.env._("Chase-up no. %(number)s", number=chase.number)

    @api.depends_context("uid")
    @api.depends("line_ids.read_date")
    def _compute_mine_unread(self):
        for chase in self:
            chase.mine_unread = any(line.user_id == self.env.user and not line.read_date for line in chase.line_ids)

    @api.depends("line_ids.read_date")
    def _compute_readers(self):
        unread = self.env._("not read yet")
        for chase in self:
            lines = chase.sudo().line_ids  # safe: names of those who were chased, for readers of the document
            chase.readers = ", ".join(
                f"{line.user_id.name} ({'✓' if line.read_date else unread})" for line in lines
            )

    def action_read(self):
        """The recipient has taken note."""
        lines = self.sudo().line_ids.filtered(lambda line: line.user_id == self.env.user and not line.read_date)  # safe: own lines
        lines.write({"read_date": fields.Datetime.now()})
        for chase in lines.chase_id:
            chase.sudo(False)._log("chase_read", data={"number": chase.number})
        return True


class ChaseLine(models.Model):
    _name = "vanban.chase.line"
    _inherit = ["vanban.append.only"]
    _description = "Recipient of a chase-up"
    _order = "chase_id, id"
    _rec_name = "user_id"
    _fill_once = ("read_date",)

    chase_id = fields.Many2one("vanban.chase", required=True, readonly=True, ondelete="restrict", index=True)
    document_id = fields.Many2one("vanban.document", required=True, readonly=True, ondelete="restrict", index=True)
    user_id = fields.Many2one("res.users", "Recipient", required=True, readonly=True, ondelete="restrict", index=True)
    role = fields.Selection([("handler", "Responsible"), ("head", "Head informed")], required=True, readonly=True)
    read_date = fields.Datetime("Read on", readonly=True)

    _once = models.Constraint("UNIQUE(chase_id, user_id)", "Everybody is named once.")


class DocumentChase(models.Model):
    _inherit = "vanban.document"

    chase_ids = fields.One2many("vanban.chase", "document_id", "Chase-ups")
    chase_count = fields.Integer("Chased up", readonly=True, copy=False, default=0)
    can_chase = fields.Boolean(compute="_compute_can_chase")

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_can_chase(self):
        for document in self:
            document.can_chase = document.direction == "in" and document.state in CHASABLE and bool(document.arrival_number) and document._may_chase()

    def _may_chase(self, kind="remind"):
        """Leaders and the Chief of Office; heads for their unit; the assigner and the lead only to remind (permission matrix)."""
        user = self.env.user
        if user.has_groups("vanban_core.group_leader,vanban_core.group_office_chief"):
            return self.company_id in user.company_ids
        items = self.sudo().assignment_ids  # safe: decides who may, not shown
        if user in items._heads():
            return True
        return kind == "remind" and (user in items.assigner_id or self._is_lead())

    def action_chase(self, kind="remind", text=None):
        """Chase up everybody who holds these documents; one notice each, however many documents.

        :param kind: remind, criticise or inspect
        :return: ids of the chase-ups, in the order of the documents
        """
        if kind not in dict(KINDS):
            raise UserError(self.env._("A chase-up reminds, criticises or inspects."))
        text = (text or "").strip() or (self.env._("Please finish in time.") if kind == "remind" else "")
        if not text:
            raise UserError(self.env._("Please write what is criticised or inspected."))
        self.check_access("read")
        for document in self:
            document._check_chase(kind)
        self._lock()
        self.invalidate_recordset(["chase_count"])
        return self._chase(kind, text).ids

    def _check_chase(self, kind):
        if self.direction != "in" or not self.arrival_number or self.state not in CHASABLE:
            raise UserError(self.env._("“%(document)s” is over or not registered: there is nobody to chase up.", document=self.display_name))
        if not self._may_chase(kind):
            message = self.env._(
                "You cannot chase up “%(document)s” in this way: leaders, the Chief of Office and heads of the units at work do; "
                "whoever assigned it may remind.", document=self.display_name,
            )
            self._log_refused("chase", message)
            raise AccessError(message)

    def _chase(self, kind, text):
        model = self.env["vanban.chase"].sudo()  # safe: right checked; rows are written by the flow only
        recipients = {document: document._chased() for document in self}
        nobody = self.filtered(lambda document: not recipients[document])
        if nobody:
            raise UserError(self.env._(
                "Nobody is responsible for “%(document)s” yet: submit or distribute it first.", document=nobody[0].display_name,
            ))
        chases = model.create([
            {
                "document_id": document.id, "company_id": document.company_id.id, "number": document.chase_count + 1, "kind": kind,
                "text": text, "author_id": self.env.uid, "deadline": document.deadline, "state": document.state,
            }
            for document in self
        ])
        model.env["vanban.chase.line"].create([
            {"chase_id": chase.id, "document_id": chase.document_id.id, "user_id": user.id, "role": role}
            for chase, document in zip(chases, self, strict=True) for user, role in recipients[document].items()
        ])
        for chase, document in zip(chases, self, strict=True):
            document._write_fixed({"chase_count": chase.number})
            document._log("chase", comment=text, data={"number": chase.number, "kind": kind, "to": [user.login for user in recipients[document]]})
        self._tell_chased(recipients, kind, text)
        return chases.sudo(False)

    def _chased(self):
        """{user: role}: who holds the document now, and the heads of their units."""
        self.ensure_one()
        if self.state in IN_WORK:
            leaves = self.sudo().assignment_ids._open_leaves()  # safe: finds whom to tell
            handlers, heads = leaves._handlers().sudo(False), leaves._heads().sudo(False)
        else:
            handlers, heads = self._idle_holders(), self._role_holders("vanban_core.group_office_chief")
        found = dict.fromkeys(handlers, "handler")
        for head in heads - self.env.user:
            found.setdefault(head, "head")
        return found

    def _tell_chased(self, recipients, kind, text):
        """One notice for each person, naming the document when there is only one."""
        plan = {}
        for document, users in recipients.items():
            for user in users:
                plan.setdefault(user, self.browse())
                plan[user] |= document
        label = dict(self.env["vanban.chase"]._fields["kind"]._description_selection(self.env))[kind]
        for user, documents in plan.items():
            if len(documents) == 1:
                documents._tell_supervised(user, self.env._("Chase-up no. %(number)s (%(kind)s)", number=documents.chase_count, kind=label), "chase")
            else:
                title = self.env._("%(count)s documents are chased up (%(kind)s): %(text)s", count=len(documents), kind=label, text=text)
                self.env["vanban.notice"]._send(user, title, kind="chase", action="vanban_core.action_chase_mine")

    def action_open_chases(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "name": self.env._("Chase-ups"), "res_model": "vanban.chase", "view_mode": "list,kanban,form",
            "views": [(False, "list"), (False, "kanban"), (False, "form")], "domain": [("document_id", "=", self.id)],
        }
