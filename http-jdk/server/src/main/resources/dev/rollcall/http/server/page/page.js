// Puts the page together: the stream fills the fleet, the fleet the list, and the URL says what is
// searched for and which service is open.

import { now } from "./clock.js";
import { confirmDeregistration } from "./deregister.js";
import { bytes, byId, count, element, number, setText, span, timeText, visible } from "./dom.js";
import { Feed } from "./feed.js";
import { Fleet, searchOf } from "./fleet.js";
import { ServiceTree } from "./list.js";
import { ServicePanel } from "./panel.js";
import { forgetKey, hasKey, headersWithKey, isKey, read, useKey } from "./registry.js";
import { ServiceStream } from "./stream.js";

const SECOND = 1000;
const STATUS_MS = 10 * SECOND;
const MARKS_MS = 20 * SECOND;
const REST_FACTOR = 20;
const HIDDEN_MS = 60 * SECOND;
const URL_MS = 250;
const ANNOUNCE_MS = SECOND;
const SUSPENDED_MS = 10 * SECOND; // a second that takes so long is a computer that slept
const MAX_ID = 128; // characters

const fleet = new Fleet();
const feed = new Feed(byId("feed"), byId("feed-note"), (id) => open(id));
const folds = new Set(); // names that are not as all are
const view = { q: "", service: "", fold: false, newest: false };
let search = searchOf("");
let found = fleet.rows(search, isFolded, view.newest);
let snapshotAt; // when the list was first whole
let heardAt = now(); // when the registry last spoke, by its own clock as all times here
let outage; // { text, since }, while there is one
let storeIsDown = false;
let isLocked = false; // the registry wants a key, or another one; nothing is asked without it
let isAway = false; // nobody looks, and the stream is closed
let scheduled = false;
let isMarked = false; // in the browser's timeline
let revealed = ""; // the service that was last brought into sight

// What is shown

function schedule() {
  if (!scheduled) {
    scheduled = true;
    // A hidden page has no frames, but its title is read.
    if (document.hidden) {
      setTimeout(draw, SECOND);
    } else {
      requestAnimationFrame(draw);
    }
  }
}

function isFolded(group) {
  return folds.has(group.id) !== view.fold;
}

const url = ({ service }) => `${service.url}`;

const ageAndUrl = (entry) => `${span(now() - entry.registeredAt)}, ${url(entry)}`;

function draw() {
  scheduled = false;
  found = fleet.rows(search, isFolded, view.newest);
  drawCounts();
  tree.show(found.rows, found.groups, isFolded, view.newest ? ageAndUrl : url);
  reveal();
  panel.changed();
  drawState();
  if (snapshotAt && !isMarked) {
    isMarked = true;
    performance.mark("rollcall-listed");
  }
}

// Brings the service that is open into sight, once.
function reveal() {
  const entry = fleet.find(view.service);
  if (revealed !== view.service && entry && found.rows[entry.index] === entry) {
    revealed = view.service;
    tree.reveal(entry);
  }
}

function drawCounts() {
  const { total, shown, late, flapping } = found;
  const all = count(total, "service", "services");
  const isKnown = snapshotAt !== undefined;
  setText(byId("count"), !isKnown ? "" : view.q.trim() === "" ? all : `${number(shown)} of ${all}`);
  byId("tree").hidden = shown === 0;
  byId("empty").hidden = !isKnown || total > 0;
  byId("no-match").hidden = total === 0 || shown > 0;
  drawChip(byId("late"), "is:late", `${number(late)} late`, late);
  drawChip(byId("flapping"), "is:flapping", `${number(flapping)} flapping`, flapping);
  byId("fold").setAttribute("aria-pressed", `${view.fold}`);
  byId("newest").setAttribute("aria-pressed", `${view.newest}`);
}

function drawChip(chip, word, text, amount) {
  const isOn = search.marks.includes(word.slice("is:".length));
  chip.hidden = amount === 0 && !isOn;
  setText(chip, text);
  chip.setAttribute("aria-pressed", `${isOn}`);
}

function wrong() {
  if (isLocked) {
    return "Locked";
  }
  if (outage) {
    return outage.short;
  }
  if (storeIsDown) {
    return "Store down";
  }
  if (found.late > 0) {
    return `${number(found.late)} late`;
  }
  return found.flapping > 0 ? `${number(found.flapping)} flapping` : "";
}

function drawState() {
  const problem = wrong();
  const parts = [problem && `⚠ ${problem}`, view.service.slice(0, MAX_ID)];
  if (snapshotAt) {
    parts.push(count(found.total, "service", "services"));
  }
  parts.push(`Rollcall ${location.host}`); // somebody may have several registries open
  const title = visible(parts.filter(Boolean).join(" · "));
  if (document.title !== title) {
    document.title = title;
  }
  const icon = problem === "" ? "assets/mark.svg" : "assets/mark-alert.svg";
  if (byId("icon").getAttribute("href") !== icon) {
    byId("icon").setAttribute("href", icon);
  }
  byId("banner").hidden = !outage;
  setText(byId("banner-text"), outage ? outage.text : "");
  drawAge();
  const [state, text] =
    isLocked ? ["stale", "Locked"]
    : outage ? ["stale", "Out of date"]
    : snapshotAt ? ["live", "Live"]
    : ["waiting", "Asking the registry…"];
  byId("freshness").dataset.state = state;
  setText(byId("freshness-text"), text);
}

// Tells those who hear the page what others see at a glance; what changes by itself, and may do so
// many times a second, is not told.
function announce(text) {
  setText(byId("announcement"), text);
}

// Not read out: it changes every second.
function drawAge() {
  setText(byId("banner-age"), outage ? `(for ${span(now() - outage.since)})` : "");
}

// What the stream tells

function happened(events) {
  if (events.length === 0) {
    return;
  }
  feed.add(events);
  events.forEach((event) => panel.happened(event));
}

const CHANGES = { added: "registered", registered: "registered", updated: "updated" };

function eventOf(service, change) {
  return {
    id: service.id,
    type: CHANGES[change] ?? `${change}`,
    again: change === "registered",
    at: change === "added" ? service.registered_at : service.last_updated,
  };
}

function replaceAll(services, hasMarks) {
  heardAt = now();
  const { added, again, changed, gone } = fleet.replace(services, hasMarks);
  if (snapshotAt) {
    // What happened in between is known only by its end.
    const at = new Date(now()).toISOString();
    happened([
      ...[...gone.keys()].map((id) => ({ id, type: "gone", at })),
      ...added.map((service) => eventOf(service, "added")),
      ...again.map((service) => eventOf(service, "registered")),
      // By an update, or by another registration: the list does not tell which.
      ...changed.map((service) => eventOf(service, "changed")),
    ]);
  } else {
    snapshotAt = now();
    seedFeed();
  }
  if (!hasMarks) {
    readMarks();
  }
  schedule();
}

const stream = new ServiceStream({
  onList(services) {
    replaceAll(services, true);
  },

  onSnapshot(services) {
    replaceAll(services, false);
  },

  onPut(service) {
    heardAt = now();
    const { change, ...detail } = service;
    fleet.put(detail);
    happened([eventOf(detail, change)]);
    schedule();
  },

  onGone(event) {
    heardAt = now();
    fleet.remove(event.id);
    happened([{ id: event.id, type: event.cause, at: event.at, last_ping_at: event.last_ping_at }]);
    schedule();
  },

  onSync({ fresh, since }) {
    heardAt = now();
    byId("key-form").hidden = true;
    if (fresh) {
      if (outage) {
        announce("The list is live again.");
      }
      outage = undefined;
    } else {
      const text = `The registry could not ask its store since ${timeText(since)}. Shown is what it knew then; no service is gone for it.`;
      outage = { text, short: "Store out of reach", since: Date.parse(since) };
    }
    schedule();
  },

  onFailure: failed,

  onKeyNeeded() {
    isLocked = true;
    byId("key-form").hidden = false;
    sayOfKey(hasKey()
      ? "The registry does not take this key. Which one is right?"
      : "This registry shows its services to those who have its key.");
    forgetKey();
    byId("key").focus();
    schedule();
  },
});

function sayOfKey(text) {
  setText(byId("key-form").querySelector("label"), text);
}

// What was known last stays: a registry that does not answer is not an empty one.
function failed(message) {
  const since = outage?.since ?? heardAt;
  const kept = snapshotAt ? ` Shown is what was known at ${timeText(since)}.` : "";
  outage = { text: message + kept, short: "Out of reach", since };
  schedule();
}

async function seedFeed() {
  const latest = await read("services/$events?limit=100").catch(() => undefined);
  const events = Array.isArray(latest?.events) ? latest.events : [];
  const before = events.filter((event) => Date.parse(event.at) < snapshotAt);
  if (before.length > 0) {
    feed.addBefore(before.reverse());
  }
}

// Marks, which no change tells of

let worker;
let marksTimer;
let marksAskedAt = 0;
let isReadingMarks = false;

// A list that takes long is read more seldom.
function readMarksLater() {
  isReadingMarks = false;
  clearTimeout(marksTimer);
  const restMs = REST_FACTOR * (performance.now() - marksAskedAt);
  marksTimer = setTimeout(readMarks, Math.max(MARKS_MS, restMs));
}

function readMarks() {
  if (document.hidden || isLocked || !snapshotAt || isReadingMarks) {
    return;
  }
  clearTimeout(marksTimer);
  if (!worker) {
    worker = new Worker("assets/marks.js");
    worker.addEventListener("message", ({ data }) => {
      if (data) {
        fleet.markAll(data);
        schedule();
      }
      readMarksLater();
    });
    worker.addEventListener("error", () => {
      worker = undefined; // the server did not give it away, and may do so the next time
      readMarksLater();
    });
  }
  isReadingMarks = true;
  marksAskedAt = performance.now();
  worker.postMessage({ url: new URL("services", document.baseURI).href, headers: headersWithKey() });
}

// What the server is

let statusTimer;

async function readStatus() {
  clearTimeout(statusTimer);
  if (isLocked) {
    return;
  }
  try {
    const status = await read("services/$status");
    if (status) {
      storeIsDown = status.store.state === "down";
      drawServer(status);
    }
    if (status && isAway) {
      outage = undefined; // the stream, which otherwise says so, is closed
    }
  } catch (error) {
    console.debug(error);
    if (isAway) {
      failed("The registry cannot be reached.");
    }
  }
  schedule();
  clearTimeout(statusTimer);
  statusTimer = setTimeout(readStatus, STATUS_MS);
}

function drawServer({ version, uptime_seconds: uptime, draining, store, watches, request_bytes, response_bytes }) {
  const usage = ({ used, max }) => `${bytes(used)} of ${bytes(max)}`;
  const facts = [
    ["Version", version],
    ["Up for", span(uptime * SECOND) + (draining ? ", about to stop" : "")],
    ["Store", [store.kind, store.state].filter(Boolean).join(", ")],
    ["Watchers", `${number(watches.used)} of ${number(watches.max)}`],
    ["Request memory", usage(request_bytes)],
    ["Response memory", usage(response_bytes)],
  ];
  const nodes = facts
    .filter(([, value]) => value)
    .flatMap(([name, value]) => [element("dt", "", name), element("dd", "", `${value}`)]);
  byId("server").replaceChildren(...nodes);
}

// The URL

function fromUrl() {
  const parameters = new URLSearchParams(location.search);
  view.q = parameters.get("q") ?? "";
  view.service = parameters.get("service") ?? "";
  if (/^(\$.*|\.\.?)$/s.test(view.service)) {
    view.service = ""; // no id, but the path of something else
  }
  view.fold = parameters.has("names");
  view.newest = parameters.has("newest");
  if (byId("search").value !== view.q) {
    byId("search").value = view.q;
  }
  search = searchOf(view.q);
  tree.select(view.service);
  panel.show(view.service);
  document.body.classList.toggle("has-panel", view.service !== "");
  schedule();
}

function urlOfView() {
  const parameters = new URLSearchParams();
  if (view.q.trim() !== "") {
    parameters.set("q", view.q);
  }
  if (view.service !== "") {
    parameters.set("service", view.service);
  }
  if (view.fold) {
    parameters.set("names", "");
  }
  if (view.newest) {
    parameters.set("newest", "");
  }
  const text = parameters.toString();
  return location.pathname + (text && `?${text}`);
}

function goTo(changes) {
  commitSearch();
  Object.assign(view, changes);
  if (urlOfView() !== location.pathname + location.search) {
    history.pushState(null, "", urlOfView());
  }
  fromUrl();
}

function open(id) {
  showActivity(false);
  goTo({ service: id });
  byId("panel").focus();
}

function close() {
  goTo({ service: "" });
  focusList();
}

function focusList() {
  byId(found.rows.length > 0 ? "tree" : "search").focus(); // a list of nothing is hidden
}

// A search is one step back, however many keys were typed.
let searchTimer = 0;
let isTyping = false;
let announceTimer = 0;

function commitSearch() {
  clearTimeout(searchTimer);
  if (searchTimer !== 0 && urlOfView() !== location.pathname + location.search) {
    history[isTyping ? "replaceState" : "pushState"](null, "", urlOfView());
    isTyping = true;
  }
  searchTimer = 0;
}

function setSearch(text, changes) {
  byId("search").value = text;
  isTyping = false;
  goTo({ q: text, ...changes });
}

// On a phone the panel has taken the place of the list, and gives it back to what is found.
function searchFromPanel(text) {
  if (byId("services").offsetParent === null) {
    setSearch(text, { service: "" });
    draw(); // what is found, which is to have the focus
    focusList();
  } else {
    setSearch(text);
  }
}

const tree = new ServiceTree(byId("tree"), {
  onSelect(entry) {
    goTo({ service: entry.id });
    if (byId("tree").offsetParent === null) {
      byId("panel").focus(); // on a phone it has taken the place of the list
    }
  },
  onToggle(group) {
    if (!folds.delete(group.id)) {
      folds.add(group.id);
    }
    draw(); // the next key may already be about the rows that this one has shown
  },
});

const panel = new ServicePanel(fleet, feed, {
  onSelect: open,
  onSearch: searchFromPanel,
  onClose: close,
  onMark: schedule,
});

// On a phone the activity takes the place of all else.
function showActivity(isShown) {
  document.body.classList.toggle("shows-activity", isShown);
  byId("show-activity").setAttribute("aria-pressed", `${isShown}`);
}

addEventListener("popstate", () => {
  showActivity(false); // else nobody sees where the way back leads
  clearTimeout(searchTimer);
  searchTimer = 0;
  isTyping = false;
  fromUrl();
});

byId("search").addEventListener("input", () => {
  view.q = byId("search").value;
  search = searchOf(view.q);
  schedule();
  clearTimeout(searchTimer);
  searchTimer = setTimeout(commitSearch, URL_MS);
  clearTimeout(announceTimer);
  announceTimer = setTimeout(() => announce(byId("count").textContent), ANNOUNCE_MS);
});

byId("search").addEventListener("blur", () => {
  commitSearch();
  isTyping = false;
});

byId("search").addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" && !event.isComposing && found.rows.length > 0) {
    event.preventDefault();
    byId("tree").focus();
    tree.reveal(found.rows[0]);
  }
});

for (const mark of ["late", "flapping"]) {
  byId(mark).addEventListener("click", () => {
    const words = view.q.split(/\s+/).filter(Boolean);
    const word = `is:${mark}`;
    setSearch(words.includes(word) ? words.filter((each) => each !== word).join(" ") : [...words, word].join(" "));
  });
}

byId("fold").addEventListener("click", () => {
  folds.clear();
  goTo({ fold: !view.fold });
});

byId("newest").addEventListener("click", () => {
  goTo({ newest: !view.newest });
  tree.toTop();
});

byId("deregister").addEventListener("click", () => {
  if (panel.service) {
    confirmDeregistration(panel.service, (id) => fleet.find(id)?.service);
  }
});

byId("show-activity").addEventListener("click", () => {
  showActivity(!document.body.classList.contains("shows-activity"));
});

byId("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const key = byId("key").value;
  byId("key").value = "";
  if (!isKey(key)) {
    sayOfKey("A key has no such characters. Which one is right?");
    return;
  }
  useKey(key);
  isLocked = false;
  stream.start();
  readStatus();
  readMarks();
  panel.resume();
});

// A key that does something by itself can be switched off (WCAG 2.1.4): who speaks to the computer
// would press it by speaking. A browser that stores nothing forgets it with the page.
const SHORTCUT = "rollcall-shortcut";

function showShortcut() {
  document.body.classList.toggle("without-shortcut", !byId("shortcut").checked);
}

try {
  byId("shortcut").checked = localStorage.getItem(SHORTCUT) !== "off";
} catch (error) {
  console.debug(error);
}
showShortcut();

byId("shortcut").addEventListener("change", () => {
  showShortcut();
  try {
    localStorage.setItem(SHORTCUT, byId("shortcut").checked ? "on" : "off");
  } catch (error) {
    console.debug(error);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) {
    return;
  }
  const isText = event.target.closest("input:not([type=checkbox])") !== null;
  if (event.key === "/" && !isText && byId("shortcut").checked) {
    event.preventDefault();
    byId("search").focus();
    byId("search").select();
  } else if (event.key === "Escape" && event.target === byId("search") && view.q !== "") {
    event.preventDefault();
    setSearch("");
  } else if (event.key === "Escape" && view.service !== "") {
    event.preventDefault();
    close();
  }
});

// A page that nobody looks at gives back its stream after a while, as a browser opens few connections
// to one server; the status still tells whether something is wrong.
let hiddenTimer;

function noticeVisibility() {
  clearTimeout(hiddenTimer);
  if (document.hidden) {
    scheduled = false; // its frame may never come
    schedule();
    hiddenTimer = setTimeout(() => {
      isAway = stream.isRunning;
      stream.stop();
    }, HIDDEN_MS);
    return;
  }
  if (isAway) {
    isAway = false;
    stream.start();
  }
  readStatus();
  readMarks();
}

document.addEventListener("visibilitychange", noticeVisibility);

addEventListener("online", () => stream.isRunning && stream.start());

const register = new URL("services/$register", document.baseURI);
byId("example").textContent = `curl -X POST -H 'Content-Type: application/json' \\
  -d '{"url": "http://my-service:8000", "info": {"display_name": "My Service"}}' \\
  '${register}'`;

// A computer that slept, or a page that was frozen, has lost its connections without a word.
let tickedAt = Date.now();

function tick() {
  const suspendedMs = Math.abs(Date.now() - tickedAt);
  tickedAt = Date.now();
  if (suspendedMs > SUSPENDED_MS && stream.isRunning) {
    stream.start();
  }
  drawAge();
  if (view.newest && !document.hidden) {
    schedule(); // the ages
  }
}

setText(byId("host"), location.host);
fromUrl();
stream.start();
noticeVisibility();
setInterval(tick, SECOND);
