//! The ports of the instances.
