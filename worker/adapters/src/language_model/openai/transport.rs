//! One attempt on the wire: bounded in time and in bytes before anybody parses it.

use crate::http::retry_after_ms;
use crate::language_model::openai::recorder::Recorder;
use crate::language_model::openai::settings::CallLimits;
use crate::language_model::openai::trouble::{Trouble, of_reqwest};
use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use reqwest::{Client, Response};
use serde::de::IgnoredAny;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Of a failed answer so much is read, to find its code.
const ERROR_BYTES_MAX: u64 = 64 * 1024;

/// Carries attempts.
#[derive(Clone)]
pub struct Transport {
    /// The connections.
    pub client: Client,
    /// The limits.
    pub limits: CallLimits,
    /// Writes exchanges down, when asked for.
    pub recorder: Option<Arc<Recorder>>,
}

impl Transport {
    /// Sends a request and reads the whole answer, which is JSON when this succeeds.
    pub async fn send(self, factory: HttpRequestFactory) -> Result<Response, OpenAIError> {
        let request = factory.build().await?;
        let attempt = Duration::from_millis(self.limits.attempt_timeout_ms);
        let sent = self
            .recorder
            .as_ref()
            .map(|_| (request.url().path().to_owned(), request.body().and_then(|body| body.as_bytes()).map(<[u8]>::to_vec)));
        let (status, body) = timeout(attempt, self.exchange(request)).await.map_err(|_| boxed(Trouble::Timeout))??;
        if let (Some(recorder), Some((path, sent))) = (&self.recorder, sent) {
            recorder.write(&path, &sent.unwrap_or_default(), status, &body);
        }
        if serde_json::from_slice::<IgnoredAny>(&body).is_err() {
            return Err(boxed(Trouble::NoJson));
        }
        Ok(Response::from(http::Response::new(body)))
    }

    async fn exchange(&self, request: reqwest::Request) -> Result<(u16, Vec<u8>), OpenAIError> {
        let mut response = self.client.execute(request).await.map_err(|error| boxed(of_reqwest(&error)))?;
        let status = response.status();
        let is_well = status.is_success();
        let bytes_max = if is_well { self.limits.response_bytes_max } else { ERROR_BYTES_MAX.min(self.limits.response_bytes_max) };
        let too_large = || boxed(Trouble::TooLarge { bytes_max });
        let declared = response.content_length().unwrap_or(0);
        if is_well && declared > bytes_max {
            return Err(too_large());
        }
        let mut body = Vec::with_capacity(usize::try_from(declared.min(bytes_max)).unwrap_or(0));
        let silence = Duration::from_millis(self.limits.silence_timeout_ms);
        loop {
            let chunk = timeout(silence, response.chunk()).await.map_err(|_| boxed(Trouble::Timeout))?;
            let Some(chunk) = chunk.map_err(|error| boxed(of_reqwest(&error)))? else { break };
            if (body.len() + chunk.len()) as u64 > bytes_max {
                if is_well {
                    return Err(too_large());
                }
                break;
            }
            body.extend_from_slice(&chunk);
        }
        match is_well {
            true => Ok((status.as_u16(), body)),
            false => Err(boxed(Trouble::of_status(
                status.as_u16(),
                retry_after_ms(response.headers()).and_then(|ms| u64::try_from(ms).ok()),
                &body,
            ))),
        }
    }
}

/// A trouble as the crate carries it through.
pub(crate) fn boxed(trouble: Trouble) -> OpenAIError {
    OpenAIError::Boxed(Box::new(trouble))
}
