//! Calls that Twilio's own Python and Node packages have signed are read; with one bit changed they are not. `./.ci/twilio` brings the
//! packages.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use adapters::secret::Secret;
use adapters::webhook::twilio::TwilioWebhook;
use runtime::ports::webhook::Refusal;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tests::calls::{FORM, Held};
use tests::shared;

const TOKEN: &str = "12345abcdef67890";
const SHARED_KEY: &str = "a shared key";

/// A call that is to be signed, and heard.
struct Call {
    what: &'static str,
    /// What Twilio was told, before the path.
    signed_base: &'static str,
    /// What our configuration says.
    our_base: &'static str,
    path_and_query: String,
    /// None for a GET, or with a body that is no form.
    form: Option<Vec<(&'static str, &'static str)>>,
    body: Vec<u8>,
    content_type: &'static str,
    is_get: bool,
    with_shared_key: bool,
}

const FIELDS: [(&str, &str); 8] = [
    ("MessageSid", "SM00000000000000000000000000000001"),
    ("AccountSid", "AC1"),
    ("From", "+12025550142"),
    ("To", "+12025550100"),
    ("Body", "Où est mon colis ? 😀 & = + %20"),
    ("ToCity", ""),
    ("MediaUrl0", "https://media.example.com/a?b=c"),
    ("body", "lower case sorts behind"),
];

fn form(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    fields.iter().for_each(|(name, value)| {
        form.append_pair(name, value);
    });
    form.finish().into_bytes()
}

fn posted(what: &'static str, bases: (&'static str, &'static str), path: &str, fields: &[(&'static str, &'static str)]) -> Call {
    Call {
        what,
        signed_base: bases.0,
        our_base: bases.1,
        path_and_query: path.to_owned(),
        form: Some(fields.to_vec()),
        body: form(fields),
        content_type: FORM,
        is_get: false,
        with_shared_key: false,
    }
}

fn calls() -> Vec<Call> {
    let plain = ("https://sms.example.com", "https://sms.example.com");
    let repeated: Vec<_> = FIELDS.into_iter().chain([("Tag", "b"), ("Tag", "a"), ("Tag", "b")]).collect();
    let query = format!("/webhooks/twilio?{}", String::from_utf8(form(&FIELDS)).unwrap());
    let json_body = br#"{"AccountSid":"AC1","text":"caf\u00e9"}"#.to_vec();
    let hashed = format!("/webhooks/twilio/status?bodySHA256={}", adapters::webhook::mac::digest(&json_body));
    vec![
        posted("a form", plain, "/webhooks/twilio", &FIELDS),
        posted("a form with a query", plain, "/webhooks/twilio?x=%20a+b&y=", &FIELDS),
        posted("a name with several values", plain, "/webhooks/twilio", &repeated),
        posted("the port that goes without saying", ("https://sms.example.com:443", plain.1), "/webhooks/twilio", &FIELDS),
        posted("a port that Twilio left out", (plain.0, "https://sms.example.com:8443"), "/webhooks/twilio", &FIELDS),
        posted("plain http with its port", ("http://sms.example.com:80", "http://sms.example.com"), "/webhooks/twilio", &FIELDS),
        posted("a user and a password", ("https://u:p@sms.example.com", "https://u:p@sms.example.com"), "/webhooks/twilio", &FIELDS),
        Call { with_shared_key: true, ..posted("a shared key", plain, "/webhooks/twilio", &FIELDS) },
        Call { form: None, body: Vec::new(), content_type: "", is_get: true, ..posted("a GET", plain, &query, &[]) },
        Call { form: None, body: json_body, content_type: "application/json", ..posted("JSON by its hash", plain, &hashed, &[]) },
    ]
}

/// What a package is asked to sign.
fn question(call: &Call) -> Value {
    let mut params: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in call.form.iter().flatten() {
        params.entry(name).or_default().push(value);
    }
    let (token, algorithm) = if call.with_shared_key { (SHARED_KEY, "HMAC_SHA256") } else { (TOKEN, "HMAC_SHA1") };
    json!({ "url": format!("{}{}", call.signed_base, call.path_and_query), "params": params, "token": token, "algorithm": algorithm })
}

/// The signatures of a program that reads questions.
fn signatures(mut program: Command, calls: &[Call]) -> Vec<String> {
    let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let lines: String = calls.iter().map(|call| format!("{}\n", question(call))).collect();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the program failed");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn held(call: &Call, signature: &str) -> Held {
    let settings = if call.with_shared_key { "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256" } else { "" };
    let headers =
        [("content-type", call.content_type), ("x-twilio-signature", signature), ("x-twilio-webhooks-signature-settings", settings)];
    let given: Vec<(&str, &str)> = headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    Held { is_get: call.is_get, ..Held::post(&call.path_and_query, &call.body, &given) }
}

fn is_accepted(call: &Call, held: &Held) -> bool {
    let webhook = TwilioWebhook {
        public_url: call.our_base.to_owned(),
        account_sid: "AC1".to_owned(),
        auth_tokens: vec![Secret::new("another token"), Secret::new(TOKEN)],
        shared_keys: vec![Secret::new(SHARED_KEY)],
    };
    !matches!(held.heard_by(&webhook), Err(Refusal::Unsigned))
}

/// The call with one bit changed: of the signature, the body or the address, wherever there is one.
fn changed(call: &Call, signature: &str) -> Vec<(String, Held)> {
    let mut all = Vec::new();
    for place in [0, signature.len() / 2, signature.len() - 2] {
        let mut bytes = signature.as_bytes().to_vec();
        bytes[place] ^= 1;
        all.push((format!("letter {place} of the signature"), held(call, &String::from_utf8(bytes).unwrap())));
    }
    // What is no letter of a value keeps its meaning when its case changes (%c3 and %C3): those are no changes.
    for place in (0..call.body.len()).filter(|place| call.body[*place].is_ascii_digit()) {
        let mut other = held(call, signature);
        other.body[place] ^= 1;
        all.push((format!("byte {place} of the body"), other));
    }
    let mut other = held(call, signature);
    other.path_and_query = call.path_and_query.replacen("webhooks", "webhookr", 1);
    all.push(("a letter of the path".to_owned(), other));
    all
}

fn judge(package: &str, program: Command) {
    let calls = calls();
    let signatures = signatures(program, &calls);
    assert_eq!(signatures.len(), calls.len(), "{package}");
    for (call, signature) in calls.iter().zip(&signatures) {
        assert!(is_accepted(call, &held(call, signature)), "{package}: {}", call.what);
        for (change, other) in changed(call, signature) {
            assert!(!is_accepted(call, &other), "{package}: {} with {change} changed", call.what);
        }
    }
}

fn package(test: &str, path: &str) -> Option<PathBuf> {
    let found = shared::root().join("target/twilio").join(path);
    if found.exists() {
        return Some(found);
    }
    shared::left_out(test, "no packages of Twilio in target/twilio: run ./.ci/twilio");
    None
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("twilio").join(name)
}

#[test]
fn what_twilios_python_package_signs_is_read_and_nothing_else() {
    let Some(python) = package("signatures of Twilio's Python package", "python/bin/python") else { return };
    let mut program = Command::new(python);
    program.arg(script("sign.py"));
    judge("Python", program);
}

#[test]
fn what_twilios_node_package_signs_is_read_and_nothing_else() {
    let Some(module) = package("signatures of Twilio's Node package", "node_modules/twilio") else { return };
    let mut program = Command::new("node");
    program.arg(script("sign.js")).arg(module);
    judge("Node", program);
}
