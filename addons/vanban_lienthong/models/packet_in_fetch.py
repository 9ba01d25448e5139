import datetime
import logging
import secrets
from functools import partial

from odoo import api, fields, models

from odoo.addons.vanban_core.models import at_once

from ..drivers import DRIVERS, DeliveryError, Driver
from ..wire import delay
from .concurrency import commit_step, keep_apart, only_one
from .hub_refusal import HubRefusal

_logger = logging.getLogger(__name__)


class PacketInFetch(models.Model):
    """Connections and axes that never call are asked; what they bring is kept before they hear of it."""

    _inherit = "vanban.packet.in"

    @api.model
    def _cron_fetch(self):
        """Ask the transports that have to be asked; what they bring is stored and committed before they hear of it."""
        self = self._in_vietnamese()
        progress = self.env["ir.cron"]._commit_progress
        moments = []
        with only_one(self.env, "vanban.packet.in/fetch") as mine:
            for bearer, deliveries in self._asked() if mine else ():
                moments.append(keep_apart(
                    bearer, partial(self._fetch_from, bearer, deliveries), partial(self._note_unforeseen, bearer),
                    "fetching from connection %s failed"))
                if not progress(0):
                    break
        if moments := list(filter(None, moments)):
            self._fetch_at(min(moments))
            progress(0)

    @api.model
    def _fetch_at(self, moment):
        """Ask those that have to be asked at that moment, after the commit of this transaction."""
        at_once.start_at(self.env, self._name, "_cron_fetch", "vanban_lienthong.cron_fetch", moment)

    @api.model
    def _fetch_from(self, bearer, deliveries):
        """Everything that waits at one connection or axis; a packet that cannot be stored stays there and holds no other up.

        :return: when to ask again
        """
        left, found = [], False
        try:
            for delivery, acknowledge in deliveries():
                stored = keep_apart(
                    bearer, partial(self._fetch_one, bearer, delivery), partial(left.append, delivery.message),
                    "a packet of connection %s could not be stored")
                if stored:
                    acknowledge()
                    found = True
        except DeliveryError as error:
            _logger.info("fetching from %s: %s", bearer.name, error)
            return commit_step(self.env, partial(self._note_not_fetched, bearer, error))
        if left:
            self._note_unforeseen(bearer, ", ".join(left)[:200])
        else:
            commit_step(self.env, partial(bearer._note_success, moved=found))
        return bearer._ask_again(self._transport_of(bearer).ask_seconds)

    @api.model
    def _transport_of(self, bearer):
        return bearer if bearer._name == "vanban.transport" else bearer.transport_id

    @api.model
    def _note_not_fetched(self, bearer, error):
        """When to ask again; what waits to be sent keeps its own pause."""
        if not error.unreachable:
            bearer.write({"last_error": str(error)[:500]})
            return None
        bearer._note_failure(str(error), False)
        transport = self._transport_of(bearer)
        pause = delay(bearer.failures, transport.retry_base, transport.retry_cap, generator=secrets.SystemRandom())
        return fields.Datetime.now() + datetime.timedelta(seconds=pause)

    @api.model
    def _fetch_one(self, bearer, delivery):
        self._fetched(bearer, delivery)
        self.env["ir.cron"]._commit_progress(1)
        return True

    @api.model
    def _note_unforeseen(self, bearer, messages=""):
        """The administrator hears of it once, not at every turn in which it happens again."""
        error = self.env._(
            "The program failed while fetching packets (%(messages)s); they are tried again. Ask the administrator to look into the "
            "server's log.", messages=messages or "–")
        if bearer.last_error != error:
            bearer.write({"last_error": error})
            self.env["vanban.log"]._log_refused("fetch_packet", f"{bearer.name}: {error}")

    @api.model
    def _asked(self):
        """(connection or axis, generator of what waits there) of everything that has to be asked."""
        limit = self._limits().packet_size
        for transport in self.env["vanban.transport"].search([("active", "=", True)]):
            driver = DRIVERS[transport.driver]
            if driver.of_transport:
                yield transport, partial(driver.collect, transport, limit)
            elif driver.fetch is not Driver.fetch:
                for peer in transport.peer_ids:
                    yield peer, peer._driver().fetch

    def _fetched(self, bearer, delivery):
        """Store what one connection or axis brought; nothing is parsed yet."""
        company = self.env["res.company"]._vanban_by_code(delivery.recipient)
        if bearer._name == "vanban.transport" and not company and self.env["vanban.hub.member"]._by_code(delivery.recipient):
            self._for_member(bearer, delivery)
            return
        if bearer._name == "vanban.transport":
            company = company or bearer.company_ids[:1] or self.env.company
            peer, channel = self.env["vanban.peer"]._of_axis(company, delivery.sender, bearer), bearer._key()
        else:
            company = company or bearer.company_id
            peer, channel = self.env["vanban.peer"]._of_sender(company, delivery.sender, peers=bearer), bearer.key_id
        try:
            with open(delivery.path, "rb") as stream:
                self._receive(stream, company, peer, delivery, channel)
        except OverflowError:
            # Told in the log and taken from the queue: it would come again at every turn.
            bearer.write({"last_error": self.env._(
                "A packet from %(sender)s is larger than allowed and was not taken over.", sender=delivery.sender)})
            self.env["vanban.log"]._log("packet_too_large", data={"sender": delivery.sender, "message": delivery.message})

    @api.model
    def _for_member(self, axis, delivery):
        """What the parent axis brings for a member of our hub goes into the member's queue."""
        try:
            with open(delivery.path, "rb") as stream:
                self.env["vanban.hub.packet"]._accept(stream, delivery.sender, delivery.type, [delivery.recipient], axis=axis)
        except HubRefusal as refusal:
            axis.write({"last_error": str(refusal)[:500]})
            self.env["vanban.log"]._log_refused("hub_accept", f"{delivery.sender} → {delivery.recipient}: {refusal}")
