//! Parts of a page that are recognised by their attributes: hidden elements, cookie banners, menus.

use html5ever::Attribute;

/// What an element's attributes say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SitePart {
    /// Not shown, or a banner that asks for consent.
    Hidden,
    /// A menu, a breadcrumb trail, links to share the page.
    Navigation,
    /// A part beside the content.
    Aside,
}

/// The table of site parts: tokens of `class`, values of `id` and values of `role`, in lowercase. A token
/// that ends in `*` stands for all that begin so. They are names that consent managers and widespread
/// templates use; they must name the part exactly, since `has-cookie-banner` may be a class of the whole
/// page.
const SITE_PARTS: [(SitePart, &[&str]); 3] = [
    (
        SitePart::Hidden,
        &[
            "borlabs-cookie*",
            "borlabscookie*",
            "cc-banner",
            "cc-window",
            "cky-consent*",
            "cky-modal",
            "cmplz-cookiebanner*",
            "cmpbox*",
            "consent-banner",
            "consent-modal",
            "cookie-alert",
            "cookie-banner",
            "cookie-bar",
            "cookie-consent",
            "cookie-law-info-bar",
            "cookie-message",
            "cookie-modal",
            "cookie-notice",
            "cookie-notification",
            "cookie-popup",
            "cookie-wrapper",
            "cookiebanner",
            "cookieconsent",
            "cookienotice",
            "cookies-banner",
            "cookies-notice",
            "cybotcookiebot*",
            "didomi-*",
            "eu-cookie-compliance-*",
            "eupopup",
            "fc-consent-root",
            "gdpr-banner",
            "gdpr-consent",
            "gdpr-cookie-notice",
            "hs-eu-cookie-confirmation",
            "iubenda-cs-banner",
            "klaro",
            "moove_gdpr_cookie_info_bar",
            "onetrust-*",
            "osano-cm-*",
            "privacy-banner",
            "qc-cmp*",
            "screen-reader-text",
            "skip-link",
            "skip-to-content",
            "sp_message_container*",
            "sr-only",
            "tarteaucitron*",
            "termly-*",
            "truste_*",
            "usercentrics-*",
            "visually-hidden",
            "visuallyhidden",
        ],
    ),
    (
        SitePart::Navigation,
        &[
            "breadcrumb",
            "breadcrumbs",
            "contentinfo",
            "language-switcher",
            "main-menu",
            "menu",
            "menubar",
            "nav",
            "nav-menu",
            "navbar",
            "navigation",
            "pager",
            "pagination",
            "search",
            "share-buttons",
            "sharedaddy",
            "site-footer",
            "site-navigation",
            "social-links",
            "social-share",
            "tablist",
            "tag-links",
            "tags-links",
            "toolbar",
        ],
    ),
    (
        SitePart::Aside,
        &["complementary", "related-posts", "sidebar", "widget-area", "yarpp-related"],
    ),
];

/// The part of the page that an element is, by its attributes.
pub fn site_part(attributes: &[Attribute]) -> Option<SitePart> {
    if attributes.iter().any(is_hiding) {
        return Some(SitePart::Hidden);
    }
    let mut found = None;
    for attribute in attributes {
        if !matches!(&*attribute.name.local, "class" | "id" | "role") {
            continue;
        }
        for token in attribute.value.split_ascii_whitespace() {
            match by_name(token) {
                Some(SitePart::Hidden) => return Some(SitePart::Hidden),
                part => found = found.or(part),
            }
        }
    }
    found
}

fn by_name(token: &str) -> Option<SitePart> {
    let is_named = |name: &&str| match name.strip_suffix('*') {
        Some(start) => {
            token.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
        }
        None => token.eq_ignore_ascii_case(name),
    };
    SITE_PARTS.iter().find(|(_, names)| names.iter().any(is_named)).map(|(part, _)| *part)
}

/// Whether the attribute hides its element.
fn is_hiding(attribute: &Attribute) -> bool {
    let value = &*attribute.value;
    match &*attribute.name.local {
        // `until-found` is text that a search in the page shows.
        "hidden" => !value.eq_ignore_ascii_case("until-found"),
        "aria-hidden" => value.trim().eq_ignore_ascii_case("true"),
        "style" => value.split(';').any(|declaration| {
            let Some((property, value)) = declaration.split_once(':') else { return false };
            let value = value.trim().to_ascii_lowercase();
            let value = value.split('!').next().unwrap_or_default().trim_end();
            match property.trim().to_ascii_lowercase().as_str() {
                "display" => value == "none",
                "visibility" => value == "hidden",
                _ => false,
            }
        }),
        _ => false,
    }
}
