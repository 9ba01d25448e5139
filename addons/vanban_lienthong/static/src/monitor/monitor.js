import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onMounted, onWillStart, onWillUnmount, useState } from "@odoo/owl";

const EVERY = 30_000;

/** Queues, errors by kind and connections of the agency, read again every half minute. */
export class InterchangeMonitor extends Component {
    static template = "vanban_lienthong.Monitor";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static path = "lien-thong-giam-sat";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ boxes: [], errors: [], connections: [], read: "" });
        this.display = {};
        this.health = { ok: _t("Connected"), failing: _t("Not reachable"), unknown: _t("Not used yet"), late: _t("Late"), cut: _t("Has been cut off") };
        this.sides = { in: _t("Received"), out: _t("To send") };
        this.env.config.setDisplayName(_t("Monitoring of the interchange"));
        onWillStart(() => this.load());
        let timer;
        // a reading that fails is tried again with the next one
        onMounted(() => (timer = setInterval(() => this.load().catch(() => {}), EVERY)));
        onWillUnmount(() => clearInterval(timer));
    }

    async load() {
        const found = await this.orm.silent.call("vanban.interchange.monitor", "get_monitor", []);
        Object.assign(this.state, found, { read: luxon.DateTime.now().toFormat("HH:mm:ss") });
    }

    time(text) {
        return text ? deserializeDateTime(text).toFormat("HH:mm dd/MM/yyyy") : "–";
    }

    get failing() {
        return this.state.connections.filter((row) => row.health === "failing");
    }

    get isCalm() {
        return this.state.connections.every((row) => !["failing", "late"].includes(row.health)) && this.state.boxes.every((box) => !box.bad);
    }

    open(box) {
        return box.action && this.action.doAction(box.action);
    }

    openConnection(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: row.model,
            res_id: row.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("vanban_lienthong.monitor", InterchangeMonitor);
