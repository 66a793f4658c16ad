// A constant behind every page, and nothing parsed: the least that a banner can cost.
export default {
  async fetch(request, env) {
    const response = await fetch(request);
    if (!response.headers.get("content-type")?.startsWith("text/html")) return response;
    const { readable, writable } = new IdentityTransformStream();
    append(response.body, writable, env.BANNER);
    const result = new Response(readable, response);
    // Else the runtime would compress what it has decompressed.
    result.headers.delete("content-encoding");
    result.headers.delete("content-length");
    result.headers.delete("etag");
    result.headers.set("cache-control", "private, no-cache");
    return result;
  },
};

async function append(body, writable, text) {
  await body.pipeTo(writable, { preventClose: true });
  const writer = writable.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
}
