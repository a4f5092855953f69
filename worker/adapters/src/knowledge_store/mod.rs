//! Where the truth of the knowledge is kept: one SQLite file, or the memory of a test. Both follow the same laws of
//! validity (`validity`), of coming back (`comeback`), of hiding (`marks`), of what
//! a new version takes over (`carry`) and of the audit's words (`audit`).

pub mod audit;
pub mod carry;
pub mod comeback;
pub mod marks;
pub mod memory;
pub mod sqlite;
pub mod validity;
