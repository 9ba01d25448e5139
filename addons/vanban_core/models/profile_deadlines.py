from odoo import fields, models
from odoo.tools import ormcache


class ProfileDeadlines(models.Model):
    """When to remind, when to go one level up, and what counts as late (P-13 … P-16, P-41; BHXH Đ8.1c)."""

    _inherit = "vanban.profile"

    workday_end = fields.Float("End of the working day", default=17.0, required=True)
    urgent_minutes = fields.Integer(
        "Urgent: minutes for one step", default=60, help="An urgent document that stays longer in one step raises an alert. 0: never."
    )
    remind_days = fields.Integer("Remind before the deadline (working days)", default=3, help="0: only on the day itself.")
    escalate_head_days = fields.Integer("Tell the head after (working days late)", default=1)
    escalate_leader_days = fields.Integer("Tell the leader after (working days late)", default=3)
    arrival_hours = fields.Integer(
        "Not arrived after (hours)", default=24,
        help="Issued documents without receipt for so long are listed for the clerk. Urgent ones: the minutes above.",
    )
    notice_mail = fields.Boolean("Notices by e-mail, too", help="Everybody may switch it off or on for himself.")

    _reminders_positive = models.Constraint(
        "CHECK(urgent_minutes >= 0 AND remind_days >= 0 AND escalate_head_days > 0 AND escalate_leader_days >= escalate_head_days"
        " AND arrival_hours > 0 AND workday_end > 0 AND workday_end < 24)",
        "Days, hours and minutes of the reminders cannot be negative; the leader is told after the head.",
    )

    @ormcache("self.id")
    def _arrival_times(self):
        """(minutes for an urgent step, rule of registration, end of the day for arrivals, end of the working day).

        Asked at every document that arrives: kept until a profile changes.
        """
        return self.urgent_minutes, self.register_sla, self.register_cutoff, self.workday_end
