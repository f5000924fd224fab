// Asks for the list again and again, while somebody looks.

import { learn } from "./clock.js";

const INTERVAL_MS = 2000;
const TIMEOUT_MS = 10000;
// A large list, or a slow way to it, is asked for a twentieth of the time, but each half minute.
const REST_FACTOR = 19;
const MAX_REST_MS = 30000;
const UNAUTHORIZED = 401;

let key = "";
let timer = 0;
let asking = false;
let listener;

// The listener has onList(services), onFailure(message) and onKeyNeeded().
export function start(newListener) {
  listener = newListener;
  document.addEventListener("visibilitychange", askNow);
  askNow();
}

// The key stays in this page's memory, and is gone with it.
export function useKey(newKey) {
  key = newKey;
  askNow();
}

export function askNow() {
  clearTimeout(timer);
  if (!asking && !document.hidden) {
    ask();
  }
}

async function ask() {
  const started = performance.now();
  let listed = false;
  asking = true;
  try {
    listed = await askOnce();
  } catch (error) {
    listener.onFailure("The registry cannot be reached.");
    console.debug(error);
  }
  asking = false;
  const took = performance.now() - started;
  // A failure that took its time was no large list.
  const rest = listed ? Math.max(INTERVAL_MS - took, took * REST_FACTOR) : INTERVAL_MS;
  timer = setTimeout(askNow, Math.min(rest, MAX_REST_MS));
}

// Says whether there was a list.
async function askOnce() {
  const sentAt = Date.now();
  const answer = await fetch("services", {
    headers: key === "" ? {} : { "X-Service-Key": key },
    cache: "no-store",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  learn(answer.headers.get("Date"), sentAt, Date.now());
  if (answer.ok) {
    listener.onList((await answer.json()).services);
  } else if (answer.status === UNAUTHORIZED) {
    listener.onKeyNeeded(key !== "");
  } else {
    const problem = await answer.json().catch(() => ({}));
    listener.onFailure(problem.detail ?? `The registry answered ${answer.status}.`);
  }
  return answer.ok;
}
