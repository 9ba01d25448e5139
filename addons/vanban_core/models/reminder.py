from collections import defaultdict

from odoo import api, fields, models

from ..tools import time_limits, vietnam_time, working_days
from .assignment import OPEN
from .language import in_vietnamese

_PEOPLE = 200
_NAMED = 10


class Reminder(models.Model):
    """Who was reminded of which deadline, how far it had come: once each, whatever happens to the job (WORK-09)."""

    _name = "vanban.reminder"
    _description = "Reminder of a deadline"
    _order = "id desc"
    _log_access = False
    _rec_name = "level"

    assignment_id = fields.Many2one("vanban.assignment", required=True, readonly=True, ondelete="cascade")
    document_id = fields.Many2one("vanban.document", required=True, readonly=True, ondelete="cascade", index=True)
    user_id = fields.Many2one("res.users", "Told", required=True, readonly=True, ondelete="cascade", index=True)
    level = fields.Selection(
        [("1", "Due soon"), ("2", "Due today"), ("3", "Late, head told"), ("4", "Late, leader told")], required=True, readonly=True
    )
    deadline = fields.Date(required=True, readonly=True)
    date = fields.Datetime("Told on", required=True, readonly=True, default=fields.Datetime.now)

    _once = models.UniqueIndex("(assignment_id, user_id, level, deadline)")

    # --------------------------------------------------------------------- job

    @api.model
    def _cron_remind(self):
        """Before, on the day, and after: one notice for each person and run, people in batches that are committed."""
        self = in_vietnamese(self)
        for company in self.env["res.company"].search([]):  # pylint: disable=no-search-all
            self._remind_company(company)

    @api.model
    def _remind_company(self, company, today=None):
        """:return: number of people told"""
        limits = self._limits(company, today or vietnam_time.today())
        items = self._due_items(company, limits)
        heads = items._heads_by_item()
        levels = {item: time_limits.reminder_level(item.deadline, *limits) for item in items}
        plan = defaultdict(list)
        for item, level in levels.items():
            for user in self._told(item, level, heads[item]):
                plan[user].append((item, level))
        people = sorted(plan, key=lambda user: user.id)
        for start in range(0, len(people), _PEOPLE):
            batch = people[start : start + _PEOPLE]
            self._remind_people({user: plan[user] for user in batch})
            self.env["ir.cron"]._commit_progress(len(batch))
        for level in set(levels.values()):
            # safe: the job notes how far it came
            items.filtered(lambda item, level=level: levels[item] == level).sudo().write({"reminder_level": level})
        self.env["ir.cron"]._commit_progress(0)
        return len(people)

    @api.model
    def _limits(self, company, today):
        """(before, today, after_head, after_leader) as dates, see ``time_limits.reminder_level``."""
        profile = company._vanban_profile()
        calendar = self.env["vanban.holiday"]._calendar(company.id)
        before = working_days.add(today, profile.remind_days, *calendar) if profile.remind_days else today
        return (
            before, today,
            working_days.back(today, profile.escalate_head_days, *calendar),
            working_days.back(today, profile.escalate_leader_days, *calendar),
        )

    @api.model
    def _due_items(self, company, limits):
        """Open assignments that reached a further level since the last run."""
        before, today, head, leader = limits
        items = self.env["vanban.assignment"].search_fetch([
            ("company_id", "=", company.id), ("state", "in", OPEN), ("role", "!=", "inform"), ("deadline", "<=", before),
            "|", "|", "|", ("reminder_level", "<", 1),
            "&", ("reminder_level", "<", 2), ("deadline", "<=", today),
            "&", ("reminder_level", "<", 3), ("deadline", "<=", head),
            "&", ("reminder_level", "<", 4), ("deadline", "<=", leader),
        ], ["deadline", "document_id", "user_id", "department_id", "assigner_id", "on_behalf_id"], order="deadline, id")
        return items

    @api.model
    def _told(self, item, level, heads):
        """The handler and the head always; the leader who distributed it when it is late enough."""
        users = item._handlers() | heads
        if level >= 4:
            users |= item.on_behalf_id or item.document_id.sudo().submitted_to_id or item.assigner_id  # safe: whom to tell
        return users.filtered("active")

    @api.model
    def _remind_people(self, plan):
        items = self.env["vanban.assignment"].union(*(item for rows in plan.values() for item, _level in rows))
        done = {
            (row.assignment_id.id, row.user_id.id, row.level, row.deadline)
            for row in self.search([("assignment_id", "in", items.ids), ("user_id", "in", [user.id for user in plan])])
        }
        notices, rows = [], []
        for user, pairs in plan.items():
            fresh = [(item, level) for item, level in pairs if (item.id, user.id, str(level), item.deadline) not in done]
            if not fresh:
                continue
            rows += [
                {"assignment_id": item.id, "document_id": item.document_id.id, "user_id": user.id, "level": str(level), "deadline": item.deadline}
                for item, level in fresh
            ]
            notices.append(self._notice_vals(user, fresh))
        self.create(rows)
        self.env["vanban.notice"]._send_many(notices)

    @api.model
    def _notice_vals(self, user, pairs):
        env = self.with_context(lang=user.lang or self.env.lang).env
        late = [item for item, level in pairs if level >= 3]
        today = [item for item, level in pairs if level == 2]
        soon = [item for item, level in pairs if level == 1]
        parts = [
            env._("%(count)s late", count=len(late)) if late else "",
            env._("%(count)s due today", count=len(today)) if today else "",
            env._("%(count)s due soon", count=len(soon)) if soon else "",
        ]
        readable = self.env["vanban.assignment"].browse([item.id for item, _level in pairs]).with_user(user)._filtered_access("read")
        lines = [
            f"{item.deadline:%d/%m/%Y} – {item.assignee_name}: {item.document_id.display_name}"
            for item in readable.sudo()[:_NAMED]  # safe: he may read them
        ]
        if len(pairs) > len(lines):
            lines.append(env._("and %(count)s more", count=len(pairs) - len(lines)))
        single = readable.document_id if len(pairs) == 1 and readable else self.env["vanban.document"]
        title = env._("Deadlines: %(parts)s", parts=", ".join(filter(None, parts)))
        return {
            "user_id": user.id, "kind": "deadline", "document_id": single.id,
            "action": False if single else "vanban_core.action_assignment_due",
            "title": f"{title}: {single.sudo().display_name}" if single else title,  # safe: he may read it
            "body": "\n".join(lines),
        }
