//! Notes for agents: a proposal, a hand-over, what was said by SMS. Every note ends with its key, so that it is found again and
//! written once.

use runtime::effect::{EffectKey, Proposal};
use triage::classification::Priority;
use triage::ticket::{Author, Team};

/// What a note's last line begins with.
pub const MARK: &str = "whimbrel";

/// The last line of a note.
pub fn mark(key: &EffectKey) -> String {
    format!("[{MARK} {key}]")
}

/// Whether this note is the one with the key.
pub fn has_mark(body: &str, key: &EffectKey) -> bool {
    body.contains(&mark(key))
}

/// A proposal: the text first, so that it can be copied, then why it was not sent and what it rests on.
pub fn proposal(key: &EffectKey, proposal: &Proposal) -> String {
    let mut lines = vec!["Proposed reply:".to_owned(), String::new(), proposal.text.clone(), String::new(), proposal.note()];
    if !proposal.grounds.is_empty() {
        lines.extend([String::new(), "It rests on:".to_owned()]);
        lines.extend(proposal.grounds.iter().map(|ground| format!("- {}", ground.line())));
        lines.push(String::new());
    }
    lines.push(for_whom(proposal.team.as_ref(), proposal.priority));
    lines.push(mark(key));
    lines.join("\n")
}

/// A hand-over.
pub fn hand_over(key: &EffectKey, team: Option<&Team>, priority: Priority, note: &str) -> String {
    [note.to_owned(), for_whom(team, priority), mark(key)].join("\n")
}

/// What was said beside the helpdesk.
pub fn said(key: &EffectKey, by: Author, text: &str) -> String {
    let who = match by {
        Author::Customer => "The customer wrote by SMS:",
        Author::Agent => "An agent wrote by SMS:",
        Author::Bot => "Sent by SMS:",
    };
    [who.to_owned(), String::new(), text.to_owned(), String::new(), mark(key)].join("\n")
}

/// The word for a priority; Zendesk has the same four.
pub fn word(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "low",
        Priority::Normal => "normal",
        Priority::High => "high",
        Priority::Urgent => "urgent",
    }
}

fn for_whom(team: Option<&Team>, priority: Priority) -> String {
    let priority = word(priority);
    match team {
        Some(team) => format!("For: {}, priority {priority}.", team.0),
        None => format!("Priority {priority}."),
    }
}
