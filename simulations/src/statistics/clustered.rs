//! Rates whose interval knows that tickets of one customer are alike.
//!
//! Wilson's interval with the number of tickets that would say as much were they independent: the tickets divided by the design
//! effect, which is how much wider the variance over customers is than that of a coin (L. Kish, 1965). Never narrower than plain Wilson.

use crate::interval::{Rate, Z_95};

/// The rate of what happened, tickets of one customer counted as one draw.
pub fn rate(tickets: impl IntoIterator<Item = (u64, bool)>) -> Rate {
    let Counted { of, count, effect } = counted(tickets);
    wilson(count, of, of as f64 / effect)
}

/// Tickets counted, and how much wider the variance over their customers is than that of independent tickets.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Counted {
    /// Tickets.
    pub of: usize,
    /// Of these: it happened.
    pub count: usize,
    /// The design effect; 1 at least.
    pub effect: f64,
}

/// Counts what happened, customer by customer.
pub fn counted(tickets: impl IntoIterator<Item = (u64, bool)>) -> Counted {
    let mut tickets: Vec<(u64, bool)> = tickets.into_iter().collect();
    tickets.sort_unstable();
    let of_one = |tickets: &[(u64, bool)]| (tickets.len(), tickets.iter().filter(|(_, happened)| *happened).count());
    let customers: Vec<(usize, usize)> = tickets.chunk_by(|a, b| a.0 == b.0).map(of_one).collect();
    let of = tickets.len();
    let count: usize = customers.iter().map(|(_, happened)| happened).sum();
    Counted { of, count, effect: design_effect(customers.into_iter(), of, count) }
}

/// How much wider the variance over customers is than that of independent tickets; 1 at least.
fn design_effect(customers: impl ExactSizeIterator<Item = (usize, usize)>, of: usize, count: usize) -> f64 {
    let clusters = customers.len() as f64;
    let p = count as f64 / of.max(1) as f64;
    let plain = p * (1.0 - p) / of.max(1) as f64;
    if clusters < 2.0 || plain <= 0.0 {
        return 1.0;
    }
    let squares: f64 = customers.map(|(tickets, happened)| (happened as f64 - p * tickets as f64).powi(2)).sum();
    let variance = squares / (of as f64).powi(2) * clusters / (clusters - 1.0);
    (variance / plain).max(1.0)
}

fn wilson(count: usize, of: usize, effective: f64) -> Rate {
    if of == 0 {
        return Rate::wilson(0, 0);
    }
    let (n, p) = (effective, count as f64 / of as f64);
    let z2 = Z_95 * Z_95;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z_95 / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    Rate { count, of, low: (centre - half).max(0.0), high: (centre + half).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_of_one_ticket_each_give_wilsons_interval() {
        let tickets: Vec<(u64, bool)> = (0..50).map(|n| (n, n % 5 == 0)).collect();
        let (clustered, plain) = (rate(tickets), Rate::wilson(10, 50));
        assert!((clustered.low - plain.low).abs() < 0.003 && (clustered.high - plain.high).abs() < 0.003, "{clustered:?} {plain:?}");
    }

    #[test]
    fn ten_customers_of_ten_equal_tickets_say_as_much_as_ten_tickets() {
        let tickets = (0..100u64).map(|n| (n / 10, (n / 10) % 2 == 0));
        let (clustered, ten) = (rate(tickets), Rate::wilson(5, 10));
        assert_eq!((clustered.count, clustered.of), (50, 100));
        assert!((clustered.low - ten.low).abs() < 0.03 && (clustered.high - ten.high).abs() < 0.03, "{clustered:?} {ten:?}");
    }

    #[test]
    fn of_nothing_nothing_is_known() {
        let none = rate(std::iter::empty());
        assert_eq!((none.of, none.low, none.high), (0, 0.0, 1.0));
    }
}
