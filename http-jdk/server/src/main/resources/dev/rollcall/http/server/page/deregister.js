// The dialog that deregisters a service: it says what will happen, and asks for a key if the
// registry wants one, or another one than that of this tab.

import { byId, setText } from "./dom.js";
import { FORBIDDEN, NOT_FOUND, UNAUTHORIZED, hasKey, isKey, pathOf, problemOf, read, request, useKey } from "./registry.js";

const dialog = byId("deregister-dialog");
let shown; // the service that the dialog is about
let latest; // returns how an id is registered now
let opened = 0; // how often the dialog was opened

function say(text) {
  setText(byId("deregister-problem"), text);
}

function askForKey(text) {
  byId("deregister-key-part").hidden = false;
  byId("deregister-key").value = "";
  byId("deregister-key").focus();
  say(text);
}

function show(service) {
  shown = service;
  setText(byId("deregister-title"), `Deregister ${service.id}?`);
  setText(byId("deregister-url"), `${service.url}`);
}

// Asks for a confirmation; find(id) returns how an id is registered now, or undefined.
export function confirmDeregistration(service, find) {
  latest = find;
  opened++;
  say("");
  byId("deregister-key-part").hidden = true;
  show(service);
  dialog.showModal();
  byId("deregister-cancel").focus(); // the harmless one
}

// A request that names no lease removes whoever has the id: not another one than was shown. It names
// none, so that the history tells it from a service that stops by itself. So the registry is asked
// once more: the stream may be late, and where lists are read in its place it is, by seconds. Any other
// time counts: the clock that sets it may have been set back.
async function changed() {
  const now = (await read(pathOf(shown.id)).catch(() => undefined)) ?? latest(shown.id);
  return now !== undefined && now.last_updated !== shown.last_updated ? now : undefined;
}

async function deregister() {
  const entered = byId("deregister-key-part").hidden ? undefined : byId("deregister-key").value;
  if (entered !== undefined && !isKey(entered)) {
    askForKey("A key has no such characters.");
    return;
  }
  const mine = opened;
  // It may be closed while something is asked, and then be about another service.
  const isOver = () => mine !== opened || !dialog.open;
  byId("deregister-confirm").disabled = true;
  try {
    const other = await changed();
    if (isOver()) {
      return;
    }
    if (other) {
      show(other);
      say("The service has registered again, or has changed, since you were asked. Is it still the one to deregister?");
      return;
    }
    const response = await request(pathOf(shown.id), { method: "DELETE", key: entered });
    const isDone = response.ok || response.status === NOT_FOUND;
    if (isDone && entered !== undefined) {
      useKey(entered);
    }
    const problem = isDone ? undefined : await problemOf(response);
    if (isOver()) {
      return;
    }
    if (isDone) {
      dialog.close(); // the stream tells that it is gone
    } else if (response.status === UNAUTHORIZED) {
      askForKey(
        entered !== undefined ? "The registry does not take this key."
        : hasKey() ? "The registry does not take the key that this tab has."
        : "This registry wants its service key.",
      );
    } else if (response.status === FORBIDDEN && problem.type === "out-of-scope") {
      askForKey(problem.text);
    } else {
      say(problem.text);
    }
  } catch (error) {
    console.debug(error);
    if (mine === opened) {
      say("The registry cannot be reached. Nobody knows whether the service was deregistered.");
    }
  } finally {
    byId("deregister-confirm").disabled = false;
  }
}

byId("deregister-form").addEventListener("submit", (event) => {
  event.preventDefault();
  deregister();
});
byId("deregister-cancel").addEventListener("click", () => dialog.close());
