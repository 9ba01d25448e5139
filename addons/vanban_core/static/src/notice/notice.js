import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

import { Component, reactive, useState } from "@odoo/owl";

/** Live notices: a short message with a link as they happen, and the number of those not read yet. */
const noticeService = {
    dependencies: ["bus_service", "notification", "orm", "action"],

    start(env, { bus_service: bus, notification, orm, action }) {
        const state = reactive({ unread: 0 });
        let close = () => {};

        async function open(id) {
            const next = id ? await orm.call("vanban.notice", "action_open", [[id]]) : "vanban_core.action_notice";
            await action.doAction(next === true ? "vanban_core.action_notice" : next);
        }

        bus.subscribe("vanban.notice", (payload) => {
            state.unread += payload.unread;
            // one at a time: a burst must not cover the page; all of them stand behind the bell
            close();
            close = notification.add(payload.title, {
                type: payload.kind === "alert" || payload.kind === "chase" ? "warning" : "info",
                className: "o_vanban_notice",
                buttons: [
                    {
                        name: _t("Open"),
                        primary: true,
                        onClick: () => {
                            close();
                            open(payload.id);
                        },
                    },
                ],
            });
            env.bus.trigger("VANBAN:RELOAD_DESK");
        });
        bus.subscribe("vanban.notice.read", (payload) => {
            state.unread = payload.unread;
        });
        bus.start();
        orm.silent.call("vanban.notice", "get_unread", []).then(
            (unread) => (state.unread = unread),
            () => {} // people without a role in the agency have no notices
        );
        return { state, open };
    },
};

export class NoticeSystray extends Component {
    static template = "vanban_core.NoticeSystray";
    static props = {};

    setup() {
        this.notices = useService("vanban_notice");
        this.state = useState(this.notices.state);
    }

    get label() {
        return this.state.unread ? _t("%s notices not read", this.state.unread) : _t("Notices");
    }

    get count() {
        return this.state.unread > 99 ? "99+" : String(this.state.unread);
    }
}

registry.category("services").add("vanban_notice", noticeService);
registry.category("systray").add("vanban_core.notices", { Component: NoticeSystray }, { sequence: 24 });
