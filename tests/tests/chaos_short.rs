//! A short campaign: the real program, killed and stopped, between vendors that fail.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test stops at the first surprise and prints what it measured")]

use std::time::Duration;
use tests::chaos::campaign::{self, Plan, Setup, settled};
use tests::chaos::clock::{STEP_MS, WrongClock};
use tests::chaos::customers::{Crowd, write};
use tests::chaos::doors::Doors;
use tests::chaos::house::{House, More};
use tests::chaos::ledger_view::look;
use tests::chaos::phone::Phone;
use tests::chaos::{house, table};
use tests::fakes::address::FakeAddress;
use tests::shared;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_is_said_twice_whatever_dies() {
    let Some(program) = house::program() else {
        shared::left_out("nothing_is_lost_and_nothing_is_said_twice_whatever_dies", "no program: run `cargo build --bin whimbrel`");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let plan = Plan {
        setup: Setup::Embedded,
        messages: 300,
        seed: 7,
        kill_every_ms: 1_500,
        clock_every_ms: 6_000,
        fault_sides: 10,
        trouble_sides: 10,
        every_ms: 70,
    };
    let result = campaign::run(program, plan, folder.path()).await.unwrap();
    let (text, is_zero) = table::print(&plan, &result);
    println!("{text}");
    assert!(is_zero, "{text}\nsee {:?}", result.folders);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_ledger_makes_vendors_come_again_and_loses_nothing() {
    let name = "a_locked_ledger_makes_vendors_come_again_and_loses_nothing";
    let Some(program) = house::program() else { return shared::left_out(name, "no program: run `cargo build --bin whimbrel`") };
    let (phone, desk) = (Phone::new(3, 0), FakeAddress::default());
    let house = House::new(program, phone.serve().await.unwrap(), &desk.serve().await.unwrap(), More::default()).unwrap();
    let mut worker = house.start().unwrap();
    let crowd = Crowd { messages: 5, area: 555, seed: 3, every_ms: 0 };
    let doors = Doors::of(&house).unwrap();
    let before = write(&doors, &phone, crowd).await.unwrap();
    let locker = rusqlite::Connection::open(house.path("data/ledger.db")).unwrap();
    locker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let complains = async {
        while !std::fs::read_to_string(house.path("worker.log")).unwrap().contains("locked") {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        locker.execute_batch("ROLLBACK").unwrap();
    };
    let (during, ()) = tokio::join!(write(&doors, &phone, Crowd { area: 556, ..crowd }), complains);
    let during = during.unwrap();
    assert!(settled(&house, before.messages() + during.messages(), before.poison + during.poison).await.unwrap());
    worker.kill().unwrap();
    worker.wait().unwrap();
    for written in [&before, &during] {
        let outcome = look(house.records().unwrap().as_ref(), &phone, &desk, written).await.unwrap();
        assert_eq!((outcome.lost, outcome.doubled, outcome.disagreed), (0, 0, 0));
    }
}

#[test]
fn a_process_reads_the_time_that_the_wrong_clock_was_set_to() {
    let folder = tempfile::tempdir().unwrap();
    let clock = WrongClock::new(folder.path()).unwrap();
    let right_s = jiff::Timestamp::now().as_second();
    for ahead_ms in [0, STEP_MS, -STEP_MS] {
        clock.set(ahead_ms).unwrap();
        let mut date = std::process::Command::new("date");
        clock.give_to(date.arg("+%s"));
        let read_s: i64 = String::from_utf8(date.output().unwrap().stdout).unwrap().trim().parse().unwrap();
        assert!((0..600).contains(&(read_s - right_s - ahead_ms / 1_000)), "{ahead_ms} ms ahead: {read_s}, right is {right_s}");
    }
}
