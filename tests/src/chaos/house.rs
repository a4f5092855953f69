//! A folder with the real program in it, whose vendors are ours.

use crate::fakes::address::SECRET;
use crate::fakes::twilio::{ACCOUNT, TOKEN};
use adapters::inbox::spool::Spool;
use adapters::ledger::sqlite::SqliteLedger;
use anyhow::{Context, ensure};
use cli::shop;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// The number that customers write to.
pub const COMPANY: &str = "+12025550100";

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

/// The folder.
pub struct House {
    folder: TempDir,
    program: PathBuf,
    /// Where the worker's console is.
    pub console: String,
}

/// The program that stands beside this test, when it was built.
pub fn program() -> Option<PathBuf> {
    let test = std::env::current_exe().ok()?;
    test.ancestors().map(|folder| folder.join("whimbrel")).find(|path| path.is_file())
}

impl House {
    /// The shop of the demo, with what it knows and has learned; `more` is added to its configuration.
    pub fn new(program: PathBuf, phone: SocketAddr, desk: &str, more: &str) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        shop::unpack(folder.path())?;
        std::fs::write(folder.path().join("policy.toml"), POLICY)?;
        let port = free_port()?;
        let console = format!("http://127.0.0.1:{port}");
        let config = format!(
            "data_dir = {:?}\npolicy_file = {:?}\nintents_file = {:?}\n
            [worker]\nburst_window_ms = 200\nburst_max_ms = 2000\nlease_ms = 6000\ndecision_deadline_ms = 5000\n
            effect_deadline_ms = 2500\nsettle_ms = 10000\npoll_ms = 20\n[worker.retry]\nfirst_ms = 300\n
            [helpdesk]\nkind = \"webhook\"\nphone_number = \"{COMPANY}\"\n[helpdesk.webhook]\nurl = \"{desk}\"\nsecret = \"{SECRET}\"\n
            [gateway]\nkind = \"twilio\"\n[gateway.twilio]\naccount_sid = \"{ACCOUNT}\"\nauth_token = \"{TOKEN}\"\n
            base_url = \"http://{phone}\"\n[console]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"{console}\"\n
            [sweep]\nevery_ms = 3000\n[log]\nlevel = \"error\"\n{more}",
            folder.path().join("data"),
            folder.path().join("policy.toml"),
            folder.path().join("intents.toml"),
        );
        std::fs::write(folder.path().join("whimbrel.toml"), config)?;
        let house = House { folder, program, console };
        house.run(&["knowledge", "add", "documents", "--valid-from", "2020-01-01T00:00:00Z"])?;
        house.run(&["learn", "tickets.jsonl", "--skip-calibration"])?;
        Ok(house)
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with these arguments, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--config").arg(self.path("whimbrel.toml")).args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let output = self.command(arguments).output()?;
        ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    /// What the program says of where everything stands.
    pub fn status(&self) -> anyhow::Result<Value> {
        let output = self.command(&["status", "--json"]).output()?;
        ensure!(output.status.success(), "status: {}", String::from_utf8_lossy(&output.stderr));
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// A worker. What it complains of goes into a file of the folder.
    pub fn start(&self) -> anyhow::Result<Child> {
        let log = std::fs::File::options().create(true).append(true).open(self.path("worker.log"))?;
        Ok(self.command(&["worker"]).stdout(Stdio::null()).stderr(log).spawn()?)
    }

    /// The inbox, for whoever puts messages in.
    pub fn spool(&self) -> anyhow::Result<Spool> {
        Ok(Spool::open(&self.path("data/spool"))?)
    }

    /// The ledger, read beside the worker.
    pub fn ledger(&self) -> anyhow::Result<SqliteLedger> {
        Ok(SqliteLedger::open_desk(&self.path("data/ledger.db"))?)
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
