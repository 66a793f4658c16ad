//! JSON, read and written.
//!
//! What is read becomes a [`Value`] first, whatever it is, and serde's derived readers read that: one parser for all types,
//! where the library's is compiled once more for each (docs/adr/0018). Where a name stands twice the last one counts, as for
//! browsers; a derived reader refuses what it knows and finds twice.

mod reader;

use self::reader::Reader;
use hifijson::{
    Error, Expect, SliceLexer, num::LexWrite as _, str::LexAlloc as _, token::Lex as _,
};
use serde::{Serialize, de::DeserializeOwned};
use std::borrow::Cow;

/// How deep arrays and objects may lie in each other.
const DEEPEST: u8 = 128;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(&'a str),
    /// A string.
    Text(Cow<'a, str>),
    /// An array.
    List(Vec<Self>),
    /// An object, in the order that it is written in.
    Object(Vec<(Cow<'a, str>, Self)>),
}

impl<'a> Value<'a> {
    /// Reads a text that is one value.
    #[must_use]
    pub fn read(text: &'a str) -> Option<Self> {
        let mut lexer = SliceLexer::new(text.as_bytes());
        let value = lexer.exactly_one(SliceLexer::ws_peek, |next, lexer| {
            Self::parse(next, lexer, DEEPEST)
        });
        value.ok()
    }

    /// What begins with the byte `next`.
    fn parse(next: u8, lexer: &mut SliceLexer<'a>, depth: u8) -> Result<Self, Error> {
        match next {
            b'"' => Ok(Self::Text(lexer.discarded().str_string()?)),
            b'-' | b'0'..=b'9' => Ok(Self::Number(lexer.num_string().validated()?.0)),
            b'[' | b'{' => {
                let depth = depth.checked_sub(1).ok_or(Error::Depth)?;
                if next == b'[' {
                    Self::list(lexer.discarded(), depth)
                } else {
                    Self::object(lexer.discarded(), depth)
                }
            }
            _ => match lexer.null_or_bool().ok_or(Expect::Value)? {
                Some(is) => Ok(Self::Bool(is)),
                None => Ok(Self::Null),
            },
        }
    }

    fn list(lexer: &mut SliceLexer<'a>, depth: u8) -> Result<Self, Error> {
        let mut list = Vec::new();
        lexer.seq(b']', SliceLexer::ws_peek, |next, lexer| {
            list.push(Self::parse(next, lexer, depth)?);
            Ok::<_, Error>(())
        })?;
        Ok(Self::List(list))
    }

    fn object(lexer: &mut SliceLexer<'a>, depth: u8) -> Result<Self, Error> {
        let mut object = Vec::new();
        lexer.seq(b'}', SliceLexer::ws_peek, |next, lexer| {
            lexer.expect(|_| Some(next), b'"').ok_or(Expect::String)?;
            let name = lexer.str_string()?;
            lexer
                .expect(SliceLexer::ws_peek, b':')
                .ok_or(Expect::Colon)?;
            let next = lexer.ws_peek().ok_or(Expect::Value)?;
            object.push((name, Self::parse(next, lexer, depth)?));
            Ok::<_, Error>(())
        })?;
        Ok(Self::Object(object))
    }

    /// What an object has under a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        let mut from_the_last = self.object_or_nothing().iter().rev();
        from_the_last
            .find(|(own, _)| own == name)
            .map(|(_, value)| value)
    }

    /// What an object has, as it is written; nothing if this is none.
    #[must_use]
    pub fn object_or_nothing(&self) -> &[(Cow<'a, str>, Self)] {
        match self {
            Self::Object(object) => object,
            _ => &[],
        }
    }

    /// What an array has; nothing if this is none.
    #[must_use]
    pub fn list_or_nothing(&self) -> &[Self] {
        match self {
            Self::List(list) => list,
            _ => &[],
        }
    }

    /// A string's text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number that isn't negative.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        match self {
            Self::Number(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// Whether it is `true`; `None` if it is neither that nor `false`.
    #[must_use]
    pub fn bool(&self) -> Option<bool> {
        match self {
            Self::Bool(is) => Some(*is),
            _ => None,
        }
    }
}

/// Reads a text that is one value of a type; `None` if it isn't.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    T::deserialize(Reader(&Value::read(text)?)).ok()
}

/// Writes a value.
pub(crate) fn write<T: Serialize + ?Sized>(value: &T) -> String {
    // Strings, booleans, numbers, lists and names with such: there is nothing in ours that could fail.
    serde_json::to_string(value).unwrap_or_default()
}
