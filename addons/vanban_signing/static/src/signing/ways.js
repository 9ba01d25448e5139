/** Finds the way to the signer's key: his device at this machine, or the service that asks on his phone. */

import { isMobileOS } from "@web/core/browser/feature_detection";

import { Agent, AgentError } from "./agent";
import { toolVersion } from "./vgca";

/**
 * @param {object[]} ways as the server offers them
 * @returns {Promise<object>} {step, way, agent?}: step is ready, pairing, unreachable, blocked, no_device or phone_only
 */
export async function findWay(ways) {
    const remote = ways.find((way) => way.where === "remote");
    const server = ways.find((way) => way.where === "server");
    if (server) {
        return { step: "ready", way: server };
    }
    if (isMobileOS()) {
        // no device can be plugged into a phone
        return remote ? { step: "ready", way: remote } : { step: "phone_only" };
    }
    let trouble = null;
    for (const way of ways.filter((one) => one.where === "client")) {
        try {
            return await (way.name === "agent" ? tryAgent(way) : tryTool(way));
        } catch (error) {
            if (!(error instanceof AgentError)) {
                throw error;
            }
            trouble = trouble || { step: error.code === "blocked" ? "blocked" : "unreachable", way };
        }
    }
    if (remote) {
        return { step: "ready", way: remote };
    }
    return trouble || { step: "unreachable" };
}

async function tryAgent(way) {
    const agent = new Agent(way.port);
    const status = await agent.status();
    if (!status.paired) {
        return { step: "pairing", way, agent };
    }
    const present = await agent.certificates();
    const own = present.find((one) => way.certificates.includes(one.id));
    return own ? { step: "ready", way: { ...way, certificate: own.id }, agent } : { step: "no_device", way, agent, present };
}

async function tryTool(way) {
    return { step: "ready", way: { ...way, version: await toolVersion(way.address) } };
}
