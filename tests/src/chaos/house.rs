//! A folder with the real program in it, whose vendors are ours.

use crate::chaos::clock::WrongClock;
use crate::fakes::address::SECRET;
use crate::fakes::twilio::{ACCOUNT, TOKEN};
use adapters::inbox::spool::Spool;
use adapters::ledger::sqlite::SqliteLedger;
use anyhow::{Context, ensure};
use cli::shop;
use runtime::ports::records::Records;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;

/// The number that customers write to.
pub const COMPANY: &str = "+12025550100";

/// A claim of a worker there holds for so long, in milliseconds.
pub const LEASE_MS: u64 = 6_000;

/// Everything may be sent, so that a double reply would show.
const POLICY: &str = "
max_wrong_per_100 = 100
draft_max_wrong_per_100 = 100
default_ceiling = \"reply\"
uncalibrated_ceiling = \"reply\"
[limits]
intent_probability_min = 0.0
out_of_scope_max = 1.0
waited_max_ms = 86400000
";

/// What a house has beside what all have.
#[derive(Clone, Default, Debug)]
pub struct More {
    /// This is added to its configuration.
    pub config: String,
    /// Servers that `whimbrel setup` prepares first.
    pub setup: Vec<&'static str>,
    /// Variables of the program's environment.
    pub environment: Vec<(&'static str, String)>,
}

/// The folder.
pub struct House {
    folder: TempDir,
    program: PathBuf,
    more: More,
    /// Where the worker's console is.
    pub console: String,
    /// The clock that the worker reads.
    pub clock: WrongClock,
}

/// What `whimbrel dead list` shows.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct DeadLetters {
    /// How many.
    pub count: u64,
    /// How often the broker handed that one out that it handed out most; none where there is no broker.
    pub tries_most: Option<u64>,
}

/// The program that stands beside this test, when it was built.
pub fn program() -> Option<PathBuf> {
    let test = std::env::current_exe().ok()?;
    test.ancestors().map(|folder| folder.join("whimbrel")).find(|path| path.is_file())
}

impl House {
    /// The shop of the demo, with what it knows and has learned.
    pub fn new(program: PathBuf, phone: SocketAddr, desk: &str, more: More) -> anyhow::Result<Self> {
        let house = Self::empty(program, "first", phone, desk, more)?;
        house.more.setup.iter().try_for_each(|server| house.run(&["setup", server]))?;
        house.run(&["knowledge", "add", "documents", "--valid-from", "2020-01-01T00:00:00Z"])?;
        house.run(&["learn", "tickets.jsonl", "--skip-calibration"])?;
        Ok(house)
    }

    /// A second worker's folder, with what the first one knows and has learned.
    pub fn beside(&self, phone: SocketAddr, desk: &str) -> anyhow::Result<Self> {
        let house = Self::empty(self.program.clone(), "second", phone, desk, self.more.clone())?;
        std::fs::create_dir_all(house.path("data"))?;
        for name in ["knowledge.db", "knowledge.db-wal", "intents.model", "gate.json"] {
            let from = self.path("data").join(name);
            if from.exists() {
                std::fs::copy(from, house.path("data").join(name))?;
            }
        }
        Ok(house)
    }

    fn empty(program: PathBuf, name: &str, phone: SocketAddr, desk: &str, more: More) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        shop::unpack(folder.path())?;
        std::fs::write(folder.path().join("policy.toml"), POLICY)?;
        let port = free_port()?;
        let console = format!("http://127.0.0.1:{port}");
        let config = format!(
            "data_dir = {:?}\npolicy_file = {:?}\nintents_file = {:?}\n
            [worker]\nname = \"{name}\"\nburst_window_ms = 200\nburst_max_ms = 2000\nlease_ms = {LEASE_MS}\ndecision_deadline_ms = 5000\n
            effect_deadline_ms = 2500\nsettle_ms = 10000\npoll_ms = 20\n[worker.retry]\nfirst_ms = 300\n
            [helpdesk]\nkind = \"webhook\"\nphone_number = \"{COMPANY}\"\n[helpdesk.webhook]\nurl = \"{desk}\"\nsecret = \"{SECRET}\"\n
            [gateway]\nkind = \"twilio\"\n[gateway.twilio]\naccount_sid = \"{ACCOUNT}\"\nauth_token = \"{TOKEN}\"\n
            base_url = \"http://{phone}\"\n[console]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"{console}\"\n
            [sweep]\nevery_ms = 3000\n[log]\nlevel = \"error\"\n{}",
            folder.path().join("data"),
            folder.path().join("policy.toml"),
            folder.path().join("intents.toml"),
            more.config,
        );
        std::fs::write(folder.path().join("whimbrel.toml"), config)?;
        let clock = WrongClock::new(folder.path())?;
        Ok(House { folder, program, more, console, clock })
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with these arguments, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.envs(self.more.environment.iter().map(|(name, value)| (name, value)));
        command.arg("--config").arg(self.path("whimbrel.toml")).args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Runs the program, which must succeed; otherwise the error is what it said.
    pub fn run(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let output = self.command(arguments).output()?;
        ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    /// What the program says of where everything stands.
    pub fn status(&self) -> anyhow::Result<Value> {
        self.json(&["status"])
    }

    /// Dead letters, in the ledger and in the broker.
    pub fn dead_letters(&self) -> anyhow::Result<DeadLetters> {
        let letters = self.json(&["dead", "list", "--limit", "1000000"])?;
        let letters = letters.as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(DeadLetters { count: letters.len() as u64, tries_most: letters.iter().filter_map(|letter| letter["tries"].as_u64()).max() })
    }

    fn json(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        let output = self.command(&[arguments, &["--json"]].concat()).output()?;
        ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// A worker. What it complains of goes into a file of the folder.
    pub fn start(&self) -> anyhow::Result<Child> {
        let log = std::fs::File::options().create(true).append(true).open(self.path("worker.log"))?;
        let mut worker = self.command(&["worker"]);
        self.clock.give_to(&mut worker);
        Ok(worker.stdout(Stdio::null()).stderr(log).spawn()?)
    }

    /// The inbox, for whoever puts messages in.
    pub fn spool(&self) -> anyhow::Result<Spool> {
        Ok(Spool::open(&self.path("data/spool"))?)
    }

    /// The embedded ledger, read beside the worker.
    pub fn records(&self) -> anyhow::Result<Arc<dyn Records>> {
        Ok(Arc::new(SqliteLedger::open_desk(&self.path("data/ledger.db"))?))
    }

    /// The folder stays where it is, for whoever looks for the cause.
    pub fn keep(self) -> PathBuf {
        self.folder.keep()
    }
}

/// A port that nobody has now.
fn free_port() -> anyhow::Result<u16> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").context("no free port")?;
    Ok(listener.local_addr()?.port())
}

/// Nothing lies in the inbox, waits to be decided, or is under way, by what `status` said.
pub fn is_idle(status: &Value) -> bool {
    let lies = |queue: &str| status["inbox"][queue].as_u64().unwrap_or(0);
    let open: u64 = ["pending", "sending", "unknown"].iter().filter_map(|state| status["status"]["effects"][*state].as_u64()).sum();
    status["inbox"]["kind"] != "unknown" && lies("waiting") + lies("suspects") + open == 0 && status["status"]["waiting"] == 0
}

/// Sends a process a signal by its name.
pub fn signal(process: &Child, name: &str) -> anyhow::Result<()> {
    let status = Command::new("kill").arg(format!("-{name}")).arg(process.id().to_string()).status().context("kill")?;
    ensure!(status.success(), "kill -{name} failed");
    Ok(())
}

/// The questions that the shop can answer.
pub fn questions() -> Vec<String> {
    let faq = String::from_utf8_lossy(shop::file("documents/faq.csv")).into_owned();
    let first = |line: &str| line.split_once(',').map(|(question, _)| question.trim_matches('"').to_owned());
    faq.lines().skip(1).filter_map(first).filter(|question| question.ends_with('?')).collect()
}
