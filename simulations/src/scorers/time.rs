//! Time to the first answer: what a reply would have saved the customer.

use crate::past::Human;
use crate::scorers::action::Did;

/// Seconds that the customer waited for a person; none when nobody answered or nothing would have been replied.
pub fn score(did: Did, human: &Human) -> Option<i64> {
    (did == Did::Reply).then_some(human.answered_after_s).flatten().filter(|seconds| *seconds >= 0)
}
