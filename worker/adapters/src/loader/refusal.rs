//! Why a past ticket is not taken in, before it has a name.

use knowledge::document::{Refused, RefusedKind};

/// A reason and its kind. A reason alone means that it cannot be read.
#[derive(Debug)]
pub struct Refusal {
    kind: RefusedKind,
    reason: String,
}

impl Refusal {
    /// Its id stands earlier in the source.
    pub fn seen_before() -> Self {
        Refusal { kind: RefusedKind::SeenBefore, reason: "its id stands earlier in the file".to_owned() }
    }

    /// The customer says nothing in it.
    pub fn without_customer() -> Self {
        Refusal { kind: RefusedKind::WithoutCustomer, reason: "it has no message of the customer".to_owned() }
    }

    /// With the name of what is refused.
    pub fn of(self, name: String) -> Refused {
        Refused { name, reason: self.reason, kind: self.kind }
    }
}

impl From<String> for Refusal {
    fn from(reason: String) -> Self {
        Refusal { kind: RefusedKind::Unreadable, reason }
    }
}

impl From<&str> for Refusal {
    fn from(reason: &str) -> Self {
        reason.to_owned().into()
    }
}
