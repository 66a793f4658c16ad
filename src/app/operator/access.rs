//! Cloudflare Access: a JWT that the edge adds to requests of people whom the owner lets in.
//! <https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/validating-json/>

use crate::json::Value;
use base64ct::{Base64UrlUnpadded, Encoding as _};

/// Seconds by which the clock of whoever made a JWT may be ahead.
const SKEW: u64 = 60;
/// Bytes of a JWT that are looked at.
const LONGEST: usize = 8192;

/// Who may come in by Cloudflare Access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The team's name, as in `<team>.cloudflareaccess.com`.
    pub team: String,
    /// The application's audience tag.
    pub audience: String,
}

/// A JWT whose claims are right; its signature has yet to be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// The id of the key that it claims to be signed with.
    pub key: String,
    /// What was signed.
    pub signed: String,
    /// The signature (RS256).
    pub signature: Vec<u8>,
}

impl Access {
    /// Where the team's keys are.
    #[must_use]
    pub fn keys(&self) -> String {
        format!("{}/cdn-cgi/access/certs", self.issuer())
    }

    fn issuer(&self) -> String {
        format!("https://{}.cloudflareaccess.com", self.team)
    }

    /// Reads a JWT; `None` unless it was made by this team for this application, and is valid now.
    #[must_use]
    pub fn read(&self, jwt: &str, now: u64) -> Option<Assertion> {
        if jwt.len() > LONGEST {
            return None;
        }
        let (signed, signature) = jwt.rsplit_once('.')?;
        let (head, claims) = signed.split_once('.')?;
        let (head, claims) = (part(head)?, part(claims)?);
        let (head, claims) = (Value::read(&head)?, Value::read(&claims)?);
        let is = |value: &Value<'_>, expected: &str| value.text() == Some(expected);
        // One or several (RFC 7519, section 4.1.3).
        let meant = |aud: &Value<'_>| {
            let mut several = aud.list_or_nothing().iter();
            is(aud, &self.audience) || several.any(|one| is(one, &self.audience))
        };
        let begins = claims.get("nbf").map_or(Some(0), Value::number)?;
        let valid = is(head.get("alg")?, "RS256")
            && is(claims.get("iss")?, &self.issuer())
            && meant(claims.get("aud")?)
            && now < claims.get("exp")?.number()?
            && begins <= now + SKEW;
        valid.then_some(Assertion {
            key: head.get("kid")?.text()?.to_owned(),
            signed: signed.to_owned(),
            signature: Base64UrlUnpadded::decode_vec(signature).ok()?,
        })
    }
}

fn part(text: &str) -> Option<String> {
    String::from_utf8(Base64UrlUnpadded::decode_vec(text).ok()?).ok()
}
