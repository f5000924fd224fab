// Follows the registry's stream of changes, and comes back to it where it was.
//
// It is fetch and not EventSource, which can send no key and hides why it was refused. A registry
// that cannot stream answers with the list; then the list is read again and again.

import { problemOf, request, UNAUTHORIZED } from "./registry.js";

const SILENCE_MS = 25000; // the registry sends a sync every 10 s
const MIN_RETRY_MS = 500;
const MAX_RETRY_MS = 10000;
const POLL_MS = 2000;
// A large list, or a slow way to it, is read a twentieth of the time, but each half minute.
const REST_FACTOR = 19;
const MAX_REST_MS = 30000;

export class ServiceStream {
  #listener;
  #lastId = "";
  #retryMs = 0;
  #failures = 0;
  #run;

  // The listener has onSnapshot(services), onPut(service), onGone(event), onSync(sync),
  // onFailure(message), and onKeyNeeded(), after which the stream waits for start().
  constructor(listener) {
    this.#listener = listener;
  }

  // Begins, or begins again at once.
  start() {
    this.stop();
    this.#run = new AbortController();
    this.#failures = 0;
    this.#follow(this.#run.signal);
  }

  stop() {
    this.#run?.abort();
    this.#run = undefined;
  }

  get isRunning() {
    return this.#run !== undefined;
  }

  async #follow(signal) {
    while (!signal.aborted) {
      let waitMs;
      try {
        waitMs = await this.#connect(signal);
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        console.debug(error);
        waitMs = this.#failed("The registry cannot be reached.");
      }
      if (waitMs === undefined) {
        this.stop();
        return;
      }
      await pause(waitMs, signal);
    }
  }

  // Returns how long to wait before the next connection; undefined if that needs another key.
  async #connect(signal) {
    const started = performance.now();
    const silence = new AbortController();
    let timer;
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
    };
    heard();
    try {
      const response = await request("services", {
        headers: { Accept: "text/event-stream", ...(this.#lastId && { "Last-Event-ID": this.#lastId }) },
        signal: AbortSignal.any([signal, silence.signal]),
      });
      if (response.status === UNAUTHORIZED) {
        this.#listener.onKeyNeeded();
        return undefined;
      }
      if (!response.ok) {
        return this.#failed(await problemOf(response));
      }
      if (response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
        return await this.#readEvents(response.body, heard, signal);
      }
      const { services } = await response.json();
      if (!signal.aborted) {
        this.#listener.onSnapshot(services);
        this.#listener.onSync({ fresh: true });
        this.#failures = 0;
      }
      const tookMs = performance.now() - started;
      return Math.min(MAX_REST_MS, Math.max(POLL_MS, tookMs * REST_FACTOR));
    } finally {
      clearTimeout(timer);
    }
  }

  #failed(message) {
    this.#listener.onFailure(message);
    const longestMs = Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** this.#failures++);
    return longestMs * (0.5 + Math.random() / 2);
  }

  // Reads to the end of the stream, which comes after some 45 s by itself.
  async #readEvents(body, heard, signal) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    const started = performance.now();
    const event = { type: "", id: "", data: "" };
    let any = false;
    let unended = []; // what has come of a line, which may be millions of characters
    for (;;) {
      const { done, value } = await reader.read();
      if (signal.aborted) {
        return 0;
      }
      if (done) {
        break;
      }
      heard();
      const lines = value.split("\n");
      for (const line of lines.slice(0, -1)) {
        unended.push(line);
        const whole = unended.join("");
        unended = [];
        if (whole !== "") {
          this.#readField(whole, event);
          continue;
        }
        if (event.data !== "") {
          any = true;
          this.#dispatch(event);
        }
        event.type = event.data = "";
      }
      unended.push(lines.at(-1));
    }
    if (!any) {
      return this.#failed("The registry ends its stream of changes before it says anything.");
    }
    // Streams that end as soon as they begin, as behind a proxy that holds them up, are a list that is
    // read again and again.
    const waitMs = performance.now() - started < POLL_MS ? POLL_MS : this.#retryMs;
    this.#retryMs = 0;
    return waitMs;
  }

  #readField(line, event) {
    const colon = line.indexOf(":");
    const value = line.slice(colon + 1).replace(/^ /, "");
    switch (line.slice(0, colon)) {
      case "id":
        event.id = value;
        break;
      case "event":
        event.type = value;
        break;
      case "data":
        event.data += value;
        break;
      case "retry":
        this.#retryMs = Math.min(MAX_RETRY_MS, Number.parseInt(value, 10) || 0);
        break;
      default: // a comment, or a field of a later version
    }
  }

  #dispatch({ type, id, data }) {
    const content = JSON.parse(data);
    if (type === "snapshot") {
      this.#listener.onSnapshot(content.services);
    } else if (type === "put") {
      this.#listener.onPut(content);
    } else if (type === "gone") {
      this.#listener.onGone(content);
    } else if (type === "sync") {
      this.#listener.onSync(content);
    }
    this.#failures = 0;
    this.#lastId = id;
  }
}

function pause(millis, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, millis);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
