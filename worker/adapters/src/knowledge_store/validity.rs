//! From when a version of a document holds.
//!
//! The law: the versions of one document follow each other and never overlap, whatever dates are declared.
//! - What is known of a document ends at its *edge*: the start of its open version, or the end of its last closed one.
//! - A declared date later than the edge is taken as it is: the former version ends there, even when that lies in the past.
//!   After a gap (the document was gone) a declared date equal to the edge is taken too.
//! - Any other declared date says nothing new (a source with a fixed `valid_from`, a past ticket that was exported again):
//!   the version holds from the moment of the sync, or from the edge when that is still later. Replay then finds the
//!   former version up to the sync, which is what was really known.
//! - A document that is gone ends at the sync, or at its own start when that is still later: it then never held.

use jiff::Timestamp;

/// The last version that is known of a document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Period {
    /// From when it holds.
    pub valid_from: Timestamp,
    /// Until when; absent while it is open.
    pub valid_to: Option<Timestamp>,
}

/// From when the next version holds; the open version ends at the same moment.
pub fn start(declared: Timestamp, last: Option<Period>, at: Timestamp) -> Timestamp {
    match last {
        None => declared,
        Some(Period { valid_to: None, valid_from }) if declared > valid_from => declared,
        Some(Period { valid_to: None, valid_from }) => at.max(valid_from),
        Some(Period { valid_to: Some(end), .. }) if declared >= end => declared,
        Some(Period { valid_to: Some(end), .. }) => at.max(end),
    }
}

/// Until when an open version holds whose document is gone at `at`.
pub fn end(valid_from: Timestamp, at: Timestamp) -> Timestamp {
    at.max(valid_from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(value: i64) -> Timestamp {
        Timestamp::from_second(value).unwrap()
    }

    fn open(from: i64) -> Option<Period> {
        Some(Period { valid_from: second(from), valid_to: None })
    }

    fn closed(from: i64, to: i64) -> Option<Period> {
        Some(Period { valid_from: second(from), valid_to: Some(second(to)) })
    }

    #[test]
    fn the_start_of_a_version_follows_the_law() {
        for (declared, last, at, expected, case) in [
            (5, None, 100, 5, "the first version holds from its declared date"),
            (50, open(5), 100, 50, "a later date is taken, even when it lies in the past"),
            (150, open(5), 100, 150, "a date to come is taken"),
            (5, open(5), 100, 100, "a fixed date says nothing new"),
            (4, open(5), 100, 100, "an earlier date says nothing new"),
            (4, open(200), 100, 200, "a version never starts before the start of the open one"),
            (50, closed(5, 40), 100, 50, "a date in the gap is taken"),
            (40, closed(5, 40), 100, 40, "the gap may be empty"),
            (5, closed(5, 40), 100, 100, "a fixed date does not fill the gap"),
            (5, closed(5, 140), 100, 140, "a version never starts before the end of a closed one"),
        ] {
            assert_eq!(start(second(declared), last, second(at)), second(expected), "{case}");
        }
    }

    #[test]
    fn any_sequence_of_dates_leaves_periods_that_do_not_overlap() {
        let dates = [0_i64, 3, 7, 7, 12];
        for a in dates {
            for b in dates {
                for c in dates {
                    for at in dates {
                        let first = start(second(a), None, second(at));
                        let next = start(second(b), Some(Period { valid_from: first, valid_to: None }), second(at));
                        assert!(next >= first, "{a} {b} {c} at {at}");
                        let gone = end(next, second(at));
                        assert!(gone >= next);
                        let back = start(second(c), Some(Period { valid_from: next, valid_to: Some(gone) }), second(at));
                        assert!(back >= gone, "{a} {b} {c} at {at}");
                    }
                }
            }
        }
    }
}
