// Puts the list and the page together.

import { askNow, start as startPolling, useKey } from "./poll.js";
import * as table from "./table.js";

const OVER_INTERVAL_MS = 1000;

const $ = (id) => document.getElementById(id);
const time = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
let listedAt;
let askedForOver = 0;

function plural(count) {
  return `${count.toLocaleString()} ${count === 1 ? "service" : "services"}`;
}

// A problem's detail may come without a full stop.
function sentence(text) {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function showCounts() {
  const total = table.total();
  const shown = table.shown();
  const filtered = $("filter").value.trim() !== "";
  const text = filtered ? `${shown.toLocaleString()} of ${plural(total)}` : plural(total);
  if ($("count").textContent !== text) {
    $("count").textContent = text;
    document.title = `${plural(total)} · Rollcall`;
  }
  $("services").hidden = shown === 0;
  $("empty").hidden = total > 0;
  $("no-match").hidden = total === 0 || shown > 0;
}

function showFreshness() {
  const state = $("banner").hidden ? "live" : "stale";
  $("freshness").dataset.state = listedAt ? state : "waiting";
  if (listedAt) {
    $("freshness-text").textContent =
      state === "live" ? "Live" : `As of ${time.format(listedAt)}`;
  }
}

table.start($("rows"), () => {
  // The next answer says whether it is gone or was renewed meanwhile; in an outage nobody knows.
  if ($("banner").hidden && performance.now() - askedForOver > OVER_INTERVAL_MS) {
    askedForOver = performance.now();
    askNow();
  }
});

startPolling({
  onList(services) {
    const isFirst = listedAt === undefined;
    listedAt = new Date();
    $("banner").hidden = true;
    $("key-form").hidden = true;
    table.update(services);
    showCounts();
    showFreshness();
    if (isFirst) {
      performance.mark("rollcall-listed");
    }
  },

  // What was listed last stays: a registry that does not answer is not an empty one.
  onFailure(message) {
    const kept = listedAt ? ` Shown is the list of ${time.format(listedAt)}.` : "";
    $("banner").textContent = sentence(message) + kept;
    $("banner").hidden = false;
    showFreshness();
  },

  onKeyNeeded(wasWrong) {
    $("key-form").hidden = false;
    $("freshness-text").textContent = "Locked";
    if (wasWrong) {
      $("banner").textContent = "The registry does not take this key.";
      $("banner").hidden = false;
    }
  },
});

$("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  useKey($("key").value);
  $("key").value = "";
});

$("filter").addEventListener("input", () => {
  table.filter($("filter").value);
  showCounts();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.target.closest("input")) {
    event.preventDefault();
    $("filter").focus();
  }
});

for (const button of document.querySelectorAll("[data-sort]")) {
  button.addEventListener("click", () => {
    const header = button.closest("th");
    const descending = header.getAttribute("aria-sort") === "ascending";
    document.querySelectorAll("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", descending ? "descending" : "ascending");
    table.sort(button.dataset.sort, descending);
  });
}

const register = new URL("services/$register", document.baseURI);
$("example").textContent = `curl -X POST -H 'Content-Type: application/json' \\
  -d '{"url": "http://my-service:8000", "info": {"display_name": "My Service"}}' \\
  '${register}'`;
