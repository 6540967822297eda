//! The box's side of the login by challenge.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::simulators::Noise;

/// How often the box hashes.
pub(super) const ITERATIONS: u32 = 100;

/// What the box keeps of its password, and its key; the same for as long as it lives.
#[derive(Debug)]
pub(super) struct Secret {
    salted: [u8; 32],
    pub salt: Vec<u8>,
    /// The public key that encrypts what is written to the box, in hexadecimal.
    pub modulus: String,
}

/// The box's own proofs, in hexadecimal.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Signatures {
    pub server: String,
    pub key: String,
}

impl Secret {
    pub fn new(password: &str, noise: &Noise) -> Self {
        let bytes = |count: usize| -> Vec<u8> {
            (0..count).map(|_| u8::try_from(noise.whole(0, 255)).unwrap_or_default()).collect()
        };
        let salt = bytes(32);
        Self { salted: salted(password, &salt), salt, modulus: hex::encode(bytes(256)) }
    }

    /// The box's proofs, if the client's is right.
    pub fn verify(&self, proof: &str, client_nonce: &str, server_nonce: &str) -> Option<Signatures> {
        let message = format!("{client_nonce},{server_nonce},{server_nonce}");
        // Key and words are swapped against RFC 5802, here as everywhere in this family.
        let client_key = signed(b"Client Key", &self.salted);
        let signature = signed(message.as_bytes(), &Sha256::digest(client_key));
        let expected: Vec<u8> = client_key.iter().zip(signature).map(|(key, sign)| key ^ sign).collect();
        if proof != hex::encode(expected) {
            return None;
        }
        let server_key = signed(b"Server Key", &self.salted);
        let modulus = hex::decode(&self.modulus).unwrap_or_default();
        Some(Signatures {
            server: hex::encode(signed(message.as_bytes(), &server_key)),
            key: hex::encode(signed(&server_key, &modulus)),
        })
    }
}

fn signed(key: &[u8], message: &[u8]) -> [u8; 32] {
    // A key of any length will do, so there is always a result.
    Hmac::<Sha256>::new_from_slice(key)
        .map_or([0; 32], |mac| mac.chain_update(message).finalize().into_bytes().into())
}

/// PBKDF2 of one block.
fn salted(password: &str, salt: &[u8]) -> [u8; 32] {
    let mut block = signed(password.as_bytes(), &[salt, &[0, 0, 0, 1]].concat());
    let mut sum = block;
    for _ in 1..ITERATIONS {
        block = signed(password.as_bytes(), &block);
        sum.iter_mut().zip(block).for_each(|(sum, byte)| *sum ^= byte);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_proof_is_accepted_and_answered_as_by_a_real_box() {
        let salt = hex::decode("fd4b1e6ad1b05db6ff288928fed3005ef4fdc9ade8be276220a8f41adcccda29").unwrap();
        let salted = salted("MySecretPassword", &salt);
        assert_eq!(hex::encode(salted), "b0f53090f1f2a90b022da9826f43714c62b8da3943197a07d694f3e6be47741f");
        let secret = Secret { salted, salt, modulus: String::new() };
        let nonce = "6ae8b6a8273fa166c24fb11f63d2910db3a4602411023982578d03ea6caa1c54";
        let server = format!("{nonce}QscEJiy2Dbs0RJAsUN4rz4r8eZnfqbof");
        let proof = "2afb0409edf53eec750bc0ec65d2802d518cc125bbe925799e5a721b8cfe96a1";
        let signatures = secret.verify(proof, nonce, &server).unwrap();
        assert_eq!(signatures.server, "df9e4c7d484c17d14050bb24200c03a940147fb64c35cd70b292d41bfbf78487");
        assert_eq!(secret.verify(&proof.replace('2', "3"), nonce, &server), None);
    }
}
