//! A gateway in memory: it remembers what was sent, once by its key.

use async_trait::async_trait;
use jiff::Timestamp;
use runtime::ports::sms_gateway::{OutboundSms, SendError, SmsGateway};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Remembers what was sent.
#[derive(Default)]
pub struct MemorySmsGateway {
    sent: Mutex<Vec<OutboundSms>>,
}

impl MemorySmsGateway {
    /// What was sent, in its order; a key that came again is not in it twice.
    pub fn sent(&self) -> Vec<OutboundSms> {
        self.messages().clone()
    }

    fn messages(&self) -> MutexGuard<'_, Vec<OutboundSms>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SmsGateway for MemorySmsGateway {
    async fn send(&self, sms: &OutboundSms) -> Result<String, SendError> {
        let mut sent = self.messages();
        if !sent.iter().any(|known| known.key == sms.key) {
            sent.push(sms.clone());
        }
        Ok(format!("memory-{}", sms.key))
    }

    async fn find(&self, sms: &OutboundSms, _begun_at: Timestamp) -> Result<Vec<String>, SendError> {
        let is_known = self.messages().iter().any(|known| known.key == sms.key);
        Ok(is_known.then(|| format!("memory-{}", sms.key)).into_iter().collect())
    }
}
