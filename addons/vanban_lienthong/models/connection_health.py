import datetime
import secrets
from functools import partial

from odoo import api, fields, models

from odoo.addons.vanban_core.tools import vietnam_time

from ..drivers import DeliveryError
from ..wire import delay
from .concurrency import keep_apart

# Connections that are tried in one turn of the watch; the others come in the next.
_PROBES = 50
# A connection that does not answer is tried again after one to thirty minutes: its return is seen soon, the others keep their turn.
_PROBE_BASE, _PROBE_CAP = 60, 1800
# How exactly the moment of the last packet is kept.
_MOVED = datetime.timedelta(seconds=10)
# A queue is looked into again after a quarter of the time for which nothing moved, but not sooner than so many seconds.
_SOONEST, _PART_OF_SILENCE = 3, 4


class ConnectionHealth(models.AbstractModel):
    """Whether the other side answers: kept by the delivery, shown to administrators, told once per outage (LT-18)."""

    _name = "vanban.connection.health"
    _description = "Health of a connection"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    retry_at = fields.Datetime("No attempt before", readonly=True, copy=False)
    # apart from retry_at: whoever has something to send need not wait for the watch
    probe_at = fields.Datetime("No trial before", readonly=True, copy=False)
    failures = fields.Integer("Failures in a row", readonly=True, copy=False)
    failing_since = fields.Datetime("Not reachable since", readonly=True, copy=False)
    alarmed_since = fields.Datetime(readonly=True, copy=False)
    last_ok = fields.Datetime("Last success", readonly=True, copy=False)
    last_error = fields.Char("Last error", readonly=True, copy=False)
    moved_date = fields.Datetime("Last packet", readonly=True, copy=False)
    left_behind = fields.Text(readonly=True, copy=False)  # numbers of packets that wait there and cannot be fetched
    health = fields.Selection([("ok", "Connected"), ("failing", "Not reachable"), ("unknown", "Not used yet")], compute="_compute_health")

    @api.depends("failing_since", "last_ok")
    def _compute_health(self):
        for connection in self:
            connection.health = "failing" if connection.failing_since else "ok" if connection.last_ok else "unknown"

    def _check(self):
        """Try the connection; returns a text for the administrator. Raises DeliveryError."""
        raise NotImplementedError

    def _health_bearer(self):
        """Whose outage it is when the other side does not answer."""
        return self

    def _alarm_companies(self):
        """Agencies whose administrators hear of an outage."""
        raise NotImplementedError

    def _alarm_minutes(self):
        """How long an outage lasts before somebody is told."""
        raise NotImplementedError

    def _waiting_domain(self):
        """Rows of the outbox that go this way."""
        raise NotImplementedError

    def _connected_again(self, message):
        """Waiting packets need not wait any longer; tell the person who tried."""
        # safe: health only
        self.sudo().write({
            "retry_at": False, "probe_at": False, "failures": 0, "failing_since": False, "last_ok": fields.Datetime.now()})
        if self.alarmed_since:
            self._end_alarm()
        self.env["vanban.packet.out"]._wake()
        self.env["vanban.packet.in"]._fetch_at(fields.Datetime.now())
        return {
            "type": "ir.actions.client", "tag": "display_notification",
            "params": {"type": "success", "message": message, "sticky": False},
        }

    def _note_success(self, moved=False):
        """Rarely written: workers that deliver side by side would wait for each other on this row.

        :param moved: a packet went or came, not just a question and its answer
        """
        now = fields.Datetime.now()
        fresh = now - datetime.timedelta(minutes=1)
        for connection in self:
            if connection.alarmed_since:
                connection._end_alarm()
            if moved and (not connection.moved_date or connection.moved_date < now - _MOVED):
                connection.sudo().moved_date = now  # safe: health only
            if connection.failing_since or connection.retry_at or not connection.last_ok or connection.last_ok < fresh:
                connection.sudo().write({  # safe: health figures of the delivery
                    "retry_at": False, "probe_at": False, "failures": 0, "failing_since": False, "last_ok": now, "last_error": False,
                })

    def _ask_again(self, longest):
        """When to look into the queue at the other side again: soon while packets move, within ``longest`` seconds in silence."""
        now = fields.Datetime.now()
        silence = (now - self.moved_date).total_seconds() / _PART_OF_SILENCE if self.moved_date else longest
        return now + datetime.timedelta(seconds=max(_SOONEST, min(silence, longest)))

    def _note_failure(self, message, retry_at):
        now = fields.Datetime.now()
        for connection in self:
            connection.sudo().write({  # safe: health figures of the delivery
                "retry_at": retry_at or connection.retry_at, "failures": connection.failures + 1,
                "failing_since": connection.failing_since or now, "last_error": message[:500],
            })

    def _note_trouble(self, message):
        """Something answers, but no packet passes (an error page): an outage like any other, only that nothing pauses for it."""
        now = fields.Datetime.now()
        for connection in self:
            connection.sudo().write({  # safe: health figures of the delivery
                "failing_since": connection.failing_since or now, "last_error": message[:500]})

    @api.model
    def _watch(self):
        """Alarm for each connection of this model that fails longer than it may."""
        now = fields.Datetime.now()
        for connection in self.search([("failing_since", "!=", False)]):
            if now - connection.failing_since >= datetime.timedelta(minutes=connection._alarm_minutes()):
                connection._raise_alarm()

    @api.model
    def _probe(self, limit=_PROBES):
        """Ask those that nobody has heard of for a while: an idle connection must not fail unseen (LT-18)."""
        now = fields.Datetime.now()
        domain = [("active", "=", True), ("last_ok", "!=", False), ("last_ok", "<", now - datetime.timedelta(minutes=2))]
        for moment in ("retry_at", "probe_at"):
            domain += ["|", (moment, "=", False), (moment, "<=", now)]
        for connection in self.search(domain, order="last_ok", limit=limit).filtered(lambda row: row._health_bearer() == row):
            keep_apart(connection, connection._try_it, partial(connection._note_not_tried, self.env._(
                "The program failed while trying this connection. Ask the administrator to look into the server's log."), _PROBE_CAP),
                "connection %s could not be tried")
            if not self.env["ir.cron"]._commit_progress(1):
                return  # those that are left are the longest unheard of at the next turn

    def _try_it(self):
        """Ask the other side whether it works, and keep what came of it."""
        self.ensure_one()
        try:
            self._check()
        except DeliveryError as error:
            pause = _PROBE_CAP  # it answers, with an error that somebody has to put right
            if error.outage:
                self._note_failure(str(error), False)
                pause = delay(self.failures, _PROBE_BASE, _PROBE_CAP, generator=secrets.SystemRandom())
            self._note_not_tried(str(error), pause)
        else:
            self._note_success()
            self.env["vanban.packet.out"]._wake()

    def _note_not_tried(self, message, pause):
        self.sudo().write({  # safe: health only
            "last_error": message[:500], "probe_at": fields.Datetime.now() + datetime.timedelta(seconds=pause)})

    def _raise_alarm(self):
        """One to-do for each administrator while the outage lasts."""
        self.ensure_one()
        if self.alarmed_since == self.failing_since:
            return
        self.sudo().alarmed_since = self.failing_since  # safe: health only
        waiting = self.env["vanban.packet.out"].sudo().search_count([  # safe: a count only
            *self._waiting_domain(), ("state", "in", ("queued", "error"))])
        since = vietnam_time.to_local(self.failing_since)
        self.env["vanban.log"]._log("connection_lost", comment=self.last_error, data={
            "model": self._name, "id": self.id, "since": str(self.failing_since), "waiting": waiting})
        note = self.env._(
            "“%(name)s” cannot be reached since %(since)s; %(count)s packets are waiting. Reason: %(reason)s",
            name=self.name, since=since.strftime("%H:%M %d/%m/%Y"), count=waiting, reason=self.last_error or "")
        for user in self._tell_administrators(note):
            self.sudo().activity_schedule(  # safe: a to-do of the server
                "mail.mail_activity_data_todo", vietnam_time.today(), self.env._("Connection lost"), note, user_id=user.id, automated=True)

    def _tell_administrators(self, note):
        """A notice for the administrators of the agencies concerned; returns them."""
        companies = self._alarm_companies()
        group = self.env.ref("vanban_core.group_admin")
        users = group.sudo().user_ids.filtered(lambda user: user.company_ids & companies)  # safe: whom to tell
        self.env["vanban.notice"]._send(users, note, kind="alert", action="vanban_lienthong.action_monitor")
        return users

    def _end_alarm(self):
        """The other side answers again: the to-dos are done by themselves, the outage stays in the log."""
        self.ensure_one()
        self.env["vanban.log"]._log("connection_back", data={
            "model": self._name, "id": self.id, "since": str(self.alarmed_since)})
        todos = self.sudo().activity_ids.filtered("automated")  # safe: to-dos of the server about this outage
        todos.action_feedback(feedback=self.env._("The connection works again."))
        self.sudo().alarmed_since = False  # safe: health only
