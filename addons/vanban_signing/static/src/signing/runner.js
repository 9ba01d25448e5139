/** Drives one run of signatures over the chosen way. Each method reports the state of the run through `onState`. */

import { browser } from "@web/core/browser/browser";

import { callTool } from "./vgca";

const PREPARED_AT_ONCE = 8;
const COMPLETED_AT_ONCE = 5;
const POLL_MS = 2000;

export class Runner {
    /**
     * @param {object} orm service
     * @param {object} agent for the way “agent”
     * @param {(job: object) => void} onState gets the description of the run after every step
     */
    constructor(orm, agent, onState) {
        this.orm = orm;
        this.agent = agent;
        this.onState = onState;
        this.stopped = false;
    }

    async call(method, ...args) {
        const job = await this.orm.silent.call("vanban.signing.job", method, [[this.id], ...args]);
        this.onState(job);
        return job;
    }

    async start(ids, purpose, way, fileId = null) {
        const job = await this.orm.silent.call("vanban.signing.job", "start", [ids, purpose, way.name, way.certificate || null, fileId]);
        await this.run(job);
    }

    /** Take up a run that was interrupted. */
    async resume(id) {
        this.id = id;
        await this.run(await this.call("resume"));
    }

    async run(job) {
        this.id = job.id;
        this.onState(job);
        if (job.state === "waiting") {
            return this.poll();
        }
        if (job.where === "server") {
            while (job.left && !this.stopped) {
                job = await this.call("step", COMPLETED_AT_ONCE);
            }
            return;
        }
        const batch = await this.prepare(job);
        job = this.job;
        if (this.stopped || !job.left) {
            return;
        }
        if (job.where === "remote") {
            await this.call("ask");
            return this.poll();
        }
        return job.capability === "file" ? this.useTool() : this.useAgent(job.certificate, batch);
    }

    async prepare(job) {
        const batch = [];
        for (let step = job; ; ) {
            step = await this.call("prepare", PREPARED_AT_ONCE);
            this.job = step;
            batch.push(...step.batch);
            if (this.stopped || !step.lines.some((line) => line.state === "waiting")) {
                return batch;
            }
        }
    }

    /** One PIN for all; results are stored while the device goes on signing. */
    async useAgent(certificate, batch) {
        let ready = [];
        let stored = Promise.resolve();
        const store = (rows) => {
            stored = stored.then(() => this.call("complete", rows));
        };
        const head = await this.agent.sign(certificate, batch, (row) => {
            ready.push(row);
            if (ready.length >= COMPLETED_AT_ONCE) {
                store(ready);
                ready = [];
            }
        });
        if (ready.length) {
            store(ready);
        }
        await stored;
        return head;
    }

    /** The tool fetches the files from the server and returns them there; the truth is what the server has. */
    async useTool() {
        const calls = await this.orm.silent.call("vanban.signing.job", "tool_calls", [[this.id]]);
        for (const { address, frame, sessions } of calls) {
            if (this.stopped) {
                return;
            }
            const answer = await callTool(address, frame);
            await this.call("tool_returned", sessions, answer.Status ? answer.Message || answer.Error || null : null);
        }
    }

    /** Wait for the phone; the server goes on by itself when this window is closed. */
    async poll() {
        for (;;) {
            const job = await this.call("poll");
            if (job.state !== "waiting" || this.stopped) {
                return;
            }
            await new Promise((resolve) => browser.setTimeout(resolve, POLL_MS));
        }
    }

    async cancel() {
        this.stopped = true;
        if (this.id) {
            await this.call("cancel");
        }
    }
}
