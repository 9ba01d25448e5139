from dataclasses import dataclass
from types import MappingProxyType

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import ormcache

# Only code that holds this very object may write `state`; an RPC client can send equal values, never the identity.
STATE_TOKEN = object()
# Set while the course of one record moves another (a recalled document stops its assignments).
FLOW_TOKEN = object()


@dataclass(frozen=True)
class Transition:
    """One row of a state machine.

    :param name: key of the transition, unique within the model
    :param sources: states it may start from
    :param targets: states it may lead to (the caller chooses when there are several)
    :param who: name of a method on the record that returns True when the current user may do it;
        None means: only the server's own flow, never a person
    :param guard: name of a method that raises ``UserError`` when the move is not possible now
    :param effect: name of a method that runs after the state is written, in the same transaction
    :param comment: a comment is mandatory
    """

    name: str
    sources: tuple
    targets: tuple
    who: str | None = None
    guard: str | None = None
    effect: str | None = None
    comment: bool = False


class TransitionMixin(models.AbstractModel):
    """State machines as tables, and the one mechanism that runs them.

    A model lists its ``Transition`` rows in ``_transitions`` (collected over its whole class hierarchy, so that an
    extension adds its own) and calls ``_transition(name)``. Hooks: ``_initial_state(vals)``,
    ``_check_transition(transition, comment)``, ``_after_transition(transition, comment)``.
    """

    _name = "vanban.transition.mixin"
    _inherit = ["vanban.log.mixin"]
    _description = "Transition mechanism"
    _transitions = ()

    @api.model
    @ormcache("self._name")
    def _transition_table(self):
        """Return {name: Transition} of this model, to be read only; collected once, for a document has very many classes."""
        table = {}
        for klass in reversed(type(self).__mro__):
            for transition in klass.__dict__.get("_transitions", ()):
                table[transition.name] = transition
        return MappingProxyType(table)

    @api.model
    def default_get(self, fields_list):
        """Defaults that a client sends (``default_*``) or keeps (``ir.default``) reach neither the state nor the flow's own fields."""
        values = super().default_get(fields_list)
        for name in ({"state"} if self.env.su else self._flow_fields() | {"state"}) & values.keys():
            field = self._fields[name]
            if field.default:
                cached = field.convert_to_cache(field.default(self), self, validate=False)
                values[name] = field.convert_to_write(cached, self)
            else:
                del values[name]
        return values

    @api.model
    def _initial_state(self, vals):
        return self.default_get(["state"]).get("state")

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            initial = self._initial_state(vals)
            if vals.get("state", initial) != initial and self.env.context.get("vanban_state") is not STATE_TOKEN:
                self._log_refused("create", self.env._("A new record cannot start in state “%s”.", vals["state"]))
                raise AccessError(self._message_state_is_flow())
            vals["state"] = vals.get("state", initial)
            if not self.env.su:
                for name in self._flow_fields() & vals.keys():
                    del vals[name]  # clients echo defaults of read-only fields; only the flow may set them
        return super().create(vals_list)

    def write(self, vals):
        if "state" in vals and self.env.context.get("vanban_state") is not STATE_TOKEN:
            message = self._message_state_is_flow()
            self._log_refused("write_state", message)
            raise AccessError(message)
        if not self.env.su and (touched := self._flow_fields() & vals.keys()):
            message = self.env._(
                "%(fields)s: set by the processing steps only, not by hand.",
                fields=", ".join(sorted(self._fields[name]._description_string(self.env) for name in touched)),
            )
            self._log_refused("write_flow", message)
            raise AccessError(message)
        return super().write(vals)

    @api.model
    @ormcache("self._name")
    def _flow_fields(self):
        """Names of the stored read-only fields, computed ones too: the flow's own, whatever a client sends."""
        return frozenset(
            name for name, field in self._fields.items()
            if field.store and field.readonly and name != "state" and name not in models.MAGIC_COLUMNS
        )

    def _message_state_is_flow(self):
        return self.env._(
            "The status cannot be set by hand: it changes only through the processing steps. "
            "Use the buttons of the record (Register, Distribute, Sign, …)."
        )

    # ------------------------------------------------------------------ hooks

    def _check_transition(self, transition, comment):
        """Raise ``UserError`` to refuse; other addons extend."""

    def _after_transition(self, transition, comment):
        """Run in the same transaction after state, log and effect; other addons extend."""

    # -------------------------------------------------------------- mechanism

    def _may(self, name):
        """Whether the current user may do the transition from the present state (for buttons)."""
        self.ensure_one()
        transition = self._transition_table().get(name)
        return bool(transition and self.state in transition.sources and self._has_right(transition))

    def _has_right(self, transition):
        if self.env.context.get("vanban_flow") is FLOW_TOKEN or (self.env.su and self.env.uid == SUPERUSER_ID):
            return True
        return bool(transition.who and getattr(self, transition.who)())

    def _transition(self, name, target=None, comment=None, principal=None, values=None, data=None):
        """Run one declared transition on every record of ``self``.

        :param target: the state to reach, needed when the transition has several
        :param principal: ``res.users`` on whose behalf it is done
        :param values: written together with the state
        :param data: more details for the log row
        :raise UserError: not possible now, with what is wrong and what to do
        :raise AccessError: the user has no right to it
        """
        transition = self._transition_table()[name]
        target = target or transition.targets[0]
        if target not in transition.targets:
            raise ValueError(f"{self._name}: {name} cannot lead to {target}")
        comment = (comment or "").strip()
        for record in self:
            try:
                record._check_allowed(transition, comment)
            except (UserError, AccessError, ValidationError) as error:
                record._log_refused(name, str(error))
                raise
        sources = {record: record.state for record in self}
        # safe: right, source state and guards were checked just above; only `state` and the flow's own values are written
        self.sudo().with_context(vanban_state=STATE_TOKEN).write({**(values or {}), "state": target})
        for record, source in sources.items():
            record._log(name, comment=comment, principal=principal, data={**(data or {}), "from": source, "to": target})
        for record in self:
            if transition.effect:
                getattr(record, transition.effect)(comment)
        self._after_transition(transition, comment)
        return True

    def _flow(self, name, target=None, comment=None, values=None, data=None):
        """A move that follows from the course of another record, not from a person's own right."""
        return self.with_context(vanban_flow=FLOW_TOKEN)._transition(name, target, comment, values=values, data=data)

    def _check_allowed(self, transition, comment):
        self.ensure_one()
        if not self._has_right(transition):
            raise AccessError(
                self.env._(
                    "You (%(user)s) have no right to this step of “%(record)s”. "
                    "It belongs to the person to whom the record was assigned or who holds the role for it.",
                    user=self.env.user.name,
                    record=self.sudo().display_name,
                )
            )
        if self.state not in transition.sources:
            raise UserError(self._message_wrong_state(transition))
        if transition.comment and not comment:
            raise UserError(self.env._("Please write the reason: this step cannot be done without one."))
        self._check_transition(transition, comment)
        if transition.guard:
            getattr(self, transition.guard)()

    def _message_wrong_state(self, transition):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "“%(record)s” is in status “%(state)s”; this step is possible only from: %(sources)s.",
            record=self.display_name,
            state=labels.get(self.state, self.state),
            sources=", ".join(labels.get(source, source) for source in transition.sources),
        )
