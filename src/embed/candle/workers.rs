//! Threads, each of which computes batches of its own.

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::network::Encoder;
use super::read;
use crate::embed::ModelError;
use crate::embed::transformer::Network;
use crate::embed::transformer::folder::{Abilities, Plan};

pub(super) struct CandleNetwork {
    encoder: Encoder,
    /// candle starts the parts of a product in the pool of the thread that calls it, so each thread is
    /// a pool of one: a product then keeps to it.
    pools: Vec<ThreadPool>,
}

impl Network for CandleNetwork {
    const ABILITIES: Abilities =
        Abilities { library: "candle", xlm_roberta: true, layer_norm_eps: true };
    const NAME_PREFIX: &'static str = "candle-";

    fn read(plan: &Plan, threads: Option<usize>) -> Result<(CandleNetwork, u64), ModelError> {
        let cores = || std::thread::available_parallelism().map_or(1, |cores| cores.get());
        let start = |_| ThreadPoolBuilder::new().num_threads(1).build();
        let pools = (0..threads.unwrap_or_else(cores)).map(start).collect::<Result<Vec<_>, _>>();
        let pools = pools.map_err(|error| {
            ModelError::Failed(format!("a thread cannot be started: {error}; use fewer threads"))
        })?;
        let (encoder, hash) = read::encoder(plan)?;
        Ok((CandleNetwork { encoder, pools }, hash))
    }

    fn workers(&self) -> usize {
        self.pools.len()
    }

    fn on_worker(&self, worker: usize, work: impl FnOnce() + Send) {
        self.pools[worker].install(work);
    }

    fn vectors(&self, batch: &[&[u32]]) -> Result<Vec<f32>, ModelError> {
        self.encoder.vectors(batch)
    }
}
