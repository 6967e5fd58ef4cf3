// SPDX-License-Identifier: GPL-2.0-or-later
//
// A console of a processor on the page, until it is closed or the processor ends

import { problem, spawn } from "./call.js";
import { element } from "./dom.js";
import { keyBytes, Screen } from "./screen.js";

export class Console {
    constructor(soc, processor, serial, onClose) {
        this.id = `${processor} ${serial}`;
        this.screen = new Screen();
        this.decoder = new TextDecoder();
        this.encoder = new TextEncoder();
        this.isDrawn = true;
        this.output = element("pre", {
            tabindex: 0,
            role: "textbox",
            "aria-label": `Console ${serial} of ${processor}`,
            keydown: event => this.onKey(event),
            paste: event => this.onPaste(event),
        });
        this.status = element("span", { class: "note" });
        this.element = element(
            "div", { class: "console", "data-console": this.id },
            element("div", { class: "title" },
                    element("b", null, `${processor}, ${serial}`), this.status,
                    element("span", { class: "actions" }, element(
                        "button", { click: () => onClose(this) }, "Close"))),
            this.output);
        this.open(["console", soc, processor, "--serial", serial, "--raw"]);
    }

    open(args) {
        this.process = spawn(args, { binary: true });
        this.process.stream(bytes => {
            this.screen.write(this.decoder.decode(new Uint8Array(bytes), { stream: true }));
            this.draw();
        });
        this.process
            .then(() => this.end("has ended"))
            .catch(error => this.end(problem(error)));
    }

    end(text) {
        if (this.process) {
            this.process = null;
            this.status.textContent = text;
        }
    }

    close() {
        const process = this.process;

        this.process = null;
        if (process) {
            process.close("terminated");
        }
        this.element.remove();
    }

    send(text) {
        if (this.process) {
            this.process.input(this.encoder.encode(text), true);
        }
    }

    onKey(event) {
        const bytes = keyBytes(event);

        if (bytes !== null && !(bytes === "\x03" && String(window.getSelection()))) {
            event.preventDefault();
            this.send(bytes);
        }
    }

    onPaste(event) {
        event.preventDefault();
        this.send(event.clipboardData.getData("text").replace(/\r?\n/g, "\r"));
    }

    // Once a frame, whatever comes
    draw() {
        if (this.isDrawn) {
            this.isDrawn = false;
            window.requestAnimationFrame(() => this.drawNow());
        }
    }

    drawNow() {
        const { output, screen } = this;
        const isAtEnd = output.scrollTop + output.clientHeight >= output.scrollHeight - 8;
        const { line, column } = screen;

        this.isDrawn = true;
        output.replaceChildren(
            [...screen.lines.slice(0, -1), line.slice(0, column).padEnd(column)].join("\n"),
            element("span", { class: "cursor" }, line[column] || " "),
            line.slice(column + 1));
        if (isAtEnd) {
            output.scrollTop = output.scrollHeight;
        }
    }
}
