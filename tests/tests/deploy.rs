//! The examples for operators are what they say they are.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::process::Command;
use tests::shared::{left_out, root};

/// Reads the example with Python's YAML reader and prints it as JSON.
const READ: &str = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";

fn deploy(name: &str) -> String {
    std::fs::read_to_string(root().join("docs/deploy").join(name)).unwrap()
}

#[test]
fn the_example_for_compose_is_yaml_and_has_every_server() {
    let read = Command::new("python3").args(["-c", READ]).arg(root().join("docs/deploy/compose.yaml")).output();
    let Some(output) =
        read.ok().filter(|output| output.status.success() || !String::from_utf8_lossy(&output.stderr).contains("ModuleNotFound"))
    else {
        return left_out("the_example_for_compose_is_yaml_and_has_every_server", "no python3 with its yaml module");
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let compose: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let services = compose["services"].as_object().unwrap();
    assert_eq!(services.keys().collect::<Vec<_>>(), ["postgres", "qdrant", "rabbitmq", "worker-1", "worker-2"]);
    let defaults: toml::Value = toml::from_str(cli::config::DEFAULT_TOML).unwrap();
    for worker in ["worker-1", "worker-2"] {
        let environment = services[worker]["environment"].as_object().unwrap();
        assert_eq!(environment["WHIMBREL__WORKER__NAME"], worker);
        for name in environment.keys() {
            let path = name.strip_prefix("WHIMBREL__").unwrap().to_lowercase();
            let known = path.split("__").try_fold(&defaults, |at, key| at.get(key));
            assert!(known.is_some(), "{name} is no key of the configuration");
        }
    }
    for (name, service) in services {
        assert!(service["image"].as_str().is_some_and(|image| image.contains(':')), "{name} has no image with a version");
        let ports: Vec<&str> = service["ports"].as_array().into_iter().flatten().filter_map(|port| port.as_str()).collect();
        assert!(ports.iter().all(|port| port.starts_with("127.0.0.1:")), "{name} is open to the world: {ports:?}");
    }
    for volume in compose["volumes"].as_object().unwrap().keys() {
        assert!(deploy("compose.yaml").contains(&format!("- {volume}:/")), "nobody uses the volume {volume}");
    }
}

#[test]
fn the_systemd_unit_is_one_and_leaves_time_to_settle() {
    let unit = deploy("whimbrel.service");
    let value = |name: &str| unit.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap().to_owned();
    let settings = runtime::settings::WorkerSettings::default();
    assert!(value("TimeoutStopSec").parse::<i64>().unwrap() * 1_000 > settings.decision_deadline_ms + settings.effect_deadline_ms);
    assert!(value("ExecStart").ends_with(" worker"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("whimbrel.service");
    // The program is not installed here; another one that is there stands for it.
    std::fs::write(&path, unit.replace("/usr/local/bin/whimbrel", "/bin/true")).unwrap();
    let Ok(output) = Command::new("systemd-analyze").arg("verify").arg(&path).output() else {
        return left_out("the_systemd_unit_is_one_and_leaves_time_to_settle", "no systemd-analyze");
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
