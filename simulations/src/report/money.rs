//! Money: what the carrier and the language model would charge, what agents would save, and what others would ask for the same.

use crate::report::data::Prices;
use serde::{Deserialize, Serialize};

/// Days of a month: a twelfth of a year.
pub const MONTH_DAYS: f64 = 365.25 / 12.0;
/// A shorter span than a day counts as one.
const SPAN_DAYS_MIN: f64 = 1.0;

/// What was added up over the counted tickets.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Sums {
    /// Counted tickets.
    pub tickets: usize,
    /// Replies.
    pub replies: usize,
    /// Resolutions by the headline's definition.
    pub resolved: usize,
    /// Segments that customers sent.
    pub segments_in: u64,
    /// Their price in millionths of a US dollar.
    pub micros_in: u64,
    /// Segments that would have gone out.
    pub segments_out: u64,
    /// Their price in millionths of a US dollar.
    pub micros_out: u64,
    /// Segments of drafts, were agents to send them as they are.
    #[serde(default)]
    pub segments_drafted: u64,
    /// Their price in millionths of a US dollar.
    #[serde(default)]
    pub micros_drafted: u64,
    /// Tickets about which a language model was asked.
    pub model_asked: usize,
    /// Of these: some question got no usable answer.
    pub model_failed: usize,
    /// Of these: a cap on spending was reached, and the model was not asked.
    #[serde(default)]
    pub model_capped: usize,
    /// Tokens of a language model.
    pub model_tokens: u64,
    /// Their price in millionths of a US dollar.
    pub micros_model: u64,
    /// The span in seconds.
    pub span_s: i64,
}

/// Per month, in US dollars where it is money.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Money {
    /// What was added up.
    pub sums: Sums,
    /// Months that the counted tickets span.
    pub months: f64,
    /// Tickets a month.
    pub tickets: f64,
    /// Replies a month.
    pub replies: f64,
    /// Estimated resolutions a month.
    pub resolved: f64,
    /// Segments in.
    pub segments_in: f64,
    /// Price of the segments in.
    pub segments_in_usd: f64,
    /// Segments out.
    pub segments_out: f64,
    /// Price of the segments out.
    pub segments_out_usd: f64,
    /// Segments of drafts, were agents to send them as they are.
    #[serde(default)]
    pub segments_drafted: f64,
    /// Price of these.
    #[serde(default)]
    pub segments_drafted_usd: f64,
    /// Tickets about which a language model is asked.
    pub model_asked: f64,
    /// Tokens of a language model.
    pub model_tokens: f64,
    /// Their price.
    pub model_usd: f64,
    /// Minutes of agents saved.
    pub minutes: f64,
    /// What these minutes cost.
    pub minutes_usd: f64,
    /// What a price per resolution would come to, segments apart.
    pub per_resolution_usd: f64,
    /// What a price per ticket would come to, segments apart.
    pub per_ticket_usd: f64,
    /// The price per resolution above which it costs more than the minutes that it saves.
    pub break_even_per_resolution_usd: f64,
    /// The price per ticket above which it costs more than the minutes that it saves.
    pub break_even_per_ticket_usd: f64,
}

/// Reckons it for a month.
pub fn money(sums: Sums, prices: &Prices) -> Money {
    let months = (sums.span_s as f64 / 86_400.0).max(SPAN_DAYS_MIN) / MONTH_DAYS;
    let month = |count: f64| count / months;
    let usd = |micros: u64| micros as f64 / 1e6;
    let resolved = sums.resolved as f64;
    let minutes = resolved * prices.minutes_per_ticket;
    let minutes_usd = minutes / 60.0 * prices.hour_usd;
    let spent_usd = usd(sums.micros_out) + usd(sums.micros_model);
    let share = |count: usize| if count == 0 { 0.0 } else { ((minutes_usd - spent_usd) / count as f64).max(0.0) };
    Money {
        sums,
        months,
        tickets: month(sums.tickets as f64),
        replies: month(sums.replies as f64),
        resolved: month(resolved),
        segments_in: month(sums.segments_in as f64),
        segments_in_usd: month(usd(sums.micros_in)),
        segments_out: month(sums.segments_out as f64),
        segments_out_usd: month(usd(sums.micros_out)),
        segments_drafted: month(sums.segments_drafted as f64),
        segments_drafted_usd: month(usd(sums.micros_drafted)),
        model_asked: month(sums.model_asked as f64),
        model_tokens: month(sums.model_tokens as f64),
        model_usd: month(usd(sums.micros_model)),
        minutes: month(minutes),
        minutes_usd: month(minutes_usd),
        per_resolution_usd: month(resolved * prices.per_resolution_usd),
        per_ticket_usd: month(sums.tickets as f64 * prices.per_ticket_usd),
        break_even_per_resolution_usd: share(sums.resolved),
        break_even_per_ticket_usd: share(sums.tickets),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_of_a_hundred_resolutions_is_reckoned_by_hand() {
        let prices = Prices { minutes_per_ticket: 6.0, hour_usd: 30.0, per_resolution_usd: 0.99, per_ticket_usd: 0.4 };
        let sums = Sums {
            tickets: 1_000,
            replies: 120,
            resolved: 100,
            segments_out: 200,
            micros_out: 200 * 7_900,
            span_s: (MONTH_DAYS * 86_400.0) as i64,
            ..Sums::default()
        };
        let month = money(sums, &prices);
        let near = |a: f64, b: f64| (a - b).abs() < 1e-6 * b.abs().max(1.0);
        assert!(near(month.minutes, 600.0) && near(month.minutes_usd, 300.0) && near(month.per_resolution_usd, 99.0), "{month:?}");
        assert!(near(month.per_ticket_usd, 400.0) && near(month.break_even_per_resolution_usd, 3.0 - 0.0158), "{month:?}");
    }
}
