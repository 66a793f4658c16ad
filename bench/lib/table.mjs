// A table, the same for the terminal and for Markdown.

export function table(head, rows) {
  const all = [head, ...rows].map((row) => row.map((cell) => String(cell ?? "")));
  const widths = head.map((_, at) => Math.max(...all.map((row) => [...row[at]].length)));
  const pad = (cell, at) => cell + " ".repeat(widths[at] - [...cell].length);
  const line = (row) => `| ${row.map(pad).join(" | ")} |`;
  return [line(all[0]), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...all.slice(1).map(line)].join("\n");
}

export const times = (number) => `${number.toFixed(2)} ×`;
export const micro = (number) => `${number < 1000 ? number.toFixed(0) : Math.round(number)} µs`;
export const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
