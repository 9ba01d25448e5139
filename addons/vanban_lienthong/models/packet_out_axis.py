import datetime
import logging

from odoo import api, fields, models

from odoo.addons.vanban_core.models.language import in_vietnamese
from odoo.addons.vanban_core.models.transition_mixin import Transition

from ..drivers import DRIVERS, DeliveryError
from .concurrency import commit_step, keep_apart

_logger = logging.getLogger(__name__)
# A recipient that fetches regularly has confirmed by then; asked again once an hour, for a week.
_QUIET, _AGAIN, _DAYS = datetime.timedelta(minutes=15), datetime.timedelta(hours=1), datetime.timedelta(days=7)
_BATCH = 200


class PacketOutAxis(models.Model):
    """What an axis tells of packets that it took: still there, fetched, or lost on the way (getSentEdocList)."""

    _inherit = "vanban.packet.out"
    _transitions = (Transition("not_delivered", ("sent",), ("dead",)),)

    axis_state = fields.Selection(
        [("waiting", "On the axis, not fetched yet"), ("fetched", "Fetched by the recipient's system")], "Where it is", readonly=True, copy=False)
    axis_asked = fields.Datetime("Asked the axis on", readonly=True, copy=False)

    _to_ask = models.Index("(axis_asked NULLS FIRST, id) WHERE state = 'sent' AND type = 'document'")

    @api.model
    def _cron_ask_axis(self):
        """Ask for documents of which nothing was heard; who waits for them learns at once that one cannot arrive."""
        self = in_vietnamese(self)
        progress, silent = self.env["ir.cron"]._commit_progress, self.env["vanban.transport"]
        while rows := self._quiet_on_axis(silent):
            for transport, own in rows.grouped(lambda row: row.peer_id.transport_id).items():
                try:
                    told = DRIVERS[transport.driver].whereabouts(transport, set(own.mapped("remote_id")))
                except DeliveryError as error:
                    _logger.info("%s was not asked where packets are: %s", transport.name, error)
                    silent |= transport
                    continue
                keep_apart(transport, lambda: commit_step(self.env, lambda: own._note_whereabouts(told)),  # noqa: B023 - used at once
                           lambda: own.write({"axis_asked": fields.Datetime.now()}),  # noqa: B023 - used at once
                           "the answer of axis %s could not be noted")
            if not progress(len(rows)):
                return

    @api.model
    def _quiet_on_axis(self, silent):
        now = fields.Datetime.now()
        asked = [code for code, driver in DRIVERS.items() if driver.tells_whereabouts]
        return self.search([
            ("state", "=", "sent"), ("type", "=", "document"), ("remote_id", "!=", False), ("sent_date", "<", now - _QUIET),
            ("sent_date", ">", now - _DAYS), ("peer_id.transport_id.driver", "in", asked), ("peer_id.transport_id", "not in", silent.ids),
            "|", ("axis_asked", "=", False), ("axis_asked", "<", now - _AGAIN)], order="axis_asked NULLS FIRST, id", limit=_BATCH)

    def _note_whereabouts(self, told):
        """Keep what the axis told (:meth:`..drivers.axis.VxpDriver.whereabouts`)."""
        self.write({"axis_asked": fields.Datetime.now()})
        for row in self:
            one = next((one for one in told.get(row.remote_id, ()) if one.recipient == row.recipient_code.upper()), None)
            if one is None or row.state != "sent":
                continue
            if one.state == "failed":
                row._not_delivered(self.env._("The axis could not deliver it: %(words)s", words=one.words))
            elif row.axis_state != one.state:
                row.axis_state = one.state

    def _not_delivered(self, reason):
        self._flow("not_delivered", comment=reason, values={"error": reason[:500], "error_code": "axis_failed", "axis_state": False})
        self._tell_recipient("dead", reason[:200])
        self._alarm(self.env._("Could not be sent to %(agency)s: %(reason)s", agency=self.recipient_name, reason=reason))
