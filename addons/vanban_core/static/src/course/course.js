import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { useAnswer } from "../answer/answer";
import { lengthOfTime } from "../timeline/length_of_time";

import { Component, useState } from "@odoo/owl";

/** The course of a document: who did which step, when, and how long the document then stayed there. */
export class DocumentCourse extends Component {
    static template = "vanban_core.DocumentCourse";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ steps: null });
        useAnswer({
            parts: (data) => [data.state, data.write_date],
            ask: (record) => this.orm.call("vanban.document", "get_course", [[record.resId]]),
            show: (steps) => (this.state.steps = steps),
        });
    }

    when(step) {
        return formatDateTime(deserializeDateTime(step.date), { format: `${localization.dateFormat} HH:mm` });
    }

    stay(step) {
        return lengthOfTime(step.seconds);
    }
}

registry.category("view_widgets").add("vanban_course", {
    component: DocumentCourse,
    fieldDependencies: [
        { name: "state", type: "selection", readonly: true },
        { name: "write_date", type: "datetime", readonly: true },
    ],
});
