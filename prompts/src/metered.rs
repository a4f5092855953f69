//! A model with a meter: nothing is asked that would pass a cap, and everything that is asked is noted.

use crate::budget::money::{Caps, Price};
use crate::budget::tokens::CHAT_TOKENS;
use crate::ports::language_model::{Completion, CompletionRequest, LanguageModel, LanguageModelError};
use crate::ports::spending::Spending;
use crate::ports::token_counter::TokenCounter;
use crate::tabs::Tabs;
use async_trait::async_trait;
use std::sync::Arc;
use triage::consultation::{CAP, Consultation};

/// A model whose calls are counted and paid.
pub struct Metered {
    /// The model.
    pub model: Arc<dyn LanguageModel>,
    /// Counts before a call; the endpoint counts after it.
    pub counter: Arc<dyn TokenCounter>,
    /// The accounts.
    pub spending: Arc<dyn Spending>,
    /// Where calls are noted.
    pub tabs: Arc<Tabs>,
    /// What the model costs.
    pub price: Price,
    /// What may be spent.
    pub caps: Caps,
}

#[async_trait]
impl LanguageModel for Metered {
    async fn complete(&self, request: &CompletionRequest) -> Result<Completion, LanguageModelError> {
        let counted_in = (self.counter.count(&request.system) + self.counter.count(&request.user)) as u64 + CHAT_TOKENS;
        let charged = self.price.micro_usd(counted_in, u64::from(request.answer_tokens_max));
        let ticket = &request.tab.ticket;
        // Charged in full before the call: whoever gives up on it halfway leaves the account on the safe side.
        if let Err(cap) = self.spending.charge(ticket, charged, &self.caps) {
            self.note(request, 0, 0, 0, Some(format!("{CAP} {cap} is reached")));
            return Err(LanguageModelError::CapReached { cap });
        }
        let mut pending = Pending { metered: self, request, charged, is_over: false };
        let answer = self.model.complete(request).await;
        pending.is_over = true;
        match &answer {
            Ok(completion) => {
                let tokens_in = if completion.tokens_in == 0 { counted_in } else { completion.tokens_in };
                let counted_out = || self.counter.count(&completion.text) as u64;
                let tokens_out = if completion.tokens_out == 0 { counted_out() } else { completion.tokens_out };
                let cost = self.price.micro_usd(tokens_in, tokens_out);
                self.spending.settle(ticket, charged, cost);
                self.note(request, tokens_in, tokens_out, cost, None);
            }
            Err(error) => {
                let may_be_charged = matches!(error, LanguageModelError::Unavailable { may_be_charged: true, .. });
                let cost = if may_be_charged { charged } else { 0 };
                self.spending.settle(ticket, charged, cost);
                self.note(request, 0, 0, cost, Some(error.to_string()));
            }
        }
        answer
    }

    fn name(&self) -> &str {
        self.model.name()
    }
}

/// A call under way. Whoever gives it up halfway leaves it charged: then the receipt says so.
struct Pending<'a> {
    metered: &'a Metered,
    request: &'a CompletionRequest,
    charged: u64,
    is_over: bool,
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            let problem = "given up before it answered: it stays charged at its highest price".to_owned();
            self.metered.note(self.request, 0, 0, self.charged, Some(problem));
        }
    }
}

impl Metered {
    fn note(&self, request: &CompletionRequest, tokens_in: u64, tokens_out: u64, cost_micro_usd: u64, problem: Option<String>) {
        let consultation = Consultation {
            prompt: request.prompt.clone(),
            prompt_hash: request.prompt_hash.clone(),
            model: self.model.name().to_owned(),
            tokens_in,
            tokens_out,
            cost_micro_usd,
            problem,
        };
        self.tabs.note(&request.tab, consultation);
    }
}
