// The rows: which are there, which are shown, in what order, and the countdown of those in sight.

import { now } from "./clock.js";
import { Row } from "./row.js";

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const CALM_INTERVAL_MS = 1000;

const rows = new Map();
const inSight = new Set();
const rowOf = new WeakMap();
let body;
let onLeaseOver;
let order = { column: "name", descending: false };
let words = [];
let drawnAt = 0;

const sight = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      // A row may be gone by the time that this is told of it.
      if (entry.isIntersecting && entry.target.isConnected) {
        inSight.add(rowOf.get(entry.target));
      } else {
        inSight.delete(rowOf.get(entry.target));
      }
    }
  },
  { rootMargin: "200px" },
);

// Shows the rows in a table's body; tells onLeaseOver() when one in sight has run out.
export function start(newBody, newOnLeaseOver) {
  body = newBody;
  onLeaseOver = newOnLeaseOver;
  requestAnimationFrame(drawFrame);
}

// A frame costs what is in sight, however many services there are. Hidden pages get none.
function drawFrame(time) {
  if (!calm.matches || time - drawnAt >= CALM_INTERVAL_MS) {
    drawnAt = time;
    const moment = now();
    let anyOver = false;
    for (const row of inSight) {
      anyOver = row.draw(moment) || anyOver;
    }
    if (anyOver) {
      onLeaseOver();
    }
  }
  requestAnimationFrame(drawFrame);
}

// Takes the list as it is now.
export function update(services) {
  const moment = now();
  const gone = new Set(rows.keys());
  for (const service of services) {
    gone.delete(service.id);
    const row = rows.get(service.id);
    if (row) {
      row.update(service);
    } else {
      add(new Row(service), service.id, moment);
    }
  }
  gone.forEach(remove);
  arrange();
}

function add(row, id, moment) {
  rows.set(id, row);
  rowOf.set(row.node, row);
  sight.observe(row.node);
  row.draw(moment);
}

function remove(id) {
  const row = rows.get(id);
  rows.delete(id);
  inSight.delete(row);
  sight.unobserve(row.node);
  row.node.remove();
}

// Shows the rows that hold each word of the text.
export function filter(text) {
  words = text.toLowerCase().split(/\s+/).filter(Boolean);
  arrange();
}

export function sort(column, descending) {
  order = { column, descending };
  arrange();
}

export const total = () => rows.size;
export const shown = () => body.childElementCount;

function compare(a, b) {
  const [x, y] = [a.sortKey(order.column), b.sortKey(order.column)];
  const result = typeof x === "number" ? x - y : collator.compare(x, y);
  return (order.descending ? -result : result) || compareNames(a, b);
}

// By name and then by id, which no two have: rows of one name keep their order at each list.
function compareNames(a, b) {
  return (
    collator.compare(a.keys.name, b.keys.name) ||
    collator.compare(a.keys.id, b.keys.id) ||
    (a.keys.id < b.keys.id ? -1 : 1)
  );
}

// Moves only the nodes that stand elsewhere: a row that stays keeps its focus.
function arrange() {
  const wanted = [...rows.values()].filter((row) => words.every((word) => row.haystack.includes(word)));
  wanted.sort(compare);
  const nodes = wanted.map((row) => row.node);
  if (body.childElementCount === 0) {
    body.append(...nodes);
    return;
  }
  const keep = new Set(nodes);
  for (const node of [...body.children]) {
    if (!keep.has(node)) {
      node.remove();
    }
  }
  let at = body.firstElementChild;
  for (const node of nodes) {
    if (node === at) {
      at = at.nextElementSibling;
    } else {
      body.insertBefore(node, at);
    }
  }
}
