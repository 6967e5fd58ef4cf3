// SPDX-License-Identifier: GPL-2.0-or-later
//
// Elements out of texts; a text is never markup

export function element(name, attributes, ...children) {
    const made = document.createElement(name);

    for (const [key, value] of Object.entries(attributes || {})) {
        if (typeof value === "function") {
            made.addEventListener(key, value);
        } else if (value !== null && value !== undefined && value !== false) {
            made.setAttribute(key, value === true ? "" : value);
        }
    }
    made.append(...children.filter(child => child !== null && child !== undefined));
    return made;
}

export function byId(id) {
    return document.getElementById(id);
}

export function show(id, text) {
    const found = byId(id);

    found.textContent = text || "";
    found.hidden = !text;
}

// Replaces the rows of a table. A cell is a text, an element, or nothing.
export function fill(id, rows) {
    byId(id).tBodies[0].replaceChildren(...rows.map(row => element(
        "tr", row.attributes, ...row.cells.map(cell => element(
            "td", null, cell instanceof Node ? cell : String(cell ?? ""))))));
}

// A state as a class of hetctl.css: "shut off" is shut-off
export function stateText(state) {
    return element("span", { class: (state || "").replace(/[^a-z]/g, "-") }, state || "");
}
