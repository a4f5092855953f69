//! `X-Twilio-Signature`, as Twilio's own Python package 9.13.0 (`twilio/request_validator.py`) checks it.
//!
//! The URL is the public one, byte for byte, with each of its ports; behind it stand the form's names in code-point order, each
//! with its values, once each and sorted. A body that is no form is covered by its hash in the query (`bodySHA256`).

use super::mac;
use std::collections::{BTreeMap, BTreeSet};

/// Form parameters with all their values.
pub type Form = BTreeMap<String, BTreeSet<String>>;

/// How a call was signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    /// With an auth token.
    Sha1,
    /// With a shared key.
    Sha256,
}

/// The algorithm that `X-Twilio-Webhooks-Signature-Settings` names; SHA-1 without the header, none when it is unknown.
pub fn algorithm(settings: Option<&str>) -> Option<Algorithm> {
    let Some(settings) = settings else { return Some(Algorithm::Sha1) };
    let named = settings.split(',').find_map(|part| part.trim().strip_prefix("algorithm="));
    match named {
        Some("HMAC_SHA1") => Some(Algorithm::Sha1),
        Some("HMAC_SHA256") => Some(Algorithm::Sha256),
        Some(_) | None => None,
    }
}

/// Reads a form body.
pub fn form(body: &[u8]) -> Form {
    let mut form = Form::new();
    for (name, value) in form_urlencoded::parse(body) {
        form.entry(name.into_owned()).or_default().insert(value.into_owned());
    }
    form
}

/// Whether the signature is right for this URL and body. `is_form`: the body is a form; else the URL must carry the hash of a body
/// that is not empty.
pub fn is_valid(key: &str, algorithm: Algorithm, url: &str, body: &[u8], is_form: bool, signature: &str) -> bool {
    if key.is_empty() {
        return false;
    }
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let hash = form_urlencoded::parse(query.as_bytes()).find_map(|(name, value)| (name == "bodySHA256").then_some(value));
    let mut signed = String::new();
    match hash {
        Some(hash) if !mac::is_same(&mac::digest(body), &hash) => return false,
        Some(_) => {}
        None if is_form => {
            for (name, values) in form(body) {
                for value in values {
                    signed.push_str(&name);
                    signed.push_str(&value);
                }
            }
        }
        // What no signature covers is not read.
        None if !body.is_empty() => return false,
        None => {}
    }
    let of = |url: &str| {
        let parts = [url.as_bytes(), signed.as_bytes()];
        let made = match algorithm {
            Algorithm::Sha1 => mac::sha1(key.as_bytes(), &parts),
            Algorithm::Sha256 => mac::sha256(key.as_bytes(), &parts),
        };
        mac::is_same(&mac::base64(&made), signature)
    };
    let (without, with) = (without_port(url), with_port(url));
    // All forms are tried, whichever is right.
    let right = [of(url), of(&without), of(&with)];
    right.contains(&true)
}

/// Scheme, user and host with port, and the rest.
fn parts(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    Some((scheme, authority, rest))
}

/// Where the port begins, when there is one.
fn port_at(authority: &str) -> Option<usize> {
    let host_at = authority.rfind('@').map_or(0, |at| at + 1);
    let colon = authority.get(host_at..)?.rfind(':')? + host_at;
    let digits = authority.get(colon + 1..)?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(colon)
}

fn without_port(url: &str) -> String {
    let Some((scheme, authority, rest)) = parts(url) else { return url.to_owned() };
    let authority = port_at(authority).and_then(|at| authority.get(..at)).unwrap_or(authority);
    format!("{scheme}://{authority}{rest}")
}

fn with_port(url: &str) -> String {
    let Some((scheme, authority, rest)) = parts(url) else { return url.to_owned() };
    match port_at(authority) {
        Some(_) => url.to_owned(),
        None => format!("{scheme}://{authority}:{}{rest}", if scheme == "https" { 443 } else { 80 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_come_and_go_and_users_stay() {
        for (url, without, with) in [
            ("https://h/x?a=1", "https://h/x?a=1", "https://h:443/x?a=1"),
            ("http://u:p@h/x", "http://u:p@h/x", "http://u:p@h:80/x"),
            ("https://u:p@h:8443/x", "https://u:p@h/x", "https://u:p@h:8443/x"),
            ("https://[::1]:8443/", "https://[::1]/", "https://[::1]:8443/"),
        ] {
            assert_eq!((without_port(url).as_str(), with_port(url).as_str()), (without, with));
        }
    }

    #[test]
    fn an_unknown_algorithm_is_none() {
        assert_eq!(algorithm(None), Some(Algorithm::Sha1));
        assert_eq!(algorithm(Some("key=WK1,algorithm=HMAC_SHA256")), Some(Algorithm::Sha256));
        assert_eq!(algorithm(Some("key=WK1,algorithm=NONE")), None);
        assert_eq!(algorithm(Some("key=WK1")), None);
    }
}
