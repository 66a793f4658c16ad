//! What of a refused form may be handed back, so that a visitor needn't type it again.

use super::{
    body::{Field, Value},
    token::FIELD,
};
use crate::find::has;

/// A field for another try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// As it was sent.
    Text {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// A secret, to be typed again.
    Secret(String),
    /// A file, to be chosen again.
    File(String),
}

/// The fields in their order. `None` if one of them can't be handed back as it was.
#[must_use]
pub fn kept(fields: Vec<Field>) -> Option<Vec<Kept>> {
    let others = fields.into_iter().filter(|field| field.name != FIELD);
    others
        .map(|Field { name, value, .. }| match value {
            Value::Unreadable => None,
            Value::File => Some(Kept::File(name)),
            Value::Text(value) if is_secret(&name) || is_card(&value) => Some(Kept::Secret(name)),
            Value::Text(value) => Some(Kept::Text { name, value }),
        })
        .collect()
}

/// What names of fields hold where the field holds a secret, in the languages that we speak.
const SECRETS: &[&str] = &[
    "password",
    "passwd",
    "passwort",
    "passphrase",
    "passcode",
    "motdepasse",
    "contrasena",
    "clave",
    "kennwort",
    "pwd",
    "secret",
    "cvv",
    "cvc",
    "csc",
    "securitycode",
    "cardnumber",
    "cardno",
    "cardexp",
    "creditcard",
    "ccnumber",
    "ccexp",
    "ccname",
    "iban",
    "ssn",
    "onetimecode",
];

/// The same for names that are one of these as a whole, or end in it.
const ENDINGS: &[&str] = &["pass", "pin", "otp", "totp", "mdp"];

fn is_secret(name: &str) -> bool {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    let last = name
        .rsplit(|letter: char| !letter.is_ascii_alphanumeric())
        .find(|word| !word.is_empty())
        .unwrap_or_default();
    SECRETS.iter().any(|word| has(&plain, word))
        || ENDINGS.iter().any(|word| last.eq_ignore_ascii_case(word))
}

/// Whether a text is the number of a payment card, whatever its field is called (ISO/IEC 7812-1, annex B).
fn is_card(value: &str) -> bool {
    let mut digits = Vec::new();
    for byte in value.trim().bytes() {
        match byte {
            b'0'..=b'9' => digits.push(u32::from(byte - b'0')),
            b' ' | b'-' => {}
            _ => return false,
        }
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) => double / 10 + double % 10,
        })
        .sum();
    (13..=19).contains(&digits.len()) && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::{is_card, is_secret};

    #[test]
    fn secrets_are_known_by_their_names_and_cards_by_their_numbers() {
        for name in [
            "password",
            "new-password",
            "user[passwd]",
            "Passwort2",
            "cc-number",
            "cc_csc",
            "cvv",
            "login_pass",
            "pin",
            "card[number]",
            "mot_de_passe",
            "IBAN",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "message",
            "passenger",
            "shipping",
            "compass",
            "pinned",
            "newsletter",
            "csrf",
        ] {
            assert!(!is_secret(name), "{name}");
        }
        assert!(is_card("4111 1111 1111 1111"));
        assert!(is_card("378282246310005"));
        assert!(!is_card("4111 1111 1111 1112"));
        assert!(!is_card("0049 30 123456"));
        assert!(!is_card("no card"));
    }
}
