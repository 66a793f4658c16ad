use crate::{calendar::day_of, digest::digest, site::Site};

/// What a visitor's writes are counted under: a digest, which we keep nowhere, of the address, the site and the day. An
/// IPv6 address counts by its first half, since that is what one connection gets (RFC 6177).
#[must_use]
pub fn limit_key(site: &Site, address: &str, now: u64) -> String {
    let network = match address.parse() {
        Ok(std::net::IpAddr::V6(address)) => {
            format!("{:x}", address.to_bits() >> 64)
        }
        _ => address.to_owned(),
    };
    digest(format!("{}\n{}\n{network}", site.id, day_of(now)).as_bytes())
}
