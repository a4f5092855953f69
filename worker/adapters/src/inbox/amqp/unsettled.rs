//! Deliveries of one channel that are not settled, and how few acknowledgements settle some of them.

use lapin::BasicProperties;
use std::collections::{BTreeMap, BTreeSet};

/// One acknowledgement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Ack {
    /// The delivery.
    pub(crate) tag: u64,
    /// And everything before it.
    pub(crate) multiple: bool,
}

/// What was handed out, by the channel's tags. The broker counts them up from 1. A number that is missing is a delivery that the
/// client has dropped, as it does with what comes behind the end of a consumer: the broker still waits for it.
#[derive(Default)]
pub(crate) struct Unsettled {
    deliveries: BTreeMap<u64, BasicProperties>,
    /// The highest tag so far.
    last: u64,
    /// The first that was dropped.
    dropped: Option<u64>,
}

impl Unsettled {
    /// A delivery came.
    pub(crate) fn insert(&mut self, tag: u64, properties: BasicProperties) {
        if tag != self.last + 1 {
            self.dropped.get_or_insert(self.last + 1);
        }
        self.last = tag;
        self.deliveries.insert(tag, properties);
    }

    /// What stood beside its bytes; none when it is settled.
    pub(crate) fn properties(&self, tag: u64) -> Option<&BasicProperties> {
        self.deliveries.get(&tag)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.deliveries.len()
    }

    /// Takes these out. Acknowledging `multiple` reaches back to everything that is unsettled, so it is used only up to where all of
    /// that is among these, and never across a delivery that was dropped; the rest goes one by one.
    pub(crate) fn settle(&mut self, tags: &BTreeSet<u64>) -> Vec<Ack> {
        let end = self.dropped.unwrap_or(u64::MAX);
        let front: Vec<u64> = self.deliveries.keys().take_while(|tag| **tag < end && tags.contains(tag)).copied().collect();
        let mut acks: Vec<Ack> = front.last().map(|last| Ack { tag: *last, multiple: front.len() > 1 }).into_iter().collect();
        front.iter().for_each(|tag| {
            self.deliveries.remove(tag);
        });
        for tag in tags {
            if self.deliveries.remove(tag).is_some() {
                acks.push(Ack { tag: *tag, multiple: false });
            }
        }
        acks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsettled(tags: impl IntoIterator<Item = u64>) -> Unsettled {
        let mut unsettled = Unsettled::default();
        tags.into_iter().for_each(|tag| unsettled.insert(tag, BasicProperties::default()));
        unsettled
    }

    fn set(tags: impl IntoIterator<Item = u64>) -> BTreeSet<u64> {
        tags.into_iter().collect()
    }

    #[test]
    fn a_whole_batch_is_one_acknowledgement() {
        let mut all = unsettled(1..=256);
        assert_eq!(all.settle(&set(1..=250)), [Ack { tag: 250, multiple: true }]);
        assert_eq!(all.settle(&set(251..=251)), [Ack { tag: 251, multiple: false }]);
        assert_eq!(all.settle(&set(200..=251)), [], "what is settled is not settled again");
        assert_eq!(all.len(), 5);
    }

    #[test]
    fn what_the_client_has_dropped_is_never_acknowledged() {
        let mut all = unsettled([1, 2, 4, 5]);
        let expected = [(2, true), (4, false), (5, false)].map(|(tag, multiple)| Ack { tag, multiple });
        assert_eq!(all.settle(&set(1..=5)), expected);
    }

    #[test]
    fn whatever_is_settled_in_whatever_order_no_other_delivery_is_acknowledged() {
        // All subsets of eight deliveries, in two steps.
        for first in 0..256_u64 {
            let chosen = |mask: u64| set((1..=8).filter(move |tag| mask >> (tag - 1) & 1 == 1));
            let mut open = unsettled(1..=8);
            let mut at_the_broker = set(1..=8);
            for step in [chosen(first), chosen(!first & 0b1010_1010)] {
                let wanted: BTreeSet<u64> = at_the_broker.difference(&step).copied().collect();
                for ack in open.settle(&step) {
                    assert!(at_the_broker.contains(&ack.tag), "an unknown tag would close the channel");
                    at_the_broker.retain(|tag| if ack.multiple { *tag > ack.tag } else { *tag != ack.tag });
                }
                assert_eq!(at_the_broker, wanted);
            }
        }
    }
}
