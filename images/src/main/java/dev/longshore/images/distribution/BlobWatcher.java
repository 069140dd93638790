package dev.longshore.images.distribution;

import dev.longshore.images.BlobWriter;

/// Hears of a blob that is being fetched, so that others can read along. Called by the thread that fetches.
public interface BlobWatcher {

    /// Hears nothing.
    BlobWatcher NONE = new BlobWatcher() {
        @Override
        public void begins(BlobWriter writer) {}

        @Override
        public void advances(long readable) {}
    };

    /// The blob is written from its beginning; what another source sent before is void.
    void begins(BlobWriter writer);

    /// So many bytes can be read by [BlobWriter#along]. Nobody has checked them yet.
    void advances(long readable);
}
