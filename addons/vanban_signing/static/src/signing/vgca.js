/** Talks to VGCA Sign Service on this machine: one WebSocket per call, one frame out, one frame back. */

import { AgentError, loopbackBlocked } from "./agent";

/** The user chooses certificate and PIN in the tool's own windows; people need minutes for that. */
const MINUTES = 5;

/**
 * @param {string} address of the function, e.g. wss://127.0.0.1:8987/SignApproved
 * @param {object} frame what the tool gets
 * @param {number} seconds how long to wait for the answer
 * @returns {Promise<object>} its answer; AgentError "unreachable" | "blocked" | "timeout"
 */
export function callTool(address, frame, seconds = MINUTES * 60) {
    return new Promise((resolve, reject) => {
        const socket = new WebSocket(address);
        let answered = false;
        const timer = setTimeout(() => finish(() => reject(new AgentError("timeout", ""))), seconds * 1000);
        const finish = (work) => {
            if (!answered) {
                answered = true;
                clearTimeout(timer);
                socket.close();
                work();
            }
        };
        const lost = async () => reject(new AgentError((await loopbackBlocked()) ? "blocked" : "unreachable", ""));
        socket.onopen = () => socket.send(JSON.stringify(frame));
        socket.onmessage = ({ data }) => finish(() => resolve(parsed(data)));
        socket.onerror = () => finish(lost);
        socket.onclose = () => finish(lost);
    });
}

function parsed(text) {
    try {
        return JSON.parse(text);
    } catch {
        return { Status: -1, Message: text };
    }
}

/** Whether the tool is there; asked once when the window opens. */
export async function toolVersion(base) {
    return (await callTool(`${base}/GetVersion`, {}, 5)).Version || "";
}
