//! What the four sites promised before: each name, duration, link, contact and date of their old policies, and each
//! sentence that still holds, is found in what is declared now.

use edge_consent::declared;
use edge_consent::site::Lifetime::{self, For, Session, SessionOr};
use edge_consent::site::Unit::{Days, Hours, Years};
use edge_consent::site::{Part, Site, Stance};

/// A cookie's name, purpose and duration, and its category.
type Row = (&'static str, &'static str, Lifetime, &'static str);

struct Original {
    id: &'static str,
    hosts: [&'static str; 2],
    title: &'static str,
    updated: &'static str,
    owner: &'static str,
    email: &'static str,
    privacy_policy: Option<&'static str>,
    cookies: &'static [Row],
    /// Third parties: id, what is said of them, their privacy policy, their category.
    services: &'static [(&'static str, &'static str, &'static str, &'static str)],
    /// Sentences, without their marks.
    prose: &'static [&'static str],
    signals: (Stance, Stance),
    /// Accept, refuse, customise.
    labels: [Option<&'static str>; 3],
}

const MUSIC_TRACKER: Original = Original {
    id: "musictracker",
    hosts: ["musictracker.io", "www.musictracker.io"],
    title: "Cookie Policy",
    updated: "2026-05-21",
    owner: "Music Tracker",
    email: "privacy@musictracker.io",
    privacy_policy: Some("/privacy"),
    cookies: &[
        (
            "NextAuth session",
            "Keeps you logged in",
            SessionOr(30, Days),
            "necessary",
        ),
        (
            "CSRF token",
            "Protects against cross-site request forgery",
            Session,
            "necessary",
        ),
        // The old page kept it in local storage; now it is a cookie.
        (
            "cookie_consent",
            "Remembers your cookie choice",
            For(180, Days),
            "necessary",
        ),
        (
            "Cloudflare Turnstile",
            "Bot/spam protection on forms",
            Session,
            "necessary",
        ),
    ],
    services: &[
        (
            "cloudflare-turnstile",
            "Bot/spam protection on forms",
            "https://www.cloudflare.com/turnstile-privacy-policy/",
            "necessary",
        ),
        (
            "microsoft-clarity",
            "Anonymous usage analytics — heatmaps and session insights that help us understand how the app is used and improve it. Does not capture passwords or sensitive form fields.",
            "https://www.microsoft.com/privacy/privacystatement",
            "analytics",
        ),
    ],
    prose: &[
        "This Cookie Policy explains how Music Tracker (\"we\", \"our\", \"us\") uses cookies and similar technologies on musictracker.io.",
        "We keep this short and honest: we use the minimum needed to run the service, plus optional analytics that only activate with your consent.",
        "We do not use advertising cookies and we never sell your data.",
        "Cookies are small text files stored on your device when you visit a website.",
        "They help the site remember things like whether you're logged in.",
        "Similar technologies (such as local storage and analytics tags) work the same way and are covered by this policy.",
        "Essential cookies (always on)",
        "These are required for the app to function — you cannot turn them off without breaking core features like logging in.",
        "They do not track you across other websites.",
        "Analytics cookies (optional — your choice)",
        "These only activate if you click \"Accept all\" in our cookie banner",
        "If you choose \"Essential only\", they are never loaded.",
        "We do not use advertising or retargeting cookies (no Google Ads, no Facebook Pixel), and we do not sell or share your personal data for cross-context behavioral advertising.",
        "You can change your cookie preferences at any time:",
        "Reset the banner: clear the cookie_consent entry from your browser's site data for musictracker.io, then reload — the consent banner will reappear.",
        "Browser controls: most browsers let you block or delete cookies in their settings. Blocking essential cookies may break login.",
        "Global Privacy Control (GPC): we respect GPC signals where applicable.",
        "For anything cookie- or privacy-related, email us or see our Privacy Policy.",
    ],
    signals: (Stance::Honour, Stance::Ignore),
    labels: [Some("Accept all"), Some("Essential only"), None],
};

const MUSIC_MUSE: Original = Original {
    id: "musicmuse",
    hosts: ["musicmuse.astrionix.io", "www.musicmuse.astrionix.io"],
    title: "Cookie Policy",
    updated: "2026-03-15",
    owner: "MusicMuse",
    email: "support@musicmuse.astrionix.io",
    privacy_policy: None,
    cookies: &[
        (
            "mm_session (or PHPSESSID)",
            "Maintains your login session so you stay authenticated as you navigate between pages.",
            SessionOr(2, Hours),
            "necessary",
        ),
        (
            "CSRF token (stored in session)",
            "Protects against Cross-Site Request Forgery attacks by validating that form submissions originate from MusicMuse.",
            For(1, Hours),
            "necessary",
        ),
    ],
    services: &[
        (
            "stripe",
            "Payment processing: when you access the checkout or billing portal, Stripe may set cookies to process your payment securely and prevent fraud.",
            "https://stripe.com/privacy",
            "necessary",
        ),
        (
            "google-fonts",
            "MusicMuse loads fonts from Google Fonts.",
            "https://policies.google.com/privacy",
            "necessary",
        ),
    ],
    prose: &[
        "Cookies are small text files that are placed on your device (computer, tablet, or mobile phone) when you visit a website. They are widely used to make websites work efficiently, provide information to website owners, and improve the user experience.",
        "MusicMuse uses a minimal number of cookies, all of which are essential for the Service to function properly. We do not use advertising cookies, third-party marketing trackers, or cross-site tracking pixels.",
        "These cookies are required for the basic functionality of MusicMuse. Without them, the Service cannot operate. They cannot be disabled.",
        "when you close your browser or after up to 2 hours of inactivity",
        "We may use functional cookies to remember your preferences, such as your preferred language or display settings. These cookies are not currently used but may be introduced in the future with appropriate notice.",
        "We do not currently use third-party analytics cookies (such as Google Analytics). If we introduce analytics cookies in the future, we will update this Cookie Policy and, where required by law, request your consent before placing them.",
        "MusicMuse does not use advertising cookies, retargeting pixels, or any third-party ad-tracking technologies. We do not participate in advertising networks.",
        "When you interact with certain features of MusicMuse, third-party services may set their own cookies",
        "These cookies are governed by the privacy policies of these services",
        "You can control and manage cookies through your browser settings. Most browsers allow you to:",
        "View what cookies are currently stored and delete them individually or in bulk",
        "Block all cookies or block only third-party cookies",
        "Set rules for specific websites",
        "Receive a notification when a cookie is being set",
        "Important: If you disable or delete essential cookies used by MusicMuse, you will not be able to log in or use the Service. The session cookie is required for authentication.",
        "For instructions on managing cookies in popular browsers:",
        "Some browsers offer a \"Do Not Track\" (DNT) setting. Because there is no accepted standard for how to respond to DNT signals, MusicMuse does not currently respond to DNT signals. However, since we do not use tracking or advertising cookies, our practices are already consistent with the intent of DNT.",
        "We may update this Cookie Policy from time to time to reflect changes in our practices or for legal, operational, or regulatory reasons. When we make changes, we will update the \"Last updated\" date at the top of this page. If we introduce new categories of cookies (such as analytics or advertising cookies), we will provide prominent notice and, where required, obtain your consent.",
        "If you have questions about our use of cookies, please contact us",
    ],
    signals: (Stance::Honour, Stance::Ignore),
    labels: [None, None, None],
};

const TRACKNCLOAK: Original = Original {
    id: "trackncloak",
    hosts: ["trackncloak.com", "www.trackncloak.com"],
    title: "Cookie Policy",
    updated: "2026-03-30",
    owner: "N&P Soft, operating as TrackNCloak",
    email: "help@trackncloak.com",
    privacy_policy: Some("/privacy"),
    cookies: &[
        (
            "next-auth.session-token",
            "Authentication session",
            SessionOr(30, Days),
            "necessary",
        ),
        (
            "next-auth.csrf-token",
            "CSRF protection",
            Session,
            "necessary",
        ),
        (
            "next-auth.callback-url",
            "Redirect after authentication",
            Session,
            "necessary",
        ),
        (
            "sidebar-collapsed",
            "Remember sidebar state preference",
            For(1, Years),
            "functional",
        ),
        (
            "report-filters",
            "Remember report filter preferences",
            Session,
            "functional",
        ),
    ],
    services: &[(
        "razorpay",
        "Payment processing cookies for secure checkout.",
        "https://razorpay.com/privacy/",
        "necessary",
    )],
    prose: &[
        "This Cookie Policy explains how N&P Soft, operating as TrackNCloak (\"Company\", \"we\", \"us\", \"our\") uses cookies and similar technologies on our platform at trackncloak.com (\"Service\"). This policy should be read together with our Privacy Policy.",
        "Cookies are small text files that are stored on your device (computer, tablet, or mobile phone) when you visit a website. They are widely used to make websites work efficiently, provide information to website owners, and enhance the user experience.",
        "These cookies are strictly necessary for the Service to function and cannot be disabled.",
        "These cookies enable enhanced functionality and personalization",
        "We may use analytics cookies to understand how users interact with the Service. These cookies collect information in an aggregated, anonymized form.",
        "The following third-party services may set cookies when you use the Service:",
        "When you use TrackNCloak's tracking features, cookies may be set on your visitors' devices to enable click tracking, conversion attribution, and cross-domain/cross-device tracking. These cookies are set by your tracking domains and are under your control as the data controller. You are responsible for:",
        "Disclosing cookie usage in your own privacy policy and cookie notices;",
        "Obtaining necessary consent from your visitors in compliance with applicable laws (GDPR, ePrivacy Directive, CCPA, etc.);",
        "Providing visitors with mechanisms to opt out of tracking.",
        "You can control and manage cookies through your browser settings. Most browsers allow you to:",
        "View what cookies are stored on your device;",
        "Delete individual or all cookies;",
        "Block cookies from specific or all websites;",
        "Set preferences to receive notifications when cookies are being set.",
        "Please note that disabling essential cookies may prevent you from using certain features of the Service, including authentication.",
        "Browser-specific instructions:",
        "When you first visit the Service, you will be presented with a cookie consent banner that allows you to accept, reject or customize your cookie preferences. Essential cookies are always active as they are necessary for the Service to function. You can update your preferences at any time through the cookie settings link in the website footer",
        "We may update this Cookie Policy from time to time. Changes will be posted on this page with an updated effective date. We encourage you to review this policy periodically.",
        "If you have questions about our use of cookies, please contact us",
    ],
    signals: (Stance::Honour, Stance::Honour),
    labels: [Some("Accept"), Some("Reject"), Some("Customize")],
};

const BALANCED_MASTERING: Original = Original {
    id: "balanced-mastering",
    hosts: ["balancedmastering.com", "www.balancedmastering.com"],
    title: "Cookie Policy for Balanced Mastering",
    // 15/11/2025 can only be a day before a month.
    updated: "2025-11-15",
    owner: "Balanced Mastering",
    email: "support@balancedmastering.com",
    privacy_policy: None,
    cookies: &[
        (
            "auth-token",
            "Keeps you logged in",
            For(7, Days),
            "necessary",
        ),
        ("session-id", "Maintains your session", Session, "necessary"),
        ("csrf-token", "Security protection", Session, "necessary"),
        (
            "user-preferences",
            "Saves your settings",
            For(30, Days),
            "functional",
        ),
        (
            "theme-mode",
            "Light/dark theme preference",
            For(90, Days),
            "functional",
        ),
        (
            "upload-history",
            "Recent upload information",
            For(7, Days),
            "functional",
        ),
        (
            "_ga",
            "Google Analytics visitor ID",
            For(2, Years),
            "analytics",
        ),
        (
            "_gid",
            "Google Analytics session ID",
            For(24, Hours),
            "analytics",
        ),
        (
            "usage-stats",
            "Feature usage tracking",
            For(30, Days),
            "analytics",
        ),
    ],
    services: &[
        (
            "stripe",
            "Secure payment processing and fraud detection",
            "https://stripe.com/privacy",
            "necessary",
        ),
        (
            "supabase",
            "User authentication and session management",
            "https://supabase.com/privacy",
            "necessary",
        ),
        (
            "google-analytics",
            "Website usage statistics and performance",
            "https://policies.google.com/privacy",
            "analytics",
        ),
    ],
    prose: &[
        "We use cookies to enhance your experience, remember your preferences, and provide personalized service on Balanced Mastering.",
        "Cookies are small text files stored on your device when you visit our website. They help us remember your preferences, keep you logged in, and improve your overall experience.",
        "Login State: Remember that you're logged in",
        "Security Tokens: Protect against malicious attacks",
        "Session Management: Maintain your connection to our servers",
        "Account Protection: Detect suspicious activity",
        "Preferences: Remember your settings and choices",
        "Form Data: Save partially completed upload forms",
        "Navigation: Remember which pages you've visited",
        "Accessibility: Store accessibility preferences",
        "Performance: Identify slow-loading pages",
        "Feature Usage: Understand which features are popular",
        "Error Tracking: Detect and fix website issues",
        "A/B Testing: Compare different versions of pages",
        "Control: Managed by Stripe's privacy policy",
        "Duration: Varies by cookie type",
        "Control: Essential for account functionality",
        "Duration: Session or 7 days",
        "can also be disabled in browser settings",
        "Duration: Up to 2 years",
        "Chrome: Settings → Privacy & Security → Cookies",
        "Firefox: Settings → Privacy & Security → Cookies",
        "Safari: Preferences → Privacy → Cookies",
        "Edge: Settings → Cookies and site permissions",
        "Accept all: Allow all cookies for full functionality",
        "Block all: Disable all optional cookies (may affect site functionality)",
        "Selective: Choose which types of cookies to allow",
        "Prompt: You are asked before optional cookies are used, and each optional cookie or service has a switch of its own",
        "Google Analytics: Use Google Analytics Opt-out Add-on",
        "Do Not Track: Enable in your browser settings",
        "Privacy Extensions: Use browser extensions that block tracking",
        "Industry Tools: Digital Advertising Alliance",
        "Platform Settings: Adjust ad preferences on social media platforms",
        "Browser Settings: Enable \"Limit Ad Tracking\" or similar options",
        "Session Cookies: Deleted when you close your browser",
        "Persistent Cookies: Remain until expiration date or manual deletion",
        "Local Storage: Persists until cleared or expired",
        "Account Deletion: All associated cookies removed when you delete your account",
        "We may update this policy as our use of cookies evolves",
        "Significant changes will be communicated via email or website notice",
        "New cookie types will be added to this policy",
        "Check this page periodically for updates",
        "Disabling essential cookies may prevent core features like login, file uploads, and payment processing from working properly.",
        "Questions about our cookie policy?",
    ],
    signals: (Stance::Honour, Stance::Honour),
    labels: [Some("Accept all"), Some("Block all"), Some("Choose")],
};

#[test]
fn music_tracker_keeps_its_word() {
    let site = compare(&MUSIC_TRACKER);
    assert_eq!(optional(site), ["analytics"]);
}

#[test]
fn musicmuse_keeps_its_word() {
    let site = compare(&MUSIC_MUSE);
    assert!(optional(site).is_empty());
    let fonts = site.service("google-fonts").unwrap().data.as_ref().unwrap();
    assert_eq!(
        fonts.get("en"),
        "Google may collect limited technical data (IP address) when serving font files."
    );
    let csrf = site
        .cookies
        .iter()
        .find(|cookie| cookie.name.starts_with("CSRF"))
        .unwrap();
    assert!(
        csrf.patterns.is_empty(),
        "it is kept in the session, on the server"
    );
    for name in ["mm_session", "PHPSESSID"] {
        assert!(
            site.cookies
                .iter()
                .any(|cookie| cookie.patterns.iter().any(|p| p.matches(name)))
        );
    }
}

#[test]
fn trackncloak_keeps_its_word() {
    let site = compare(&TRACKNCLOAK);
    assert_eq!(optional(site), ["functional", "analytics"]);
    let analytics = site.category("analytics").unwrap();
    let empty = analytics.empty.as_ref().unwrap().get("en");
    assert!(empty.contains("No analytics cookies are in use today"));
    assert!(empty.contains("asked again"));
    assert!(site.banner.customise_button);
}

#[test]
fn balanced_mastering_keeps_its_word() {
    let site = compare(&BALANCED_MASTERING);
    assert_eq!(optional(site), ["functional", "analytics"]);
    assert!(site.consent.granular && site.banner.customise_button);
    for cookie in &site.cookies {
        assert!(
            cookie.category == "necessary" || cookie.service.is_some(),
            "{}",
            cookie.name
        );
    }
    let data = |id: &str| site.service(id).unwrap().data.as_ref().unwrap().get("en");
    assert_eq!(
        data("stripe"),
        "Payment method preferences and session security"
    );
    assert_eq!(data("supabase"), "Login state and security tokens");
    assert_eq!(
        data("google-analytics"),
        "Page views, session duration, user flow"
    );
    let supabase = site
        .cookies
        .iter()
        .find(|cookie| cookie.service.as_deref() == Some("supabase"));
    assert_eq!(supabase.unwrap().lifetime, SessionOr(7, Days));
    let html = html(site);
    for link in [
        "https://tools.google.com/dlpage/gaoptout",
        "https://optout.aboutads.info/",
    ] {
        assert!(html.contains(&format!("href=\"{link}\"")), "{link}");
    }
}

fn optional(site: &Site) -> Vec<&str> {
    site.optional()
        .map(|category| category.id.as_str())
        .collect()
}

fn compare(original: &Original) -> &'static Site {
    let site = declared::by_id(original.id).unwrap();
    assert_eq!(site.hosts, original.hosts);
    assert_eq!(site.prose.get("en").unwrap().title, original.title);
    assert_eq!(site.updated, original.updated);
    assert_eq!(site.owner.name, original.owner);
    assert_eq!(site.owner.email, original.email);
    assert_eq!(
        site.owner.privacy_policy.as_deref(),
        original.privacy_policy
    );
    assert_eq!((site.signals.gpc, site.signals.dnt), original.signals);
    for (name, purpose, lifetime, category) in original.cookies {
        let cookie = site.cookies.iter().find(|cookie| cookie.name == *name);
        let cookie = cookie.unwrap_or_else(|| panic!("{name} is not declared"));
        assert_eq!(cookie.purpose.get("en"), *purpose, "{name}");
        assert_eq!(cookie.lifetime, *lifetime, "{name}");
        assert_eq!(cookie.category, *category, "{name}");
    }
    let declared = site
        .cookies
        .iter()
        .filter(|cookie| cookie.service.is_none());
    for cookie in declared.filter(|cookie| cookie.name != "cookie_consent") {
        assert!(
            original.cookies.iter().any(|row| row.0 == cookie.name),
            "{} is new",
            cookie.name
        );
    }
    let third: Vec<&str> = site
        .services
        .iter()
        .filter(|s| !s.own)
        .map(|s| s.id.as_str())
        .collect();
    assert_eq!(
        third,
        original
            .services
            .iter()
            .map(|row| row.0)
            .collect::<Vec<_>>()
    );
    for (id, purpose, privacy, category) in original.services {
        let service = site.service(id).unwrap();
        assert_eq!(service.purpose.get("en"), *purpose, "{id}");
        assert_eq!(service.privacy.as_deref(), Some(*privacy), "{id}");
        assert_eq!(service.category, *category, "{id}");
    }
    let labels = [
        &site.banner.accept,
        &site.banner.refuse,
        &site.banner.customise,
    ];
    assert_eq!(
        labels.map(|label| label.as_ref().map(|text| text.get("en"))),
        original.labels
    );
    let text = plain(&html(site));
    for sentence in original.prose {
        assert!(
            text.contains(sentence),
            "{}: {sentence:?} is not in the prose",
            original.id
        );
    }
    site
}

fn html(site: &Site) -> String {
    let parts = &site.prose.get("en").unwrap().parts;
    let html = parts.iter().map(|part| {
        if let Part::Html(html) = part {
            html.as_str()
        } else {
            ""
        }
    });
    html.collect::<Vec<&str>>().join("\n")
}

/// The text of prose, without tags and on one line.
fn plain(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
    }
    let text = text
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
