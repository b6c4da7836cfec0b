//! Optimises the subword vectors: batches, the loss and its gradients, the training
//! loop with its measurements, and checkpoints.

mod batches;
mod checkpoint;
mod info_nce;
mod retrieval;
mod training_loop;

pub(super) use checkpoint::{Checkpoint, load};
pub(super) use training_loop::TrainingLoop;
