import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";

const POLL = 1500;
const AT_ONCE = 2;

/** Drop a folder or choose files; they are sent one by one, and each says for itself whether it was taken in. */
export class ScanImport extends Component {
    static template = "vanban_core.ScanImport";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.files = useRef("files");
        this.folder = useRef("folder");
        this.state = useState({ sending: 0, sent: 0, total: 0, problems: [], progress: false });
        this.queue = [];
        onWillStart(() => this.refresh());
        onWillUnmount(() => clearTimeout(this.timer));
    }

    get record() {
        return this.props.record;
    }

    async refresh() {
        clearTimeout(this.timer);
        if (!this.record.resId) {
            return;
        }
        this.state.progress = await this.orm.silent.call("vanban.import.batch", "get_progress", [[this.record.resId]]);
        if (this.state.progress.waiting || this.state.sending) {
            this.timer = setTimeout(() => this.refresh(), POLL);
        } else if (this.watched) {
            this.watched = false;
            await this.record.load();
        }
    }

    get percent() {
        const progress = this.state.progress;
        const total = Math.max(this.state.total, progress.waiting + progress.done + progress.failed);
        return total ? Math.round((100 * (progress.done + progress.failed)) / total) : 0;
    }

    label(item) {
        return { waiting: _t("Waiting"), done: _t("Taken in"), failed: _t("Failed") }[item.state];
    }

    onChosen(ev) {
        const files = [...ev.target.files];
        ev.target.value = "";
        return this.send(files);
    }

    async onDrop(ev) {
        const entries = [...ev.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
        const files = entries.length ? (await Promise.all(entries.map((entry) => this.filesOf(entry)))).flat() : [...ev.dataTransfer.files];
        return this.send(files);
    }

    /** All files below a dropped file or folder. */
    async filesOf(entry) {
        if (entry.isFile) {
            return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
        }
        const reader = entry.createReader();
        const found = [];
        let part;
        do {
            part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
            found.push(...part);
        } while (part.length);
        return (await Promise.all(found.map((child) => this.filesOf(child)))).flat();
    }

    async send(files) {
        const wanted = files.filter((file) => !file.name.startsWith(".")).sort((a, b) => a.name.localeCompare(b.name));
        if (!wanted.length || !(await this.record.save())) {
            return;
        }
        this.queue.push(...wanted);
        this.state.total += wanted.length;
        this.watched = true;
        const idle = AT_ONCE - this.state.sending;
        const work = [];
        for (let index = 0; index < idle; index++) {
            work.push(this.work());
        }
        this.refresh();
        await Promise.all(work);
        await this.refresh();
    }

    async work() {
        this.state.sending++;
        while (this.queue.length) {
            const file = this.queue.shift();
            try {
                await this.post(file);
                this.state.sent++;
            } catch (error) {
                this.state.problems.push({ name: file.name, reason: error.message, file });
            }
        }
        this.state.sending--;
    }

    async post(file) {
        const body = new FormData();
        body.append("csrf_token", odoo.csrf_token);
        body.append("file", file, file.name);
        const response = await fetch(`/vanban/import/${this.record.resId}`, { method: "POST", body });
        if (!response.ok) {
            const answer = await response.json().catch(() => ({}));
            throw new Error(answer.error || _t("The file did not reach the server. Send it again."));
        }
    }

    async again() {
        const files = this.state.problems.map((problem) => problem.file);
        this.state.problems = [];
        this.state.total -= files.length;
        await this.send(files);
    }
}

registry.category("view_widgets").add("vanban_import", { component: ScanImport });
