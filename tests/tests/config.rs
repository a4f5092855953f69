//! The configuration: what is wrong or missing is named at once with what to do, and secrets are never printed.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use cli::config::check::faults;
use cli::config::load::load;
use cli::vendors;
use std::sync::Arc;
use toml::Table;

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

fn table(text: &str) -> Table {
    toml::from_str(text).unwrap()
}

#[test]
fn every_fault_is_named_at_once_with_a_hint() {
    let defaults = table("data_dir = 'x'\n[worker]\nlease_ms = 60000\npoll_ms = 250");
    let given = table("data_dir = 5\n[worker]\nleas_ms = 1\npoll_ms = 'soon'\nsomething_else_entirely = true");
    let faults = faults(&given, &defaults);
    assert_eq!(faults.len(), 4, "{faults:?}");
    assert!(faults.iter().any(|f| f.contains("worker.leas_ms") && f.contains("did you mean worker.lease_ms?")));
    assert!(faults.iter().any(|f| f.contains("worker.poll_ms") && f.contains("an integer such as 250")));
    assert!(faults.iter().any(|f| f.contains("data_dir is an integer: write a string, in double quotes")));
}

#[test]
fn a_value_that_may_be_a_secret_is_not_shown() {
    let faults = faults(&table("[gateway.twilio]\nauth_token = 12345"), &table("[gateway.twilio]\nauth_token = ''"));
    assert!(faults.len() == 1 && !faults.iter().any(|fault| fault.contains("12345")), "{faults:?}");
}

#[test]
fn the_nearest_key_is_proposed_while_few_letters_differ() {
    let defaults = table("lease = 1\nsitting = 1");
    for (given, proposed) in [("leas", "lease"), ("leese", "lease"), ("kitten", "sitting"), ("blase", "lease")] {
        let faults = faults(&table(&format!("{given} = 1")), &defaults);
        assert!(faults.iter().any(|fault| fault.contains(&format!("did you mean {proposed}?"))), "{given}: {faults:?}");
    }
    let far = faults(&table("quite_another = 1"), &defaults);
    assert!(far.iter().all(|fault| fault.contains("prints all of them")), "{far:?}");
}
