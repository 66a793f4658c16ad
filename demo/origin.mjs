import http from "node:http";
export async function startDemo(port) { const s = http.createServer((q, r) => r.end("demo")); await new Promise((d) => s.listen(port, "127.0.0.1", d)); return { url: `http://127.0.0.1:${s.address().port}`, close: () => new Promise((d) => { s.close(d); s.closeAllConnections(); }) }; }
