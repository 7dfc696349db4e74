//! Several ordered ranges as one, in order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::error::Fault;

/// Ranges merged by rising key, each looked at only as far as it is needed. A fault ends it.
pub(crate) struct Merge<I, T, K, F> {
    ranges: Vec<I>,
    heads: Vec<Option<T>>,
    heap: BinaryHeap<Reverse<(K, usize)>>,
    key: F,
    failed: Option<Fault>,
}

impl<I, T, K, F> Merge<I, T, K, F>
where
    I: Iterator<Item = Result<T, Fault>>,
    K: Ord,
    F: Fn(&T) -> K,
{
    /// Merges ranges, each of which rises by `key`.
    pub(crate) fn new(ranges: impl IntoIterator<Item = I>, key: F) -> Self {
        let ranges: Vec<I> = ranges.into_iter().collect();
        let heads = ranges.iter().map(|_| None).collect();
        let mut merge = Self { heads, heap: BinaryHeap::with_capacity(ranges.len()), ranges, key, failed: None };
        for at in 0..merge.ranges.len() {
            merge.advance(at);
        }
        merge
    }

    fn advance(&mut self, at: usize) {
        match self.ranges.get_mut(at).and_then(Iterator::next) {
            Some(Ok(head)) => {
                self.heap.push(Reverse(((self.key)(&head), at)));
                self.heads[at] = Some(head);
            }
            Some(Err(fault)) => self.failed = Some(fault),
            None => {}
        }
    }
}

impl<I, T, K, F> Iterator for Merge<I, T, K, F>
where
    I: Iterator<Item = Result<T, Fault>>,
    K: Ord,
    F: Fn(&T) -> K,
{
    type Item = Result<T, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(fault) = self.failed.take() {
            self.heap.clear();
            return Some(Err(fault));
        }
        let Reverse((_, at)) = self.heap.pop()?;
        let head = self.heads[at].take();
        self.advance(at);
        head.map(Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(ranges: Vec<Vec<Result<u32, Fault>>>) -> (Vec<u32>, bool) {
        let mut good = Vec::new();
        for item in Merge::new(ranges.into_iter().map(Vec::into_iter), |item| *item) {
            match item {
                Ok(item) => good.push(item),
                Err(_) => return (good, true),
            }
        }
        (good, false)
    }

    #[test]
    fn what_is_smallest_comes_first_and_nothing_is_lost() {
        let ok = |items: &[u32]| items.iter().map(|item| Ok(*item)).collect();
        assert_eq!(merged(vec![ok(&[1, 4, 4]), ok(&[]), ok(&[2, 4, 9])]), (vec![1, 2, 4, 4, 4, 9], false));
        assert_eq!(merged(Vec::new()), (Vec::new(), false));
    }

    #[test]
    fn a_fault_is_told_and_ends_it() {
        assert_eq!(merged(vec![vec![Ok(1), Err(Fault::Closed)], vec![Ok(2)]]), (vec![1], true));
    }
}
