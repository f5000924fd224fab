// One service: what it is, how much of its lease is left, what happened to it, and who else has its
// name.

import { now } from "./clock.js";
import { button, byId, count, element, link, setText, span, timeElement, updateItems } from "./dom.js";
import { describe, eventItem } from "./feed.js";
import { NOT_FOUND, parseExactly, pathOf, read, request, UNAUTHORIZED } from "./registry.js";

const SECOND = 1000;
const REFRESH_MS = 2000;
const LEASE_MS = 250; // as long as the bar takes from one length to the next (page.css)
const HISTORY_DELAY_MS = 300;
const MAX_SIBLINGS = 20;

// Shares of the lease that are left when a ping, or a second one, is overdue.
const LATE = 0.5;
const CRITICAL = 0.2;

const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class ServicePanel {
  #fleet;
  #feed;
  #listener;
  #id = "";
  #service; // as the registry last described it
  #gone; // the event that ended it
  #timer = 0;
  #historyTimer = 0;
  #historyReads = 0;
  #leaseTimer = 0;
  #changes = 0; // how often the stream told of it
  #isAnswered = true; // whether the registry told of it when it was last asked
  #info; // as it was last drawn
  #infoText = "";

  // The listener has onSelect(id), onSearch(name), onClose() and onMark(), for marks that have changed.
  constructor(fleet, feed, listener) {
    this.#fleet = fleet;
    this.#feed = feed;
    this.#listener = listener;
    byId("siblings-all").addEventListener("click", () =>
      listener.onSearch(this.#service?.name ?? this.#id),
    );
    byId("panel-close").addEventListener("click", () => listener.onClose());
    document.addEventListener("visibilitychange", () => this.#refresh());
  }

  get service() {
    return this.#service;
  }

  get isGone() {
    return this.#gone !== undefined;
  }

  // Shows a service; with an empty id none.
  show(id) {
    if (id === this.#id) {
      return;
    }
    clearTimeout(this.#timer);
    clearTimeout(this.#historyTimer);
    clearInterval(this.#leaseTimer);
    this.#historyTimer = 0;
    this.#id = id;
    this.#isAnswered = true;
    this.#gone = undefined;
    this.#info = undefined;
    this.#infoText = "";
    this.#service = this.#fleet.find(id)?.service;
    byId("panel").hidden = id === "";
    if (id === "") {
      return;
    }
    setText(byId("panel-title"), id);
    byId("history").replaceChildren();
    byId("panel").scrollTop = 0;
    this.#leaseTimer = setInterval(() => this.#drawLease(), calm.matches ? SECOND : LEASE_MS);
    this.changed();
    this.#refresh();
    this.#readHistory();
  }

  // Draws what the stream may have changed.
  changed() {
    if (this.#id === "") {
      return;
    }
    const known = this.#fleet.find(this.#id)?.service;
    const wasGone = this.isGone;
    if (known && (wasGone || !this.#service || this.#service.last_updated < known.last_updated)) {
      this.#service = known;
      this.#gone = undefined;
    }
    this.#draw();
    if (wasGone && !this.isGone) {
      this.#refresh();
    }
  }

  // Takes what the feed was told of this service.
  happened(event) {
    if (event.id !== this.#id) {
      return;
    }
    this.#changes++;
    this.#gone = ["deregistered", "expired", "lost", "gone"].includes(event.type) ? event : undefined;
    this.#historyTimer ||= setTimeout(() => {
      this.#historyTimer = 0;
      this.#readHistory();
    }, HISTORY_DELAY_MS);
    if (!this.#gone) {
      this.#refresh();
    }
  }

  // Asks again, after the registry has wanted another key.
  resume() {
    if (this.#id !== "") {
      this.#refresh();
      this.#readHistory();
    }
  }

  // The stream tells of no ping: while somebody looks, the service is asked for again and again.
  async #refresh() {
    clearTimeout(this.#timer);
    const id = this.#id;
    if (id === "" || document.hidden) {
      return;
    }
    const changes = this.#changes;
    let status = 0;
    try {
      const response = await request(pathOf(id));
      const text = response.ok ? await response.text() : "";
      status = response.status;
      if (id !== this.#id) {
        return;
      }
      this.#isAnswered = response.ok || status === NOT_FOUND;
      const isNewest = changes === this.#changes; // not from before what the stream told meanwhile
      if (isNewest && response.ok) {
        this.#service = parseExactly(text);
        this.#gone = undefined;
        if (this.#fleet.mark(id, this.#service.marks ?? [])) {
          this.#listener.onMark();
        }
      } else if (isNewest && status === NOT_FOUND && !this.#fleet.find(id)) {
        this.#gone ??= this.#feed.of(id)[0] ?? { type: "gone" };
      }
      this.#draw();
    } catch (error) {
      console.debug(error); // the banner says what the stream finds
      if (id === this.#id) {
        this.#isAnswered = false;
      }
    }
    clearTimeout(this.#timer);
    if (id === this.#id && !this.isGone && status !== UNAUTHORIZED) {
      this.#timer = setTimeout(() => this.#refresh(), REFRESH_MS);
    }
  }

  async #readHistory() {
    const id = this.#id;
    const mine = ++this.#historyReads;
    const history = await read(`${pathOf(id)}/$history`).catch(() => undefined);
    if (id !== this.#id || mine !== this.#historyReads) {
      return; // A later one is on its way.
    }
    const events = Array.isArray(history?.events) ? history.events : this.#feed.of(id);
    byId("history").replaceChildren(...events.map((event) => eventItem(event)));
    byId("history-note").textContent = history
      ? events.length === 0 ? "Nothing is known of it." : ""
      : events.length === 0
        ? "Nothing has happened to it since this page was opened."
        : "This is what this page has seen since it was opened.";
  }

  #draw() {
    const service = this.#service;
    if (this.isGone && document.activeElement === byId("deregister")) {
      byId("panel").focus(); // the button goes, the place on the page stays
    }
    this.#drawState();
    byId("panel-facts").hidden = !service;
    byId("deregister").hidden = !service || this.isGone;
    byId("lease").hidden = !service || this.isGone;
    byId("info-part").hidden = !service;
    if (service) {
      this.#drawFacts(service);
      this.#drawInfo(service.info);
    }
    this.#drawSiblings();
    this.#drawLease();
  }

  #drawState() {
    const state = byId("panel-state");
    const marks = this.#fleet.find(this.#id)?.marks ?? this.#service?.marks ?? [];
    state.dataset.state = this.isGone ? "gone" : marks.length > 0 ? "marked" : "fine";
    if (this.#gone?.at) {
      setText(state, `Gone since ${new Date(this.#gone.at).toLocaleString()}: ${describe(this.#gone)}`);
    } else if (this.isGone) {
      setText(state, "No live service has this id.");
    } else if (!this.#service) {
      setText(state, "Asking the registry…");
    } else {
      const age = span(now() - Date.parse(this.#service.registered_at));
      setText(state, [`Registered for ${age}`, ...marks].join(", "));
    }
  }

  #drawFacts(service) {
    const name = `${service.name ?? service.id}`;
    const key = JSON.stringify([name, service.url, service.registered_at, service.last_updated]);
    if (byId("panel-facts").dataset.drawn === key) {
      return; // What stands there keeps its focus.
    }
    byId("panel-facts").dataset.drawn = key;
    byId("panel-facts").replaceChildren(
      ...fact("Name", button("link", name, () => this.#listener.onSearch(name))),
      ...fact("URL", link(`${service.url}`)),
      ...fact("Registered", timeElement(service.registered_at)),
      ...fact("Updated", timeElement(service.last_updated)),
    );
  }

  #drawInfo(info) {
    if (info === this.#info) {
      return;
    }
    this.#info = info;
    const text = JSON.stringify(info ?? {});
    if (text === this.#infoText) {
      return; // What stands there keeps what is selected in it.
    }
    this.#infoText = text;
    const members = Object.entries(info ?? {});
    byId("info").replaceChildren(
      ...members.flatMap(([name, value]) =>
        fact(name, infoText(value) ?? element("code", "", JSON.stringify(value, null, 2))),
      ),
    );
    byId("info-note").textContent = members.length === 0 ? "It says nothing of itself." : "";
  }

  #drawSiblings() {
    const name = this.#service?.name ?? this.#id;
    const others = this.#fleet.named(name).filter((entry) => entry.id !== this.#id);
    const key = JSON.stringify([name, ...others.map((entry) => entry.id)]);
    const part = byId("siblings-part");
    if (part.dataset.drawn === key) {
      return;
    }
    part.dataset.drawn = key;
    const hadFocus = part.contains(document.activeElement);
    part.hidden = others.length === 0;
    setText(byId("siblings-title"), `${count(others.length, "other instance", "other instances")} of ${name}`);
    const ids = others.slice(0, MAX_SIBLINGS).map((entry) => entry.id);
    updateItems(byId("siblings"), ids, (id) =>
      element("li", "", button("link", id, () => this.#listener.onSelect(id))),
    );
    byId("siblings-all").hidden = ids.length === others.length;
    setText(byId("siblings-all"), `Show all ${others.length + 1}`);
    const focused = document.activeElement;
    if (hadFocus && !(part.contains(focused) && focused.offsetParent)) {
      byId("panel").focus(); // the link goes, the place on the page stays
    }
  }

  // Draws what changes with time alone.
  #drawLease() {
    if (!this.#service || this.isGone) {
      return;
    }
    const ttl = this.#service.ttl_seconds * SECOND;
    // The server's clock is known to half a second at first, and no lease has more left than its ttl.
    const left = Math.min(Date.parse(this.#service.expires_at) - now(), ttl);
    const share = Math.min(1, Math.max(0, left / ttl));
    byId("lease-fill").style.transform = `scaleX(${share.toFixed(4)})`;
    // The last ping that is known is not the last one, if nobody could be asked since.
    const isKnown = left > 0 || this.#isAnswered;
    byId("lease").dataset.state =
      !isKnown ? "unknown" : share > LATE ? "fresh" : share > CRITICAL ? "late" : "critical";
    if (!isKnown) {
      setText(byId("lease-text"), "Not known: the registry does not answer.");
      return;
    }
    const ping = now() - Date.parse(this.#service.last_ping_at);
    const rest = left <= 0 ? "has ended" : `${span(left + SECOND - 1)} of ${span(ttl)} left`;
    setText(byId("lease-text"), `${rest}, last ping ${span(ping)} ago`);
  }
}

// Texts, and lists of them, read better without JSON's quotes.
function infoText(value) {
  const isText = (each) => typeof each === "string";
  return isText(value) ? value : Array.isArray(value) && value.every(isText) ? value.join(", ") : undefined;
}

function fact(name, value) {
  return [element("dt", "", name), element("dd", "", value)];
}
