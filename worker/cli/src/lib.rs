//! The program `whimbrel`: arguments, configuration, wiring, telemetry. It joins the other crates and holds no rule of
//! the business. It is a library as well, so that the house's tests are wired by the very function that the program uses.

pub mod args;
pub mod commands;
pub mod config;
pub mod home;
pub mod screen;
pub mod shop;
pub mod telemetry;
pub mod vendors;
pub mod wiring;
