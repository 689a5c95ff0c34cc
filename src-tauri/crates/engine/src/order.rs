//! Which instance a sweep asks for its SSL state next.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The instances of a sweep that are to be asked. Those that somebody looks at come first; the
/// others in turns of one from each region, so that a large region holds up no small one.
pub(crate) struct Order {
    queue: Mutex<Queue>,
    filled: Notify,
}

struct Queue {
    regions: BTreeMap<String, Region>,
    /// The region of each instance that was not taken yet.
    waiting: HashMap<String, String>,
    /// Whose turn it was.
    last: String,
    /// Regions whose list is still to come.
    unlisted: usize,
}

#[derive(Default)]
struct Region {
    /// In the order of the table; also those that were taken out of turn.
    line: VecDeque<String>,
    /// Answers in a row that were none.
    silent: usize,
}

/// An instance to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Next {
    pub(crate) region: String,
    pub(crate) id: String,
}

/// A region that gave so many answers in a row that are none is not asked any more: a cut network
/// would turn all that is known of it into failures.
const GIVE_UP: usize = 5;

impl Order {
    /// For the lists of so many regions.
    pub(crate) fn new(regions: usize) -> Self {
        Self {
            queue: Mutex::new(Queue {
                regions: BTreeMap::new(),
                waiting: HashMap::new(),
                last: String::new(),
                unlisted: regions,
            }),
            filled: Notify::new(),
        }
    }

    /// Adds the instances of a region, in the order of the table; none when it has no list. Tells
    /// whether that was the last list.
    pub(crate) fn listed(&self, region: &str, ids: impl IntoIterator<Item = String>) -> bool {
        let mut queue = self.lock();
        let line: VecDeque<_> = ids.into_iter().collect();
        for id in &line {
            queue.waiting.insert(id.clone(), region.to_owned());
        }
        queue
            .regions
            .insert(region.to_owned(), Region { line, silent: 0 });
        queue.unlisted = queue.unlisted.saturating_sub(1);
        let last = queue.unlisted == 0;
        drop(queue);
        self.filled.notify_one();
        last
    }

    /// Waits until there is somebody to ask; false when there will be nobody any more. For one
    /// caller.
    pub(crate) async fn has_more(&self) -> bool {
        loop {
            {
                let queue = self.lock();
                if !queue.waiting.is_empty() {
                    return true;
                }
                if queue.unlisted == 0 {
                    return false;
                }
            }
            self.filled.notified().await;
        }
    }

    /// Takes the next one; one of `seen` if there is one.
    pub(crate) fn take(&self, seen: &[String]) -> Option<Next> {
        let mut queue = self.lock();
        for id in seen {
            if let Some(region) = queue.waiting.remove(id) {
                let id = id.clone();
                return Some(Next { region, id });
            }
        }
        queue.in_turn()
    }

    /// Notes whether a region answered; true when it is given up because of that.
    pub(crate) fn answered(&self, region: &str, answered: bool) -> bool {
        let mut queue = self.lock();
        let Some(asked) = queue.regions.get_mut(region) else {
            return false;
        };
        if answered {
            asked.silent = 0;
            return false;
        }
        asked.silent += 1;
        if asked.silent != GIVE_UP {
            return false;
        }
        asked.line.clear();
        queue.waiting.retain(|_, of| of != region);
        true
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn in_turn(&mut self) -> Option<Next> {
        let names: Vec<_> = {
            let after = self.regions.keys().filter(|name| **name > self.last);
            let before = self.regions.keys().filter(|name| **name <= self.last);
            after.chain(before).cloned().collect()
        };
        for name in names {
            let Some(region) = self.regions.get_mut(&name) else {
                continue;
            };
            while let Some(id) = region.line.pop_front() {
                if self.waiting.remove(&id).is_some() {
                    self.last.clone_from(&name);
                    return Some(Next { region: name, id });
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn all(order: &Order, seen: &[String]) -> Vec<String> {
        std::iter::from_fn(|| order.take(seen))
            .map(|next| next.id)
            .collect()
    }

    #[tokio::test]
    async fn what_is_seen_comes_first_and_the_regions_take_turns() {
        let order = Order::new(3);
        order.listed("b", ids(&["b1", "b2"]));
        order.listed("a", ids(&["a1", "a2", "a3", "a4", "a5"]));
        assert!(order.has_more().await);
        order.listed("c", ids(&["c1"]));
        let seen = ids(&["a4", "nowhere", "b2"]);
        assert_eq!(
            all(&order, &seen),
            ["a4", "b2", "a1", "b1", "c1", "a2", "a3", "a5"]
        );
        assert!(!order.has_more().await);
    }

    #[tokio::test]
    async fn a_list_that_is_still_to_come_is_waited_for() {
        let order = Order::new(2);
        order.listed("a", ids(&[]));
        let (more, ()) = tokio::join!(order.has_more(), async {
            order.listed("b", ids(&["b1"]));
        });
        assert!(more);
        assert_eq!(all(&order, &[]), ["b1"]);
        assert!(!order.has_more().await);
    }

    #[test]
    fn a_region_that_falls_silent_is_given_up_alone_and_once() {
        let order = Order::new(2);
        order.listed("a", ids(&["a1", "a2", "a3"]));
        order.listed("b", ids(&["b1"]));
        for _ in 1..GIVE_UP {
            assert!(!order.answered("a", false));
        }
        assert!(!order.answered("a", true), "it answers again");
        for _ in 1..GIVE_UP {
            assert!(!order.answered("a", false));
        }
        assert!(order.answered("a", false));
        assert!(!order.answered("a", false));
        assert_eq!(all(&order, &ids(&["a1"])), ["b1"]);
    }
}
