//! Memory that was freed stays with the program: every tile of a network makes and frees maps of many megabytes.

/// Has the allocator of glibc keep what is freed for the next map instead of giving it back to the system, whose pages
/// would have to be cleared again: a comparison takes 6 % less time (docs/ACCURACY.md). All threads
/// share one pool, or each would keep its own. Does nothing where another C library is used.
pub fn keep_freed_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "setting an option of the C library; no memory is touched")]
    // SAFETY: mallopt takes two numbers and may be called at any time; an option it does not know is ignored.
    unsafe {
        libc::mallopt(libc::M_MMAP_MAX, 0);
        libc::mallopt(libc::M_TRIM_THRESHOLD, libc::c_int::MAX);
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}
