//! HTML in pieces: the few elements we care for found, everything else copied through by the byte.
