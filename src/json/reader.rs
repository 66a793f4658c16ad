//! Reads types out of values, for serde's derived readers. An object is no list of its fields, as it is for the library's.

use super::Value;
use serde::{
    de::{
        DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer, MapAccess, SeqAccess,
        Unexpected, Visitor, value::StrDeserializer,
    },
    forward_to_deserialize_any,
};
use std::{
    borrow::Cow,
    fmt::{self, Display},
    slice::Iter,
};

/// It isn't what it should be. What it is instead nobody is told.
#[derive(Debug)]
pub(super) struct Wrong;

impl Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not what it should be")
    }
}

impl std::error::Error for Wrong {}

// Each by itself: what they would do by default is to write a text.
impl Error for Wrong {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

/// A value to be read.
pub(super) struct Reader<'v>(pub(super) &'v Value<'v>);

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Wrong;

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_bool(self.0.bool().ok_or(Wrong)?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_u64(self.0.number().ok_or(Wrong)?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_str(self.0.text().ok_or(Wrong)?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            Value::List(list) => visitor.visit_seq(Items(list.iter())),
            _ => Err(Wrong),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            Value::Object(object) => visitor.visit_map(Members {
                left: object.iter(),
                value: &Value::Null,
            }),
            _ => Err(Wrong),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.deserialize_map(visitor)
    }

    /// One of some names; nothing of ours has values beside a name.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let name: StrDeserializer<'_, Wrong> = self.0.text().ok_or(Wrong)?.into_deserializer();
        visitor.visit_enum(name)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_unit()
    }

    /// What no type of ours asks for.
    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Wrong> {
        Err(Wrong)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

/// What is left of an array.
struct Items<'v>(Iter<'v, Value<'v>>);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Wrong> {
        self.0
            .next()
            .map(|item| seed.deserialize(Reader(item)))
            .transpose()
    }
}

/// What is left of an object, and the value that belongs to the name read last.
struct Members<'v> {
    left: Iter<'v, (Cow<'v, str>, Value<'v>)>,
    value: &'v Value<'v>,
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Wrong> {
        let Some((name, value)) = self.left.next() else {
            return Ok(None);
        };
        self.value = value;
        let name: StrDeserializer<'_, Wrong> = (&**name).into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        seed.deserialize(Reader(self.value))
    }
}

#[cfg(test)]
mod tests {
    use crate::json::read;
    use serde::Deserialize;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Strict {
        small: u8,
        kind: Option<Kind>,
        names: Vec<String>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        One,
        Other,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Lenient {
        is: bool,
        wrapped: Wrapped,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Wrapped(u64);

    #[test]
    fn what_fits_is_read() {
        let strict = |text| read::<Strict>(text);
        assert_eq!(strict("{}"), Some(Strict::default()));
        assert_eq!(strict(r#"{"kind":null}"#), Some(Strict::default()));
        let whole = strict(r#"{"names":["a","\u0062"],"kind":"other","small":255}"#);
        let expected = Strict {
            small: 255,
            kind: Some(Kind::Other),
            names: vec!["a".to_owned(), "b".to_owned()],
        };
        assert_eq!(whole, Some(expected));
        assert_eq!(read::<Kind>(r#""one""#), Some(Kind::One));
        let lenient = r#"{"other":[1.5,{}],"is":true,"wrapped":18446744073709551615}"#;
        let expected = Lenient {
            is: true,
            wrapped: Wrapped(u64::MAX),
        };
        assert_eq!(read(lenient), Some(expected));
    }

    #[test]
    fn what_does_not_fit_is_not() {
        for text in [
            r#"{"small":256}"#,
            r#"{"small":-1}"#,
            r#"{"small":1.0}"#,
            r#"{"small":"1"}"#,
            r#"{"small":null}"#,
            r#"{"small":1,"small":1}"#,
            r#"{"kind":"third"}"#,
            r#"{"kind":{"one":null}}"#,
            r#"{"kind":0}"#,
            r#"{"names":{}}"#,
            r#"{"names":["a",1]}"#,
            r#"{"names":"a"}"#,
            r#"{"unknown":1}"#,
            "[]",
            "[1,null,[]]",
            "null",
            "{} {}",
        ] {
            assert_eq!(read::<Strict>(text), None, "{text}");
        }
        for text in [
            r#"{"is":true}"#,
            r#"{"is":1,"wrapped":1}"#,
            r#"{"is":true,"wrapped":[1]}"#,
        ] {
            assert_eq!(read::<Lenient>(text), None, "{text}");
        }
    }
}
