import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useBus, useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart, useState } from "@odoo/owl";

const SHOWN = 8;

/** The first page of everybody: the person's own boxes with how many wait, how many are late, and since when. */
export class WorkDesk extends Component {
    static template = "vanban_core.WorkDesk";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static path = "ban-lam-viec";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ groups: [], pending: [], pendingCount: 0, all: false });
        this.userName = user.name;
        this.display = {};
        this.env.config.setDisplayName(_t("Work desk"));
        onWillStart(() => this.load());
        useBus(this.env.bus, "VANBAN:RELOAD_DESK", () => this.load());
    }

    async load() {
        const [groups, pending] = await Promise.all([
            this.orm.call("vanban.work.box", "get_boxes", []),
            this.orm.call("vanban.work.box", "get_pending", []),
        ]);
        Object.assign(this.state, { groups, pending: pending.items, pendingCount: pending.count });
    }

    /** The first few, all of them when asked for. */
    get pending() {
        return this.state.all ? this.state.pending : this.state.pending.slice(0, SHOWN);
    }

    get hidden() {
        return this.state.pending.length - this.pending.length;
    }

    get moreLabel() {
        return _t("Show %s more", this.hidden);
    }

    due(item) {
        return item.deadline ? item.deadline.split("-").reverse().join("/") : "";
    }

    async openItem(item) {
        const action = await this.orm.call("vanban.work.box", "get_pending_action", [item.model, item.id]);
        return this.action.doAction(action);
    }

    get greeting() {
        return _t("Work of %s", this.userName);
    }

    get isEmpty() {
        return !this.state.pendingCount && this.state.groups.every((group) => group.boxes.every((box) => !box.count));
    }

    age(box) {
        return box.oldest_days ? _t("oldest: %s days", box.oldest_days) : _t("oldest: today");
    }

    open(box) {
        return this.action.doAction(box.action);
    }
}

registry.category("actions").add("vanban_core.desk", WorkDesk);
