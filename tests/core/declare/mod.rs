//! Declarations: the ones that ship, and the mistakes that the build refuses.

mod shipped;
