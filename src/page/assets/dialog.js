/*
 * Opens the preference centre as a dialog. Comes with the dialog's markup, not with the banner: `parsed` is that markup,
 * `place` our shadow root beside the page's body.
 */
consent.open = (parsed, place, submit) => {
  const sheet = new CSSStyleSheet();
  // The page's rem may be anything; the browser's own is what our host has.
  const rem = parseFloat(getComputedStyle(place.host).fontSize);
  const style = parsed.querySelector("style").textContent;
  sheet.replaceSync(style.replace(/([\d.]+)rem\b/g, (_, count) => count * rem + "px"));
  place.adoptedStyleSheets = [sheet];
  const dialog = parsed.querySelector("dialog");
  place.append(dialog);
  dialog.addEventListener("submit", submit);
  dialog.addEventListener("click", (event) => {
    if (event.target == dialog || event.target.closest("[data-close]")) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  return dialog;
};
