import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

import { Component, onMounted, onWillUnmount, xml } from "@odoo/owl";

const EVERY = 10_000;

/** Reads the open form again when the deliveries of its document have moved, unless somebody is typing in it. */
export class DeliveriesWatch extends Component {
    static template = xml``;
    static props = ["*"];

    setup() {
        this.orm = useService("orm");
        let timer;
        onMounted(() => {
            // a reading that fails is tried again with the next one
            timer = setInterval(() => this.look().catch(() => {}), EVERY);
            this.look().catch(() => {});
        });
        onWillUnmount(() => clearInterval(timer));
    }

    get documentId() {
        const record = this.props.record;
        return record.resModel === "vanban.document" ? record.resId : record.data.document_id?.id;
    }

    async look() {
        const id = this.documentId;
        if (!id || document.visibilityState === "hidden") {
            return;
        }
        const rows = await this.orm.silent.searchRead(
            "vanban.packet.out", [["document_id", "=", id], ["type", "=", "document"]], ["state", "state_date", "late"], { order: "id" });
        const seen = JSON.stringify(rows);
        const moved = this.seen && this.seen.id === id && this.seen.text !== seen;
        const root = this.props.record.model.root;
        if (moved && id === this.documentId && !(await root.isDirty())) {
            await root.load();
        }
        this.seen = { id, text: seen };
    }
}

registry.category("view_widgets").add("vanban_deliveries_watch", { component: DeliveriesWatch });
