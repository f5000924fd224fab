// Requests to the registry, with the key of this tab, if there is one.

import { learn } from "./clock.js";

const KEY = "rollcall-key";
const TIMEOUT_MS = 10000;
export const UNAUTHORIZED = 401;
export const FORBIDDEN = 403;
export const NOT_FOUND = 404;
export const UNAVAILABLE = 503;

// A browser that stores nothing for this page still keeps the key until the page is left.
let key = fromStorage();

function fromStorage() {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

function toStorage() {
  try {
    if (key === "") {
      sessionStorage.removeItem(KEY);
    } else {
      sessionStorage.setItem(KEY, key);
    }
  } catch (error) {
    console.debug(error);
  }
}

export const hasKey = () => key !== "";

// Returns whether a text can be sent as a key at all.
export function isKey(text) {
  try {
    new Headers({ "X-Service-Key": text });
    return true;
  } catch {
    return false;
  }
}

// Sends this key with all requests, until the tab is closed.
export function useKey(text) {
  key = text;
  toStorage();
}

export function forgetKey() {
  key = "";
  toStorage();
}

export const headersWithKey = (headers = {}, sent = key) =>
  sent === "" ? headers : { ...headers, "X-Service-Key": sent };

// Paths are relative to the page, which stands at the base path of the server. A key that is given
// is sent instead of that of the tab.
export async function request(path, { method = "GET", headers, signal, key: given } = {}) {
  const sentAt = Date.now();
  const response = await fetch(path, {
    method,
    headers: headersWithKey(headers, given),
    cache: "no-store",
    signal: signal ?? AbortSignal.timeout(TIMEOUT_MS),
  });
  learn(response.headers.get("Date"), sentAt, Date.now());
  return response;
}

export const pathOf = (id) => `services/${encodeURIComponent(id)}`;

// Returns the JSON of a response; undefined unless it is a success.
export async function read(path) {
  const response = await request(path);
  return response.ok ? response.json() : undefined;
}

// Numbers keep the digits that they were sent with, where the browser can do that.
export function parseExactly(text) {
  return JSON.parse(text, (name, value, context) =>
    typeof value === "number" && context?.source && JSON.rawJSON && `${value}` !== context.source
      ? JSON.rawJSON(context.source)
      : value,
  );
}

// Returns what a refusal is: the end of its type, such as "out-of-scope", and what was wrong, as a
// sentence.
export async function problemOf(response) {
  const problem = await response.json().catch(() => undefined);
  const detail = problem?.detail;
  const text = typeof detail === "string" ? detail : `The registry answered ${response.status}`;
  return {
    type: `${problem?.type ?? ""}`.split(":").at(-1),
    text: /[.!?…]$/.test(text) ? text : `${text}.`,
  };
}
