import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { useAnswer } from "../answer/answer";

import { Component, useState } from "@odoo/owl";

/**
 * Distribution beside the text: receivers with role and deadline each, the direction, and one button. Prefilled with the
 * proposal; untouched, the button accepts it. Also used by heads who assign within their unit.
 */
export class Distribution extends Component {
    static template = "vanban_core.Distribution";
    static components = { DateTimeInput };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ data: false, lines: [], text: "", query: "", found: [], touched: false, reason: "", busy: false });
        this.searchLater = useDebounced(() => this.search(), 250);
        this.answer = useAnswer({
            parts: (data) => [data.state, data.write_date, data.next_action, data.my_assignment_id?.id, data.my_assignment_step],
            ask: (record) => this.ask(record),
            show: (distribution) => this.show(distribution),
        });
    }

    get roles() {
        return [
            { key: "lead", label: _t("Lead") },
            { key: "coordinate", label: _t("Coordinate") },
            { key: "inform", label: _t("Inform") },
        ].filter((role) => role.key !== "lead" || this.state.data.with_lead);
    }

    ask(record) {
        const wanted = record.data.next_action === "distribute" || record.data.my_assignment_step === "assign";
        return wanted ? this.orm.call("vanban.document", "get_distribution", [[record.resId]]) : false;
    }

    show(distribution) {
        Object.assign(this.state, {
            data: distribution || false,
            lines: distribution ? distribution.lines.map((line) => ({ ...line })) : [],
            text: distribution ? distribution.direction_text : "",
            query: "",
            found: [],
            touched: false,
            reason: "",
        });
    }

    // ---------------------------------------------------------- receivers

    same(one, other) {
        return one.kind === other.kind && one.id === other.id;
    }

    isChosen(receiver) {
        return this.state.lines.some((line) => this.same(line, receiver));
    }

    get offered() {
        return this.state.data.suggestions.filter((receiver) => !this.isChosen(receiver));
    }

    add(receiver) {
        if (!this.isChosen(receiver)) {
            const hasLead = this.state.lines.some((line) => line.role === "lead");
            const role = this.state.data.with_lead && !hasLead ? "lead" : "coordinate";
            this.state.lines.push({ ...receiver, role, deadline: this.state.data.deadline });
        }
        this.touch();
        this.state.query = "";
        this.state.found = [];
    }

    remove(line) {
        this.state.lines = this.state.lines.filter((other) => other !== line);
        this.touch();
    }

    /** A second lead takes the place of the first, who then coordinates: there is always one at most. */
    setRole(line, role) {
        if (role === "lead") {
            for (const other of this.state.lines) {
                if (other.role === "lead") {
                    other.role = "coordinate";
                }
            }
        }
        line.role = role;
        this.touch();
    }

    date(line) {
        return line.deadline ? deserializeDate(line.deadline) : false;
    }

    setDeadline(line, value) {
        const deadline = value ? serializeDate(value) : "";
        if (deadline !== line.deadline) {
            line.deadline = deadline;
            this.touch();
        }
    }

    setText(ev) {
        this.state.text = ev.target.value;
        this.touch();
    }

    touch() {
        this.state.touched = true;
    }

    onQuery(ev) {
        this.state.query = ev.target.value;
        this.searchLater();
    }

    async search() {
        const query = this.state.query.trim();
        if (!query) {
            this.state.found = [];
            return;
        }
        const found = await this.orm.call("vanban.document", "search_receivers", [
            [this.props.record.resId],
            query,
            this.state.data.assignment_id,
        ]);
        if (query === this.state.query.trim()) {
            this.state.found = found.filter((receiver) => !this.isChosen(receiver));
        }
    }

    onQueryKey(ev) {
        if (ev.key === "Enter" && this.state.found.length) {
            ev.preventDefault();
            this.add(this.state.found[0]);
        }
    }

    // ------------------------------------------------------------- decide

    get accepts() {
        return this.state.data.mode === "decide" && this.state.data.proposed && !this.state.touched;
    }

    get label() {
        if (this.accepts) {
            return _t("Agree with the proposal");
        }
        return this.state.data.mode === "assign" ? _t("Assign in the unit") : _t("Distribute");
    }

    get isLater() {
        const limit = this.state.data.parent_deadline;
        return Boolean(limit) && this.state.lines.some((line) => line.role !== "inform" && line.deadline > limit);
    }

    get trouble() {
        if (!this.state.lines.length) {
            return _t("Choose who receives the document.");
        }
        if (this.state.data.with_lead && !this.state.lines.some((line) => line.role === "lead")) {
            return _t("Name exactly one lead.");
        }
        if (this.isLater && !this.state.reason.trim()) {
            return _t("Write why a deadline lies after the one you were given.");
        }
        return "";
    }

    get lines() {
        return this.state.lines.map((line) => ({
            role: line.role,
            [line.kind === "user" ? "user_id" : "department_id"]: line.id,
            deadline: line.role === "inform" ? null : line.deadline || null,
            note: null,
            override_reason: this.state.reason.trim() || null,
        }));
    }

    async apply() {
        if (this.trouble) {
            this.notification.add(this.trouble, { type: "warning" });
            return;
        }
        this.state.busy = true;
        try {
            const id = this.props.record.resId;
            const text = this.state.text.trim() || null;
            if (this.accepts) {
                await this.orm.call("vanban.document", "action_accept_proposal", [[id]]);
            } else if (this.state.data.mode === "assign") {
                await this.orm.call("vanban.assignment", "action_assign", [[this.state.data.assignment_id], this.lines, text]);
            } else {
                await this.orm.call("vanban.document", "action_distribute", [[id], this.lines, text]);
            }
            await this.props.record.load();
            // The record is the same object: nothing would tell this component that it changed.
            await this.answer.load(this.props.record);
        } finally {
            this.state.busy = false;
        }
    }
}

registry.category("view_widgets").add("vanban_distribution", {
    component: Distribution,
    fieldDependencies: [
        { name: "state", type: "selection", readonly: true },
        { name: "write_date", type: "datetime", readonly: true },
        { name: "next_action", type: "char", readonly: true },
        { name: "my_assignment_id", type: "many2one", relation: "vanban.assignment", readonly: true },
        { name: "my_assignment_step", type: "char", readonly: true },
    ],
});
