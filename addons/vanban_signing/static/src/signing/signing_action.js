import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { AgentError } from "./agent";
import { Runner } from "./runner";
import { findWay } from "./ways";

/** The signing window: shows where the signature goes, finds the way to the key, signs, and says for each document what became of it. */
export class SigningAction extends Component {
    static template = "vanban_signing.SigningAction";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        const { document_ids, purpose, names, job_id, file_id } = this.props.action.params;
        this.ids = document_ids;
        this.purpose = purpose;
        this.names = names;
        this.resumed = job_id;
        this.fileId = file_id || null;
        this.state = useState({
            step: "connecting", message: "", code: "", job: null, way: null, missing: "", convert: [], unfinished: false, preview: null,
            present: [], seconds: 0, previewing: this.props.action.params.document_ids.length === 1,
        });
        onWillStart(() => this.open());
        onWillUnmount(() => this.runner && (this.runner.stopped = true));
    }

    get title() {
        return ["sign", "form"].includes(this.purpose) ? _t("Personal signature") : _t("Signature of the agency");
    }

    get rows() {
        return this.state.job ? this.state.job.lines : [];
    }

    /** First what has to be converted, then the way to the key. */
    async open() {
        const overview = await this.orm.call("vanban.document", "signing_overview", [this.ids, this.purpose]);
        Object.assign(this.state, { missing: overview.missing, convert: overview.convert, unfinished: overview.unfinished });
        this.ways = overview.ways;
        if (this.ids.length === 1 && !this.state.convert.length) {
            this.showPreview();
        }
        if (this.state.convert.length) {
            this.state.previewing = false;
            this.state.step = "convert";
        } else {
            await this.connect();
        }
    }

    async showPreview() {
        try {
            this.state.preview = await this.orm.silent.call("vanban.document", "signing_preview", [this.ids, this.purpose], { context: { vanban_form_file: this.fileId } });
        } finally {
            this.state.previewing = Boolean(this.state.preview?.image);
        }
    }

    /** A draft that is no PDF: make the PDF, show it, and go on only when the signer confirms it. */
    async convert() {
        this.state.step = "converting";
        this.state.message = "";
        try {
            for (const row of this.state.convert) {
                await this.orm.call("vanban.document", "action_sign_convert", [[row.id]]);
            }
            await this.showPreview();
            this.state.step = "converted";
        } catch (error) {
            this.fail(error, "convert");
        }
    }

    async connect() {
        this.state.message = "";
        this.state.step = "connecting";
        if (!this.ways.length) {
            this.state.step = "missing";
            return;
        }
        try {
            const found = await findWay(this.ways);
            this.agent = found.agent;
            Object.assign(this.state, { step: found.step, way: found.way || null, present: found.present || [] });
            if (found.step === "ready" && this.resumed) {
                await this.resume(this.resumed);
            }
        } catch (error) {
            this.fail(error);
        }
    }

    /** The signer chooses another way than the one found. */
    useWay(way) {
        this.agent = null;
        Object.assign(this.state, { way, step: "ready", message: "" });
    }

    get others() {
        return (this.ways || []).filter((way) => way.where === "remote" && way.name !== this.state.way?.name);
    }

    async pair() {
        try {
            await this.agent.pair(this.state.code);
            this.state.code = "";
            await this.connect();
        } catch (error) {
            this.fail(error, "pairing");
        }
    }

    sign() {
        return this.run((runner) => runner.start(this.ids, this.purpose, this.state.way, this.fileId));
    }

    resume(id) {
        return this.run((runner) => runner.resume(id));
    }

    async retry() {
        const id = this.state.job.id;
        await this.orm.call("vanban.signing.job", "retry", [[id]]);
        await this.resume(id);
    }

    async run(work) {
        this.state.step = "working";
        this.state.message = "";
        this.runner = new Runner(this.orm, this.agent, (job) => {
            this.state.job = job;
            this.state.seconds = job.seconds;
            if (job.state === "waiting" && this.state.step === "working") {
                this.state.step = "phone";
            }
        });
        try {
            await work(this.runner);
            this.state.step = "done";
        } catch (error) {
            this.fail(error, "ready");
        }
    }

    async cancel() {
        await this.runner.cancel();
        this.state.step = "done";
    }

    get progress() {
        const job = this.state.job;
        if (!job || !job.total) {
            return 0;
        }
        // preparing is the first half of the way, signing the second
        const prepared = job.lines.filter((line) => line.state !== "waiting").length;
        const finished = job.lines.filter((line) => ["done", "failed", "queued"].includes(line.state)).length;
        return Math.round((50 * (prepared + finished)) / job.total);
    }

    get waits() {
        const where = this.state.way?.where;
        if (where === "server") {
            return _t("The key device at the server is signing…");
        }
        return this.state.way?.name === "vgca"
            ? _t("Choose the certificate and enter the PIN in the window of VGCA Sign Service…")
            : _t("Waiting for the PIN in the window of the signing program…");
    }

    get phoneTime() {
        const seconds = this.state.seconds || 0;
        return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }

    fail(error, step = "ready") {
        if (error instanceof AgentError && ["unreachable", "blocked"].includes(error.code)) {
            this.state.step = error.code;
            return;
        }
        if (error instanceof AgentError && error.code === "not_paired") {
            this.state.step = "pairing";
            return;
        }
        if (error instanceof AgentError && error.code === "timeout") {
            this.state.message = _t("The signing program did not answer in time. Nothing more was signed; try again.");
        } else {
            // a refusal of the server carries its own words
            this.state.message = error.data?.message || error.message;
        }
        this.state.step = step;
    }

    close() {
        this.action.doAction({ type: "ir.actions.act_window_close" });
    }
}

registry.category("actions").add("vanban_signing.sign", SigningAction);
