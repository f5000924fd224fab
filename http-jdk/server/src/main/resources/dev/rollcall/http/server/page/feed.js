// What just happened, the newest first, and what one event says. It keeps a bounded number of events,
// and draws them at most four times a second, however many come; and none while somebody points at
// the list or is in it with the keyboard, so that nothing moves away from under a click.

import { button, count, element, setText, span, timeElement } from "./dom.js";

const MAX_KEPT = 500;
const MAX_SHOWN = 100;
const DRAW_MS = 250;

const isText = (value) => typeof value === "string" && value !== "";

// Says an event of the stream, or of a history, in words.
export function describe(event) {
  const details = [];
  if (isText(event.last_ping_at) && isText(event.at) && event.type !== "deregistered") {
    const before = Date.parse(event.at) - Date.parse(event.last_ping_at);
    if (before >= 0) {
      details.push(`last ping ${span(before)} before`);
    }
  }
  if (typeof event.lateness_seconds === "number") {
    details.push(`pings had come ${span(event.lateness_seconds * 1000)} late`);
  }
  if (event.type === "refused" && isText(event.call)) {
    details.push(`${event.count > 1 ? "the last one " : ""}to ${event.call}`);
  }
  if (event.by === "lease") {
    details.push("by its lease");
  } else if (event.by === "id") {
    details.push("by its id alone");
  }
  if (typeof event.status === "number") {
    details.push(`status ${event.status}`);
  }
  for (const text of [event.reason, event.cause]) {
    if (isText(text) && text !== event.type) {
      details.push(text);
    }
  }
  if (isText(event.client)) {
    details.push(`from ${event.client}`);
  }
  return details.length === 0 ? verb(event) : `${verb(event)}: ${details.join(", ")}`;
}

function verb(event) {
  switch (event.type) {
    case "registered":
      return event.again === true ? "registered again" : "registered";
    case "superseded":
      return "taken over by another lease";
    case "lost":
      return "lost by the store";
    case "refused":
      return `refused ${typeof event.count === "number" ? count(event.count, "call", "calls") : "calls"} with another lease`;
    default:
      return `${event.type}`;
  }
}

export function eventItem(event, ...before) {
  const item = element("li", "event");
  item.dataset.type = `${event.type}`;
  item.append(timeElement(event.at), " ", ...before, element("span", "what", describe(event)));
  return item;
}

const keyOf = ({ id, type, at }) => JSON.stringify([id, type, at]);

export class Feed {
  #list;
  #note;
  #onSelect;
  #events = []; // the newest last
  #undrawn = 0;
  #timer = 0;
  #pointers = new Set(); // those that hover over the list, by their ids
  #isTouched = false;

  // The note says what is not in the list.
  constructor(list, note, onSelect) {
    this.#list = list;
    this.#note = note;
    this.#onSelect = onSelect;
    list.addEventListener("pointerenter", ({ pointerId, pointerType }) => {
      if (pointerType !== "touch") {
        this.#pointers.add(pointerId);
      }
    });
    for (const end of ["pointerleave", "pointercancel"]) {
      list.addEventListener(end, ({ pointerId }) => this.#pointers.delete(pointerId));
    }
    // A finger that scrolls the list is no pointer any more.
    const touched = ({ targetTouches }) => (this.#isTouched = targetTouches.length > 0);
    for (const type of ["touchstart", "touchend", "touchcancel"]) {
      list.addEventListener(type, touched, { passive: true });
    }
  }

  // Adds events, the newest last.
  add(events) {
    this.#events.push(...events.slice(-MAX_KEPT));
    this.#events.splice(0, this.#events.length - MAX_KEPT);
    this.#undrawn += events.length;
    this.#schedule();
  }

  // Adds what happened before all that is here, the newest last. It may have some of that, too: no
  // two clocks agree on what was before.
  addBefore(events) {
    const known = new Set(this.#events.map(keyOf));
    const older = events.filter((event) => !known.has(keyOf(event)));
    this.#events = [...older, ...this.#events].slice(-MAX_KEPT);
    this.#undrawn = this.#events.length;
    this.#schedule();
  }

  // Returns what it still knows of an id, the newest first.
  of(id) {
    return this.#events.filter((event) => event.id === id).reverse();
  }

  #schedule() {
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      this.#draw();
    }, DRAW_MS);
  }

  // A mouse is at the list while it hovers, a finger while it touches: unlike :hover, which stays
  // after a tap. And a click leaves the focus there, but nobody who uses the keyboard.
  #isHeld() {
    return (
      this.#pointers.size > 0 ||
      this.#isTouched ||
      this.#list.matches(":focus-visible") ||
      this.#list.querySelector(":focus-visible") !== null
    );
  }

  #draw() {
    if (this.#isHeld()) {
      setText(this.#note, `${count(this.#undrawn, "more event", "more events")}, as soon as you leave the list.`);
      this.#schedule();
      return;
    }
    setText(this.#note, "");
    if (this.#undrawn >= this.#events.length) {
      this.#list.replaceChildren();
    }
    const added = this.#undrawn === 0 ? [] : this.#events.slice(-Math.min(this.#undrawn, MAX_SHOWN));
    this.#undrawn = 0;
    this.#list.prepend(...added.reverse().map((event) => this.#item(event)));
    while (this.#list.childElementCount > MAX_SHOWN) {
      this.#list.lastElementChild.remove();
    }
  }

  #item(event) {
    return eventItem(event, button("link", `${event.id}`, () => this.#onSelect(event.id)), " ");
  }
}
