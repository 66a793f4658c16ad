// Whether a page, as a parser reads it, runs or loads anything of the services that the benchmarks declare.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { inRoot } from "../../scripts/setup.mjs";

// It is among the peers, which have a node_modules of their own.
const { parse } = await import(pathToFileURL(createRequire(inRoot("bench/package.json")).resolve("parse5")).href);

const hosts = /(^|\.)(clarity\.ms|youtube\.com|facebook\.com|googletagmanager\.com|hotjar\.com|vimeo\.com|hs-scripts\.com)$/;
const loaders = /clarity\.ms\/tag|gtag\(\s*["']config/;

export const whole = (text) => text.includes("before") && text.includes("behind");

export function live(text) {
  return [true, false].some((scriptingEnabled) => runs(parse(text, { scriptingEnabled })));
}

function runs(document) {
  let base = "https://bench.example/";
  const reaches = (address) => {
    try {
      return hosts.test(new URL(address, base).hostname);
    } catch {
      return false;
    }
  };
  const visit = (node) => {
    const value = (name) => node.attrs?.find((attribute) => attribute.name === name)?.value;
    const inner = () => (node.childNodes ?? []).map((child) => child.value ?? "").join("");
    switch (node.nodeName) {
      case "base":
        base = new URL(value("href") ?? "", base).href;
        break;
      case "script":
        if (!["text/plain"].includes(value("type")) && (value("src") === undefined ? loaders.test(inner()) : reaches(value("src")))) return true;
        break;
      case "img":
      case "iframe":
        if (value("srcdoc") !== undefined ? live(value("srcdoc")) : value("src") !== undefined && reaches(value("src"))) return true;
        if (value("srcset")?.split(/[\s,]+/).some((part) => part.includes("//") && reaches(part))) return true;
        break;
      case "object":
        if (value("data") !== undefined && reaches(value("data"))) return true;
        break;
      case "link":
        if (value("href") !== undefined && reaches(value("href"))) return true;
        break;
    }
    return [...(node.childNodes ?? []), ...(node.content ? [node.content] : [])].some(visit);
  };
  return visit(document);
}
