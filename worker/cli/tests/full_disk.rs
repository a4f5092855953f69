//! A disk without room: the system itself refuses to let files grow. Nothing is lost, the program says what to do, and it
//! goes on by itself once there is room.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test stops at the first surprise")]

mod common;

use common::{House, stderr};
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

/// Messages that are put through, of a text so long.
const MESSAGES: usize = 400;
const TEXT_CHARS: usize = 2_000;
/// Files may grow to so many blocks of 512 bytes: enough for an empty ledger, too little for the messages.
const BLOCKS_OF_A_LEDGER: &str = "1024";
/// Too little for the file of messages.
const BLOCKS_OF_A_FILE: &str = "8";

const QUICK: &str = "
[worker]
burst_window_ms = 0
burst_max_ms = 0
poll_ms = 10
[worker.retry]
first_ms = 10
[log]
level = \"error\"
";

fn messages() -> String {
    let line = |n: usize| {
        let from = format!("+1202555{n:04}");
        json!({ "v": 1, "message_id": format!("m{n}"), "from": from, "to": "+12025550100", "text": "a".repeat(TEXT_CHARS) })
    };
    (0..MESSAGES).map(|n| format!("{}\n", line(n))).collect()
}

/// The program, whose files may not grow past a limit that can be lifted while it runs. A write past it fails, as on a full
/// disk; without the trap the system would end the program.
fn limited(house: &House, blocks: &str, arguments: &[&str]) -> Command {
    let program = house.command(arguments);
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -S -f \"$0\"; exec \"$@\"", blocks]).arg(program.get_program()).args(program.get_args());
    command.current_dir(program.get_current_dir().unwrap());
    command
}

#[test]
fn enqueue_says_what_to_do_and_leaves_nothing_half() {
    let house = House::new(QUICK);
    let file = house.write("messages.jsonl", messages());
    let refused = limited(&house, BLOCKS_OF_A_FILE, &["enqueue", file.to_str().unwrap()]).output().unwrap();
    assert!(!refused.status.success());
    assert!(stderr(&refused).contains("that the disk has room"), "{}", stderr(&refused));
    assert_eq!(house.json(&["status"])["spooled"], 0, "half a file is no file");
    assert!(house.run(&["enqueue", file.to_str().unwrap()]).status.success());
    assert_eq!(house.json(&["status"])["spooled"], MESSAGES);
}

#[test]
fn the_worker_waits_for_room_and_goes_on_by_itself() {
    if Command::new("prlimit").arg("--version").stdout(Stdio::null()).status().is_err() {
        let _closed = writeln!(std::io::stderr(), "left out: the_worker_waits_for_room_and_goes_on_by_itself (no prlimit)");
        return;
    }
    let house = House::new(QUICK);
    assert!(house.feed(&["enqueue", "-"], messages().as_bytes()).status.success());
    let mut worker = limited(&house, BLOCKS_OF_A_LEDGER, &["worker", "--until-idle"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(worker.stderr.take().unwrap()).lines().map(Result::unwrap);
    let told = said.find(|line| line.contains("make room"));
    assert!(told.is_some(), "the worker ended and had not said what to do");
    let lifted = Command::new("prlimit").args(["--pid", &worker.id().to_string(), "--fsize=unlimited"]).status().unwrap();
    assert!(lifted.success());
    let _rest = said.count();
    assert!(worker.wait().unwrap().success());
    let status = &house.json(&["status"])["status"];
    let count = |name: &str| status[name].as_u64();
    assert_eq!((count("received"), count("decided"), count("dead_letters")), (Some(MESSAGES as u64), Some(MESSAGES as u64), Some(0)));
    assert_eq!(house.outbox().len(), MESSAGES, "one hand-over to a person each");
}
