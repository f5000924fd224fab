// What is registered: services in groups of one name, all in natural order, and what a search finds
// of them. Both kinds of row are here: a Group, and an Entry for each of its services.

import { textOf } from "./dom.js";

// A text that sorts as people count: orders-2 before orders-10. Each number is preceded by its
// length, so that plain comparison, which is many times faster than a collator, is enough.
export function naturalKey(text) {
  return text.toLowerCase().replace(/\d+/g, (digits) => {
    const number = digits.replace(/^0+(?=\d)/, "");
    return `0${String.fromCharCode(number.length)}${number}`;
  });
}

const compare = (a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

const newestFirst = (a, b) => b.registeredAt - a.registeredAt || compare(a, b);

// Sorts entries, or groups, beginning with the order that they had before: what is nearly sorted is
// sorted many times faster, and this happens in each frame.
let sortings = 0;

function sortNewestFirst(before, items) {
  const mine = ++sortings;
  items.forEach((item) => (item.sorting = mine));
  const kept = before.filter((item) => item.sorting === mine);
  kept.forEach((item) => (item.sorting = 0));
  const added = items.filter((item) => item.sorting === mine);
  return [...added, ...kept].sort(newestFirst);
}

// Returns where an item stands in a sorted list, or belongs.
function indexIn(sorted, item) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(sorted[middle], item) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function collectTexts(value, texts) {
  if (Array.isArray(value)) {
    value.forEach((each) => collectTexts(each, texts));
  } else if (value !== null && typeof value === "object") {
    for (const [name, each] of Object.entries(value)) {
      texts.push(name);
      collectTexts(each, texts);
    }
  } else {
    texts.push(`${value}`);
  }
}

// In milliseconds; 0 if the registry says no time.
const timeOf = (service) => Date.parse(service.registered_at) || 0;

class Entry {
  sorting = 0;
  index = -1; // among the rows that are shown
  position = 0; // among its siblings that are shown, from 1
  #haystack;
  #search;
  #matches = false;

  constructor(service) {
    this.id = service.id;
    this.key = naturalKey(service.id);
    this.service = service;
    this.marks = service.marks ?? [];
    this.registeredAt = timeOf(service);
  }

  get name() {
    return this.service.name ?? this.id;
  }

  update(service, marks) {
    this.service = service;
    this.marks = marks;
    this.registeredAt = timeOf(service);
    this.#haystack = this.#search = undefined;
  }

  mark(marks) {
    this.marks = marks;
    this.#search = undefined;
  }

  matches(search) {
    if (this.#search !== search) {
      this.#search = search;
      this.#matches =
        search.marks.every((mark) => this.marks.includes(mark)) &&
        (search.words.length === 0 || search.words.every((word) => this.#texts().includes(word)));
    }
    return this.#matches;
  }

  #texts() {
    if (this.#haystack === undefined) {
      const texts = [this.id, this.name, this.service.url];
      collectTexts(this.service.info, texts);
      this.#haystack = texts.join("\n").toLowerCase();
    }
    return this.#haystack;
  }
}

class Group {
  entries = [];
  found = []; // those of them that the search finds, in the order in which they are shown
  registeredAt = 0; // the first of these
  sorting = 0;
  index = -1;
  position = 0;
  shown = 0; // how many of its services the search finds
  late = 0;
  flapping = 0;
  #versions;

  constructor(name) {
    this.id = name;
    this.key = naturalKey(name);
  }

  changed() {
    this.#versions = undefined;
  }

  // Returns how many of its services say that they are of each version: [version, amount], in
  // natural order.
  get versions() {
    if (this.#versions === undefined) {
      const amounts = new Map();
      for (const { service } of this.entries) {
        const version = textOf(service.info?.version);
        if (version !== "") {
          amounts.set(version, (amounts.get(version) ?? 0) + 1);
        }
      }
      const keyed = [...amounts].map(([id, amount]) => ({ id, key: naturalKey(id), amount }));
      this.#versions = keyed.sort(compare).map(({ id, amount }) => [id, amount]);
    }
    return this.#versions;
  }
}

// "is:late" asks for a mark; any other word is looked for in all texts of a service.
export function searchOf(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const isMark = (word) => word.startsWith("is:") && word.length > 3;
  return {
    words: words.filter((word) => !isMark(word)),
    marks: words.filter(isMark).map((word) => word.slice(3)),
  };
}

export class Fleet {
  #entries = new Map();
  #groups = new Map();
  #sorted = [];
  #newest = []; // the groups as they were last shown newest first

  get size() {
    return this.#entries.size;
  }

  find(id) {
    return this.#entries.get(id);
  }

  // Returns the services of a name, in order.
  named(name) {
    return this.#groups.get(name)?.entries ?? [];
  }

  put(service) {
    const known = this.#entries.get(service.id);
    if (known && known.name === (service.name ?? service.id)) {
      known.update(service, service.marks ?? []);
      this.#groupOf(known.name).changed();
      return;
    }
    this.remove(service.id);
    const entry = new Entry(service);
    this.#entries.set(entry.id, entry);
    const group = this.#groupOf(entry.name);
    group.entries.splice(indexIn(group.entries, entry), 0, entry);
    group.changed();
  }

  #groupOf(name) {
    let group = this.#groups.get(name);
    if (!group) {
      group = new Group(name);
      this.#groups.set(name, group);
      this.#sorted.splice(indexIn(this.#sorted, group), 0, group);
    }
    return group;
  }

  // Returns what it was; undefined if it is not there.
  remove(id) {
    const entry = this.#entries.get(id);
    if (!entry) {
      return undefined;
    }
    this.#entries.delete(id);
    const group = this.#groups.get(entry.name);
    group.entries.splice(indexIn(group.entries, entry), 1);
    group.changed();
    if (group.entries.length === 0) {
      this.#groups.delete(entry.name);
      this.#sorted.splice(indexIn(this.#sorted, group), 1);
    }
    return entry;
  }

  // Takes a whole list; returns what is new in it, what has registered after it was gone, what else
  // has changed, and what it no longer has. What is known keeps its rows, so that a place in the list stays where it is. A list knows which
  // services have marks (hasMarks), a snapshot only which had them when they last changed.
  replace(services, hasMarks) {
    const gone = new Map(this.#entries);
    const added = [];
    const again = [];
    const changed = [];
    const oldGroups = this.#groups;
    this.#entries = new Map();
    this.#groups = new Map();
    for (const service of services) {
      const known = gone.get(service.id);
      gone.delete(service.id);
      const isSame = known?.service.last_updated === service.last_updated;
      if (!known) {
        added.push(service);
      } else if (known.service.registered_at !== service.registered_at) {
        again.push(service);
      } else if (!isSame) {
        changed.push(service);
      }
      const entry = known ?? new Entry(service);
      entry.update(service, isSame && !hasMarks ? entry.marks : (service.marks ?? []));
      this.#entries.set(entry.id, entry);
      let group = this.#groups.get(entry.name);
      if (!group) {
        group = oldGroups.get(entry.name) ?? new Group(entry.name);
        group.entries = [];
        group.changed();
        this.#groups.set(entry.name, group);
      }
      group.entries.push(entry);
    }
    // Sorted as a whole: to insert ten thousand one by one takes longer.
    this.#sorted = [...this.#groups.values()].sort(compare);
    this.#sorted.forEach((group) => group.entries.sort(compare));
    return { added, again, changed, gone };
  }

  // Takes the marks of one service; returns whether they are others than were known.
  mark(id, marks) {
    const entry = this.#entries.get(id);
    if (!entry || `${entry.marks}` === `${marks}`) {
      return false;
    }
    entry.mark(marks);
    return true;
  }

  // Takes which services have marks at all.
  markAll(marks) {
    for (const entry of this.#entries.values()) {
      entry.mark(marks.get(entry.id) ?? []);
    }
  }

  // Returns the rows that a search leaves, and what there is in all: in natural order, or those that
  // registered last first. A service that alone has its own id as its name needs no group.
  rows(search, isFolded, isNewestFirst) {
    const result = { rows: [], groups: 0, shown: 0, total: this.size, late: 0, flapping: 0 };
    let groups = [];
    for (const group of this.#sorted) {
      const found = this.#count(group, search, result);
      group.found = isNewestFirst ? sortNewestFirst(group.found, found) : found;
      if (found.length > 0) {
        group.registeredAt = group.found[0].registeredAt;
        groups.push(group);
      }
    }
    this.#newest = isNewestFirst ? sortNewestFirst(this.#newest, groups) : [];
    if (isNewestFirst) {
      groups = this.#newest;
    }
    let position = 0;
    for (const group of groups) {
      const { found } = group;
      result.shown += found.length;
      group.position = ++position;
      if (group.entries.length === 1 && group.entries[0].id === group.id) {
        this.#show(found[0], position, result.rows);
        continue;
      }
      this.#show(group, position, result.rows);
      if (!isFolded(group)) {
        found.forEach((entry, i) => this.#show(entry, i + 1, result.rows));
      }
    }
    result.groups = position;
    return result;
  }

  #count(group, search, result) {
    const found = [];
    let late = 0;
    let flapping = 0;
    for (const entry of group.entries) {
      late += entry.marks.includes("late") ? 1 : 0;
      flapping += entry.marks.includes("flapping") ? 1 : 0;
      if (entry.matches(search)) {
        found.push(entry);
      }
    }
    group.late = late;
    group.flapping = flapping;
    group.shown = found.length;
    result.late += late;
    result.flapping += flapping;
    return found;
  }

  #show(row, position, rows) {
    row.position = position;
    row.index = rows.length;
    rows.push(row);
  }
}

export const isGroup = (row) => row instanceof Group;
