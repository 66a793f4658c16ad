//! Declarations: the ones that ship, what else can be said, and the mistakes that the build refuses.

mod bad;
mod digest;
mod fixture;
mod good;
mod languages;
mod originals;
mod shipped;
