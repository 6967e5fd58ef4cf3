// SPDX-License-Identifier: GPL-2.0-or-later
//
// The SoCs of this host: a list, and one of them in full. The list is asked
// again and again; of the one that is shown each event is told at once.

import { connection, follow, json, problem, setConnection, spawn } from "./call.js";
import { Console } from "./console.js";
import { byId, element, fill, show, stateText } from "./dom.js";

const POLL_MS = 3000;
const EVENTS_MAX = 100;

let socs = null;            // as `hetctl list` has them; null: not known
let shown = null;           // the SoC that is shown in full: see select()
let isBusy = false;         // a command of the user's runs
const problems = {};        // of what, in words

// One of each kind is told, until the next attempt at the same; what several have in
// common, once.
function complain(kind, error) {
    problems[kind] = error ? problem(error) : "";
    show("problem", [...new Set(Object.values(problems))].filter(text => text).join("\n"));
}

// ---- the list ----

function listRow(soc) {
    const attributes = { "data-soc": soc.name };

    if (shown && shown.name === soc.name) {
        attributes["aria-current"] = "true";
    }
    return {
        attributes,
        cells: [
            element("button", { click: () => cockpit.location.go([soc.name]) }, soc.name),
            stateText(soc.state),
        ],
    };
}

function drawList() {
    fill("socs", (socs || []).map(listRow));
    byId("none").hidden = !socs || socs.length > 0;
}

let listing = null;         // the connection whose list is being asked for

// Without two at a time: a host that is slow is not asked more often.
async function refreshList() {
    const uri = connection();
    let list = null;
    let failed = null;

    if (listing === uri) {
        return;
    }
    listing = uri;
    try {
        list = await json("list", "--all");
    } catch (error) {
        failed = error;
    }
    if (listing !== uri) {
        return;
    }
    listing = null;
    if (list) {
        socs = list;
        drawList();
    }
    complain("list", failed);
}

// ---- one SoC ----

async function command(...args) {
    if (isBusy) {
        return;
    }
    isBusy = true;
    complain("command", null);
    drawSoc();
    try {
        await spawn(args);
    } catch (error) {
        complain("command", error);
    }
    isBusy = false;
    refreshSoc();
}

function button(text, ...args) {
    return element("button", { disabled: isBusy, click: () => command(...args) }, text);
}

// All that the SoC can be told in its state
function powerButtons({ name, state }) {
    const buttons = [];

    if (state === "shut off") {
        buttons.push(button("Start", "start", name));
    } else {
        if (state === "suspended") {
            buttons.push(button("Resume", "resume", name));
        }
        if (state === "running") {
            buttons.push(button("Suspend", "suspend", name), button("Shut down", "shutdown", name),
                         button("Reset", "reset", name));
        }
        buttons.push(button("Force off", "destroy", name));
    }
    return buttons;
}

function note(processor) {
    const texts = [];

    if (processor.core && processor.core !== "running" && processor.reason) {
        texts.push(processor.message && processor.core === "crashed"
            ? `${processor.reason}: ${processor.message}` : processor.reason);
    }
    if (processor.restarts) {
        texts.push(`restarts: ${processor.restarts} (${processor["restart-reason"] || "?"})`);
    }
    if (processor.debugger) {
        texts.push(`debugged by process ${processor.debugger}`);
    }
    return [processor.error, processor.ended, ...texts].filter(text => text).join("; ");
}

function consoleButtons(processor) {
    const ports = processor.state === "running" ? shown.ports[processor.name] || [] : [];

    return ports.map(port => element(
        "button", { click: () => openConsole(processor.name, port) },
        ports.length > 1 ? `Console ${port}` : "Console"));
}

function processorRow(name, processor) {
    const isUp = processor.state === "running" && processor.role === "slave";
    const buttons = [];

    if (isUp && (processor.core === "held" || processor.core === "crashed" ||
                 processor.core === "wait-memory")) {
        buttons.push(button("Boot", "boot", name, processor.name));
    }
    if (isUp && (processor.core === "running" || processor.core === "crashed")) {
        buttons.push(button("Shut down", "shutdown", name, processor.name));
    }
    if (processor.role === "slave" && processor.state === "shut off" &&
        shown.status.state !== "shut off") {
        buttons.push(button("Start", "start", name, processor.name));
    }
    return {
        attributes: { "data-processor": processor.name },
        cells: [
            processor.name, stateText(processor.state), stateText(processor.core),
            processor.boots, processor.crashes,
            element("span", { class: processor.core === "crashed" || processor.error ||
                                     processor.ended ? "note" : null }, note(processor)),
            element("span", { class: "actions" }, ...buttons, ...consoleButtons(processor)),
        ],
    };
}

function linkRow(processor, link) {
    return {
        cells: [link.idm, processor.name, link.peer, stateText(link.state), link.sent,
                link.received],
    };
}

// The note of the SoC, not of one of its processors
function wholeNote(status) {
    return [status.error, status["memory-error"]].filter(text => text).join("; ");
}

function drawSoc() {
    const status = shown && shown.status;

    byId("soc").hidden = !status;
    if (!status) {
        return;
    }
    show("name", status.name);
    byId("state").replaceChildren(stateText(status.state));
    byId("power").replaceChildren(...powerButtons(status));
    show("memory-error", wholeNote(status));
    fill("processors", status.processors.map(p => processorRow(status.name, p)));
    fill("links", status.processors.flatMap(
        p => (p.links || []).map(link => linkRow(p, link))));
}

async function refreshSoc() {
    const asked = shown;

    if (!asked || asked.isAsked) {
        if (asked) {
            asked.isStale = true;
        }
        return;
    }
    asked.isAsked = true;
    do {
        asked.isStale = false;
        try {
            asked.status = await json("status", asked.name);
            asked.error = null;
        } catch (error) {
            asked.error = error;
        }
    } while (asked.isStale && asked === shown);
    asked.isAsked = false;
    if (asked !== shown) {
        return;
    }
    complain("soc", asked.error);
    drawSoc();
    refreshList();
}

// ---- what never changes while it is shown ----

async function drawMap(soc) {
    const svg = await spawn(["map", soc.name, "--format", "svg"]);

    if (soc === shown) {
        byId("map").src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg);
    }
}

// The serial ports of each processor, by the device or the number that it has
async function readPorts(soc) {
    const { text } = await json("dumpxml", soc.name);
    const xml = new DOMParser().parseFromString(text, "application/xml");

    for (const processor of xml.querySelectorAll("master, slave")) {
        const serials = processor.querySelectorAll(":scope > devices > serial");
        const consoles = processor.querySelectorAll(":scope > devices > console");
        const count = serials.length || Math.min(consoles.length, 1);
        const named = [...processor.querySelectorAll(":scope > device[serial]")];

        soc.ports[processor.getAttribute("name")] = Array.from({ length: count }, (_, n) => {
            const device = named.find(d => Number(d.getAttribute("serial")) === n);

            return device ? device.getAttribute("name") : String(n);
        });
    }
    if (soc === shown) {
        drawSoc();
    }
}

// ---- events ----

function eventText(data) {
    return Object.entries(data || {})
        .map(([key, value]) => `${key}: ${typeof value === "object" ? JSON.stringify(value) : value}`)
        .join(", ");
}

// Of the browser's day; the whole is behind it.
function timeText(time) {
    const text = new Date(time).toLocaleTimeString("en-GB", { fractionalSecondDigits: 3 });

    return element("span", { title: time }, text);
}

function addEvent(soc, event) {
    const row = element("tr", { "data-event": event.event },
                        ...[timeText(event.time), event.processor || "", event.event,
                            eventText(event.data)].map(text => element("td", null, text)));
    const body = byId("events").tBodies[0];

    if (soc !== shown) {
        return;
    }
    body.prepend(row);
    while (body.rows.length > EVENTS_MAX) {
        body.lastElementChild.remove();
    }
    refreshSoc();
}

// ---- consoles ----

function openConsole(processor, port) {
    const id = `${processor} ${port}`;
    const old = shown.consoles.find(console => console.id === id);

    if (old) {
        closeConsole(old);
    }
    const made = new Console(shown.name, processor, port, closeConsole);

    shown.consoles.push(made);
    byId("consoles").append(made.element);
    made.output.focus();
}

function closeConsole(console) {
    console.close();
    shown.consoles = shown.consoles.filter(other => other !== console);
}

// ---- which SoC ----

function leave() {
    if (shown) {
        shown.consoles.slice().forEach(closeConsole);
        shown.events.close("terminated");
        shown = null;
        complain("soc", null);
        complain("command", null);
    }
    byId("map").removeAttribute("src");
    byId("events").tBodies[0].replaceChildren();
    drawSoc();
}

function select(name) {
    if (shown && shown.name === name) {
        return;
    }
    leave();
    if (name) {
        const soc = { name, status: null, ports: {}, consoles: [] };

        shown = soc;
        soc.events = follow(["events", name], event => addEvent(soc, event));
        refreshSoc();
        for (const work of [drawMap, readPorts]) {
            work(soc).catch(error => {
                if (soc === shown) {
                    complain("soc", error);
                }
            });
        }
    }
    drawList();
}

function onLocation() {
    select(cockpit.location.path[0] || null);
}

function start() {
    const choice = byId("connect");

    choice.value = connection();
    choice.addEventListener("change", () => {
        setConnection(choice.value);
        socs = null;
        leave();
        drawList();
        cockpit.location.go([]);
        refreshList();
    });
    cockpit.addEventListener("locationchanged", onLocation);
    window.setInterval(() => {
        if (!cockpit.hidden) {
            refreshList();
            refreshSoc();
        }
    }, POLL_MS);
    refreshList();
    onLocation();
}

cockpit.transport.wait(start);
