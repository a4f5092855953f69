//! Whose ticket it was.

use triage::phone::PhoneNumber;

/// Area code 555 is assigned to nobody in the North American numbering plan: such a number reaches no one.
const STAND_IN_PREFIX: &str = "+1555";
/// How many stand-ins there are: seven digits.
const STAND_INS: u64 = 10_000_000;

/// The customer's number when the export has one, else a stand-in made of what names the customer or the ticket: the same
/// name always gives the same stand-in, and it is no real number.
pub fn number(written: Option<&str>, ticket: &str) -> Option<PhoneNumber> {
    let written = written.map(str::trim).filter(|text| !text.is_empty());
    match written.and_then(|text| PhoneNumber::parse(text).ok()) {
        Some(number) => Some(number),
        None => stand_in(written.unwrap_or(ticket)),
    }
}

fn stand_in(name: &str) -> Option<PhoneNumber> {
    let hash = u64::from_str_radix(&triage::hash::of_bytes(name.as_bytes()), 16).unwrap_or_default();
    PhoneNumber::parse(&format!("{STAND_IN_PREFIX}{:07}", hash % STAND_INS)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_taken_as_written_and_anything_else_gets_a_steady_stand_in() {
        assert_eq!(number(Some("+1 202 555 0123"), "T-1").unwrap().reveal(), "+12025550123");
        let by_name = number(Some("customer 17"), "T-1").unwrap();
        assert!(by_name.reveal().starts_with("+1555") && by_name.reveal().len() == 12);
        assert_eq!(by_name, number(Some("customer 17"), "T-2").unwrap(), "one customer, one stand-in");
        assert_ne!(number(None, "T-1").unwrap(), number(None, "T-2").unwrap());
        assert_eq!(number(Some(" "), "T-1"), number(None, "T-1"));
    }
}
