//! RabbitMQ, PostgreSQL and Qdrant over TLS, with the real program: it trusts whom it is told to trust, and nobody else.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use serde_json::json;
use std::net::SocketAddr;
use std::path::Path;
use tests::broker;
use tests::chaos::campaign::settled;
use tests::chaos::house::{self, COMPANY, House, More};
use tests::chaos::phone::Phone;
use tests::chaos::servers::{SETUP, address};
use tests::fakes::address::FakeAddress;
use tests::postgres;
use tests::qdrant_wire_double::server::QdrantWireDouble;
use tests::shared::left_out;
use tests::tls_door::{Authority, Begins, TlsDoor};

/// What certificates are shown for.
const NAME: &str = "localhost";

/// The three doors, and the addresses of the servers behind them.
struct Doors {
    amqp: (TlsDoor, String),
    postgres: (TlsDoor, String),
    qdrant: TlsDoor,
}

impl Doors {
    async fn before(amqp: &str, postgres: &str, qdrant: &str, authority: &Authority, name: &str) -> Self {
        let to = |url: &str| address(url).unwrap();
        Doors {
            amqp: (TlsDoor::before(to(amqp), authority, name, Begins::AtOnce).await.unwrap(), amqp.to_owned()),
            postgres: (TlsDoor::before(to(postgres), authority, name, Begins::AfterAsking).await.unwrap(), postgres.to_owned()),
            qdrant: TlsDoor::before(to(qdrant), authority, name, Begins::AsHttp2).await.unwrap(),
        }
    }

    /// A configuration that goes through them and trusts the authority in this file.
    fn more(&self, trusted: &Path, setup: &[&'static str]) -> More {
        let mut settings = postgres::settings();
        settings.schema.truncate(40);
        let through = |url: &str, door: SocketAddr| url.replacen(&address(url).unwrap().to_string(), &format!("{NAME}:{}", door.port()), 1);
        let amqp = through(&self.amqp.1, self.amqp.0.address).replacen("amqp://", "amqps://", 1);
        let database = through(&self.postgres.1, self.postgres.0.address);
        let sign = if database.contains('?') { '&' } else { '?' };
        let config = format!(
            "[inbox]\nkind = \"amqp\"\n[inbox.amqp]\nurl = {amqp:?}\nca_file = {trusted:?}\nqueue = {:?}\n[ledger]\nkind = \"postgres\"\n\
             [ledger.postgres]\nurl = \"{database}{sign}sslmode=verify-full&sslrootcert={}\"\nschema = {:?}\n\
             [index]\nkind = \"qdrant\"\n[index.qdrant]\nurl = \"https://{NAME}:{}\"\n",
            settings.schema,
            trusted.display(),
            settings.schema,
            self.qdrant.address.port()
        );
        let environment = vec![("SSL_CERT_FILE", trusted.display().to_string())];
        More { config, setup: setup.to_vec(), environment }
    }

    fn greeted(&self) -> [u64; 3] {
        [&self.amqp.0, &self.postgres.0, &self.qdrant].map(TlsDoor::greeted)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_are_reached_over_tls_by_whoever_trusts_them_and_by_nobody_else() {
    let name = "three_servers_are_reached_over_tls_by_whoever_trusts_them_and_by_nobody_else";
    let Some(program) = house::program() else { return left_out(name, "no program: run `cargo build --bin whimbrel`") };
    let Some(database) = postgres::url(name) else { return };
    let Ok(amqp) = std::env::var(broker::URL) else { return left_out(name, "no RabbitMQ: WHIMBREL_TEST_AMQP_URL names none") };
    let (folder, qdrant) = (tempfile::tempdir().unwrap(), QdrantWireDouble::default().serve().await.unwrap());
    let (ours, theirs) = (Authority::new().unwrap(), Authority::new().unwrap());
    let (trusted, stranger) = (folder.path().join("ours.pem"), folder.path().join("theirs.pem"));
    std::fs::write(&trusted, &ours.pem).unwrap();
    std::fs::write(&stranger, &theirs.pem).unwrap();
    let (phone, desk) = (Phone::new(1, 0).serve().await.unwrap(), FakeAddress::default().serve().await.unwrap());

    // Who trusts another authority, or is shown a certificate for another name, prepares nothing and reads why.
    let good = Doors::before(&amqp, &database, &qdrant.url, &ours, NAME).await;
    let misnamed = Doors::before(&amqp, &database, &qdrant.url, &ours, "another.example").await;
    for (doors, file) in [(&good, &stranger), (&misnamed, &trusted)] {
        for server in SETUP {
            let error = House::new(program.clone(), phone, &desk, doors.more(file, &[server])).err().unwrap().to_string();
            assert!(error.to_lowercase().contains(server), "{server}: {error}");
            println!("{server}: {error}");
        }
    }
    assert_eq!((good.greeted(), misnamed.greeted()), ([0; 3], [0; 3]), "nobody said a word inside");

    let house = House::new(program, phone, &desk, good.more(&trusted, &SETUP)).unwrap();
    let line = json!({ "v": 1, "message_id": "SM1", "from": "+15550001111", "to": COMPANY, "text": "Do you ship to Canada?" });
    std::fs::write(house.path("one.jsonl"), line.to_string()).unwrap();
    house.run(&["enqueue", "one.jsonl"]).unwrap();
    let mut worker = house.start().unwrap();
    assert!(settled(&house, 1, 0).await.unwrap(), "{:?}", house.status());
    worker.kill().unwrap();
    worker.wait().unwrap();
    let status = house.status().unwrap();
    assert_eq!((&status["status"]["decided"], &status["status"]["dead"]), (&json!(1), &json!(0)), "{status}");
    assert!(good.greeted().iter().all(|greeted| *greeted > 0), "{:?}", good.greeted());
}
