// The list of services, as a tree of which only the rows in sight exist: a frame costs what is in
// sight, however many services there are.
//
// The focus stays on the tree, which names its active row (aria-activedescendant): a row that
// scrolls away takes no focus with it.

import { isGroup } from "./fleet.js";
import { count, element, setAttribute, setText, textOf } from "./dom.js";

const OVERSCAN = 6; // rows beyond each edge
const MAX_TEXT = 200; // characters: more than a row has place for, and an info may be long
const MAX_VERSIONS = 3;

const clipped = (text) => (text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text);

// Says which versions the instances of a name are of, as they are while a new one is rolled out.
function versionsText({ versions, entries }) {
  if (versions.length === 1 && versions[0][1] === entries.length) {
    return `, ${versions[0][0]}`;
  }
  if (versions.length > MAX_VERSIONS) {
    return `, ${versions.length} versions`;
  }
  return versions.map(([version, amount]) => `, ${amount} × ${version}`).join("");
}

function edgesOf(node) {
  const { top, bottom } = node.getBoundingClientRect();
  return { top, bottom };
}

const isWithin = ({ clientY }, { top, bottom }) => clientY >= top && clientY < bottom;

class RowNode {
  constructor(label) {
    this.node = element("div", "row");
    this.node.id = `row-${label}`;
    this.node.setAttribute("role", "treeitem");
    this.sign = element("span", "sign");
    this.sign.setAttribute("aria-hidden", "true");
    this.title = element("span", "title");
    this.alias = element("span", "alias");
    this.more = element("span", "more");
    this.version = element("span", "version");
    this.marks = element("span", "marks");
    this.node.append(this.sign, this.title, this.alias, this.more, this.version, this.marks);
  }

  draw(row, { top, siblings, level, folded, selected, active, moreOf }) {
    this.row = row;
    const { node } = this;
    node.style.transform = `translateY(${top}px)`;
    node.classList.toggle("active", active);
    node.classList.toggle("group", isGroup(row));
    setAttribute(node, "aria-level", level);
    setAttribute(node, "aria-posinset", row.position);
    setAttribute(node, "aria-setsize", siblings);
    setAttribute(node, "aria-selected", selected);
    if (isGroup(row)) {
      setAttribute(node, "aria-expanded", !folded);
      this.#drawGroup(row);
    } else {
      node.removeAttribute("aria-expanded");
      this.#drawService(row, moreOf(row));
    }
  }

  #drawGroup(group) {
    delete this.node.dataset.state;
    setText(this.title, clipped(group.id));
    setText(this.alias, "");
    const all = group.entries.length;
    const shown = group.shown === all ? "" : `${group.shown} of `;
    setText(this.more, clipped(shown + count(all, "instance", "instances") + versionsText(group)));
    setText(this.version, "");
    const marks = [];
    if (group.late > 0) {
      marks.push(`${group.late} late`);
    }
    if (group.flapping > 0) {
      marks.push(`${group.flapping} flapping`);
    }
    setText(this.marks, marks.join(", "));
  }

  #drawService(entry, more) {
    const { service, marks } = entry;
    this.node.dataset.state = marks.length > 0 ? "marked" : "fine";
    setText(this.title, clipped(entry.id));
    const alias = textOf(service.info?.display_name);
    setText(this.alias, alias === entry.id ? "" : clipped(alias));
    setText(this.more, clipped(more));
    setText(this.version, clipped(textOf(service.info?.version)));
    setText(this.marks, marks.join(", "));
  }
}

export class ServiceTree {
  #tree;
  #runway;
  #listener;
  #nodes = new Map(); // RowNode by the index of its row
  #spare = [];
  #made = 0;
  #rows = [];
  #groups = 0;
  #isFolded = () => false;
  #moreOf = () => "";
  #selectedId = "";
  #active;
  #pressed; // { row, top, bottom }: what a pointer was pressed on, and where that stood
  #rowHeight = 0;
  #scheduled = false;

  // The listener has onSelect(entry) and onToggle(group).
  constructor(tree, listener) {
    this.#tree = tree;
    this.#listener = listener;
    this.#runway = tree.firstElementChild;
    tree.addEventListener("scroll", () => this.#schedule(), { passive: true });
    tree.addEventListener("pointerdown", (event) => this.#press(event));
    tree.addEventListener("pointercancel", () => (this.#pressed = undefined));
    tree.addEventListener("click", (event) => this.#click(event));
    tree.addEventListener("keydown", (event) => this.#key(event));
    tree.addEventListener("focus", () => this.#enter());
    new ResizeObserver(() => {
      this.#rowHeight = 0;
      this.#schedule();
    }).observe(tree);
  }

  // Shows these rows; moreOf(entry) is what stands beside a service. The row at the top stays where it is, whatever comes or goes above it.
  show(rows, groups, isFolded, moreOf) {
    const top = this.#rowHeight > 0 ? Math.floor(this.#tree.scrollTop / this.#rowHeight) : 0;
    const anchor = this.#rows[top];
    const before = this.#rows;
    this.#rows = rows;
    this.#groups = groups;
    this.#isFolded = isFolded;
    this.#moreOf = moreOf;
    this.#takeUpActive();
    this.#runway.style.height = `${rows.length * this.#height()}px`;
    if (top > 0 && before !== rows && rows[anchor?.index] === anchor && anchor.index !== top) {
      this.#tree.scrollTop += (anchor.index - top) * this.#height();
    }
    this.#draw();
  }

  // A service that has come back where it was is the active row again.
  #takeUpActive() {
    const there = this.#rows[this.#active?.index];
    if (there?.id === this.#active?.id && isGroup(there) === isGroup(this.#active)) {
      this.#active = there;
    }
  }

  toTop() {
    this.#tree.scrollTop = 0;
  }

  select(id) {
    this.#selectedId = id;
    this.#schedule();
  }

  // Brings a row into sight, and makes it the active one.
  reveal(row) {
    if (this.#rows[row.index] !== row) {
      return;
    }
    this.#active = row;
    const top = row.index * this.#height();
    const { scrollTop, clientHeight } = this.#tree;
    if (top < scrollTop) {
      this.#tree.scrollTop = top;
    } else if (top + this.#height() > scrollTop + clientHeight) {
      this.#tree.scrollTop = top + this.#height() - clientHeight;
    }
    this.#schedule();
  }

  #schedule() {
    if (!this.#scheduled) {
      this.#scheduled = true;
      requestAnimationFrame(() => {
        this.#scheduled = false;
        this.#draw();
      });
    }
  }

  // Rows are of one height, which the style sheet decides; a tree that is hidden has none.
  #height() {
    if (this.#rowHeight === 0) {
      const probe = new RowNode("probe").node;
      this.#runway.append(probe);
      this.#rowHeight = probe.offsetHeight;
      probe.remove();
    }
    return this.#rowHeight || 1;
  }

  #draw() {
    const height = this.#height();
    this.#runway.style.height = `${this.#rows.length * height}px`;
    const { scrollTop, clientHeight } = this.#tree;
    const first = Math.max(0, Math.floor(scrollTop / height) - OVERSCAN);
    const end = Math.min(this.#rows.length, Math.ceil((scrollTop + clientHeight) / height) + OVERSCAN);
    for (const [index, node] of this.#nodes) {
      if (index < first || index >= end) {
        this.#nodes.delete(index);
        this.#spare.push(node);
      }
    }
    let activeNode = "";
    for (let index = first; index < end; index++) {
      const row = this.#rows[index];
      const drawn = this.#nodes.get(index) ?? this.#nodeFor(index);
      const group = this.#groupOf(index);
      const active = row === this.#active;
      drawn.draw(row, {
        top: index * height,
        siblings: group ? group.shown : this.#groups,
        level: group ? 2 : 1,
        folded: isGroup(row) && this.#isFolded(row),
        selected: !isGroup(row) && row.id === this.#selectedId,
        active,
        moreOf: this.#moreOf,
      });
      if (active) {
        activeNode = drawn.node.id;
      }
    }
    this.#spare.forEach((node) => node.node.remove());
    if (activeNode === "") {
      this.#tree.removeAttribute("aria-activedescendant");
    } else {
      this.#tree.setAttribute("aria-activedescendant", activeNode);
    }
  }

  #nodeFor(index) {
    const drawn = this.#spare.pop() ?? new RowNode(this.#made++);
    this.#nodes.set(index, drawn);
    if (!drawn.node.isConnected) {
      this.#runway.append(drawn.node);
    }
    return drawn;
  }

  // Returns the group that a row is in; undefined if it is in none.
  #groupOf(index) {
    const row = this.#rows[index];
    const group = isGroup(row) ? undefined : this.#rows[index - row.position];
    return group && isGroup(group) && group.id === row.name ? group : undefined;
  }

  #press(event) {
    const drawn = this.#drawnAt(event);
    this.#pressed = drawn && { row: drawn.row, ...edgesOf(drawn.node) };
  }

  // A row that has come since the press may have moved the others, or the list below the pointer.
  // So a release where the pressed row stood opens that row, whichever is there now.
  #click(event) {
    const pressed = event.detail > 0 ? this.#pressed : undefined; // 0 if no pointer has clicked
    this.#pressed = undefined;
    const row = pressed ? isWithin(event, pressed) && pressed.row : this.#drawnAt(event)?.row;
    if (row) {
      this.#active = row;
      this.#open(row);
    }
  }

  // Returns the RowNode that an event is about; undefined if it is about none.
  #drawnAt(event) {
    const node = event.target.closest(".row");
    return [...this.#nodes.values()].find((drawn) => drawn.node === node);
  }

  #open(row) {
    if (isGroup(row)) {
      this.#listener.onToggle(row);
    } else {
      this.#listener.onSelect(row);
    }
    this.#schedule();
  }

  #activeRow() {
    return this.#rows[this.#active?.index] === this.#active ? this.#active : undefined;
  }

  // Whoever comes by the keyboard is at a row: at the first in sight, unless one is active.
  #enter() {
    if (!this.#activeRow()) {
      const first = Math.ceil(this.#tree.scrollTop / this.#height());
      this.#active = this.#rows[Math.min(first, this.#rows.length - 1)];
      this.#schedule();
    }
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || this.#rows.length === 0) {
      return;
    }
    const row = this.#activeRow();
    // A row that is gone leaves its place, at which the next one is now.
    const at = this.#active?.index ?? 0;
    const below = row ? at + 1 : at;
    const page = Math.max(1, Math.floor(this.#tree.clientHeight / this.#height()) - 1);
    const last = this.#rows.length - 1;
    const moves = {
      ArrowDown: below,
      ArrowUp: Math.max(0, at - 1),
      PageDown: below - 1 + page,
      PageUp: Math.max(0, at - page),
      Home: 0,
      End: last,
    };
    if (event.key in moves) {
      this.reveal(this.#rows[Math.min(last, moves[event.key])]);
    } else if (row && (event.key === "Enter" || event.key === " ")) {
      this.#open(row);
    } else if (row && event.key === "ArrowRight") {
      this.#unfold(row);
    } else if (row && event.key === "ArrowLeft") {
      this.#fold(row);
    } else {
      return;
    }
    event.preventDefault();
  }

  #unfold(row) {
    if (isGroup(row) && this.#isFolded(row)) {
      this.#listener.onToggle(row);
    } else if (isGroup(row)) {
      this.reveal(this.#rows[row.index + 1]);
    }
  }

  #fold(row) {
    const group = this.#groupOf(row.index);
    if (group) {
      this.reveal(group);
    } else if (isGroup(row) && !this.#isFolded(row)) {
      this.#listener.onToggle(row);
    }
  }
}
