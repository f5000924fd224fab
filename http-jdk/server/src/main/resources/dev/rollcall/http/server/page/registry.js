// Requests to the registry, with the key of this tab, if there is one.

import { learn } from "./clock.js";

const KEY = "rollcall-key";
const TIMEOUT_MS = 10000;
export const UNAUTHORIZED = 401;
export const NOT_FOUND = 404;

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

// Returns whether the text can be sent as a key at all. It is remembered until the tab is closed.
export function useKey(text) {
  try {
    new Headers({ "X-Service-Key": text });
  } catch {
    return false;
  }
  key = text;
  toStorage();
  return true;
}

export function forgetKey() {
  key = "";
  toStorage();
}

export const headersWithKey = (headers = {}) =>
  key === "" ? headers : { ...headers, "X-Service-Key": key };

// Paths are relative to the page, which stands at the base path of the server.
export async function request(path, { method = "GET", headers, signal } = {}) {
  const sentAt = Date.now();
  const response = await fetch(path, {
    method,
    headers: headersWithKey(headers),
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

// Returns what a refusal says was wrong, as a sentence.
export async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  const text = typeof problem.detail === "string" ? problem.detail : `The registry answered ${response.status}`;
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
