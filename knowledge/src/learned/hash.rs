//! Hashes of n-grams. They are stored in models, so they may never change without a new format version.

/// Offset basis of FNV-1a with 64 bits (RFC 9923).
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
/// Prime of FNV-1a with 64 bits (RFC 9923).
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// An FNV-1a hash that grows character by character, so that all n-grams from one place share their work.
#[derive(Clone, Copy, Debug)]
pub struct Hash(u64);

impl Hash {
    /// A family of hashes: the same text has different hashes under different seeds.
    pub fn seeded(seed: u64) -> Self {
        Hash((FNV_OFFSET ^ seed).wrapping_mul(FNV_PRIME))
    }

    /// Adds a character.
    pub fn push(&mut self, c: char) {
        self.0 = (self.0 ^ u64::from(u32::from(c))).wrapping_mul(FNV_PRIME);
    }

    /// Adds a text.
    pub fn push_str(&mut self, text: &str) {
        text.chars().for_each(|c| self.push(c));
    }

    /// All 64 bits, well mixed (the finaliser of SplitMix64).
    pub fn finish(self) -> u64 {
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// The upper 32 bits of [`Hash::finish`].
    pub fn key(self) -> u32 {
        (self.finish() >> 32) as u32
    }
}

/// The key of a text under a seed.
pub fn key_of(seed: u64, text: &str) -> u32 {
    let mut hash = Hash::seeded(seed);
    hash.push_str(text);
    hash.key()
}
