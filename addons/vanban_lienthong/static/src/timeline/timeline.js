import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

const ICONS = { done: "fa-check-circle text-success", next: "fa-circle-o text-muted", bad: "fa-times-circle text-danger", late: "fa-clock-o text-warning" };

/** The course of a packet at one recipient, step by step with its times. */
export class Timeline extends Component {
    static template = "vanban_lienthong.Timeline";
    static props = { ...standardFieldProps };

    get steps() {
        return (this.props.record.data[this.props.name] || []).map((step, index) => ({
            ...step,
            id: index,
            icon: ICONS[step.kind],
            time: step.date ? deserializeDateTime(step.date).toFormat("HH:mm dd/MM") : "",
        }));
    }
}

registry.category("fields").add("vanban_timeline", {
    component: Timeline,
    displayName: _t("Course of a packet"),
    supportedTypes: ["json"],
});
