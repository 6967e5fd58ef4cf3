// SPDX-License-Identifier: GPL-2.0-or-later
//
// hetctl on the host, with the rights of who is logged in

const KEY = "hetctl:connect";

export function connection() {
    return window.localStorage.getItem(KEY) || "qemu:///system";
}

export function setConnection(uri) {
    window.localStorage.setItem(KEY, uri);
}

export function spawn(args, options) {
    return cockpit.spawn(["hetctl", "--connect", connection(), ...args], {
        err: "message",
        environ: ["LC_ALL=C.UTF-8"],
        ...options,
    });
}

export async function json(...args) {
    return JSON.parse(await spawn([...args, "--format", "json"]));
}

// Each line of a command that goes on, as the object that it is
export function follow(args, onObject) {
    let rest = "";
    const process = spawn([...args, "--format", "json"]);

    process.stream(text => {
        const lines = (rest + text).split("\n");

        rest = lines.pop();
        for (const line of lines) {
            if (line) {
                onObject(JSON.parse(line));
            }
        }
    });
    process.catch(() => {});
    return process;
}

// What went wrong, in words
export function problem(error) {
    if (error.problem === "not-found") {
        return "There is no hetctl on this host.";
    }
    return error.message || error.problem || String(error);
}
