// The key that this page is let in with, where the service wants one: public, and good from this page's address alone.

const found = document.querySelector('meta[name="shopscout-key"]');

/** Headers of every request to the API. */
export const opening = found ? { "X-Api-Key": found.content } : {};
