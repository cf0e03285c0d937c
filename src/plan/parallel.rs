//! Work in independent parts on several threads. What comes out does not depend on how many there are.

use std::sync::{Mutex, PoisonError};

/// Does two things, at once where there are two threads.
pub fn both<A: Send, B: Send>(threads: usize, a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B) -> (A, B) {
    if threads <= 1 {
        return (a(), b());
    }
    std::thread::scope(|scope| {
        let a = scope.spawn(a);
        let b = b();
        (a.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), b)
    })
}

/// Places from 0 on in stretches of so many.
pub fn stretches(count: usize, span: usize) -> Vec<std::ops::Range<usize>> {
    (0..count).step_by(span.max(1)).map(|first| first..count.min(first + span)).collect()
}

/// Parts one after another.
pub fn joined<T>(parts: Vec<Vec<T>>) -> Vec<T> {
    let mut all = Vec::with_capacity(parts.iter().map(Vec::len).sum());
    for part in parts {
        all.extend(part);
    }
    all
}

/// Does the same with every part and returns what came out in the order of the parts.
pub fn in_parallel<P: Send, R: Send>(threads: usize, parts: Vec<P>, work: impl Fn(P) -> R + Sync) -> Vec<R> {
    if threads <= 1 || parts.len() <= 1 {
        return parts.into_iter().map(work).collect();
    }
    let open = Mutex::new(parts.into_iter().enumerate());
    let worker = || {
        let mut done = Vec::new();
        loop {
            let next = open.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((place, part)) = next else { return done };
            done.push((place, work(part)));
        }
    };
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let join = |handle: std::thread::ScopedJoinHandle<'_, Vec<(usize, R)>>| {
            handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        handles.into_iter().flat_map(join).collect()
    });
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}
