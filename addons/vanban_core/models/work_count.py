from dataclasses import dataclass

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from ..tools import vietnam_time

# counted exactly up to here; "999+" says enough about a box that nobody overlooks any more
MOST = 999


@dataclass(frozen=True)
class Counted:
    """What a box shows; ``count`` and ``late`` stop at ``MOST`` + 1, the age is always that of the oldest row."""

    name: str
    count: int
    late: int
    oldest_days: int

    @staticmethod
    def text(number):
        return f"{MOST}+" if number > MOST else str(number)


class WorkCount(models.AbstractModel):
    """How many rows wait in each box, how many are late, since when: one statement per model, none of it without bound (UI-07)."""

    _inherit = "vanban.work.box"

    @api.model
    def _counted(self, boxes):
        """``{box key: Counted}`` of the boxes whose model the user may read."""
        actions = {box.key: action for box in boxes if (action := self.env.ref(box.action, raise_if_not_found=False))}
        # safe: name, model and domain of menu actions
        self.env["ir.actions.act_window"].sudo().union(*actions.values()).fetch(["name", "res_model", "domain"])
        by_model = {}
        for box in boxes:
            if box.key in actions:
                by_model.setdefault(actions[box.key].sudo().res_model, []).append(box)  # safe: as above
        found = {}
        for name, own in by_model.items():
            if self.env[name].has_access("read"):
                found |= self._counted_of(self.env[name], {box: actions[box.key].sudo() for box in own})  # safe: as above
        return found

    @api.model
    def _counted_of(self, model, actions):
        """:param actions: {box: its action}, all on ``model``"""
        today = vietnam_time.today()
        domains = {box: Domain(safe_eval(action.domain or "[]", {"uid": self.env.uid})) for box, action in actions.items()}
        rows = self.env.execute_query(SQL(" UNION ALL ").join(
            self._count_sql(model, box, domain, today) for box, domain in domains.items()
        ))
        numbers = {key: row for key, *row in rows}
        found = {}
        for box, action in actions.items():
            count, late, oldest = numbers[box.key]
            if box.late:
                late = count
            elif box.deadline and count > MOST:
                # the oldest rows, which were looked at, are not always the late ones
                late = model.search_count(domains[box] & Domain(box.deadline, "<", today), limit=MOST + 1)
            if oldest:
                day = oldest.date() if model._fields[self._since(model, box)].type == "date" else vietnam_time.to_local(oldest).date()
            found[box.key] = Counted(action.name, count, late, max(0, (today - day).days) if oldest else 0)
        return found

    @api.model
    def _since(self, model, box):
        return box.since if box.since in model._fields else "create_date"

    @api.model
    def _count_sql(self, model, box, domain, today):
        """Row of one box: its rows are taken from the oldest on, so that the age is right however many there are."""
        query = model._search(domain)
        since = model._field_to_sql(model._table, self._since(model, box), query)
        late = SQL("FALSE")
        if box.deadline:
            late = SQL("%s < %s", model._field_to_sql(model._table, box.deadline, query), today)
        query.order = since
        query.limit = MOST + 1
        return SQL(
            "SELECT %s, COUNT(*), COUNT(*) FILTER (WHERE waiting.late), MIN(waiting.since)::timestamp FROM (%s) AS waiting",
            box.key, query.select(SQL("%s AS since", since), SQL("%s AS late", late)),
        )
