use edge_consent::form::{
    Code, Expected, Mistake, Refusal, Verdict, is_local, is_test_key, is_test_secret, question,
    secret_names, verdict,
};

/// 2026-11-22T10:00:00Z.
const NOW: u64 = 1_795_341_600;

fn expected(host: &str) -> Expected<'_> {
    Expected {
        hosts: &super::site().hosts,
        host,
        action: Some("contact"),
        testing: false,
        now: NOW,
    }
}

fn judge(status: u16, text: &str) -> Result<(), Refusal> {
    verdict(Some((status, text))).judge(expected("forms.test"))
}

/// The table of the facts: code, whose fault, what follows.
#[test]
fn every_error_code_has_its_outcome() {
    for (codes, code, refusal, again) in [
        (
            "\"missing-input-secret\"",
            Code::MissingSecret,
            Refusal::Misconfigured(Mistake::WrongSecret),
            false,
        ),
        (
            "\"invalid-input-secret\"",
            Code::InvalidSecret,
            Refusal::Misconfigured(Mistake::WrongSecret),
            false,
        ),
        (
            "\"missing-input-response\"",
            Code::MissingResponse,
            Refusal::Rejected,
            false,
        ),
        (
            "\"invalid-input-response\"",
            Code::InvalidResponse,
            Refusal::Rejected,
            false,
        ),
        (
            "\"timeout-or-duplicate\"",
            Code::TimeoutOrDuplicate,
            Refusal::Used,
            false,
        ),
        (
            "\"bad-request\"",
            Code::BadRequest,
            Refusal::Misconfigured(Mistake::BadRequest),
            false,
        ),
        (
            "\"internal-error\"",
            Code::InternalError,
            Refusal::Unreachable,
            true,
        ),
        ("\"something-new\"", Code::Unknown, Refusal::Rejected, false),
        ("", Code::Unknown, Refusal::Rejected, false),
        (
            "\"invalid-input-response\",\"invalid-input-secret\"",
            Code::InvalidSecret,
            Refusal::Misconfigured(Mistake::WrongSecret),
            false,
        ),
    ] {
        let text = format!("{{\"success\":false,\"error-codes\":[{codes}],\"messages\":[]}}");
        for status in [200, 400] {
            let found = verdict(Some((status, &text)));
            assert_eq!(found, Verdict::Failed(code), "{codes}");
            assert_eq!(found.may_change(), again, "{codes}");
            assert_eq!(judge(status, &text), Err(refusal), "{codes}");
        }
    }
    for (refusal, status) in [
        (Refusal::CrossSite, 403),
        (Refusal::Missing, 403),
        (Refusal::Repeated, 403),
        (Refusal::Oversized, 403),
        (Refusal::Rejected, 403),
        (Refusal::Used, 409),
        (Refusal::TooLarge, 413),
        (Refusal::MediaType, 415),
        (Refusal::Misconfigured(Mistake::NoSecret), 500),
        (Refusal::Unreachable, 503),
    ] {
        assert_eq!(refusal.status(), status);
    }
}

#[test]
fn what_siteverify_would_not_say_is_no_answer() {
    let silent = |answer| verdict(answer) == Verdict::Silent;
    assert!(silent(None));
    for (status, text) in [
        (200, ""),
        (200, "<html>"),
        (200, "{\"success\":tru"),
        (200, "{\"success\":\"true\"}"),
        (200, "[]"),
        (500, "{\"success\":true}"),
        (
            503,
            "{\"success\":false,\"error-codes\":[\"invalid-input-response\"]}",
        ),
        (302, "{\"success\":true}"),
        (404, "{\"success\":true}"),
    ] {
        assert!(silent(Some((status, text))), "{status} {text}");
    }
    assert!(Verdict::Silent.may_change());
}

fn passed(hostname: &str, action: &str, at: &str) -> String {
    format!(
        "{{\"success\":true,\"error-codes\":[],\"challenge_ts\":\"{at}\",\"hostname\":\"{hostname}\",\"action\":\"{action}\",\"cdata\":\"\",\"new\":1}}"
    )
}

#[test]
fn host_action_and_age_have_to_be_right() {
    let on_time = "2026-11-22T09:59:00.123Z";
    for (hostname, action, at, outcome) in [
        ("forms.test", "contact", on_time, Ok(())),
        ("www.forms.test", "contact", on_time, Ok(())),
        ("evil.test", "contact", on_time, Err(Refusal::Rejected)),
        ("notforms.test", "contact", on_time, Err(Refusal::Rejected)),
        ("", "contact", on_time, Err(Refusal::Rejected)),
        ("forms.test", "login", on_time, Err(Refusal::Rejected)),
        ("forms.test", "", on_time, Err(Refusal::Rejected)),
        // 300 seconds, and 60 for clocks that differ.
        ("forms.test", "contact", "2026-11-22T09:54:00Z", Ok(())),
        (
            "forms.test",
            "contact",
            "2026-11-22T09:53:59Z",
            Err(Refusal::Used),
        ),
        ("forms.test", "contact", "2026-11-22T10:01:00Z", Ok(())),
        (
            "forms.test",
            "contact",
            "2026-11-22T10:01:01Z",
            Err(Refusal::Rejected),
        ),
        ("forms.test", "contact", "yesterday", Err(Refusal::Used)),
    ] {
        assert_eq!(
            judge(200, &passed(hostname, action, at)),
            outcome,
            "{hostname} {action} {at}"
        );
    }
    assert!(judge(200, "{\"success\":true}").is_err());
    // The host that was asked for is the site, too; and a form without an action takes any.
    let own = verdict(Some((200, &passed("forms.localhost", "x", on_time))));
    assert!(own.judge(expected("forms.test")).is_err());
    let any = Expected {
        action: None,
        ..expected("forms.localhost:8787")
    };
    assert_eq!(own.judge(any), Ok(()));
}

#[test]
fn tests_secrets_are_for_this_machine() {
    let text = "{\"success\":true,\"challenge_ts\":\"2026-11-22T10:00:00Z\",\"hostname\":\"example.com\",\"metadata\":{\"result_with_testing_key\":true}}";
    let found = verdict(Some((200, text)));
    assert_eq!(found.judge(expected("forms.localhost:8787")), Ok(()));
    assert_eq!(
        found.judge(expected("forms.test")),
        Err(Refusal::Misconfigured(Mistake::TestSecret))
    );
    for number in 1..=3 {
        assert!(is_test_secret(&format!("{number}x{}AA", "0".repeat(31))));
    }
    for key in [
        "1x00000000000000000000AA",
        "2x00000000000000000000AB",
        "3x00000000000000000000FF",
        "1x00000000000000000000BB",
    ] {
        assert!(is_test_key(key), "{key}");
    }
    assert!(!is_test_secret("0x4AAAAAAA0000000000000000000000000"));
    assert!(!is_test_key("0x4AAAAAAAtestsOnlyXXXXXX"));
    for local in [
        "localhost",
        "localhost:8787",
        "a.localhost:80",
        "127.0.0.1:8787",
        "[::1]:8787",
        "[::1]",
    ] {
        assert!(is_local(local), "{local}");
    }
    for far in [
        "forms.test",
        "localhost.evil.test",
        "notlocalhost",
        "127.0.0.1.evil.test",
        "",
    ] {
        assert!(!is_local(far), "{far}");
    }
}

#[test]
fn the_question_says_what_has_to_be_said() {
    assert_eq!(
        question("s&", "t=", None, "k"),
        "secret=s%26&response=t%3D&idempotency_key=k"
    );
    assert_eq!(
        question("s", "t", Some("2001:db8::1"), "k"),
        "secret=s&response=t&remoteip=2001%3Adb8%3A%3A1&idempotency_key=k"
    );
    assert_eq!(
        secret_names("balanced-mastering"),
        ["TURNSTILE_SECRET_BALANCED_MASTERING", "TURNSTILE_SECRET"]
    );
}
