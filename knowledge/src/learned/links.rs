//! Links and e-mail addresses in a text, found as a telephone would find them.

use regex::Regex;
use std::sync::LazyLock;
use triage::text::fold;

/// A link or an address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// As it was written.
    pub written: String,
    /// Its host, or the domain of the address, in small letters.
    pub host: String,
    /// What must be equal: host and path without scheme and `www.`, or the whole address.
    pub key: String,
    /// It is an e-mail address.
    pub is_email: bool,
}

/// The longest ending of a host in use has so many letters. It is counted afterwards: in the pattern it would be 24 copies of the class
/// of all letters, and every thread keeps memory for each.
const ENDING_LETTERS_MAX: usize = 24;

static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r#"(?i)(?P<web>\b[a-z][a-z0-9+.\-]{1,15}:[/\\]{1,3}[^\s<>"]+)"#,
        r"|(?P<mail>(?:mailto:)?[\w.+%\-]+@[\w\-]+(?:\.[\w\-]+)+)",
        r#"|(?P<bare>\b(?:[\w\-]+\.)+\p{L}{2,}\b(?::[0-9]{2,5})?(?:[/\\?#][^\s<>"]*)?)"#,
    ))
    .ok()
});

/// Capital letters after the dot and no path: two sentences with a forgotten space ("shipped.Please"), not a link.
static FORGOTTEN_SPACE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{L}+\.\p{Lu}\p{Ll}*$").ok());

/// All links and addresses of a text, in their order.
pub fn links(text: &str) -> Vec<Link> {
    let text = plain_dots(text);
    let Some(pattern) = LINK.as_ref() else { return Vec::new() };
    pattern.captures_iter(&text).filter_map(|groups| link(&groups)).collect()
}

/// A domain of the list, or below one of them. The list's entries may be written with a leading dot or in capitals.
pub fn is_allowed(host: &str, allowed: &[String]) -> bool {
    allowed
        .iter()
        .map(|domain| domain.trim().trim_start_matches('.').to_lowercase())
        .filter(|domain| !domain.is_empty())
        .any(|domain| host == domain || host.strip_suffix(domain.as_str()).is_some_and(|before| before.ends_with('.')))
}

/// Other dots become plain ones and invisible characters go, so that no host hides behind them.
fn plain_dots(text: &str) -> String {
    let is_invisible =
        |c: &char| matches!(c, '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
    text.chars().filter(|c| !is_invisible(c)).map(|c| if matches!(c, '。' | '．' | '｡' | '․') { '.' } else { c }).collect()
}

fn link(groups: &regex::Captures<'_>) -> Option<Link> {
    let closers = |c: char| matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '}' | '\'' | '"' | '»' | '”' | '*' | '_');
    if let Some(web) = groups.name("web") {
        let written = web.as_str().trim_end_matches(closers);
        let (_, rest) = written.split_once(':')?;
        return Some(web_link(written, rest.trim_start_matches(['/', '\\'])));
    }
    if let Some(mail) = groups.name("mail") {
        let written = mail.as_str().trim_end_matches(closers);
        let key = written.strip_prefix("mailto:").unwrap_or(written).to_lowercase();
        let host = key.rsplit('@').next().unwrap_or_default().to_owned();
        return Some(Link { written: written.to_owned(), host, key, is_email: true });
    }
    let written = groups.name("bare")?.as_str().trim_end_matches(closers);
    let is_link = written.contains('.')
        && !FORGOTTEN_SPACE.as_ref().is_some_and(|pattern| pattern.is_match(written))
        && !is_abbreviation(written)
        && has_ending(written);
    is_link.then(|| web_link(written, written))
}

/// No ending of a host has more letters than [`ENDING_LETTERS_MAX`].
fn has_ending(written: &str) -> bool {
    let host = written.split([':', '/', '\\', '?', '#']).next().unwrap_or_default();
    host.rsplit('.').next().is_some_and(|ending| ending.chars().count() <= ENDING_LETTERS_MAX)
}

/// "a.m", "e.g", "U.S.A": single letters with dots between.
fn is_abbreviation(written: &str) -> bool {
    written.split('.').all(|label| label.chars().count() <= 1)
}

fn web_link(written: &str, rest: &str) -> Link {
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let host = fold_host(host);
    let bare_host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
    let userinfo = authority.rsplit_once('@').map(|(user, _)| format!("{user}@")).unwrap_or_default();
    let key = format!("{userinfo}{bare_host}{}", path.trim_end_matches('/'));
    Link { written: written.to_owned(), host, key, is_email: false }
}

/// Small letters. A letter from another script stays what it is, so that a look-alike host is another host.
fn fold_host(host: &str) -> String {
    let lower = host.to_lowercase();
    let ascii = fold(&lower);
    if lower.is_ascii() { ascii } else { lower }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_and_their_hosts_read() {
        let cases: &[(&str, &[&str])] = &[
            ("See https://shop.example/returns.", &["shop.example"]),
            ("see shop.example/returns and www.Shop.Example", &["shop.example", "www.shop.example"]),
            ("https://shop.example@evil.example/x", &["evil.example"]),
            ("http:\\\\evil.example", &["evil.example"]),
            ("evil。example", &["evil.example"]),
            ("write to help@shop.example", &["shop.example"]),
            ("It has shipped.Please wait, e.g. until 9 a.m. today", &[]),
            ("v1.2 costs 3.50", &[]),
            ("paid.donaudampfschifffahrtsgesellschaft went", &[]),
            ("a.shop.example:8080/donaudampfschifffahrtsgesellschaft", &["a.shop.example"]),
        ];
        for (text, hosts) in cases {
            let found: Vec<String> = links(text).into_iter().map(|link| link.host).collect();
            assert_eq!(found, *hosts, "{text}");
        }
    }

    #[test]
    fn only_listed_domains_and_what_is_below_them_are_allowed() {
        let allowed = ["shop.example".to_owned()];
        for (host, expected) in
            [("shop.example", true), ("help.shop.example", true), ("myshop.example", false), ("shop.example.evil.example", false)]
        {
            assert_eq!(is_allowed(host, &allowed), expected, "{host}");
        }
        assert!(!is_allowed("shop.example", &[]));
    }
}
