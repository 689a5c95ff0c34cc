//! Links to the certificate archive that end.

use std::{collections::HashMap, time::Duration};

use rand::rngs::StdRng;

use crate::fleet::token;

/// How long a link holds, simulated.
pub(crate) const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The links handed out, by their token.
#[derive(Debug)]
pub(crate) struct Links {
    random: StdRng,
    links: HashMap<String, Link>,
    current: HashMap<usize, String>,
}

/// A link to the archive of one instance.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) instance: usize,
    /// Simulated.
    pub(crate) ends: Duration,
}

impl Links {
    pub(crate) fn new(random: StdRng) -> Self {
        Self {
            random,
            links: HashMap::new(),
            current: HashMap::new(),
        }
    }

    /// The token of a link that holds for at least half of its lifetime.
    pub(crate) fn issue(&mut self, instance: usize, now: Duration) -> (String, Duration) {
        if let Some(token) = self.current.get(&instance)
            && let Some(link) = self.links.get(token)
            && link.ends > now + LIFETIME / 2
        {
            return (token.clone(), link.ends);
        }
        // A link that ended stays known for a while, so that it answers as one.
        self.links.retain(|_, link| link.ends + LIFETIME > now);
        let token = token(&mut self.random, 32);
        let ends = now + LIFETIME;
        self.links.insert(token.clone(), Link { instance, ends });
        self.current.insert(instance, token.clone());
        (token, ends)
    }

    pub(crate) fn find(&self, token: &str) -> Option<Link> {
        self.links.get(token).copied()
    }
}
