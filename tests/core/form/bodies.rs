use edge_consent::form::{
    FIELD, Field, Kept, Kind, LONGEST, Refusal, Value, in_fields, in_header, kept,
};
use proptest::prelude::*;

fn kind(text: &str) -> Kind {
    Kind::read(text).unwrap()
}

fn texts(fields: &[Field]) -> Vec<(String, String)> {
    let text = |field: &Field| match &field.value {
        Value::Text(text) => text.clone(),
        other => format!("{other:?}"),
    };
    fields
        .iter()
        .map(|field| (field.name.clone(), text(field)))
        .collect()
}

/// The token of a body, and the body without it.
fn split(kind: &Kind, body: &[u8]) -> Result<(String, Vec<u8>), Refusal> {
    let (token, span) = in_fields(&kind.fields(body))?;
    let rest = [&body[..span.start], &body[span.end..]].concat();
    // What is cut out is the token, and nothing but the token.
    let others = |body: &[u8]| {
        let mut fields = texts(&kind.fields(body));
        fields.retain(|(name, _)| name != FIELD);
        fields
    };
    assert_eq!(others(&rest), others(body));
    assert!(
        !texts(&kind.fields(&rest))
            .iter()
            .any(|(name, _)| name == FIELD)
    );
    Ok((token, rest))
}

#[test]
fn the_type_says_how_to_read() {
    assert_eq!(
        kind("application/x-www-form-urlencoded; charset=UTF-8"),
        Kind::Urlencoded
    );
    assert_eq!(kind("Application/JSON"), Kind::Json);
    assert_eq!(kind("application/vnd.api+json"), Kind::Json);
    for (text, boundary) in [
        (
            "multipart/form-data; boundary=----WebKitFormBoundary7MA4",
            "----WebKitFormBoundary7MA4",
        ),
        (
            "multipart/form-data; boundary=\"a b'()+_,-./:=?\"",
            "a b'()+_,-./:=?",
        ),
        ("multipart/form-data;charset=utf-8;BOUNDARY=x;y=z", "x"),
    ] {
        assert_eq!(kind(text), Kind::Multipart(boundary.to_owned()), "{text}");
    }
    for bad in [
        "",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/mixed; boundary=x",
    ] {
        assert_eq!(Kind::read(bad), None, "{bad}");
    }
}

#[test]
fn urlencoded_bodies() {
    let kind = Kind::Urlencoded;
    for (body, rest) in [
        ("cf-turnstile-response=T&a=1&b=2", "a=1&b=2"),
        ("a=1&cf-turnstile-response=T&b=2", "a=1&b=2"),
        ("a=1&b=2&cf-turnstile-response=T", "a=1&b=2"),
        ("cf-turnstile-response=T", ""),
        ("a=%26&%63f-turnstile-response=%54&&b=+", "a=%26&&b=+"),
        ("a=1&cf-turnstile-response=T&", "a=1&"),
    ] {
        assert_eq!(
            split(&kind, body.as_bytes()),
            Ok(("T".into(), rest.into())),
            "{body}"
        );
    }
    for (body, refusal) in [
        ("", Refusal::Missing),
        ("a=cf-turnstile-response", Refusal::Missing),
        ("cf-turnstile-response=", Refusal::Missing),
        ("cf-turnstile-response", Refusal::Missing),
        (
            "cf-turnstile-response=T&cf-turnstile-response=T",
            Refusal::Repeated,
        ),
        (
            "cf-turnstile-response=T&a=1&cf-turnstile-respons%65=",
            Refusal::Repeated,
        ),
        ("cf-turnstile-response=%ff", Refusal::Rejected),
    ] {
        assert_eq!(split(&kind, body.as_bytes()), Err(refusal), "{body}");
    }
    let long = format!("cf-turnstile-response={}", "x".repeat(LONGEST));
    assert!(split(&kind, long.as_bytes()).is_ok());
    assert_eq!(
        split(&kind, format!("{long}x").as_bytes()),
        Err(Refusal::Oversized)
    );
}

const PART: &str = "Content-Disposition: form-data; name=\"cf-turnstile-response\"\r\n\r\nT";

fn multipart(boundary: &str, parts: &[&str]) -> String {
    let lines = parts
        .iter()
        .flat_map(|part| ["--", boundary, "\r\n", part, "\r\n"]);
    let parts: String = lines.collect();
    format!("{parts}--{boundary}--\r\n")
}

#[test]
fn multipart_bodies() {
    let text = "Content-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--almost\r\n";
    let file = "content-disposition: form-data; name=\"f\"; filename=\"cf-turnstile-response\"\r\nContent-Type: x/y\r\n\r\n\0\x01--";
    let empty = "Content-Disposition: form-data; name=\"e\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n";
    for boundary in [
        "x",
        "----WebKitFormBoundaryAbC123",
        "'()+_,-./:=? b",
        "--",
        "almos",
    ] {
        let kind = Kind::Multipart(boundary.to_owned());
        for at in 0..4 {
            let mut parts = vec![text, file, empty];
            let without = multipart(boundary, &parts);
            parts.insert(at, PART);
            let body = multipart(boundary, &parts);
            assert_eq!(
                split(&kind, body.as_bytes()),
                Ok(("T".into(), without.into_bytes())),
                "{boundary} {at}"
            );
        }
        let fields = kind.fields(multipart(boundary, &[text, file, empty]).as_bytes());
        let expected = [("a", "1\r\n--almost\r\n"), ("f", "File"), ("e", "File")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(texts(&fields), expected, "{boundary}");
    }
    let kind = Kind::Multipart("x".into());
    // A preamble, blanks behind a boundary, and headers without an end.
    let odd = format!(
        "hello\r\n--x \t\r\n{PART}\r\n--x\r\n\r\n--x\r\nContent-Disposition: form-data; name=q\r\n--x--bye"
    );
    assert_eq!(
        texts(&kind.fields(odd.as_bytes())),
        [(FIELD.to_owned(), "T".to_owned())]
    );
    // Another boundary that begins with this one.
    let nested = multipart(
        "x",
        &["Content-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--xy\r\n2"],
    );
    assert_eq!(kind.fields(nested.as_bytes()).len(), 1);
    for (parts, refusal) in [
        (vec![text], Refusal::Missing),
        (vec![PART, PART], Refusal::Repeated),
        (
            vec![
                "Content-Disposition: form-data; name=\"cf-turnstile-response\"; filename=\"t\"\r\n\r\nT",
            ],
            Refusal::Rejected,
        ),
    ] {
        assert_eq!(
            split(&kind, multipart("x", &parts).as_bytes()),
            Err(refusal)
        );
    }
}

/// What hasn't arrived whole isn't there: half a token is no token.
#[test]
fn a_beginning_has_the_fields_that_are_whole() {
    let kind = Kind::Multipart("x".into());
    let body = multipart(
        "x",
        &[PART, "Content-Disposition: form-data; name=\"a\"\r\n\r\n1"],
    );
    let (token, _) = body.split_at(body.find("T\r\n").unwrap() + 1);
    for end in 0..body.len() {
        let fields = kind.fields(&body.as_bytes()[..end]);
        // The delimiter behind it, with its line's end.
        let whole = usize::from(end >= token.len() + "\r\n--x\r\n".len());
        assert!(fields.len() >= whole && fields.len() <= whole + 1, "{end}");
        assert_eq!(in_fields(&fields).is_ok(), whole == 1, "{end}");
    }
}

#[test]
fn json_bodies() {
    let kind = Kind::Json;
    for (body, rest) in [
        ("{\"cf-turnstile-response\":\"T\",\"a\":1}", "{\"a\":1}"),
        (
            "{ \"a\" : [1, {\"b\": \"}\\\"\"}] , \"cf-turnstile-response\" : \"T\" }",
            "{ \"a\" : [1, {\"b\": \"}\\\"\"}]  }",
        ),
        ("{\"cf-turnstile-response\":\"T\"}", "{}"),
        (
            "{\"cf\\u002dturnstile-response\":\"\\u0054\",\"n\":-1.50e3}",
            "{\"n\":-1.50e3}",
        ),
    ] {
        let (token, found) = split(&kind, body.as_bytes()).unwrap();
        assert_eq!(token, "T");
        assert_eq!(String::from_utf8(found).unwrap(), rest, "{body}");
    }
    for (body, refusal) in [
        ("", Refusal::Missing),
        ("[\"cf-turnstile-response\"]", Refusal::Missing),
        (
            "{\"data\":{\"cf-turnstile-response\":\"T\"}}",
            Refusal::Missing,
        ),
        (
            "{\"a\":\"\\\",\\\"cf-turnstile-response\\\":\\\"T\"}",
            Refusal::Missing,
        ),
        ("{\"cf-turnstile-response\":\"\"}", Refusal::Missing),
        (
            "{\"cf-turnstile-response\":\"T\",\"cf-turnstile-response\":\"U\"}",
            Refusal::Repeated,
        ),
    ] {
        assert_eq!(split(&kind, body.as_bytes()), Err(refusal), "{body}");
    }
}

#[test]
fn headers() {
    assert_eq!(in_header(" T "), Ok("T".to_owned()));
    assert_eq!(in_header(""), Err(Refusal::Missing));
    assert_eq!(in_header("T, T"), Err(Refusal::Repeated));
    assert_eq!(in_header(&"x".repeat(LONGEST + 1)), Err(Refusal::Oversized));
}

#[test]
fn secrets_and_files_are_asked_for_again_and_the_rest_is_kept() {
    let body = "a=1&password=p&cf-turnstile-response=T&note=4111+1111+1111+1111&b=%0D%0Ax";
    let text = |name: &str, value: &str| Kept::Text {
        name: name.into(),
        value: value.into(),
    };
    assert_eq!(
        kept(Kind::Urlencoded.fields(body.as_bytes())).unwrap(),
        [
            text("a", "1"),
            Kept::Secret("password".into()),
            Kept::Secret("note".into()),
            text("b", "\r\nx"),
        ]
    );
    let file = multipart(
        "x",
        &["Content-Disposition: form-data; name=\"f\"; filename=\"\"\r\n\r\n"],
    );
    let fields = Kind::Multipart("x".into()).fields(file.as_bytes());
    assert_eq!(kept(fields), Some(vec![Kept::File("f".into())]));
    // Sent again from a page of ours, in UTF-8, it would be another text.
    assert_eq!(kept(Kind::Urlencoded.fields(b"a=%e4")), None);
}

proptest! {
    #[test]
    fn nothing_upsets_a_reader(
        body in proptest::collection::vec(prop_oneof![
            3 => proptest::sample::select(b"\r\n-x{}[]\":,\\&=%".to_vec()),
            1 => any::<u8>(),
        ], 0..200),
        boundary in "[-x]{1,3}",
    ) {
        for kind in [Kind::Urlencoded, Kind::Json, Kind::Multipart(boundary)] {
            let fields = kind.fields(&body);
            let mut end = 0;
            for field in &fields {
                prop_assert!(field.span.start <= field.span.end && field.span.end <= body.len());
                prop_assert!(field.span.end >= end);
                end = field.span.end;
            }
        }
    }
}
