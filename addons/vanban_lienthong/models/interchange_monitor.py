import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError

WAITING = ("queued", "error")
_ON_HUB, _LEFT_ON_HUB = ("initial", "processing", "forward"), ("dead",)


class InterchangeMonitor(models.AbstractModel):
    """What the monitoring page shows: counts and times, never the content of a packet, so administrators see it, too."""

    _name = "vanban.interchange.monitor"
    _description = "Monitoring of the interchange"

    @api.model
    def get_monitor(self):
        """Queues, errors by kind and connections of the user's agencies.

        :return: {"boxes": [{key, name, count, oldest (UTC text or False), bad, action}],
                  "errors": [{side, code, text, count}], "connections": [{model, id, name, way, health, contact, since, waiting, error}]}
        """
        user = self.env.user
        if not (user.has_group("vanban_core.group_admin") or user.has_group("vanban_core.group_clerk")):
            raise AccessError(self.env._("Only clerks and administrators watch the interchange."))
        companies = self.env.companies
        # safe: counts and times of the user's own agencies
        own = self.sudo().with_context(active_test=True)
        return {"boxes": own._boxes(companies), "errors": own._errors(companies), "connections": own._connections(companies)}

    def _boxes(self, companies):
        out, inbox = self.env["vanban.packet.out"], self.env["vanban.packet.in"]
        mine = ("company_id", "in", companies.ids)
        clerk = self.env.user.has_group("vanban_core.group_clerk")
        today = fields.Datetime.now() - datetime.timedelta(hours=24)
        rows = (
            ("out_waiting", self.env._("Waiting to be sent"), out, [mine, ("state", "in", WAITING)], "queued_date", False,
             "action_packet_out_failed"),
            ("out_dead", self.env._("Could not be sent"), out, [mine, ("state", "=", "dead")], "queued_date", True, "action_packet_out_failed"),
            ("out_silent", self.env._("Sent, arrival not confirmed"), out,
             [mine, ("state", "=", "sent"), ("type", "=", "document")], "sent_date", False, "action_packet_out"),
            ("in_unread", self.env._("Received, not read yet"), inbox, [mine, ("state", "=", "received")], "received_date", False,
             "action_packet_in"),
            ("in_held", self.env._("Held"), inbox, [mine, ("state", "=", "quarantined")], "received_date", True, "action_packet_in_held"),
            ("in_decision", self.env._("Requests to decide"), inbox, [mine, ("state", "=", "decision")], "received_date", False,
             "action_packet_in_decision"),
        )
        boxes = []
        for key, name, model, domain, date, bad, action in rows:
            [(count, oldest)] = model._read_group(domain, [], ["__count", f"{date}:min"])
            boxes.append({
                "key": key, "name": name, "count": count, "oldest": fields.Datetime.to_string(oldest) if oldest else False,
                "bad": bool(bad and count), "action": f"vanban_lienthong.{action}" if clerk else False,
            })
        boxes += self._hub_boxes()
        for key, name, model, domain in (
                ("out_day", self.env._("Sent in 24 hours"), out, [mine, ("type", "=", "document"), ("sent_date", ">=", today)]),
                ("in_day", self.env._("Received in 24 hours"), inbox, [mine, ("type", "!=", "status"), ("received_date", ">=", today)])):
            boxes.append({"key": key, "name": name, "count": model.search_count(domain), "oldest": False, "bad": False, "action": False})
        return boxes

    def _keeps_hub(self):
        """Whether the user sees a hub: an administrator, where this installation has members."""
        return self.env.user.has_group("vanban_core.group_admin") and bool(self.env["vanban.hub.member"].search_count([], limit=1))

    def _hub_boxes(self):
        if not self._keeps_hub():
            return []
        boxes = []
        for key, name, states, bad in (
                ("hub_waiting", self.env._("Waiting on the hub"), _ON_HUB, False),
                ("hub_failed", self.env._("Could not be handed on by the hub"), _LEFT_ON_HUB, True)):
            domain = [("state", "in", states)]
            if bad:  # one that nobody can mend any more must not shine for ever
                domain.append(("packet_id.has_content", "=", True))
            [(count, oldest)] = self.env["vanban.hub.delivery"]._read_group(domain, [], ["__count", "create_date:min"])
            boxes.append({
                "key": key, "name": name, "count": count, "oldest": fields.Datetime.to_string(oldest) if oldest else False,
                "bad": bool(bad and count), "action": "vanban_lienthong.action_hub_delivery"})
        return boxes

    def _members(self):
        """The members of the hub as connections: late or cut off is what needs a look."""
        if not self._keeps_hub():
            return []
        rows = []
        for member in self.env["vanban.hub.member"].search([]):  # pylint: disable=no-search-all
            error = self.env._("Cut off: %(reason)s", reason=member.blocked_reason or "–") if member.blocked else (
                self.env._("Packets are not fetched.") if member.is_late else False)
            health = "cut" if member.blocked else "late" if member.is_late else "ok" if member.last_contact else "unknown"
            rows.append({
                "model": member._name, "id": member.id, "name": member.name, "way": self.env._("Member of the hub"), "health": health,
                "waiting": member.waiting_count, "contact": fields.Datetime.to_string(member.last_contact) if member.last_contact else False,
                "since": False, "error": error})
        return rows

    def _errors(self, companies):
        """Open errors by their kind, most frequent first."""
        found = []
        for side, model, states, field, text in (
                ("out", "vanban.packet.out", ("error", "dead"), "error_code", "error"),
                ("in", "vanban.packet.in", ("quarantined",), "reason_code", "reason")):
            domain = [("company_id", "in", companies.ids), ("state", "in", states)]
            groups = self.env[model]._read_group(domain, [field], ["__count", "id:max"], order="__count desc", limit=20)
            examples = self.env[model].browse([latest for _code, _count, latest in groups])
            # The words of the latest stand for all; a held packet's words may quote it, so its first sentence must do.
            found += [
                {"side": side, "code": code or "–", "count": count, "text": (example[text] or "").split("\n")[0].split(". ")[0][:160]}
                for (code, count, _latest), example in zip(groups, examples, strict=True)
            ]
        return sorted(found, key=lambda row: -row["count"])

    def _connections(self, companies):
        peers = self.env["vanban.peer"].search([("company_id", "in", companies.ids)])
        direct = peers.filtered(lambda peer: not peer.transport_id.of_transport)
        axes = self.env["vanban.transport"].search([]).filtered(  # pylint: disable=no-search-all
            lambda axis: axis.of_transport and any(axis._serves(company) for company in companies))
        open_rows = self.env["vanban.packet.out"]._read_group(
            [("company_id", "in", companies.ids), ("state", "in", WAITING)], ["peer_id"], ["__count"])
        waiting = dict(open_rows)
        week = fields.Datetime.now() - datetime.timedelta(days=7)  # older contacts are none
        heard = dict(self.env["vanban.packet.in"]._read_group(
            [("peer_id", "in", direct.ids), ("received_date", ">=", week)], ["peer_id"], ["received_date:max"]))
        rows = [self._connection(peer, peer.transport_id.name, waiting.get(peer, 0), heard.get(peer)) for peer in direct]
        for axis in axes:
            count = sum(number for peer, number in open_rows if peer.transport_id == axis)
            rows.append(self._connection(axis, axis.url, count, None))
        rows += self._members()
        rank = {"failing": 0, "late": 1, "cut": 2, "unknown": 3, "ok": 4}
        return sorted(rows, key=lambda row: (rank[row["health"]], row["name"] or ""))

    def _connection(self, bearer, way, waiting, heard):
        contact = max(filter(None, (bearer.last_ok, heard)), default=None)
        return {
            "model": bearer._name, "id": bearer.id, "name": bearer.name, "way": way or "", "health": bearer.health, "waiting": waiting,
            "contact": fields.Datetime.to_string(contact) if contact else False,
            "since": fields.Datetime.to_string(bearer.failing_since) if bearer.failing_since else False,
            "error": bearer.last_error if bearer.failing_since else False,
        }
