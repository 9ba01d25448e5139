import { deserializeDate, deserializeDateTime, formatDate, formatDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { useAnswer } from "../answer/answer";

import { Component, useState } from "@odoo/owl";

/** One assignment with those under it. */
class CascadeNode extends Component {
    static template = "vanban_core.CascadeNode";
    static components = {};
    static props = { node: Object, onMove: Function };

    get deadline() {
        return this.props.node.deadline ? formatDate(deserializeDate(this.props.node.deadline)) : "";
    }

    get isOver() {
        return ["rejected", "stopped"].includes(this.props.node.state);
    }
}
CascadeNode.components = { CascadeNode };

/** Who was given the document by whom, level under level, with what was directed and reported. */
export class Cascade extends Component {
    static template = "vanban_core.Cascade";
    static components = { CascadeNode };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ nodes: [], directions: [] });
        this.answer = useAnswer({
            // assignments change without the document: read anew whenever the form is
            parts: (data) => [data.state, data.write_date, data.contribution_summary, data.my_assignment_state, data.assignment_ids?.currentIds],
            ask: (record) => this.ask(record),
            show: (answer) => Object.assign(this.state, answer || { nodes: [], directions: [] }),
        });
    }

    async ask(record) {
        const [nodes, directions] = await Promise.all([
            this.orm.call("vanban.document", "get_assignment_tree", [[record.resId]]),
            this.orm.call("vanban.document", "get_directions", [[record.resId]]),
        ]);
        return { nodes, directions };
    }

    when(direction) {
        return formatDateTime(deserializeDateTime(direction.date), { format: `${localization.dateFormat} HH:mm` });
    }

    move(node) {
        this.action.doAction("vanban_core.action_transfer", {
            additionalContext: { default_assignment_id: node.id },
            onClose: async () => {
                await this.props.record.load();
                await this.answer.again(this.props.record);
            },
        });
    }
}

registry.category("view_widgets").add("vanban_cascade", {
    component: Cascade,
    fieldDependencies: [
        { name: "state", type: "selection", readonly: true },
        { name: "write_date", type: "datetime", readonly: true },
        { name: "contribution_summary", type: "text", readonly: true },
        { name: "my_assignment_state", type: "char", readonly: true },
    ],
});
