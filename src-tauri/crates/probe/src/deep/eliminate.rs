//! A server's whole list, found by elimination: everything is offered, the server picks one, that
//! one is offered no more, until it refuses what is left.

use std::future::Future;

use super::report::{Order, Reason};

/// What came of one offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice<T> {
    Picked(T),
    /// None of what was offered.
    Refused,
    /// Nothing that says so.
    Unknown(Reason),
}

/// What a server accepts, in the order in which it picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Accepted<T> {
    pub(super) list: Vec<T>,
    /// Whose order that is. None with fewer than two, and when the answers do not tell.
    pub(super) order: Option<Order>,
    /// Why the list may go on.
    pub(super) incomplete: Option<Reason>,
}

impl<T> Default for Accepted<T> {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            order: None,
            incomplete: None,
        }
    }
}

/// A list that is being found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Elimination<T> {
    left: Vec<T>,
    accepted: Accepted<T>,
    ended: bool,
}

impl<T: Copy + PartialEq> Elimination<T> {
    pub(super) fn of(offer: &[T]) -> Self {
        Self {
            left: offer.to_vec(),
            accepted: Accepted::default(),
            ended: false,
        }
    }

    /// What is to be offered next.
    pub(super) fn left(&self) -> &[T] {
        &self.left
    }

    pub(super) const fn goes_on(&self) -> bool {
        !self.ended && !self.left.is_empty()
    }

    /// What came of an offer of all that is left.
    pub(super) fn take(&mut self, choice: Choice<T>) {
        match choice {
            Choice::Picked(picked) => {
                let offered = self.left.len();
                self.left.retain(|other| *other != picked);
                if self.left.len() == offered {
                    self.end(Some(Reason::NotOffered));
                } else {
                    self.accepted.list.push(picked);
                }
            }
            Choice::Refused => self.end(None),
            Choice::Unknown(reason) => self.end(Some(reason)),
        }
    }

    fn end(&mut self, incomplete: Option<Reason>) {
        self.accepted.incomplete = incomplete;
        self.ended = true;
    }

    /// Asks at most once for each that is left, and twice more. `ask` may be told to offer the
    /// same again in another order.
    pub(super) async fn finish<F, Fut>(mut self, ask: F) -> Accepted<T>
    where
        F: Fn(Vec<T>) -> Fut,
        Fut: Future<Output = Choice<T>>,
    {
        while self.goes_on() {
            self.take(ask(self.left.clone()).await);
        }
        let mut accepted = self.accepted;
        if accepted.list.len() > 1 && accepted.incomplete.is_none() {
            accepted.order = order(&accepted.list, ask).await;
        }
        accepted
    }
}

/// The same offer from the other end: a server that has an order of its own picks the same again.
async fn order<T, F, Fut>(list: &[T], ask: F) -> Option<Order>
where
    T: Copy + PartialEq,
    F: Fn(Vec<T>) -> Fut,
    Fut: Future<Output = Choice<T>>,
{
    let reversed: Vec<T> = list.iter().rev().copied().collect();
    let (first, last) = (list.first().copied()?, reversed.first().copied()?);
    match ask(reversed).await {
        Choice::Picked(picked) if picked == first => Some(Order::Server),
        Choice::Picked(picked) if picked == last => Some(Order::Client),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::cell::RefCell;

    use futures::FutureExt as _;
    use proptest::prelude::*;

    use super::*;

    fn run<F: Fn(&[u8]) -> Choice<u8>>(offer: &[u8], server: F) -> Accepted<u8> {
        let answers = Elimination::of(offer).finish(|left| std::future::ready(server(&left)));
        // They never wait.
        std::pin::pin!(answers).now_or_never().unwrap()
    }

    fn pick(found: Option<&u8>) -> Choice<u8> {
        found.map_or(Choice::Refused, |picked| Choice::Picked(*picked))
    }

    proptest! {
        #[test]
        fn a_server_with_an_order_shows_its_list(
            mut list in proptest::collection::vec(0u8..40, 0..20),
            offer in Just((0u8..40).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let mut seen = std::collections::BTreeSet::new();
            list.retain(|item| seen.insert(*item));
            let found = run(&offer, |left| pick(list.iter().find(|item| left.contains(item))));
            prop_assert_eq!(found.incomplete, None);
            prop_assert_eq!(found.order, (list.len() > 1).then_some(Order::Server));
            prop_assert_eq!(found.list, list);
        }

        #[test]
        fn a_server_that_follows_the_client_shows_its_set(
            set in proptest::collection::btree_set(0u8..40, 0..20),
            offer in Just((0u8..40).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let found = run(&offer, |left| pick(left.iter().find(|item| set.contains(item))));
            prop_assert_eq!(found.order, (set.len() > 1).then_some(Order::Client));
            prop_assert_eq!(found.list.iter().copied().collect::<std::collections::BTreeSet<_>>(), set);
        }
    }

    #[test]
    fn a_server_that_picks_what_was_not_offered_ends_it() {
        let found = run(&[1, 2, 3], |_| Choice::Picked(1));
        assert_eq!(found.list, [1]);
        assert_eq!(found.incomplete, Some(Reason::NotOffered));
    }

    #[test]
    fn a_server_that_falls_silent_leaves_an_open_end() {
        let count = RefCell::new(0);
        let found = run(&[1, 2, 3], |left| {
            *count.borrow_mut() += 1;
            match *count.borrow() {
                1 => pick(left.first()),
                _ => Choice::Unknown(Reason::Silent),
            }
        });
        assert_eq!(found.list, [1]);
        assert_eq!(found.order, None);
        assert_eq!(found.incomplete, Some(Reason::Silent));
    }
}
