import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { useAnswer } from "../answer/answer";

import { Component, onWillUnmount, useState } from "@odoo/owl";

const EVERY = 1500;

/** How far a document with many recipients has been sent; moves by itself and loads the form again at the end. */
export class DispatchBar extends Component {
    static template = "vanban_core.DispatchBar";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ running: false, total: 0, done: 0, failed: 0, percent: 0 });
        this.answer = useAnswer({
            parts: (data) => [data.dispatching],
            ask: (record) => this.ask(record),
            show: (dispatch, record) => this.show(dispatch, record),
        });
        onWillUnmount(() => clearTimeout(this.timer));
    }

    ask(record) {
        const wanted = record.data.dispatching || this.state.running;
        return wanted ? this.orm.silent.call("vanban.document", "get_dispatch", [[record.resId]]) : null;
    }

    async show(dispatch, record) {
        clearTimeout(this.timer);
        Object.assign(this.state, dispatch || { running: false });
        if (this.state.running) {
            this.timer = setTimeout(() => this.answer.again(record), EVERY);
        } else if (dispatch && record.data.dispatching && !record.dirty) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("vanban_dispatch", {
    component: DispatchBar,
    fieldDependencies: [{ name: "dispatching", type: "boolean", readonly: true }],
});
