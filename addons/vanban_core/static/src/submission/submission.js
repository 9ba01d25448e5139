import { deserializeDate, deserializeDateTime, formatDate, formatDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, useState } from "@odoo/owl";

/** The submission before the person who decides: summary, proposals, opinions and related documents beside the draft. */
export class DocumentSubmission extends Component {
    static template = "vanban_core.DocumentSubmission";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ data: null });
        useRecordObserver((record) => this.load(record));
    }

    async load(record) {
        const key = `${record.resId}:${record.data.state}:${record.data.to_decide}:${record.data.write_date || ""}`;
        if (key === this.key) {
            return;
        }
        this.key = key;
        if (this.shown !== record.resId) {
            this.state.data = null; // never beside the decision on another document
            this.shown = record.resId;
        }
        const wanted = record.resId && record.data.to_decide;
        try {
            const data = wanted ? await this.orm.call("vanban.document", "get_submission", [[record.resId]]) : null;
            if (key === this.key) {
                this.state.data = data; // else the reader went on to another document meanwhile
            }
        } catch (error) {
            this.key = null;
            throw error;
        }
    }

    when(text) {
        return formatDateTime(deserializeDateTime(text), { format: `${localization.dateFormat} HH:mm` });
    }

    day(text) {
        return formatDate(deserializeDate(text));
    }

    async open(related) {
        const action = await this.orm.call("vanban.document", "get_formview_action", [[related.id]]);
        this.action.doAction(action);
    }
}

registry.category("view_widgets").add("vanban_submission", {
    component: DocumentSubmission,
    fieldDependencies: [
        { name: "state", type: "selection", readonly: true },
        { name: "to_decide", type: "boolean", readonly: true },
        { name: "write_date", type: "datetime", readonly: true },
    ],
});
