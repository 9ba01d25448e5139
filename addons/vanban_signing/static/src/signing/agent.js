/** Talks to the signing agent on this machine (http://127.0.0.1). Digests go there, signatures come back; PIN and key stay there. */

import { browser } from "@web/core/browser/browser";

const STORE = "vanban_signing.agent_token";

export class AgentError extends Error {
    /** @param {string} code unreachable, blocked, not_paired, or a code of the agent */
    constructor(code, message) {
        super(message);
        this.code = code;
    }
}

/** Whether the browser keeps this page from programs on the user's own machine (Chrome and Edge ask for it since 2025). */
export async function loopbackBlocked() {
    for (const name of ["loopback-network", "local-network-access"]) {
        try {
            const permission = await browser.navigator.permissions.query({ name });
            if (permission.state === "denied") {
                return true;
            }
        } catch {
            continue; // this browser does not know the permission
        }
    }
    return false;
}

export class Agent {
    /** @param {number} port port of the agent on 127.0.0.1 */
    constructor(port) {
        this.url = `http://127.0.0.1:${port}`;
    }

    get token() {
        return browser.localStorage.getItem(STORE) || "";
    }

    /** {name, version, paired, pairing}; AgentError("unreachable" | "blocked") when nobody answers */
    status() {
        return this._call("/status");
    }

    /** Exchange the code that the agent shows for a token of this browser */
    async pair(code) {
        const answer = await this._call("/pair", { code });
        browser.localStorage.setItem(STORE, answer.token);
    }

    /** [{id (SHA-256 of the certificate), subject, serial, valid_to, …}] on the devices that are plugged in */
    async certificates() {
        return (await this._call("/certificates")).certificates;
    }

    /**
     * Sign a batch with one PIN. Results come one by one while the device works.
     * @param {(result: {id, signature_b64?, code?, error?}) => void} onResult
     * @returns {{certificate_b64, token_serial}}
     */
    async sign(certificate, batch, onResult) {
        const response = await this._fetch("/sign", { certificate, batch, stream: true });
        const reader = response.body.getReader();
        const decoder = new TextDecoder();
        let [text, head] = ["", null];
        for (;;) {
            const { done, value } = await reader.read();
            text += decoder.decode(value || new Uint8Array(), { stream: !done });
            const lines = text.split("\n");
            text = lines.pop();
            for (const line of lines.filter(Boolean)) {
                const row = JSON.parse(line);
                if (head) {
                    onResult(row);
                } else {
                    head = row;
                }
            }
            if (done) {
                return head;
            }
        }
    }

    async _call(path, body) {
        return (await this._fetch(path, body)).json();
    }

    async _fetch(path, body) {
        const options = { headers: { Authorization: `Bearer ${this.token}` }, cache: "no-store" };
        if (body) {
            options.method = "POST";
            options.headers["Content-Type"] = "application/json";
            options.body = JSON.stringify(body);
        }
        let response;
        try {
            response = await browser.fetch(this.url + path, options);
        } catch {
            throw new AgentError((await loopbackBlocked()) ? "blocked" : "unreachable", "");
        }
        if (!response.ok) {
            const answer = await response.json();
            throw new AgentError(answer.code, answer.error);
        }
        return response;
    }
}
