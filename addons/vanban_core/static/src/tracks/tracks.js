import { _t } from "@web/core/l10n/translation";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { useAnswer } from "../answer/answer";
import { lengthOfTime } from "../timeline/length_of_time";

import { Component, useState } from "@odoo/owl";

/** Two paths side by side: who had the electronic document and who had its paper, since when, for how long. */
export class DocumentTracks extends Component {
    static template = "vanban_core.DocumentTracks";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ tracks: [] });
        useAnswer({
            parts: (data) => [data.state, data.paper_state, data.write_date],
            ask: (record) => this.orm.call("vanban.document", "get_tracks", [[record.resId]]),
            show: (paths) => (this.state.tracks = paths ? this.tracks(paths) : []),
        });
    }

    tracks(paths) {
        return [
            { key: "electronic", name: _t("Electronic document"), icon: "fa-desktop", mark: "", stations: paths.electronic },
            { key: "paper", name: _t("Paper original"), icon: "fa-file-text-o", mark: paths.paper_state, stations: paths.paper },
        ];
    }

    when(station) {
        return formatDateTime(deserializeDateTime(station.date), { format: `${localization.dateFormat} HH:mm` });
    }

    stay(station) {
        return lengthOfTime(station.seconds);
    }
}

registry.category("view_widgets").add("vanban_tracks", {
    component: DocumentTracks,
    fieldDependencies: [
        { name: "state", type: "selection", readonly: true },
        { name: "paper_state", type: "selection", readonly: true },
        { name: "write_date", type: "datetime", readonly: true },
    ],
});
