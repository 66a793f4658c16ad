import { Edit } from "edge-consent-glue";

export default {
  async fetch(request, env) {
    const response = await fetch(request);
    if (!response.headers.get("content-type")?.startsWith("text/html")) return response;
    const { readable, writable } = new IdentityTransformStream();
    pump(response.body, writable, new Edit(env.BANNER, env.FRAME)).catch((error) => console.error(String(error)));
    const result = new Response(readable, response);
    result.headers.delete("content-encoding");
    result.headers.delete("content-length");
    result.headers.delete("etag");
    result.headers.set("cache-control", "private, no-cache");
    return result;
  },
};

/** As ours reads: 64 KiB at once, each crossing once. */
async function pump(body, writable, edit) {
  const reader = body.getReader({ mode: "byob" });
  const writer = writable.getWriter();
  try {
    let buffer = new ArrayBuffer(65536);
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      const piece = done ? edit.end() : edit.push(value);
      if (!piece) throw new Error("lol_html can't read on");
      if (piece.length) await writer.write(piece);
      if (done) break;
      buffer = value.buffer;
    }
    await writer.close();
  } catch (error) {
    await Promise.allSettled([writer.abort(error), reader.cancel(error)]);
    throw error;
  } finally {
    edit.free();
  }
}
