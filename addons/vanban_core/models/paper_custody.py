from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import vietnam_time
from .transition_mixin import Transition


class PaperCustody(models.Model):
    """Where the paper original of a document is and to whom it goes next; the electronic course never waits for it (TH Đ6.2)."""

    _inherit = "vanban.document"

    _transitions = (
        # a second record made for the paper of a document that is registered already (IN-37)
        Transition("attach_paper", ("received", "checking"), ("attached",), who="_is_registry"),
    )

    state = fields.Selection(selection_add=[("attached", "Attached to a registered document")], ondelete={"attached": "cascade"})
    paper_state = fields.Selection(
        [
            ("none", "No paper"), ("expected", "Paper expected"), ("held", "Paper at hand"), ("moving", "Being handed over"),
            ("dossier", "In the dossier"),
        ],
        "Paper original", required=True, default="none", readonly=True, copy=False,
    )  # fmt: skip
    paper_holder_id = fields.Many2one("res.users", "Holder of the paper", readonly=True, copy=False, ondelete="restrict", index="btree_not_null")
    paper_target_id = fields.Many2one("res.users", "Paper to be handed to", readonly=True, copy=False, ondelete="restrict")
    paper_since = fields.Datetime("Paper there since", readonly=True, copy=False)
    paper_move_ids = fields.One2many("vanban.paper.move", "document_id", "Way of the paper")
    paper_match_id = fields.Many2one("vanban.document", "Registered electronically", compute="_compute_paper_match_id")
    paper_match_number = fields.Integer("Number of the registered document", compute="_compute_paper_match_id", aggregator=None)
    may_hand_paper = fields.Boolean(compute="_compute_may_hand_paper")
    may_confirm_paper = fields.Boolean(compute="_compute_may_hand_paper")
    may_receive_paper = fields.Boolean(compute="_compute_may_hand_paper")

    # the clerk's list of papers to hand over; and the look-up of the record to which a paper belongs
    _paper_to_hand = models.Index("(paper_holder_id) WHERE paper_target_id IS NOT NULL")
    _paper_match = models.Index("(company_id, issue_date, code) WHERE direction = 'in' AND arrival_number > 0")

    # -------------------------------------------------------------------- arrival

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        arrived = documents.filtered(lambda document: document.direction == "in")
        arrived.filtered(lambda document: document.medium == "paper")._paper_arrives()
        expected = arrived.filtered(lambda document: document.medium == "both")
        if expected:
            expected._write_fixed({"paper_state": "expected"})
        return documents

    def write(self, vals):
        result = super().write(vals)
        if "medium" in vals:
            for document in self.filtered(lambda document: document.direction == "in" and document.state in ("received", "checking")):
                document._note_paper()
        return result

    def _note_paper(self):
        """A paper document lies with who received it; for an electronic one the paper is only announced."""
        if self.medium == "paper" and self.paper_state in ("none", "expected"):
            self._paper_arrives()
        elif self.medium == "both" and self.paper_state == "none":
            self._write_fixed({"paper_state": "expected"})
        elif self.medium == "electronic" and self.paper_state == "expected":
            self._write_fixed({"paper_state": "none"})

    def _paper_arrives(self, note=None):
        """The papers lie with the current user; one statement each, whatever their number."""
        if not self:
            return
        now, user = fields.Datetime.now(), self.env.user
        self.env["vanban.paper.move"].sudo().create([  # safe: the flow records who has the paper
            {
                "document_id": document.id, "kind": "arrival", "to_user_id": user.id, "handed_date": now, "received_date": now,
                "note": note or False,
            }
            for document in self
        ])
        self._write_fixed({"paper_state": "held", "paper_holder_id": user.id, "paper_since": now})

    def action_paper_arrived(self, note=None):
        """The paper of a registered document came later: no new number, on to who handles the document now (IN-37)."""
        for document in self:
            if not document._is_registry():
                message = self.env._("The paper is received by the clerk.")
                document._log_refused("paper_arrived", message)
                raise AccessError(message)
            if document.paper_state not in ("none", "expected"):
                raise UserError(self.env._(
                    "The paper of “%(document)s” is already here: it lies with %(holder)s.",
                    document=document.display_name, holder=document.paper_holder_id.sudo().name,  # safe: name of a colleague
                ))
            document._paper_arrives(note)
            if document.medium == "electronic":
                document._write_fixed({"medium": "both"})
            document._log("paper_arrived", comment=note)
            document._plan_paper()
        return True

    @api.depends("code", "issue_date", "issuer_id", "issuer_name", "state", "medium")
    def _compute_paper_match_id(self):
        for document in self:
            document.paper_match_id = match = document._find_paper_match()
            document.paper_match_number = match.arrival_number

    def _find_paper_match(self):
        """The registered document with the same issuer, number and date whose paper has not come yet."""
        arriving = self.direction == "in" and self.medium != "electronic" and self.state in ("received", "checking")
        if not arriving or not (self.code_number and self.issue_date):
            return self.browse()
        same = self.search([
            ("company_id", "=", self.company_id.id), ("direction", "=", "in"), ("arrival_number", ">", 0), ("code", "=", self.code),
            ("issue_date", "=", self.issue_date), ("paper_state", "in", ("none", "expected")), ("id", "!=", self._origin.id or 0),
            ("state", "not in", ("recalled", "attached")),
        ], limit=5)  # fmt: skip
        name = (self.issuer_name or "").strip().lower()
        return same.filtered(lambda other: (
            other.issuer_id == self.issuer_id if self.issuer_id and other.issuer_id else (other.issuer_name or "").strip().lower() == name
        ))[:1]

    def action_attach_paper(self):
        """Attach this paper to the document that is registered already; no number is taken.

        :return: action that opens the registered document
        """
        self.ensure_one()
        target = self._find_paper_match()
        if not target:
            raise UserError(self.env._("No registered document has the same issuer, number, symbol and date. Enter this one in the register."))
        self._link(target, "related")
        self._transition("attach_paper", comment=self.env._("Paper of arrival number %(number)s", number=target.arrival_number))
        self._pass_paper_to(target)
        return {
            "type": "ir.actions.act_window", "res_model": self._name, "res_id": target.id, "views": [(target.get_formview_id(), "form")],
        }

    def _pass_paper_to(self, target):
        """The scan goes along; the paper changes its record, not its holder."""
        for file in self.file_ids.filtered(lambda file: file.role == "main"):
            target._add_file(file.name, file._raw(), role="paper", stage="scan", original=True)
        self._write_fixed({"paper_state": "none", "paper_holder_id": False, "paper_target_id": False})
        target.action_paper_arrived(self.env._("Scanned with it: %(name)s", name=self.main_file_id.name or "–"))

    # ------------------------------------------------------------------ hand-over

    def _paper_receiver(self):
        """Who should have the paper now: the last person of the lead chain, for a unit its head (IN-35); coordinators never."""
        self.ensure_one()
        lead = self._lead_assignments().sudo().sorted("id").filtered(lambda item: not item.child_ids)[-1:]  # safe: names the colleague
        return (lead.user_id or lead.department_id.manager_id.user_id).sudo(False)

    def _plan_paper(self):
        """Tell the holder to pass the paper on, when somebody else handles the document."""
        for document in self.sudo():  # safe: to-do of the flow
            target = document._paper_receiver()
            if document.paper_state != "held" or not target or target == document.paper_holder_id or target == document.paper_target_id:
                continue
            document._write_fixed({"paper_target_id": target.id})
            document.activity_unlink(["vanban_core.activity_hand_paper"])
            document.activity_schedule(
                "vanban_core.activity_hand_paper", vietnam_time.today(), user_id=document.paper_holder_id.id,
                summary=self.env._("Hand the paper over to %(name)s", name=target.sudo().name), automated=True,  # safe: name of a colleague
            )

    @api.depends_context("uid")
    @api.depends("paper_state", "paper_holder_id", "paper_move_ids.state", "state")
    def _compute_may_hand_paper(self):
        moves = self.env["vanban.paper.move"].search([
            ("document_id", "in", self.ids), ("state", "=", "handed"), ("to_user_id", "=", self.env.uid)]).document_id
        for document in self:
            document.may_hand_paper = bool(document.id) and document.paper_state == "held" and document.paper_holder_id == self.env.user
            document.may_confirm_paper = document in moves
            document.may_receive_paper = bool(
                document.id and document.direction == "in" and document.arrival_number and document.paper_state in ("none", "expected")
                and document.state != "recalled" and document._is_registry()
            )

    def action_hand_paper(self, user_id=None, note=None):
        """Hand the paper to a person who handles the document (default: whom it is meant for), who then confirms the receipt."""
        for document in self:
            receiver = self.env["res.users"].browse(user_id) if user_id else document.paper_target_id
            try:
                document._check_hand_paper(receiver)
            except (AccessError, UserError) as error:
                document._log_refused("hand_paper", str(error))
                raise
            self.env["vanban.paper.move"].sudo().create({  # safe: the holder hands over what he has, checked above
                "document_id": document.id, "from_user_id": self.env.uid, "to_user_id": receiver.id, "note": note or False,
                "handed_date": fields.Datetime.now(),
            })
            document._write_fixed({"paper_state": "moving", "paper_target_id": False})
            document._log("hand_paper", comment=note, data={"to": receiver.sudo().name})  # safe: name of a colleague
            flow = document.sudo()  # safe: to-dos of the flow
            flow.activity_unlink(["vanban_core.activity_hand_paper"])
            flow.activity_schedule(
                "vanban_core.activity_receive_paper", vietnam_time.today(), user_id=receiver.id, automated=True,
                summary=self.env._("Confirm that you have the paper from %(name)s", name=self.env.user.name),
            )
        return True

    def _check_hand_paper(self, receiver):
        if self.paper_state != "held" or self.paper_holder_id != self.env.user:
            raise AccessError(self.env._(
                "The paper of “%(document)s” lies with %(holder)s: only who holds it hands it over.",
                document=self.display_name, holder=self.paper_holder_id.sudo().name or self.env._("nobody"),  # safe: name of a colleague
            ))
        if not receiver or receiver == self.env.user:
            raise UserError(self.env._("Choose to whom you hand the paper."))
        if not self.with_user(receiver).has_access("read"):
            raise UserError(self.env._(
                "%(person)s does not handle “%(document)s” and may not have its paper. Assign the document first.",
                person=receiver.sudo().name, document=self.display_name,  # safe: name of a colleague
            ))

    def action_confirm_paper(self):
        """Confirm the receipt of the paper that is on its way to the current user."""
        moves = self.env["vanban.paper.move"].search([
            ("document_id", "in", self.ids), ("state", "=", "handed"), ("to_user_id", "=", self.env.uid)])
        if not moves:
            raise UserError(self.env._("No paper of this document is on its way to you."))
        return moves.action_receive()

    def action_paper_to_dossier(self):
        """The paper lies in its dossier now, with who holds it."""
        for document in self:
            if document.paper_state != "held" or document.paper_holder_id != self.env.user or document.state not in ("done", "filed"):
                raise UserError(self.env._("The paper is put into the dossier by who holds it, once the document is completed."))
            now = fields.Datetime.now()
            self.env["vanban.paper.move"].sudo().create({  # safe: the holder records it
                "document_id": document.id, "kind": "dossier", "from_user_id": self.env.uid, "to_user_id": self.env.uid,
                "handed_date": now, "received_date": now,
            })
            document._write_fixed({"paper_state": "dossier", "paper_target_id": False, "paper_since": now})
            document._log("paper_to_dossier")
            document.sudo().activity_unlink(["vanban_core.activity_hand_paper"])  # safe: nothing is left to hand over
        return True

    def _paper_reached(self, user):
        for document in self:
            document._write_fixed({"paper_state": "held", "paper_holder_id": user.id, "paper_since": fields.Datetime.now()})
            document.sudo().activity_unlink(["vanban_core.activity_receive_paper"])  # safe: the receipt is confirmed
            document._plan_paper()

    def _paper_came_back(self, move, reason):
        self._write_fixed({"paper_state": "held"})
        flow = self.sudo()  # safe: to-dos of the flow
        flow.activity_unlink(["vanban_core.activity_receive_paper"])
        if move.state == "refused":
            flow.activity_schedule(
                "vanban_core.activity_hand_paper", vietnam_time.today(), user_id=flow.paper_holder_id.id, automated=True,
                summary=self.env._("%(name)s did not receive the paper: %(reason)s", name=self.env.user.name, reason=reason),
            )
        else:
            flow._plan_paper()


class AssignmentPaper(models.Model):
    _inherit = "vanban.assignment"

    def _announce(self):
        """A new lead gets the paper; coordinators work with the electronic copy (BĐ Đ4.1-B2; BG Đ9.2b)."""
        super()._announce()
        self.filtered(lambda item: item.role == "lead").document_id._plan_paper()
