//! Calls: attempts within one deadline, with waits between them, for an endpoint that is not left alone.

use crate::breaker::Breaker;
use crate::language_model::openai::settings::CallLimits;
use crate::language_model::openai::trouble::Trouble;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};

/// Makes calls.
#[derive(Debug)]
pub struct Calls {
    limits: CallLimits,
    breaker: Breaker,
    seats: Semaphore,
    waits: AtomicU64,
}

impl Calls {
    /// With these limits.
    pub fn new(limits: CallLimits) -> Self {
        let breaker = Breaker::new("model", limits.breaker_failures, Duration::from_millis(limits.breaker_open_ms));
        let seats = Semaphore::new(limits.concurrency_max.max(1));
        Calls { limits, breaker, seats, waits: AtomicU64::new(0) }
    }

    /// The first attempt that succeeds, or the last trouble. `attempt` is asked for a new future for each attempt.
    pub async fn call<T, F: Future<Output = Result<T, Trouble>>>(&self, attempt: impl Fn() -> F) -> Result<T, Trouble> {
        let deadline = Instant::now() + Duration::from_millis(self.limits.call_timeout_ms);
        let Ok(Ok(_seat)) = timeout_at(deadline, self.seats.acquire()).await else { return Err(Trouble::Timeout) };
        let mut tried = 0;
        loop {
            if !self.breaker.admits(Instant::now()) {
                return Err(Trouble::LeftAlone);
            }
            let result = timeout_at(deadline, self.hedged(&attempt)).await.unwrap_or(Err(Trouble::Timeout));
            tried += 1;
            let trouble = match result {
                Ok(answer) => {
                    self.breaker.record(true, Instant::now());
                    return Ok(answer);
                }
                Err(trouble) => trouble,
            };
            self.breaker.record(!trouble.is_the_endpoints(), Instant::now());
            let wait = self.wait(tried, &trouble);
            if !trouble.is_worth_another() || tried >= self.limits.attempts_max || Instant::now() + wait >= deadline {
                return Err(trouble);
            }
            sleep(wait).await;
        }
    }

    /// One attempt, or two where the first one keeps us waiting and hedging is on; the first answer counts.
    async fn hedged<T, F: Future<Output = Result<T, Trouble>>>(&self, attempt: &impl Fn() -> F) -> Result<T, Trouble> {
        if self.limits.hedge_after_ms == 0 {
            return attempt().await;
        }
        let first = attempt();
        let second = async {
            sleep(Duration::from_millis(self.limits.hedge_after_ms)).await;
            attempt().await
        };
        tokio::pin!(first, second);
        tokio::select! {
            result = &mut first => result,
            result = &mut second => match result {
                Ok(answer) => Ok(answer),
                Err(_) => first.await,
            },
        }
    }

    /// What the endpoint asks for, or twice as long as the time before, spread over its half so that callers do not come back at once.
    fn wait(&self, tried: u32, trouble: &Trouble) -> Duration {
        if let Some(ms) = trouble.retry_after_ms() {
            return Duration::from_millis(ms);
        }
        let base = self.limits.retry_first_ms.saturating_mul(1 << tried.saturating_sub(1).min(16));
        let n = self.waits.fetch_add(1, Ordering::Relaxed);
        // Steps of the golden ratio spread evenly without randomness.
        let spread = (n as f64 * 0.618_033_988_75).fract();
        Duration::from_millis(base / 2 + (base as f64 / 2.0 * spread) as u64)
    }
}
