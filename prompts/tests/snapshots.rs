//! Every prompt with every sample, as a model would see it, and the lock on what was released.
//!
//! After a change of a sample or a new version: `WHIMBREL_RENEW=1 cargo test -p prompts --test snapshots`, then read the difference.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use prompts::prompt::{Name, Prompt, hash_of};
use prompts::sample::{SAMPLES, render};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn renews() -> bool {
    std::env::var_os("WHIMBREL_RENEW").is_some()
}

#[test]
fn every_prompt_with_every_sample_is_as_it_was() {
    let mut differ = Vec::new();
    for name in Name::ALL {
        for sample in SAMPLES {
            let rendered = render(name, sample).unwrap().unwrap();
            let text = format!("--- system\n{}\n--- user\n{}", rendered.system, rendered.user);
            let path = folder("tests/snapshots").join(name.word()).join(format!("{sample}.txt"));
            if renews() {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, &text).unwrap();
            }
            if std::fs::read_to_string(&path).ok().as_deref() != Some(&text) {
                differ.push(path);
            }
        }
    }
    assert!(differ.is_empty(), "not as they were, renew and read the difference: {differ:#?}");
}

/// All versions that stand below `templates`, with their hashes.
fn released() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for name in Name::ALL {
        for version in 1.. {
            let text = |part: &str| std::fs::read_to_string(folder("templates").join(name.word()).join(format!("v{version}.{part}.md")));
            match (text("system"), text("user")) {
                (Ok(system), Ok(user)) => found.insert(format!("{name}/v{version}"), hash_of(&system, &user)),
                _ => break,
            };
        }
    }
    found
}

#[test]
fn a_released_prompt_is_never_edited() {
    let path = folder("templates/lock.txt");
    let mut lock = std::fs::read_to_string(&path).unwrap_or_default();
    let released = released();
    if renews() {
        // What is locked stays locked: only new versions are added.
        let known: Vec<String> = lock.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
        for (id, hash) in released.iter().filter(|(id, _)| !known.contains(id)) {
            lock.push_str(&format!("{id} {hash}\n"));
        }
        std::fs::write(&path, &lock).unwrap();
    }
    let locked: BTreeMap<String, String> =
        lock.lines().map(|line| line.split_once(' ').unwrap()).map(|(id, hash)| (id.to_owned(), hash.to_owned())).collect();
    assert_eq!(locked, released, "a released text was edited, or a new one is not in the lock: write a new version beside the old one");
}

#[test]
fn what_is_compiled_in_is_the_newest_version() {
    let released = released();
    for name in Name::ALL {
        let prompt = Prompt::load(name).unwrap();
        assert_eq!(released.get(&prompt.id()), Some(&prompt.hash));
        assert!(!released.contains_key(&format!("{name}/v{}", prompt.version + 1)), "{name} has a newer version than the program uses");
    }
}

#[test]
fn data_stands_in_the_users_message_only_and_the_canary_in_the_systems() {
    for name in Name::ALL {
        let canary = Prompt::load(name).unwrap().canary;
        for sample in SAMPLES {
            let rendered = render(name, sample).unwrap().unwrap();
            assert_eq!(rendered.system, render(name, "plain").unwrap().unwrap().system, "{name} {sample}");
            assert!(rendered.system.contains(&canary) && !rendered.user.contains(&canary), "{name} {sample}");
            assert_eq!(rendered.user.lines().filter(|line| *line == "END DATA").count(), 1, "{name} {sample}");
            assert!(!rendered.user.contains("<|im_"), "{name} {sample}");
            let data = rendered.user.lines().nth(1).unwrap();
            serde_json::from_str::<serde_json::Value>(data).unwrap();
        }
    }
}
