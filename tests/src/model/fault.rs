//! Everything that an endpoint can do wrong.

/// One fault of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// 401: a wrong key.
    Unauthorized,
    /// 429 that says how long to wait.
    RateLimitedWithRetryAfter,
    /// 429 that does not.
    RateLimited,
    /// 500.
    ServerError,
    /// Nothing comes for longer than anybody waits.
    Hang,
    /// 200 with bytes that are no JSON.
    Garbage,
    /// 200 with JSON that ends in the middle.
    TruncatedJson,
    /// 200 with 50 MB.
    Huge,
    /// 200, one byte at a time.
    SlowDrip,
    /// A good answer whose content is not of the schema.
    WrongSchema,
    /// The model refuses.
    Refusal,
    /// No choice in the answer.
    EmptyChoices,
    /// The content was cut off.
    Length,
    /// The connection closes without an answer.
    Drop,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Fault; 14] = [
        Fault::Unauthorized,
        Fault::RateLimitedWithRetryAfter,
        Fault::RateLimited,
        Fault::ServerError,
        Fault::Hang,
        Fault::Garbage,
        Fault::TruncatedJson,
        Fault::Huge,
        Fault::SlowDrip,
        Fault::WrongSchema,
        Fault::Refusal,
        Fault::EmptyChoices,
        Fault::Length,
        Fault::Drop,
    ];
}
