//! Where customers' messages come in: the consoles that hear webhooks, and the inbox.

use crate::chaos::house::House;
use crate::chaos::mailbox::Mailbox;

/// All of them.
pub struct Doors {
    /// The workers' consoles; a vendor that is not answered tries the next one, as behind a balancer.
    pub consoles: Vec<String>,
    /// The inbox.
    pub mailbox: Mailbox,
}

impl Doors {
    /// Those of one worker on its own.
    pub fn of(house: &House) -> anyhow::Result<Self> {
        Ok(Doors { consoles: vec![house.console.clone()], mailbox: Mailbox::Spool(house.spool()?) })
    }
}
