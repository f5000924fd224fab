// One service as a row. Whatever a service says of itself becomes text and nothing else.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// Shares of the lease that are left when a ping, or a second one, is overdue.
const LATE = 0.5;
const CRITICAL = 0.2;

function element(name, className) {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

// The style sheet makes grids of the table's parts, which takes their meaning from them.
function cell(className, ...content) {
  const made = element("td", className);
  made.setAttribute("role", "cell");
  made.append(...content);
  return made;
}

function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

const textOf = (value) => (typeof value === "string" || typeof value === "number" ? `${value}` : "");

function span(millis) {
  const [amount, unit] =
    millis < MINUTE ? [millis / SECOND, "s"]
    : millis < HOUR ? [millis / MINUTE, "min"]
    : millis < DAY ? [millis / HOUR, "h"]
    : [millis / DAY, "d"];
  return `${Math.max(0, Math.floor(amount))} ${unit}`;
}

export class Row {
  #service;
  #left = "";
  #state = "";

  constructor(service) {
    this.node = element("tr", "service");
    this.node.setAttribute("role", "row");
    this.name = element("button", "name");
    this.name.setAttribute("aria-expanded", "false");
    this.name.addEventListener("click", () => this.#toggle());
    this.id = element("span", "id");
    this.url = element("a", "url");
    this.url.rel = "noopener noreferrer";
    this.url.target = "_blank";
    this.version = cell("version");
    this.since = cell("since");
    this.bar = element("span", "bar");
    this.fill = element("span", "fill");
    this.left = element("span", "left");
    this.bar.setAttribute("aria-hidden", "true");
    this.bar.append(this.fill);
    this.node.append(
      cell("what", this.name, this.id),
      cell("where", this.url),
      this.version,
      this.since,
      cell("lease", this.bar, this.left),
    );
    this.update(service);
  }

  update(service) {
    const old = this.#service;
    this.#service = service;
    this.expiresAt = Date.parse(service.expires_at);
    this.ttl = service.ttl_seconds * SECOND;
    if (old?.last_updated === service.last_updated && old.registered_at === service.registered_at) {
      return; // A ping changes the lease alone.
    }
    this.registeredAt = Date.parse(service.registered_at);
    this.keys = {
      id: service.id,
      name: textOf(service.info.display_name) || service.id,
      url: service.url,
      version: textOf(service.info.version),
      registered: this.registeredAt,
    };
    this.haystack = `${service.id} ${service.url} ${JSON.stringify(service.info)}`.toLowerCase();
    setText(this.name, this.keys.name);
    setText(this.id, this.keys.name === service.id ? "" : service.id);
    setText(this.url, service.url);
    // The registry takes http and https alone; a page does not rely on it.
    if (/^https?:\/\//i.test(service.url)) {
      this.url.href = service.url;
    } else {
      this.url.removeAttribute("href");
    }
    setText(this.version, this.keys.version);
    this.since.title = service.registered_at;
    this.#fillDetails();
  }

  // Draws what changes with time alone; true if the lease has run out.
  draw(now) {
    // The server's clock is known to half a second at first, and no lease has more left than its ttl.
    const left = Math.min(this.expiresAt - now, this.ttl);
    const share = Math.min(1, Math.max(0, left / this.ttl));
    this.fill.style.transform = `scaleX(${share.toFixed(4)})`;
    const state = left <= 0 ? "over" : share > LATE ? "fresh" : share > CRITICAL ? "late" : "critical";
    if (state !== this.#state) {
      this.#state = state;
      this.node.dataset.lease = state;
    }
    const text = left <= 0 ? "ended" : `${span(left + SECOND - 1)} of ${span(this.ttl)}`;
    if (text !== this.#left) {
      this.#left = text;
      this.left.textContent = text;
      setText(this.since, `${span(now - this.registeredAt)} ago`);
    }
    return left <= 0;
  }

  // What the column sorts by.
  sortKey(column) {
    return column === "left" ? this.expiresAt : this.keys[column];
  }

  #toggle() {
    const opened = this.name.getAttribute("aria-expanded") !== "true";
    this.name.setAttribute("aria-expanded", `${opened}`);
    if (opened) {
      this.details = cell("details");
      this.node.append(this.details);
      this.#fillDetails();
    } else {
      this.details.remove();
      this.details = undefined;
    }
  }

  #fillDetails() {
    if (!this.details) {
      return;
    }
    const { registered_at: registered, last_updated: updated, info } = this.#service;
    const times = element("p", "times");
    times.textContent = `Registered ${registered}, updated ${updated}`;
    const text = element("pre", "info");
    text.textContent = JSON.stringify(info, null, 2);
    this.details.replaceChildren(times, text);
  }
}
