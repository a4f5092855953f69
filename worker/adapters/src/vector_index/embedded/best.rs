//! The rows with the highest scores. Rows that tie with the last place are all kept, so that the caller can choose among
//! them by name and the answer does not depend on the order of the rows.

/// How many rows more than one and a half times the limit are gathered before the low ones are dropped.
const SLACK: usize = 16;

/// Keeps the best rows.
pub struct Best {
    limit: usize,
    /// Nothing below this score can be among the best.
    floor: f32,
    entries: Vec<(f32, u32)>,
    cut_at: usize,
}

impl Best {
    /// The best `limit` rows and those that tie with the last of them.
    pub fn new(limit: usize) -> Self {
        Best { limit, floor: f32::MIN, entries: Vec::new(), cut_at: limit.saturating_add(limit / 2).saturating_add(SLACK) }
    }

    /// Offers a row.
    pub fn push(&mut self, score: f32, row: u32) {
        if score < self.floor || self.limit == 0 {
            return;
        }
        self.entries.push((score, row));
        if self.entries.len() >= self.cut_at {
            self.cut();
            // Many ties must not make every further row cut again.
            self.cut_at = self.cut_at.max(self.entries.len().saturating_mul(2));
        }
    }

    /// The rows that are left, in no order.
    pub fn finish(mut self) -> Vec<(f32, u32)> {
        self.cut();
        self.entries
    }

    fn cut(&mut self) {
        if self.limit == 0 || self.entries.len() <= self.limit {
            return;
        }
        let (_, last, _) = self.entries.select_nth_unstable_by(self.limit - 1, |a, b| b.0.total_cmp(&a.0));
        let floor = last.0;
        self.floor = floor;
        self.entries.retain(|(score, _)| *score >= floor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_are_kept_and_no_tie_is_lost() {
        let mut best = Best::new(3);
        for row in 0..1000_u32 {
            best.push((row % 250) as f32, row);
        }
        let mut rows = best.finish();
        rows.sort_by_key(|(_, row)| *row);
        assert_eq!(rows, [(249.0, 249), (249.0, 499), (249.0, 749), (249.0, 999)]);
    }

    #[test]
    fn fewer_rows_than_asked_are_all_kept_and_none_when_none_is_asked() {
        let mut best = Best::new(5);
        best.push(-1.0, 1);
        assert_eq!(best.finish(), [(-1.0, 1)]);
        let mut none = Best::new(0);
        none.push(1.0, 1);
        assert!(none.finish().is_empty());
    }
}
