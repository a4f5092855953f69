//! A short campaign: the real program, killed and stopped, between vendors that fail.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test stops at the first surprise and prints what it measured")]

use std::time::Duration;
use tests::chaos::campaign::{self, Plan, settled};
use tests::chaos::customers::{Crowd, write};
use tests::chaos::house::House;
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
    let plan = Plan { messages: 300, seed: 7, kill_every_ms: 1_500, fault_sides: 10, trouble_sides: 10, every_ms: 70 };
    let result = campaign::run(program, plan).await.unwrap();
    let (text, is_zero) = table::print(&plan, &result);
    println!("{text}");
    assert!(is_zero, "{text}\nsee {:?}", result.folder);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_ledger_makes_vendors_come_again_and_loses_nothing() {
    let name = "a_locked_ledger_makes_vendors_come_again_and_loses_nothing";
    let Some(program) = house::program() else { return shared::left_out(name, "no program: run `cargo build --bin whimbrel`") };
    let (phone, desk) = (Phone::new(3, 0), FakeAddress::default());
    let house = House::new(program, phone.serve().await.unwrap(), &desk.serve().await.unwrap(), "").unwrap();
    let mut worker = house.start().unwrap();
    let crowd = Crowd { messages: 5, area: 555, seed: 3, every_ms: 0 };
    let before = write(&house, &phone, crowd).await.unwrap();
    let locker = rusqlite::Connection::open(house.path("data/ledger.db")).unwrap();
    locker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let complains = async {
        while !std::fs::read_to_string(house.path("worker.log")).unwrap().contains("locked") {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        locker.execute_batch("ROLLBACK").unwrap();
    };
    let (during, ()) = tokio::join!(write(&house, &phone, Crowd { area: 556, ..crowd }), complains);
    let during = during.unwrap();
    assert!(settled(&house, before.messages() + during.messages(), before.poison + during.poison).await.unwrap());
    worker.kill().unwrap();
    worker.wait().unwrap();
    for written in [&before, &during] {
        let outcome = look(&house, &phone, &desk, written).await.unwrap();
        assert_eq!((outcome.lost, outcome.doubled, outcome.disagreed), (0, 0, 0));
    }
}
