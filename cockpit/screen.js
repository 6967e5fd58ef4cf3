// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a console shows: lines of text, with as much of a terminal as a shell's
// line editor needs. Colours and what a full screen needs are left out.

const LINES_MAX = 1000;
const WIDTH_MAX = 4096;
const ESCAPE_MAX = 64;

const NORMAL = 0, ESCAPE = 1, SEQUENCE = 2, TITLE = 3;

export class Screen {
    constructor() {
        this.lines = [""];
        this.column = 0;
        this.mode = NORMAL;
        this.sequence = "";
    }

    write(text) {
        for (const c of text) {
            this.take(c);
        }
    }

    take(c) {
        if (this.mode === NORMAL) {
            this.takeNormal(c);
        } else if (this.mode === ESCAPE) {
            this.mode = c === "[" ? SEQUENCE : c === "]" ? TITLE : NORMAL;
            this.sequence = "";
        } else if (this.mode === TITLE) {
            this.count(c);
            if (c === "\x07" || c === "\x1b") {
                this.mode = c === "\x07" ? NORMAL : ESCAPE;
            }
        } else if (c >= "@" && c <= "~") {
            this.mode = NORMAL;
            this.perform(c, parseInt(this.sequence, 10));
        } else {
            this.count(c);
        }
    }

    // One that never ends does not swallow the rest.
    count(c) {
        this.sequence += c;
        if (this.sequence.length > ESCAPE_MAX) {
            this.mode = NORMAL;
        }
    }

    takeNormal(c) {
        if (c === "\n") {
            this.lines.push("");
            this.lines.splice(0, this.lines.length - LINES_MAX);
            this.column = 0;
        } else if (c === "\r") {
            this.column = 0;
        } else if (c === "\b") {
            this.column = Math.max(this.column - 1, 0);
        } else if (c === "\x1b") {
            this.mode = ESCAPE;
        } else if (c === "\t") {
            this.put(" ".repeat(8 - this.column % 8));
        } else if (c >= " " && c !== "\x7f") {
            this.put(c);
        }
    }

    get line() {
        return this.lines[this.lines.length - 1];
    }

    set line(text) {
        this.lines[this.lines.length - 1] = text;
    }

    put(text) {
        if (this.column + text.length > WIDTH_MAX) {
            this.takeNormal("\n");
        }
        this.line = this.line.slice(0, this.column).padEnd(this.column) + text +
            this.line.slice(this.column + text.length);
        this.column += text.length;
    }

    perform(what, n) {
        if (what === "K" || what === "J") {
            // 1 is to the left, 2 all of it
            this.line = n === 1 ? " ".repeat(this.column) + this.line.slice(this.column)
                : n === 2 ? "" : this.line.slice(0, this.column);
        } else if (what === "C") {
            this.column = Math.min(this.column + (n || 1), WIDTH_MAX);
        } else if (what === "D") {
            this.column = Math.max(this.column - (n || 1), 0);
        } else if (what === "P") {
            this.line = this.line.slice(0, this.column) + this.line.slice(this.column + (n || 1));
        }
    }
}

const KEYS = {
    Enter: "\r",
    Backspace: "\x7f",
    Tab: "\t",
    Escape: "\x1b",
    ArrowUp: "\x1b[A",
    ArrowDown: "\x1b[B",
    ArrowRight: "\x1b[C",
    ArrowLeft: "\x1b[D",
    Home: "\x1b[H",
    End: "\x1b[F",
    Delete: "\x1b[3~",
};

// What a key sends, or null for one that is the browser's
export function keyBytes(event) {
    if (event.altKey || event.metaKey || (event.ctrlKey && event.shiftKey)) {
        return null;
    }
    if (event.ctrlKey) {
        return /^[a-z\]\\[]$/.test(event.key)
            ? String.fromCharCode(event.key.toUpperCase().charCodeAt(0) & 0x1f) : null;
    }
    // Shift+Tab leaves the console, as the keyboard's way out of it.
    if (event.key === "Tab" && event.shiftKey) {
        return null;
    }
    return KEYS[event.key] ?? (event.key.length === 1 ? event.key : null);
}
