from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import html2plaintext

KINDS = [
    ("task", "Your turn"), ("message", "Message"), ("deadline", "Deadline"), ("alert", "Alert"), ("chase", "Chase-up"), ("status", "Progress"),
]
_KEEP_DAYS = 180


class Notice(models.Model):
    """What a person is told: live in the web client, kept until read, by e-mail for those who want it (HCM Đ16.1l)."""

    _name = "vanban.notice"
    _description = "Notice"
    _order = "id desc"
    _rec_name = "title"
    _log_access = False

    user_id = fields.Many2one("res.users", "For", required=True, readonly=True, ondelete="cascade")
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    kind = fields.Selection(KINDS, required=True, readonly=True, default="task")
    title = fields.Char(required=True, readonly=True)
    body = fields.Text(readonly=True)
    author_id = fields.Many2one("res.users", "From", readonly=True, ondelete="set null")
    document_id = fields.Many2one("vanban.document", readonly=True, ondelete="cascade", index="btree_not_null")
    action = fields.Char(readonly=True, help="List to open when the notice speaks of several documents.")
    read_date = fields.Datetime("Read on", readonly=True)

    _unread_index = models.Index("(user_id, id DESC) WHERE read_date IS NULL")
    _user_index = models.Index("(user_id, id DESC)")

    @api.model
    def _send(self, users, title, document=None, kind="task", body=None, action=None, author=None):
        """Tell ``users`` once each, the current user only when nobody acts (a job).

        :param document: ``vanban.document`` that the link opens
        :param action: xml id of a list, when the notice speaks of several documents
        """
        return self._send_many([
            {
                "user_id": user.id, "title": title, "document_id": document.id if document else False, "kind": kind,
                "body": body or False, "action": action or False,
            }
            for user in users
        ], author)

    @api.model
    def _send_many(self, vals_list, author=None):
        """One insert and one message on the bus for each person; what says the same to the same person is said once."""
        author = author or self.env.user
        seen, rows = set(), []
        for vals in vals_list:
            key = (vals["user_id"], vals.get("document_id"), vals["kind"], vals["title"])
            if key not in seen and (vals["user_id"] != self.env.uid or vals["kind"] in ("alert", "deadline")):
                seen.add(key)
                rows.append({"author_id": author.id, **vals, "title": vals["title"][:500]})
        if not rows:
            return self.browse()
        notices = self.sudo().create(rows)  # safe: the server's own flow tells people; clients have no right to create
        for user, own in notices.grouped("user_id").items():
            user._bus_send("vanban.notice", {
                "unread": len(own), "title": own[:1].title if len(own) == 1 else self.env._("%(count)s new notices", count=len(own)),
                "id": own.id if len(own) == 1 else False, "kind": own[0].kind,
            })
        notices._mail()
        return notices

    def _mail(self):
        """One message per person, only for those who want it; no content of the document travels."""
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url")  # safe: public address of the server
        mails = []
        for user, own in self.grouped("user_id").items():
            if not user._wants_mail():
                continue
            lines = Markup("").join(
                Markup('<p>{} – <a href="{}/odoo/thong-bao/{}">{}</a></p>').format(
                    escape(notice.title), base, notice.id, self.env._("Open")
                ) for notice in own
            )
            mails.append({
                "subject": own[0].title if len(own) == 1 else self.env._("%(count)s new notices", count=len(own)),
                "body_html": lines, "email_to": user.email_formatted, "auto_delete": True,
            })
        if mails:
            self.env["mail.mail"].sudo().create(mails)  # safe: messages of the server to its own users
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()  # safe: wakes the sender

    # ------------------------------------------------------------------ reading

    @api.model
    def get_unread(self):
        """Number of unread notices of the current user (at most 100 are counted)."""
        if not self.has_access("read"):
            return 0  # somebody without a role in the documents
        return self.search_count([("user_id", "=", self.env.uid), ("read_date", "=", False)], limit=100)

    def action_open(self):
        """Mark as read and open what the notice speaks of."""
        self.ensure_one()
        self.action_read()
        if self.document_id:
            return {
                "type": "ir.actions.act_window", "res_model": "vanban.document", "res_id": self.document_id.id,
                "views": [(self.document_id.get_formview_id(), "form")], "target": "current",
            }
        if self.action:
            return self.env["ir.actions.actions"]._for_xml_id(self.action)
        return True

    def action_read(self):
        self.check_access("read")
        if any(notice.user_id != self.env.user for notice in self):
            raise AccessError(self.env._("A notice is read by the person it is for."))
        self.filtered(lambda notice: not notice.read_date).sudo().read_date = fields.Datetime.now()  # safe: own notices only
        self.env.user._bus_send("vanban.notice.read", {"unread": self.get_unread()})
        return True

    @api.model
    def action_read_all(self):
        return self.search([("user_id", "=", self.env.uid), ("read_date", "=", False)]).action_read()

    @api.autovacuum
    def _gc_read(self):
        """Read notices are a convenience, not a record: the log keeps what happened."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=_KEEP_DAYS)
        self.search([("read_date", "<", limit)], limit=10_000).unlink()


class MailActivity(models.Model):
    """A to-do that the flow makes is told once, by a notice; Odoo's own mail for each to-do is left out."""

    _inherit = "mail.activity"

    @api.model_create_multi
    def create(self, vals_list):
        if not all(vals.get("automated") for vals in vals_list):
            return super().create(vals_list)
        flow = self.with_context(mail_activity_quick_update=True, vanban_no_follow=True)
        activities = super(MailActivity, flow).create(vals_list).with_env(self.env)
        own = activities.filtered(lambda todo: (todo.res_model or "").startswith("vanban."))
        (activities - own).filtered(lambda todo: todo.user_id != self.env.user).action_notify()
        own._tell()
        return activities

    def _tell(self):
        documents = self.filtered(lambda todo: todo.res_model == "vanban.document")
        names = {
            document.id: document.display_name
            for document in self.env["vanban.document"].sudo().browse(documents.mapped("res_id"))  # safe: told only to those whose turn it is
        }
        self.env["vanban.notice"]._send_many([
            {
                "user_id": todo.user_id.id, "kind": "task",
                "title": ": ".join(filter(None, (todo.summary or todo._note_line(), names.get(todo.res_id) or todo.res_name))),
                "document_id": todo.res_id if todo.res_model == "vanban.document" else False,
            }
            for todo in self.sudo() if todo.user_id  # safe: as above
        ])

    def _note_line(self):
        """First line of the note, without its markup."""
        return (html2plaintext(self.note or "").strip().splitlines() or [""])[0][:200]


class DocumentMessages(models.Model):
    """Words written on a document reach those who handle it (UI-01)."""

    _inherit = "vanban.document"

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """A to-do makes nobody a follower: whoever handles the document is told by notices, once."""
        if self.env.context.get("vanban_no_follow"):
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    def _readers(self, users):
        """Those of ``users`` who may read the document: only they are told what it is about."""
        self.ensure_one()
        return users.filtered(lambda user: self.with_user(user).has_access("read"))

    def _notice_name(self):
        """What may be said to somebody who supervises but may not read."""
        self.ensure_one()
        return self.env._("incoming document no. %(number)s", number=self.arrival_number) if self.arrival_number else self.env._("a document")

    def _tell_supervised(self, users, text, kind, name=None):
        """``text`` with the document's name to those who may read it, with its number only to the others."""
        notice, readers = self.env["vanban.notice"], self._readers(users)
        notice._send(readers, f"{text}: {name or self.sudo().display_name}", document=self, kind=kind)  # safe: readers of it
        notice._send(users - readers, f"{text}: {self._notice_name()}", kind=kind)

    def message_post(self, **kwargs):
        message = super().message_post(**kwargs)
        if not self.env.su and message.message_type == "comment" and self.direction == "in":
            items = self.sudo().assignment_ids  # safe: whom to tell
            users = (items._handlers() | items.assigner_id).sudo(False)
            title = self.env._("%(name)s writes on %(document)s", name=self.env.user.name, document=self.display_name)
            self.env["vanban.notice"]._send(users, title, document=self, kind="message")
        return message


class AssignmentMessages(models.Model):
    _inherit = "vanban.assignment"

    def message_post(self, **kwargs):
        message = super().message_post(**kwargs)
        if not self.env.su and message.message_type == "comment":
            document = self.document_id
            users = (self.sudo()._handlers() | self.sudo().assigner_id).sudo(False)  # safe: whom to tell
            title = self.env._("%(name)s writes on %(document)s", name=self.env.user.name, document=document.display_name)
            self.env["vanban.notice"]._send(users, title, document=document, kind="message")
        return message


class ResUsers(models.Model):
    _inherit = "res.users"

    vanban_notice_mail = fields.Selection([("on", "Yes"), ("off", "No")], "Notices by e-mail", help="Empty: as the agency decided.")

    def _wants_mail(self):
        self.ensure_one()
        if not self.email:
            return False
        return self.vanban_notice_mail == "on" or (not self.vanban_notice_mail and self.company_id._vanban_profile().notice_mail)

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + ["vanban_notice_mail"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return super().SELF_WRITEABLE_FIELDS + ["vanban_notice_mail"]
