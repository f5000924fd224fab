// A worker that reads which services have marks. The stream tells of changes, and a ping that comes
// late is none; so the list is read now and then, here, where it holds up no frame.

const TIMEOUT_MS = 60000;

addEventListener("message", async ({ data: { url, headers } }) => {
  try {
    const response = await fetch(url, { headers, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.ok) {
      const { services } = await response.json();
      const marked = services.filter((service) => Array.isArray(service.marks));
      postMessage(new Map(marked.map((service) => [service.id, service.marks])));
      return;
    }
  } catch (error) {
    console.debug(error); // the page says what the stream finds
  }
  postMessage(undefined);
});
