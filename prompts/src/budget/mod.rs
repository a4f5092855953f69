//! Budgets in tokens and in money.

pub mod fit;
pub mod money;
pub mod pack;
pub mod tokens;
pub mod trim;
