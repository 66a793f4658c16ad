// For this demo alone: without a network Turnstile's own script doesn't come. Then a box stands in its place, which gives
// the token that Cloudflare's test key gives.

addEventListener("load", () => {
  if (globalThis.turnstile) return;
  for (const place of document.querySelectorAll(".cf-turnstile")) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    const token = document.createElement("input");
    Object.assign(box, { type: "checkbox", required: true });
    Object.assign(token, { type: "hidden", name: "cf-turnstile-response", disabled: true, value: "XXXX.DUMMY.TOKEN.XXXX" });
    box.addEventListener("change", () => {
      token.disabled = !box.checked;
    });
    label.append(box, " I am a person (this stands in for Turnstile, which can't be reached)", token);
    place.append(label);
  }
});
