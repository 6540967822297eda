//! The login by challenge: SCRAM with two arguments swapped.
//!
//! Where RFC 5802 signs words with keys, this family takes the words for the key: `HMAC("Client Key", salted)`, as the box's
//! own page does. Done in the textbook's order, the box answers as to a wrong password.

use std::num::NonZeroU32;

use ring::{digest, hmac, pbkdf2};

/// More would keep this program busy for the box's pleasure; boxes ask for 100.
const MOST_ITERATIONS: u32 = 100_000;

/// What the box answers to a challenge.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Challenge {
    /// Our nonce, 32 bytes in hexadecimal.
    pub client_nonce: String,
    /// The box's: ours, and 32 letters and digits.
    pub server_nonce: String,
    /// The salt; a zero byte at its end belongs to it.
    pub salt: Vec<u8>,
    /// How often to hash.
    pub iterations: u32,
}

/// What is sent to prove that we know the password, and what has to come back.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Proof {
    /// Ours, in hexadecimal.
    pub client: String,
    /// The box's, in hexadecimal.
    pub server: String,
}

impl Challenge {
    /// The proof; `None` when the challenge is not one that such a box sends.
    pub fn prove(&self, password: &str) -> Option<Proof> {
        let iterations = NonZeroU32::new(self.iterations).filter(|count| count.get() <= MOST_ITERATIONS)?;
        if self.client_nonce.is_empty() || !self.server_nonce.starts_with(&self.client_nonce) {
            return None;
        }
        let mut salted = [0; digest::SHA256_OUTPUT_LEN];
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, iterations, &self.salt, password.as_bytes(), &mut salted);
        let message = format!("{},{},{}", self.client_nonce, self.server_nonce, self.server_nonce);
        let client_key = signed(b"Client Key", &salted);
        let stored_key = digest::digest(&digest::SHA256, client_key.as_ref());
        let signature = signed(message.as_bytes(), stored_key.as_ref());
        let proof: Vec<u8> =
            client_key.as_ref().iter().zip(signature.as_ref()).map(|(key, sign)| key ^ sign).collect();
        let server_key = signed(b"Server Key", &salted);
        Some(Proof {
            client: hex::encode(proof),
            server: hex::encode(signed(message.as_bytes(), server_key.as_ref())),
        })
    }
}

fn signed(key: &[u8], message: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn challenge(nonce: &str, tail: &str, salt: &str) -> Challenge {
        Challenge {
            client_nonce: nonce.to_owned(),
            server_nonce: format!("{nonce}{tail}"),
            salt: hex::decode(salt).unwrap(),
            iterations: 100,
        }
    }

    #[test]
    fn the_proofs_are_those_of_real_boxes() {
        let first = challenge(
            "6ae8b6a8273fa166c24fb11f63d2910db3a4602411023982578d03ea6caa1c54",
            "QscEJiy2Dbs0RJAsUN4rz4r8eZnfqbof",
            "fd4b1e6ad1b05db6ff288928fed3005ef4fdc9ade8be276220a8f41adcccda29",
        );
        let proof = first.prove("MySecretPassword").unwrap();
        assert_eq!(proof.client, "2afb0409edf53eec750bc0ec65d2802d518cc125bbe925799e5a721b8cfe96a1");
        assert_eq!(proof.server, "df9e4c7d484c17d14050bb24200c03a940147fb64c35cd70b292d41bfbf78487");
        let second = challenge(
            "868f304eec646840959cb3830c0fe352bbc3b24f264ddd652764c8ad2c5fabe3",
            "1RYXGq1AJapOUsCb57h0bT5oCTsgDIDu",
            "4ec91c5b362986cec5ef6db10eb4bb5b1c54eef1eff89006cf00a8993226fabd",
        );
        let proof = second.prove("testpass").unwrap();
        assert_eq!(proof.client, "a79ce371acb04daeca2f4f496a9906df970794885ed764760316c54e2433de46");
    }

    #[test]
    fn a_challenge_that_is_not_ours_is_not_answered() {
        let mut odd = challenge("aa", "x", "00");
        odd.iterations = 0;
        assert_eq!(odd.prove("p"), None);
        odd.iterations = u32::MAX;
        assert_eq!(odd.prove("p"), None);
        odd.iterations = 1;
        assert!(odd.prove("p").is_some());
        odd.server_nonce = "somebody else's".to_owned();
        assert_eq!(odd.prove("p"), None);
    }
}
