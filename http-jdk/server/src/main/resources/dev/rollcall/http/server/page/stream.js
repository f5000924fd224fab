// Follows the registry's stream of changes, and comes back to it where it was.
//
// It is fetch and not EventSource, which can send no key and hides why it was refused. Where there is
// no stream (the registry cannot have one, has no place for one more, or a proxy holds it up) the
// list is read again and again.

import { problemOf, request, UNAUTHORIZED, UNAVAILABLE } from "./registry.js";

const SECOND = 1000;
const SILENCE_MS = 25 * SECOND; // the registry sends a sync every 10 s
const FIRST_SILENCE_MS = 12 * SECOND; // it begins a stream within 2 s
const MIN_RETRY_MS = 500;
const MAX_RETRY_MS = 10 * SECOND;
const MAX_RETRY_AFTER_MS = 60 * SECOND;
const LIST_MS = 60 * SECOND; // for so long a stream that failed is not tried again
const POLL_MS = 2 * SECOND;
// A large list, or a slow way to it, is read a twentieth of the time, but each half minute.
const REST_FACTOR = 19;
const MAX_REST_MS = 30 * SECOND;

export class ServiceStream {
  #listener;
  #lastId = "";
  #retryMs = 0;
  #failures = 0;
  #listUntil = 0; // in performance.now()
  #run;

  // The listener has onList(services), onSnapshot(services), onPut(service), onGone(event),
  // onSync(sync), onFailure(message), and onKeyNeeded(), after which the stream waits for start().
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
    const connection = new AbortController();
    const end = () => connection.abort();
    const silence = new Silence(end);
    signal.addEventListener("abort", end);
    const wantsStream = performance.now() >= this.#listUntil;
    try {
      return await this.#exchange(wantsStream, silence, connection.signal);
    } catch (error) {
      if (!wantsStream) {
        this.#listUntil = 0;
      } else if (silence.isTooLong && !silence.wasBroken) {
        this.#failed("The registry has not answered for a while.");
        this.#readList();
        return 0;
      }
      throw error;
    } finally {
      silence.end();
      signal.removeEventListener("abort", end);
      end(); // an answer that is not read to its end keeps one of the browser's few connections
    }
  }

  async #exchange(wantsStream, silence, signal) {
    const started = performance.now();
    const response = await request("services", {
      headers: wantsStream
        ? { Accept: "text/event-stream", ...(this.#lastId && { "Last-Event-ID": this.#lastId }) }
        : { Accept: "application/json" },
      signal,
    });
    if (response.status === UNAUTHORIZED) {
      this.#listener.onKeyNeeded();
      return undefined;
    }
    if (wantsStream && response.status === UNAVAILABLE) {
      this.#readList(); // it may have no place for a stream, and still answer
      return 0;
    }
    if (!response.ok) {
      this.#listUntil = 0;
      const { text } = await problemOf(response);
      return Math.max(this.#failed(text), retryAfterMs(response));
    }
    if (response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
      return await this.#readEvents(response.body, silence, signal);
    }
    const services = (await response.json().catch(() => undefined))?.services;
    if (signal.aborted) {
      throw new DOMException("The list was not read to its end.", "AbortError");
    }
    if (!Array.isArray(services)) {
      return this.#failed("What answers here is not the registry. Perhaps a proxy wants you to log in again.");
    }
    this.#listener.onList(services);
    this.#listener.onSync({ fresh: true });
    this.#failures = 0;
    const tookMs = performance.now() - started;
    return Math.min(MAX_REST_MS, Math.max(POLL_MS, tookMs * REST_FACTOR));
  }

  #readList() {
    this.#lastId = ""; // a list has no id to go on from
    this.#listUntil = performance.now() + LIST_MS;
  }

  #failed(message) {
    this.#listener.onFailure(message);
    const longestMs = Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** this.#failures++);
    return longestMs * (0.5 + Math.random() / 2);
  }

  // Reads to the end of the stream, which comes after some 45 s by itself.
  async #readEvents(body, silence, signal) {
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
      silence.heard();
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
    this.#lastId = ""; // what cannot be taken is followed by a snapshot
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

// Ends a connection over which nothing comes.
class Silence {
  wasBroken = false;
  isTooLong = false;
  #end;
  #timer;

  constructor(end) {
    this.#end = end;
    this.#wait(FIRST_SILENCE_MS);
  }

  heard() {
    this.wasBroken = true;
    this.#wait(SILENCE_MS);
  }

  end() {
    clearTimeout(this.#timer);
  }

  #wait(millis) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.isTooLong = true;
      this.#end();
    }, millis);
  }
}

function retryAfterMs(response) {
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return Number.isNaN(seconds) ? 0 : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, seconds * SECOND));
}

function pause(millis, signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end); // it lives as long as the page
      resolve();
    };
    const timer = setTimeout(end, millis);
    signal.addEventListener("abort", end);
  });
}
