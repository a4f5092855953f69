//! A fixed number of threads that do one job after another: however many turns are decided at once, the network uses no more of the
//! processor than this.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// The network's layers need little; texts nested in patterns may need more.
const STACK_BYTES: usize = 8 << 20;

type Job = Box<dyn FnOnce() + Send>;

/// The threads; dropping this ends them after the jobs that wait.
#[derive(Debug)]
pub struct Threads {
    jobs: Sender<Job>,
}

impl Threads {
    /// Starts this many, at least one.
    pub fn start(count: usize) -> std::io::Result<Self> {
        let (jobs, waiting) = channel::<Job>();
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 0..count.max(1) {
            let waiting = waiting.clone();
            std::thread::Builder::new().name(format!("embedder-{number}")).stack_size(STACK_BYTES).spawn(move || work(&waiting))?;
        }
        Ok(Threads { jobs })
    }

    /// Does a job on the next free thread. No answer comes when the job panicked.
    pub fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> oneshot::Receiver<T> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move || {
            // Nobody waits any more when the turn ran out of time.
            if !answer.is_closed() {
                let _gone = answer.send(job());
            }
        });
        // Without threads the job is dropped, and with it its answer.
        let _ended = self.jobs.send(job);
        answered
    }
}

/// The matrix engine splits its work over the pool of the thread that calls it; a pool of this thread alone keeps it here.
fn work(waiting: &Mutex<Receiver<Job>>) {
    let _alone = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(job) => drop(catch_unwind(AssertUnwindSafe(job))),
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_job_that_panics_harms_no_other() {
        let threads = Threads::start(1).unwrap();
        let first = threads.run(|| 1);
        let second = threads.run(|| -> usize { panic!("a job of the test") });
        let third = threads.run(rayon::current_num_threads);
        assert_eq!(first.await.unwrap(), 1);
        assert!(second.await.is_err());
        assert_eq!(third.await.unwrap(), 1, "the engine may use this one thread");
    }
}
