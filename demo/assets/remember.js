// What a site's own script does to keep a functional cookie: it asks first.

/** True if this visitor allows the category; no answer is a no. */
async function allowed(category) {
  if (window.consent) return window.consent.get(category);
  // Pages that needed no edit carry no script of the edge's; its address always answers.
  try {
    const state = await (await fetch("/_privacy/state", { headers: { accept: "application/json" } })).json();
    return state.categories[category] === true;
  } catch {
    return false;
  }
}

async function remember(name, value, days) {
  if (await allowed("functional")) document.cookie = `${name}=${value}; Path=/; Max-Age=${days * 86400}; SameSite=Lax`;
}

const recall = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);

// Balanced Mastering: light or dark.
const theme = recall("theme-mode");
if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
document.getElementById("theme")?.addEventListener("click", () => {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark" || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  remember("theme-mode", document.documentElement.dataset.theme, 90);
});

// TrackNCloak: the sidebar of the reports.
const fold = document.getElementById("fold");
function setFolded(folded) {
  fold.setAttribute("aria-expanded", String(!folded));
  fold.textContent = folded ? "Unfold" : "Fold";
  document.getElementById("reports").classList.toggle("folded", folded);
}
if (fold) {
  setFolded(recall("sidebar-collapsed") === "true");
  fold.addEventListener("click", () => {
    const folded = fold.getAttribute("aria-expanded") === "true";
    setFolded(folded);
    remember("sidebar-collapsed", folded, 365);
  });
}
