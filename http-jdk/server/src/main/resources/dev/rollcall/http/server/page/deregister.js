// The dialog that deregisters a service: it says what will happen, and asks for the key if the
// registry wants one.

import { byId, setText } from "./dom.js";
import { forgetKey, NOT_FOUND, pathOf, problemOf, request, UNAUTHORIZED, useKey } from "./registry.js";

const dialog = byId("deregister-dialog");
let id = "";

function say(text) {
  setText(byId("deregister-problem"), text);
}

function askForKey(text) {
  byId("deregister-key-part").hidden = false;
  byId("deregister-key").value = "";
  byId("deregister-key").focus();
  say(text);
}

export function confirmDeregistration(service) {
  id = service.id;
  say("");
  byId("deregister-key-part").hidden = true;
  setText(byId("deregister-title"), `Deregister ${id}?`);
  setText(byId("deregister-url"), `${service.url}`);
  dialog.showModal();
  byId("deregister-cancel").focus(); // the harmless one
}

async function deregister() {
  const keyPart = byId("deregister-key-part");
  const key = byId("deregister-key").value;
  if (!keyPart.hidden && !useKey(key)) {
    askForKey("A key has no such characters.");
    return;
  }
  byId("deregister-confirm").disabled = true;
  try {
    const response = await request(pathOf(id), { method: "DELETE" });
    if (response.ok || response.status === NOT_FOUND) {
      dialog.close(); // the stream tells that it is gone
    } else if (response.status === UNAUTHORIZED) {
      forgetKey();
      askForKey(keyPart.hidden ? "This registry wants its service key." : "The registry does not take this key.");
    } else {
      say(await problemOf(response));
    }
  } catch (error) {
    console.debug(error);
    say("The registry cannot be reached. Nobody knows whether the service was deregistered.");
  } finally {
    byId("deregister-confirm").disabled = false;
  }
}

byId("deregister-form").addEventListener("submit", (event) => {
  event.preventDefault();
  deregister();
});
byId("deregister-cancel").addEventListener("click", () => dialog.close());
