package dev.longshore.images.distribution;

/// Hears how a transfer goes. Called by one thread at a time.
public interface Progress {

    /// Hears nothing.
    Progress SILENT = (id, status, done, total) -> {};

    /// `id` (a short digest, a tag, or empty) is at `status`; `done` of `total` bytes, or both 0.
    void at(String id, String status, long done, long total);

    /// Without bytes.
    default void at(String id, String status) {
        at(id, status, 0, 0);
    }
}
