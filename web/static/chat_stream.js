// One message to the assistant, and the parts of its answer as they come.

import { Trouble, sentenceOf } from "./api.js";
import { opening } from "./key.js";

const BROKEN = "The answer broke off. Try again.";

/**
 * Says something and hands each part of the answer to `on`: {type: "products" | "text" | "questions" | "done" | ...}.
 * Ends after the last part. A Trouble where the assistant cannot be asked, or `missing` where the session has ended.
 */
export async function say(body, on, signal) {
  let answer;
  try {
    answer = await fetch("/api/chat/message", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream", ...opening },
      body: JSON.stringify(body),
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble("The shop cannot be reached. Check the connection and try again.", true);
  }
  if (!answer.ok) {
    const told = await answer.json().catch(() => null);
    const trouble = new Trouble(sentenceOf(answer.status, told), answer.status >= 500);
    trouble.missing = answer.status === 404;
    throw trouble;
  }
  let last = null;
  for await (const part of parts(answer.body)) on((last = part));
  if (last?.type !== "done" && last?.type !== "error") throw new Trouble(BROKEN, true);
}

/** What was said in a session; null where it has ended, or cannot be read now. */
export const history = (sessionId) =>
  fetch(`/api/chat/history/${encodeURIComponent(sessionId)}`, { headers: opening })
    .then((found) => (found.ok ? found.json() : null))
    .catch(() => null);

/** Tells what the shopper thought of an answer; whether it was taken. */
export const judge = (sessionId, responseId, helpful) =>
  fetch("/api/chat/feedback", {
    method: "POST",
    headers: { "Content-Type": "application/json", ...opening },
    body: JSON.stringify({ session_id: sessionId, response_id: responseId, helpful }),
  })
    .then((told) => told.ok)
    .catch(() => false);

// Server-sent events over fetch, as EventSource cannot send a message: an empty line ends each event.
async function* parts(stream) {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read().catch((error) => {
      throw error.name === "AbortError" ? error : new Trouble(BROKEN, true);
    });
    text += decoder.decode(value, { stream: !done });
    const events = text.split("\n\n");
    text = events.pop();
    for (const event of events) {
      const data = event.split("\n").filter((line) => line.startsWith("data:"));
      if (data.length) yield JSON.parse(data.map((line) => line.slice(5)).join("\n"));
    }
    if (done) return;
  }
}
