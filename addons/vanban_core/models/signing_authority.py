from odoo import api, models
from odoo.exceptions import UserError

from ..tools import vietnam_time

HEADS = ("vanban_core.group_unit_head", "vanban_core.group_department_head", "vanban_core.group_office_chief")


class SigningAuthority(models.Model):
    """Who signs in which capacity has the post and the power for it (NĐ 30/2020 Đ.13): TM., Q., KT., TL. by the table of powers,
    TUQ. by a delegation in writing for a term.

    The check belongs to ``_check_signer``, which the flow asks at the submission and again before a signature is begun.
    """

    _inherit = "vanban.document"

    def _check_signer(self):
        super()._check_signer()
        if self.signer_capacity == "tuq":
            self._check_authorised()
        elif self.signer_capacity:
            self._check_capacity()
            self._check_power()

    # ---------------------------------------------------------- post, power

    def _check_capacity(self):
        """UserError when the signer may not sign in the capacity that is printed (SIGN-30)."""
        problem = self._capacity_problem()
        if problem:
            raise UserError(problem)

    def _capacity_problem(self):
        """Why the signer's post does not allow this capacity, or None."""
        self.ensure_one()
        signer = self.signer_id.sudo()  # safe: only the groups of the signer are looked at
        is_head = any(signer.has_group(group) for group in HEADS)
        is_leader = signer.has_group("vanban_core.group_leader")
        if self.signer_capacity == "kt" and not (is_leader or is_head):
            return self.env._(
                "%(name)s may not sign “KT.”: only a deputy of the head signs in his place. Choose another signer or capacity.",
                name=signer.name,
            )
        if self.signer_capacity == "tl" and not is_head:
            return self.env._(
                "%(name)s may not sign “TL.”: only the head of a unit signs by order. Choose another signer or capacity.",
                name=signer.name,
            )
        if self.signer_capacity == "tm" and not is_leader:
            return self.env._(
                "%(name)s may not sign “TM.”: only a leader signs on behalf of the collective. Choose another signer or capacity.",
                name=signer.name,
            )
        if self.signer_capacity == "q" and not (is_leader or is_head):
            return self.env._(
                "%(name)s may not sign “Q.”: only who was appointed acting head does. Choose another signer or capacity.", name=signer.name
            )
        return None

    def _powers(self):
        """Rows of the agency's table for the capacity, drafts left out."""
        return self.env["vanban.signing.power"].sudo().search([  # safe: who may sign is asked for the signer of this draft
            ("company_id", "=", self.company_id.id), ("capacity", "=", self.signer_capacity), ("state", "!=", "draft"),
        ])

    def _check_power(self):
        """Where the agency has a table for the capacity, the signer stands in it: kind, unit and term (NĐ 30/2020 Đ.13).

        An agency that never entered a row for a capacity goes by the posts alone.
        """
        powers = self._powers()
        if not powers:
            return
        signer = self.signer_id.sudo().name  # safe: the name is on the draft
        mark = dict(self._fields["signer_capacity"]._description_selection(self.env))[self.signer_capacity]
        own = powers.filtered(lambda row: row.user_id == self.signer_id)
        current = own._in_force(vietnam_time.today())
        fitting = current._covers(self)
        titles = {row.authority_title.strip().casefold() for row in fitting if row.authority_title}
        if fitting and (not self.authority_title or not titles or self.authority_title.strip().casefold() in titles):
            return
        if fitting:
            raise UserError(self.env._(
                "%(user)s signs %(mark)s only for: %(titles)s; the draft says “%(title)s”. Correct “Signs in place of” or choose another signer.",
                user=signer, mark=mark, titles=", ".join(sorted(filter(None, fitting.mapped("authority_title")))), title=self.authority_title,
            ))
        if current:
            raise UserError(self._message_power_elsewhere(current))
        ended = [
            (row.revoked_date.date() if row.state == "revoked" else row.date_to, row.document) for row in own
            if row.state == "revoked" and row.revoked_date or row.date_to and row.date_to < vietnam_time.today()
        ]
        if ended:
            date, paper = max(ended)
            raise UserError(self.env._(
                "The power of %(user)s to sign %(mark)s (%(paper)s) ended on %(date)s. Return the draft and choose another signer, "
                "or have a new power put in force.",
                user=signer, mark=mark, paper=paper, date=f"{date:%d/%m/%Y}",
            ))
        raise UserError(self.env._(
            "%(user)s does not stand in the agency's table of powers to sign %(mark)s. Choose another signer, "
            "or have the power put in force by a leader first.",
            user=signer, mark=mark,
        ))

    def _message_power_elsewhere(self, current):
        """:param current: powers of the signer that are in force and do not cover this draft"""
        return self.env._(
            "%(user)s may sign %(mark)s, but not “%(kind)s” of %(unit)s (%(paper)s). Choose another signer, or have the power extended.",
            user=self.signer_id.sudo().name,  # safe: the name is on the draft
            mark=dict(self._fields["signer_capacity"]._description_selection(self.env))[self.signer_capacity],
            kind=self.kind_id.name, unit=self.department_id.sudo().name or "–",  # safe: as above
            paper=", ".join(current.mapped("document")),
        )

    # ------------------------------------------------------------ what is printed

    @api.model
    def _derived(self, vals, company=None):
        """For whom is signed follows from the power: “KT. GIÁM ĐỐC” (NĐ 30/2020 PL I, II.7)."""
        derived = super()._derived(vals, company)
        if vals.keys() & {"signer_id", "signer_capacity"} and "authority_title" not in vals:
            company = company or self.company_id
            signer = self.env["res.users"].browse(vals.get("signer_id", self.signer_id.id))
            title = self._authority_title(company, signer, vals.get("signer_capacity", self.signer_capacity))
            if title:
                derived["authority_title"] = title
        return derived

    @api.model
    def _authority_title(self, company, signer, capacity):
        if not signer or not capacity:
            return False
        today = vietnam_time.today()
        if capacity == "tuq":
            found = self.env["vanban.delegation"]._in_force("signing", delegate=signer, company=company, date=today)
            head = found.principal_id[:1].sudo().with_company(company).employee_id  # safe: the printed title of a post
            return head.job_title or head.job_id.name
        powers = self.env["vanban.signing.power"].sudo().search([  # safe: the printed title of a post
            ("company_id", "=", company.id), ("capacity", "=", capacity), ("user_id", "=", signer.id), ("state", "=", "confirmed"),
        ])
        return powers._in_force(today)[:1].authority_title

    @api.onchange("signer_capacity")
    def _onchange_signer_capacity(self):
        if self.direction != "in" and self.signer_id:
            self.authority_title = self._authority_title(self.company_id, self.signer_id, self.signer_capacity) or False

    def _check_authorised(self):
        delegation = self.env["vanban.delegation"]
        found = delegation._in_force("signing", delegate=self.signer_id, company=self.company_id)
        # only the head's own power reaches the agency's documents; who was authorised does not authorise others
        found = found.filtered(lambda row: row.principal_id.has_group("vanban_core.group_leader"))
        if found.filtered(lambda row: not row.kind_ids or self.kind_id in row.kind_ids):
            return
        signer = self.signer_id.sudo().name  # safe: the name is on the draft
        if found:
            kinds = found.kind_ids.mapped("name")
            raise UserError(self.env._(
                "%(user)s is authorised to sign only: %(kinds)s. Choose another signer for “%(kind)s”, or have the authorisation extended.",
                user=signer, kinds=", ".join(kinds), kind=self.kind_id.name,
            ))
        last = delegation.sudo().search([  # safe: says only when an authorisation of the signer ended
            ("scope", "=", "signing"), ("delegate_id", "=", self.signer_id.id), ("company_id", "=", self.company_id.id),
            "|", ("state", "=", "revoked"), "&", ("state", "=", "confirmed"), ("date_to", "<", vietnam_time.today()),
        ], order="date_to desc, id desc", limit=1)
        if last:
            ended = last.revoked_date.date() if last.state == "revoked" and last.revoked_date else last.date_to
            raise UserError(self.env._(
                "The authorisation of %(user)s to sign (%(paper)s) ended on %(date)s. Return the draft and choose another signer, "
                "or have a new authorisation confirmed.",
                user=signer, paper=last.document, date=f"{ended:%d/%m/%Y}",
            ))
        raise UserError(self.env._(
            "%(user)s has no authorisation in force to sign with TUQ.: a leader confirms one under “Delegations” first, with its paper and term.",
            user=signer,
        ))
