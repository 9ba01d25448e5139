import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, onWillStart, onWillUnmount, onWillUpdateProps, useState } from "@odoo/owl";

const EVERY = 1500;

/** How far a document with many recipients has been sent; moves by itself and loads the form again at the end. */
export class DispatchBar extends Component {
    static template = "vanban_core.DispatchBar";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ running: false, total: 0, done: 0, failed: 0, percent: 0 });
        onWillStart(() => this.load(this.props.record));
        onWillUpdateProps((nextProps) => this.load(nextProps.record));
        onWillUnmount(() => clearTimeout(this.timer));
    }

    async load(record) {
        clearTimeout(this.timer);
        const ran = this.state.running && this.shown === record.resId;
        this.shown = record.resId;
        if (!record.resId || !(record.data.dispatching || ran)) {
            this.state.running = false;
            return;
        }
        Object.assign(this.state, await this.orm.silent.call("vanban.document", "get_dispatch", [[record.resId]]));
        if (this.state.running) {
            this.timer = setTimeout(() => this.load(record), EVERY);
        } else if (record.data.dispatching && !record.dirty) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("vanban_dispatch", {
    component: DispatchBar,
    fieldDependencies: [{ name: "dispatching", type: "boolean", readonly: true }],
});
