import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { useAnswer } from "../answer/answer";
import { lengthOfTime } from "./length_of_time";

import { Component, useState } from "@odoo/owl";

// a stay of a minute in a course of weeks must still be seen (percent of the axis)
const NARROWEST = 1.5;

/** The course of a document as a picture: a lane for each holder, a bar for each stay. What the bars say is there as text, too. */
export class DocumentTimeline extends Component {
    static template = "vanban_core.DocumentTimeline";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ picture: null });
        this.legend = [
            { kind: "done", name: _t("Handled") },
            { kind: "side", name: _t("Asked or coordinating beside it") },
            { kind: "returned", name: _t("Returned") },
            { kind: "late", name: _t("After the deadline") },
        ];
        useAnswer({
            parts: (data) => [data.state, data.write_date],
            ask: (record) => this.orm.call("vanban.document", "get_timeline", [[record.resId]]),
            show: (picture) => (this.state.picture = picture),
        });
    }

    get kinds() {
        const present = new Set(this.state.picture.lanes.flatMap((lane) => lane.spans.map((span) => span.kind)));
        return this.legend.filter((one) => present.has(one.kind));
    }

    get total() {
        return _t("In all %s", lengthOfTime(this.state.picture.seconds));
    }

    length(seconds) {
        return lengthOfTime(seconds);
    }

    bar(span) {
        const width = Math.max(span.width, NARROWEST);
        return { x: `${Math.min(span.left, 100 - width)}%`, width: `${width}%` };
    }

    when(text) {
        return formatDateTime(deserializeDateTime(text), { format: `${localization.dateFormat} HH:mm` });
    }

    /** @returns {string} a mark of the axis: the hour within a day or two, else the day */
    mark(text) {
        const short = this.state.picture.seconds < 2 * 24 * 3600;
        return deserializeDateTime(text).toFormat(short ? "HH:mm" : "dd/MM");
    }

    /** @returns {string} everything a bar says, in words */
    words(span) {
        const parts = [span.label, span.end ? _t("%(from)s to %(to)s", { from: this.when(span.start), to: this.when(span.end) }) : _t("since %s", this.when(span.start)), lengthOfTime(span.seconds)];
        const kind = this.legend.find((one) => one.kind === span.kind);
        if (span.kind !== "done") {
            parts.push(kind.name.toLowerCase());
        }
        return parts.join(" · ");
    }
}

registry.category("view_widgets").add("vanban_timeline", {
    component: DocumentTimeline,
    fieldDependencies: [
        { name: "state", type: "selection", readonly: true },
        { name: "write_date", type: "datetime", readonly: true },
    ],
});
