//! The reader of JSON against the library's, which reads the same in another way.

#![allow(
    clippy::panic,
    reason = "helpers of tests: where they fail, the test fails"
)]

use edge_consent::json::Value;
use proptest::prelude::*;
use serde_json::Value as Other;

fn same(ours: &Value<'_>, theirs: &Other) -> bool {
    match (ours, theirs) {
        (Value::Null, Other::Null) => true,
        (Value::Bool(own), Other::Bool(other)) => own == other,
        (Value::Number(_), Other::Number(other)) => ours.number() == other.as_u64(),
        (Value::Text(own), Other::String(other)) => own == other,
        (Value::List(own), Other::Array(other)) => {
            own.len() == other.len() && own.iter().zip(other).all(|(own, other)| same(own, other))
        }
        (Value::Object(own), Other::Object(other)) => {
            let known = |name: &str| other.get(name).zip(ours.get(name));
            own.iter()
                .all(|(name, _)| known(name).is_some_and(|(other, own)| same(own, other)))
                && other.keys().all(|name| known(name).is_some())
        }
        _ => false,
    }
}

fn both(text: &str) {
    let theirs = serde_json::from_str::<Other>(text);
    match (Value::read(text), theirs) {
        (Some(ours), Ok(theirs)) => assert!(same(&ours, &theirs), "{text}"),
        (None, Err(_)) => {}
        // The library can't hold it as a float; here a number is what is written.
        (Some(_), Err(error)) if error.to_string().contains("out of range") => {}
        (ours, theirs) => panic!("{text}: {ours:?} here, {theirs:?} there"),
    }
}

#[test]
fn what_json_is_and_what_it_is_not() {
    for text in [
        "",
        " ",
        "null",
        " null ",
        "nul",
        "nulls",
        "true",
        "false",
        "True",
        "0",
        "-0",
        "00",
        "007",
        "-",
        "-1",
        "1.",
        ".5",
        "1.0",
        "1e3",
        "1E+3",
        "1e",
        "1e999",
        "18446744073709551615",
        "18446744073709551616",
        "+1",
        "0x1",
        "NaN",
        r#""""#,
        r#"""#,
        r#""a"#,
        "\"a\nb\"",
        "\"\u{7f}\"",
        r#""\n\t\/\\\"""#,
        r#""\x""#,
        r#""\u00e9""#,
        r#""\u00""#,
        r#""\ud83c\udf6a""#,
        r#""\ud83c""#,
        r#""\udf6a""#,
        r#""\ud83cx""#,
        "'a'",
        "[]",
        "[",
        "[1,]",
        "[,]",
        "[1 2]",
        "[1,2]",
        "{}",
        "{",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        "{a:1}",
        r#"{"a":1 "b":2}"#,
        r#"{"a":1}{}"#,
        r#"{"a":1}x"#,
        r#"{ "a" : [ { } , null ] }"#,
        r#"{"a":1,"a":2}"#,
        "\u{feff}{}",
        "\u{a0}1",
        "// no\n1",
        "[1]]",
    ] {
        both(text);
    }
}

#[test]
fn nothing_lies_too_deep() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(Value::read(&nested(128)).is_some());
    assert_eq!(Value::read(&nested(129)), None);
    assert_eq!(Value::read(&"[{\"a\":".repeat(1_000_000)), None);
}

#[test]
fn of_two_with_the_same_name_the_last_one_counts() {
    let value = Value::read(r#"{"a":1,"b":2,"a":3}"#);
    let found = value.as_ref().and_then(|value| value.get("a")?.number());
    assert_eq!(found, Some(3));
}

fn value() -> impl Strategy<Value = Other> {
    let leaf = prop_oneof![
        Just(Other::Null),
        any::<bool>().prop_map(Other::from),
        any::<i64>().prop_map(Other::from),
        any::<u64>().prop_map(Other::from),
        (-1e9..1e9).prop_map(Other::from),
        any::<String>().prop_map(Other::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Other::from),
            prop::collection::vec(("[a-c\\\\\"é]{0,3}", inner), 0..6)
                .prop_map(|members| Other::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(crate::html::config())]

    #[test]
    fn what_the_library_writes_is_read_alike(value in value(), spaced in any::<bool>()) {
        let text = if spaced { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        both(&text.unwrap_or_default());
    }

    #[test]
    fn what_is_broken_is_refused_alike(value in value(), at in any::<prop::sample::Index>(), with in "[\\\\\"{}\\[\\],:0-9a-z .\\-\u{1}é]{0,2}") {
        let mut text: Vec<char> = value.to_string().chars().collect();
        let at = at.index(text.len());
        text.splice(at..=at, with.chars());
        both(&text.into_iter().collect::<String>());
    }
}
