//! Phone network and helpdesk, in a process of their own: what they take is not the workers'.

use cli::config::Config;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use tests::chaos::phone::Phone;
use tests::fakes::address::FakeAddress;

/// The word that makes this program the vendors.
const SERVE: &str = "--vendors";

/// Whether this process is to be the vendors.
pub(crate) fn is_asked_for() -> bool {
    std::env::args().any(|argument| argument == SERVE)
}

/// Says where they are, and serves until the process ends.
pub(crate) async fn serve() {
    let (phone, desk) = (Phone::new(1, 0), FakeAddress::default());
    println!("http://{}", phone.serve().await.unwrap());
    println!("{}", desk.serve().await.unwrap());
    std::future::pending::<()>().await;
}

/// That process.
pub(crate) struct Vendors {
    process: Child,
    phone: String,
    desk: String,
}

impl Vendors {
    pub(crate) fn start() -> Self {
        let mut process =
            Command::new(std::env::current_exe().unwrap()).arg(SERVE).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut line = || lines.next().unwrap().unwrap();
        let (phone, desk) = (line(), line());
        Vendors { process, phone, desk }
    }

    /// Where the phone network is.
    pub(crate) fn phone(&self) -> &str {
        &self.phone
    }

    /// Names them in a configuration.
    pub(crate) fn configure(&self, config: &mut Config, account: &str, token: &str, secret: &str) {
        let text = format!(
            "[helpdesk]\nkind = \"webhook\"\nphone_number = \"+12025550100\"\n[helpdesk.webhook]\nurl = {:?}\nsecret = {secret:?}\n\
             [gateway]\nkind = \"twilio\"\n[gateway.twilio]\naccount_sid = {account:?}\nauth_token = {token:?}\nbase_url = {:?}\n",
            self.desk, self.phone
        );
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let named = cli::config::load::load(Some(file.path()), None).unwrap();
        config.helpdesk = named.helpdesk;
        config.gateway = named.gateway;
    }
}

impl Drop for Vendors {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _waited = self.process.wait();
    }
}
