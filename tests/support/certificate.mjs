// A certificate that nobody trusts, made anew: Node can serve with one, but not make one.

import { createHash, generateKeyPairSync, sign } from "node:crypto";

const der = (tag, ...parts) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const size = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
};
const sequence = (...parts) => der(0x30, ...parts);
const identifier = (hex) => der(0x06, Buffer.from(hex, "hex"));
const day = (offset) => der(0x17, new Date(Date.now() + offset * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, "").slice(2));

/**
 * @returns `{ key, cert, pin }`: key and certificate as PEM, valid for a few days, for a name that doesn't matter, and what a
 *   browser can be told to trust the key by
 */
export function makeCertificate() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ecdsaWithSha256 = sequence(identifier("2a8648ce3d040302"));
  const name = sequence(der(0x31, sequence(identifier("550403"), der(0x0c, "stand-in"))));
  const spki = publicKey.export({ type: "spki", format: "der" });
  const content = sequence(
    der(0x02, [1]),
    ecdsaWithSha256,
    name,
    sequence(day(-1), day(3)),
    name,
    spki,
  );
  const cert = sequence(content, ecdsaWithSha256, der(0x03, [0], sign("sha256", content, privateKey)));
  const lines = cert.toString("base64").replace(/.{64}/g, "$&\n");
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }), cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`, pin: createHash("sha256").update(spki).digest("base64") };
}
