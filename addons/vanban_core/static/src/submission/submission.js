import { deserializeDate, deserializeDateTime, formatDate, formatDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { useAnswer } from "../answer/answer";

import { Component, useState } from "@odoo/owl";

/** The submission before the person who decides: summary, proposals, opinions and related documents beside the draft. */
export class DocumentSubmission extends Component {
    static template = "vanban_core.DocumentSubmission";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ data: null });
        useAnswer({
            parts: (data) => [data.state, data.to_decide, data.write_date],
            ask: (record) => record.data.to_decide && this.orm.call("vanban.document", "get_submission", [[record.resId]]),
            show: (data) => (this.state.data = data || null),
        });
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
