//! The configuration of vendors: what is missing is named with what to do, and secrets are never printed.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use cli::config::load::load;
use cli::vendors;
use std::sync::Arc;

fn written(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("whimbrel.toml");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn what_a_vendor_needs_is_named_at_once() {
    let (_folder, path) =
        written("[helpdesk]\nkind = \"zendesk\"\n[gateway]\nkind = \"twilio\"\n[sweep]\nevery_ms = -1\n[console]\npublic_url = \"x\"\n");
    let problem = load(Some(&path), None).err().unwrap().to_string();
    for part in ["helpdesk.phone_number", "email and api_token", "gateway.kind to \"helpdesk\"", "sweep.every_ms"] {
        assert!(problem.contains(part), "{part}: {problem}");
    }
    let (_folder, path) = written("[gateway]\nkind = \"helpdesk\"\n");
    assert!(load(Some(&path), None).err().unwrap().to_string().contains("a file sends no SMS"));
    let (_folder, path) = written("[gateway]\nkind = \"pigeon\"\n");
    assert!(load(Some(&path), None).is_err());
}

#[test]
fn secrets_are_used_and_not_printed() {
    let (_folder, path) = written(
        "[gateway]\nkind = \"twilio\"\n[gateway.twilio]\naccount_sid = \"AC1\"\nauth_token = \"s3cret-token\"\n\
         [helpdesk]\nkind = \"intercom\"\nphone_number = \"+12025550100\"\n[helpdesk.intercom]\naccess_token = \"s3cret-access\"\n\
         client_secret = \"s3cret-client\"\n[webhook]\nsecret = \"s3cret-key\"\n",
    );
    let config = load(Some(&path), None).unwrap();
    let printed = format!("{config:?}{}{}", toml::to_string(&config).unwrap(), serde_json::to_string(&config).unwrap());
    assert!(!printed.contains("s3cret") && printed.contains("[secret]"));
    assert_eq!(config.gateway.twilio.auth_token.reveal(), "s3cret-token");
    let clock = Arc::new(adapters::clock::system::SystemClock);
    let hooks: Vec<&str> = vendors::webhooks(&config, clock).into_keys().collect();
    assert_eq!(hooks, ["generic", "intercom", "twilio"]);
}
