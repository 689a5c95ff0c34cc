//! Chaos: which calls suffer what, fixed by a seed and by nothing that depends on their order.

use std::{collections::HashMap, time::Duration};

use aws_lc_rs::digest::{Context, SHA256};

use crate::fault::{Answer, RetryAfter};

/// What can be drawn: every fault of an answer that ends by itself.
const ANSWERS: [Answer; 18] = [
    Answer::Latency(Duration::from_millis(30)),
    Answer::Status500,
    Answer::Http429(RetryAfter::Seconds(0)),
    Answer::Http503(RetryAfter::Seconds(0)),
    Answer::Http503(RetryAfter::Date(1)),
    Answer::Reset,
    Answer::Throttle,
    Answer::Busy,
    Answer::Denied,
    Answer::ExpiredToken,
    Answer::ActionNotFound,
    Answer::ResetAfter,
    Answer::NotJson,
    Answer::BadJson,
    Answer::Truncate,
    Answer::Dribble(Duration::from_millis(2)),
    Answer::Dribble(Duration::from_millis(60)),
    Answer::Endless,
];

/// How often each action was called on each instance, or in all where it names none.
#[derive(Debug, Default)]
pub(crate) struct Chaos {
    calls: HashMap<(String, String), u64>,
}

impl Chaos {
    /// What the next call of `action` on `instance` suffers.
    pub(crate) fn draw(
        &mut self,
        (seed, percent): (u64, u8),
        action: &str,
        instance: &str,
    ) -> Option<Answer> {
        let calls = self
            .calls
            .entry((action.to_owned(), instance.to_owned()))
            .or_default();
        *calls += 1;
        let mut context = Context::new(&SHA256);
        context.update(format!("{seed}\n{action}\n{instance}\n{calls}").as_bytes());
        let hash = context.finish();
        // Eight bytes each, so the remainders are as good as even.
        let number = |at: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&hash.as_ref()[at..at + 8]);
            u64::from_be_bytes(bytes)
        };
        let one = usize::try_from(number(8) % ANSWERS.len() as u64).unwrap_or(0);
        (number(0) % 100 < u64::from(percent)).then_some(ANSWERS[one])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_call_suffers_does_not_depend_on_the_others() {
        let instances = ["a", "b", "c"];
        let draw = |chaos: &mut Chaos, instance| chaos.draw((7, 20), "OpenSSL", instance);
        let mut chaos = Chaos::default();
        let together: Vec<_> = (0..1000)
            .flat_map(|_| instances.map(|instance| draw(&mut chaos, instance)))
            .collect();
        for (at, instance) in instances.into_iter().enumerate() {
            let mut alone = Chaos::default();
            for call in 0..1000 {
                assert_eq!(draw(&mut alone, instance), together[3 * call + at]);
            }
        }
        let struck = together.iter().flatten().count();
        assert!((500..700).contains(&struck), "{struck} of 3000 at 20 %");
        let all = |answer: &Answer| together.contains(&Some(*answer));
        assert!(ANSWERS.iter().all(all));
    }

    #[test]
    fn another_seed_is_another_chaos() {
        let draws = |seed| {
            let mut chaos = Chaos::default();
            let draws = (0..100).map(|_| chaos.draw((seed, 50), "OpenSSL", "a"));
            draws.collect::<Vec<_>>()
        };
        assert_eq!(draws(1), draws(1));
        assert_ne!(draws(1), draws(2));
    }
}
