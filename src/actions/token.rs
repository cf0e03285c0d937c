//! Tokens: 256 random bits that are told once; what is stored is their hash.

use sha2::{Digest, Sha256};

/// The system has no randomness to give; nothing secret can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random numbers; nothing was changed")]
pub struct NoRandomness;

/// A new token: 64 hexadecimal digits.
pub fn new() -> Result<String, NoRandomness> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(crate::text::hex(&bytes))
}

/// What is stored of a token. A token is random, so a fast hash is enough.
pub fn hash(token: &str) -> String {
    format!("{:x}", Sha256::digest(token.as_bytes()))
}
