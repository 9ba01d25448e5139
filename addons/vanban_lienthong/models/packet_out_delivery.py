import datetime
import logging
import secrets
import time
from contextlib import ExitStack

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vanban_core.models.language import in_vietnamese

from ..drivers import DRIVERS, Delivery, DeliveryError
from ..wire import delay
from .concurrency import commit_step, keep_apart, repeat_step

_logger = logging.getLogger(__name__)
_BATCH = 200
# So many packets, and so many seconds, before their outcomes are kept.
_TOGETHER, _LONGEST_TOGETHER = 20, 5
# Errors after which nobody knows whether the other side has the packet.
_UNKNOWN_OUTCOME = ("timeout", "connection", "answer", "receipt", "unforeseen", "http_5")


class Kept(ExitStack):
    """What the packets of one turn share: connections, logins, and the files of packets that go to several agencies."""

    def __init__(self):
        super().__init__()
        self.connections, self._paths = {}, {}

    def path(self, packet):
        if packet not in self._paths:
            self._paths[packet] = self.enter_context(packet._content_path())
        return self._paths[packet]


class PacketOutDelivery(models.Model):
    """The job that empties the outbox: urgent first, in order for each agency and document, never two at once."""

    _inherit = "vanban.packet.out"

    @api.model
    def _cron_send(self):
        """Deliver what is due; several workers and hosts may run this side by side."""
        self = in_vietnamese(self).with_context(vanban__cron_send=True)
        commit_step(self.env, self.env["vanban.packet.status"]._queue_pending)
        progress = self.env["ir.cron"]._commit_progress
        tried = set()
        while ids := self._due(tried):
            while ids:
                done, error = self._send_together(self.browse(ids[:_TOGETHER]))
                tried.update(done)
                ids = [row_id for row_id in ids if row_id not in tried]
                if not progress(len(done)):
                    self._wake()
                    return
                if error and error.unreachable:
                    break  # it may have taken its whole time limit: what has come since, and what answers, goes first
        self._wake_later()

    @api.model
    def _send_together(self, rows):
        """Try some packets and keep their outcomes in one transaction: (ids that are done with, last error).

        A crash on the way sends some of them once more, the same bytes under the same number: the recipient keeps one.
        """
        try:
            return rows._attempts()
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            raise
        except Exception:  # one of them by itself: who it is, and that the others go on, comes out one by one
            self.env.cr.rollback()
            self.env.invalidate_all(flush=False)
        done, error = [], None
        for row in rows:
            done.append(row.id)
            error = self._send_guarded(row)
            if error and error.unreachable:
                break
        return done, error

    def _attempts(self):
        # References to the rows stay possible: the recipient's first status may be faster than its answer.
        # Another worker may have changed them since the list was read: then the look is taken anew.
        locked = self & repeat_step(self.env, lambda: self.try_lock_for_update(allow_referencing=True))
        # Another worker may have sent them, or the connection may have failed, since the list was read.
        locked.invalidate_recordset()
        began, outcomes, error, done = time.monotonic(), [], None, [*(self - locked).ids]
        with Kept() as kept:
            for rows in locked._by_call():
                due = rows.filtered(lambda row: row._is_due())
                done.extend((rows - due).ids)
                attempted = due._deliver_all(kept)
                done.extend(row.id for row, _error in attempted)
                outcomes.extend((row, row.peer_id, error) for row, error in attempted)
                error = attempted[-1][1] if attempted else error
                if (error and error.unreachable) or time.monotonic() - began > _LONGEST_TOGETHER:
                    break
        # The outcome of these rows alone comes first, so that nothing else can undo it.
        self.env.flush_all()
        self.env.cr.commit()  # pylint: disable=invalid-commit  # the packets have left: this must not be rolled back
        if outcomes:
            commit_step(self.env, lambda: self._after_deliveries(outcomes))
        return done, error

    @api.model
    def _send_guarded(self, row):
        """``_send_one``; a packet on which the program itself fails waits like any other failure and blocks no other."""
        return keep_apart(row, lambda: self._send_one(row), row._note_unforeseen, "packet %s could not be sent")

    def _note_unforeseen(self):
        error = DeliveryError("unforeseen", self.env._(
            "The program failed while sending this packet; it is tried again. Ask the administrator to look into the server's log."))
        row = self.try_lock_for_update(allow_referencing=True)
        if row and row._still_due():
            row._failed(error)
            row._after_delivery(row.peer_id, error)
        return error

    @api.model
    def _send_one(self, row):
        # References to the row stay possible: the recipient's first status may be faster than its answer.
        row = repeat_step(self.env, lambda: row.try_lock_for_update(allow_referencing=True))
        # Another worker may have sent it, or the connection may have failed, since the list was read.
        if not row or not row._still_due():
            self.env.cr.commit()  # pylint: disable=invalid-commit  # ends the snapshot in which the row was not free
            return None
        with Kept() as kept:
            peer, error = row.peer_id, row._deliver(kept)
        # The outcome of this row alone comes first, so that nothing else can undo it.
        self.env.flush_all()
        self.env.cr.commit()  # pylint: disable=invalid-commit  # the packet has left: this must not be rolled back
        commit_step(self.env, lambda: row._after_delivery(peer, error))
        return error

    @api.model
    def _due(self, tried=()):
        """Ids of rows to try now. A row waits while an earlier one of the same agency and document is unsent.

        What is not urgent goes first to those who answered last time: a silent agency holds nobody else up for long.
        """
        query = SQL(
            """
            SELECT o.id
              FROM vanban_packet_out o
              JOIN vanban_peer p ON p.id = o.peer_id
              JOIN vanban_transport t ON t.id = p.transport_id
             WHERE o.state IN ('queued', 'error')
               AND (t.retry_at IS NULL OR t.retry_at <= %(now)s)
               AND o.next_attempt <= %(now)s
               AND (p.retry_at IS NULL OR p.retry_at <= %(now)s)
               AND NOT (o.id = ANY(%(tried)s))
               AND NOT EXISTS (
                    SELECT 1 FROM vanban_packet_out e
                     WHERE e.peer_id = o.peer_id AND e.document_id = o.document_id AND e.id < o.id
                       AND e.state IN ('queued', 'error'))
             ORDER BY (o.urgency <= 2 AND COALESCE(p.failures, 0) + COALESCE(t.failures, 0) > 0), o.urgency DESC, o.id
             LIMIT %(limit)s
            """,
            now=fields.Datetime.now(), tried=list(tried) or [0], limit=_BATCH,
        )
        self.env.flush_all()
        return [row_id for row_id, in self.env.execute_query(query)]

    def _still_due(self):
        self.invalidate_recordset()
        return self._is_due()

    def _is_due(self):
        retry_at = self.peer_id._health_bearer().retry_at
        return self.state in ("queued", "error") and not (retry_at and retry_at > fields.Datetime.now())

    def _by_call(self):
        """These rows in their order, together those that one call can serve: the same packet through the same axis."""
        calls = {}
        for row in self:
            transport = row.peer_id.transport_id
            several = DRIVERS[transport.driver].several
            key = (row.packet_id, transport, row.sender_code) if several else row
            calls[key] = calls.get(key, self.browse()) + row
        return calls.values()

    def _deliver_all(self, kept):
        """One call for these rows; when it is refused, one by one, so that a recipient who is not reached stops no other.

        :return: list of (row, DeliveryError or None) of those tried
        """
        if len(self) > 1:
            error, remote_id = self._hand_over(kept)
            if error is None:
                for row in self:
                    row._note_sent(remote_id)
                return [(row, None) for row in self]
            if error.unreachable:
                for row in self:
                    row._failed(error)
                return [(row, error) for row in self]
        tried = []
        for row in self:
            error = row._deliver(kept)
            tried.append((row, error))
            if error and error.unreachable:
                break
        return tried

    def _hand_over(self, kept):
        """(DeliveryError or None, number at the other side) of one call for these rows of a packet."""
        first, packet = self[0], self.packet_id
        driver = first.peer_id._driver(kept.connections)
        try:
            delivery = Delivery(
                path=kept.path(packet), message=first.message, sender=first.sender_code, recipient=first.recipient_code,
                type=packet.type, size=packet.size, sha256=packet.sha256)
            if len(self) > 1:
                return None, driver.send_to(delivery, self.mapped("recipient_code"))
            return None, driver.send(delivery)
        except DeliveryError as error:
            return error, None
        except OSError as failure:
            _logger.info("packet %s could not be read: %s", first.id, failure)
            return DeliveryError("content", self.env._("The packet cannot be read from the file store.")), None

    def _deliver(self, kept):
        """One attempt. The bytes and the number of the packet are those of the first attempt, always.

        :return: the DeliveryError, or None after success
        """
        self.ensure_one()
        error, remote_id = self._hand_over(kept)
        if error:
            self._failed(error)
        else:
            self._note_sent(remote_id)
        return error

    def _note_sent(self, remote_id):
        now = fields.Datetime.now()
        self._flow("send", values={
            "sent_date": now, "state_date": now, "remote_id": remote_id, "attempts": self.attempts + 1, "error": False,
            "axis_state": False, "axis_asked": False,
        })

    def _may_have_arrived(self):
        """Whether an unsent row was tried without a plain no: the answer alone may have been lost."""
        return bool(self.attempts) and (self.state != "dead" or (self.error_code or "").startswith(_UNKNOWN_OUTCOME))

    def _failed(self, error):
        transport = self.peer_id.transport_id
        attempts = self.attempts + 1
        now = fields.Datetime.now()
        values = {"attempts": attempts, "error": str(error)[:500], "error_code": error.code}
        too_long = now - (self.retried_date or self.queued_date) > datetime.timedelta(hours=transport.give_up_hours)
        if not error.retryable or too_long:
            self._flow("give_up", comment=str(error), values=values)
            return
        values["next_attempt"] = now + self._pause(attempts)
        self._flow("fail", values=values)

    def _pause(self, attempts):
        transport = self.peer_id.transport_id
        return datetime.timedelta(seconds=delay(
            attempts, transport.retry_base, transport.retry_cap, generator=secrets.SystemRandom()))

    @api.model
    def _after_deliveries(self, outcomes):
        """What follows from several attempts; the plain case, sent and nothing heard yet, is one step for all."""
        sent = self.browse([row.id for row, _peer, error in outcomes if error is None])
        plain = sent.filtered(lambda row: not (row.status_ids or row.recall_asked))
        plain._tell_recipient("sent")
        bearers = {peer._health_bearer() for row, peer, error in outcomes if row in plain}
        for bearer in bearers:
            self._note_moved(bearer)
        noted = set()
        for row, peer, error in outcomes:
            if row not in plain:
                # several rows of one call share its error: the connection failed once
                row._after_delivery(peer, error, noted=error in noted)
                noted.add(error)

    @api.model
    def _note_moved(self, bearer):
        """A packet has left through this connection or axis: who got it may answer soon."""
        bearer._note_success(moved=True)
        if bearer._name == "vanban.transport":
            self.env["vanban.packet.in"]._fetch_at(bearer._ask_again(bearer.ask_seconds))

    def _after_delivery(self, peer, error, noted=False):
        """Tell the connection (unless it was ``noted`` there), the recipient and, when given up, the clerk."""
        if error is None:
            self._note_moved(peer._health_bearer())
            if self.status_ids or self.recall_asked:
                self._apply_statuses()  # statuses can overtake the confirmation of the sending
            else:
                self._tell_recipient("sent")
            return
        bearer = peer._health_bearer()
        if error.unreachable and not noted:
            # The whole connection pauses; no use in trying every packet of it.
            bearer._note_failure(str(error), fields.Datetime.now() + self._pause(bearer.failures + 1))
        elif error.outage and not noted:
            bearer._note_trouble(str(error))
        if self.state == "dead":
            self._tell_recipient("dead", str(error)[:200])
            self._alarm(self.env._("Could not be sent to %(agency)s: %(reason)s", agency=self.recipient_name, reason=error))

    @api.model
    def _wake_later(self):
        """Come back exactly when the next row or connection is due."""
        query = SQL("""
            SELECT MIN(GREATEST(o.next_attempt, p.retry_at, t.retry_at))
              FROM vanban_packet_out o
              JOIN vanban_peer p ON p.id = o.peer_id
              JOIN vanban_transport t ON t.id = p.transport_id
             WHERE o.state IN ('queued', 'error')""")
        self.env.flush_all()
        [(moment,)] = self.env.execute_query(query)
        if moment:
            self._wake(max(moment, fields.Datetime.now() + datetime.timedelta(seconds=1)))

    def _alarm(self, message):
        """A to-do for the issuing clerk: somebody has to decide between another attempt and paper."""
        for row in self.filtered("document_id"):
            clerk = row.document_id.clerk_id or row.document_id.create_uid
            row.document_id._notify(clerk, message)

    @api.model
    def _cron_watch(self):
        """Connections that fail too long are told to the administrators once per outage (LT-18)."""
        env = in_vietnamese(self).env
        # first tell what is known: trying dead connections can take all the time of the job
        env["vanban.peer"]._watch()
        env["vanban.transport"]._watch()
        env["vanban.peer"]._probe()
        env["vanban.transport"]._probe()
