/// Why a form isn't let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// 403: the browser says that another site sent it.
    CrossSite,
    /// 403: no token.
    Missing,
    /// 403: more than one token.
    Repeated,
    /// 403: longer than any token.
    Oversized,
    /// 403: Cloudflare doesn't know the token, or gave it out for another site or form.
    Rejected,
    /// 409: used before, or too old.
    Used,
    /// 413: no token in the part of the body that is read.
    TooLarge,
    /// 415: in a body of this type nobody can find the token.
    MediaType,
    /// 500: the site's owner has something to mend.
    Misconfigured(Mistake),
    /// 503: nobody can say whether the token is good.
    Unreachable,
}

/// What an owner has to mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// There is no secret.
    NoSecret,
    /// Cloudflare doesn't know the secret.
    WrongSecret,
    /// The secret is one for tests, and the site is no local one.
    TestSecret,
    /// So is the site key.
    TestKey,
    /// Cloudflare could not read what we asked.
    BadRequest,
}

impl Refusal {
    /// The status it is answered with.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::CrossSite | Self::Missing | Self::Repeated | Self::Oversized | Self::Rejected => {
                403
            }
            Self::Used => 409,
            Self::TooLarge => 413,
            Self::MediaType => 415,
            Self::Misconfigured(_) => 500,
            Self::Unreachable => 503,
        }
    }

    /// For programmers, in English: a title and what to do.
    #[must_use]
    pub fn problem(self) -> (&'static str, &'static str) {
        match self {
            Self::CrossSite => (
                "Cross-site request refused",
                "This form is only taken from the site's own pages.",
            ),
            Self::Missing => (
                "Turnstile token missing",
                "Send the token as the field or header `cf-turnstile-response`.",
            ),
            Self::Repeated => (
                "Turnstile token repeated",
                "Send `cf-turnstile-response` once.",
            ),
            Self::Oversized => (
                "Turnstile token too long",
                "A token has at most 2048 bytes.",
            ),
            Self::Rejected => (
                "Turnstile token refused",
                "Get a new token from this form's own widget.",
            ),
            Self::Used => (
                "Turnstile token used or expired",
                "A token is good once, for 300 seconds. Get a new one.",
            ),
            Self::TooLarge => (
                "Turnstile token not found",
                "Send the token before any file, within the first 256 KiB, or as the header `cf-turnstile-response`.",
            ),
            Self::MediaType => (
                "Unsupported media type",
                "Send application/x-www-form-urlencoded, multipart/form-data or application/json, or the token as the \
                 header `cf-turnstile-response`.",
            ),
            Self::Misconfigured(_) => (
                "Form not set up",
                "The site's owner has to mend something; the log says what.",
            ),
            Self::Unreachable => ("Turnstile unreachable", "Try again with the same token."),
        }
    }
}

impl Mistake {
    /// What an owner reads in the log.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::NoSecret => "no Turnstile secret: run `npx wrangler secret put TURNSTILE_SECRET`",
            Self::WrongSecret => {
                "Cloudflare refused the Turnstile secret: copy the one of this site's widget, and run `npx wrangler \
                 secret put TURNSTILE_SECRET`"
            }
            Self::TestSecret => {
                "the Turnstile secret is one of Cloudflare's test secrets, which let anybody in: run `npx wrangler \
                 secret put TURNSTILE_SECRET` with the one of this site's widget"
            }
            Self::TestKey => {
                "site_key is one of Cloudflare's test keys: put the key of this site's widget into site.toml"
            }
            Self::BadRequest => {
                "siteverify could not read what it was asked: look at TURNSTILE_SITEVERIFY_URL, and report this"
            }
        }
    }
}
