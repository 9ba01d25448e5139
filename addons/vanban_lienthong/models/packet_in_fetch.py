import datetime
import logging
import secrets
from functools import partial

from odoo import api, fields, models

from odoo.addons.vanban_core.models import at_once
from odoo.addons.vanban_core.models.language import in_vietnamese

from ..drivers import DRIVERS, DeliveryError, Driver, Unfetched
from ..wire import delay
from .concurrency import commit_step, keep_apart, only_one
from .hub_refusal import HubRefusal

_logger = logging.getLogger(__name__)
# What the hub may take later (its error codes): busy with the same bytes, over a limit, a member that is cut off for now.
_LATER = frozenset({"20", "21", "23"})


class PacketInFetch(models.Model):
    """Connections and axes that never call are asked; what they bring is kept before they hear of it."""

    _inherit = "vanban.packet.in"

    @api.model
    def _cron_fetch(self):
        """Ask the transports that have to be asked; what they bring is stored and committed before they hear of it."""
        self = in_vietnamese(self)
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
        """Everything that waits at one connection or axis; a packet that cannot be fetched or stored holds no other up.

        :return: when to ask again
        """
        left, found, silence = {}, False, None
        try:
            for delivery, acknowledge in deliveries():
                stored = keep_apart(
                    bearer, partial(self._fetch_one, bearer, delivery, left), partial(self._leave, left, delivery),
                    "a packet of connection %s could not be stored")
                if stored is not None:
                    self._acknowledge(acknowledge, stored, delivery, left)
                found = found or stored
        except DeliveryError as error:
            _logger.info("fetching from %s: %s", bearer.name, error)
            silence = error
        else:
            commit_step(self.env, partial(bearer._note_success, moved=bool(found)))
        commit_step(self.env, partial(self._note_left, bearer, left))
        if silence:
            return commit_step(self.env, partial(self._note_not_fetched, bearer, silence))
        return bearer._ask_again(self._transport_of(bearer).ask_seconds)

    @api.model
    def _acknowledge(self, acknowledge, stored, delivery, left):
        try:
            acknowledge(stored)
        except DeliveryError as error:
            if error.unreachable:
                raise
            left[delivery.message] = str(error)  # it comes again and is recognised

    @api.model
    def _leave(self, left, delivery):
        left[delivery.message] = self.env._("the program failed, the server's log says where")

    @api.model
    def _transport_of(self, bearer):
        return bearer if bearer._name == "vanban.transport" else bearer.transport_id

    @api.model
    def _note_not_fetched(self, bearer, error):
        """When to ask again; what waits to be sent keeps its own pause."""
        if not error.unreachable:
            if error.outage:
                bearer._note_trouble(str(error))
            else:
                bearer.write({"last_error": str(error)[:500]})
            return None
        bearer._note_failure(str(error), False)
        transport = self._transport_of(bearer)
        pause = delay(bearer.failures, transport.retry_base, transport.retry_cap, generator=secrets.SystemRandom())
        return fields.Datetime.now() + datetime.timedelta(seconds=pause)

    @api.model
    def _fetch_one(self, bearer, delivery, left):
        """Whether the packet is stored: False when it never will be, None when it stays at the other side; ``left`` then gets the reason."""
        missed = delivery if isinstance(delivery, Unfetched) else self._fetched(bearer, delivery)
        if missed and not missed.final:
            left[missed.message] = missed.reason
            return None
        if missed:
            self._note_refused(bearer, missed)
        self.env["ir.cron"]._commit_progress(1)
        return not missed

    @api.model
    def _note_refused(self, bearer, missed):
        """Gone from the queue for good: told each time."""
        error = self.env._(
            "A packet from “%(name)s” was not taken over (%(message)s): %(reason)s", name=bearer.name, message=missed.message, reason=missed.reason)
        self.env["vanban.log"]._log_refused("fetch_packet", error)
        bearer._tell_administrators(error)

    @api.model
    def _note_left(self, bearer, left):
        """What stays at the other side is shown while it does; the administrators hear of each packet once, not at every turn."""
        known, numbers = (bearer.left_behind or "").split("\n"), "\n".join(left)
        if numbers != (bearer.left_behind or ""):
            bearer.write({"left_behind": numbers or False})
        if not left:
            return
        error = self.env._(
            "Packets that could not be fetched from “%(name)s” stay there and are tried again: %(list)s", name=bearer.name,
            list="; ".join(f"{message} ({reason})" for message, reason in left.items()))[:500]
        if bearer.last_error != error:
            bearer.write({"last_error": error})
        if left.keys() - set(known):
            self.env["vanban.log"]._log_refused("fetch_packet", error)
            bearer._tell_administrators(error)

    @api.model
    def _note_unforeseen(self, bearer):
        """The administrator hears of it once, not at every turn in which it happens again."""
        error = self.env._(
            "The program failed while fetching packets (%(messages)s); they are tried again. Ask the administrator to look into the "
            "server's log.", messages="–")
        if bearer.last_error != error:
            bearer.write({"last_error": error})
            self.env["vanban.log"]._log_refused("fetch_packet", f"{bearer.name}: {error}")
            bearer._tell_administrators(f"{bearer.name}: {error}")

    @api.model
    def _asked(self):
        """(connection or axis, generator of what waits there) of everything that has to be asked."""
        limit = self._limits().packet_size
        for transport in self.env["vanban.transport"].search([("active", "=", True)]):
            driver = DRIVERS[transport.driver]
            if driver.of_transport:
                yield transport, partial(driver.collect, transport, limit, self._is_wanted)
            elif driver.fetch is not Driver.fetch:
                for peer in transport.peer_ids:
                    yield peer, peer._driver().fetch

    @api.model
    def _is_wanted(self, code):
        """A member of our hub that is cut off may be let in again: what the parent axis has for it waits there."""
        member = self.env["vanban.hub.member"]._by_code(code)
        return not member.blocked or bool(self.env["res.company"]._vanban_by_code(code))

    def _fetched(self, bearer, delivery):
        """Store what one connection or axis brought; nothing is parsed yet. Returns the :class:`Unfetched` when it cannot be."""
        company = self.env["res.company"]._vanban_by_code(delivery.recipient)
        if bearer._name == "vanban.transport" and not company and self.env["vanban.hub.member"]._by_code(delivery.recipient):
            return self._for_member(bearer, delivery)
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
            # It would come again at every turn.
            self.env["vanban.log"]._log("packet_too_large", data={"sender": delivery.sender, "message": delivery.message})
            return Unfetched(delivery.message, self.env._("the packet of %(sender)s is larger than allowed", sender=delivery.sender), final=True)
        return None

    @api.model
    def _for_member(self, axis, delivery):
        """What the parent axis brings for a member of our hub goes into the member's queue."""
        try:
            with open(delivery.path, "rb") as stream:
                self.env["vanban.hub.packet"]._accept(stream, delivery.sender, delivery.type, [delivery.recipient], axis=axis)
        except HubRefusal as refusal:
            return Unfetched(delivery.message, f"{delivery.sender} → {delivery.recipient}: {refusal}", final=refusal.code not in _LATER)
        return None
